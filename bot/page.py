"""How the operator's page looks: plain HTML, made here and escaped in one place."""

from __future__ import annotations

import base64
import hashlib
import platform
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import telegram

from bot.ailing import why
from bot.metrics import program_version
from bot.overview import AILING, MOST_UPDATES, Concern, Overview, concerns
from news.delivery import DeliveryState
from news.messages.markup import Html, is_web_address, written
from storage import Figures

STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""By which a browser knows the one style that counts."""
STATES: dict[DeliveryState, tuple[str, str]] = {
    "sent": ("sent", "good"),
    "pending": ("waiting", "calm"),
    "claimed": ("waiting", "calm"),
    "sending": ("being sent", "calm"),
    "doubt": ("in doubt", "odd"),
    "cancelled": ("cancelled", "odd"),
    "parked": ("given up", "bad"),
}
"""What a state is called, and its colour, in the order of the bar."""
VOID = {"meta", "input", "rect"}


def escaped(part: object) -> Html:
    """Anything as HTML that shows it and does nothing else."""
    return part if isinstance(part, Html) else written(str(part))


def joined(parts: Iterable[object]) -> Html:
    return Html("".join(map(escaped, parts)))


def tag(name: str, /, *parts: object, **attributes: object) -> Html:
    """`<name attribute="…">parts</name>`; a `_` behind an attribute's name is left away, one within is a hyphen."""
    told = "".join(f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{told}/>" if name in VOID else f"<{name}{told}>{joined(parts)}</{name}>")


def entrance(problem: str | None = None) -> Html:
    """The form that asks for the word."""
    field = tag(
        "input", type="password", name="word", id="word", required="", autofocus="", autocomplete="current-password"
    )
    form = tag(
        "form",
        tag("label", "The operator's word", for_="word"),
        field,
        tag("button", "Show me", type="submit"),
        method="post",
    )
    said = [tag("p", problem, class_="note bad", role="alert")] if problem else []
    return _document(tag("main", tag("h1", "newsdigest"), *said, form, class_="entrance"))


def shown(seen: Overview) -> Html:
    """The page."""
    figures = seen.figures
    role = tag("span", seen.standing.role, class_="role")
    leave = tag("form", tag("button", "Leave", name="leave", value="1"), method="post")
    parts = [tag("header", tag("h1", "newsdigest ", role), leave), _verdict(list(concerns(seen)))]
    if figures:
        parts += [_tiles(seen, figures), _digests(seen), _feeds(seen, figures), _updates(seen, figures)]
    parts.append(_foot(seen))
    return _document(tag("main", *parts))


def _document(body: Html) -> Html:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", "newsdigest"),
        tag("style", Html(STYLE)),
    )
    return joined([Html("<!doctype html>"), tag("html", head, tag("body", body), lang="en")])


def _verdict(found: Sequence[Concern]) -> Html:
    if not found:
        return tag("p", "All is well.", class_="note good")
    return joined(tag("p", *_said(each.said), class_=f"note {'bad' if each.is_grave else 'odd'}") for each in found)


def _said(sentence: str) -> Iterable[object]:
    """A sentence of ours, with the commands in it set apart."""
    return (tag("code", part) if at % 2 else part for at, part in enumerate(sentence.split("`")))


def _tiles(seen: Overview, figures: Figures) -> Html:
    well, feeds = figures.feeds.get("well", 0), sum(figures.feeds.values()) - figures.feeds.get("not followed", 0)
    waiting = sum(figures.waiting.values())
    doubt = f"{figures.waiting['doubt']:,} in doubt" if figures.waiting["doubt"] else "messages"
    tiles = [
        ("Waiting to leave", f"{waiting:,}", doubt),
        ("Due for", _span(seen.waits_for) if figures.due_since else "–", "the one that waits longest"),
        ("Sent", f"{seen.states['sent']:,}", "messages of digests, 24 h"),
        ("Feeds", f"{well:,}", f"of {feeds:,} are well"),
        ("From people", f"{figures.unhandled:,}", "updates to be handled"),
        ("Database", _size(figures.bytes), figures.version),
    ]
    return tag(
        "dl",
        *(tag("div", tag("dt", name), tag("dd", figure), tag("dd", about)) for name, figure, about in tiles),
        class_="tiles",
    )


def _digests(seen: Overview) -> Html:
    rows = [
        tag("tr", tag("td", _word(end.state)), tag("td", end.reason or ""), tag("td", f"{end.count:,}"))
        for end in seen.ends
    ]
    if not rows:
        return _section("Digests of the last 24 hours", tag("p", "None was due.", class_="none"))
    table = tag("table", tag("tr", *(tag("th", name) for name in ("State", "Why", "Messages"))), *rows)
    return _section("Digests of the last 24 hours", _bar(seen), table)


def _bar(seen: Overview) -> Html:
    """One bar, in as many parts as there are states."""
    states, whole, at, parts = seen.states, sum(seen.states.values()), 0.0, []
    for state, (_, colour) in STATES.items():
        width = 100 * states[state] / whole
        if width:
            parts.append(tag("rect", class_=colour, x=f"{at:.2f}%", width=f"{width:.2f}%", height="100%"))
        at += width
    told = ", ".join(f"{states[state]} {word}" for state, (word, _) in STATES.items() if states[state])
    return tag("svg", *parts, class_="bar", role="img", aria_label=told)


def _word(state: DeliveryState) -> Html:
    word, colour = STATES[state]
    return tag("span", word, class_=f"state {colour}")


def _feeds(seen: Overview, figures: Figures) -> Html:
    ailing = sum(figures.feeds.get(state, 0) for state in AILING)
    if not seen.ailing:
        return _section("Feeds that bring nothing", tag("p", "None.", class_="none"))
    items = []
    for feed, state in seen.ailing:
        address = tag("a", feed.url, href=feed.url, rel="noreferrer") if is_web_address(feed.url) else feed.url
        name = [tag("b", feed.title), " "] if feed.title else []
        items.append(
            tag("li", tag("p", *name, tag("span", address, class_="address")), tag("p", _sentence(why(feed, state))))
        )
    more = ailing - len(items)
    told = _said(f"And {more:,} more: `newsdigest feeds health` lists them.")
    rest = [tag("p", *told, class_="none")] if more > 0 else []
    return _section(f"Feeds that bring nothing: {ailing:,}", tag("ul", *items), *rest)


def _updates(seen: Overview, figures: Figures) -> Html:
    if not seen.set_aside:
        return _section("Updates that could not be handled", tag("p", "None.", class_="none"))
    items = []
    for each in seen.set_aside:
        came = tag("span", f"came {each.received_at:%Y-%m-%d %H:%M} UTC", class_="address")
        items.append(tag("li", tag("p", tag("b", each.update_id), " ", came), tag("p", each.reason or "")))
    title = f"Updates that could not be handled: {figures.set_aside:,}"
    if figures.set_aside > MOST_UPDATES:
        title += f", the first {MOST_UPDATES} of them"
    return _section(title, tag("ul", *items))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _section(title: str, *parts: Html) -> Html:
    return tag("section", tag("h2", title), *parts)


def _foot(seen: Overview) -> Html:
    versions = [f"newsdigest {program_version()}", f"Python {platform.python_version()}"]
    versions += [f"python-telegram-bot {telegram.__version__}"]
    versions += [seen.figures.version] if seen.figures else []
    asked = f"As of {seen.now:%d %B %Y, %H:%M:%S} UTC; read again each minute."
    caution = [tag("p", seen.caution)] if seen.caution else []
    return tag("footer", tag("p", asked), tag("p", " · ".join(versions)), *caution)


def _span(span: timedelta) -> str:
    """`40 s`, `12 min`, `3 h`, `2 days`."""
    seconds = int(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3_600:
        return f"{seconds // 60} min"
    return f"{seconds // 3_600} h" if seconds < 172_800 else f"{seconds // 86_400} days"


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
