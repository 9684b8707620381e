"""Logs: for a person or for a machine, and without secrets."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import structlog

from bot.settings import Settings

Strike = Callable[[str], str]


def set_up_logs(settings: Settings) -> None:
    """Everything logged goes to standard error in one form."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    strike = striking(settings)
    theirs = logging.StreamHandler(sys.stderr)
    theirs.setFormatter(_Struck(strike))
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[theirs], force=True)
    # These libraries put addresses into their lines, and ours hold the token.
    for name in ("httpx", "httpcore", "telegram", "aiohttp", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)
    # Connections to a database that went away cannot be closed well, which is no news.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL + 1)
    # It tells each of its tries to reach a database that is away; we tell of it once.
    logging.getLogger("pgqueuer").setLevel(logging.CRITICAL + 1)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _line(settings, strike),
        ],
    )


def striking(settings: Settings) -> Strike:
    """What takes the tokens, the webhook's secret, the model's key and the database password out of a line."""
    token, word = (settings.token, settings.webhook_word) if settings.bot_token else ("", "")
    password = urlsplit(settings.database_url).password or ""
    key = settings.llm_key.get_secret_value() if settings.llm_key else ""
    page = settings.operator_token.get_secret_value() if settings.operator_token else ""
    secrets = sorted(filter(None, {token, word, key, page, password, unquote(password)}), key=len, reverse=True)

    def strike(line: str) -> str:
        for secret in secrets:
            line = line.replace(secret, "…")
        return line

    return strike


def _line(settings: Settings, strike: Strike) -> structlog.typing.Processor:
    """The last step: the whole line as it will be read, struck. What strikes earlier misses what is nested."""
    plain = structlog.dev.plain_traceback  # A prettier one shows the values of variables.
    form: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty() and "NO_COLOR" not in os.environ, exception_formatter=plain
    )
    if settings.log_format == "json":
        form = structlog.processors.JSONRenderer(default=repr, ensure_ascii=False)

    def line(logger: object, method: str, event: structlog.typing.EventDict) -> str:
        if settings.log_format == "json":
            event = structlog.processors.format_exc_info(logger, method, event)
        return strike(str(form(logger, method, event)))

    return line


class _Struck(logging.Formatter):
    """The lines of libraries."""

    def __init__(self, strike: Strike) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")
        self._strike = strike

    def format(self, record: logging.LogRecord) -> str:
        return self._strike(super().format(record))
