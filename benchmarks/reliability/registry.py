"""Every campaign there is, by promise."""

from __future__ import annotations

from benchmarks.reliability import (
    chats,
    composing,
    files,
    listening,
    machines,
    pacing,
    polling,
    power,
    rendering,
    sending,
    servers,
    timing,
    trouble,
)
from benchmarks.reliability.campaign import Campaign

CAMPAIGNS: list[Campaign] = [
    *sending.CAMPAIGNS,
    *composing.CAMPAIGNS,
    *polling.CAMPAIGNS,
    *machines.CAMPAIGNS,
    *pacing.CAMPAIGNS,
    *chats.CAMPAIGNS,
    *rendering.CAMPAIGNS,
    *listening.CAMPAIGNS,
    *trouble.CAMPAIGNS,
    *timing.CAMPAIGNS,
    *files.CAMPAIGNS,
    *power.CAMPAIGNS,
    *servers.CAMPAIGNS,
]
