"""By what an entry is known again: its guid, its address, its words.

Any one of them is enough to call an entry a rerun, so each is used only where it can be
trusted to stand for one article: to lose an article is worse than to repeat one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from news.article import Entry

_TRACKER_NAMES = """
fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid li_fat_id yclid ysclid srsltid igshid igsh
mc_cid mc_eid mkt_tok oly_enc_id oly_anon_id vero_id vero_conv _hsenc _hsmi hsctatracking s_kwcid sc_cid
_openstat _ga _gl xtor wt_mc wt_zmc cmpid icid ncid ocid smid smtyp emc ftag trk trkcampaign guccounter
guce_referrer guce_referrer_sig ref_src ref_url spm __twitter_impression echobox sessionid phpsessid
pk_campaign pk_kwd pk_source pk_medium pk_content ns_mchannel ns_source ns_campaign ns_linkname ns_fee
at_medium at_format at_bbc_team
"""
_TRACKERS = frozenset(_TRACKER_NAMES.split())
_TRACKER_FAMILIES = ("utm_", "mtm_", "matomo_", "piwik_", "hsa_", "at_campaign", "at_custom", "at_link_", "at_ptr_")
_REFERRERS = frozenset(
    {"ref", "referrer", "source", "src", "from", "partner", "via", "mod", "traffic_source", "feedtype"}
)
_FURNITURE = re.compile(
    r"(?:top|main|content|comments?|respond|disqus_thread|rss|ref=.*|xtor=.*|echobox=.*|utm_.*|:~:.*)?\Z", re.I
)
_ROUTE = ("!", "/")
_PLAIN = re.compile(
    r"https?://(?:www\.)?(?P<host>(?:[a-z0-9-]{1,60}\.){1,9}[a-z]{2,60})(?P<path>(?:/[\w~-][\w.~-]*)+)/?", re.ASCII
)
"""What nearly every address of an article looks like: it is spelled one way already."""
_ESCAPE = re.compile(r"%(?:[0-9a-fA-F]{2})?")
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_WHITESPACE = re.compile(r"[\x00-\x20\x7f\xa0\ufeff]+\Z|\A[\x00-\x20\x7f\xa0\ufeff]+|[\t\r\n]")
_NO_WORD = re.compile(r"[\W_]+")
_ASCII_NO_WORD = bytes(each for each in range(128) if not chr(each).isalnum())

_UNMISTAKABLE = 200
"""Letters and digits that two different articles do not share by chance, as columns and quizzes
do that come every week under one headline and one teaser."""


@lru_cache(maxsize=1_024)
def canonical_url(url: str) -> str:
    """One spelling for all the addresses of a page: to compare, not to fetch.

    `http`, default ports, `www.`, credentials, trackers, fragments and a last slash fall away,
    the query is put in order, host and escapes are written one way. A fragment stays where it
    is a page's own route (`#!/a`, `#/a`). What is no web address comes back stripped, as it is.
    """
    if plain := _plain(url):
        return plain
    text = _WHITESPACE.sub("", url)
    parts = _web_parts(text)
    if parts is None:
        return text
    fragment = parts.fragment if parts.fragment.startswith(_ROUTE) else ""
    return _spelled(parts, fragment)


def content_hash(entry: Entry) -> str:
    """32 hex digits for what the entry says: headline and text, by their letters and digits alone.

    Spaces, case, punctuation and Unicode form make no difference.
    """
    return _digest(_bare(entry.headline), _bare(entry.text))


def shared(entries: Iterable[Entry]) -> frozenset[str]:
    """Guids and canonical addresses that several entries of one feed have though they say different things.

    They stand for the feed, or for a page with many entries, and so for no single article.
    """
    named = defaultdict[str, list[Entry]](list)
    for entry in entries:
        for name in names(entry.guid, entry.url):
            named[name].append(entry)
    return frozenset(
        name for name, its in named.items() if len(its) > 1 and len({content_hash(entry) for entry in its}) > 1
    )


def names(guid: str | None, url: str | None) -> frozenset[str]:
    """What its feed calls an entry: by guid and by address, as far as they stand for one article."""
    return frozenset(filter(None, (_guid(guid), _address(url))))


def keys(entry: Entry, feed: str | int | None, *, shared_guids: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The identities under which an entry is remembered as seen: at least one, each at most 40 characters.

    `guid:` within its feed, `url:` (a site's front page is none), and `text:` where the text is long
    enough to be unmistakable or no address says more. `shared_guids` is what `shared` found.
    An entry is to be asked as its feed gave it, before its full text is fetched, or it is
    known by other words each time.
    """
    found = []
    guid, address = _guid(entry.guid), _address(entry.url)
    if guid and feed is not None and guid not in shared_guids:
        found.append(f"guid:{_digest(str(feed), guid)}")
    has_address = bool(address) and address not in shared_guids
    if has_address:
        found.append(f"url:{_digest(address)}")
    text = _bare(entry.text)
    if not has_address or len(text) >= _UNMISTAKABLE:
        found.append(f"text:{_digest(_bare(entry.headline), text)}")
    return tuple(found)


def _guid(guid: str | None) -> str:
    return (guid or "").strip()


def _address(url: str | None) -> str:
    return _of_one_article(url) if url else ""


@lru_cache(maxsize=1_024)
def _of_one_article(url: str) -> str:
    """The canonical address where it stands for one article, else nothing.

    Here a fragment that names a place on the page counts: a page of changes is many entries.
    """
    if plain := _plain(url):
        return plain
    parts = _web_parts(_WHITESPACE.sub("", url))
    if parts is None:
        return ""
    fragment = "" if _FURNITURE.match(parts.fragment) else parts.fragment
    address = _spelled(parts, fragment)
    return "" if address.count("/") == 2 and not {"?", "#"} & set(address) else address


def _plain(url: str) -> str:
    """The canonical address of one that needs no looking into, else nothing."""
    match = _PLAIN.fullmatch(url)
    return f"https://{match['host']}{match['path']}" if match else ""


def _web_parts(text: str) -> SplitResult | None:
    """A web address in its parts; None for any other text."""
    try:
        parts = urlsplit(f"https:{text}" if text.startswith("//") else text)
        _ = parts.port
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and bool((parts.hostname or "").strip("."))
    return parts if is_web else None


def _spelled(parts: SplitResult, fragment: str) -> str:
    path = "/".join(_without_dots(_SESSION.sub("", _escaped(parts.path)).split("/")))
    query = _query(parts.query)
    return (
        f"https://{_host(parts)}{path.rstrip('/')}"
        f"{'?' if query else ''}{query}{'#' if fragment else ''}{_escaped(fragment)}"
    )


def _host(parts: SplitResult) -> str:
    host = unicodedata.normalize("NFKC", parts.hostname or "").lower().rstrip(".")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = _escaped(host)
    host = f"[{host}]" if ":" in host else host
    bare = host.removeprefix("www.")
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    return (bare if "." in bare else host) + port


def _without_dots(segments: list[str]) -> list[str]:
    """Path segments with `.` and `..` resolved (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return kept


def _query(query: str) -> str:
    fields = [_escaped(field.replace("+", "%20")) for field in query.split("&") if field]
    return "&".join(
        sorted((field for field in fields if not _is_tracker(field)), key=lambda field: field.partition("=")[0])
    )


def _is_tracker(field: str) -> bool:
    name, _, value = field.lower().partition("=")
    return (
        name in _TRACKERS
        or name.startswith(_TRACKER_FAMILIES)
        or (name in _REFERRERS and value.startswith(("rss", "feed", "atom")))
    )


def _escaped(text: str) -> str:
    """Percent escapes written one way: plain characters bare, the others escaped in upper case."""
    plain = _ESCAPE.sub(_unescape, text)
    return quote(plain, safe="%/:@!$&'()*+,;=-._~", errors="replace")


def _unescape(escape: re.Match[str]) -> str:
    byte = unquote_to_bytes(escape[0])
    if byte == b"%":
        return "%25"
    return byte.decode("ascii") if byte.isalnum() or byte in b"-._~" else escape[0].upper()


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # In UTF-8 a byte of ASCII is a character: most of what goes is dropped at once, and little is left to look for.
    dense = folded.encode("utf-8", "surrogatepass").translate(None, _ASCII_NO_WORD)
    return _NO_WORD.sub("", dense.decode("utf-8", "surrogatepass"))


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
