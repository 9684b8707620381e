"""The control interface: people at the keyboard, trouble on order, and what tests count by. JSON in, JSON out."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.control import accounts, chats, talk, trouble
from sandbox.control.asking import BadControl, Body, Handler
from sandbox.state import Sandbox

ROUTES = chats.ROUTES | talk.ROUTES | accounts.ROUTES | trouble.ROUTES


def add_routes(app: web.Application, sandbox: Sandbox) -> None:
    """Mount every control endpoint."""
    for (verb, path), handler in ROUTES.items():
        app.router.add_route(verb, f"/sandbox/{path}", _mounted(sandbox, handler))


def _mounted(sandbox: Sandbox, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(sandbox, await _body(request)))
        except BadControl as bad:
            return web.json_response({"error": str(bad)}, status=400)

    return answer


async def _body(request: web.Request) -> Body:
    if request.method != "POST":
        return Body(dict(request.query))
    try:
        values = json.loads(await request.read() or b"{}")
    except ValueError as broken:
        raise BadControl("the body is not JSON") from broken
    if not isinstance(values, dict):
        raise BadControl("the body is not a JSON object")
    return Body(values)
