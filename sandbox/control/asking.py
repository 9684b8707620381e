"""What a control request says: its JSON object or query, read with one sentence for what is wrong."""

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.state import Sandbox
from sandbox.world import Chat

LONGEST_WAIT = 50.0


class BadControl(Exception):
    """A control request that makes no sense; the argument is the sentence to answer."""


class Body:
    """A control request's JSON object or query."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise BadControl(f"{name} is missing or not a text")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        try:
            return float(self.values[name] if name in self.values or default is None else default)
        except (KeyError, TypeError, ValueError) as wrong:
            raise BadControl(f"{name} is missing or not a number") from wrong

    def integer(self, name: str, default: int | None = None) -> int:
        try:
            return int(self.number(name, default))
        except (OverflowError, ValueError) as wrong:
            raise BadControl(f"{name} is not a whole number") from wrong

    def wait(self, name: str, default: float) -> float:
        """Seconds somebody is ready to wait, clamped to what is allowed."""
        return min(max(self.number(name, default), 0.0), LONGEST_WAIT)


Handler = Callable[[Sandbox, Body], Awaitable[Any]]


def chat_of(sandbox: Sandbox, body: Body) -> Chat:
    chat = sandbox.world.chats.get(body.integer("chat_id"))
    if chat is None:
        raise BadControl("there is no such chat")
    return chat


def user_id_of(sandbox: Sandbox, body: Body) -> int:
    user_id = body.integer("user_id")
    if user_id not in sandbox.world.users:
        raise BadControl("there is no such user")
    return user_id
