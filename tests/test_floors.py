"""The rooms' borders: who may import whom, and which room alone speaks to the outside."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BELOW = {
    "bot": {"jobs", "storage", "ingest", "news", "seeds"},
    "jobs": {"storage", "ingest", "news"},
    "storage": {"news"},
    "ingest": {"news"},
    "news": set(),
    "sandbox": set(),
    "seeds": set(),
}
ONLY_IN = {
    "telegram": {"bot"},
    "apscheduler": {"bot"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "asyncpg": {"storage"},
    "pgqueuer": {"storage"},
    "aiohttp": {"bot", "ingest", "sandbox"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def violations(root: Path) -> list[str]:
    found = []
    for room, floors in BELOW.items():
        for path in sorted((root / room).rglob("*.py")):
            for name in imports(path):
                above = name in BELOW and name != room and name not in floors
                if above or room not in ONLY_IN.get(name, {room}):
                    found.append(f"{path.relative_to(root)} imports {name}")
    return found


def test_every_room_imports_only_the_floors_below_it() -> None:
    assert violations(ROOT) == []


def test_a_planted_violation_is_found(tmp_path: Path) -> None:
    for room in BELOW:
        (tmp_path / room).mkdir()
    (tmp_path / "news" / "clock.py").write_text("import sqlalchemy\nfrom storage import Storage\n")
    (tmp_path / "storage" / "peek.py").write_text("import ingest.door\n")
    assert violations(tmp_path) == [
        "storage/peek.py imports ingest",
        "news/clock.py imports sqlalchemy",
        "news/clock.py imports storage",
    ]
