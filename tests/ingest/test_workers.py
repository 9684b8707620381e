"""Workers: nothing a stranger made stops or fills the process that asked for it."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest import tolerant
from ingest.answers import NotAFeed, TooHeavy
from ingest.workers import BESIDE, QUICK, Workers

ALONE = """
import asyncio, os
from ingest.workers import Workers

async def main():
    async with Workers(1) as workers:
        print(await workers.run(os.getpid), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
TELLING = """
import asyncio, os
from ingest.workers import Workers

print("imported", flush=True)

async def main():
    async with Workers(1) as workers:
        await workers.run(os.getpid)

if __name__ == "__main__":
    asyncio.run(main())
"""
FIXTURES = Path(__file__).parent / "fixtures"


def which_process() -> int:
    return os.getpid()


def never_ends() -> None:
    while True:
        pass


def waits_forever() -> None:
    time.sleep(3600)


def takes_all_memory() -> int:
    return len(bytes(10**10))


def takes_long(until: str) -> int:
    begun = time.process_time()  # it is looked at every so often: two looks at least find it at work
    while time.process_time() - begun < 3 * QUICK.total_seconds():
        pass
    while not Path(until).exists():
        time.sleep(0.01)
    return os.getpid()


@pytest.fixture(scope="module")
async def workers() -> AsyncIterator[Workers]:
    async with Workers(1, limit=timedelta(seconds=3), uses=100) as made:
        yield made


async def test_feeds_and_pages_are_read_in_another_process(workers: Workers) -> None:
    feed = await workers.read_feed((FIXTURES / "json-feed.json").read_bytes(), url=None)
    page = await workers.read_page((FIXTURES / "article-page.html").read_bytes(), "https://harbour.example/")
    found = await workers.find_feeds((FIXTURES / "login-page.html").read_bytes(), "https://harbour.example/")

    assert (feed.title, page.headline) == ("Harbour News", "Harbour Opens Again")
    assert found == ("https://harbour.example/feed.xml",)
    assert await workers.run(which_process) != os.getpid()


async def test_a_named_answer_comes_through_as_it_is_and_keeps_the_worker(workers: Workers) -> None:
    before = await workers.run(which_process)

    with pytest.raises(NotAFeed):
        await workers.read_feed(b"hello", url=None)

    assert await workers.run(which_process) == before


@pytest.mark.parametrize("heavy", [never_ends, waits_forever, takes_all_memory])
async def test_a_reading_that_takes_too_much_is_ended_and_the_next_goes_on(workers: Workers, heavy: type) -> None:
    before = await workers.run(which_process)

    with pytest.raises(TooHeavy, match="far more work"):
        await workers.run(heavy)

    assert await workers.run(which_process) != before


async def test_a_worker_is_replaced_after_some_use() -> None:
    async with Workers(1, uses=1) as workers:
        assert await workers.run(which_process) != await workers.run(which_process)


async def test_what_takes_long_while_others_do_is_read_behind_them_all_the_same(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with Workers(1, limit=timedelta(seconds=60)) as workers:
        beside = [asyncio.create_task(workers.run(takes_long, str(go))) for _ in range(BESIDE)]
        behind = await asyncio.create_task(workers.run(takes_long, str(tmp_path)))
        quick = await workers.run(which_process)
        go.touch()

        assert len({*await asyncio.gather(*beside), behind, quick}) == BESIDE + 2


async def test_what_a_library_prints_as_it_dies_is_printed_nowhere(workers: Workers) -> None:
    printed = await workers.run(os.fstat, 2)

    assert printed.st_rdev == os.stat(os.devnull).st_rdev


async def test_a_feed_made_to_be_slow_is_put_aside(workers: Workers) -> None:
    slow = f"<rss><channel><item><author>{'a' * 59_000}</author></item></channel></rss>"

    with pytest.raises(TooHeavy):
        await workers.run(tolerant.parse, slow.encode(), None, None)


async def test_a_worker_ends_when_the_process_that_started_it_is_killed() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", ALONE, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    worker = int(await parent.stdout.readline())

    parent.kill()
    await parent.wait()

    async with asyncio.timeout(20):
        while is_alive(worker):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_worker_imports_nothing_of_the_program_that_started_it(tmp_path: Path) -> None:
    (program := tmp_path / "program.py").write_text(TELLING)
    command = sys.executable, str(program)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}

    started = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)
    said, _ = await started.communicate()

    assert (said, started.returncode) == (b"imported\n", 0)


def is_alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
