"""What tests count by: accepted messages, requests, updates still waiting."""

from typing import Any

from sandbox.control.asking import Body, Handler
from sandbox.state import Sandbox


async def ledger(sandbox: Sandbox, body: Body) -> list[dict[str, Any]]:
    """The messages accepted so far; without the first `after` of them, for those who read on."""
    return sandbox.ledger.entries[max(body.integer("after", 0), 0) :]


async def requests(sandbox: Sandbox, body: Body) -> list[dict[str, Any]]:
    return list(sandbox.requests)


async def updates(sandbox: Sandbox, body: Body) -> dict[str, int]:
    return {"pending": len(sandbox.updates)}


async def inject(sandbox: Sandbox, body: Body) -> dict[str, int]:
    """An update of any shape, for those who must survive it."""
    return {"update_id": sandbox.updates.push_raw(body.values)}


ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "ledger"): ledger,
    ("GET", "requests"): requests,
    ("GET", "updates"): updates,
    ("POST", "updates"): inject,
}
