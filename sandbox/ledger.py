"""The append-only account of every message the sandbox accepted: what tests count by."""

import json
from pathlib import Path
from typing import Any


class Ledger:
    """One JSON object per line, in the file before the bot gets its reply; a file from before is carried on."""

    def __init__(self, path: Path) -> None:
        self.entries: list[dict[str, Any]] = []
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                self.entries = [json.loads(line) for line in lines if line.endswith("\n")]
        self._file = path.open("a", encoding="utf-8")

    def write(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._file.flush()
        self.entries.append(entry)

    def close(self) -> None:
        self._file.close()
