"""The whole article as one file: HTML that reads well on a phone, fetches nothing and runs nothing."""

from __future__ import annotations

import re
import unicodedata

from news.article import Article
from news.messages import texts
from news.messages.layout import BULLETS, article_facts
from news.messages.markup import Html, clean, join, link, tag, written
from news.messages.words import RIGHT_TO_LEFT, Scene

LONGEST_NAME = 50
"""Characters of a file's name; the longest of them are four bytes each, and a name may have 255."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
"""Names that Windows keeps for itself."""
HEAD = (
    '<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    '<meta name="referrer" content="no-referrer">\n'
)
STYLE = """
:root { color-scheme: light dark }
body { max-width: 36rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; font: 1.1rem/1.6 Georgia, serif;
  overflow-wrap: break-word }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem }
header p, footer { font: .9rem/1.5 system-ui, sans-serif; opacity: .75 }
ul { padding-inline-start: 1.2rem; margin: 1.5rem 0; font-weight: bold }
footer { margin-top: 2.5rem; border-top: 1px solid; padding-top: .75rem }
"""


def paper(article: Article, scene: Scene) -> str:
    """The article as a document of its own."""
    headline, say = written(article.headline), scene.words.say
    facts = tag("p", written(article_facts(article, scene)))
    lead = tag("p", tag("em", written(article.standfirst or "")))
    points = tag("ul", *(tag("li", written(bullet.text)) for bullet in article.bullets[:BULLETS]))
    text = [tag("p", written(each)) for each in article.paragraphs]
    teaser = tag("p", tag("em", written(say(texts.ONLY_TEASER)))) if article.is_teaser else ""
    foot = tag("footer", link(written(article.source or say(texts.ORIGINAL)), article.url)) if article.url else ""
    blocks = (tag("header", tag("h1", headline), facts), points, lead, *text, teaser, foot)
    body = tag("article", join(filter(None, blocks), "\n"))
    head = Html(f"{HEAD}{tag('title', headline)}\n<style>{STYLE}</style>")
    begin = f"<!doctype html>\n<html{_told_in(article.language)}>\n"
    return f"{begin}<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"


def _told_in(language: str | None) -> str:
    if language is None or not _LANGUAGE.fullmatch(language):
        return ""
    return f' lang="{language}" dir="rtl"' if language in RIGHT_TO_LEFT else f' lang="{language}"'


def name_of(article: Article) -> str:
    """What the file is called: words of the headline, which no system takes for anything but a name."""
    signs = (each if unicodedata.category(each)[0] in "LNM" else " " for each in clean(article.headline))
    words = "".join(signs).split()
    name = "-".join(words)[:LONGEST_NAME]
    if len("-".join(words)) > LONGEST_NAME and "-" in name:
        name = name.rpartition("-")[0]  # the last word was cut
    return f"{'article' if not name or _DEVICES.fullmatch(name) else name}.html"
