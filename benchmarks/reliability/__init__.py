"""Campaigns that would break the promises of docs/reliability.md, named in `registry`; `./run bench reliability`."""
