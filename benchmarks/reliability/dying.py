"""How a process dies at a place that can be named, without a word of it in the program.

`arm` is called in a child that is about to live: it listens to what SQLAlchemy executes and commits,
and to what the transport sends, and ends the process by SIGKILL when the place is reached.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from bot.transport import Transport

POINTS = (
    "before claim",
    "after claim commit",
    "after sending commit",
    "half the body",
    "body, no reply",
    "reply, no commit",
    "after commit",
    "inside compose",
)
"""Places in the way of a digest; the ninth of the design, inside a migration, has a campaign of its own."""
WIRE = frozenset({"half the body", "body, no reply", "reply, no commit", "doomed"})
SENDS = ("sendmessage", "sendrichmessage")


def die(*_: Any) -> None:
    """As the power switch does it: nothing is finished, nothing is closed."""
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()  # the signal may reach another thread first


WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


def arm(point: str, chance: random.Random, *, latest: int = 8, doomed: str = "") -> None:
    """Dies at the point, at one of its first `latest` times; `doomed` is what a doomed message says."""
    countdown = Countdown(chance.randint(1, 2 if point == "inside compose" else latest))
    if point in WIRE:
        _on_the_wire(point, countdown, chance, doomed)
    elif point == "before claim":
        before_statement(lambda statement, state: state == "claimed", countdown)
    elif point == "inside compose":
        before_statement(lambda statement, _: "INTO slots" in statement or "INTO digests" in statement, countdown)
    else:
        state = {"after claim commit": "claimed", "after sending commit": "sending", "after commit": "sent"}[point]
        after_commit(lambda found: found == state, countdown)


def arm_anywhere(chance: random.Random, *, most_steps: int = 250) -> None:
    """Dies within thirty milliseconds of a step drawn at random, wherever that is: slow machines die as fast ones."""
    delay = chance.uniform(0, 0.03)
    countdown = Countdown(chance.randint(1, most_steps), lambda: _burn(delay))
    before_each_step(countdown)


def _burn(seconds: float) -> None:
    timer = threading.Timer(seconds, die)
    timer.daemon = True
    timer.start()


class Countdown:
    """Dies at the last of so many steps."""

    def __init__(self, steps: int, end: Callable[[], None] = die) -> None:
        self.left = steps
        self._end = end

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            self._end()


def before_statement(is_meant: Callable[[str, str | None], bool], countdown: Countdown) -> None:
    """Steps before each statement that is meant: given its SQL, and the delivery state it writes, if any."""

    @event.listens_for(Engine, "before_cursor_execute")
    def executing(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        if is_meant(statement, _state(statement, context)):
            countdown.step()


def before_each_step(countdown: Countdown) -> None:
    """Steps before every statement and every commit."""
    before_statement(lambda *_: True, countdown)
    event.listen(Engine, "commit", lambda _: countdown.step())


def before_each_change(countdown: Countdown) -> None:
    """Steps before every statement that writes, and before the commit of what was written.

    A death anywhere between two of these leaves what a death before the later one does.
    """

    @event.listens_for(Engine, "before_cursor_execute")
    def executing(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith(WRITES):
            connection.info["writes"] = True
            countdown.step()

    @event.listens_for(Engine, "commit")
    def committing(connection: Any) -> None:
        if connection.info.pop("writes", False):
            countdown.step()


def after_commit(is_meant: Callable[[str], bool], countdown: Countdown) -> None:
    """Steps after each commit of a transaction that wrote a delivery state that is meant."""
    written: dict[int, set[str]] = {}

    @event.listens_for(Engine, "before_cursor_execute")
    def executing(connection: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        if state := _state(statement, context):
            written.setdefault(id(connection.connection.dbapi_connection), set()).add(state)

    commit: Callable[[Any, Any], None] = DefaultDialect.do_commit

    def committing(dialect: Any, connection: Any) -> None:
        states = written.pop(id(connection.dbapi_connection), set())
        commit(dialect, connection)
        if any(map(is_meant, states)):
            countdown.step()

    DefaultDialect.do_commit = committing  # type: ignore[method-assign]


def _state(statement: str, context: Any) -> str | None:
    """The delivery state that an UPDATE of the outbox sets."""
    if "UPDATE outbox" not in statement:
        return None
    compiled = getattr(context, "compiled_parameters", None) or [{}]
    state: str | None = compiled[0].get("state")
    return state


def _on_the_wire(point: str, countdown: Countdown, chance: random.Random, doomed: str) -> None:
    exchange = Transport.exchange

    async def exchanging(transport: Transport, method: str, url: str, **more: Any) -> tuple[int, bytes]:
        is_send = url.lower().endswith(SENDS)
        if point == "doomed" and is_send and doomed in json.dumps(more.get("json"), ensure_ascii=False):
            await exchange(transport, method, url, **more)
            die()
        if point == "doomed" or not is_send:
            return await exchange(transport, method, url, **more)
        is_last = countdown.left == 1
        if is_last and point != "reply, no commit":
            _send_raw(url, more["json"], 0.5 if point == "half the body" else 1.0)
            time.sleep(chance.uniform(0.001, 0.01))  # noqa: ASYNC251 - nothing else is to happen any more
            die()
        answer = await exchange(transport, method, url, **more)
        countdown.step()
        return answer

    Transport.exchange = exchanging  # type: ignore[method-assign, assignment]


def _send_raw(url: str, fields: Any, share: float) -> None:
    """So much of a request's body, and no look at the reply."""
    where, body = urlsplit(url), json.dumps(fields).encode()
    head = f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json\r\n"
    wire = socket.create_connection((where.hostname or "", where.port or 80))
    wire.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[: int(len(body) * share)])
