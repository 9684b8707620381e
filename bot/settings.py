"""Settings, from the environment or a `.env` file; every problem is reported at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set. Names in the environment are in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    bot_token: SecretStr | None = Field(
        default=None, description="The bot's token, from @BotFather. Needed by `serve`."
    )
    database_url: str = Field(
        default="sqlite:///data/news.db", description="Where everything is kept: sqlite:///FILE or postgresql://…"
    )
    telegram_url: str = Field(default="https://api.telegram.org", description="The Bot API server.")
    in_flight: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="Digests being sent at the same moment, at most: 4, or 128 with `PAID_BROADCASTS`.",
    )
    paid_broadcasts: bool = Field(
        default=False,
        description="Digests are paid for in Telegram Stars, and up to 1,000 a second are sent instead of 30.",
    )
    keep_days: int = Field(default=60, ge=2, le=3650, description="Days that articles are kept; saved ones stay.")
    refresh_minutes: int = Field(default=30, ge=5, le=1440, description="Minutes between two looks at a feed.")
    seeds: Literal["all", "feeds", "none"] = Field(
        default="all",
        description="What an empty database starts with: feeds and sample articles, feeds alone, or nothing.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged.")
    log_format: Literal["human", "json"] = Field(default="human", description="How it is logged.")

    @property
    def most_in_flight(self) -> int:
        """`in_flight`, or what the limits that apply call for."""
        return self.in_flight or (128 if self.paid_broadcasts else 4)

    @field_validator("bot_token")
    @classmethod
    def _token_has_a_tokens_shape(cls, token: SecretStr | None) -> SecretStr | None:
        secret = token.get_secret_value() if token else ""
        number, colon, rest = secret.partition(":")
        if secret and not (colon and number.isdigit() and len(rest) >= 20 and rest.isascii()):
            raise ValueError("is not a bot token; it looks like 123456:ABC… and comes from @BotFather")
        return token if secret else None

    @field_validator("database_url")
    @classmethod
    def _database_is_one_we_speak(cls, url: str) -> str:
        if not url.startswith(("sqlite://", "postgresql://", "postgres://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("telegram_url")
    @classmethod
    def _server_is_a_web_address(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https://")
        return url.rstrip("/")


class WrongSettings(Exception):
    """Some settings cannot be used."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_settings(env_file: Path | None = Path(".env"), *, needs_token: bool = False) -> Settings:
    """The settings; WrongSettings with a line for each that cannot be used."""
    problems = []
    try:
        settings = Settings(_env_file=env_file)
        if settings.bot_token or not needs_token:
            return settings
    except ValidationError as wrong:
        problems = [_line(problem["loc"], problem["msg"]) for problem in wrong.errors()]
    if needs_token and not _names_token(env_file):
        problems.append("BOT_TOKEN is not set; get one from @BotFather and put it into the environment or into .env")
    raise WrongSettings(problems)


def _names_token(env_file: Path | None) -> bool:
    """Whether a token is given at all, so that a wrong one is not called missing too."""
    if os.environ.get("BOT_TOKEN"):
        return True
    return bool(env_file and env_file.exists() and dotenv_values(env_file).get("BOT_TOKEN"))


def _line(location: tuple[int | str, ...], message: str) -> str:
    name = "_".join(str(part) for part in location).upper() or "SETTINGS"
    return f"{name} {message.removeprefix('Value error, ').replace('Input should', 'should')}"
