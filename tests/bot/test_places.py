"""Cities and time zones, as people type them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.places import likely_zone, zone_at, zone_named


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Lisbon", "Europe/Lisbon"),
        ("  lisboa ", "Europe/Lisbon"),
        ("Лиссабон", "Europe/Lisbon"),
        ("東京", "Asia/Tokyo"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("new york", "America/New_York"),
        ("New  York", "America/New_York"),
        ("Paris", "Europe/Paris"),
        ("Paris, US", "America/Chicago"),
        ("London", "Europe/London"),
        ("Weimar, Germany", "Europe/Berlin"),
        ("Cambridge, UK", "Europe/London"),
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("europe/lisbon", "Europe/Lisbon"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        ("Asia/Kathmandu", "Asia/Kathmandu"),
    ],
)
def test_a_place_is_known_however_it_is_typed(text: str, zone: str) -> None:
    assert zone_named(text) == zone


@pytest.mark.parametrize(
    "text", ["", " ", "Atlantis", "localtime", "Factory", "../etc/passwd", "😀", "x" * 5000, "/", "\x00"]
)
def test_what_is_no_place_is_not_known(text: str) -> None:
    assert zone_named(text) is None


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ((38.72, -9.14), "Europe/Lisbon"),
        ((40.71, -74.0), "America/New_York"),
        ((0.0, -140.0), "Etc/GMT+9"),
        ((91.0, 0.0), None),
        ((0.0, 181.0), None),
        ((float("nan"), 0.0), None),
    ],
)
def test_a_place_on_the_globe_has_a_zone(place: tuple[float, float], zone: str | None) -> None:
    assert zone_at(*place) == zone


@pytest.mark.parametrize(
    ("language", "zone"),
    [
        ("de", "Europe/Berlin"),
        ("de-AT", "Europe/Vienna"),
        ("pt-br", "America/Sao_Paulo"),
        ("zh-hans", "Asia/Shanghai"),
        ("ja", "Asia/Tokyo"),
        ("tlh", "UTC"),
        ("", "America/New_York"),
        (None, "America/New_York"),
        ("!!", "UTC"),
        ("x" * 50, "UTC"),
    ],
)
def test_a_language_gives_a_guess_that_is_a_zone(language: str | None, zone: str) -> None:
    assert likely_zone(language) == zone
    assert ZoneInfo(likely_zone(language))
