"""The text of a file, whatever encoding it was saved in."""

from __future__ import annotations

import re
from contextlib import suppress

from charset_normalizer import from_bytes

from ingest.answers import NotAnArticle, TooLarge

MAX_BYTES = 1_000_000
DECLARED = re.compile(rb"^\s*<\?xml[^<>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
CHARSET = re.compile(r"\bcharset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
NOISE = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
ENCODINGS = [
    *("cp1252", "cp1251", "cp1250", "koi8_r", "koi8_u", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "tis_620", "iso8859_2", "iso8859_5"),
]
"""What newspapers wrote in before UTF-8."""


def decode(data: bytes) -> str:
    """The text of a file in whatever encoding it came; raises `NotAnArticle` for what is not text."""
    if len(data) > MAX_BYTES:
        raise TooLarge
    for mark, encoding in ((b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _text(data.decode(encoding, errors="replace"))
    text = data.decode("utf-8-sig", errors="replace")
    is_utf8 = _is_utf8(text)
    if is_utf8 and not _is_noise(text) and text.count("\0") * 4 <= len(text):
        return text
    if unmarked := _unmarked_utf16(data[:4000]):
        return _text(data.decode(unmarked, errors="replace"))
    if is_utf8:
        return _text(text)
    return _text(data.decode(_guessed(data), errors="replace"))


def in_utf8(data: bytes, content_type: str | None = None) -> bytes:
    """A feed whose encoding is not what it says, or is not said, in UTF-8; any other as it is."""
    if data[:3] == b"\xef\xbb\xbf" or data[:2] in (b"\xff\xfe", b"\xfe\xff") or data.count(0, 0, 200):
        return data
    with suppress(UnicodeError):
        data.decode()
        return data
    if _is_utf8(data.decode("utf-8", errors="replace")):
        return data
    declared = DECLARED.search(data)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return data
    said = CHARSET.search(content_type or "")
    for encoding in (said[1] if said else None, _guessed(data)):
        try:
            text = data.decode(encoding or "utf-8")
        except (UnicodeError, LookupError):
            continue
        return text.encode()
    return data


def _is_utf8(text: str) -> bool:
    # A file in UTF-8 with a few broken bytes is still one; other encodings of
    # more than ASCII are hardly ever well-formed UTF-8 even once.
    return text.count("\ufffd") * 20 <= len(text) - len(text.encode("ascii", "ignore"))


def _guessed(data: bytes) -> str:
    best = from_bytes(data[:50_000].replace(b"\0", b""), cp_isolation=ENCODINGS).best()
    return best.encoding if best else "cp1252"


def _unmarked_utf16(head: bytes) -> str | None:
    """Spaces and line ends of UTF-16 put their null bytes all on one side."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < 2 or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_noise(text: str) -> bool:
    return len(NOISE.findall(text)) * 20 > len(text)


def _text(text: str) -> str:
    if _is_noise(text):
        raise NotAnArticle
    return text
