"""The wire to Telegram: one pooled HTTP client, and which failures mean that nothing was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import aiohttp
from telegram._utils.defaultvalue import DEFAULT_NONE, DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

DEADLINE = 30.0
"""Seconds for one request from connecting to the last byte, long polls excepted."""


class NotSent(NetworkError):
    """Telegram could not be reached, so nothing was sent."""


class ReplyLost(TimedOut):
    """Telegram may have received the request; its reply did not arrive."""


class Transport(BaseRequest):
    """Telegram's library speaks through it, and the sender of deliveries does directly."""

    def __init__(
        self,
        *,
        connections: int = 64,
        deadline: float = DEADLINE,
        see_date: Callable[[str], None] | None = None,
    ) -> None:
        """`see_date` is given the `Date` of every answer."""
        self._see_date = see_date
        self._connections = connections
        self._deadline = deadline
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._deadline

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=False)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        deadline = self._deadline
        asked = DefaultValue.get_value(read_timeout)
        if asked is not None:
            deadline = max(deadline, float(asked) + 5)
        if request_data is None:
            return await self.exchange(method, url, deadline=deadline)
        if request_data.contains_files:
            return await self.exchange(method, url, deadline=deadline, data=_form(request_data))
        return await self.exchange(method, url, deadline=deadline, data=request_data.json_parameters)

    async def exchange(self, method: str, url: str, *, deadline: float | None = None, **body: Any) -> tuple[int, bytes]:
        """Status and body of one request; NotSent or ReplyLost when there is none."""
        if self._session is None:
            raise NotSent("the connection to Telegram is not open")
        timeout = aiohttp.ClientTimeout(total=deadline or self._deadline, sock_connect=10)
        try:
            async with self._session.request(method, url, timeout=timeout, allow_redirects=False, **body) as response:
                if self._see_date and "Date" in response.headers:
                    self._see_date(response.headers["Date"])
                return response.status, await response.read()
        # The chain is cut throughout: the address in it holds the token.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as refused:
            raise NotSent(f"Telegram cannot be reached ({type(refused).__name__})") from None
        except TimeoutError:
            raise ReplyLost("Telegram did not answer in time") from None
        except (aiohttp.ClientError, OSError) as broken:
            raise ReplyLost(f"the connection to Telegram broke ({type(broken).__name__})") from None


def form(fields: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]) -> aiohttp.FormData:
    """Fields and files, as name and content, in one request."""
    made = aiohttp.FormData(quote_fields=False)  # a name goes as it is: Telegram would show it quoted
    for field, value in fields.items():
        made.add_field(field, str(value))
    for field, (name, content) in files.items():
        made.add_field(field, content, filename=name, content_type="application/octet-stream")
    return made


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in cast(dict[str, Any], request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
