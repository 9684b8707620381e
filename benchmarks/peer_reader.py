"""The Python library `reader` updating the feeds of `benchmarks.refresh`, in a Python of its own: `… ADDRESS COUNT`.

Needs nothing but the library; prints the seconds and the seconds of processor of each turn, as JSON.
"""

import json
import resource
import sys
import tempfile
import time
from urllib.request import urlopen

from reader import make_reader  # type: ignore[import-not-found]

WORKERS = 8


def spent() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def main(site: str, count: int, turns: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        library, told = make_reader(f"{folder}/reader.sqlite"), []
        for number in range(count):
            library.add_feed(f"{site}/{number}")
        for turn in turns:
            urlopen(f"{site}/turn/{turn}").read()  # loopback
            before, begun = spent(), time.perf_counter()
            library.update_feeds(scheduled=False, workers=WORKERS)
            told.append((time.perf_counter() - begun, spent() - before))
        print(json.dumps({"turns": told, "entries": library.get_entry_counts().total}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3].split(","))
