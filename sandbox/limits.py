"""Telegram's sending limits, as documented; in reality they move. Off unless asked for.

Sources: the Bots FAQ ("My bot is hitting limits"): 30 messages a second overall, one a second per chat with
short bursts, 20 a minute per group; 1000 a second for paid broadcasts. That longer texts (past some 500 characters)
cost more is what Bot Support says.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sandbox.answers import try_later


@dataclass(frozen=True, slots=True)
class Rates:
    """How many messages in how many seconds: everywhere, in one chat, in one group or channel.

    long_text: so many characters cost a message, and each further so many another; 0: length costs nothing.
    """

    overall: tuple[int, float] = (30, 1.0)
    chat: tuple[int, float] = (5, 5.0)
    group: tuple[int, float] = (20, 60.0)
    retry_after: int = 0
    long_text: int = 0

    def cost(self, length: int) -> int:
        """What a message of this length counts for."""
        return max(1, math.ceil(length / self.long_text)) if self.long_text else 1


RATES = {"off": None, "free": Rates(), "paid": replace(Rates(), overall=(1000, 1.0))}


@dataclass(slots=True)
class Limits:
    """Sliding windows of accepted messages. retry_after 0: as long as the fullest window needs."""

    rates: Rates | None = None
    refused: int = 0
    _sent: dict[str, deque[float]] = field(default_factory=dict)

    @property
    def counts_length(self) -> bool:
        """Whether what a message costs depends on its length."""
        return self.rates is not None and self.rates.long_text > 0

    def check(self, chat_id: int, *, is_group: bool, now: float, lengths: Sequence[int] = (0,)) -> None:
        """Count messages of these lengths. Raises Refused 429, and counts nothing, where a window is full."""
        if self.rates is None:
            return
        count = sum(map(self.rates.cost, lengths))
        windows = [("", self.rates.overall), (f"chat {chat_id}", self.rates.chat)]
        if is_group:
            windows.append((f"group {chat_id}", self.rates.group))
        waits = [self._wait(name, *rate, now, count) for name, rate in windows]
        if max(waits) > 0:
            self.refused += 1
            raise try_later(self.rates.retry_after or math.ceil(max(waits)))
        for name, _ in windows:
            self._sent[name].extend([now] * count)

    def _wait(self, name: str, most: int, seconds: float, now: float, count: int) -> float:
        sent = self._sent.setdefault(name, deque())
        while sent and sent[0] <= now - seconds:
            sent.popleft()
        excess = len(sent) + count - most
        return 0.0 if excess <= 0 or not sent else sent[min(excess, len(sent)) - 1] + seconds - now
