"""Walls are known for walls, and articles about them for articles."""

from __future__ import annotations

import json

import pytest

from ingest.answers import AsksConsent, NoText, Paywalled
from ingest.pages import read_page

URL = "https://harbour.example/barges"
OPENING = (
    "Two barges came into the harbour on Friday morning after nine days at sea, the harbour master said.",
    "They carry four thousand tonnes of salt for the roads of the province, which had run out of it in October.",
    "A third barge is expected on Sunday, unless the wind turns to the north again as forecasters expect.",
)
WHOLE = tuple(f"{sentence} This is paragraph {n} of the whole report." for n in range(6) for sentence in OPENING)


def a_page(*paragraphs: str, below: str = "", data: object = None, head: str = "", title: str = "Two barges") -> bytes:
    told = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data else ""
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}{told}</head><body><main><article><h1>{title}</h1>"
        f"{text}</article><div class=box><p>{below}</p></div></main></body></html>"
    ).encode()


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "NewsArticle", "isAccessibleForFree": False},
        {"@type": "NewsArticle", "isAccessibleForFree": "False"},
        [{"@type": "WebSite"}, {"@graph": [{"@type": "Article", "isAccessibleForFree": "http://schema.org/False"}]}],
        {"@type": "NewsArticle", "hasPart": [{"isAccessibleForFree": False, "cssSelector": ".locked"}]},
    ],
)
def test_a_page_that_calls_itself_locked_and_shows_little_is_no_article(data: object) -> None:
    with pytest.raises(Paywalled, match="for the site's subscribers"):
        read_page(a_page(*OPENING, data=data), URL)


@pytest.mark.parametrize(
    "below",
    [
        "Subscribe to continue reading",
        "This article is for subscribers only.",
        "Already a subscriber? Log in",
        "Sie haben bereits ein Abo? Dann melden Sie sich an.",
        "Dieser Text ist exklusiv für Abonnentinnen und Abonnenten.",
        "Il vous reste 82 % de cet article à lire. La suite est réservée aux abonnés.",
        "Contenido exclusivo para suscriptores",
        "Suscríbete para seguir leyendo",
        "Articolo riservato agli abbonati",
        "Conteúdo exclusivo para assinantes",
        "Alleen voor abonnees",
        "Материал доступен только для подписчиков",
        "Tekst dostępny tylko dla prenumeratorów",
        "Artikkelen er kun for abonnenter",
        "この記事は会員限定です。残り 1200文字",
        "订阅后继续阅读",
    ],
)
def test_a_short_text_above_a_call_to_subscribe_is_no_article(below: str) -> None:
    with pytest.raises(Paywalled):
        read_page(a_page(*OPENING, below=below), URL)


@pytest.mark.parametrize(
    "wall",
    [
        ("We and our 842 partners store and/or access information on a device, such as cookies.",
         "You can accept all or manage options, and withdraw your consent at any time by the link in the footer."),
        ("Wir und unsere 150 Partner speichern Informationen auf einem Gerät und greifen darauf zu.",
         "Mit „Alle akzeptieren“ stimmen Sie personalisierter Werbung zu; Ihre Einwilligung widerrufen Sie jederzeit."),
        ("Nous et nos 90 partenaires stockons des informations sur votre terminal, comme les cookies.",
         "Vous pouvez tout accepter ou continuer sans accepter, et retirer votre consentement quand vous le voulez."),
        ("Nosotros y nuestros socios almacenamos información en un dispositivo para mostrar anuncios personalizados.",
         "Puede aceptar todo o rechazar todo, y cambiar de opinión más tarde desde el pie de la página."),
    ],
)  # fmt: skip
def test_a_question_about_cookies_is_no_article(wall: tuple[str, ...]) -> None:
    with pytest.raises(AsksConsent, match="about cookies"):
        read_page(a_page(*wall, "Your choice counts for this site and all others of the group.", title="Privacy"), URL)


def test_a_page_that_a_consent_host_answers_with_is_no_article_however_long() -> None:
    with pytest.raises(AsksConsent):
        read_page(a_page(*WHOLE), "https://consent.harbour.example/collect?sessionId=1")


@pytest.mark.parametrize(
    "page",
    [
        a_page(*WHOLE, data={"isAccessibleForFree": False}),
        a_page(*WHOLE, below="Subscribe to continue reading"),
        a_page(*OPENING, data={"isAccessibleForFree": True}),
        a_page(*OPENING, below="Subscribe to our newsletter. We use cookies."),
        a_page(*OPENING, "The new law lets a site say that it uses cookies only after it asked."),
    ],
    ids=["whole though called locked", "whole though wanted subscribed", "free", "a cookie bar", "about cookies"],
)
def test_an_article_stays_one_whatever_stands_around_it(page: bytes) -> None:
    assert OPENING[0] in read_page(page, URL).text


def test_a_wall_is_a_page_without_text_to_whoever_asks_no_further() -> None:
    assert issubclass(Paywalled, NoText)
    assert issubclass(AsksConsent, NoText)


def test_a_page_whose_base_is_no_address_is_read_all_the_same() -> None:
    assert OPENING[0] in read_page(a_page(*WHOLE, head='<base href="http://[x">'), URL).text
