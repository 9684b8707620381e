"""A language to speak in: texts, counts, dates and ages as its people write them."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache, reduce
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal

from news.messages import texts
from news.messages.markup import Html, escape, trusted

Day = date
"""In a class that has a method of that name."""
_PLAIN = gettext.NullTranslations()
DATED = timedelta(days=1)
"""What is so old is said to be of a day, not of so many hours ago."""
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
FROM_RIGHT = "\u200f"
"""The mark that says that a line is read from the right; it shows nothing."""
_BEGINS_FILLED = re.compile(r"[^\w{]*\{")
FIRST_YEAR = 1600
"""No newspaper is older: an earlier year stands for a date that a publisher did not fill in."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; English stands in for a language without a catalogue."""

    language: str = "en"
    catalogue: gettext.NullTranslations = field(default=_PLAIN, repr=False, compare=False)

    @property
    def _locale(self) -> str:
        """How dates and lists are written; our English is the one spoken round the world."""
        return "en_GB" if self.language == "en" else self.language

    def say(self, text: str, /, **values: object) -> str:
        """A text of `texts` in this language, filled in."""
        return self._led(self.catalogue.gettext(text)).format(**values)

    def known(self, text: str) -> str:
        """A text that is kept somewhere, in this language; as it is where it is none of ours, whatever its signs."""
        return self.catalogue.gettext(text) if text else ""  # what gettext says of nothing is its own header

    def topic(self, slug: str, name: str) -> str:
        """A topic of ours in this language; one of an operator's as they call it."""
        return self.known(name) if texts.TOPIC_NAMES.get(slug) == name else name

    def show(self, text: str, /, **values: object) -> Html:
        """As `say`, for a text that names our own commands: they can be tapped, what is filled in cannot act."""
        filled = {name: escape(str(value)) for name, value in values.items()}
        return trusted(self._led(self.catalogue.gettext(text))).filled(filled)

    def count(self, forms: tuple[str, str], n: int, /, **values: object) -> str:
        """The form of a text for n things."""
        return self._led(self.catalogue.ngettext(*forms, n)).format(n=n, **values)

    def tell(self, forms: tuple[str, str], n: int, /, **values: object) -> Html:
        """As `count`, for a text that names our own commands: they can be tapped, what is filled in cannot act."""
        filled = {name: escape(str(value)) for name, value in {"n": n, **values}.items()}
        return trusted(self._led(self.catalogue.ngettext(*forms, n))).filled(filled)

    def _led(self, text: str) -> str:
        """A text as it is filled in: a line is read from where its first letter is, which may be of a foreign name."""
        return f"{FROM_RIGHT}{text}" if self.language in RIGHT_TO_LEFT and _BEGINS_FILLED.match(text) else text

    def number(self, n: float) -> str:
        """“1,000”, “1.5”."""
        return str(format_decimal(n, locale=self._locale))

    def figure(self, value: float) -> str:
        """“2.58”."""
        return str(format_decimal(value, format="0.00", locale=self._locale))

    def listed(self, things: Sequence[str]) -> str:
        """“a, b and c”."""
        return format_list(things, locale=self._locale)

    def row(self, things: Sequence[str]) -> str:
        """“a, b, c”: for a line that lists, not a sentence."""
        return reduce(lambda first, rest: self.say(texts.ROW, first=first, rest=rest), things) if things else ""

    def either(self, things: Sequence[str]) -> str:
        """“a, b or c”."""
        return format_list(things, style="or", locale=self._locale)

    def date(self, moment: datetime, zone: str) -> str:
        """“Saturday, 2 November”."""
        return self._dated(moment.astimezone(ZoneInfo(zone)).date(), texts.LONG_DAY)

    def heading(self, moment: datetime, zone: str) -> str:
        """As `date`, at the head of a message: “Samedi 2 novembre”, which is “samedi” within a sentence."""
        date = self.date(moment, zone)
        return date[:1].upper() + date[1:]

    def clock(self, at: time) -> str:
        """“08:00”."""
        return format_time(at, self.say(texts.CLOCK), locale=self._locale)

    def when(self, moment: datetime, zone: str, now: datetime) -> str:
        """“today, 08:00”, “yesterday, 08:00”, “tomorrow, 08:00”, “Monday, 08:00” or “2 Nov, 08:00”."""
        local, today = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
        days = (local.date() - today.date()).days
        clock = self.clock(local.time())
        if near := {-1: texts.YESTERDAY, 0: texts.TODAY, 1: texts.TOMORROW}.get(days):
            return self.say(near, time=clock)
        day = format_date(local, "EEEE", locale=self._locale) if -7 < days < 7 else self.short_date(moment, zone)
        return self.say(texts.DAY_AT, day=day, time=clock)

    def day(self, day: Day, today: Day) -> str:
        """“Saturday, 2 November”, with its year where that is another than today's."""
        return self._dated(day, texts.LONG_DAY if day.year == today.year else texts.LONG_DAY_OF_YEAR)

    def short_date(self, moment: datetime, zone: str) -> str:
        """“2 Nov”."""
        return self._dated(moment.astimezone(ZoneInfo(zone)).date(), texts.SHORT_DAY)

    def published(self, published: str | None, zone: str) -> str | None:
        """A publisher's date as “2 Nov 2024, 06:59”: in the reader's zone where its own is known."""
        if not published:
            return None
        try:
            moment = datetime.fromisoformat(published)
            if moment.tzinfo:
                moment = moment.astimezone(ZoneInfo(zone))
        except (ValueError, OverflowError):
            return None
        if moment.year < FIRST_YEAR:
            return None
        day = self._dated(moment.date(), texts.SHORT_DAY_OF_YEAR)
        return self.say(texts.DAY_AT, day=day, time=self.clock(moment.time())) if "T" in published else day

    def _dated(self, day: Day, pattern: str) -> str:
        return _date(day, self.say(pattern), self._locale)

    def age(self, moment: datetime, now: datetime, zone: str) -> str:
        """“2 h ago”, and a date for what is older than a day."""
        passed = now - moment
        if passed < timedelta(minutes=2):
            return self.say(texts.JUST_NOW)
        if passed < timedelta(hours=1):
            return self.say(texts.MINUTES_AGO, n=int(passed / timedelta(minutes=1)))
        if passed < DATED:
            return self.say(texts.HOURS_AGO, n=int(passed / timedelta(hours=1)))
        return self.short_date(moment, zone)

    def tongue(self, tag: str) -> str:
        """“Spanish”."""
        return str(Locale.parse(self._locale).languages.get(tag, tag))

    def city(self, zone: str) -> str:
        """What the city of an IANA zone is called: “New York” of `America/New_York`."""
        known = Locale.parse(self._locale).time_zones.get(zone, {}).get("city")
        return str(known or zone.rsplit("/", 1)[-1].replace("_", " "))

    def days(self, days: frozenset[int]) -> str:
        """“Every day”, “Monday to Friday”, “Monday and Thursday”."""
        known = {
            frozenset(range(7)): texts.EVERY_DAY,
            frozenset(range(5)): texts.WEEKDAYS,
            frozenset({5, 6}): texts.WEEKEND,
        }
        if days in known:
            return self.say(known[days])
        names = get_day_names("wide", locale=self._locale)
        return self.listed([names[day] for day in sorted(days)])

    def times(self, times: Sequence[time]) -> str:
        """“08:00 and 18:00”."""
        return self.listed([self.clock(at) for at in times])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What rendering depends on besides its subject: words, the chat's zone, now, topics."""

    words: Words = field(default_factory=Words)
    zone: str = "UTC"
    now: datetime
    topics: Mapping[str, str] = field(default_factory=dict)
    """Their names by slug, as the operator's file calls them."""
    bot: str = ""
    """The bot's user name."""
    is_post: bool = False
    """It is told to a channel: nobody there has a chat with the bot around it, or buttons of their own."""
    earlier: Mapping[int, str] = field(default_factory=dict)
    """Addresses of the messages that told stories before, by story."""

    def topic(self, slug: str | None) -> str:
        """A topic's name as this reader knows it."""
        name = self.topics.get(slug or "")
        return (slug or "").capitalize() if name is None else self.words.topic(slug or "", name)

    @property
    def names(self) -> dict[str, str]:
        """The topics' names as this reader knows them, by slug."""
        return {slug: self.words.topic(slug, name) for slug, name in self.topics.items()}


@lru_cache(maxsize=1_024)  # many chats read the same dates
def _date(day: date, pattern: str, locale: str) -> str:
    return format_date(day, pattern, locale=locale)
