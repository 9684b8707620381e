"""The one door through which every address outside is read."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import HttpProcessingError
from yarl import URL

from ingest.addresses import is_public
from ingest.answers import (
    Astray,
    BadStatus,
    CutShort,
    Downgraded,
    Forbidden,
    Garbled,
    NoAnswer,
    NotAnAddress,
    NotGenuine,
    TooLarge,
    TooSlow,
)
from ingest.bodies import Body
from ingest.manners import ASKS_FOR_FEWER, Turns, fresh_for, retry_after
from ingest.sites import FEED_TYPES
from ingest.unpacking import Unpacker

USER_AGENT = "newsdigest/0.1 (self-hosted news digest; reads feeds and pages)"
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.7, */*;q=0.5"
)
# The ports of the web. Anything else on a public address is more likely a
# database or a mail server than a feed.
PORTS = frozenset({80, 443, 8080, 8443})
MAX_BYTES = 5_000_000
MAX_HEAD = 128_000
"""Bytes before the body of an answer, with all that comes before the answer itself."""
HEAD_PIECE = 8_000
MAX_HOPS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
NAMED = re.compile(r"(?:[a-z]+:)?//[^/?#]*@", re.IGNORECASE)

_refused: ContextVar[list[str]] = ContextVar("_refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address holds.

    `url` is where the last redirect led. `moved_permanently_to` is the address to ask
    next time, when the site said so. After a conditional request that found nothing
    new, `is_unchanged` is true and `body` empty.
    """

    url: str
    status: int
    body: Body = b""
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None
    is_unchanged: bool = False
    moved_permanently_to: str | None = None
    fresh_for: timedelta | None = None
    """How long the answer stays good, as the site says."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Addresses that the answer's `Link` headers name, by what they are for."""


class Door:
    """Reads public web addresses, and only those.

    The address of every connection is checked at the moment it is opened, so neither
    a redirect nor a name that resolves differently the second time gets around it.
    `allow` names (address, port) pairs that pass unchecked; `allow_private` opens the
    whole private network and every port, for an operator whose feeds live there.

    Between two requests to a host `spacing` passes, save where it is one of `allow`. A host that asks for
    fewer visits is not asked at all for as long as it says, ten minutes at most.

    `resolver` finds the addresses of names; the system's own where there is none.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        allow: Collection[tuple[str, int]] = (),
        ports: Collection[int] = PORTS,
        deadline: timedelta = timedelta(seconds=15),
        spacing: timedelta = timedelta(),
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._allow = frozenset(allow)
        self._ports = frozenset(ports)
        self._deadline = deadline
        self._turns = Turns(spacing)
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            socket_factory=self._socket, resolver=self._resolver, limit=64, limit_per_host=2
        )
        # There is no public way to say how much may come before an answer.
        connector._factory = partial(_Hearing, loop=asyncio.get_running_loop())  # type: ignore[assignment]
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            auto_decompress=False,
            trust_env=False,
            max_field_size=32_768,
            max_line_size=16_384,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = ACCEPT,
        max_bytes: int = MAX_BYTES,
    ) -> Fetched:
        """What `url` holds: at most `max_bytes`, on the wire and unpacked.

        `etag` and `last_modified` are those of an earlier answer. Every way in which
        this ends otherwise is an `Unreadable`.
        """
        headers = {"Accept": accept}
        # A header with a line break in it is not ours to send on.
        for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified)):
            if value and value.isprintable():
                headers[name] = value
        target = checked(url)
        await self._turn(target)
        with _named_answers():
            async with asyncio.timeout(self._deadline.total_seconds()):
                return await self._follow(target, headers, max_bytes)

    async def post(self, url: str, form: Mapping[str, str]) -> None:
        """Hands a form to an address. A redirect is not followed; any answer but a good one is a `BadStatus`."""
        target = checked(url)
        await self._turn(target)
        with _named_answers():
            async with (
                asyncio.timeout(self._deadline.total_seconds()),
                self._ask(target, {}, method="POST", data=dict(form)) as response,
            ):
                if not 200 <= response.status < 300:
                    raise BadStatus(response.status, retry_after(response.headers))

    async def _turn(self, url: URL) -> None:
        if (url.host, url.port) not in self._allow:
            await self._turns.wait(url.host or "")

    async def _follow(self, url: URL, headers: dict[str, str], max_bytes: int) -> Fetched:
        moved_to: URL | None = None
        is_permanent = True
        for _ in range(MAX_HOPS + 1):
            async with self._ask(url, headers) as response:
                onward = response.headers.get("Location")
                if response.status not in REDIRECTS or not onward:
                    return await _fetched(response, url, moved_to, max_bytes)
                is_permanent = is_permanent and response.status in PERMANENT
                url = next_hop(url, onward)
            moved_to = url if is_permanent else moved_to
        raise Astray

    @asynccontextmanager
    async def _ask(
        self, url: URL, headers: dict[str, str], *, method: str = "GET", **more: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("the door is used inside `async with`")
        place = f"{url.host}:{url.port}"
        self._turns.check(place)
        async with self._session.request(method, url, headers=headers, allow_redirects=False, **more) as response:
            if response.status == ASKS_FOR_FEWER:
                self._turns.rest(place, retry_after(response.headers))
            yield response

    def _socket(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, target = address
        if not self._is_allowed(*target[:2]):
            _refused.get([]).append(target[0])
            raise OSError(f"{target[0]} is not public")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    def _is_allowed(self, host: str, port: int) -> bool:
        if self._allow_private or (host, port) in self._allow:
            return True
        return port in self._ports and is_public(host)


class _Hearing(ResponseHandler):
    """Hears an answer out, unless its head does not come to an end: to hear empty lines, or promises of an answer,
    for as long as they come would keep this process busy and all others waiting.
    """

    _left: int | None = None
    """Bytes that may still come before the body; None once the head is whole."""

    def set_response_params(self, **params: Any) -> None:
        self._left = MAX_HEAD
        super().set_response_params(**params)

    def feed_data(self, data: Any, size: int = 0) -> None:
        if data[0].code >= 200:
            self._left = None
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        while data and self._left is not None:
            if self._left <= 0:
                self._give_up()
                return
            self._left -= HEAD_PIECE
            super().data_received(data[:HEAD_PIECE])
            data = data[HEAD_PIECE:]
        if data:
            super().data_received(data)

    def _give_up(self) -> None:
        if self.transport is not None:
            self.transport.close()
        self.set_exception(HttpProcessingError(message="no end of the head"))


def checked(address: str, base: URL | None = None) -> URL:
    """`address` as a plain http or https URL without a fragment, or `NotAnAddress`.

    Spaces, control characters and backslashes are where parsers disagree on what the
    host is; so are names and passwords before it. None of them is let in.
    """
    address = address.strip(" \t\r\n")
    if not address or len(address) > 4096 or any(c <= " " or c in "\\\x7f" for c in address):
        raise NotAnAddress
    try:
        url = URL(address)
        url = base.join(url) if base else url
        is_plain = url.scheme in ("http", "https") and url.host and url.user is None and url.password is None
    except ValueError as cause:
        raise NotAnAddress from cause
    if not is_plain or NAMED.match(address) or not url.port:
        raise NotAnAddress
    return url.with_fragment(None)


def next_hop(url: URL, location: str) -> URL:
    """Where a redirect from `url` leads. From a protected address it may not lead to an open one."""
    onto = checked(location, base=url)
    if url.scheme == "https" and onto.scheme == "http":
        raise Downgraded
    return onto


async def _fetched(response: aiohttp.ClientResponse, url: URL, moved_to: URL | None, max_bytes: int) -> Fetched:
    headers = response.headers
    if response.status != 304 and not 200 <= response.status < 300:
        raise BadStatus(response.status, retry_after(headers))
    is_unchanged = response.status == 304
    return Fetched(
        url=str(url),
        status=response.status,
        body=b"" if is_unchanged else await _body(response, max_bytes),
        etag=headers.get("ETag"),
        last_modified=headers.get("Last-Modified"),
        content_type=headers.get("Content-Type"),
        is_unchanged=is_unchanged,
        moved_permanently_to=str(moved_to) if moved_to else None,
        fresh_for=fresh_for(headers),
        links=_links(response),
    )


def _links(response: aiohttp.ClientResponse) -> Mapping[str, str]:
    """Addresses by what they are to the answer; an alternate only where it is a feed."""
    links: dict[str, str] = {}
    try:
        for name, link in response.links.items():
            if "url" in link and (name != "alternate" or link.get("type") in FEED_TYPES):
                links.setdefault(name, str(link["url"]))
    except ValueError:
        return {}
    return links


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> Body:
    if (response.content_length or 0) > max_bytes:
        raise TooLarge
    unpack = Unpacker(response.headers.get("Content-Encoding", ""), limit=max_bytes)
    wire = 0
    async for chunk in response.content.iter_any():
        wire += len(chunk)
        if wire > max_bytes:
            raise TooLarge
        unpack.feed(chunk)
    return unpack.finish()


@contextmanager
def _named_answers() -> Iterator[None]:
    """Raises `Unreadable` for every way in which a request may end badly."""
    _refused.set([])
    try:
        yield
    except TimeoutError as cause:
        raise TooSlow from cause
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as cause:
        raise NotGenuine from cause
    except aiohttp.ClientConnectorError as cause:
        raise (Forbidden if _refused.get() else NoAnswer) from cause
    except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as cause:
        raise CutShort from cause
    except (aiohttp.InvalidURL, UnicodeError) as cause:
        raise NotAnAddress from cause
    except (aiohttp.ClientError, ssl.SSLError, ValueError, zlib.error) as cause:
        raise Garbled from cause
    except OSError as cause:
        raise NoAnswer from cause
