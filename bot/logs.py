"""Logs: for a person or for a machine, and without secrets."""

from __future__ import annotations

import logging
import sys
from urllib.parse import urlsplit

import structlog

from bot.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Everything logged goes to standard error in one form."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    logging.basicConfig(level=max(level, logging.WARNING), format="%(levelname)s %(name)s %(message)s")
    # These libraries put addresses into their lines, and ours hold the token.
    for name in ("httpx", "httpcore", "telegram", "aiohttp", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)
    last = structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if settings.log_format == "json" else []),
            _without(settings),
            last,
        ],
    )


def _without(settings: Settings) -> structlog.typing.Processor:
    """Strikes the token and the database password from whatever is logged."""
    token = settings.bot_token.get_secret_value() if settings.bot_token else ""
    password = urlsplit(settings.database_url).password
    secrets = [secret for secret in (token, password) if secret]

    def strike(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {key: _struck(value) for key, value in event.items()}

    def _struck(value: object) -> object:
        text = value if isinstance(value, str) else None
        for secret in secrets:
            if text and secret in text:
                text = text.replace(secret, "…")
        return value if text is None else text

    return strike
