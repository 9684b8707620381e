"""What Telegram finds in plain text by itself: mentions, commands, hashtags, cashtags, addresses."""

import re

from sandbox.entities import Entity, in_order, units, without_overlaps

SHORT_NAMES = frozenset({"gif", "nft", "pic", "ufc", "vid"})
# The commonest of the several hundred endings Telegram knows.
ENDINGS = (
    "website|agency|online|онлайн|cloud|email|media|press|space|store|today|world|blog|club|info|live"
    "|mobi|name|news|page|shop|site|tech|wiki|app|art|biz|com|dev|edu|fun|gov|icu|int|mil|net|org|pro"
    "|top|vip|xyz|ac|ad|ae|ai|al|am|ar|at|au|az|bd|be|bg|bo|br|by|ca|cc|ch|cl|cn|co|cr|cu|cy|cz|de|dk"
    "|do|dz|ec|ee|eg|es|eu|fi|fm|fr|gd|ge|gg|gl|gr|hk|hr|hu|id|ie|il|in|io|iq|ir|is|it|jp|ke|kr|kz|li"
    "|lk|lt|lu|lv|ly|ma|md|me|mk|mn|mt|mx|my|ng|nl|no|np|nz|pe|ph|pk|pl|pt|ro|rs|ru|sa|se|sg|si|sk|su"
    "|th|tn|to|tr|tv|tw|ua|uk|us|uy|uz|ve|vn|ws|za|рф"
)

_HASHTAG = r"\w·\u200c\u0d80-\u0dff"
_DOMAIN = rf"(?:[\w-]+\.)+(?:{ENDINGS}|xn--[a-z0-9-]+)"
# The type, the sign without which there is none of it (if any), and what it looks like.
_RULES = (
    ("mention", "@", re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}+(?!\w)")),
    (
        "bot_command",
        "/",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}+(?:@[A-Za-z0-9_]{3,32}+|(?!@))(?![\w/<>])"),
    ),
    ("hashtag", "#", re.compile(rf"(?<![{_HASHTAG}])#[{_HASHTAG}]{{1,256}}+(?:@[A-Za-z0-9_]{{3,32}}+)?(?!#)")),
    ("cashtag", "$", re.compile(r"(?<![\w$])\$[A-Z]{1,8}+(?![\w$])")),
    ("url", "://", re.compile(r"(?<![\w/])(?:tg|ton|tonsite)://[\w-]+(?:[/?#][^\s<>\"«»]*)?", re.IGNORECASE)),
    ("email", "@", re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}+@{_DOMAIN}(?![\w-])", re.IGNORECASE)),
    (
        "url",
        "",
        re.compile(
            rf"(?<![\w@./-])(?:(?:https?|ftp)://(?:[^\s/@<>]+@)?(?:localhost|[\w-]+(?:\.[\w-]+)+)|{_DOMAIN})"
            r"(?![\w@-])(?::[0-9]{1,5})?(?:[/?#][^\s<>\"«»]*)?",
            re.IGNORECASE,
        ),
    ),
)


def detected(text: str) -> list[Entity]:
    """Entities found in a text, in order, none overlapping; offsets in UTF-16 units."""
    found = []
    for type_, sign, rule in _RULES:
        for match in rule.finditer(text) if sign in text else ():
            if _counts(type_, match[0]):
                found.append(Entity(type_, units(text[: match.start()]), units(_trimmed(type_, match[0]))))
    return without_overlaps(in_order(found))


def _counts(type_: str, found: str) -> bool:
    if type_ == "mention":
        return len(found) > 4 or found[1:].lower() in SHORT_NAMES
    if type_ == "hashtag":
        return any(sign.isalpha() for sign in found.partition("@")[0])
    return True


def _trimmed(type_: str, found: str) -> str:
    """An address without the punctuation that ends the sentence, or the bracket that was opened before it."""
    if type_ != "url":
        return found
    while found:
        if found[-1] in ".,:;!?'…*_~" or (found[-1] == ")" and found.count("(") < found.count(")")):
            found = found[:-1]
        else:
            break
    return found
