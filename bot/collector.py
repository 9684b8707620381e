"""What a process that serves does with memory it no longer needs."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

OFTEN = (20_000, 20, 20)
"""Things made before the young, the middle and the old ones are looked through; Python's own are 700, 10 and 10."""
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Of the GNU C library: above how many bytes a piece goes back to the system at once, and how many heaps there are."""


def calm() -> None:
    """For a process that serves, once it is loaded: what is there by now is never looked through.

    Python's search for garbage in circles took a twelfth of composing's time and found next to none. And the C library
    would keep what large answers took, in a heap for each thread.
    """
    gc.freeze()
    gc.set_threshold(*OFTEN)
    give_back()


def give_back() -> None:
    """Has large pieces of memory given back as soon as they are free, where the C library is GNU's."""
    with suppress(AttributeError, OSError, TypeError):
        choose = ctypes.CDLL(None).mallopt
        choose(M_MMAP_THRESHOLD, 256 * 1024)
        choose(M_ARENA_MAX, 1)


def trim() -> None:
    """Gives back what lies free between things in use: some milliseconds, after work that took much."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
