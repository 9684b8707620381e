"""The furniture of a page: words around an article that are not the article."""

from __future__ import annotations

import re

LONGEST = 200
"""Characters: a longer line is never furniture, whatever it begins with."""

# Lines that are nothing but these words, with or without punctuation.
ALONE = re.compile(
    r"(?:advertisements?|ad|anzeige|werbung|publicité|publicidad|pubblicità|publicidade|advertentie|реклама|reklama|"
    r"share(?: this(?: (?:article|story|post|page))?| on [\w ,/&]{1,60})?|teilen|partager|compartir|"
    r"condividi|compartilhar|delen|"
    r"поделиться|udostępnij|tweet|print|email|save|copy link|link copied|listen(?: to this article)?|watch live|"
    r"facebook|twitter|x|whatsapp|telegram|linkedin|reddit|pinterest|instagram|youtube|"
    r"(?:skip|jump) to (?:main )?content|skip advertisement|loading|menu|search|home|sign in|log in|register|"
    r"comments?|\d+ comments?|no comments|leave a (?:reply|comment)|post a comment|kommentare|"
    r"commentaires|comentarios|"
    r"back to top|previous(?: (?:post|article))?|next(?: (?:post|article))?|view (?:all|more)|"
    r"see (?:all|more)|load more|"
    r"continue reading|read (?:the )?full (?:article|story)|click here|"
    r"(?:a )?\d+[ -]min(?:ute)?s?(?: read)?|reading time:? .{1,20}|end of article|ends?|\d+ views?|"
    r"story continues below|submitted by /?u/[\w-]+ \[link\] \[comments\]?)",
    re.IGNORECASE,
)
# Headings over lists of other articles: short lines below them are theirs.
LISTS = re.compile(
    r"(?:(?:related|recommended|popular|latest|recent|trending|more|top|other|similar)"
    r" (?:posts?|articles?|stories|news|reading|topics|content|links|coverage|videos?)"
    r"|related|most (?:read|popular|viewed)|trending(?: now)?|recommended(?: for you)?|"
    r"you (?:may|might) (?:also )?(?:like|be interested in)|what to read next|read (?:next|more|also)|"
    r"also read|up next|"
    r"(?:more|also) (?:from|on|in|about) .{1,60}|don['’]?t miss|editor['’]?s picks?|keep reading|"
    r"mehr zum thema|lesen sie auch|auch interessant|das könnte sie auch interessieren|"
    r"weitere artikel|ähnliche artikel|"
    r"à lire aussi|lire aussi|sur le même sujet|articles? (?:liés?|similaires?)|"
    r"(?:lea|lee|leer) (?:también|además)|te puede interesar|noticias relacionadas|artículos relacionados|"
    r"(?:ähnliche|verwandte|weitere)r? (?:beiträge?|artikel|themen|meldungen)|articles? connexes?|"
    r"publications? similaires?|"
    r"(?:publicaci(?:ón|ones)|entradas?|notas?|artículos?) relacionad[ao]s?|(?:publicações|posts?) relacionad[ao]s|"
    r"(?:post|notizie) correlat[ie]|gerelateerde (?:berichten|artikelen)|powiązane (?:artykuły|wpisy)|"
    r"похожие (?:записи|публикации|материалы)|benzer (?:haberler|yazılar)|"
    r"leggi anche|articoli correlati|potrebbe interessarti|leia (?:também|mais)|veja também|artigos relacionados|"
    r"lees ook|lees meer|gerelateerd|читайте также|по теме|похожие (?:статьи|новости)|читайте також|"
    r"czytaj (?:też|także|również|więcej)|zobacz (?:też|także)|läs (?:också|mer|även)|les også|læs også|lue myös|"
    r"ilgili haberler|اقرأ أيضا?ً?|مقالات ذات صلة|相关(?:阅读|新闻|文章)|相關(?:閱讀|新聞|文章)|関連記事|관련 ?기사)",
    re.IGNORECASE,
)
# Lines that begin with these words, and say where to go rather than what happened.
OPENINGS = re.compile(
    r"(?:(?:also read|read (?:also|more|next|full story)|see also|"
    r"related(?: (?:posts?|stor(?:y|ies)|articles?|news))?|"
    r"more on this|watch|listen|explainer|tags?|topics|filed under|keywords|categor(?:y|ies)|labels|share|share via|"
    r"à lire aussi|lire aussi|lesen sie auch|mehr zum thema|lea (?:también|además)|lee también|leia (?:também|mais)|"
    r"leggi anche|lees ook|читайте также|по теме|czytaj też|läs också|schlagwörter|etiquetas|mots[- ]clés|теги|"
    r"标签|タグ)"
    r"\s*(?:[:：|»>]|—|–|-\s).*"
    r"|(?:subscribe|sign up|register) (?:to|for|now|today)\b.*"
    r"|(?:join|follow|like|find) (?:us|our)\b.*(?:on|channel|group|page|facebook|twitter|x|whatsapp|"
    r"telegram|instagram|newsletter)\b.*"
    r"|(?:get|download) (?:our|the) (?:app|newsletter|latest|free)\b.*|abonnieren sie\b.*|"
    r"abonnez-vous\b.*|suscríbe?te\b.*|"
    r"(?:inscreva-se|assine|iscriviti|подписывайтесь|подпишитесь)\b.*"
    r"|(?:copyright|©|\(c\))\s.*\d{4}.*|.{0,80}all rights reserved\W*|"
    r"the post .* (?:appeared first on|first appeared on) .*|(?:this (?:article|story|"
    r"post) )?(?:was )?first (?:published|appeared) (?:on|in|at) .*|"
    r"(?:image |photo )?caption\s*[:,].*|click (?:here|on) .*|for (?:more|all the latest|"
    r"the latest) .*\b(?:visit|follow|download|click|subscribe)\b.*|"
    r"your email address will not be published\b.*|this site uses (?:cookies|akismet)\b.*|we use cookies\b.*|"
    r"(?:continue reading|weiterlesen|lire la suite|leer más|seguir leyendo|read more|"
    r"read on)\b\W*(?:.{1,120}(?:→|»|…|\.\.\.))?)",
    re.IGNORECASE,
)
GLUED = re.compile(
    r"(?<=[.!?…\"”’»。！？])\s*(?:advertisement|related (?:posts?|articles?|stories)|read more|share this(?: \w+)?|"
    r"also read|you may also like|continue reading|leave a (?:reply|comment)|"
    r"the post .{1,120} appeared first on .{1,80})\W*$",
    re.IGNORECASE,
)
CREDIT_WORD = (
    r"(?:(?:feature[d]?\s+)?(?:images?|photos?|photographs?|pictures?|pics?|illustration|video|cover|"
    r"bild|foto|fotos|abbildung|grafik|"
    r"imagen|imágenes|imagem|immagine|fotografía|fotografia|crédit photo|crédits? photos?|zdjęcie|"
    r"kuva|фото|изображение|"
    r"图片|圖片|照片|写真|画像|사진|صورة|الصورة|תמונה|צילום)"
    r"(?:[- ]?(?:credits?|courtesy(?: of)?|sources?|by|von|de|di|nachweis|quelle|rechte|来源|來源|提供|출처))?)"
)
CREDIT = re.compile(
    rf"[\[(（]?\s*(?:(?:{CREDIT_WORD}|credits?|crédits?|créditos?|bildnachweis|bildquelle|file photo|"
    r"(?:crédits?|créditos?) (?:de |da |d['’])?(?:la )?(?:imagen|image|imagem|photo|foto|fotografía))\s*[:：/|]\s*"
    rf"|(?:image|photo|picture)s?\s*(?:credits?|courtesy(?: of)?|by)\s+|image source,\s*|©\s*)"
    r"(?P<credit>[^\n]{1,120}?)\s*[\])）]?\s*",
    re.IGNORECASE,
)
GLUED_CREDIT = re.compile(
    r"(?:(?<=[\w.!?…\"”’»)])|\s)[\[(（|]?\s*(?:(?-i:[A-Z])\w* )?(?:"
    r"(?:image|photo|picture)s?\s*(?:credits?|courtesy(?: of)?|sources?)|crédit photo|bildnachweis|"
    r"bildquelle|foto|photo|image|фото|"
    r"图片来源|圖片來源)\s*[:：]\s*(?P<credit>[^\n:：]{1,80}?)\s*[\])）]?\s*$",
    re.IGNORECASE,
)
SEAM = re.compile(r"(?<=[a-zß-öø-ÿа-я)\]])(?=[A-ZÀ-ÖØ-ÞА-Я“\"])")


def is_furniture(line: str) -> bool:
    """Whether `line` as a whole belongs to the page and not to the article."""
    if len(line) > LONGEST:
        return False
    bare = line.strip(" \t.…:!?*_#=~-–—|•·»«>›→←[]()")
    if not bare or not any(c.isalnum() for c in bare):
        return True
    return bool(ALONE.fullmatch(bare) or LISTS.fullmatch(bare) or OPENINGS.fullmatch(line.strip(" *_•·[]()>")))


def opens_list(line: str) -> bool:
    """Whether the short lines after `line` are the headlines of other articles."""
    return len(line) <= LONGEST and bool(LISTS.fullmatch(line.strip(" \t.…:!?*_#-–—|•·»>→[]()")))


def unglued(paragraph: str) -> str:
    """`paragraph` without the furniture that stuck to its end."""
    tail = max(0, len(paragraph) - LONGEST)
    match = GLUED.search(paragraph, tail)
    return paragraph[: match.start()] if match else paragraph


def credit_of(line: str) -> str | None:
    """Whom `line` credits for a picture, where it does nothing else."""
    match = CREDIT.fullmatch(line) if len(line) <= LONGEST else None
    return match["credit"].strip(" |") if match else None


def split_stuck(credit: str) -> tuple[str, str]:
    """A credit, and the sentence that sticks to its end: `portfotoShips return to the quay.`"""
    for seam in SEAM.finditer(credit):
        rest = credit[seam.start() :]
        if len(rest.split()) > 3 and rest.endswith((".", "!", "?", "…", "”", '"')):
            return credit[: seam.start()].rstrip(), rest
    return credit, ""


def split_credit(line: str) -> tuple[str, str | None]:
    """`line` and the picture's credit that sticks to its end."""
    tail = max(0, len(line) - LONGEST)
    match = GLUED_CREDIT.search(line, tail)
    return (line[: match.start()].rstrip(), match["credit"].strip()) if match else (line, None)
