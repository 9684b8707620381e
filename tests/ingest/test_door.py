"""The door: what it reads, and what it will not be talked into."""

import asyncio
import gzip
import pickle
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

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
    Unreadable,
)
from ingest.bodies import Stowed
from ingest.door import PORTS, Door, Fetched, checked, next_hop
from ingest.unpacking import MAX_MEMBERS, Unpacker

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """A web server on loopback whose every path is answered by a function a test sets."""

    def __init__(self, server: TestServer) -> None:
        self.server = server
        self.requests: list[web.Request] = []
        self.answer: Handler = self._nothing

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="nothing")

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"

    def door(self, deadline: timedelta = timedelta(seconds=10), ports: Collection[int] = PORTS) -> Door:
        return Door(allow={("127.0.0.1", self.server.port or 0)}, ports=ports, deadline=deadline)

    async def get(self, path: str = "/", **options: object) -> Fetched:
        async with self.door() as door:
            return await door.get(self.url(path), **options)  # type: ignore[arg-type]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    app = web.Application()
    server = TestServer(app, host="127.0.0.1")
    made = Site(server)

    async def any_path(request: web.Request) -> web.StreamResponse:
        made.requests.append(request)
        return await made.answer(request)

    app.router.add_route("*", "/{path:.*}", any_path)
    await server.start_server()
    yield made
    await server.close()


@pytest.fixture
async def trap() -> AsyncIterator[tuple[int, list[str]]]:
    """A listener on loopback that no one may reach: its port, and who did."""
    caught: list[str] = []

    async def catch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caught.append(str(writer.get_extra_info("peername")))
        writer.close()

    server = await asyncio.start_server(catch, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], caught
    server.close()
    await server.wait_closed()


def answering(body: bytes = b"", status: int = 200, **headers: str) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers=named)

    return answer


async def test_a_feed_arrives_with_what_is_needed_to_ask_again(site: Site) -> None:
    site.answer = answering(
        b"<rss/>", ETag='"a"', Last_Modified="Sat, 02 Nov 2024 06:59:00 GMT", Content_Type="text/xml"
    )

    fetched = await site.get("/feed#part")

    assert fetched == Fetched(
        url=site.url("/feed"),
        status=200,
        body=b"<rss/>",
        etag='"a"',
        last_modified="Sat, 02 Nov 2024 06:59:00 GMT",
        content_type="text/xml",
    )


async def test_an_unchanged_feed_costs_no_body(site: Site) -> None:
    site.answer = answering(status=304)

    fetched = await site.get(etag='"a"', last_modified="Sat, 02 Nov 2024 06:59:00 GMT")

    assert fetched.is_unchanged
    assert fetched.body == b""
    assert site.requests[0].headers["If-None-Match"] == '"a"'
    assert site.requests[0].headers["If-Modified-Since"] == "Sat, 02 Nov 2024 06:59:00 GMT"


async def test_the_door_says_who_it_is_and_carries_nothing_from_visit_to_visit(site: Site) -> None:
    site.answer = answering(Set_Cookie="visitor=1")
    async with site.door() as door:
        await door.get(site.url())
        await door.get(site.url(), etag='"a"\r\nX-Smuggled: 1')

    headers = site.requests[1].headers
    assert headers["User-Agent"].startswith("newsdigest/")
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert not {"Cookie", "Referer", "X-Smuggled", "If-None-Match"} & set(headers)


async def test_a_proxy_in_the_environment_is_not_asked(
    site: Site, trap: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, caught = trap
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")

    await site.get()

    assert caught == []


SPELLINGS = """
    127.0.0.1 localhost localhost. 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 0 0.0.0.0
    １２７.0.0.1 127。0。0。1 ①②⑦.0.0.1 [::1] [::] [::ffff:127.0.0.1] [::127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1]
    [::1%25lo] [64:ff9b::7f00:1] LOCALHOST 127.0.0.1. %31%32%37.0.0.1 127.0.0.2
"""


@pytest.mark.parametrize("host", SPELLINGS.split())
async def test_no_spelling_of_a_private_address_is_connected_to(host: str, trap: tuple[int, list[str]]) -> None:
    port, caught = trap
    async with Door(ports={port}, deadline=timedelta(seconds=5)) as door:
        with pytest.raises(Unreadable):
            await door.get(f"http://{host}:{port}/")

    assert caught == []


@pytest.mark.parametrize("port", [80, 443, 8080, 8443])
async def test_a_private_address_is_refused_on_the_ports_of_the_web_too(port: int) -> None:
    async with Door() as door:
        with pytest.raises(Forbidden, match="This address leads to a private network, so it is not read"):
            await door.get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("port", [21, 22, 25, 3306, 5432, 6379, 11211, 27017])
async def test_a_public_address_is_read_on_the_ports_of_the_web_only(port: int) -> None:
    async with Door() as door:
        with pytest.raises(Forbidden):
            await door.get(f"http://1.1.1.1:{port}/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("form", ["http://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://localhost:{port}/"])
async def test_a_redirect_into_the_private_network_ends_at_the_first_hop(
    site: Site, trap: tuple[int, list[str]], status: int, form: str
) -> None:
    port, caught = trap
    site.answer = answering(status=status, Location=form.format(port=port))

    async with site.door(ports={port}) as door:
        with pytest.raises(Forbidden):
            await door.get(site.url())

    assert len(site.requests) == 1
    assert caught == []


ELSEWHERE = [
    *("file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "http://user:word@127.0.0.1/", "//a@127.0.0.1/"),
    *("data:text/html,x", "javascript:alert(1)", "http://127.0.0.1\\@site.example/", "unix:/run/docker.sock"),
]


@pytest.mark.parametrize("location", ELSEWHERE)
async def test_a_redirect_to_anything_but_the_web_is_not_followed(site: Site, location: str) -> None:
    site.answer = answering(status=302, Location=location)

    with pytest.raises(NotAnAddress):
        await site.get()

    assert len(site.requests) == 1


@pytest.mark.parametrize(
    "header",
    [{"Refresh": "0; url=http://localhost/"}, {"Content_Location": "http://localhost/"}, {"Link": "<x>; rel=x"}],
)
async def test_other_headers_that_point_elsewhere_lead_nowhere(site: Site, header: dict[str, str]) -> None:
    site.answer = answering(b"here", 200, **header)

    assert (await site.get()).body == b"here"


async def test_permanent_moves_are_remembered_as_far_as_they_are_permanent(site: Site) -> None:
    hops = {"/a": (301, "/b"), "/b": (308, "/c"), "/c": (302, "/d")}

    async def answer(request: web.Request) -> web.StreamResponse:
        status, onward = hops.get(request.path, (200, ""))
        return web.Response(status=status, headers={"Location": onward} if onward else {}, text="end")

    site.answer = answer

    fetched = await site.get("/a")

    assert fetched.url == site.url("/d")
    assert fetched.moved_permanently_to == site.url("/c")


async def test_redirects_without_an_end_are_given_up(site: Site) -> None:
    site.answer = answering(status=302, Location="/again")

    with pytest.raises(Astray):
        await site.get()

    assert len(site.requests) == 6


def test_a_protected_address_does_not_lead_to_an_open_one() -> None:
    url = checked("https://site.example/feed")

    assert str(next_hop(url, "/new")) == "https://site.example/new"
    with pytest.raises(Downgraded):
        next_hop(url, "http://site.example/feed")


async def test_a_site_that_cannot_prove_who_it_is_is_not_read(site: Site) -> None:
    async with site.door() as door:
        with pytest.raises(NotGenuine):
            await door.get(site.url().replace("http:", "https:"))


async def test_what_is_too_large_is_not_read_to_its_end(site: Site) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while sent < 50_000_000:
            await response.write(b"x" * 65_536)
            sent += 65_536
        return response

    site.answer = endless

    with pytest.raises(TooLarge):
        await site.get(max_bytes=100_000)
    assert sent < 50_000_000


async def test_a_length_that_is_too_large_is_believed_at_once(site: Site) -> None:
    site.answer = answering(b"x" * 2000)

    with pytest.raises(TooLarge):
        await site.get(max_bytes=1000)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "raw deflate", "two members"])
async def test_packed_answers_are_unpacked(site: Site, encoding: str) -> None:
    text = b"news " * 1000
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "deflate": zlib.compress(text),
        "raw deflate": raw.compress(text) + raw.flush(),
        "two members": gzip.compress(text[:2500]) + gzip.compress(text[2500:]),
    }.get(encoding, gzip.compress(text))
    named = {"raw deflate": "deflate", "two members": "gzip"}.get(encoding, encoding)
    site.answer = answering(packed, Content_Encoding=named)

    assert (await site.get()).body == text


async def test_a_small_answer_that_unpacks_to_far_too_much_is_stopped(site: Site) -> None:
    bomb = zlib.compressobj(1, wbits=31)
    packed = b"".join(bomb.compress(bytes(1_000_000)) for _ in range(40)) + bomb.flush()
    site.answer = answering(packed, Content_Encoding="gzip")

    with pytest.raises(TooLarge):
        await site.get(max_bytes=1_000_000)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "nonsense"])
async def test_packings_that_were_not_asked_for_are_not_unpacked(site: Site, encoding: str) -> None:
    site.answer = answering(b"\x00" * 100, Content_Encoding=encoding)

    with pytest.raises(Garbled):
        await site.get()


def test_a_hundred_thousand_empty_packages_are_not_all_opened() -> None:
    with pytest.raises(Garbled):
        Unpacker("gzip", limit=1000).feed(gzip.compress(b"") * (MAX_MEMBERS + 1))


async def test_a_packed_answer_without_its_end_is_not_taken_for_whole(site: Site) -> None:
    site.answer = answering(gzip.compress(b"news " * 1000)[:-12], Content_Encoding="gzip")

    with pytest.raises(CutShort):
        await site.get()


async def test_a_packed_answer_that_is_not_packed_makes_no_sense(site: Site) -> None:
    site.answer = answering(b"<rss/>", Content_Encoding="gzip")

    with pytest.raises(Garbled):
        await site.get()


async def test_a_slow_site_is_left_at_the_deadline(site: Site) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        await asyncio.Event().wait()
        return response

    site.answer = drip

    async with site.door(deadline=timedelta(seconds=0.2)) as door:
        with pytest.raises(TooSlow, match="takes too long"):
            await door.get(site.url())


RAW = {
    "nothing": (b"", CutShort),
    "nonsense": (b"SSH-2.0-OpenSSH_9.2\r\n", Garbled),
    "half a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", CutShort),
    "broken chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx", Garbled),
    "many headers": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n", Garbled),
    "a long header": (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n", Garbled),
}


@pytest.mark.parametrize("name", RAW)
async def test_a_site_that_speaks_no_proper_http_is_answered_in_a_sentence(name: str) -> None:
    sent, answer = RAW[name]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Door(allow={("127.0.0.1", port)}, deadline=timedelta(seconds=5)) as door:
        with pytest.raises(answer):
            await door.get(f"http://127.0.0.1:{port}/")


async def test_where_nobody_listens_there_is_no_answer(site: Site) -> None:
    url, door = site.url(), site.door()
    await site.server.close()

    async with door:
        with pytest.raises(NoAnswer):
            await door.get(url)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (404, "There is nothing at this address any more"),
        (410, "There is nothing at this address any more"),
        (403, "This site does not let the bot in"),
        (429, "This site asks for fewer visits"),
        (503, "This site is out of order"),
        (418, "This site does not give out"),
        (302, "This site does not give out"),
    ],
)
async def test_a_refusal_is_told_in_words_and_kept_as_a_number(site: Site, status: int, sentence: str) -> None:
    site.answer = answering(status=status, Retry_After="120")

    with pytest.raises(BadStatus, match=sentence) as caught:
        await site.get()

    assert caught.value.status == status
    assert caught.value.retry_after == timedelta(minutes=2)


NOT_ADDRESSES = [
    *("", " ", "news", "www.example.org", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org"),
    *("dict://example.org:11211/", "ldap://example.org", "jar:http://example.org!/", "blob:http://example.org/1"),
    *(
        "javascript:alert(1)",
        "data:,x",
        "unix:///run/x.sock",
        "http+unix://x/",
        "http://",
        "http:///",
        "http:127.0.0.1",
    ),
    *(
        "http://good.example@127.0.0.1/",
        "http://u:p@example.org/",
        "http://@example.org/",
        "http://good.example\\@127.0.0.1",
    ),
    *("http://exa mple.org/", "http://example.org/\tx", "http://example.org/\nHost: x", "http://example.org:0/"),
    *(
        "http://example.org:65536/",
        "http://example.org:80:80/",
        "http://example.org:x/",
        "http://[::1",
        "https://?x",
        "//x",
    ),
    "http://example.org/" + "a" * 5000,
]


@pytest.mark.parametrize("address", NOT_ADDRESSES)
async def test_what_is_no_web_address_is_told_so(address: str) -> None:
    async with Door() as door:
        with pytest.raises(NotAnAddress, match="This is not the address of a web page"):
            await door.get(address)


def test_the_part_of_an_address_after_the_hash_is_never_mistaken_for_its_host() -> None:
    assert checked(" http://example.org#@127.0.0.1/ ").host == "example.org"


async def test_an_operator_can_open_the_private_network(site: Site) -> None:
    async with Door(allow_private=True) as door:
        assert (await door.get(site.url())).body == b"nothing"


async def test_the_door_is_only_open_inside_its_block(site: Site) -> None:
    with pytest.raises(RuntimeError):
        await site.door().get(site.url())


def all_answers(kind: type[Unreadable] = Unreadable) -> list[type[Unreadable]]:
    return [kind, *(found for child in kind.__subclasses__() for found in all_answers(child))]


@pytest.mark.parametrize("kind", [kind for kind in all_answers() if kind is not BadStatus])
def test_every_answer_is_a_sentence_for_a_person(kind: type[Unreadable]) -> None:
    said = str(kind())

    assert said[0].isupper()
    assert said.endswith(".")
    assert not {"error", "invalid", "failed", "sorry", "exception"} & set(said.lower().replace(".", "").split())


@pytest.mark.parametrize("said", [b"\r\n" * 1_000, b"HTTP/1.1 100 Continue\r\n\r\n" * 100])
async def test_an_answer_that_never_begins_is_not_heard_out(said: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while True:
                writer.write(said)
                await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Door(allow={("127.0.0.1", port)}, deadline=timedelta(seconds=5)) as door:
        with pytest.raises(Garbled):
            await door.get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_a_large_answer_is_never_in_our_memory_and_travels_to_its_reader_by_name(
    site: Site, encoding: str
) -> None:
    text = bytes(range(256)) * 16_000
    site.answer = answering(gzip.compress(text) if encoding == "gzip" else text, Content_Encoding=encoding)

    body = (await site.get()).body

    assert isinstance(body, Stowed)
    assert (len(body), bytes(body)) == (len(text), text)
    assert len(pickle.dumps(body)) < 200 or not Path("/proc/self/fd").exists()
    assert pickle.loads(pickle.dumps(body)) == text


def test_what_comes_in_is_never_held_whole_however_it_is_packed() -> None:
    packed = gzip.compress(bytes(4_900_000))
    unpack = Unpacker("gzip", limit=5_000_000)

    tracemalloc.start()
    unpack.feed(packed)
    body = unpack.finish()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(body) == 4_900_000
    assert most < 1_500_000
