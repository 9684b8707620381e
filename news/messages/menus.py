"""What is set, in a line, with buttons to change it; the looks, the languages, and the commands."""

from __future__ import annotations

from collections.abc import Sequence

from news.chat import Look
from news.messages import pauses, texts
from news.messages.layout import Keyboard, rows
from news.messages.markup import Html, bold, escape, join
from news.messages.message import Button, Message
from news.messages.presses import press
from news.messages.speaking import own_name, spoken
from news.messages.words import Scene
from news.schedule import Schedule
from news.tongues import NAMES

HELP = (
    (texts.HELP_READ, ("digest", "article", "full", "search", "saved", "why")),
    (
        texts.HELP_CHOOSE,
        ("topics", "subscribe", "watch", "mute", "alert", "subscriptions", "unsubscribe", "weights", "opml"),
    ),
    (texts.HELP_WHEN, ("schedule", "here", "timezone", "pause", "resume", "stop")),
    (texts.HELP_REST, ("start", "look", "language", "channels", "export", "privacy", "forget", "help")),
)
"""Commands, by what they are for."""


def summary(scene: Scene, schedule: Schedule, topics: Sequence[str]) -> str:
    """“Every day at 08:00 in Berlin: World and Science.”"""
    names = scene.words.listed([scene.topic(slug) for slug in topics]) or scene.words.say(texts.YOUR_NEWS)
    times = scene.words.times(schedule.times)
    if len(schedule.days) == 7:
        return scene.words.say(texts.EVERY_DAY_AT, times=times, city=scene.words.city(schedule.zone), topics=names)
    days = scene.words.days(schedule.days)
    return scene.words.say(texts.ON_DAYS_AT, days=days, times=times, city=scene.words.city(schedule.zone), topics=names)


def set_up(scene: Scene, schedule: Schedule, topics: Sequence[str], *, is_first: bool, is_private: bool) -> Message:
    """What is set; at the end of onboarding and on a later /start."""
    says = summary(scene, schedule, topics)
    if is_first:
        return Message(html=join((says, scene.words.say(texts.HERE_IS_FIRST)), " "))
    pause, resume = pauses.standing(scene, schedule)
    return Message(
        html=join((bold(scene.words.say(texts.ALREADY_SET)), says, *pause), "\n"),
        keyboard=(*resume, *_settings_keyboard(scene, is_private=is_private)),
    )


def settings(scene: Scene, planned: Schedule | None, topics: Sequence[str], *, is_private: bool) -> Message:
    """What is set, and buttons to change each of it; the look and the channels in a private chat alone."""
    say = scene.words.say
    line = summary(scene, planned, topics) if planned and planned.times else scene.words.show(texts.NO_SCHEDULE)
    pause, resume = pauses.standing(scene, planned)
    keyboard = (*resume, *_settings_keyboard(scene, is_private=is_private))
    return Message(html=join((bold(say(texts.SETTINGS_TITLE)), line, *pause), "\n"), keyboard=keyboard)


def _settings_keyboard(scene: Scene, *, is_private: bool) -> Keyboard:
    say = scene.words.say
    look = (Button(text=say(texts.SETTING_LOOK), data=press("looks")),) if is_private else ()
    channels = ((Button(text=say(texts.CHANNELS_TITLE), data=press("channels")),),) if is_private else ()
    return (
        (
            Button(text=say(texts.TOPICS), data=press("topics")),
            Button(text=say(texts.SETTING_SUBSCRIPTIONS), data=press("subscriptions")),
        ),
        (
            Button(text=say(texts.SETTING_SCHEDULE), data=press("schedule")),
            Button(text=say(texts.CHANGE_ZONE), data=press("zone")),
        ),
        (*look, Button(text=say(texts.SETTING_LANGUAGE), data=press("languages"))),
        *channels,
    )


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


def languages(scene: Scene, *, translates: bool) -> Message:
    """The languages that we speak, that of the chat marked; and a way to that of stories, where it can be chosen."""
    say = scene.words.say
    marks = {tag: f"{own_name(tag)} ✓" if tag == scene.words.language else own_name(tag) for tag in spoken()}
    buttons = [Button(text=text, data=press("speaks", tag)) for tag, text in marks.items()]
    stories = ((Button(text=say(texts.READS), data=press("reads")),),) if translates else ()
    lines = (bold(say(texts.SPEAKS_TITLE)), "" if translates else say(texts.READS_NO_MODEL))
    return Message(html=join(filter(None, lines), "\n"), keyboard=(*rows(buttons, 3), *stories))


def speaks(scene: Scene, *, translates: bool) -> Message:
    """That we speak another language from now on; and a button to have stories in it too."""
    tag = scene.words.language
    language = scene.words.tongue(tag)
    too = Button(text=scene.words.say(texts.READS_TOO, language=language), data=press("reads", tag))
    keyboard = ((too,),) if translates and tag in NAMES else ()
    return Message(html=escape(scene.words.say(texts.SPEAKS_SET, language=language)), keyboard=keyboard)


def reads(scene: Scene, chosen: str | None) -> Message:
    """The languages that stories can be shown in, the chat's own marked."""
    say = scene.words.say
    names = {"off": say(texts.READS_ANY)} | {tag: own for tag, (_, own) in NAMES.items()}
    marks = {tag: f"{name} ✓" if tag == (chosen or "off") else name for tag, name in names.items()}
    buttons = [Button(text=text, data=press("reads", tag)) for tag, text in marks.items()]
    html = join((bold(say(texts.READS_TITLE)), say(texts.READS_HINT)), "\n")
    return Message(html=html, keyboard=(tuple(buttons[:1]), *rows(buttons[1:], 3)))


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
