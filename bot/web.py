"""The web server: the webhook, what hubs tell of feeds, and what health checks, Prometheus and operators ask."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.glance import Glance
from bot.hubs import Hubs
from bot.metrics import CONTENT_TYPE, exposed
from bot.operator import Operator
from bot.standing import Standing
from bot.webhook import Webhook
from storage import Storage

log = structlog.get_logger()

LARGEST_BODY = 1_000_000
"""Bytes of a request; an update of Telegram's has some ten thousand."""
PATIENCE = 5.0
"""Seconds in which the database must answer a health check."""


class NotServed(Exception):
    """Nothing can be served at an address; the argument says why, and what to do."""

    def __init__(self, address: str, problem: OSError) -> None:
        said = {
            errno.EADDRINUSE: f"Another program has {address}. Set another WEB_PORT, or stop that program.",
            errno.EACCES: f"The system does not let this program have {address}. Set a WEB_PORT above 1023.",
        }
        super().__init__(said.get(problem.errno or 0, f"This machine is not at {address}. Set another WEB_HOST."))


@asynccontextmanager
async def serving(
    host: str,
    port: int,
    storage: Storage,
    standing: Standing,
    *,
    webhook: Webhook | None,
    hubs: Hubs | None = None,
    heard: asyncio.Event,
    glance: Glance | None = None,
    operator: Operator | None = None,
    clock: Callable[[], datetime],
) -> AsyncIterator[None]:
    """Serves until the block is left. Whatever is not meant for us gets one and the same answer. Raises NotServed.

    Metrics with a `glance`, whose figures are told in them.
    """

    async def answer(request: web.Request) -> web.Response:
        if webhook and webhook.is_knocked_at(request):
            return await webhook.receive(request, storage, heard, clock) or _nothing()
        if hubs and (feed_id := hubs.knocked_at(request)) is not None:
            return await hubs.receive(request, feed_id, storage, clock) or _nothing()
        if request.method in ("GET", "HEAD") and request.rel_url.raw_path == "/healthz":
            return web.json_response({"alive": True})
        if request.method in ("GET", "HEAD") and request.rel_url.raw_path == "/readyz":
            return await _readiness(storage, standing)
        if glance and request.method in ("GET", "HEAD") and request.rel_url.raw_path == "/metrics":
            said = exposed(standing, await glance.figures(), clock())
            return web.Response(body=said, headers={"Content-Type": CONTENT_TYPE})
        if operator and (page := await operator.answer(request, standing)):
            return page
        return _nothing()

    application = web.Application(client_max_size=LARGEST_BODY)
    application.router.add_route("*", "/{path:.*}", answer)
    logging.getLogger("aiohttp.server").addFilter(_is_ours)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=PATIENCE)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as problem:
            raise NotServed(f"{host}:{port}", problem) from problem
        yield
    finally:
        await runner.cleanup()


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a request stumbled over us; over what a stranger sent, the library would fill the log with traces."""
    problem = record.exc_info[1] if record.exc_info else None
    if isinstance(problem, HttpProcessingError | web.RequestPayloadError | ConnectionError):
        log.debug("a request cannot be read", problem=type(problem).__name__)
        return False
    return True


def _nothing() -> web.Response:
    return web.Response(status=404, text="404: Not Found")


async def _readiness(storage: Storage, standing: Standing) -> web.Response:
    """200 while this process does its part: a leader hears Telegram and may send, the others stand by for it."""
    try:
        async with asyncio.timeout(PATIENCE):
            await storage.inbox.waiting(1)
        has_database = True
    except Exception:
        has_database = False
    said = {
        "database": has_database,
        "role": standing.role,
        "hears": standing.hears,
        "may_send": standing.may_send.is_set(),
        "clock": standing.is_clock_right,
    }
    leads_well = standing.hears and standing.may_send.is_set() and standing.is_clock_right
    is_ready = has_database and (
        standing.role in ("standing by", "helping") or (standing.role == "leading" and leads_well)
    )
    return web.json_response(said, status=200 if is_ready else 503)
