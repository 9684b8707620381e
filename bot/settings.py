"""Settings, from the environment or a `.env` file; every problem is reported at once."""

from __future__ import annotations

import hmac
import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_SHAPE = re.compile(r"[A-Za-z0-9_-]{16,256}")


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
    webhook_url: str | None = Field(
        default=None, description="Where Telegram brings updates, an https:// address; without it they are fetched."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="By which we know Telegram at the webhook; made from the token where it is not set."
    )
    web_host: str = Field(default="127.0.0.1", description="Where the webhook and the health checks are served.")
    web_port: int | None = Field(default=None, ge=1, le=65535, description="Its port; without one nothing is served.")
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
    llm_url: str | None = Field(
        default=None,
        description="A language model that shortens and translates stories: an OpenAI-compatible address with /v1.",
    )
    llm_model: str | None = Field(default=None, description="The model's name there. Needed with `LLM_URL`.")
    llm_key: SecretStr | None = Field(default=None, description="The key for it, where it wants one.")
    llm_daily: int = Field(default=500, ge=1, le=100_000, description="How often it is asked in a day, at most.")
    keep_days: int = Field(default=60, ge=2, le=3650, description="Days that articles are kept; saved ones stay.")
    refresh_minutes: int = Field(
        default=30,
        ge=5,
        le=1440,
        description="Minutes between two looks at a feed; more for one that seldom has something.",
    )
    private_feeds: str = Field(
        default="",
        description="Places on your own network that may be read all the same, such as `192.168.1.5:8080`, by commas.",
    )
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

    @property
    def places(self) -> frozenset[tuple[str, int]]:
        """`private_feeds`, as addresses and ports."""
        return frozenset(_place(part) for part in self.private_feeds.split(",") if part.strip())

    @field_validator("private_feeds")
    @classmethod
    def _places_are_addresses_and_ports(cls, places: str) -> str:
        for part in filter(str.strip, places.split(",")):
            _place(part)
        return places

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

    @field_validator("webhook_url")
    @classmethod
    def _webhook_can_be_reached(cls, url: str | None) -> str | None:
        if not url:
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ValueError("must begin with https://") from None
        is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")  # as the sandbox's is
        if not parts.hostname or not (parts.scheme == "https" or is_here):
            raise ValueError("must begin with https://")
        if parts.path in ("/healthz", "/readyz"):
            raise ValueError("must have another path; a health check has this one")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _secret_is_one_telegram_takes(cls, secret: SecretStr | None) -> SecretStr | None:
        said = secret.get_secret_value() if secret else ""
        if said and not SECRET_SHAPE.fullmatch(said):
            raise ValueError("must be 16 to 256 of the characters A-Z, a-z, 0-9, _ and -")
        return secret if said else None

    @field_validator("llm_url")
    @classmethod
    def _model_has_a_web_address(cls, url: str | None) -> str | None:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return url or None

    @model_validator(mode="after")
    def _model_is_named(self) -> Self:
        if self.llm_url and not self.llm_model:
            raise PydanticCustomError("model", "LLM_MODEL is not set; LLM_URL needs the name of a model")
        return self

    @model_validator(mode="after")
    def _webhook_is_served(self) -> Self:
        if self.webhook_url and self.web_port is None:
            raise PydanticCustomError(
                "port", "WEB_PORT is not set; the webhook is served there, so WEBHOOK_URL needs it"
            )
        return self

    @property
    def token(self) -> str:
        """The bot's token; only where it is known to be set."""
        assert self.bot_token is not None
        return self.bot_token.get_secret_value()

    @property
    def webhook_word(self) -> str:
        """The webhook's secret, the same in every process that has the token."""
        if self.webhook_secret:
            return self.webhook_secret.get_secret_value()
        return hmac.digest(self.token.encode(), b"newsdigest webhook", "sha256").hex()


def _place(part: str) -> tuple[str, int]:
    """`192.168.1.5:8080` or `[fd00::5]:8080`; ValueError for what is neither."""
    host, _, port = part.strip().rpartition(":")
    try:
        address, number = ip_address(host.strip("[]")), int(port)
    except ValueError:
        raise ValueError(f"has “{part.strip()}”; a place is an address and a port, such as 192.168.1.5:8080") from None
    return str(address), number


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
    if not location:
        return message
    name = "_".join(str(part) for part in location).upper()
    return f"{name} {message.removeprefix('Value error, ').replace('Input should', 'should')}"
