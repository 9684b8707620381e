"""Settings, from the environment or a `.env` file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SECRET_SHAPE, Settings, WrongSettings, read_settings

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


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WEBHOOK_URL", "http://example.org/hook", "WEBHOOK_URL must be an address that begins with https://"),
        ("WEBHOOK_URL", "https:///hook", "WEBHOOK_URL must be an address that begins with https://"),
        ("WEBHOOK_URL", "https://[x/hook", "WEBHOOK_URL must be an address that begins with https://"),
        (
            "WEBHOOK_URL",
            "https://example.org/healthz",
            "WEBHOOK_URL must have another path; this one is ours",
        ),
        ("WEBHOOK_SECRET", "short", "WEBHOOK_SECRET must be 16 to 256 of the characters A-Z, a-z, 0-9, _ and -"),
        ("WEB_PORT", "0", "WEB_PORT should be 1 or more"),
    ],
)
def test_a_webhook_that_cannot_be_is_said(name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("WEB_PORT", value if name == "WEB_PORT" else "8080")
    with pytest.raises(WrongSettings) as wrong:
        read_settings(None)
    assert wrong.value.problems == [said]


def test_a_webhook_needs_a_port_to_be_served_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_URL", "https://example.org/hook")
    with pytest.raises(WrongSettings) as wrong:
        read_settings(None)
    assert wrong.value.problems == ["WEB_PORT is not set; the webhook is served there, so WEBHOOK_URL needs it"]


def test_metrics_and_the_operators_page_need_a_port_and_a_path_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS", "true")
    with pytest.raises(WrongSettings) as wrong:
        read_settings(None)
    monkeypatch.setenv("WEB_PORT", "8080")
    monkeypatch.setenv("WEBHOOK_URL", "https://example.org/metrics")
    with pytest.raises(WrongSettings) as wrong_too:
        read_settings(None)
    monkeypatch.delenv("METRICS")
    monkeypatch.delenv("WEB_PORT")
    monkeypatch.delenv("WEBHOOK_URL")
    monkeypatch.setenv("OPERATOR_TOKEN", "sixteen-or-more-")
    with pytest.raises(WrongSettings) as wrong_again:
        read_settings(None)
    assert wrong.value.problems == ["WEB_PORT is not set; METRICS are served there"]
    assert wrong_again.value.problems == ["WEB_PORT is not set; the page that OPERATOR_TOKEN opens is served there"]
    assert wrong_too.value.problems == ["WEBHOOK_URL must have another path; this one is ours"]


def test_all_that_is_needed_and_not_set_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEB_PORT", "LLM_MODEL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"METRICS": "true", "OPERATOR_TOKEN": "x" * 16, "LLM_URL": "http://model.example/v1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings) as wrong:
        read_settings(None)

    assert [line.split()[0] for line in wrong.value.problems] == ["LLM_MODEL", "WEB_PORT", "WEB_PORT"]


def test_a_webhooks_secret_is_made_from_the_token_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    made, made_again = read_settings(None).webhook_word, read_settings(None).webhook_word
    monkeypatch.setenv("BOT_TOKEN", TOKEN + "x")
    of_another = read_settings(None).webhook_word
    monkeypatch.setenv("WEBHOOK_SECRET", "one-of-the-operators-own")
    assert made == made_again != of_another
    assert SECRET_SHAPE.fullmatch(made)
    assert read_settings(None).webhook_word == "one-of-the-operators-own"
    assert "operators" not in repr(read_settings(None))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("KEEP_DAYS", "sixty", "should be a whole number"),
        ("OPERATOR_TOKEN", "too short", "must be 16 characters or more, such as `openssl rand -hex 16` makes"),
        ("KEEP_DAYS", "9" * 6000, "should be a whole number"),
        ("KEEP_DAYS", "9999", "should be 3650 or less"),
        ("PAID_BROADCASTS", "maybe", "should be true or false"),
        ("SEEDS", "some", "should be all, feeds or none"),
        ("TELEGRAM_URL", "https://", "must be an address that begins with https://"),
        ("LLM_URL", "http://:8080/v1", "must be an address that begins with https:// or http://"),
        (
            "PRIVATE_FEEDS",
            "192.168.1.5:99999",
            "has “192.168.1.5:99999”; a place is an address and a port, such as 192.168.1.5:8080",
        ),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings) as wrong:
        read_settings(None)
    assert wrong.value.problems == [f"{name} {said}"]


def test_what_is_left_empty_is_not_set_and_case_and_spaces_around_mean_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOT_TOKEN", "DATABASE_URL", "WEB_PORT", "WEBHOOK_SECRET", "KEEP_DAYS", "PAID_BROADCASTS"):
        monkeypatch.setenv(name, "")
    assert read_settings(None) == Settings(_env_file=None)
    monkeypatch.setenv("BOT_TOKEN", f" {TOKEN} ")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("SEEDS", "None")
    settings = read_settings(None)
    assert (settings.token, settings.log_level, settings.seeds) == (TOKEN, "DEBUG", "none")


def test_quotes_that_a_container_is_handed_are_not_part_of_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", f'"{TOKEN}"')
    monkeypatch.setenv("LOG_LEVEL", "'debug'")
    monkeypatch.setenv("LLM_URL", '""')
    settings = read_settings(None)
    assert (settings.token, settings.log_level, settings.llm_url) == (TOKEN, "DEBUG", None)


def test_a_slip_in_the_file_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("KEEP_DAYS=30\nKEEP_DAY=30\nKEEP_DAYS 30\nPOSTGRES_PASSWORD=x\nWEB_PORT=door\n")
    with pytest.raises(WrongSettings) as wrong:
        read_settings(file)
    assert wrong.value.problems == [
        f"{file}, line 2: there is no setting KEEP_DAY; is KEEP_DAYS meant?",
        f"{file}, line 3: this sets nothing; write NAME=value",
        "WEB_PORT should be a whole number",
    ]


def test_a_file_that_is_no_text_is_said_in_a_line(tmp_path: Path) -> None:
    file, folder = tmp_path / "utf-16.env", tmp_path / "folder.env"
    file.write_text("KEEP_DAYS=30\n", encoding="utf-16")
    folder.mkdir()
    for wrong_file, said in ((file, "is not text in UTF-8; save it in that encoding"), (folder, "cannot be read: ")):
        with pytest.raises(WrongSettings) as wrong:
            read_settings(wrong_file)
        assert [problem.startswith(f"{wrong_file} {said}") for problem in wrong.value.problems] == [True]
