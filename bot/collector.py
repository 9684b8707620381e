"""Python's search for garbage in circles, seldom made: it took a twelfth of composing's time and found next to none."""

from __future__ import annotations

import gc

OFTEN = (20_000, 20, 20)
"""Things made before the young, the middle and the old ones are looked through; Python's own are 700, 10 and 10."""


def calm() -> None:
    """For a process that serves, once it is loaded: what is there by now is never looked through."""
    gc.freeze()
    gc.set_threshold(*OFTEN)
