"""Settings, from the environment or a `.env` file; every problem is reported at once."""

from __future__ import annotations

import hmac
import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.envfile import NotText, names_in, slips_in

SECRET_SHAPE = re.compile(r"[A-Za-z0-9_-]{16,256}")
SHORTEST_WORD = 16
SAID = {
    "int_parsing": "should be a whole number",
    "int_parsing_size": "should be a whole number",
    "bool_parsing": "should be true or false",
    "greater_than_equal": "should be {ge} or more",
    "less_than_equal": "should be {le} or less",
    "literal_error": "should be {expected}",
}
"""What is wrong with a value, by the kind that pydantic gives it."""


class Settings(BaseSettings):
    """What an operator can set. Names in the environment are in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

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
    web_host: str = Field(
        default="127.0.0.1",
        description="Where the webhook, the health checks, the metrics and the operator's page are served.",
    )
    web_port: int | None = Field(default=None, ge=1, le=65535, description="Its port; without one nothing is served.")
    metrics: bool = Field(
        default=False, description="`/metrics` for Prometheus at the same address, for whoever can reach it."
    )
    operator_token: SecretStr | None = Field(
        default=None,
        description="A word of 16 characters or more that opens `/operator`; without it there is no such page.",
    )
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

    @field_validator("*", mode="before")
    @classmethod
    def _spaces_and_quotes_around_it_mean_nothing(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        bare = value.strip()
        # Not every reader of a .env file takes them off: Docker's --env-file hands them on.
        if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
            bare = bare[1:-1].strip()
        return bare or cls.model_fields[str(info.field_name)].default

    @field_validator("log_level", "log_format", "seeds", mode="before")
    @classmethod
    def _words_in_any_case(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        return value.upper() if info.field_name == "log_level" else value.lower()

    @field_validator("private_feeds")
    @classmethod
    def _places_are_addresses_and_ports(cls, places: str) -> str:
        for part in filter(str.strip, places.split(",")):
            _place(part)
        return places

    @field_validator("bot_token")
    @classmethod
    def _token_has_a_tokens_shape(cls, token: SecretStr | None) -> SecretStr | None:
        if token:
            number, colon, rest = token.get_secret_value().partition(":")
            if not (colon and number.isdigit() and len(rest) >= 20 and rest.isascii() and rest.isprintable()):
                raise ValueError("is not a bot token; it looks like 123456:ABC… and comes from @BotFather")
        return token

    @field_validator("database_url")
    @classmethod
    def _database_is_one_we_speak(cls, url: str) -> str:
        if not url.startswith(("sqlite://", "postgresql://", "postgres://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url

    @field_validator("telegram_url")
    @classmethod
    def _server_is_a_web_address(cls, url: str) -> str:
        if _address(url) is None:
            raise ValueError("must be an address that begins with https://")
        return url.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _webhook_can_be_reached(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = _address(url)
        is_here = parts and parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")  # as the sandbox's
        if parts is None or not (parts.scheme == "https" or is_here):
            raise ValueError("must be an address that begins with https://")
        if parts.path in ("/healthz", "/readyz", "/metrics", "/operator"):
            raise ValueError("must have another path; this one is ours")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _secret_is_one_telegram_takes(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not SECRET_SHAPE.fullmatch(secret.get_secret_value()):
            raise ValueError("must be 16 to 256 of the characters A-Z, a-z, 0-9, _ and -")
        return secret

    @field_validator("operator_token")
    @classmethod
    def _word_is_long_enough(cls, word: SecretStr | None) -> SecretStr | None:
        if word and len(word.get_secret_value()) < SHORTEST_WORD:
            raise ValueError(f"must be {SHORTEST_WORD} characters or more, such as `openssl rand -hex 16` makes")
        return word

    @field_validator("llm_url")
    @classmethod
    def _model_has_a_web_address(cls, url: str | None) -> str | None:
        if url and _address(url) is None:
            raise ValueError("must be an address that begins with https:// or http://")
        return url

    @model_validator(mode="after")
    def _each_has_what_it_needs(self) -> Self:
        lacking = []
        if self.llm_url and not self.llm_model:
            lacking.append("LLM_MODEL is not set; LLM_URL needs the name of a model")
        served = {
            "the webhook is served there, so WEBHOOK_URL needs it": self.webhook_url,
            "METRICS are served there": self.metrics,
            "the page that OPERATOR_TOKEN opens is served there": self.operator_token,
        }
        if self.web_port is None:
            lacking += [f"WEB_PORT is not set; {why}" for why, is_asked in served.items() if is_asked]
        if lacking:
            raise PydanticCustomError("lacking", "\n".join(lacking))
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
        if not 0 < number < 65536:
            raise ValueError(number)
    except ValueError:
        raise ValueError(f"has “{part.strip()}”; a place is an address and a port, such as 192.168.1.5:8080") from None
    return str(address), number


def _address(url: str) -> SplitResult | None:
    """The parts of a web address; None for what is none."""
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if is_one else None


class WrongSettings(Exception):
    """Some settings cannot be used."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_settings(env_file: Path | None = Path(".env"), *, needs_token: bool = False) -> Settings:
    """The settings; WrongSettings with a line for each that cannot be used."""
    names, problems = _looked_into(env_file) if env_file else (set(), [])
    settings = None
    try:
        settings = Settings(_env_file=env_file if names else None)
    except ValidationError as wrong:
        problems += [line for each in wrong.errors() for line in _line(each).split("\n")]
    # A wrong one is not called missing too.
    if needs_token and "BOT_TOKEN" not in names and not os.environ.get("BOT_TOKEN"):
        problems.append("BOT_TOKEN is not set; get one from @BotFather and put it into the environment or into .env")
    if problems or settings is None:
        raise WrongSettings(problems)
    return settings


def _looked_into(env_file: Path) -> tuple[set[str], list[str]]:
    """The names that the file sets, in capitals, and what in it sets nothing."""
    try:
        names = {name.upper() for name in names_in(env_file)}
        return names, slips_in(env_file, [name.upper() for name in Settings.model_fields])
    except NotText as problem:
        return set(), [str(problem)]


def _line(problem: Any) -> str:
    """One of pydantic's problems in our words; `value_error` holds ours already."""
    told = SAID[problem["type"]].format(**problem.get("ctx", {})) if problem["type"] in SAID else problem["msg"]
    if not problem["loc"]:
        return told
    name = "_".join(map(str, problem["loc"])).upper()
    return f"{name} {told}".replace(" Value error,", "").replace("'", "")
