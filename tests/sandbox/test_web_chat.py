"""The web chat in a real browser, against the real sandbox and a small bot that is scripted here."""

import asyncio
import html
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, async_playwright, expect

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "sandbox" / "chat"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
TOKEN = "700100200:web-chat"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine's PATH")

DIGEST = """<b>Saturday, 2 November</b> · World, Science
7 stories, about 3 minutes

<b>1  Ceasefire prospects dwindle 🕊️ as attacks go on</b>
<blockquote>• Airstrikes claim 64 lives in Gaza.
• A truce is refused.</blockquote>
World · <a href="https://example.org/a">3 sources</a> · 2 h ago

<b>2  A telescope sees the oldest light yet</b>
<blockquote expandable>• The light left its galaxy 13.5 billion years ago.
• Two teams measured it and agree.
• It took four nights of clear sky.
• A paper follows in spring.
• The data are open to all.</blockquote>
<tg-spoiler>Science</tg-spoiler> · <i>new</i> <u>since</u> <s>today</s> <code>x</code>"""

RICH = """<h2>Saturday, 2 November</h2>
<details open><summary><b>1  Ceasefire prospects dwindle</b></summary>
<figure><img src="https://pictures.example.org/a.jpg"/><figcaption>A street<cite>R. Eporter</cite></figcaption>
</figure><ul><li>64 lives are claimed.</li></ul></details>
<details><summary>2  A telescope</summary><p>Folded at first.</p></details>
<p><tg-time unix="1730530740" format="wDt">2 Nov, 06:59 UTC</tg-time></p>
<table bordered><tr><th>EUR</th><td>1.08</td></tr></table>
<blockquote>No comment<cite>The ministry</cite></blockquote><footer>1 feed has not answered.</footer>"""

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
KEYS = [[{"text": "1", "callback_data": "read:1"}], [{"text": "Why", "callback_data": "why"}]]
KEYS += [[{"text": "Original", "url": "https://example.org/a"}, {"text": "Share", "switch_inline_query": "peace"}]]
PLACES = {"keyboard": [[{"text": "Share location", "request_location": True}], [{"text": "Other city"}]]}
RESULTS = [
    {"type": "article", "id": str(n), "title": f"Story {n} {HOSTILE}", "description": "example.org · 2 h ago",
     "input_message_content": {"message_text": f"<b>Story {n}</b>", "parse_mode": "HTML"}}
    for n in range(12)
]  # fmt: skip


class ScriptedBot:
    """Answers as a news bot would, by long polling."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url

    async def call(self, method: str, **params: Any) -> Any:
        async with self.session.post(f"{self.url}/bot{TOKEN}/{method}", json=params) as response:
            answer = await response.json()
        assert answer["ok"], (method, answer)
        return answer["result"]

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                if query := update.get("callback_query"):
                    await self.pressed(query)
                elif asked := update.get("inline_query"):
                    await self.asked(asked)
                elif message := update.get("message"):
                    await self.heard(message)

    async def asked(self, query: dict[str, Any]) -> None:
        at = int(query["offset"] or 0)
        page = RESULTS[at : at + 8]
        await self.call(
            "answerInlineQuery", inline_query_id=query["id"], results=page, cache_time=0,
            next_offset=str(at + 8) if at + 8 < len(RESULTS) else "",
        )  # fmt: skip

    async def pressed(self, query: dict[str, Any]) -> None:
        if query["data"] == "why":
            await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Because.", show_alert=True)
            return
        where = {"chat_id": query["message"]["chat"]["id"], "message_id": query["message"]["message_id"]}
        keys = {"inline_keyboard": [[{"text": "Back", "callback_data": "back"}]]}
        await self.call("editMessageText", **where, text="The article", reply_markup=keys)
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Opened ✓")

    async def heard(self, message: dict[str, Any]) -> None:
        chat, keys = message["chat"]["id"], {"inline_keyboard": KEYS}
        hostile_key = [[{"text": HOSTILE, "callback_data": "x"}]]
        answers: dict[str, dict[str, Any]] = {
            "/digest": {"text": DIGEST, "parse_mode": "HTML", "reply_markup": keys},
            "/hostile": {"text": HOSTILE, "reply_markup": {"inline_keyboard": hostile_key}},
            "/where": {"text": "Where are you?", "reply_markup": PLACES},
            "/link": {
                "text": '<a href="https://t.me/sandbox_digest_bot?start=a7">Read</a>', "parse_mode": "HTML"
            },
        }  # fmt: skip
        words = message.get("text", "").partition("@")[0]
        if "location" in message:
            await self.call("sendMessage", chat_id=chat, text=f"At {message['location']['latitude']}.")
        elif words in ("/rich", "/hostile_rich"):
            rich = RICH if words == "/rich" else f"<h2>{html.escape(HOSTILE)}</h2>"
            await self.call("sendRichMessage", chat_id=chat, rich_message={"html": rich, "skip_entity_detection": True})
        elif words in answers:
            await self.call("sendMessage", chat_id=chat, **answers[words])
        else:
            reply = {"message_id": message["message_id"]}
            name = message["from"]["first_name"]
            await self.call("sendMessage", chat_id=chat, text=f"{name} said: {words}", reply_parameters=reply)


@dataclass
class Place:
    """A running sandbox with the bot in it, and a browser."""

    url: str
    session: aiohttp.ClientSession
    browser: Browser
    bot: ScriptedBot
    readers: int = 0

    async def control(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"{self.url}/sandbox/{path}", json=body) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    @asynccontextmanager
    async def page(self, chat_id: int | None = None, **options: Any) -> AsyncIterator[Page]:
        """A page on a chat, by default that of a new reader. Fails on any complaint of the browser."""
        if chat_id is None:
            self.readers += 1
            chat_id = (await self.control("users", first_name=f"Reader {self.readers}"))["id"]
        context = await self.browser.new_context(
            **{"viewport": {"width": 900, "height": 700}, "reduced_motion": "reduce"} | options
        )
        page = await context.new_page()
        page.set_default_timeout(5000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: complaints.append(f"a script said {dialog.message}"))
        page.on(
            "request",
            lambda request: None if request.url.startswith((self.url, "data:")) else complaints.append(request.url),
        )
        try:
            await page.goto(f"{self.url}/#{chat_id}")
            await expect(page.locator("#chats button").first).to_be_attached()
            yield page
        finally:
            await context.close()
        assert complaints == []


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    ledger = tmp_path_factory.mktemp("web") / "ledger.jsonl"
    command = ["-m", "sandbox", "--port", "0", "--token", TOKEN, "--ledger", str(ledger), "--hold", "0"]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = json.loads(await process.stdout.readline())["url"]
    async with aiohttp.ClientSession() as session, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        bot = ScriptedBot(session, url)
        await bot.call("setMyCommands", commands=[{"command": "digest", "description": "Today's digest now"}])
        running = asyncio.create_task(bot.run())
        yield Place(url, session, browser, bot)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled(), running.exception()
        await browser.close()
    process.terminate()
    await process.wait()


async def say(page: Page, text: str) -> Locator:
    """Write in the page; the bubble with the bot's answer, once it is there."""
    bubbles = page.locator(".message.theirs")
    before = await bubbles.count()
    await page.fill("#input", text)
    await page.press("#input", "Enter")
    await expect(bubbles).to_have_count(before + 1)
    return bubbles.nth(before)


@in_a_browser
async def test_a_digest_is_drawn_with_its_formatting_and_its_long_quote_unfolds(place: Place) -> None:
    async with place.page() as page:
        digest = await say(page, "/digest")

        await expect(digest.locator("b").nth(1)).to_have_text("1  Ceasefire prospects dwindle 🕊️ as attacks go on")
        await expect(digest.locator("a[target=_blank]").first).to_have_attribute("rel", "noopener noreferrer")
        for tag, words in {"i": "new", "u": "since", "s": "today", "code": "x"}.items():
            await expect(digest.locator(f".text {tag}")).to_have_text(words)
        await expect(digest.locator("blockquote:not(.expandable) .fold")).to_have_count(0)

        fold = digest.get_by_role("button", name="Unfold the quote")
        folded = await height(digest.locator(".fold-words"))
        await fold.press("Enter")
        await expect(digest.get_by_role("button", name="Fold the quote", exact=True)).to_be_focused()
        assert await height(digest.locator(".fold-words")) > folded

        await digest.locator(".spoiler").click()
        await expect(digest.locator(".shown")).to_have_text("Science")


@in_a_browser
async def test_a_line_from_right_to_left_runs_that_way_among_others(place: Place) -> None:
    async with place.page() as page:
        digest = await say(page, "/digest")
        ways = [await each.evaluate("e => getComputedStyle(e).unicodeBidi") for each in await texts_of(digest)]

    assert set(ways) == {"plaintext"}


async def texts_of(message: Locator) -> list[Locator]:
    return await message.locator(".text, .text blockquote, .text .fold-words").all()


async def height(locator: Locator) -> float:
    box = await locator.bounding_box()
    assert box is not None
    return box["height"]


@in_a_browser
async def test_a_press_answers_in_passing_and_edits_the_message_where_it_stands(place: Place) -> None:
    async with place.page() as page:
        digest = await say(page, "/digest")
        await say(page, "hello")
        await page.locator("#scroll").evaluate("(node) => { node.scrollTop = 0 }")

        await digest.get_by_role("button", name="1", exact=True).click()

        await expect(page.locator("#toast.on")).to_have_text("Opened ✓")
        edited = page.locator(".message.theirs").first
        await expect(edited.locator(".text")).to_have_text("The article")
        await expect(edited.locator(".edited")).to_be_visible()
        await expect(edited.get_by_role("button", name="Back")).to_be_focused()
        assert await page.locator("#scroll").evaluate("(node) => node.scrollTop") == 0


@in_a_browser
async def test_an_alert_stays_until_it_is_read_and_links_open_elsewhere(place: Place) -> None:
    async with place.page() as page:
        digest = await say(page, "/digest")

        await digest.get_by_role("button", name="Why").click()

        await expect(page.get_by_role("dialog")).to_contain_text("Because.")
        await page.get_by_role("button", name="OK").click()
        original = digest.get_by_role("link", name="Original")
        await expect(original).to_have_attribute("href", "https://example.org/a")
        await expect(original).to_have_attribute("rel", "noopener noreferrer")


@in_a_browser
async def test_words_after_the_bots_name_bring_cards_and_choosing_one_posts_it(place: Place) -> None:
    async with place.page() as page:
        digest = await say(page, "/digest")
        await digest.get_by_role("button", name="Share").click()
        await page.get_by_role("dialog").get_by_role("button", name="Reader").last.click()
        await expect(page.locator("#input")).to_have_value("@sandbox_digest_bot peace")

        cards = page.get_by_role("option")
        await expect(cards).to_have_count(8)
        await expect(cards.first).to_contain_text("example.org · 2 h ago")
        await page.get_by_role("button", name="More results").click()
        await expect(cards).to_have_count(12)
        await page.press("#input", "ArrowDown")
        await page.press("#input", "Enter")

        posted = page.locator(".message.mine").last
        await expect(posted.locator("b")).to_have_text("Story 0")
        await expect(posted.locator(".via")).to_have_text("via @sandbox_digest_bot")
        await expect(page.locator("#panel")).to_be_hidden()


@in_a_browser
async def test_the_group_is_a_tap_away_and_one_may_write_as_another_member(place: Place) -> None:
    async with place.page(1001) as page:
        await page.locator("#chats").get_by_text("Morning group").click()
        await expect(page.locator("#title")).to_have_text("Morning group")
        await page.select_option("#as", label="Guest")

        answer = await say(page, "/hello@sandbox_digest_bot")

        await expect(answer.locator(".name")).to_have_text("Sandbox Digest")
        await expect(answer.locator(".text")).to_have_text("Guest said: /hello")
        await expect(answer.locator(".quoted")).to_contain_text("/hello")


@in_a_browser
async def test_a_rich_message_is_drawn_from_its_blocks_and_fetches_no_picture(place: Place) -> None:
    async with place.page(timezone_id="Asia/Tokyo", locale="en-GB") as page:
        rich = await say(page, "/rich")

        await expect(rich.get_by_role("heading")).to_have_text("Saturday, 2 November")
        await expect(rich.locator("figcaption")).to_have_text("A streetR. Eporter")
        await expect(rich.locator(".frame")).to_have_text("pictures.example.org")
        await expect(rich.locator("time[datetime]").first).to_have_text("Saturday, 2 November 2024, 15:59")
        await expect(rich.locator("th")).to_have_text("EUR")
        await expect(rich.locator("blockquote cite")).to_have_text("The ministry")
        await expect(rich.locator(".list li").first).to_contain_text("64 lives")
        await expect(rich.get_by_text("Folded at first.")).to_be_hidden()
        await rich.get_by_text("2 A telescope").click()
        await expect(rich.get_by_text("Folded at first.")).to_be_visible()


@in_a_browser
async def test_hostile_text_is_drawn_as_text_wherever_it_may_come_from(place: Place) -> None:
    async with place.page() as page:
        classic = await say(page, "/hostile")
        await expect(classic.locator(".text")).to_have_text(HOSTILE)
        await expect(classic.locator(".key")).to_have_text(HOSTILE)
        rich = await say(page, "/hostile_rich")
        await expect(rich.get_by_role("heading")).to_have_text(HOSTILE)
        await page.fill("#input", HOSTILE)
        await page.press("#input", "Enter")
        await expect(page.locator(".message.mine").last.locator(".text")).to_have_text(HOSTILE)
        await page.fill("#input", "@sandbox_digest_bot x")
        await expect(page.get_by_role("option").first).to_contain_text(HOSTILE)

        assert await page.locator("#messages img, #messages script, #panel img, #panel script").count() == 0
        await expect(page).to_have_title(re.compile("Sandbox Digest"))


@in_a_browser
async def test_a_slash_lists_the_commands_and_enter_sends_one(place: Place) -> None:
    async with place.page() as page:
        await page.fill("#input", "/")
        await expect(page.get_by_role("option")).to_have_text(["/digestToday's digest now"])

        await page.press("#input", "Enter")

        await expect(page.locator(".message.mine .text")).to_have_text("/digest")
        await expect(page.locator(".message.theirs")).to_have_count(1)


@in_a_browser
async def test_a_reply_keyboard_sends_its_words_or_a_place(place: Place) -> None:
    async with place.page() as page:
        await say(page, "/where")

        await page.locator("#keys").get_by_role("button", name="Other city").click()
        await expect(page.locator(".message.theirs .text").last).to_contain_text("said: Other city")
        await page.locator("#keys").get_by_role("button", name="Share location").click()
        await page.get_by_role("dialog").get_by_role("button", name="Lisbon").click()

        await expect(page.locator(".message.theirs .text").last).to_have_text("At 38.7223.")


@in_a_browser
async def test_a_deleted_message_vanishes(place: Place) -> None:
    async with place.page() as page:
        answer = await say(page, "hello")
        number = await answer.get_attribute("data-id")

        await place.bot.call("deleteMessage", chat_id=chat_of(page), message_id=number)

        await expect(page.locator(".message.theirs")).to_have_count(0)
        await expect(page.locator(".message.mine .text")).to_have_text("hello")


def chat_of(page: Page) -> int:
    return int(page.url.partition("#")[2])


@in_a_browser
async def test_news_does_not_move_a_reader_who_is_further_up(place: Place) -> None:
    async with place.page() as page:
        await say(page, "/digest")
        await say(page, "/digest")
        await page.locator("#scroll").evaluate("(node) => { node.scrollTop = 40 }")

        await place.bot.call("sendMessage", chat_id=chat_of(page), text="Something new")

        await expect(page.locator("#to-end .badge")).to_have_text("1")
        assert await page.locator("#scroll").evaluate("(node) => node.scrollTop") == 40
        await expect(page.locator("#announce")).to_have_text("Sandbox Digest: Something new")
        await page.get_by_role("button", name="To the newest message").click()
        await expect(page.locator("#messages").get_by_text("Something new")).to_be_in_viewport()


@in_a_browser
async def test_in_a_group_the_bot_hears_an_answer_to_its_own_words(place: Place) -> None:
    async with place.page(-1002001) as page:
        await page.select_option("#as", label="Reader")
        greeting = await say(page, "/hello@sandbox_digest_bot")
        await greeting.hover()

        await greeting.get_by_role("button", name="Reply").click()
        await expect(page.locator("#replying")).to_contain_text("Reader said: /hello")
        answer = await say(page, "and you")

        await expect(answer.locator(".text")).to_have_text("Reader said: and you")
        await expect(page.locator(".message.mine").last.locator(".quoted")).to_contain_text("Reader said: /hello")
        await expect(page.locator("#replying")).to_be_hidden()


@in_a_browser
async def test_a_file_is_sent_with_its_words(place: Place) -> None:
    async with place.page() as page:
        await page.get_by_role("button", name="Attach").click()
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="A file").click()
        picked = FilePayload(name="feeds.opml", mimeType="text/x-opml", buffer=b"<opml/>")
        await (await chooser.value).set_files(picked)

        await expect(page.locator(".message.mine .file")).to_have_text("feeds.opml7 bytes")


@in_a_browser
async def test_a_start_link_opens_the_private_chat(place: Place) -> None:
    async with place.page(-1002001) as page:
        await expect(page.locator("#title")).to_have_text("Morning group")
        await page.select_option("#as", label="Reader")
        answer = await say(page, "/link@sandbox_digest_bot")

        await answer.get_by_role("link", name="Read").click()

        await expect(page.locator("#title")).to_have_text("Sandbox Digest")
        await expect(page.locator(".message.mine .text").last).to_have_text("/start a7")


@in_a_browser
async def test_the_bot_is_made_an_administrator_of_a_channel_from_its_menu(place: Place) -> None:
    async with place.page(1001) as page:
        await page.locator("#chats").get_by_text("Morning channel").click()
        await expect(page.locator("#empty-text")).to_contain_text("the bot is made an administrator")
        await page.get_by_role("button", name="More").click()
        await page.get_by_role("button", name="Make the bot an administrator").click()
        await expect(page.locator("#subtitle")).to_have_text("3 members")
        await page.get_by_role("button", name="More").click()
        await page.get_by_role("button", name="Remove the bot").click()
        await expect(page.locator("#subtitle")).to_have_text("2 members")


@in_a_browser
async def test_a_blocked_bot_is_unblocked_from_the_foot(place: Place) -> None:
    async with place.page() as page:
        await page.get_by_role("button", name="More").click()
        await page.get_by_role("button", name="Block the bot").click()
        await expect(page.locator("#composer")).to_be_hidden()

        await page.get_by_role("button", name="Unblock the bot").click()

        await expect(page.locator("#composer")).to_be_visible()


@in_a_browser
async def test_it_fits_a_phone_in_the_dark(place: Place) -> None:
    async with place.page(viewport={"width": 360, "height": 640}, color_scheme="dark") as page:
        await say(page, "/rich")
        await say(page, "/digest")

        assert await page.locator("#scroll").evaluate("(node) => node.scrollWidth - node.clientWidth") == 0
        assert (
            await page.locator("body").evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(23, 33, 43)"
        )
        await expect(page.locator("#side")).to_be_hidden()
        await page.get_by_role("button", name="Chats").click()
        await page.locator("#chats").get_by_text("Morning group").click()
        await expect(page.locator("#title")).to_have_text("Morning group")
        await expect(page.locator("#side")).to_be_hidden()


def test_the_page_takes_nothing_from_elsewhere_and_makes_no_elements_from_text() -> None:
    index = (PAGE / "index.html").read_text()
    scripts = {path.name: path.read_text() for path in PAGE.glob("*.js")}

    policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:"
    assert policy in index
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", index)
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", index)
    for name, script in scripts.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(", script), name
