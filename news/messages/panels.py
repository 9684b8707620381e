"""Messages people set things up with: onboarding, topics, subscriptions, schedule, settings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from news.alerts import LONGEST_FOLLOW, SILENCE
from news.chat import Chat, Look, Subscription
from news.feed import Feed, since_of, state_of
from news.messages import pauses, quieting, texts
from news.messages.layout import rows, words_name
from news.messages.markup import Html, bold, escape, italic, join, shorten
from news.messages.message import Button, Message
from news.messages.presses import mark, press
from news.messages.words import Scene, Words, city
from news.schedule import Schedule
from news.tongues import NAMES

USUAL_TIMES = (time(7), time(8), time(12), time(18))
HELP = (
    (texts.HELP_READ, ("digest", "article", "full", "search", "saved", "why")),
    (
        texts.HELP_CHOOSE,
        ("topics", "subscribe", "watch", "mute", "alert", "subscriptions", "unsubscribe", "weights", "opml"),
    ),
    (texts.HELP_WHEN, ("schedule", "timezone", "pause", "resume", "stop")),
    (texts.HELP_REST, ("start", "look", "language", "export", "privacy", "forget", "help")),
)
"""Commands, by what they are for."""
MOST_SHOWN = 25
MOST_MISSED = 5
MOST_HEADLINES = 6


def note(scene: Scene, text: str, /, **values: object) -> Message:
    """One plain sentence or two."""
    return Message(html=scene.words.show(text, **values))


def _topic_buttons(scene: Scene, chosen: Collection[str], kind: str) -> tuple[tuple[Button, ...], ...]:
    marks = {slug: f"{name} ✓" if slug in chosen else name for slug, name in scene.topics.items()}
    return rows([Button(text=text, data=press(kind, slug)) for slug, text in marks.items()], 3)


# Onboarding: three taps, one message edited in place


def ask_topics(scene: Scene, chosen: Collection[str]) -> Message:
    """The first step: what interests you?"""
    say = scene.words.say
    return Message(
        html=join((bold(say(texts.WELCOME)), say(texts.WHAT_INTERESTS)), "\n\n"),
        keyboard=(
            *_topic_buttons(scene, chosen, "begin:topic"),
            (Button(text=say(texts.NEXT), data=press("begin", "when")),),
        ),
    )


def ask_time(scene: Scene, chosen: Collection[time]) -> Message:
    """The second step: when?"""
    say = scene.words.say
    buttons = [
        Button(
            text=scene.words.clock(at) + (" ✓" if at in chosen else ""), data=press("begin", "at", at.strftime("%H%M"))
        )
        for at in sorted({*USUAL_TIMES, *chosen})
    ]
    buttons.append(Button(text=say(texts.OTHER_TIME), data=press("begin", "other-time")))
    back = Button(text=say(texts.BACK), data=press("begin", "topics"))
    return Message(html=bold(say(texts.WHEN)), keyboard=(*rows(buttons, 3), (back,)))


def ask_place(scene: Scene, at: time, guess: str) -> Message:
    """The third step: where?"""
    say = scene.words.say
    return Message(
        html=bold(say(texts.WHERE, time=scene.words.clock(at))),
        keyboard=(
            (Button(text=say(texts.SHARE_LOCATION), data=press("begin", "share")),),
            (
                Button(text=city(guess), data=press("begin", "zone", guess)),
                Button(text=say(texts.OTHER_CITY), data=press("begin", "other-city")),
            ),
            (Button(text=say(texts.BACK), data=press("begin", "when")),),
        ),
    )


def ask_to_type(scene: Scene, text: str, back: str) -> Message:
    """Asks for something typed; `back` is the press that returns to what stood here before."""
    say = scene.words.say
    return Message(html=bold(say(text)), keyboard=((Button(text=say(texts.BACK), data=back),),))


def summary(scene: Scene, schedule: Schedule, topics: Sequence[str]) -> str:
    """“Every day at 08:00 in Berlin: World and Science.”"""
    names = scene.words.listed([scene.topic(slug) for slug in topics]) or scene.words.say(texts.YOUR_NEWS)
    times = scene.words.times(schedule.times)
    if len(schedule.days) == 7:
        return scene.words.say(texts.EVERY_DAY_AT, times=times, city=city(schedule.zone), topics=names)
    days = scene.words.days(schedule.days)
    return scene.words.say(texts.ON_DAYS_AT, days=days, times=times, city=city(schedule.zone), topics=names)


def set_up(
    scene: Scene, schedule: Schedule, topics: Sequence[str], *, is_first: bool, translates: bool = False
) -> Message:
    """What is set; at the end of onboarding and on a later /start."""
    says = summary(scene, schedule, topics)
    if is_first:
        return Message(html=join((says, scene.words.say(texts.HERE_IS_FIRST)), " "))
    pause, resume = pauses.standing(scene, schedule)
    return Message(
        html=join((bold(scene.words.say(texts.ALREADY_SET)), says, *pause), "\n"),
        keyboard=(*resume, *_settings_keyboard(scene, translates=translates)),
    )


# Topics and subscriptions


def topics(scene: Scene, chosen: Collection[str]) -> Message:
    """The topics, each a button that follows or unfollows."""
    say = scene.words.say
    return Message(
        html=join((bold(say(texts.TOPICS_TITLE)), say(texts.TOPICS_HINT)), "\n"),
        keyboard=_topic_buttons(scene, chosen, "topic"),
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


def brings(scene: Scene, foreseen: tuple[int, int]) -> str:
    """“last 7 days: 214 articles, 19 match, about 3 a day”."""
    total, matching = foreseen
    return scene.words.count(texts.WHAT_IT_BRINGS, total, matching=matching, rate=a_day(matching, scene.words))


def a_day(matching: int, words: Words) -> str:
    """How often something comes of which there was so much in seven days."""
    if not matching:
        return words.say(texts.NONE_YET)
    return words.say(texts.LESS_THAN_ONE_A_DAY) if matching < 7 else words.say(texts.A_DAY, n=round(matching / 7))


def keeps_out(scene: Scene, foreseen: tuple[int, int]) -> str:
    """“last 7 days: 214 articles, 19 kept out”."""
    total, matching = foreseen
    return scene.words.count(texts.WHAT_IT_KEEPS_OUT, total, matching=matching)


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
    ails = scene.words.say(says, when=when, why=feed.problem or "", next=following) if says else None
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
    does = {one.id: (keeps_out if one.kind == "mute" else brings)(scene, foreseen[one.id]) for one in shown}
    ails = {one.id: ailment(scene, feeds[one.id]) for one in shown if one.id in feeds}
    lines = [
        join((bold(wish(scene, one)), f": {' · '.join(filter(None, (does[one.id], ails.get(one.id))))}"))
        for one in shown
    ]
    if len(followed) > len(shown):
        lines.append(Html(f"… {len(followed) - len(shown)}"))
    for each in missed[:MOST_MISSED]:
        named, topic = shorten(each.title or each.url, 60), scene.topic(each.topic)
        lines.append(italic(say(texts.OF_TOPIC, topic=topic, feed=named, why=ailment(scene, each))))
    stops = [Button(text=f"✕ {wish(scene, one)}", data=press("unfollow", one.id)) for one in shown]
    others = [
        (Button(text=say(texts.USE_INSTEAD, site=_site(to)), data=press("instead", one.id)),)
        for one in shown
        if one.id in feeds and (to := feeds[one.id].replacement)
    ]
    add = Button(text=say(texts.TOPICS), data=press("topics"))
    return Message(
        html=join((bold(say(texts.SUBSCRIPTIONS_TITLE)), *lines), "\n"),
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


# Schedule, time zone, look


def schedule(scene: Scene, chat: Chat, chosen: Schedule | None) -> Message:
    """When digests come, with the usual times as buttons that add or remove; and the quiet hours."""
    say = scene.words.say
    pause, resume = pauses.standing(scene, chosen)
    lines = [bold(say(texts.SCHEDULE_TITLE)), *pause]
    times: Sequence[time] = ()
    if chosen and chosen.times:
        times = chosen.times
        days = scene.words.days(chosen.days)
        lines.append(
            escape(say(texts.SCHEDULE_LINE, days=days, times=scene.words.times(times), city=city(chosen.zone)))
        )
        if chosen.next_due_at and not pause:
            when = scene.words.when(chosen.next_due_at, chosen.zone, scene.now)
            lines.append(escape(say(texts.NEXT_AT, when=when)))
        if chat.zone is None:
            lines.append(escape(say(texts.ZONE_UNKNOWN)))
    else:
        lines.append(scene.words.show(texts.NO_SCHEDULE))
    lines.append(escape(quieting.line(scene, chat.quiet)))
    lines.append(italic(scene.words.show(texts.SCHEDULE_HINT)))
    offered = sorted({*USUAL_TIMES, *times})
    buttons = [
        Button(text=scene.words.clock(at) + (" ✓" if at in times else ""), data=press("time", at.strftime("%H%M")))
        for at in offered
    ]
    zone = Button(text=say(texts.CHANGE_ZONE), data=press("zone"))
    hush = Button(text=say(texts.QUIET_HOURS), data=press("quiet"))
    return Message(html=join(lines, "\n"), keyboard=(*resume, *rows(buttons, 4), (hush, zone)))


def zone(scene: Scene, chat: Chat) -> Message:
    """Where the chat is, with buttons to change it."""
    say = scene.words.say
    if chat.zone:
        here = say(texts.ZONE_TITLE, zone=chat.zone, time=scene.words.clock(local_clock(scene, chat.zone)))
    else:
        here = say(texts.ZONE_UNSET)
    share = Button(text=say(texts.SHARE_LOCATION), data=press("begin", "share"))
    other = Button(text=say(texts.OTHER_CITY), data=press("begin", "other-city"))
    return Message(html=escape(here), keyboard=((share, other) if chat.kind == "private" else (other,),))


def local_clock(scene: Scene, zone: str) -> time:
    """The time of day it is in a zone."""
    return scene.now.astimezone(ZoneInfo(zone)).time()


def looks(scene: Scene, look: Look) -> Message:
    """The two looks, the chat's own marked."""
    say = scene.words.say
    names: tuple[tuple[Look, str], ...] = (("classic", texts.LOOK_NAME_CLASSIC), ("rich", texts.LOOK_NAME_RICH))
    buttons = tuple(
        Button(text=say(name) + (" ✓" if name_of == look else ""), data=press("look", name_of))
        for name_of, name in names
    )
    lines = (bold(say(texts.LOOK_TITLE)), say(texts.LOOK_CLASSIC), say(texts.LOOK_RICH))
    return Message(html=join(lines, "\n"), keyboard=(buttons,))


def ask_look(scene: Scene) -> tuple[tuple[Button, ...], ...]:
    """The buttons below the card of the rich look."""
    say = scene.words.say
    return (
        (
            Button(text=say(texts.YES_SEE), data=press("look", "rich")),
            Button(text=say(texts.NO_SEE), data=press("look", "classic")),
        ),
    )


def reads(scene: Scene, chosen: str | None) -> Message:
    """The languages that stories can be shown in, the chat's own marked."""
    say = scene.words.say
    names = {"off": say(texts.READS_ANY)} | {tag: own for tag, (_, own) in NAMES.items()}
    marks = {tag: f"{name} ✓" if tag == (chosen or "off") else name for tag, name in names.items()}
    buttons = [Button(text=text, data=press("reads", tag)) for tag, text in marks.items()]
    html = join((bold(say(texts.READS_TITLE)), say(texts.READS_HINT)), "\n")
    return Message(html=html, keyboard=(tuple(buttons[:1]), *rows(buttons[1:], 3)))


# Settings and help


def _settings_keyboard(scene: Scene, *, translates: bool) -> tuple[tuple[Button, ...], ...]:
    say = scene.words.say
    language = (Button(text=say(texts.SETTING_READS), data=press("reads")),) if translates else ()
    return (
        (
            Button(text=say(texts.TOPICS), data=press("topics")),
            Button(text=say(texts.SETTING_SUBSCRIPTIONS), data=press("subscriptions")),
        ),
        (
            Button(text=say(texts.SETTING_SCHEDULE), data=press("schedule")),
            Button(text=say(texts.CHANGE_ZONE), data=press("zone")),
            Button(text=say(texts.SETTING_LOOK), data=press("looks")),
            *language,
        ),
    )


def settings(scene: Scene, planned: Schedule | None, topics: Sequence[str], *, translates: bool = False) -> Message:
    """What is set, and buttons to change each of it; that of the language where stories can be translated."""
    say = scene.words.say
    line = summary(scene, planned, topics) if planned and planned.times else scene.words.show(texts.NO_SCHEDULE)
    pause, resume = pauses.standing(scene, planned)
    keyboard = (*resume, *_settings_keyboard(scene, translates=translates))
    return Message(html=join((bold(say(texts.SETTINGS_TITLE)), line, *pause), "\n"), keyboard=keyboard)


def help(scene: Scene) -> Message:
    """Every command, a line each, by what it is for."""
    say = scene.words.say
    blocks = [bold(say(texts.HELP))]
    for title, names in HELP:
        lines = [join((Html(f"/{name}  "), scene.words.show(texts.COMMANDS[name]))) for name in names]
        blocks.append(join((bold(say(title)), *lines), "\n"))
    if scene.bot:
        blocks.append(scene.words.show(texts.HELP_INLINE, bot=scene.bot))
    return Message(html=join(blocks, "\n\n"))
