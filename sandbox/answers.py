"""What the Bot API answers: a result, or a refusal with the exact words a bot will read."""

from dataclasses import dataclass
from typing import Any

PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A method's success: its result, and the description a few methods add."""

    result: Any
    description: str = ""


class Refused(Exception):
    """The Bot API says no."""

    def __init__(self, message: str, code: int = 400, **parameters: int) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.parameters = parameters

    @property
    def description(self) -> str:
        """The message behind its prefix, first letter lowered unless it is a server's own CODE_NAME."""
        prefix = PREFIXES.get(self.code, "Bad Request")
        if not self.message:
            return prefix
        if self.message.startswith(prefix):
            return self.message
        second = self.message[1:2]
        keeps_case = second == "_" or ("A" <= second <= "Z")
        told = self.message if keeps_case else self.message[0].lower() + self.message[1:]
        return f"{prefix}: {told}"


def try_later(seconds: int) -> Refused:
    """429, with the seconds to wait in the text, the parameters and (by the server) the header."""
    return Refused(f"retry after {seconds}", 429, retry_after=seconds)
