"""Appeals: what a page asks of its readers, to consent, to subscribe, to come back; and what stands below its news."""

from __future__ import annotations

import re
from collections.abc import Sequence

from news.vocabulary import listed

_LONGEST = 220
_READER = re.compile(
    r"\b(?:you|your|our|sie|ihren?|ihrer|ihrem|unser\w*|tu|tus|usted|nuestr\w+|vous|votre|vos|nos|notre|"
    r"você|seu|seus|noss\w+|tuo|tua|nostr\w+|вы|вам|ваш\w*|наш\w*|нас)\b|我们|您|你|本网站|当サイト|本サイト|閲覧|"
    r"हमारे|हमारी|हमें|आप(?:को|के|की|का|से)?(?![\u0900-\u097f])|قناتنا|تطبيقنا|موقعنا|صفحتنا|تجربتك|فإنك",
    re.I,
)
_SPOKEN = re.compile(r"[«“„\"][^»”\"]{20,}")
"""Who is quoted at such length speaks of himself, and not for the page."""
_SITE = (
    "newsletter", "cookie", "inbox", "spam folder", "push notification", "javascript", "ad blocker", "adblocker",
    "privacy policy", "terms of use", "terms of service", "whatsapp", "telegram", "facebook page", "youtube channel",
    "your podcasts", "apple podcasts", "spotify",
    "this website", "your preferences", "our partners",
    "datenschutz", "einwilligung", "facebook-seite", "youtube-kanal", "suscripción", "comentarios",
    "canal de youtube", "opiniões", "dúvidas", "abonnement", "consentement",
    "politique de confidentialité", "page facebook", "рассылк", "опечатк", "телеграм",
    "персональных данных", "公众号", "微信", "客户端", "隐私政策", "प्राइवेसी", "कुकी", "गोपनीयता", "व्हाट्सएप", "टेलीग्राम",
    "ऐप", "واتساب", "تيليجرام", "ملفات تعريف الارتباط", "سياسة الخصوصية",
)  # fmt: skip
"""What belongs to the page that shows the article; beside a word for its readers or for itself it is no news."""
_TO_READERS = listed(
    """
    you your our sie ihre ihren ihrer ihrem unser unsere unserem unseren unserer unseres tu tus usted nuestro nuestra
    nuestros nuestras vous votre vos nos notre você seu seus nosso nossa nossos nossas tuo tua nostro nostra nostri
    nostre
    """
)
"""In Latin letters one of these is beside what belongs to the page."""
_OF_A_WALL = listed(
    """
    reading unlock subscriber subscribers exclusively trial account log sign nur abonnenten abonnentinnen abo
    weiterlesen anmelden testen reste suite abonné abonnés abonnée réservé réservée réservés suscriptor suscriptores
    leyendo inicie gratuitos assinante assinantes abbonati leggere abonnees lezen partners partner partenaires socios
    parceiros consentimiento zustimmung einwilligung statements differ aussagen articles offre
    """
)
"""In Latin letters one of these is in every phrase of a wall or of a notice."""
_ASKING = _TO_READERS | _OF_A_WALL
_OTHER_LETTERS = re.compile("[\u0400-\u1fff\u2e80-\ud7ff]")
_PAYING = "(?:our |paid |paying |premium )?(?:subscribers|members)"
_WALL = re.compile(
    r"\b(?:to|and) (?:continue|keep) reading\b|\bunlock (?:this|the full|unlimited)\b|"
    rf"\b(?:article|story|content|post) is (?:only |exclusively )?(?:available )?(?:for|to|reserved for) {_PAYING}|"
    rf"\bexclusively for {_PAYING}|\bsubscribers?[- ]only\b|\balready (?:a|have a) subscri|"
    r"\bfree (?:articles|stories) (?:this|left)|"
    r"\b(?:your|start a|create a) free (?:trial|account)\b|\b(?:log|sign) in (?:or|to (?:continue|read|keep|view))\b|"
    r"\bnur für abonnent|\bfür abonnent(?:en|innen)\b.{0,20}(?:lesbar|zugänglich|verfügbar)|"
    r"\bbereits (?:ein )?abo|\bweiterlesen mit\b|\bjetzt (?:weiterlesen|abonnieren)\b|\bhier anmelden\b|"
    r"\btesten sie\b|\bsie können (?:das|ihr) abo\b|"
    r"\bréservé(?:e|es|s)? (?:à nos |aux )abonn|\bil vous reste\b.{0,12}%|\bdéjà abonné|\bprofitez de notre offre|"
    r"\bpour lire la suite\b|(?:exclusivo|sólo|solo|reservado) para (?:nuestros )?suscriptores|\bpara seguir leyendo\b|"
    r"\binicie sesión (?:o|para)\b|\bartículos gratuitos\b|\bya (?:es|eres) suscriptor|"
    r"(?:exclusivo|apenas|só|reservado) (?:para|a) (?:os )?assinantes|\bjá é assinante|"
    r"(?:riservat[oa]|esclusiv[oa]) (?:agli|per gli) abbonati|\bper continuare a leggere\b|"
    r"\bvoor (?:onze )?abonnees\b|\bom verder te lezen\b|"
    r"только (?:для |по )?подпис(?:чик|к)|оформите подписку|чтобы (?:дочитать|читать дальше)|"
    r"[仅僅][供限]?(?:订阅|訂閱|会员|會員)|登[录錄]后(?:可|即可)?(?:继续|阅读|查看)|立即订阅|この記事は(?:有料)?会員|続きを(?:読む|お読み)|"
    r"残り\s*\d+\s*文字|للمشتركين فقط|لمواصلة القراءة|लॉग इन करें|केवल (?:ग्राहकों|सदस्यों)"
)
"""What a wall says and hardly any news; in lower case."""
_CONSENT = re.compile(
    r"\b(?:we|wir|nous|nosotros|noi|nós|wij|мы) (?:and|und|et|y|e|en|и) (?:our|unsere|nos|nuestros|i nostri|os nossos|"
    r"onze|наши) (?:\d+ )?(?:partner|parten|socio|parceiro|партн)|"
    r"\b(?:we use|verwenden wir|wir verwenden|nous utilisons|utilizamos|utilizziamo|wij gebruiken|используем) "
    r"(?:\w+ ){0,2}cookies?\b|\b(?:mit|mithilfe) ihrer (?:zustimmung|einwilligung)\b|\bretirar su consentimiento\b|"
    r"\bcon su consentimiento, (?:nosotros )?(?:\w+mos)\b|\bобработку персональных данных\W*\Z|"
    r"\bcontains forward-looking statements\b|\bactual results (?:may|could) differ\b|"
    r"\benthält zukunftsgerichtete aussagen\b"
)
_BELOW = re.compile(
    r"(?:About|ABOUT|Über|À propos d[e’']|Acerca de|Sobre|О компании|关于)\s?[^\W\d_a-zß-öø-ÿа-яё][\w&.,'’ -]{1,60}|"
    r"(?i:cautionary (?:note|statement)s?|forward[- ]looking statements?|safe harbor|media contacts?|press contacts?|"
    r"notes? (?:to|for) (?:the )?editors?|"
    r"hinweise? (?:an|für) die redaktion(?:en)?|notas? (?:a|para) (?:los editores|la redacción)|"
    r"pressekontakt|contacts? presse|contacto de prensa|original-content von)\b.{0,60}|(?i:contacts?)|"
    r"[-–— ]*(?:ENDS|Ends|ends)[-–— ]*|# ?# ?#|"
    r"(?i:ingredients|zutaten|ingredientes|ingrédients|ingredienti|ingrediënten|ингредиенты|malzemeler|المقادير|सामग्री|材料)"
)
"""Headings of what a press release says of its sender, and of what a cook needs: below the news, or the tale."""
_STOPS = ".!?…。"


def is_appeal(text: str, said: Sequence[str]) -> bool:
    """Whether a sentence, given with its words, is the page's word to its readers and no news."""
    if len(text) > _LONGEST:
        return False
    is_other = not text.isascii() and _OTHER_LETTERS.search(text) is not None
    if not is_other and _ASKING.isdisjoint(map(str.lower, said)):
        return False
    lowered = text.casefold()
    if (is_other or not _OF_A_WALL.isdisjoint(map(str.lower, said))) and (
        _WALL.search(lowered) or _CONSENT.search(lowered)
    ):
        return True
    is_of_the_site = any(word in lowered for word in _SITE) and _READER.search(text)
    return bool(is_of_the_site and not _SPOKEN.search(text))


def opens_the_below(line: str) -> bool:
    """Whether a line is the heading of a press release's last part: `About Strait Lines`."""
    bare = line.strip()
    return len(bare) <= 80 and not bare.endswith(_STOPS) and _BELOW.fullmatch(bare.rstrip(" :*_")) is not None
