"""Why a feed brings nothing, in a sentence for an operator."""

from __future__ import annotations

from datetime import datetime, timedelta

from news.feed import Feed, State, since_of, state_of


def told_of(feed: Feed, *, followers: int, now: datetime) -> str:
    """What `feeds health` says of a feed: its address, its name, and why it brings nothing."""
    name = f"{feed.url} ({feed.title})" if feed.title else feed.url
    return f"{name}: {why(feed, state_of(feed, followers=followers, now=now))}"


def why(feed: Feed, state: State) -> str:
    """One or two sentences: what is so, and what may be done."""
    since, answer = since_of(feed, state), f", with answer {feed.status}" if feed.status else ""
    moment = f"{since:%Y-%m-%d %H:%M} UTC" if since else ""
    following = f"The next try is at {feed.next_due_at:%Y-%m-%d %H:%M} UTC."
    problem = f"{feed.problem} " if feed.problem else ""
    usual = f"; usually something comes {_every(feed.rhythm)}" if feed.rhythm else ""
    said = {
        "well": "well.",
        "failing": f"failing since {moment}{answer}. {problem}{following}",
        "gone": f"gone since {moment}{answer}. {problem}It is not asked again until somebody follows it anew.",
        "moved": "moved.",
        "silent": f"silent: it answers, but has brought nothing new since {moment}{usual}.",
        "empty": "empty: it answers, and has listed nothing yet.",
        "never read": "never read yet. Is the bot running?",
        "not followed": "followed by no chat, so it is not read.",
    }[state]
    return f"{said} It seems to have moved to {feed.replacement}." if feed.replacement else said


def _every(rhythm: timedelta) -> str:
    for name, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if rhythm >= length:
            count = round(rhythm / length)
            return f"every {name}" if count == 1 else f"every {count} {name}s"
    return "every minute"
