"""What a chat follows: topics, feeds, words, alerts, watched pages; and a plain sentence of any kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from zoneinfo import ZoneInfo

from news.alerts import LONGEST_FOLLOW, SILENCE
from news.chat import Subscription
from news.feed import Feed, since_of, state_of
from news.messages import texts
from news.messages.layout import Keyboard, rows, words_name
from news.messages.markup import Html, bold, italic, join, shorten, units
from news.messages.markup import shown as told
from news.messages.message import Button, Message
from news.messages.presses import mark, press
from news.messages.words import Scene, Words

MOST_SHOWN = 25
MOST_MISSED = 5
LINES_UNITS, PROBLEM_UNITS = 3_600, 120
"""What the lines of a panel may take up of the 4,096 of a message, and of these a site's answer at most."""
MOST_HEADLINES = 6


def note(scene: Scene, text: str, /, **values: object) -> Message:
    """One plain sentence or two."""
    return Message(html=scene.words.show(text, **values))


def topic_buttons(scene: Scene, chosen: Collection[str], kind: str) -> Keyboard:
    """The topics, each a button of this kind, those chosen marked."""
    marks = {slug: f"{name} ✓" if slug in chosen else name for slug, name in scene.names.items()}
    return rows([Button(text=text, data=press(kind, slug)) for slug, text in marks.items()], 3)


def topics(scene: Scene, chosen: Collection[str], *, is_forum: bool = False) -> Message:
    """The topics, each a button that follows or unfollows; in a forum, one that says where they come."""
    say = scene.words.say
    places = ((Button(text=say(texts.WHERE_THEY_COME), data=press("here")),),) if is_forum else ()
    return Message(
        html=join((bold(say(texts.TOPICS_TITLE)), say(texts.TOPICS_HINT)), "\n"),
        keyboard=(*topic_buttons(scene, chosen, "topic"), *places),
    )


def wish(scene: Scene, subscription: Subscription) -> str:
    """A subscription as its reader would name it."""
    if subscription.kind == "topic":
        return scene.topic(subscription.value)
    if subscription.kind == "feed":
        return scene.words.say(texts.FEED_NAME, name=shorten(subscription.title or subscription.value, 60))
    if subscription.kind == "story":
        return words_name(subscription.title or "", scene)
    named = words_name(subscription.value, scene)
    return scene.words.say(texts.MUTE_NAME, what=named) if subscription.kind == "mute" else named


def brings(words: Words, foreseen: tuple[int, int]) -> str:
    """“Last 7 days: 214 articles, 19 match, about 3 a day”."""
    return words.count(texts.IN_A_WEEK, foreseen[0], says=_match(words, foreseen[1]))


def _match(words: Words, matching: int) -> str:
    if not matching:
        return words.say(texts.NONE_MATCH)
    rate = words.say(texts.LESS_THAN_ONE_A_DAY) if matching < 7 else words.count(texts.A_DAY, round(matching / 7))
    return words.count(texts.MATCH, matching, rate=rate)


def keeps_out(words: Words, foreseen: tuple[int, int]) -> str:
    """“Last 7 days: 214 articles, 19 kept out”."""
    return words.count(texts.IN_A_WEEK, foreseen[0], says=_are_kept_out(words, foreseen[1]))


def _are_kept_out(words: Words, matching: int) -> str:
    return words.count(texts.ARE_KEPT_OUT, matching) if matching else words.say(texts.NONE_KEPT_OUT)


def alerts(scene: Scene, made: Sequence[Subscription]) -> Message:
    """The chat's alerts and the stories it follows, each a button that stops it."""
    say = scene.words.say
    if not made:
        return note(scene, texts.ALERT_USAGE)
    stops = [Button(text=f"✕ {wish(scene, one)}", data=press("unalert", one.id)) for one in made]
    stories = [one for one in made if one.kind == "story"]
    listed = [wish(scene, one) for one in made if one.kind != "story"]
    listed += [say(texts.STORY_UNTIL, what=wish(scene, one), day=_end_of(scene, one)) for one in stories]
    title = bold(say(texts.ALERTS_AND_STORIES_TITLE if stories else texts.ALERTS_TITLE))
    hints = [say(texts.STORIES_END, silence=SILENCE.days, most=LONGEST_FOLLOW.days)] if stories else []
    hint = italic(join((*hints, scene.words.show(texts.ALERT_USAGE)), " "))
    return Message(html=join((title, *listed, hint), "\n"), keyboard=rows(stops, 2))


def _end_of(scene: Scene, story: Subscription) -> str:
    """“Saturday, 28 November”."""
    there = ZoneInfo(scene.zone)
    return scene.words.day((story.ends_at or scene.now).astimezone(there).date(), scene.now.astimezone(there).date())


def ailment(scene: Scene, feed: Feed) -> str:
    """Why a followed feed brings nothing, and what happens next; none where it is well."""
    state = state_of(feed, followers=1, now=scene.now)
    says = {
        "failing": texts.NOT_READABLE,
        "gone": texts.GONE_SINCE,
        "silent": texts.NOTHING_SINCE,
        "never read": texts.NOT_READ_YET,
    }.get(state)
    since = since_of(feed, state)
    when = scene.words.when(since, scene.zone, scene.now) if since else ""
    following = scene.words.when(max(feed.next_due_at, scene.now), scene.zone, scene.now)
    why = shorten(scene.words.known(feed.problem or ""), PROBLEM_UNITS)
    ails = scene.words.say(says, when=when, why=why, next=following) if says else None
    moved = scene.words.say(texts.MOVED_TO, site=_site(feed.replacement)) if feed.replacement else None
    return " · ".join(filter(None, (ails, moved)))


def _site(address: str) -> str:
    return shorten(address.split("://")[-1].removeprefix("www."), 40)


def subscriptions(
    scene: Scene,
    followed: Sequence[Subscription],
    foreseen: Mapping[int, tuple[int, int]],
    *,
    feeds: Mapping[int, Feed] = MappingProxyType({}),
    missed: Sequence[Feed] = (),
) -> Message:
    """What the chat follows, what each brings, and why a feed brings nothing; each is a button that stops it.

    `feeds` are those followed, by subscription; `missed` those of topics followed that bring nothing.
    """
    say = scene.words.say
    if not followed:
        keyboard = ((Button(text=say(texts.TOPICS), data=press("topics")),),)
        return Message(html=scene.words.show(texts.FOLLOW_NOTHING), keyboard=keyboard)
    shown = followed[:MOST_SHOWN]
    does = {
        one.id: (_are_kept_out if one.kind == "mute" else _match)(scene.words, foreseen[one.id][1]) for one in shown
    }
    of_how_many = scene.words.count(texts.OF_A_WEEK, max(total for total, _ in foreseen.values()))
    ails = {one.id: ailment(scene, feeds[one.id]) for one in shown if one.id in feeds}
    lines = [join((bold(wish(scene, one)), does[one.id]), " · ") for one in shown]
    if len(followed) > len(shown):
        lines.append(Html(f"… {len(followed) - len(shown)}"))
    room = LINES_UNITS - sum(units(told(line)) for line in lines)
    for at, one in enumerate(shown):
        ail = ails.get(one.id)
        if ail and (room := room - units(ail)) >= 0:
            lines[at] = join((lines[at], ail), " · ")
    for each in missed[:MOST_MISSED]:
        named, topic = shorten(each.title or each.url, 60), scene.topic(each.topic)
        line = italic(say(texts.OF_TOPIC, topic=topic, feed=named, why=ailment(scene, each)))
        if (room := room - units(told(line))) >= 0:
            lines.append(line)
    stops = [Button(text=f"✕ {wish(scene, one)}", data=press("unfollow", one.id)) for one in shown]
    others = [
        (Button(text=say(texts.USE_INSTEAD, site=_site(to)), data=press("instead", one.id)),)
        for one in shown
        if one.id in feeds and (to := feeds[one.id].replacement)
    ]
    add = Button(text=say(texts.TOPICS), data=press("topics"))
    return Message(
        html=join((bold(say(texts.SUBSCRIPTIONS_TITLE)), of_how_many, *lines), "\n"),
        keyboard=(*others, *rows(stops, 2), (add,)),
    )


def feeds_to_choose(scene: Scene, site: str, feeds: Sequence[tuple[str, str]]) -> Message:
    """The feeds that a site lists, by address and name, each a button that follows it."""
    buttons = [Button(text=shorten(name, 40), data=press("choose", mark(url))) for url, name in feeds]
    title = bold(scene.words.say(texts.SEVERAL_FEEDS, site=_site(site)))
    return Message(html=title, keyboard=rows(buttons, 2))


def watched(
    scene: Scene, url: str, selector: str, headlines: Sequence[str], *, mark: str, following: int | None
) -> Message:
    """What would be watched on a page, with a button that begins it, and one that shows the list `following`."""
    say = scene.words.say
    lines = [f"• {shorten(headline, 120)}" for headline in headlines[:MOST_HEADLINES]]
    if len(headlines) > MOST_HEADLINES:
        lines.append(say(texts.AND_MORE, n=len(headlines) - MOST_HEADLINES))
    buttons = [Button(text=say(texts.WATCH_THIS), data=press("watched", mark))]
    if following is not None:
        buttons.append(Button(text=say(texts.WATCH_OTHER), data=press("watch", following)))
    found_by = italic(say(texts.WATCH_SELECTOR, selector=shorten(selector, 200)))
    title = bold(say(texts.WATCH_TITLE, site=_site(url)))
    return Message(html=join((title, "\n".join(lines), found_by), "\n\n"), keyboard=(tuple(buttons),))
