"""Campaigns that would break the promises of docs/reliability.md, all named in `registry`; `./run bench reliability`."""
