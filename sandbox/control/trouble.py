"""Trouble on order, Telegram's limits, and how far away it is."""

from typing import Any

from sandbox.control.asking import BadControl, Body, Handler
from sandbox.faults import BadFault
from sandbox.limits import RATES, Rates
from sandbox.state import Sandbox

LONGEST_DELAY = 60.0


async def add_fault(sandbox: Sandbox, body: Body) -> dict[str, int]:
    try:
        return {"id": sandbox.faults.add(body.values).id}
    except BadFault as bad:
        raise BadControl(str(bad)) from bad


async def faults(sandbox: Sandbox, body: Body) -> list[dict[str, Any]]:
    return sandbox.faults.told()


async def clear_faults(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    sandbox.faults.clear()
    return {}


async def set_limits(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """`mode` off, free or paid; in place of its rates, `overall`, `chat`, `group` ([count, seconds]), `retry_after`
    and `long_text`."""
    mode = body.text("mode", "free")
    if mode not in RATES:
        raise BadControl(f"mode is one of {', '.join(RATES)}")
    rates = RATES[mode]
    if rates is not None:
        overall, chat, group = (_rate(body, name, getattr(rates, name)) for name in ("overall", "chat", "group"))
        rates = Rates(overall, chat, group, body.integer("retry_after", 0), body.integer("long_text", 0))
    sandbox.limits.rates = rates
    return {"mode": mode, "refused": sandbox.limits.refused}


def _rate(body: Body, name: str, default: tuple[int, float]) -> tuple[int, float]:
    rate = body.get(name, default)
    if isinstance(rate, list | tuple) and len(rate) == 2 and all(isinstance(n, int | float) and n > 0 for n in rate):
        return int(rate[0]), float(rate[1])
    raise BadControl(f"{name} is [count, seconds]")


async def set_delay(sandbox: Sandbox, body: Body) -> dict[str, float]:
    """Every answer of the Bot API comes `seconds` late from now on."""
    seconds = body.number("seconds")
    if not 0 <= seconds <= LONGEST_DELAY:
        raise BadControl(f"seconds is a number from 0 to {LONGEST_DELAY:g}")
    sandbox.delay = seconds
    return {"seconds": seconds}


async def refused(sandbox: Sandbox, body: Body) -> dict[str, int]:
    """How many requests the limits have refused so far."""
    return {"refused": sandbox.limits.refused}


async def set_clock(sandbox: Sandbox, body: Body) -> dict[str, float]:
    """The sandbox's clock stands at `now` (seconds since 1970) until it is put to another time."""
    sandbox.time.put_to(body.number("now"))
    return {"now": sandbox.world.clock()}


async def set_token(sandbox: Sandbox, body: Body) -> dict[str, str]:
    """The bot's owner takes the token back, and has another."""
    token = body.text("token")
    if token.partition(":")[0] != str(sandbox.bot_id):
        raise BadControl("a token begins with the bot's own number")
    sandbox.token = token
    return {"token": token}


ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "faults"): faults,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("POST", "limits"): set_limits,
    ("GET", "limits"): refused,
    ("POST", "delay"): set_delay,
    ("POST", "clock"): set_clock,
    ("POST", "token"): set_token,
}
