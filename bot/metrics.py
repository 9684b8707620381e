"""Metrics for Prometheus: what this process did since it began, and how the database is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from jobs.compose import Composed
from jobs.refresh import Refreshed
from news.answers import Answer
from news.delivery import Settled
from news.feed import State
from storage import Figures

if TYPE_CHECKING:
    from bot.standing import Standing

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
OUTCOMES = {"sent": "sent", "pending": "put_off", "doubt": "doubt", "parked": "parked", "cancelled": "cancelled"}
"""What becomes of a delivery by one send, by the state that it leads to."""
DELAYS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600)
Handled = Literal["handled", "failed"]

disable_created_metrics()  # type: ignore[no-untyped-call]


class Meter:
    """Counts what a process does. Labels are words of ours, never what a chat, a feed or a person is called."""

    def __init__(self) -> None:
        self.registry = its = CollectorRegistry()
        ProcessCollector(registry=its)
        sends = Counter("newsdigest_deliveries", "Sends by what they led to.", ["outcome"], registry=its)
        self._deliveries = {state: sends.labels(outcome) for state, outcome in OUTCOMES.items()}
        self._repeats = Counter("newsdigest_repeats", "Deliveries sent that may have arrived before.", registry=its)
        about = "From when a digest was due, or asked for, until Telegram has it."
        self._delay = Histogram("newsdigest_digest_delay_seconds", about, buckets=DELAYS, registry=its)
        answers = Counter("newsdigest_telegram_answers", "Telegram's answers to messages.", ["kind"], registry=its)
        self._answers = {kind: answers.labels(_snake(kind.__name__)) for kind in get_args(Answer)}
        self._digests = Counter("newsdigest_digests", "Digests composed.", registry=its)
        looks = Counter("newsdigest_refreshes", "Looks at feeds.", ["outcome"], registry=its)
        self._answered, self._failing = looks.labels("answered"), looks.labels("failing")
        self._articles = Counter("newsdigest_articles", "New articles from feeds.", registry=its)
        updates = Counter("newsdigest_updates", "Updates of Telegram's that were handled.", ["outcome"], registry=its)
        self._updates = {outcome: updates.labels(outcome) for outcome in get_args(Handled)}

    def delivered(self, settled: Settled, now: datetime) -> None:
        one = settled.delivery
        self._deliveries[one.state].inc()
        if one.state == "sent":
            if one.doubt:
                self._repeats.inc()
            if one.digest_id is not None and one.edits_id is None and one.created_at:
                self._delay.observe(max(0.0, (now - one.created_at).total_seconds()))

    def answered(self, answer: Answer) -> None:
        self._answers[type(answer)].inc()

    def composed(self, done: Composed) -> None:
        self._digests.inc(done.digests)

    def refreshed(self, done: Refreshed) -> None:
        self._answered.inc(done.answered)
        self._failing.inc(done.failing)
        self._articles.inc(done.articles)

    def handled(self, outcome: Handled) -> None:
        self._updates[outcome].inc()


def exposed(standing: Standing, figures: Figures | None, now: datetime) -> bytes:
    """What `/metrics` says, in Prometheus's text format; without the database's figures where there are none."""
    return generate_latest(
        _Collected([*standing.meter.registry.collect(), *_standing(standing), *_figures(figures, now)])
    )


@dataclass(frozen=True, slots=True)
class _Collected:
    """As the library wants it."""

    families: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families


def _standing(standing: Standing) -> Iterable[Metric]:
    gauge = GaugeMetricFamily("newsdigest_info", "The program's version.", labels=["version"])
    gauge.add_metric([program_version()], 1)
    yield gauge
    told = {
        "leading": ("Whether this process speaks for the bot.", standing.role == "leading"),
        "hears": ("Whether Telegram hands this process updates.", standing.hears),
        "may_send": ("Whether no other program speaks with the bot's token.", standing.may_send.is_set()),
        "clock_right": ("Whether this machine's clock agrees with Telegram's.", standing.is_clock_right),
    }
    for name, (about, is_so) in told.items():
        yield GaugeMetricFamily(f"newsdigest_{name}", about, value=float(is_so))


def _figures(figures: Figures | None, now: datetime) -> Iterable[Metric]:
    yield GaugeMetricFamily("newsdigest_database_up", "Whether the database answers.", value=float(figures is not None))
    if figures is None:
        return
    waiting = GaugeMetricFamily("newsdigest_outbox_waiting", "Deliveries not finished.", labels=["state"])
    for state, count in figures.waiting.items():
        waiting.add_metric([state], count)
    yield waiting
    age = (now - figures.due_since).total_seconds() if figures.due_since else 0.0
    about = "How long the delivery waits that is due longest."
    yield GaugeMetricFamily("newsdigest_oldest_waiting_seconds", about, value=max(0.0, age))
    feeds = GaugeMetricFamily("newsdigest_feeds", "Feeds by how they are.", labels=["state"])
    for how in get_args(State):
        feeds.add_metric([how.replace(" ", "_")], figures.feeds.get(how, 0))
    yield feeds
    yield GaugeMetricFamily("newsdigest_inbox_waiting", "Updates still to be handled.", value=figures.unhandled)
    yield GaugeMetricFamily(
        "newsdigest_updates_set_aside", "Updates that nobody could handle.", value=figures.set_aside
    )
    yield GaugeMetricFamily("newsdigest_database_bytes", "What the database takes on the disk.", value=figures.bytes)


@cache
def program_version() -> str:
    try:
        return version("newsdigest")
    except PackageNotFoundError:
        return "unknown"


def _snake(name: str) -> str:
    """`ChatGone` as `chat_gone`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
