"""The text of a file, whatever encoding it was saved in."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from ingest.answers import NotAnArticle, TooLarge

MAX_BYTES = 1_000_000
NOISE = re.compile("[\x01-\x08\x0e-\x1f\ufffd]")
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
    # A file in UTF-8 with a few broken bytes is still one; other encodings of
    # more than ASCII are hardly ever well-formed UTF-8 even once.
    is_utf8 = text.count("\ufffd") * 20 <= len(text) - len(text.encode("ascii", "ignore"))
    if is_utf8 and not _is_noise(text) and text.count("\0") * 4 <= len(text):
        return text
    if unmarked := _unmarked_utf16(data[:4000]):
        return _text(data.decode(unmarked, errors="replace"))
    if is_utf8:
        return _text(text)
    best = from_bytes(data[:50_000].replace(b"\0", b""), cp_isolation=ENCODINGS).best()
    return _text(data.decode(best.encoding if best else "cp1252", errors="replace"))


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
