"""Places: countries, and cities with a name of their own in several languages, however a line calls them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale

from news.vocabulary import listed

PEOPLES = {
    code: tuple(listed(stems))
    for code, stems in {
        "US": "american amerikan américain amerikaan estadounid estadunid statunitens norteameric",
        "RU": "russ rusl rússi ruso rusa rusos rusas rusia",
        "UA": "ukrain ucran oekraïe oekraien",
        "DE": "german deutsch allemand alemán aleman alemã alemão tedesc duits duitse",
        "FR": "french franz frankreich franç francés frances francia france frans",
        "GB": "brit britán britân",
        "CN": "chin",
        "IL": "israel israël",
        "PS": "palesti palästi",
        "IR": "iran irán irã",
        "IQ": "iraq irak iraqu",
        "IN": "indian indier inder indisch indien indië india indio indiano",
        "PK": "pakist paqu",
        "TR": "turk türk turqu turc turco turca turch turken",
        "JP": "japan japon japón japão giappon",
        "ES": "spain spanish spanier spanisch spanien españ espagn spagn espan spanje spaans",
        "IT": "ital",
        "PL": "poland polish polen polnisch polon polac polsk pools",
        "SY": "syri siri syrië",
        "EU": "europ",
        "AT": "austria austríac autrich österreich oostenrijk",
        "CH": "swiss switzerland schweiz suisse suiz svizzer suíç zwitser",
        "NL": "dutch netherlands niederländ niederlande néerland holand oland nederland países-baj pays-bas",
        "CA": "canad kanad",
        "AU": "austral",
        "MX": "mexic méxic mexik messic",
        "BR": "brazil brasil brési",
        "AR": "argentin",
        "SA": "saudi saoud saudita",
        "EG": "egypt ägypt égypt egipt egizi egitt egito",
        "VE": "venezuel venezol",
        "AF": "afghan afgan afeg",
        "LB": "liban leban líban libano libane",
        "HU": "hungar ungar húngar hongr unghe ungher hongaar",
        "IE": "irish irland ireland irlan iers ierland",
        "GR": "greek greece griech grec griegos griego griega griekse grieken",
        "SE": "swed schwed suéd suec sved zweed zweden",
    }.items()
}
"""Of some peoples how their country, its people and what is theirs begin, in any language."""
ALSO = {
    "US": "USA US U.S. U.S UU EEUU États-Unis Etats-Unis VS EUA",
    "GB": "UK Großbritannien Grossbritannien Britain Royaume-Uni Groot-Brittannië",
    "TR": "Turkey",
    "UN": "UN U.N U.N. ONU UNO VN",
}
PHRASES = {
    "US": (
        "united states",
        "vereinigte staaten",
        "vereinigten staaten",
        "estados unidos",
        "stati uniti",
        "verenigde staten",
    ),
    "GB": (
        "united kingdom",
        "vereinigte königreich",
        "vereinigten königreich",
        "reino unido",
        "regno unito",
        "verenigd koninkrijk",
        "grande-bretagne",
        "gran bretaña",
        "gran bretagna",
        "grã-bretanha",
    ),
}
_WORD = re.compile(r"[^\W\d_]+(?:[-.’'][^\W\d_]+)*\.?")
_GLUED = re.compile(r"^(?:[ldn]|dell|all|nell|dall)'|'s?$")
SMALL = listed("AQ EU CN IN CL CU TD JO GE ML NE NU OM TO PE GU TG")
"""Countries whose names begin other words, or are others' names; by their peoples alone where those are listed."""


CITIES = {
    names.split()[0]: frozenset(names.split())
    for names in (
        "köln cologne colonia keulen colônia",
        "münchen munich múnich munique",
        "genève geneva genf ginebra ginevra genebra",
        "milano milan mailand milán milão milaan",
        "napoli naples neapel nápoles",
        "torino turin turín turim turijn",
        "firenze florence florenz florencia florença",
        "venezia venice venedig venecia venise veneza venetië",
        "antwerpen antwerp amberes anvers anversa antuérpia",
        "den-haag hague haye haya aia haag",
        "hamburg hamburgo hambourg amburgo",
        "sevilla seville siviglia sevilha",
        "nürnberg nuremberg núremberg norimberga nuremberga neurenberg",
        "gaza gaza gazastreifen gazastrook",
        "genova genoa genua génova gênes",
        "beijing peking pekín pékin pechino pequim",
        "kharkiv kharkov charkiw járkov kharkiv charkov járkiv carcóvia charkiv",
        "new-delhi delhi",
        "mecca mekka meca mecque",
        "marseille marsella marsiglia marselha",
        "bayern bavaria baviera bavière beieren",
        "sachsen saxony sajonia saxe sassonia saxónia saksen",
        "california kalifornien californie californië",
        "crimea krim crimée crimeia",
        "bretagne brittany bretaña",
        "toscana tuscany toskana toscane toscane",
        "sicilia sicily sizilien sicile sicilië",
        "cataluña catalonia katalonien catalogne catalogna catalunha catalonië",
        "mediterranean mittelmeer mediterráneo méditerranée mediterraneo mediterrâneo",
        "scotland schottland escocia écosse scozia escócia schotland",
        "england inglaterra angleterre inghilterra engeland",
        "wales gales galles",
        "siberia sibirien sibérie sibéria siberië",
        "africa afrika áfrica afrique",
        "asia asien asie ásia azië",
    )
}
"""Cities and regions that have several names and give no time zone theirs."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places that a line names: codes of countries, zones of cities; and the words that name them."""

    codes: tuple[str, ...]
    """In order, each once."""
    words: frozenset[str]


def places_in(line: str, language: str) -> Places:
    """What places a line of a language names."""
    found: dict[str, str] = {}
    words = [part for word in _WORD.findall(line) for part in (word, *(word.split("-") if "-" in word else ()))]
    low = [_GLUED.sub("", word.casefold().replace("’", "'")).rstrip(".") for word in words]
    for word, bare in zip(words, low, strict=True):
        named = [code for code, stems in PEOPLES.items() if bare.startswith(stems)]
        named += [code for code, names in ALSO.items() if word.rstrip(".") in names.split()]
        named += [code for code, names in CITIES.items() if word[:1].isupper() and bare in names]
        found.update((bare, code) for code in named)
    folded, known = line.casefold(), _names(language)
    for code, phrases in PHRASES.items():
        found |= {word: code for phrase in phrases if phrase in folded for word in phrase.split()}
    for at in range(len(low)):
        for size in (1, 2, 3):
            zone = known.get(" ".join(low[at : at + size]))
            if zone and words[at][:1].isupper():
                found |= dict.fromkeys(low[at : at + size], zone)
    in_order = dict.fromkeys(found[word] for word in sorted(found, key=folded.find))
    return Places(tuple(in_order), frozenset(found))


@cache
def _names(language: str) -> dict[str, str]:
    """Names of countries and of the cities that give time zones theirs, in a language, in lower case."""
    locale = Locale.parse(language)
    names = {
        name.casefold(): code
        for code, name in locale.territories.items()
        if code.isalpha() and len(code) == 2 and code not in PEOPLES and code not in SMALL
    }
    for zone, about in locale.time_zones.items():
        city = about.get("city")
        if city:
            names.setdefault(city.casefold(), str(zone))
    for zone in Locale.parse("de").time_zones:  # a city without a name of its own there is called as its zone
        if zone not in locale.time_zones or not locale.time_zones[zone].get("city"):
            names.setdefault(str(zone).rsplit("/", 1)[-1].replace("_", " ").casefold(), str(zone))
    return names
