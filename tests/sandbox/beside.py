"""A sandbox inside the test's own process, with a clock the test moves: for the rules, without the transport."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sandbox.answers import Refused
from sandbox.methods import called
from sandbox.params import Params, Upload
from sandbox.state import Sandbox, Settings, opened


@dataclass(slots=True)
class Beside:
    """The sandbox, its clock (seconds), and methods called as if over the wire."""

    sandbox: Sandbox
    times: list[float]

    def tick(self, seconds: float) -> None:
        self.times[0] += seconds

    async def call(self, method: str, files: dict[str, Upload] | None = None, **params: Any) -> Any:
        """The result of a method; raises Refused."""
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
        return (await called(self.sandbox, method, Params(texts, files or {}))).result

    async def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        """Code and description of a method that must be refused."""
        try:
            result = await self.call(method, **params)
        except Refused as refused:
            return refused.code, refused.description
        raise AssertionError(f"accepted: {result}")


@contextmanager
def beside(folder: Path, **settings: Any) -> Iterator[Beside]:
    times = [1_790_000_000.0]
    chosen = Settings("7:abc", folder / "ledger.jsonl", clock=lambda: times[0], hold=0.0, seed=1)
    sandbox = opened(replace(chosen, **settings))
    try:
        yield Beside(sandbox, times)
    finally:
        sandbox.ledger.close()
