"""A language model on loopback, that answers as a test tells it to, or as none should."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from ingest.model import Model

KEY = "sk-canary-of-the-model"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def a_model(answer: Answer) -> AsyncIterator[Model]:
    """How we speak to a server that answers so."""
    async with a_model_server(answer) as url, Model(url, "small", KEY, deadline=1.0) as model:
        yield model


@asynccontextmanager
async def a_model_server(answer: Answer) -> AsyncIterator[str]:
    """The address of a server on loopback that answers so."""
    application = web.Application()
    application.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/v1"
    finally:
        await runner.cleanup()


async def hanging(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3)
    raise AssertionError


async def refusing(_: web.Request) -> web.StreamResponse:
    return web.json_response({"error": {"message": f"bad key {KEY}"}}, status=401)


async def rambling(_: web.Request) -> web.StreamResponse:
    return web.json_response({"choices": [{"message": {"content": "Sure! Here are your bullets:"}}]})


async def flooding(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b"[" * 300_000)


async def dripping(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


async def broken(_: web.Request) -> web.StreamResponse:
    return web.Response(status=500, text="out of memory")


USELESS = (hanging, refusing, rambling, flooding, dripping, broken)
"""Answers with nothing to use in them."""
