"""Furniture: what a page says beside its article: bylines, stamps, captions, and what it asks of its readers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from news.datelines import MONTHS
from news.vocabulary import listed

_DIGIT = re.compile("[0-9]")
_STAMPED = (
    r"\b(?:published|updated|posted|created|veröffentlicht|aktualisiert|stand|publicado|actualizado|publié|mis à jour|"
    r"pubblicato|aggiornato|опубликовано|обновлено)\b\W{0,3}"
)
_DAY = (
    rf"(?:\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d|(?:\w{{3,9}},? )?\d{{1,2}}(?:st|nd|rd|th)?\.? (?:{MONTHS})|"
    rf"(?:{MONTHS})\w*\.? \d)"
)
_STAMP = re.compile(
    rf"{_STAMPED}(?:at |um )?(?:\d{{1,2}}:\d\d\b|\d{{1,2}}\.\d\d ?(?:[ap]m|uhr)\b)|{_STAMPED}(?<=:)\W*(?:{_DAY}|\Z)|"
    rf"\A\W*(?:(?:last|first|originally|zuletzt|article|story|date)\W+){{0,2}}{_STAMPED}(?:on |am |le |el )?{_DAY}|"
    r"\bposted (?:in|by)\b.{0,60}\bon (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bfiled under\b"
)
_CLOCK = re.compile(rf".{{0,24}}\b\d{{1,2}}[:.]\d{{2}}\b.{{0,20}}\b(?:{MONTHS})\w*\.?.{{0,12}}\Z")
"""In lower case, as its hints and those for captions."""
_STAMP_HINTS = (
    *("publi", "pubbl", "updated", "posted", "filed", "created", "veröff", "aktual", "stand", "actualiz", "mis à"),
    *("aggior", "опубл", "обновл"),
)
"""Every line with a stamp has one of these; most lines have none."""
_BYLINE = re.compile(
    r"(?:by|von|por|par|di|автор|text|texto)\b[.:]?\s+(?P<names>[^.!?]{2,120})[.]?\Z|"
    r".{2,40}\b(?:for (?:mail ?online|the daily mail)|correspondent|reporter|desk)\.?\Z",
    re.I,
)
_OPENINGS = re.compile(
    r"[\W_]*(?:image credits?|photo(?:graph)? ?(?:credits?|by|:)|picture:|credit:|related posts?|"
    r"read more|more on this|see also|also read|click (?:here|on the link|below)|tap here|sign up|subscribe\b|"
    r"follow (?:us|@)|(?:like|join|find) us on|share this|download (?:our|the app)|"
    r"e-?mail to a friend|"
    r"(?:video\W+)?scroll down|all rights reserved|copyright\W*(?:\d|by\b)|©|"
    r"this (?:article|story) (?:was|first|originally|has been (?:updated|corrected|amended))|"
    r"(?:advertisements?|advertising|getty images|cookies?|newsletter|anzeige|publicidad|publicité|реклама)"
    r"\W*(?::|\Z)|"
    r"(?:video|watch|listen)\b\W*(?::|scroll)|"
    r"(?:this|it) is a (?:breaking|developing) (?:news )?(?:story|update)|more (?:details )?to follow|check back\b|"
    r"(?:this|our) (?:page|live page|report|copy) (?:will be|is being) updated|stay with us\b|"
    r"(?:accuracy and availability|transcripts?) (?:of|may)\b.{0,40}\b(?:may )?vary|this is a rush transcript|"
    r"mehr in kürze|weitere (?:informationen|details) (?:folgen|in kürze)|"
    r"(?:noticia|información) en (?:desarrollo|ampliación)|habrá ampliación|"
    r"plus d[’']informations? à (?:venir|suivre)|notícia em atualização|notizia in aggiornamento|"
    r"новость дополняется|подробности (?:позже|следуют)|haberin devamı|ayrıntılar geliyor|"
    r"for confidential support|do you know more|have a story|got a (?:tip|story)|"
    r"lea también|lee también|te puede interesar|suscríb|síg[au]e?nos|haz clic|haga clic|pulsa aquí|pincha aquí|"
    r"descarga (?:la|nuestra) app|comparte esta|archivado en|foto:|imagen:|todos los derechos|"
    r"lesen sie|mehr zum thema|zum thema:|auch interessant|bild:|abonnieren|alle rechte|"
    r"klicken sie|hier klicken|folgen sie|(?:dieser|der) (?:artikel|text|beitrag) (?:erschien|ist zuerst|wurde zuerst)|"
    r"dieser (?:artikel|text|beitrag) (?:stammt|wurde)|"
    r"à lire aussi|lire aussi|abonnez|cliquez|suivez-nous|leia também|leia mais|clique aqui|siga-nos|"
    r"deixe (?:seu|sua|suas|o seu) |leggi anche|iscriviti|clicca|seguici|"
    r"читайте (?:также|нас)|подпи(?:сывай|шит)|фото:|все права|нажмите|если вы (?:нашли|заметили)|"
    r"материал подготовлен|اقرأ أيضا|تابعنا|تابعونا|للمزيد من|اضغط هنا|لمتابعة|حمل تطبيق|جميع الحقوق|"
    r"यह भी पढ़ें|और पढ़ें|ये भी पढ़ें|यहां क्लिक|ताजा खबरों के लिए|"
    r"相关阅读|延伸阅读|责任编辑|责编|编辑[:：]|点击(?:查看|进入|这里|此处|下方|上方|阅读|关注)|扫描(?:二维码|下方|上方|图中)|扫码|长按(?:二维码|识别|图片)|关注我们|版权所有|版权声明|未经授权|本文(?:为转载|系转载|来源)|"
    r"来源[:：]|（?图片来源)",
    re.I,
)
"""How a line of the page begins that is none of the article."""
_MARKUP_HINTS = ("<", "&", "\\", "quot;", "#39;", "](", "*", "{{", "[/")
_MARKUP = re.compile(
    r"</?[a-z][\w-]*(?:\s[^<>]*)?/?>|<!--|&(?:[a-z]{2,8}|#\d{2,5}|#x[\da-f]{2,5});|\\|(?:\bquot|#39);|\]\(|\{\{|"
    r"\[/[a-z]+\]|(?<![\w*])(?P<stars>\*\*?)\w(?:[^*\n]{0,120}[\w.!?:])?(?P=stars)(?![\w*])",
    re.I,
)
"""What is left of tags, entities, escapes and markdown."""
_LABEL = re.compile(r"[^\s:(]+(?:\s[^\s:(]+){0,5}\s?:\s+[^\Wa-zа-я\d_]")
"""A caption: up to six words, a colon, and a capital."""
_CAPTION_HINTS = ("left", "right", "cent", "l-r", "picture", " to r", "photo", "image", "in a video")
_CAPTION = re.compile(
    r"\((?:left|right|cent(?:re|er))\).*\((?:left|right|cent(?:re|er))\)|"
    r"\b(?:is|are) (?:seen )?pictured\b|\bpictured (?:is|are)\b|"
    r"\(l-r\)|\bl-r\b|, (?:far )?(?:left|right|centre|center),|"
    r"\bfrom (?:left|l) to (?:right|r)\b|"
    r"\bin an? (?:[\w-]+ ){0,3}photo(?:graph)?\W*\Z|"
    r"\b(?:in|took|\A)\s?this (?:[\w-]+ )?(?:photo|photograph|picture|image)\b|"
    r", in an? (?:[\w-]+ )?video (?:released|posted)\b"
)
_FILES_HINTS = (
    "archiv", "symbolb", "symbolf", "file", "handout", "undated", "arquivo", "архив", "أرشيف", "资料", "फाइल",
)  # fmt: skip
_FROM_THE_FILES = re.compile(
    r"\b(?:archivbild|archivfoto|symbolbild|symbolfoto|(?:foto|imagen|fotografía) de archivo|photo d[’']archives?|"
    r"(?:foto|immagine) d[’']archivio|foto de arquivo|архивн\w+ фото|фото из архива)\b|"
    r"\((?:file|file (?:photo|picture|image|pic)|archiv|archivo|archive)\)|\bin this (?:file|undated|handout) (?:photo|"
    r"picture|image)|صورة أرشيفية|资料图|资料照片|（资料|फाइल फोटो"
)
_CREDIT = re.compile(
    r"[(（](?=[^()（）]*(?:/|photo|foto|getty|image|imago|picture|bild|archiv|фото|图|صورة|फोटो))[^()（）]{2,80}[)）]\W*\Z|"
    r"\b(?:photograph|photo|foto|picture|bild|bildquelle|image|imagen|crédit|credit|фото)\s?(?:by|:)\s?[^.:]{2,60}\.?\Z|"
    r"(?:REUTERS|AFP|EFE|EPA|dpa|Getty Images|Reuters|ТАСС)\s?/\s?[^\W\d_][^.:]{2,40}\Z|"
    r"(?:图片来源|图源|摄影|تصوير|फोटो)\s?[:：]?\s?[^。.:]{1,30}\Z",
    re.I,
)
"""How a line ends that says who took its picture."""
_CREDIT_HINTS = ("(", "（", "/", ":", "by", "图片来源", "图源", "摄影", "تصوير", "फोटो")
"""Every such end has one of these, in lower case."""
_CREDITED = 100
"""Characters of a line's end that may say so."""
_LONGEST_CAPTION = 500
_POSES = listed(
    """
    stands poses sits waves walks watches hugs kisses embraces greets comforts waits smiles cheers gestures grieves
    prays smashes toasts exits
    stand pose sit wave walk watch hug kiss embrace greet comfort wait smile cheer gesture grieve pray toast
    exit
    """
)
"""What people are seen doing in pictures."""
_ACTS = listed(
    """
    lands visits meets uses flies tends reviews operates addresses speaks celebrates battles distributes patrols
    inspects examines searches carries attends performs marches rides
    land visit meet use fly tend review operate address speak celebrate battle distribute patrol inspect examine
    search carry attend perform march ride
    """
)
"""What is a picture's only where it is told as of now, and with the year."""
_SOMEBODY = listed(
    """
    man woman boy girl child baby teenager youth person resident villager worker volunteer soldier policeman policewoman
    officer guard firefighter rescuer fan supporter protester protestor demonstrator pedestrian passerby visitor tourist
    passenger driver motorist cyclist player model bride groom couple mother father pilgrim mourner worshipper worshiper
    student pupil teacher nurse doctor patient scientist engineer technician farmer fisherman shopper customer vendor
    trader refugee migrant survivor swimmer surfer skier runner rider diver dog cat horse cow elephant helicopter plane
    boat ship truck lorry bulldozer crane marine sailor medic gunman rebel fighter militant holidaymaker photographer
    journalist activist dancer singer actor monk priest nun clerk barber baker waiter employee
    """
)
_TOLD_OF_SOMEBODY = listed(
    """
    has is was does says claims believes wants faces needs hopes insists admits denies knows thinks feels remains plans
    argues tells expects dies accuses alleges warns fears recalls testifies becomes earns costs lives sues pleads
    """
)
"""Behind `A man`: news that is told as of now."""
_STANDING = listed("next beside near outside with behind amid among over under atop alongside guard")
"""Behind `stands` and `sits`: elsewhere figures stand, and trials."""
_JOYS = listed("his her their after with")
"""Behind `celebrates`: towns celebrate anniversaries."""
_GOING_ON = listed(
    "the a an his her their its in on at with for to as over past through after next outside near along beside behind "
    "up out from by during around towards into alongside between"
)
"""Behind other verbs; what follows a noun that looks like one is different: `watches worth 2,000 euros`."""
_OTHER_VERBS = listed(
    """
    is are was were be been has have had will would can could should may might must do does did said says say told
    won left made took found that who which when where if as because while to he she it they we you i
    """
)
_PLURAL = listed("police people children crew troops")
_LONGEST_POSE = 25
"""Words."""
_NOTICE_HINTS = (
    "flowers", "predeceased", "visitation", "calling hours", "interment", "beloved", "celebration of", "blumen",
    "beileid", "flores", "fleurs", "rogad",
)  # fmt: skip
_NOTICE = re.compile(
    r"\bin lieu of flowers\b|\bpredeceased by\b|, (?:the )?(?:dearly )?beloved (?:wife|husband|mother|father|son|"
    r"daughter|brother|sister|grandmother|grandfather|partner) of\b|"
    r"\b(?:visitation|calling hours|interment|celebration of (?:his|her|their) life) will (?:be|take|follow)\b|"
    r"\banstelle von blumen\b|\bstatt blumen\b|\bvon beileids|\ben lugar de flores\b|\bni fleurs ni couronnes\b|"
    r"\brogad a dios\b"
)
"""What a death notice says."""
_EMAIL = re.compile(r"\w@\w[\w-]*\.\w")


def is_furniture(text: str) -> bool:
    """Whether a sentence belongs to the page."""
    lowered = text.casefold()
    opening = lowered[:160]
    return bool(
        "•" in text
        or "://" in text
        or ("@" in text and _EMAIL.search(text))
        or text.count(" | ") > 1
        or ("»" in text and "«" not in text and text.rstrip(" .").endswith("»"))
        or (_has(_MARKUP_HINTS, text) and _MARKUP.search(text))
        or _OPENINGS.match(text)
        or (_has(_STAMP_HINTS, opening) and _STAMP.search(opening))
        or (_DIGIT.search(opening, 0, 26) and _CLOCK.match(opening))
        or (":" in text and _LABEL.match(text))
        or (_has(_CAPTION_HINTS, lowered) and _CAPTION.search(lowered))
        or (_has(_NOTICE_HINTS, lowered) and _NOTICE.search(lowered))
        or (_has(_FILES_HINTS, lowered) and _FROM_THE_FILES.search(lowered))
        or _is_byline(text)
    )


def _has(hints: Sequence[str], text: str) -> bool:
    # Said with `any` it takes twice as long, and each sentence of the world is asked.
    for hint in hints:  # noqa: SIM110
        if hint in text:
            return True
    return False


def is_caption(line: str) -> bool:
    """Whether a line ends by saying who took its picture."""
    if len(line) > _LONGEST_CAPTION or not _has(_CREDIT_HINTS, line[-_CREDITED:].casefold()):
        return False
    return _CREDIT.search(line, max(0, len(line) - _CREDITED)) is not None


def is_posed(said: Sequence[str]) -> bool:
    """Whether the words of a sentence tell what a picture shows: `A policeman stands in front of the station.`"""
    if said and len(said) <= _LONGEST_POSE and said[0] in ("A", "An") and _shows_somebody(said):
        return True
    if len(said) > _LONGEST_POSE or (_POSES.isdisjoint(said) and _ACTS.isdisjoint(said)):
        return False
    for at, word in enumerate(said[:-1]):
        if word.casefold() in _OTHER_VERBS:
            return False
        is_pose = word in _POSES
        if at == 0 or not (is_pose or word in _ACTS) or not _agree(said[:at], word):
            continue
        following = said[at + 1]
        if word.startswith(("stand", "sit")):
            return following in _STANDING or (following, *said[at + 2 : at + 3]) == ("in", "front")
        if word.startswith("greet") or following in _GOING_ON or following[:1].isupper():
            is_joy = word.startswith("celebrate") and following in _JOYS
            return is_pose or is_joy or any(map(_is_year, said[at + 2 :]))
    return False


def _shows_somebody(said: Sequence[str]) -> bool:
    """Whether a sentence tells as of now what nobody in particular does: `A volunteer hands out food on Tuesday.`"""
    at = next((at + 1 for at, word in enumerate(said[1:5], 1) if word in _SOMEBODY), len(said))
    if said[at : at + 1] and said[at] in ("of", "from", "in") and said[at + 1 : at + 2] and said[at + 1][0].isupper():
        at += 1  # a resident of Orsund
        while said[at : at + 1] and said[at][0].isupper():
            at += 1
    verb, after = (*said[at : at + 2], "", "")[:2]
    is_verb = verb.islower() and verb.endswith("s") and not verb.endswith(("ss", "'s", "’s"))
    return is_verb and len(verb) > 3 and verb not in _TOLD_OF_SOMEBODY and after not in _OTHER_VERBS - {"to"}


def _agree(before: Sequence[str], verb: str) -> bool:
    """Whether what stands before a verb may be its subject: firefighters walk, a firefighter walks."""
    last = before[-1]
    if last == "and" or last.endswith("ing"):
        return False
    are_many = last.endswith(("s", "men")) and not last.endswith(("ss", "us", "is"))
    are_named = "and" in before and last[:1].isupper()
    return verb.endswith("s") or are_many or are_named or last.casefold() in _PLURAL


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word.startswith(("19", "20"))


def _is_byline(text: str) -> bool:
    # Counting words first is cheaper: nearly every sentence has more.
    match = _BYLINE.match(text) if len(text.split(None, 12)) <= 12 else None
    if match is None:
        return False
    names = match.group("names")
    return names is None or sum(word[:1].isupper() for word in names.split()) * 2 > len(names.split())
