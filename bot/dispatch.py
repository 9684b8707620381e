"""The dispatch: sends whenever the outbox has something, and is quiet while Telegram is not to be had."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import structlog

from bot.sender import Telegram
from bot.standing import Standing
from jobs.deliver import deliver
from jobs.scribe import Clock
from jobs.tally import Delivered, Waits
from storage import Storage, Unavailable

log = structlog.get_logger()

PROBE_SECONDS = 60.0
"""Between two tries while Telegram does not know the token."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds between two tries while Telegram cannot be reached, doubled each time."""


async def dispatch(
    storage: Storage,
    telegram: Telegram,
    wake: asyncio.Event,
    *,
    owner: str,
    standing: Standing,
    clock: Clock,
    in_flight: int,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> None:
    """Sends what is due whenever woken, as long as the process lives.

    While nothing can be sent to anyone it tries one delivery at a time, and lets the others be.
    """
    trouble, waits = _Trouble(), Waits()
    while True:
        await wake.wait()
        wake.clear()
        await standing.may_send.wait()
        most = 1 if trouble.tries else None
        try:
            done = await standing.unless_silenced(
                deliver(
                    storage,
                    telegram,
                    owner=owner,
                    clock=clock,
                    in_flight=in_flight,
                    turn=telegram.turn,
                    most=most,
                    waits=waits,
                    told=lambda settled: standing.meter.delivered(settled, clock()),
                )
            )
        except Unavailable as away:
            standing.footing.lost(away)
            continue
        except Exception:
            log.exception("sending stumbled")
            continue
        if done is None:  # another program speaks with our token; what waits stays due
            wake.set()
            continue
        for accident in done.accidents:
            if isinstance(accident, Unavailable):
                standing.footing.lost(accident)
            else:
                log.error("a job stumbled", exc_info=accident)
        if not done.accidents:
            standing.footing.found()
        if not (done.is_barred and trouble.tries):
            tell(done.alerts)
        pause = trouble.after(done)
        if most and not trouble.tries:
            wake.set()  # the one try went well: now all the others
        if pause == 0 and done.hold_until:
            pause = (done.hold_until - clock()).total_seconds()
        if pause > 0:
            await sleep(pause)


def tell(alerts: Iterable[str]) -> None:
    """What became of deliveries that an operator must hear of."""
    for alert in alerts:
        log.error("delivery", alert=alert)


class _Trouble:
    """How long nothing can be sent to anyone, and what the operator was told of it."""

    def __init__(self) -> None:
        self.tries = 0
        """In vain, one after the other."""

    def after(self, done: Delivered) -> float:
        """Seconds to wait after a round; says once that the trouble begins, and once that it is over."""
        if done.is_barred or done.is_unreachable:
            self.tries += 1
            if self.tries == 1 and done.is_unreachable:
                log.error("Telegram cannot be reached; one delivery at a time is tried until it can")
            return PROBE_SECONDS if done.is_barred else min(FIRST_PAUSE * 2 ** (self.tries - 1), LONGEST_PAUSE)
        if done.states and self.tries:
            log.info("Telegram takes messages again", tries=self.tries)
            self.tries = 0
        return 0.0
