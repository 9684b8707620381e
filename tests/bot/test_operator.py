"""The operator's page: for whoever knows the word, about everything, and nothing that strangers wrote acts in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.cookies import Morsel
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from lxml import html  # type: ignore[import-untyped]
from playwright.async_api import async_playwright, expect
from structlog.testing import capture_logs
from yarl import URL

from bot.app import running
from bot.glance import Glance
from bot.operator import COOKIE, LASTS, PATH, Operator
from bot.standing import Standing
from bot.web import serving
from news.answers import Accepted, ChatGone, Unknown
from news.feed import answered, failed
from storage import Storage, Unavailable
from tests.bot.dying import a_free_port
from tests.bot.given import QUICK, settings_for
from tests.bot.talking import Clock
from tests.sandbox.running import RunningSandbox
from tests.sandbox.test_web_chat import ARGUMENTS, CHROMIUM, in_a_browser
from tests.storage.given import NOW, ends_with, later

WORD = "kanarienvogel-Kanarienvogel-77"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</p></li></ul></section><form action=//evil.example>",
    "<!--", "]]>", "&lt;script&gt;", "`newsdigest`", "</style><style>*{display:none}</style>",
    "\u202egnp.exe\x00\ud800",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody at the web server, who keeps cookies or does not."""

    url: str
    standing: Standing
    session: aiohttp.ClientSession

    async def ask(self, method: str = "GET", path: str = PATH, **more: Any) -> aiohttp.ClientResponse:
        answer = await self.session.request(method, URL(self.url + path, encoded=True), allow_redirects=False, **more)
        await answer.read()
        return answer

    async def say(self, word: str, **more: Any) -> aiohttp.ClientResponse:
        return await self.ask("POST", data={"word": word}, **more)

    async def page(self) -> str:
        """The page, for who has said the word."""
        assert (await self.say(WORD)).status == 303
        return await (await self.ask()).text()


@asynccontextmanager
async def served(storage: Any, clock: Clock, *, has_word: bool = True) -> AsyncIterator[Browser]:
    port, standing, glance = a_free_port(), Standing(clock), Glance(storage, clock)
    standing.role, standing.hears = "leading", True
    operator = Operator(WORD, glance) if has_word else None
    where: tuple[Any, ...] = ("127.0.0.1", port, storage, standing)
    async with (
        serving(*where, webhook=None, heard=asyncio.Event(), operator=operator, clock=clock),
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        yield Browser(f"http://127.0.0.1:{port}", standing, session)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Storage]:
    opened = await Storage.open(sqlite_url)
    yield opened
    await opened.close()


async def seen(answer: aiohttp.ClientResponse) -> tuple[int, dict[str, str], str]:
    """All that a stranger could tell answers apart by."""
    told = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status, told, await answer.text()


async def test_without_a_word_there_is_no_such_page(sqlite: Storage, clock: Clock) -> None:
    async with served(sqlite, clock, has_word=False) as browser:
        nothing = await seen(await browser.ask(path="/nothing-of-the-kind"))
        tried = [await browser.ask(), await browser.say(WORD), await browser.ask(cookies={COOKIE: "1.2"})]

    assert nothing[0] == 404
    assert [await seen(each) for each in tried] == [nothing] * 3


async def test_the_word_opens_the_page_by_a_cookie_that_no_script_and_no_other_site_can_use(
    sqlite: Storage, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        async with served(sqlite, clock) as browser:
            before = await browser.ask()
            wrong = [await browser.say(word) for word in ("", WORD[:-1], WORD + "7", WORD.upper(), "ключ")]
            let_in = await browser.say(f" {WORD} ")
            cookie: Morsel[str] = let_in.cookies[COOKIE]
            after = await browser.ask()
            by_tls = (await browser.say(WORD, headers={"X-Forwarded-Proto": "https"})).cookies[COOKIE]
            left = await browser.ask("POST", data={"leave": "1"})
            outside = await browser.ask()

    assert (before.status, [each.status for each in wrong], let_in.status, left.status) == (200, [403] * 5, 303, 303)
    assert not any(each.cookies for each in [before, *wrong])
    assert let_in.headers["Location"] == PATH
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Strict", PATH, "")
    assert by_tls["secure"]
    pages = [await each.text() for each in (before, after, outside)]
    assert ["All is well." in page for page in pages] == [False, True, False]
    assert ['type="password"' in page for page in pages] == [True, False, True]
    assert WORD not in str(pages) + str(dict(after.headers)) + cookie.value + caplog.text + str(logs)


async def test_a_cookie_that_is_forged_or_too_old_opens_nothing(sqlite: Storage, clock: Clock) -> None:
    async with served(sqlite, clock) as browser:
        good = (await browser.say(WORD)).cookies[COOKIE].value
        browser.session.cookie_jar.clear()
        until, _, mark = good.partition(".")
        of_another = Operator("another-word-that-is-long", Glance(sqlite, clock))._mark(int(until))
        forged = ["", "1", f"{until}.", f"{until}.{of_another}", f"{int(until) + 9}.{mark}", f".{mark}", f"٣.{mark}"]
        opened = [await (await browser.ask(cookies={COOKIE: cookie})).text() for cookie in [*forged, good]]
        clock.tick(seconds=LASTS.total_seconds())
        late = await (await browser.ask(cookies={COOKIE: good})).text()

    assert ["All is well." in page for page in opened] == [False] * len(forged) + [True]
    assert "All is well." not in late


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", PATH), ("GET", f"{PATH}/"), ("GET", "/%6fperator"), ("DELETE", PATH)]
)
async def test_what_is_no_visit_of_the_page_gets_the_answer_of_nothing(
    method: str, path: str, sqlite: Storage, clock: Clock
) -> None:
    async with served(sqlite, clock) as browser:
        answer = await browser.ask(method, path)
    assert answer.status == 404


@pytest.mark.parametrize("body", [b"\xff\xfe", b"x" * 2_000_000, b"&".join([b"word=1"] * 99), b'{"word": 1}'])
async def test_a_form_that_is_none_is_a_wrong_word(body: bytes, sqlite: Storage, clock: Clock) -> None:
    async with served(sqlite, clock) as browser:
        assert (await browser.ask("POST", data=BytesIO(body))).status == 403


async def test_the_page_tells_what_waits_what_was_sent_and_why_not(storage: Storage, clock: Clock) -> None:
    for chat_id in range(1, 4):
        await ends_with(storage, chat_id, Accepted(chat_id))
    await ends_with(storage, 4, ChatGone("bot was blocked by the user"))
    await ends_with(storage, 5, Unknown("nobody told us of this"))
    await ends_with(storage, 6, None)
    feed = await storage.feeds.add("https://example.org/feed.xml", now=NOW, title="The Gazette")
    await storage.feeds.record(failed(feed, "The site does not answer in time.", now=later(days=-2), status=503))
    await storage.inbox.take_in([(70, 7, '{"message": {"text": "what somebody said"}}')], NOW)
    for _ in range(3):
        await storage.inbox.turn(begin=[70])
        await storage.inbox.failed(70, "KeyError: 'from'")
    clock.tick(minutes=25)
    async with served(storage, clock) as browser:
        page = html.fromstring(await browser.page())
    tiles = {each.findtext("dt"): [dd.text for dd in each.findall("dd")] for each in page.findall(".//dl/div")}
    rows = [[cell.text_content() for cell in row.findall("td")] for row in page.findall(".//tr")[1:]]
    notes = [each.text_content() for each in page.find_class("note")]
    [[feeds], [updates]] = [[each.text_content() for each in group.findall("li")] for group in page.findall(".//ul")]

    assert tiles["Waiting to leave"] == ["1", "messages"]
    assert tiles["Due for"][0] == "25 min"
    assert (tiles["Sent"][0], tiles["Feeds"]) == ("3", ["0", "of 1 are well"])
    assert tiles["Database"][1].startswith(("SQLite", "PostgreSQL"))
    assert rows[0] == ["sent", "", "3"]
    assert sorted(rows[1:]) == [
        ["cancelled", "bot was blocked by the user", "1"],
        ["given up", "nobody told us of this", "1"],
        ["waiting", "", "1"],
    ]
    assert notes == [
        "Messages are due and do not leave. The log says why.",
        "No feed answers: perhaps this machine has no way out. What is stored is still told.",
        "Messages were given up within a day: 1. Their stories come again in the next digest.",
        "Updates could not be handled: 1. newsdigest updates --retry all tries again.",
    ]
    assert feeds.startswith(
        "The Gazette https://example.org/feed.xmlFailing since 2026-11-20 08:00 UTC, with answer 503."
    )
    assert updates == "70 came 2026-11-22 08:00 UTCKeyError: 'from'"
    assert "what somebody said" not in page.text_content()
    assert page.find(".//svg").get("aria-label") == "3 sent, 1 waiting, 1 cancelled, 1 given up"


async def test_what_stands_still_is_said(sqlite: Storage, clock: Clock) -> None:
    async with served(sqlite, clock) as browser:
        browser.standing.hears = False
        browser.standing.fall_silent("another program speaks")
        browser.standing.is_clock_right = False
        page = html.fromstring(await browser.page())
    said = [each.text_content().split(".")[0] for each in page.find_class("bad")]

    assert said == [
        "Telegram hands the bot no updates now: nobody is answered",
        "Another program speaks with this bot's token",
        "This machine's clock is wrong",
    ]


class Away:
    async def figures(self, _: Any) -> None:
        raise Unavailable("the disk is full")


async def test_without_the_database_the_page_says_so(clock: Clock) -> None:
    async with served(Away(), clock) as browser:
        page = html.fromstring(await browser.page())
    [note] = page.find_class("note")

    assert note.text == "The database does not answer. Everything waits for it, and nothing is lost."


async def a_hostile_world(storage: Storage) -> None:
    for at, payload in enumerate(HOSTILE, 1):
        await ends_with(storage, at, Unknown(payload))
        for url in (f"https://example.org/{at}?{payload}", f"javascript:alert({at})//{payload}"):
            feed = await storage.feeds.add(url, now=NOW, title=payload)
            await storage.feeds.record(replace(failed(feed, payload, now=NOW), replacement=payload))
        await storage.inbox.take_in([(at, at, "{}")], NOW)
        for _ in range(3):
            await storage.inbox.turn(begin=[at])
            await storage.inbox.failed(at, payload)


async def test_nothing_that_strangers_wrote_acts_in_the_page(storage: Storage, clock: Clock) -> None:
    await a_hostile_world(storage)
    async with served(storage, clock) as browser:
        text = await browser.page()
        policy = (await browser.ask()).headers["Content-Security-Policy"]
    page = html.fromstring(text)
    allowed = {"html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "span", "form", "button",
               "p", "dl", "div", "dt", "dd", "section", "svg", "rect", "table", "tbody", "tr", "th", "td", "ul", "li",
               "b", "a", "code", "footer"}  # fmt: skip

    assert {each.tag for each in page.iter()} <= allowed
    assert len(page.findall(".//style")) == 1
    assert [form.get("action") for form in page.findall(".//form")] == [None]
    assert {url.split(":")[0] for url in page.xpath("//@href")} == {"https"}
    assert not [name for each in page.iter() for name in each.attrib if name.startswith("on") or name == "style"]
    assert page.text_content().count("<script>alert(1)</script>") >= 4
    assert "\u202e" not in text
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")


async def test_a_setting_is_all_that_the_page_needs(telegram: RunningSandbox, sqlite_url: str) -> None:
    port = a_free_port()
    async with (
        running(settings_for(telegram, sqlite_url, web_port=port, operator_token=WORD), rhythm=QUICK),
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
        session.post(f"http://127.0.0.1:{port}{PATH}", data={"word": WORD}) as page,
    ):
        assert "newsdigest" in await page.text()
        assert page.status == 200


@in_a_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_in_a_browser_the_page_is_styled_and_fits_a_phone(scheme: Any, sqlite: Storage, clock: Clock) -> None:
    await a_hostile_world(sqlite)
    quiet = await sqlite.feeds.add(f"https://example.org/{'long' * 60}", now=NOW, title="Quiet " * 30)
    heard = answered(quiet, now=NOW - timedelta(days=80), etag=None, last_modified=None, body_hash=None, title=None,
                     site_url=None, listed=["a"])  # fmt: skip
    await sqlite.feeds.record(heard)
    await ends_with(sqlite, 99, Accepted(99))
    said: list[str] = []
    async with served(sqlite, clock) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda problem: said.append(str(problem)))
        await page.goto(server.url + PATH)
        await page.fill("#word", WORD)
        await page.press("#word", "Enter")
        await expect(page.locator("footer")).to_be_visible()
        width = await page.evaluate("document.documentElement.scrollWidth")
        paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        bars = await page.locator("svg > rect").count()
        await page.get_by_role("button", name="Leave").click()
        await expect(page.locator("#word")).to_be_visible()
        await browser.close()

    assert said == []
    assert width == 360
    assert paper == {"light": "rgb(246, 245, 242)", "dark": "rgb(20, 22, 26)"}[scheme]
    assert bars == 2
