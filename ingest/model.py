"""A language model: any server that speaks the chat completions of OpenAI. What it says is checked elsewhere."""

from __future__ import annotations

import json
import re
from types import TracebackType
from typing import Any, Self

import aiohttp

MOST_TEXT = 12_000
"""Characters of an article that are sent."""
MOST_ANSWER = 100_000
"""Bytes of an answer that are read."""
MOST_LINES = 8
FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")
TASK = (
    "You shorten news. From the article, choose at most three sentences that together tell what happened, the most "
    "important first, {words} words in all at most. You may leave out whole parts of a sentence between its commas or "
    "at its end. Change nothing else: no other words, no other order, no other numbers or names. Never leave out who "
    "said it, nor words such as not, if, may, about or alleged. Answer with a JSON array of strings and nothing else."
)


class ModelSilent(Exception):
    """The language model gave no answer that can be used: {reason}."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The language model gave no answer that can be used: {reason}.")


class Model:
    """Asks one model at one address; the key is in no message and no error."""

    def __init__(self, url: str, name: str, key: str | None, *, deadline: float = 30.0) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._name = name
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._deadline = aiohttp.ClientTimeout(total=deadline)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers=self._headers, timeout=self._deadline, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def bullets(self, headline: str, text: str, *, words: int = 90) -> tuple[str, ...]:
        """What the model makes of an article: sentences, unchecked. Raises ModelSilent."""
        asked = {
            "model": self._name,
            "temperature": 0,
            "max_tokens": 400,
            "messages": [
                {"role": "system", "content": TASK.format(words=words)},
                {"role": "user", "content": f"{headline}\n\n{text[:MOST_TEXT]}"},
            ],
        }
        return _lines(await self._asked(asked))

    async def _asked(self, asked: dict[str, Any]) -> bytes:
        if self._session is None:
            raise RuntimeError("the model is asked inside `async with`")
        try:
            async with self._session.post(self._url, json=asked, allow_redirects=False) as response:
                if response.status != 200:
                    raise ModelSilent(f"its server answered {response.status}")
                body = await response.content.read(MOST_ANSWER + 1)
                while len(body) <= MOST_ANSWER and (more := await response.content.read(MOST_ANSWER)):
                    body += more
        # The chains are cut: a header in them could name the key.
        except TimeoutError:
            raise ModelSilent("it took too long") from None
        except (aiohttp.ClientError, OSError, ValueError) as broken:
            raise ModelSilent(f"its server cannot be reached ({type(broken).__name__})") from None
        if len(body) > MOST_ANSWER:
            raise ModelSilent("it said far too much")
        return body


def _lines(body: bytes) -> tuple[str, ...]:
    try:
        said = json.loads(body)["choices"][0]["message"]["content"]
        lines = json.loads(FENCE.sub("", said))
    except (ValueError, LookupError, TypeError, RecursionError):
        raise ModelSilent("it did not answer in the form asked for") from None
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ModelSilent("it did not answer in the form asked for")
    return tuple(" ".join(line.split()) for line in lines[:MOST_LINES] if line.strip())
