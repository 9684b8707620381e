"""A bot's webhook on loopback, and a sandbox beside it that posts there by the test's own clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.postman import Postman
from tests.sandbox.beside import Beside, beside

Answerer = Callable[[dict[str, Any]], Awaitable[web.Response]]


class Hook:
    """A bot's webhook: every update that was posted, and what the bot answered."""

    def __init__(self, answer: Answerer | None = None) -> None:
        self.answer: Answerer = answer or taken
        self.url = ""
        self.posted: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.most_at_once = 0
        self._open = 0
        self._news = asyncio.Condition()

    async def serve(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        update = await request.json()
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        async with self._news:
            self.posted.append(update)
            self._news.notify_all()
        try:
            return await self.answer(update)
        finally:
            self._open -= 1

    async def until(self, ready: Callable[[], bool]) -> None:
        """Wait for posts until it is so."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(ready)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.posted]


async def taken(update: dict[str, Any]) -> web.Response:
    return web.Response()


def answers(*responses: Callable[[], web.Response]) -> Answerer:
    """These responses in turn, then 200."""
    left = list(responses)

    async def answer(update: dict[str, Any]) -> web.Response:
        return left.pop(0)() if left else web.Response()

    return answer


async def elsewhere(request: web.Request) -> web.Response:
    return web.Response()


@asynccontextmanager
async def listening(hook: Hook) -> AsyncIterator[Hook]:
    app = web.Application()
    app.router.add_post("/hook", hook.serve)
    app.router.add_get("/elsewhere", elsewhere)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield hook
    finally:
        await runner.cleanup()


@asynccontextmanager
async def hooked(
    folder: Path, answer: Answerer | None = None, webhook_retry: float = 0.001, **webhook: Any
) -> AsyncIterator[tuple[Beside, Hook]]:
    """A sandbox that posts to a hook, a pause of one second lasting a millisecond."""
    with beside(folder, loopback_webhooks=True, webhook_retry=webhook_retry) as bot:
        async with listening(Hook(answer)) as hook:
            posting = asyncio.create_task(Postman(bot.sandbox).run())
            try:
                await bot.call("setWebhook", url=hook.url, **webhook)
                yield bot, hook
            finally:
                posting.cancel()
                await asyncio.wait([posting])


def say(bot: Beside, text: str, chat_id: int = 1001) -> None:
    bot.sandbox.tell("message", {"chat": {"id": chat_id}, "text": text}, chat_id)


async def emptied(bot: Beside) -> None:
    """Wait until no update is pending."""
    assert await bot.sandbox.updates.bell.until(lambda: not len(bot.sandbox.updates), 10)


async def told(bot: Beside, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What getWebhookInfo says once it says what is wanted."""
    updates = bot.sandbox.updates
    assert await updates.bell.until(lambda: wanted(updates.webhook_info()), 10), updates.webhook_info()
    return updates.webhook_info()
