"""Walls: pages that ask for a subscription, consent or a proof where an article should be; and those of nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ingest.answers import AsksConsent, Paywalled
from ingest.heads import Head
from ingest.markup import plain

SHORT = 1_500
"""Characters, one of a dense script counted three times: a longer text is an article, whatever stands around it."""
MAX_MARKUP, MOST_SHOWN = 2_000_000, 100_000
DENSE = re.compile("[\u2e80-\ud7ff]")
FALSE = frozenset({"false", "no", "0", "http://schema.org/false", "https://schema.org/false"})
CONSENT_HOST = re.compile(r"^(?:consent|guce|privacy-?(?:gate|wall)|cmp|myprivacy)\.", re.IGNORECASE)

# Whole phrases, in lower case, that stand on such a wall and hardly anywhere else.
SUBSCRIBE = re.compile(
    r"(?:subscribe|sign up|register|log ?in|sign in) (?:now )?to (?:continue|keep|read|unlock|access|view)\b"
    r"|to (?:continue|keep) reading,? (?:please )?(?:subscribe|log ?in|sign in|register|become)"
    r"|(?:this|the) (?:article|story|content|post) is (?:only )?(?:(?:available )?(?:for|to)|reserved for|exclusive to)"
    r" (?:our )?(?:paid |paying |premium )?(?:subscribers|members)"
    r"|(?:subscribers|members)[- ]only (?:article|story|content|post)"
    r"|exclusively for (?:our )?(?:subscribers|members)"
    r"|this (?:post|article|story) is for (?:paid|paying) subscribers"
    r"|already (?:a|have a) (?:subscriber|subscription|member)\s*\?|unlock (?:this|the full) (?:article|story)"
    r"|(?:start|begin) your (?:free )?trial to (?:read|continue)"
    r"|you(?:'|’)?ve (?:reached|read) your (?:last|limit of) free"
    r"|nur für (?:abonnent|mitglieder)|exklusiv für abonnent"
    r"|(?:weiterlesen|artikel lesen) mit (?:einem )?\S{0,20}\s?abo"
    r"|(?:sie haben|du hast|haben sie|hast du) (?:schon|bereits) ein (?:digital-?)?abo"
    r"|jetzt (?:abonnieren|testen) und weiterlesen"
    r"|um (?:den artikel |diesen artikel )?(?:weiterzulesen|weiter zu lesen)"
    r"|réservée?s? (?:à nos |aux )abonné|il vous reste [\d., ]+ ?% de cet article|déjà abonné(?:·?e)?\s*\?"
    r"|abonnez-vous pour (?:lire|continuer|accéder)|pour lire la suite"
    r"|(?:exclusivo|solo|sólo|reservado) para (?:nuestros )?suscriptores|para seguir leyendo|¿ya eres suscriptor"
    r"|suscríbete para (?:seguir|leer|continuar)"
    r"|(?:riservat[oa]|esclusiv[oa]) (?:agli|per gli) abbonati|abbonati per (?:continuare|leggere)|sei già abbonato"
    r"|(?:exclusivo|apenas|só|reservado) (?:para|a) (?:os )?assinantes|(?:já é|és) assinante\s*\?"
    r"|assine para (?:ler|continuar)"
    r"|(?:alleen|exclusief) voor (?:onze )?abonnees|al abonnee\s*\?|om verder te lezen|lees verder met een abonnement"
    r"|только (?:для|по) подписчик|только по подписке|оформите подписку,? чтобы|чтобы (?:дочитать|читать дальше)"
    r"|лише для передплатників|(?:tylko|wyłącznie) dla (?:subskrybentów|prenumeratorów|abonentów)|aby czytać dalej"
    r"|(?:endast|bara) för prenumeranter|för att läsa vidare|(?:kun|bare) for abonnenter|kun for abonnenter"
    r"|vain tilaajille|(?:pouze|jen) pro předplatitele|csak előfizetőknek|sadece aboneler|devamını okumak için abone"
    r"|この記事は(?:有料)?会員(?:限定|のみ)|有料会員限定|残り\s*\d+\s*文字|(?:仅限|僅限)(?:订阅|訂閱|会员|會員)|订阅后(?:可)?继续阅读|訂閱後繼續閱讀"
    r"|구독자 전용|للمشتركين فقط|केवल सदस्यों के लिए|למנויים בלבד"
)
# Of these, two different ones make a wall: an article on the law of cookies may have one.
CONSENT = tuple(
    re.compile(pattern)
    for pattern in (
        r"we (?:and|with) our (?:\d+ )?partners|wir (?:und|verwenden mit) unsere(?:n)? (?:\d+ )?partner"
        r"|nous et nos (?:\d+ )?partenaires"
        r"|nosotros y nuestros (?:\d+ )?(?:socios|proveedores)|noi e i nostri (?:\d+ )?(?:partner|fornitori)"
        r"|nós e os nossos (?:\d+ )?parceiros|wij en onze (?:\d+ )?partners|my i nasi (?:\d+ )?partnerzy"
        r"|vi og våre (?:\d+ )?partnere"
        r"|vi och våra (?:\d+ )?partners|мы и наши (?:\d+ )?партн[её]ры"
        r"|biz ve (?:\d+ )?(?:ortaklarımız|iş ortaklarımız)",
        r"(?:store|access)(?: and/or access)? information on (?:a|your) device"
        r"|informationen auf (?:einem|ihrem) gerät"
        r"|informations sur (?:un|votre) (?:appareil|terminal)|información en (?:un|su|tu) dispositivo"
        r"|informazioni su un dispositivo"
        r"|informações (?:em|num|no seu) dispositivo|informatie op een apparaat|informacj[ei] na urządzeniu",
        r"accept (?:all|cookies)|reject all|manage (?:options|preferences|settings|cookies)|before you continue"
        r"|alle(?:s)? (?:akzeptieren|ablehnen)|akzeptieren und weiter|zustimmen und weiter"
        r"|tout (?:accepter|refuser)|continuer sans accepter"
        r"|aceptar (?:todo|todas|y continuar|cookies)|rechazar tod[oa]"
        r"|accetta(?:re)? (?:tutto|tutti|e continua)|rifiuta tutto"
        r"|aceitar (?:tudo|todos)|rejeitar tudo|alles (?:accepteren|weigeren)|zaakceptuj wszyst|принять вс[её]"
        r"|godta alle|godkänn alla"
        r"|tümünü kabul et|すべて同意|全部接受|모두 동의",
        r"personali[sz]ed (?:ads|advertising)|personalisierte (?:werbung|anzeigen)|publicités? personnalisées?"
        r"|anuncios personalizados"
        r"|annunci personalizzati|publicidad personalizada|gepersonaliseerde advertenties|spersonalizowan\w+ reklam",
        r"(?:use|uses|using) cookies|(?:verwende[nt]|nutz(?:en|t)|einsatz von) cookies"
        r"|utilis\w+ (?:des|de) cookies|(?:utilizamos|usamos|uso de) "
        r"(?:las |los |os )?cookies|utilizziamo i cookie|gebruik(?:en|t)? (?:van )?cookies|pliki cookie"
        r"|файлы cookie|çerezler|クッキー",
        r"(?:withdraw|change) your (?:consent|choices|mind)|einwilligung (?:jederzeit )?widerrufen"
        r"|retirer votre consentement|legitimate interest"
        r"|berechtigtes interesse|intérêt légitime|interés legítimo|ritirare il consenso|uw toestemming"
        r"|отозвать согласие",
    )
)


# Headings that stand over nothing: of guards that look for robots, and of pages that are not there.
NOTHING = re.compile(
    r"(?:one|just a) moment(?:,? please)?|please wait|attention required.*|(?:sorry,? )?(?:you have been|access) "
    r"(?:denied|blocked)|are you (?:a )?(?:robot|human).*|(?:robot|security|bot|human|browser) "
    r"(?:check|verification|challenge)|ddos[- ]guard|(?:checking|verifying) your browser.*"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human.*|pardon our interruption"
    r"|(?:error |fehler |erreur )?(?:40[134]|410|50[023])\b.{0,40}"
    r"|(?:oops\W+)?(?:this |the )?(?:page|article|story|file) .{0,40}(?:not|n't|n’t) (?:be )?(?:found|available|exist)"
    r"|not found"
    r"|(?:service|temporarily) unavailable|(?:down for|site|under|scheduled) maintenance|wartungsarbeiten"
    r"|(?:die )?seite (?:wurde )?(?:leider )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada"
    r"|pagina non trovata|página não encontrada|pagina niet gevonden|страница не найдена|сторінку не знайдено"
    r"|nie znaleziono strony|strona nie (?:została znaleziona|istnieje)|sidan (?:hittades inte|kunde inte hittas)"
    r"|siden (?:ble ikke funnet|blev ikke fundet)|sivua ei löy(?:dy|tynyt)|sayfa bulunamadı"
    r"|stránka (?:nebyla )?nenalezena|(?:页面|頁面|网页)(?:不存在|未找到|找不到)"
    r"|(?:ページ|お探しのページ)が見つかりません(?:でした)?|페이지를 찾을 수 없습니다"
    r"|الصفحة غير موجودة|صفحه پیدا نشد|הדף לא נמצא"
)
ROBOTS = re.compile(
    r"checking your browser before|enable javascript and cookies to continue"
    r"|(?:verify|verifying) (?:that )?you are (?:a )?human"
    r"|review the security of your connection|unusual traffic from your|complete the (?:captcha|security check)"
    r"|(?:confirm|prove) (?:that )?you(?: a|’|')re (?:not a robot|(?:a )?human)"
)
PARTS = re.compile(r"\s+[-–—|·]\s+")
PROOF = 600
"""Characters: a guard that asks for a proof says no more."""


def length(paragraphs: Sequence[str]) -> int:
    """Characters, one of a dense script counted three times, since it says as much."""
    text = "".join(paragraphs)
    return len(text) + 2 * len(DENSE.findall(text))


def is_nothing(headline: str, paragraphs: Sequence[str]) -> bool:
    """Whether a page says only that there is nothing, or asks for a proof that nobody of ours can give."""
    said = length(paragraphs)
    is_guard = said < PROOF and ROBOTS.search(" ".join(paragraphs).lower())
    parts = PARTS.split(headline.lower())
    return bool(is_guard) or (said < SHORT and any(NOTHING.fullmatch(part.strip(" .!…:?")) for part in parts))


def check_for_walls(
    html: bytes, url: str, head: Head, told: Iterable[Mapping[str, Any]], paragraphs: Sequence[str]
) -> None:
    """Raises `Paywalled` or `AsksConsent` where the page shows a wall and little else.

    `told` is its structured data, and `paragraphs` are what was taken for its article.
    """
    if CONSENT_HOST.match(urlsplit(url).hostname or ""):
        raise AsksConsent
    text = "\n".join(paragraphs)
    if length(paragraphs) >= SHORT:
        return
    if is_declared_locked(head, told):
        raise Paywalled
    shown = "\n".join(plain(html[:MAX_MARKUP].decode(errors="replace")).paragraphs)[:MOST_SHOWN].lower()
    if SUBSCRIBE.search(shown):
        raise Paywalled
    # What a wall says of cookies is all there is; below an article it is a bar at the foot of the page.
    said = text.lower() or shown[:SHORT]
    if sum(bool(each.search(said)) for each in CONSENT) > 1:
        raise AsksConsent


def is_declared_locked(head: Head, told: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the page itself says that its article is not free to read."""
    if head.metas.get("article:content_tier", "").strip().lower() == "locked":
        return True
    return any(map(_is_locked, told))


def _is_locked(node: Mapping[str, Any]) -> bool:
    within = node.get("hasPart")
    parts = [node, *(within if isinstance(within, list) else [within])]
    return any(_is_false(part.get("isAccessibleForFree")) for part in parts if isinstance(part, Mapping))


def _is_false(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() in FALSE)


def nodes(scripts: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The nodes of a page's structured data, those of graphs too."""
    for script in scripts:
        try:
            found: list[Any] = [json.loads(script)]
        except (ValueError, RecursionError):
            continue
        # A graph nests articles a few levels deep; what lies deeper is not about this page.
        for _ in range(4):
            found = [part for node in found for part in (node if isinstance(node, list) else [node])][:200]
            mappings = [node for node in found if isinstance(node, Mapping)]
            yield from mappings
            found = [node["@graph"] for node in mappings if "@graph" in node]
