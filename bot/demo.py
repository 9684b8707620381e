"""The demo: the main job from end to end against the sandbox, told as a transcript."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from pydantic import SecretStr
from rich.console import Console
from rich.text import Text

from bot.app import running
from bot.desk import Desk
from bot.logs import set_up_logs
from bot.metronome import Rhythm
from bot.seeding import sample_articles
from bot.settings import Settings

TOKEN = "1000:demo-of-a-token-nobody-has"  # noqa: S105 - of the sandbox, which anyone may read
ZONE = "America/New_York"
READER = 1001
PATIENCE = 20.0
EVENING_ARTICLES = 8
"""Sample articles that are there on the first evening; the others come overnight."""

console = Console(highlight=False)


@dataclass(slots=True)
class MovedClock:
    """A clock that can be put forward, so that a morning comes within a second."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def put_to(self, at: time, zone: str) -> None:
        """Puts the clock forward to the next time it is `at` in the zone."""
        now = self().astimezone(ZoneInfo(zone))
        goal = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        if goal <= now:
            goal = (goal.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
        self.ahead += goal - now


async def play(*, stay: bool) -> None:
    """Plays the main job; with `stay`, leaves the web chat open until interrupted."""
    with tempfile.TemporaryDirectory(prefix="newsdigest-demo-") as folder:
        place = Path(folder)
        async with sandbox(place) as telegram:
            settings = Settings(
                bot_token=SecretStr(TOKEN),
                database_url=f"sqlite:///{place / 'news.db'}",
                telegram_url=telegram.url,
                seeds="none",
                log_level="WARNING",
            )
            set_up_logs(settings)
            clock = MovedClock()
            clock.put_to(time(19, 30), ZONE)
            quick = Rhythm(compose=timedelta(seconds=0.3), deliver=timedelta(seconds=0.3))
            async with running(settings, clock=clock, rhythm=quick) as desk:
                await _tell(telegram, desk, clock)
                if stay:
                    console.print(f"\n[bold]Now you.[/] Open {telegram.chat} in a browser; Ctrl-C ends the demo.")
                    await _until_interrupted()


async def _until_interrupted() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        console.print("The demo has ended; nothing of it is kept.")
        raise


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox's own side: what a person does in the chat."""

    url: str
    chat: str
    session: aiohttp.ClientSession

    async def do(self, what: str, **fields: Any) -> dict[str, Any]:
        """Something a person does: say, press, inline, choose."""
        async with self.session.post(f"{self.url}/sandbox/{what}", json=fields) as answer:
            answer.raise_for_status()
            done: dict[str, Any] = await answer.json()
            return done

    async def messages(self) -> list[dict[str, Any]]:
        """The reader's chat with the bot, as it stands."""
        async with self.session.get(f"{self.url}/sandbox/messages", params={"chat_id": READER}) as answer:
            found: list[dict[str, Any]] = (await answer.json())["messages"]
            return found

    async def heard(self, after: int, *, count: int = 1, holding: str = "") -> list[dict[str, Any]]:
        """The bot's messages after one, once there are enough; TimeoutError when it stays silent."""
        async with asyncio.timeout(PATIENCE):
            while True:
                new = [one for one in await self.messages() if one["message_id"] > after and one["from"]["is_bot"]]
                if len(new) >= count and (not holding or any(holding in json.dumps(one) for one in new)):
                    return new
                await asyncio.sleep(0.05)


@asynccontextmanager
async def sandbox(place: Path) -> AsyncIterator[Sandbox]:
    """A Telegram of our own on this machine, in a process of its own."""
    command = (
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        "0",
        "--token",
        TOKEN,
        "--ledger",
        str(place / "ledger.jsonl"),
    )
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            ready = json.loads(await process.stdout.readline())
        async with aiohttp.ClientSession(trust_env=False) as session:
            yield Sandbox(ready["url"], ready["chat"], session)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _tell(telegram: Sandbox, desk: Desk, clock: MovedClock) -> None:
    """The story: an evening's onboarding, a morning's digest, and what can be done with it."""
    _chapter("News comes in")
    evening = await sample_articles(desk.storage, desk.shelves, now=clock(), limit=EVENING_ARTICLES)
    console.print(f"{evening} sample articles are stored, each with its bullets, topics and story.")

    _chapter("Three taps")
    begun = await _say(telegram, "/start")
    panel = begun[-1]
    for label in ("World", "Science", "Business", "Technology", "Next"):
        panel = await _press(telegram, panel, label, is_quiet=label not in ("Technology", "Next"))
    panel = await _press(telegram, panel, "08:00")
    last = await _last(telegram)
    await _press(telegram, panel, "New York")
    for message in await telegram.heard(last, count=2):
        _show(message)

    _chapter("The next morning")
    last = await _last(telegram)
    overnight = await sample_articles(desk.storage, desk.shelves, now=clock() + timedelta(hours=1))
    clock.put_to(time(8), ZONE)
    console.print(f"Overnight {overnight} more articles came in, one of them with news of the ferry.")
    console.print("The clock is put to 08:00 in New York.")
    digest = (await telegram.heard(last, holding='"open:'))[0]
    _show(digest)

    _chapter("The full article")
    article = await _press(telegram, digest, _numbers(digest)[0], is_answered_anew=True)
    if any(label == "▶" for label, _ in _buttons(article)):
        await _press(telegram, article, "▶")
    await _press(telegram, article, "Save")

    _chapter("Search")
    await _say(telegram, "/search fishing boats")
    await _say(telegram, "/saved")

    _chapter("Words to follow, foreseen")
    offer = (await _say(telegram, "/subscribe ferry or harbour"))[-1]
    await _press(telegram, offer, "Follow")

    _chapter("Inline search, in any chat")
    console.print(Text(f"Reader types: @{desk.bot} ferry", style="bold cyan"))
    found = await telegram.do("inline", user_id=READER, query="ferry")
    for card in (found["results"] or [])[:2]:
        console.print(Text(f"  ▢ {card['title']}\n    " + card.get("description", "").replace("\n", "\n    ")))
    if found["results"]:
        chosen = {"inline_query_id": found["inline_query_id"], "result_id": found["results"][0]["id"]}
        _show(await telegram.do("choose", user_id=READER, chat_id=READER, **chosen))


def _chapter(title: str) -> None:
    console.print()
    console.rule(Text(title, style="bold"), align="left")


async def _last(telegram: Sandbox) -> int:
    return max((one["message_id"] for one in await telegram.messages()), default=0)


async def _say(telegram: Sandbox, text: str) -> list[dict[str, Any]]:
    """The reader sends a text; shows and returns the bot's answers."""
    console.print(Text(f"Reader: {text}", style="bold cyan"))
    sent = await telegram.do("say", chat_id=READER, user_id=READER, text=text)
    answers = await telegram.heard(sent["message_id"])
    for answer in answers:
        _show(answer)
    return answers


async def _press(
    telegram: Sandbox, message: dict[str, Any], label: str, *, is_quiet: bool = False, is_answered_anew: bool = False
) -> dict[str, Any]:
    """The reader taps a button; shows and returns the message that it changed, or the new one."""
    text, data = next((text, data) for text, data in _buttons(message) if text.startswith(label))
    last = await _last(telegram)
    console.print(Text(f"Reader taps [ {text} ]", style="bold cyan"))
    fields = {"chat_id": READER, "user_id": READER, "message_id": message["message_id"], "data": data}
    await telegram.do("press", **fields)
    if is_answered_anew:
        changed = (await telegram.heard(last))[0]
    else:
        changed = await _changed(telegram, message)
    if not is_quiet:
        _show(changed, only_buttons=_plain(changed) == _plain(message))
    return changed


async def _changed(telegram: Sandbox, before: dict[str, Any]) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while True:
            now = next(one for one in await telegram.messages() if one["message_id"] == before["message_id"])
            if now.get("edited", 0) > before.get("edited", 0):
                return now
            await asyncio.sleep(0.05)


def _buttons(message: dict[str, Any]) -> list[tuple[str, str]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [(button["text"], button.get("callback_data", "")) for row in rows for button in row]


def _numbers(message: dict[str, Any]) -> list[str]:
    return [text for text, data in _buttons(message) if data.startswith("open:")]


def _show(message: dict[str, Any], *, only_buttons: bool = False) -> None:
    """A message as its reader sees it, or where only its buttons changed these, set off from what the reader does."""
    console.print(Text("Bot", style="bold green"))
    lines = ["…"] if only_buttons else _plain(message).split("\n")
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    lines += ["".join(f"[ {button['text']} ]" for button in row) for row in rows]
    for line in lines:
        console.print(Text(f"  │ {line}"), soft_wrap=True)


def _plain(message: dict[str, Any]) -> str:
    if "rich_message" in message:
        return "\n".join(_words(message["rich_message"]["blocks"]))
    return str(message.get("text", ""))


def _words(node: Any) -> list[str]:
    """The texts of a rich message's blocks, in order."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, list):
        return [line for one in node for line in _words(one)]
    if isinstance(node, dict):
        return [line for name, one in node.items() if name != "type" for line in _words(one)]
    return []
