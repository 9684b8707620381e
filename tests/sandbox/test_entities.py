import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.answers import Refused
from sandbox.detect import detected
from sandbox.entities import Entity, kept_text, sent_entities
from sandbox.formatting import kept, parsed_text
from sandbox.links import BadLink, checked_link
from sandbox.parse_html import parse_html

VECTORS = Path(__file__).parents[2] / ".." / "shared" / "data" / "telegram" / "parse-html-vectors.json"
TDLIB_NAMES = {
    "TextUrl": "text_link",
    "PreCode": "pre",
    "CustomEmoji": "custom_emoji",
    "FormattedDate": "date_time",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
}


def vectors() -> list[dict[str, Any]]:
    if not VECTORS.exists():
        pytest.skip("TDLib's parser vectors are not at hand (shared/data/telegram)")
    loaded: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return loaded


def shown(html: str, longest: int = 4096) -> tuple[str, list[tuple[str, int, int]]]:
    """Text and entities as a message would show them."""
    text, entities = kept(*parsed_text(html, "HTML"), longest=longest, too_long="Message is too long")
    return text, [(e.type, e.offset, e.length) for e in entities]


def refusal(html: str) -> str:
    with pytest.raises(Refused) as caught:
        kept(*parsed_text(html, "HTML"), longest=4096, too_long="Message is too long")
    return caught.value.description


def test_every_valid_vector_of_tdlib_gives_its_text_and_entities() -> None:
    valid = [vector for vector in vectors() if "error" not in vector]
    for vector in valid:
        text, entities = parse_html(vector["html"])
        told = [
            (e.type, e.offset, e.length, *([e.value] if e.type == "text_link" or (e.type == "pre" and e.value) else []))
            for e in entities
        ]
        wanted = [(TDLIB_NAMES.get(e[0], e[0].lower()), *e[1:]) for e in vector["entities"]]
        assert (text, told) == (vector["text"], wanted), vector["html"]
    assert len(valid) == 71


def test_every_refused_vector_of_tdlib_is_refused_in_its_words() -> None:
    refused = [vector for vector in vectors() if "error" in vector]
    for vector in refused:
        with pytest.raises(Refused) as caught:
            parse_html(vector["html"])
        assert caught.value.message.startswith(vector["error"]), vector["html"]
    assert len(refused) == 18


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("a<br>", 'Unsupported start tag "br" at byte offset 1'),
        ("é<b", "Unclosed start tag at byte offset 2"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ('<a ="x">', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x_y>", "Unexpected end of name token at byte offset 8"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<tg-emoji emoji-id=x>a</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xD83D;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate"
            " code units",
        ),
    ],
)
def test_broken_html_is_refused_with_the_byte_where_it_breaks(html: str, reason: str) -> None:
    assert refusal(html) == f"Bad Request: can't parse entities: {reason}"


def test_only_four_named_references_are_known_and_their_semicolon_is_optional() -> None:
    assert shown("&lt;&gt;&amp;&quot; &nbsp; &lt &#65; &apos;")[0] == '<>&" &nbsp; < A &apos;'


def test_control_characters_become_spaces_and_direction_marks_vanish() -> None:
    assert shown("a\tb\x00c\rd\u202ee\u2028f\u0333")[0] == "a b cdef"


def test_entities_move_with_the_characters_cleaning_drops() -> None:
    assert shown("\r\u202e<b>\U0001f600\r!</b>") == ("\U0001f600!", [("bold", 0, 3)])


def test_space_around_the_text_is_trimmed_but_not_inside_a_first_entity() -> None:
    assert shown("\n a \n") == ("a", [])
    assert shown("<b> a</b> ") == (" a", [("bold", 0, 2)])


@pytest.mark.parametrize("html", [" \n ", "\u200b\u200d", "<b>  </b>", "\u00a0", "\u202e"])
def test_text_of_nothing_visible_is_refused(html: str) -> None:
    assert refusal(html) == "Bad Request: text must be non-empty"


def test_4096_characters_pass_and_one_more_does_not() -> None:
    assert len(shown("\U0001f600" * 4096)[0]) == 4096
    assert refusal("<b>" + "a" * 4097 + "</b>") == "Bad Request: message is too long"


def test_32768_bytes_of_markup_are_the_most_that_is_read() -> None:
    assert refusal("é" * 16385) == "Bad Request: text is too long"


def test_a_link_telegram_cannot_use_is_lost_in_silence_and_its_text_stays() -> None:
    assert shown('<a href="nowhere">word</a> <a href="javascript:alert(1)">x</a>') == ("word x", [])
    assert shown('<a href="https://e.example/?a=1&amp;b">word</a>') == ("word", [("text_link", 0, 4)])


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("gopher://a.example", "Unsupported URL protocol"),
        ("http://", "URL host is empty"),
        ("localhost", "Wrong HTTP URL"),
        ("http://a.example:0", "Wrong port number specified in the URL"),
        ("http://a.example:99999", "Wrong port number specified in the URL"),
        ("http://[::zz]/", "Wrong IPv6 address specified in the URL"),
        ("http://a b.example/", "Disallowed character in URL host"),
        ("http://a%zz.example/", "Wrong percent-encoded symbol in URL host"),
        ("tg://a.b", "Unallowed characters in URL host"),
    ],
)
def test_a_bad_address_is_refused_with_its_reason(link: str, reason: str) -> None:
    with pytest.raises(BadLink, match=reason):
        checked_link(link)


def test_an_address_is_stored_with_scheme_and_path() -> None:
    assert checked_link("Example.ORG") == "http://example.org/"
    assert checked_link("https://u@e.example:81?q=a b") == "https://u@e.example:81/?q=a%20b"
    assert checked_link("tg:resolve?domain=x") == "tg://resolve?domain=x"


def test_tg_user_link_becomes_a_mention() -> None:
    assert parse_html('<a href="tg://user?id=1001">Reader</a>')[1] == [Entity("text_mention", 0, 6, number=1001)]


def test_styles_split_at_the_borders_of_links_and_of_other_styles() -> None:
    assert shown('<b>a<a href="https://e.example">b</a>c</b>')[1] == [
        ("bold", 0, 1),
        ("text_link", 1, 1),
        ("bold", 1, 1),
        ("bold", 2, 1),
    ]
    assert shown("<b>a<i>b</i>c</b>")[1] == [("bold", 0, 1), ("bold", 1, 2), ("italic", 1, 1)]


def test_code_holds_no_style_and_quotes_do_not_nest() -> None:
    assert shown("<code>a<b>b</b></code>")[1] == [("code", 0, 2)]
    assert shown("<blockquote>a<blockquote>b</blockquote></blockquote>")[1] == [("blockquote", 0, 2)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hello @admin_x.", [("mention", 6, 8)]),
        ("mail@host @abc @gif", [("mention", 15, 4)]),
        ("/forget now, and/or /a@b", [("bot_command", 0, 7)]),
        ("/start@some_bot", [("bot_command", 0, 15)]),
        ("#news #123 a#b $TSLA", [("hashtag", 0, 5), ("cashtag", 15, 5)]),
        ("see example.com, or https://e.example/a_(b).", [("url", 4, 11), ("url", 20, 23)]),
        ("me@example.com", [("email", 0, 14)]),
        ("tg://resolve?domain=x", [("url", 0, 21)]),
        ("\U0001f600 /go", [("bot_command", 3, 3)]),
        ("3.14 e.g. 10:30 a/b", []),
    ],
)
def test_telegram_finds_these_in_plain_text(text: str, found: list[tuple[str, int, int]]) -> None:
    assert [(e.type, e.offset, e.length) for e in detected(text)] == found


def test_nothing_is_found_inside_links_and_code() -> None:
    assert shown('<a href="https://e.example">@admin_x</a> <code>/forget</code>')[1] == [
        ("text_link", 0, 8),
        ("code", 9, 7),
    ]


def test_entities_past_the_hundredth_are_dropped_without_a_word() -> None:
    text, entities = shown(" ".join(f"<b>{n}</b>" for n in range(150)))
    assert len(entities) == 100
    assert text.endswith("149")


def test_too_many_bytes_of_entities_are_refused() -> None:
    links = " ".join(f'<a href="https://e.example/{n}{"x" * 180}">{n}</a>' for n in range(50))
    assert refusal(links) == "Bad Request: ENTITIES_TOO_LONG"
    assert sent_entities([Entity("text_link", 0, 1, "https://e.example/")]) != []


def test_entities_given_by_the_bot_must_stand_on_whole_characters() -> None:
    with pytest.raises(Refused):
        kept_text("\U0001f600a", [Entity("bold", 1, 1)])
    assert kept_text("\U0001f600a", [Entity("bold", 2, 1)])[1] == [Entity("bold", 2, 1)]
