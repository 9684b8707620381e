"""Settings, from the environment or a `.env` file; every problem is reported at once."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set. Names in the environment are in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    bot_token: SecretStr | None = Field(None, description="The bot's token, from @BotFather. Needed by `serve`.")
    database_url: str = Field(
        "sqlite:///data/news.db", description="Where everything is kept: sqlite:///FILE or postgresql://…"
    )
    telegram_url: str = Field("https://api.telegram.org", description="The Bot API server.")
    in_flight: int = Field(4, ge=1, le=64, description="Digests being sent at the same moment, at most.")
    keep_days: int = Field(60, ge=2, le=3650, description="Days that articles are kept; saved ones stay.")
    refresh_minutes: int = Field(30, ge=5, le=1440, description="Minutes between two looks at a feed.")
    seeds: Literal["all", "feeds", "none"] = Field(
        "all", description="What an empty database starts with: feeds and sample articles, feeds alone, or nothing."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_format: Literal["human", "json"] = Field("human", description="How it is logged.")

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


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The settings; WrongSettings with a line for each that cannot be used."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as wrong:
        raise WrongSettings([_line(problem["loc"], problem["msg"]) for problem in wrong.errors()]) from None


def _line(location: tuple[int | str, ...], message: str) -> str:
    name = "_".join(str(part) for part in location).upper() or "SETTINGS"
    return f"{name} {message.removeprefix('Value error, ').replace('Input should', 'should')}"
