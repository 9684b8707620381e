"""Settings, from the environment or a `.env` file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, WrongSettings, read_settings

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_any_setting_the_defaults_hold() -> None:
    settings = read_settings(None)
    assert settings.database_url == "sqlite:///data/news.db"
    assert settings.bot_token is None


def test_a_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text(f"BOT_TOKEN={TOKEN}\nKEEP_DAYS=30\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("KEEP_DAYS", "90")
    settings = read_settings(file, needs_token=True)
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.keep_days == 90
    assert TOKEN not in repr(settings)


@pytest.mark.parametrize("token", ["abc", "123456", "abc:" + "x" * 30, "123456:short", "123456:" + "ä" * 30, ":"])
def test_what_is_no_token_is_said_and_not_repeated(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", token)
    with pytest.raises(WrongSettings) as wrong:
        read_settings(None, needs_token=True)
    assert wrong.value.problems == ["BOT_TOKEN is not a bot token; it looks like 123456:ABC… and comes from @BotFather"]


def test_a_missing_token_is_said_beside_what_else_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IN_FLIGHT", "0")
    with pytest.raises(WrongSettings) as wrong:
        read_settings(None, needs_token=True)
    assert [problem.split()[0] for problem in wrong.value.problems] == ["IN_FLIGHT", "BOT_TOKEN"]


def test_an_address_may_end_in_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_URL", "http://127.0.0.1:8081/")
    assert read_settings(None).telegram_url == "http://127.0.0.1:8081"
