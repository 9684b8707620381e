"""Processes that read what strangers made: watched, limited, and replaced after some use."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from multiprocessing.context import BaseContext
from types import ModuleType, TracebackType
from typing import ParamSpec, Self, TypeVar, cast

from ingest.answers import TooHeavy
from ingest.bodies import Body
from ingest.feeds import ParsedFeed, read_feed
from ingest.language import in_their_languages
from ingest.naming import Named, feeds_listed, find_feeds, onward
from ingest.pages import read_page
from ingest.sitemaps import sitemaps_in
from ingest.watching import Guess, guess_lists
from news.article import Entry

P = ParamSpec("P")
T = TypeVar("T")

QUICK = timedelta(seconds=0.5)
"""Of processor time: more than nearly every feed and page takes."""
BESIDE = 2
"""Readings that may take longer at a time."""
PATIENT = 3
"""Times the limit that a reading behind all others may take by the clock; of processor it has no more than they."""
LONGEST_START = 20
LOW = 10
"""Of the twenty steps by which a process may step back: beside one that is busy it has a tenth of a processor."""
MEMORY = 768_000_000
"""Bytes of address space: libraries and the language model map 320 MB of it before any work."""


class Workers:
    """Reads feeds and pages in other processes, so that none can stop or fill this one.

    A reading that takes more than `limit` of time or of processor, or more memory
    than is good, ends in `TooHeavy` and costs its worker, not the others. A worker is
    replaced after `uses` readings, because the libraries keep a little of each page.

    A reading that takes longer than most goes on beside the others, and at the end of the processor's queue, so that
    none waits for it. Where two do so already, it begins anew behind them. What is expected to be so goes `behind` from
    the start.
    """

    def __init__(
        self,
        count: int = 2,
        *,
        limit: timedelta = timedelta(seconds=10),
        uses: int = 200,
        is_behind: bool = False,
    ) -> None:
        self._count = count
        self._is_behind = is_behind
        self.behind = self if is_behind else Workers(BESIDE, limit=limit, uses=uses, is_behind=True)
        """Readers that let all others go first; they start when they are needed."""
        self._limit = limit
        self._uses = uses
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()
        self._beside = asyncio.Semaphore(BESIDE)
        self._all: set[_Worker] = set()

    async def __aenter__(self) -> Self:
        for _ in range(self._count):
            self._put_new()
        if self.behind is not self:
            await self.behind.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in list(self._all):
            await asyncio.to_thread(worker.stop, wait=True)
        if self.behind is not self:
            await self.behind.__aexit__(kind, value, trace)

    async def read_feed(
        self,
        data: Body,
        *,
        url: str | None,
        content_type: str | None = None,
        watched: str | None = None,
        known: bytes = b"",
    ) -> ParsedFeed:
        """`ingest.feeds.read_feed`, in a worker."""
        return await self.run(read_feed, _sent(data), url=url, content_type=content_type, watched=watched, known=known)

    async def read_page(self, html: Body, url: str) -> Entry:
        """`ingest.pages.read_page`, in a worker."""
        return await self.run(read_page, _sent(html), url)

    async def in_their_languages(self, entries: Sequence[Entry]) -> list[Entry]:
        """`ingest.language.in_their_languages`, in a worker."""
        return await self.run(in_their_languages, entries)

    async def find_feeds(self, html: Body, url: str) -> tuple[str, ...]:
        """`ingest.naming.find_feeds`, in a worker."""
        return await self.run(find_feeds, _sent(html), url)

    async def feeds_listed(self, html: Body, url: str) -> tuple[Named, ...]:
        """`ingest.naming.feeds_listed`, in a worker."""
        return await self.run(feeds_listed, _sent(html), url)

    async def onward(self, html: Body, url: str) -> str | None:
        """`ingest.naming.onward`, in a worker."""
        return await self.run(onward, _sent(html), url)

    async def guess_lists(self, html: Body, url: str) -> tuple[Guess, ...]:
        """`ingest.watching.guess_lists`, in a worker."""
        return await self.run(guess_lists, _sent(html), url)

    async def sitemaps_in(self, data: Body, url: str) -> tuple[str, ...]:
        """`ingest.sitemaps.sitemaps_in`, in a worker."""
        return await self.run(sitemaps_in, _sent(data), url)

    async def run(self, reading: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `reading`, a function of a module, returns or raises; or `TooHeavy`. A `Body` it is given as bytes."""
        try:
            return await self._run(reading, *args, **kwargs)
        except _Crowded:
            return await self.behind.run(reading, *args, **kwargs)

    async def _run(self, reading: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        worker = await self._free.get()
        has_place, is_done = True, False
        try:
            await worker.started()
            begun = asyncio.wrap_future(worker.submit(self._limit, reading, *args, **kwargs))
            async with asyncio.timeout(self._limit.total_seconds()) as patience:
                if not self._is_behind and not await worker.is_quick(begun):
                    if self._beside.locked():
                        begun.cancel()
                        raise _Crowded
                    await self._beside.acquire()
                    has_place = False
                    self._put_new()
                if self._is_behind or not has_place:
                    worker.give_way()
                    patience.reschedule(asyncio.get_running_loop().time() + PATIENT * self._limit.total_seconds())
                result = await begun
            is_done = True
            return result
        except (TimeoutError, BrokenProcessPool, MemoryError) as cause:
            raise TooHeavy from cause
        except (TooHeavy, _Crowded):
            raise
        except Exception:
            is_done = True
            raise
        finally:
            # Cancelled or stuck: the process may still be at it, so it goes.
            if not has_place or not is_done or worker.uses >= self._uses:
                worker.stop()
            if has_place:
                self._free.put_nowait(worker)
            else:
                self._beside.release()
                self._all.discard(worker)

    def _put_new(self) -> None:
        worker = _Worker()
        self._all.add(worker)
        self._free.put_nowait(worker)


def _sent(body: Body) -> bytes:
    """The body as the other process gets it."""
    return cast("bytes", body)


class _Crowded(Exception):
    """So many readings go on beside the others that there is no place for one more."""


class _Worker:
    """One process, started when first needed and again after `stop`."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._number = 0
        self.uses = 0

    async def started(self) -> None:
        """Comes back when there is a process: starting is no part of what a reading takes."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=_context(), initializer=_prepare)
            with _nameless():
                begun = self._pool.submit(os.getpid)
            async with asyncio.timeout(LONGEST_START):
                self._number = await asyncio.wrap_future(begun)

    def submit(self, limit: timedelta, reading: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        assert self._pool is not None
        self.uses += 1
        return self._pool.submit(_limited, limit.total_seconds(), reading, args, kwargs)

    async def is_quick(self, begun: asyncio.Future[T]) -> bool:
        """Comes back when the reading is done, or has had more of the processor than most: false."""
        before = self._used()
        while not begun.done() and self._used() - before < QUICK:
            await asyncio.wait([begun], timeout=QUICK.total_seconds())
        return begun.done()

    def give_way(self) -> None:
        """Lets other processes go first."""
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._number, LOW)

    def _used(self) -> timedelta:
        """Processor time of the process; by the clock, where nobody can tell."""
        try:
            # The clock of a process's processor time has a number of its own on Linux: see clock_getcpuclockid(3).
            return timedelta(seconds=time.clock_gettime(~self._number << 3 | 2))
        except OSError:
            return timedelta(seconds=time.monotonic())

    def stop(self, *, wait: bool = False) -> None:
        pool, self._pool, self.uses = self._pool, None, 0
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=wait, cancel_futures=True)


@lru_cache(maxsize=1)
def _context() -> BaseContext:
    # Workers fork from a server that has the libraries and the model already, so a new one costs
    # milliseconds; and never from this process, whose threads and sockets stay here.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.pages", "ingest.feeds", "ingest.warm"])
    return context


@contextmanager
def _nameless() -> Iterator[None]:
    """For so long nobody can tell which program this is."""
    # A new process imports the program that started it: here all of the bot, two seconds of work and room for
    # nothing. What it is to do it knows by the modules of this room.
    program, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _prepare() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    # What libraries print when they are ended is no news: the answer is `TooHeavy`.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends this process when the one that started it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _limited(seconds: float, reading: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    # The kernel ends the process at the soft limit, wherever in C code it is.
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 1, hard))
    return reading(*args, **kwargs)
