"""Processes that read what strangers made: watched, limited, and replaced after some use."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from functools import lru_cache
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from ingest.answers import TooHeavy
from ingest.feeds import ParsedFeed, read_feed
from ingest.language import detect, in_its_language
from ingest.pages import find_feeds, read_page
from ingest.sitemaps import sitemaps_in
from ingest.watching import Guess, guess_lists
from news.article import Entry

P = ParamSpec("P")
T = TypeVar("T")

MEMORY = 768_000_000
"""Bytes of address space: libraries and the language model map 320 MB of it before any work."""


class Workers:
    """Reads feeds and pages in other processes, so that none can stop or fill this one.

    A reading that takes more than `limit` of time or of processor, or more memory
    than is good, ends in `TooHeavy` and costs its worker, not the others. A worker is
    replaced after `uses` readings, because the libraries keep a little of each page.
    """

    def __init__(self, count: int = 2, *, limit: timedelta = timedelta(seconds=10), uses: int = 200) -> None:
        self._count = count
        self._limit = limit
        self._uses = uses
        self._free: asyncio.Queue[_Worker] = asyncio.Queue()
        self._all: list[_Worker] = []

    async def __aenter__(self) -> Self:
        self._all = [_Worker() for _ in range(self._count)]
        for worker in self._all:
            self._free.put_nowait(worker)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._all:
            await asyncio.to_thread(worker.stop, wait=True)

    async def read_feed(
        self, data: bytes, *, url: str | None, content_type: str | None = None, watched: str | None = None
    ) -> ParsedFeed:
        """`ingest.feeds.read_feed`, in a worker."""
        return await self.run(read_feed, data, url=url, content_type=content_type, watched=watched)

    async def read_page(self, html: bytes, url: str) -> Entry:
        """`ingest.pages.read_page`, in a worker."""
        return await self.run(read_page, html, url)

    async def in_its_language(self, entry: Entry) -> Entry:
        """`ingest.language.in_its_language`, in a worker."""
        return await self.run(in_its_language, entry)

    async def find_feeds(self, html: bytes, url: str) -> tuple[str, ...]:
        """`ingest.pages.find_feeds`, in a worker."""
        return await self.run(find_feeds, html, url)

    async def guess_lists(self, html: bytes, url: str) -> tuple[Guess, ...]:
        """`ingest.watching.guess_lists`, in a worker."""
        return await self.run(guess_lists, html, url)

    async def sitemaps_in(self, data: bytes, url: str) -> tuple[str, ...]:
        """`ingest.sitemaps.sitemaps_in`, in a worker."""
        return await self.run(sitemaps_in, data, url)

    async def run(self, reading: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `reading`, a function of a module, returns or raises; or `TooHeavy`."""
        worker = await self._free.get()
        is_done = False
        try:
            async with asyncio.timeout(self._limit.total_seconds() + worker.patience):
                result = await asyncio.wrap_future(worker.submit(self._limit, reading, *args, **kwargs))
            is_done = True
            return result
        except (TimeoutError, BrokenProcessPool, MemoryError) as cause:
            raise TooHeavy from cause
        except Exception:
            is_done = True
            raise
        finally:
            # Cancelled or stuck: the process may still be at it, so it goes.
            if not is_done or worker.uses >= self._uses:
                worker.stop()
            self._free.put_nowait(worker)


class _Worker:
    """One process, started when first needed and again after `stop`."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self.uses = 0

    @property
    def patience(self) -> float:
        """Seconds a fresh process gets to start in."""
        return 0 if self.uses else 20

    def submit(self, limit: timedelta, reading: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=_context(), initializer=_prepare)
        self.uses += 1
        return self._pool.submit(_limited, limit.total_seconds(), reading, args, kwargs)

    def stop(self, *, wait: bool = False) -> None:
        pool, self._pool, self.uses = self._pool, None, 0
        if pool is not None:
            for process in list((pool._processes or {}).values()):
                process.kill()
            pool.shutdown(wait=wait, cancel_futures=True)


@lru_cache(maxsize=1)
def _context() -> BaseContext:
    # Workers fork from a server that has the libraries already, so a new one costs
    # milliseconds; and never from this process, whose threads and sockets stay here.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.pages", "ingest.feeds"])
    return context


def _prepare() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # So that the first reading does not pay for loading the model.
    detect("A sentence of no importance.")


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
