"""The whole bot as a person meets it: the real program, the real sandbox, a real browser."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import time, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from bot.app import running
from bot.demo import MovedClock
from bot.desk import Desk
from bot.metronome import Rhythm
from bot.seeding import sample_articles
from tests.bot.given import settings_for
from tests.sandbox.running import running_sandbox
from tests.sandbox.test_web_chat import ARGUMENTS, CHROMIUM, in_a_browser

READER, GROUP, GUEST = 1001, -1002001, 1002
ZONE = "America/New_York"
QUICK = Rhythm(compose=timedelta(seconds=0.2), deliver=timedelta(seconds=0.2))


class Chat:
    """A page of the web chat, and what a person does there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bubbles = page.locator(".message")
        self.last = self.bubbles.last

    async def say(self, text: str) -> Locator:
        """Writes, and returns the bot's answer."""
        theirs = self.page.locator(".message.theirs")
        before = await theirs.count()
        await self.page.fill("#input", text)
        await self.page.press("#input", "Enter")
        await expect(theirs.nth(before)).to_be_visible()
        return theirs.nth(before)

    async def tap(self, message: Locator, label: str) -> None:
        """Taps a button below a message."""
        await message.get_by_role("button", name=label, exact=True).first.click()

    def holding(self, text: str) -> Locator:
        """The last message that says this."""
        return self.page.locator(".message.theirs", has_text=text).last


@asynccontextmanager
async def morning(tmp_path: Path, *, chat_id: int) -> AsyncIterator[tuple[Chat, Desk, MovedClock]]:
    """The bot on an evening at 19:30, with the sample articles, and a browser on one of its chats."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(running_sandbox(tmp_path, "--hold", "0"))
        settings = settings_for(sandbox, f"sqlite:///{tmp_path / 'news.db'}")
        clock = MovedClock()
        clock.put_to(time(19, 30), ZONE)
        desk = await stack.enter_async_context(running(settings, clock=clock, rhythm=QUICK))
        await sample_articles(desk.storage, desk.shelves, now=clock(), limit=8)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        stack.push_async_callback(browser.close)
        page = await browser.new_page(viewport={"width": 430, "height": 900}, reduced_motion="reduce")
        page.set_default_timeout(10_000)
        await page.goto(f"{sandbox.url}/#{chat_id}")
        yield Chat(page), desk, clock


@in_a_browser
@pytest.mark.timeout(180)
async def test_a_reader_sets_up_reads_searches_and_shares_in_the_web_chat(tmp_path: Path) -> None:
    async with morning(tmp_path, chat_id=READER) as (chat, desk, clock):
        panel = await chat.say("/start")
        for topic in ("World", "Science", "Business"):
            await chat.tap(panel, topic)
            await expect(panel.get_by_role("button", name=f"{topic} ✓")).to_be_visible()
        await chat.tap(panel, "Next ▸")
        await chat.tap(panel, "08:00 ✓")
        await chat.tap(panel, "New York")
        await expect(panel).to_contain_text("Every day at 08:00 in New York: World, Business and Science.")
        first = chat.holding("· World, Business, Science")
        await expect(first).to_contain_text("2 sources")

        await chat.tap(first, "Science")
        await expect(first.get_by_role("button", name="Science ·")).to_be_visible()
        await expect(first).not_to_contain_text("Central Bank")

        await sample_articles(desk.storage, desk.shelves, now=clock())
        clock.put_to(time(8), ZONE)
        scheduled = chat.page.locator(".message.theirs", has_text="Nothing new in").last
        await expect(scheduled).to_be_visible()
        await chat.tap(scheduled, "1")
        article = chat.page.locator(".message.theirs", has=chat.page.get_by_role("button", name="Related")).last
        await expect(article).to_be_visible()
        await chat.tap(article, "Save")
        await expect(article.get_by_role("button", name="Saved ✓")).to_be_visible()
        await expect(await chat.say("/saved")).to_contain_text("1 saved article")

        found = await chat.say("/search ferry")
        await expect(found).to_contain_text("3 results for “ferry”")
        await expect(found.locator("b", has_text="ferry").first).to_be_visible()

        await chat.page.fill("#input", f"@{desk.bot} ferry")
        card = chat.page.get_by_role("option").first
        await expect(card).to_contain_text("Ferry")
        await card.click()
        await expect(chat.page.locator(".message", has_text=f"via @{desk.bot}").last).to_be_visible()


@in_a_browser
@pytest.mark.timeout(180)
async def test_a_long_article_is_paged_in_place_and_resumed(tmp_path: Path) -> None:
    async with morning(tmp_path, chat_id=READER) as (chat, desk, clock):
        await sample_articles(desk.storage, desk.shelves, now=clock())
        found = await chat.say("/search village sea wall")
        await chat.tap(found, "1")
        article = chat.page.locator(".message.theirs", has=chat.page.get_by_role("button", name="▶")).last
        await expect(article).to_contain_text("1 of ")
        await chat.tap(article, "▶")
        await expect(article).to_contain_text("2 of ")
        await chat.tap(found, "1")
        again = chat.page.locator(".message.theirs", has=chat.page.get_by_role("button", name="▶")).nth(1)
        await expect(again).to_contain_text("2 of ")


@in_a_browser
@pytest.mark.timeout(180)
async def test_in_a_group_only_administrators_decide(tmp_path: Path) -> None:
    async with morning(tmp_path, chat_id=GROUP) as (chat, desk, _):
        await chat.say(f"/topics@{desk.bot}")
        panel = chat.holding("Your topics")
        await chat.tap(panel, "Science")
        await expect(panel.get_by_role("button", name="Science ✓")).to_be_visible()

        await chat.page.select_option("#as", str(GUEST))
        await chat.tap(panel, "World")
        await expect(chat.page.get_by_role("dialog")).to_contain_text("Only administrators of this group")
        await chat.page.get_by_role("button", name="OK").click()
        await expect(panel.get_by_role("button", name="World ✓")).to_have_count(0)
        await expect(await chat.say(f"/digest@{desk.bot} world")).to_contain_text("Ferry With 214")
