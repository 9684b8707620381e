"""Every campaign there is, by promise."""

from __future__ import annotations

from benchmarks.reliability import composing, files, machines, polling, power, sending, servers
from benchmarks.reliability.campaign import Campaign

CAMPAIGNS: list[Campaign] = [
    *sending.CAMPAIGNS,
    *composing.CAMPAIGNS,
    *polling.CAMPAIGNS,
    *files.CAMPAIGNS,
    *machines.CAMPAIGNS,
    *power.CAMPAIGNS,
    *servers.CAMPAIGNS,
]
