"""The text of a file, whatever encoding it was saved in."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress

from charset_normalizer import from_bytes

from ingest.answers import NotAnArticle, TooLarge

MAX_BYTES = 1_000_000
MAX_UNPACKED = 5_000_000
DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^<>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
CHARSET = re.compile(r"\bcharset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
MARKS = (
    *((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32")),
    *((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
)
LATIN = frozenset({"iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "latin1", "us-ascii", "ascii"})
DOUBLE = re.compile(r"gb|hz|big5|shift|sjis|x-sjis|ms932|windows-31j|euc|iso-2022|ks_c|johab|cp9")
"""Encodings in which a few letters may look like UTF-8."""
WIDE = re.compile(r"(?:utf|ucs)-?(?:16|32|2|4)")
HEAD = 5_000
"""Bytes of a page in which it says its encoding."""
SURE = 12
"""Bytes beyond ASCII that are hardly UTF-8 by chance."""
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
    for mark, encoding in MARKS:
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


def unpacked(data: bytes) -> bytes:
    """What a file that is packed with gzip holds; any other as it is. Raises `TooLarge`."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    with suppress(zlib.error):
        found = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, MAX_UNPACKED + 1)
        if len(found) > MAX_UNPACKED:
            raise TooLarge
        return found
    return data


def in_utf8(data: bytes, content_type: str | None = None) -> bytes:
    """A feed in UTF-8 that says so or says nothing, wherever its encoding is not what it says, or is a wide one."""
    if wide := _wide(data):
        return wide
    data = data.replace(b"\0", b"")
    declared = DECLARED.search(data)
    name = declared[1].decode().lower() if declared else ""
    if data.isascii() and not WIDE.match(name):
        return data
    text = data.decode("utf-8-sig", errors="replace")
    if "\ufffd" not in text or _is_utf8(text):
        is_said = not declared or name in ("utf-8", "utf8")
        is_sure = not DOUBLE.match(name) or len(data) - len(text.encode("ascii", "ignore")) >= SURE
        return data if is_said or not is_sure else _declaring_utf8(data)
    if name in LATIN:
        # Whoever says so means what Windows makes of it.
        with suppress(UnicodeError):
            return _declaring_utf8(data.decode("cp1252").encode())
    if declared and name not in ("utf-8", "utf8"):
        return data
    said = CHARSET.search(content_type or "")
    for encoding in (said[1] if said else None, _guessed(data)):
        try:
            text = data.decode(encoding or "utf-8")
        except (UnicodeError, LookupError):
            continue
        return text.encode()
    return data


def page_in_utf8(page: bytes) -> tuple[bytes, str | None]:
    """A page that does not say its encoding in UTF-8, with that name; any other as it is, without one."""
    if page.isascii() or page.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return page, None
    if _is_utf8(page.decode("utf-8", errors="replace")):
        return page, "utf-8"
    if CHARSET.search(page[:HEAD].decode("latin-1")):
        return page, None
    return page.decode(_guessed(page), errors="replace").encode(), "utf-8"


def _wide(data: bytes) -> bytes | None:
    """A feed in UTF-16 or UTF-32, marked or not, in UTF-8."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), None)
    if not encoding and data.count(0, 0, 200) * 4 > len(data[:200]):
        encoding = _unmarked_utf16(data[:4000])
    if not encoding:
        return None
    with suppress(UnicodeError):
        return _declaring_utf8(data.decode(encoding).lstrip("\ufeff").encode())
    return None


def _declaring_utf8(data: bytes) -> bytes:
    declared = DECLARED.search(data)
    return data[: declared.start(1)] + b"utf-8" + data[declared.end(1) :] if declared else data


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
