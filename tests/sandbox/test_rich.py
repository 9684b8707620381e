import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.rich import RichRefused, parse

API = Path(__file__).parents[2] / ".." / "shared" / "data" / "telegram" / "bot-api-10.1.json"

DIGEST = """
<h2>Saturday, 2 November</h2>
<p>7 stories, about 3 minutes</p>
<h3>World</h3>
<details open><summary><b>1  Ceasefire prospects dwindle</b> · 3 sources</summary>
<figure><img src="https://example.org/a.jpg"/>
<figcaption>A street<cite>R. Eporter</cite></figcaption></figure>
<ul><li>Strikes claim 64 lives.</li><li>A truce is refused.</li></ul>
<p><a href="https://example.org/1">example.org</a>
<tg-time unix="1730530740" format="wDt">2 Nov, 06:59</tg-time></p></details>
<table bordered striped><caption>Rates</caption><tr><th>EUR</th><td align="right">1.08</td></tr></table>
<blockquote>No comment<cite>The ministry</cite></blockquote>
<hr/><footer>1 feed has not answered since Thursday.</footer>
"""


def refusal(html: str, **options: bool) -> str:
    with pytest.raises(RichRefused) as caught:
        parse(html, **options)
    return caught.value.description


def only(html: str) -> dict[str, Any]:
    [block] = parse(html, skip_entity_detection=True)
    return block


def test_a_digest_becomes_headings_details_figure_table_quote_and_footer() -> None:
    blocks = parse(DIGEST, skip_entity_detection=True)

    assert [block["type"] for block in blocks] == [
        *("heading", "paragraph", "heading", "details", "table", "blockquote", "divider", "footer")
    ]
    story = blocks[3]
    assert story["is_open"] is True
    assert story["summary"] == [{"type": "bold", "text": "1 Ceasefire prospects dwindle"}, " · 3 sources"]
    photo, bullets, source = story["blocks"]
    assert photo["caption"] == {"text": "A street", "credit": "R. Eporter"}
    assert [item["label"] for item in bullets["items"]] == ["•", "•"]
    assert source["text"] == [
        {"type": "url", "text": "example.org", "url": "https://example.org/1"},
        " ",
        {"type": "date_time", "text": "2 Nov, 06:59", "unix_time": 1730530740, "date_time_format": "wDt"},
    ]


INLINE = {
    "<b>x</b>": {"type": "bold", "text": "x"},
    "<strong>x</strong>": {"type": "bold", "text": "x"},
    "<i>x</i>": {"type": "italic", "text": "x"},
    "<em>x</em>": {"type": "italic", "text": "x"},
    "<u>x</u>": {"type": "underline", "text": "x"},
    "<ins>x</ins>": {"type": "underline", "text": "x"},
    "<s>x</s>": {"type": "strikethrough", "text": "x"},
    "<strike>x</strike>": {"type": "strikethrough", "text": "x"},
    "<del>x</del>": {"type": "strikethrough", "text": "x"},
    "<code>x</code>": {"type": "code", "text": "x"},
    "<mark>x</mark>": {"type": "marked", "text": "x"},
    "<sub>x</sub>": {"type": "subscript", "text": "x"},
    "<sup>x</sup>": {"type": "superscript", "text": "x"},
    "<tg-spoiler>x</tg-spoiler>": {"type": "spoiler", "text": "x"},
    "<B>x</b>": {"type": "bold", "text": "x"},
    "<b><i>x</i></b>": {"type": "bold", "text": {"type": "italic", "text": "x"}},
    '<a href="https://t.me/">x</a>': {"type": "url", "text": "x", "url": "https://t.me/"},
    '<a href="t.me">x</a>': {"type": "url", "text": "x", "url": "http://t.me"},
    '<a href="mailto:a@t.me">x</a>': {"type": "email_address", "text": "x", "email_address": "a@t.me"},
    '<a href="tel:+123456789">x</a>': {"type": "phone_number", "text": "x", "phone_number": "+123456789"},
    '<a href="#top">x</a>': {"type": "anchor_link", "text": "x", "anchor_name": "top"},
    '<a href="tg://user?id=7">x</a>': {
        "type": "text_mention",
        "text": "x",
        "user": {"id": 7, "is_bot": False, "first_name": "x"},
    },
    '<tg-reference name="n">x</tg-reference>': {"type": "reference", "text": "x", "name": "n"},
    '<tg-emoji emoji-id="5">👍</tg-emoji>': {
        "type": "custom_emoji",
        "custom_emoji_id": "5",
        "alternative_text": "👍",
    },
    '<img src="tg://emoji?id=5" alt="👍"/>': {
        "type": "custom_emoji",
        "custom_emoji_id": "5",
        "alternative_text": "👍",
    },
    "<tg-math>x &lt; y</tg-math>": {"type": "mathematical_expression", "expression": "x < y"},
    '<tg-time unix="9" format="">x</tg-time>': {
        "type": "date_time",
        "text": "x",
        "unix_time": 9,
        "date_time_format": "",
    },
}


@pytest.mark.parametrize(("html", "expected"), INLINE.items(), ids=list(INLINE))
def test_every_inline_tag_has_its_rich_text(html: str, expected: dict[str, Any]) -> None:
    assert only(f"<p>{html}</p>") == {"type": "paragraph", "text": expected}


BLOCKS = {
    "<p>x</p>": {"type": "paragraph", "text": "x"},
    "loose <b>x</b>": {"type": "paragraph", "text": ["loose ", {"type": "bold", "text": "x"}]},
    "<h6>x</h6>": {"type": "heading", "text": "x", "size": 6},
    "<pre>a\n  b</pre>": {"type": "pre", "text": "a\n  b"},
    '<pre><code class="language-python">a</code></pre>': {"type": "pre", "text": "a", "language": "python"},
    "<footer>x</footer>": {"type": "footer", "text": "x"},
    "<hr>": {"type": "divider"},
    '<a name="top"></a>': {"type": "anchor", "name": "top"},
    "<tg-math-block>E = mc^2</tg-math-block>": {"type": "mathematical_expression", "expression": "E = mc^2"},
    "<aside>x<cite>A</cite></aside>": {"type": "pullquote", "text": "x", "credit": "A"},
    "<blockquote>a<br>b<cite>A</cite></blockquote>": {
        "type": "blockquote",
        "credit": "A",
        "blocks": [{"type": "paragraph", "text": "a\nb"}],
    },
    "<details><summary>s</summary>x</details>": {
        "type": "details",
        "summary": "s",
        "blocks": [{"type": "paragraph", "text": "x"}],
    },
    '<tg-map lat="41.9" long="12.5" zoom="14"/>': {
        "type": "map",
        "zoom": 14,
        "width": 640,
        "height": 320,
        "location": {"latitude": 41.9, "longitude": 12.5},
    },
    '<table><tr><td colspan="2" valign="bottom">x</td><td></td></tr></table>': {
        "type": "table",
        "cells": [
            [
                {"align": "left", "valign": "bottom", "text": "x", "colspan": 2},
                {"align": "left", "valign": "top"},
            ]
        ],
    },
}


@pytest.mark.parametrize(("html", "expected"), BLOCKS.items(), ids=list(BLOCKS))
def test_every_block_tag_has_its_block(html: str, expected: dict[str, Any]) -> None:
    assert only(html) == expected


@pytest.mark.parametrize(
    ("attributes", "labels"),
    [
        ("", ["1.", "2.", "7.", "8."]),
        (" start=3 type=a", ["c.", "d.", "g.", "h."]),
        (" type=I", ["I.", "II.", "VII.", "VIII."]),
        (" reversed", ["4.", "3.", "7.", "6."]),
    ],
)
def test_ordered_lists_count_as_their_attributes_say(attributes: str, labels: list[str]) -> None:
    block = only(f"<ol{attributes}><li>a</li><li>b</li><li value=7>c</li><li>d</li></ol>")

    assert [item["label"] for item in block["items"]] == labels


def test_checkboxes_are_drawn_on_their_items() -> None:
    block = only("<ul><li><input type=checkbox checked>a</li><li><input type=checkbox>b</li></ul>")

    assert [(item["has_checkbox"], item.get("is_checked")) for item in block["items"]] == [
        (True, True),
        (True, None),
    ]


@pytest.mark.parametrize(
    ("tag", "file", "kind"),
    [("img", "a.jpg", "photo"), ("video", "a.mp4", "video"), ("video", "a.gif", "animation"),
     ("audio", "a.mp3", "audio"), ("audio", "a.ogg", "voice_note")],
)  # fmt: skip
def test_media_are_told_apart_by_tag_and_ending(tag: str, file: str, kind: str) -> None:
    assert only(f'<{tag} src="https://example.org/{file}"/>')["type"] == kind


def test_a_slideshow_holds_media_and_a_caption() -> None:
    block = only(
        '<tg-slideshow><img src="https://example.org/a.jpg"/><video src="https://example.org/b.mp4"></video>'
        "<figcaption>Both<cite>C</cite></figcaption></tg-slideshow>"
    )

    assert [inner["type"] for inner in block["blocks"]] == ["photo", "video"]
    assert block["caption"] == {"text": "Both", "credit": "C"}


def test_a_link_to_a_reference_is_told_from_a_link_to_an_anchor() -> None:
    block = only('<p><a href="#n">1</a> <tg-reference name="n">Note</tg-reference></p>')

    assert block["text"][0] == {"type": "reference_link", "text": "1", "reference_name": "n"}


def test_only_the_listed_named_entities_are_read_and_every_numeric_one() -> None:
    block = only("<p>&lt;&gt;&amp;&quot;&apos;&hellip;&mdash;&ndash;&lsquo;&rsquo;&ldquo;&rdquo; &#8364;&#x20ac;</p>")
    other = only("<p>&copy; &eacute; &#0; &#xD800;</p>")

    assert block["text"] == "<>&\"'…—–‘’“” €€"
    assert other["text"] == "&copy; &eacute; &#0; &#xD800;"


def test_spaces_and_line_ends_run_together_except_in_pre() -> None:
    assert only("<p>  a\n   <b> b </b>  c&nbsp;&nbsp;d </p>")["text"] == [
        "a ",
        {"type": "bold", "text": "b "},
        "c\u00a0\u00a0d",
    ]


REFUSED = {
    "": "RICH_MESSAGE_CONTENT_REQUIRED",
    " \n ": "RICH_MESSAGE_CONTENT_REQUIRED",
    "<h2> </h2>": "RICH_MESSAGE_CONTENT_REQUIRED",
    "<ul></ul>": "RICH_MESSAGE_CONTENT_REQUIRED",
    "<tg-collage></tg-collage>": "RICH_MESSAGE_CONTENT_REQUIRED",
    "<details><summary>s</summary></details>": "RICH_MESSAGE_CONTENT_REQUIRED",
    "é<div>x</div>": 'can\'t parse entities: Unsupported start tag "div" at byte offset 2',
    "<script>x</script>": 'can\'t parse entities: Unsupported start tag "script" at byte offset 0',
    "<table><tbody></tbody></table>": 'can\'t parse entities: Unsupported start tag "tbody" at byte offset 7',
    "a < b": 'can\'t parse entities: Unsupported start tag "" at byte offset 2',
    "<p>x": "can't parse entities: Can't find end tag corresponding to start tag \"p\"",
    "<p>x</b></p>": ('can\'t parse entities: Unmatched end tag at byte offset 4, expected "</p>", found "</b>"'),
    "x</p>": "can't parse entities: Unexpected end tag at byte offset 1",
    "x</p": "can't parse entities: Unclosed end tag at byte offset 1",
    '<a href="x': 'can\'t parse entities: Empty attribute name in the tag "a" at byte offset 0',
    "<p ": 'can\'t parse entities: Unclosed start tag "p" at byte offset 0',
    "<p>a<ul><li>b</li></ul></p>": ('can\'t parse entities: Tag "ul" is not allowed inside "p" at byte offset 4'),
    '<p>a <img src="https://example.org/a.jpg"/></p>': (
        'can\'t parse entities: Tag "img" is not allowed inside "p" at byte offset 5'
    ),
    "<table><tr><td><p>x</p></td></tr></table>": (
        'can\'t parse entities: Tag "p" is not allowed inside "td" at byte offset 15'
    ),
    "<li>x</li>": 'can\'t parse entities: Tag "li" is not allowed at the top level at byte offset 0',
    "<ul>x</ul>": 'can\'t parse entities: Text is not allowed directly inside "ul" at byte offset 0',
    "<details>x</details>": ('can\'t parse entities: Tag "details" must have a "summary" inside at byte offset 0'),
    "<figure></figure>": ('can\'t parse entities: Tag "figure" must have exactly one media inside at byte offset 0'),
    "<tg-collage><p>x</p></tg-collage>": (
        'can\'t parse entities: Tag "p" is not allowed inside "tg-collage" at byte offset 12'
    ),
    '<img src="ftp://example.org/a.jpg"/>': "invalid file HTTP URL specified: Unsupported URL protocol",
    '<img src="data:image/png;base64,AA"/>': "invalid file HTTP URL specified: Unsupported URL protocol",
    '<img src="https:///a.jpg"/>': "invalid file HTTP URL specified: URL host is empty",
    "<img/>": "invalid file HTTP URL specified: Unsupported URL protocol",
    '<p><a href="javascript:alert(1)">x</a></p>': "RICH_MESSAGE_URL_INVALID",
    '<p><a href="mailto:nobody">x</a></p>': "RICH_MESSAGE_EMAIL_INVALID",
    '<p><tg-time unix="soon" format="t">x</tg-time></p>': "RICH_MESSAGE_DATE_INVALID",
    '<p><tg-time unix="9" format="wDT t">x</tg-time></p>': "RICH_MESSAGE_DATE_INVALID",
    '<p><tg-time unix="2147483648" format="t">x</tg-time></p>': "RICH_MESSAGE_DATE_INVALID",
    '<tg-map lat="91" long="0"/>': "RICH_MESSAGE_MAP_INVALID",
    '<tg-map lat="nan" long="0"/>': "RICH_MESSAGE_MAP_INVALID",
    "<p>\ud800</p>": "strings must be encoded in UTF-8",
}


@pytest.mark.parametrize(("html", "description"), REFUSED.items(), ids=[ascii(html) for html in REFUSED])
def test_what_telegram_would_refuse_is_refused_with_its_reason(html: str, description: str) -> None:
    assert refusal(html) == description


LIMITS = {
    "RICH_MESSAGE_TEXT_TOO_LONG": ("<p>" + "é" * 32_767 + "{}</p>", "é", "éé"),
    "RICH_MESSAGE_BLOCKS_TOO_MANY": ("<ul>" + "<li>a</li>" * 249 + "</ul>{}", "<hr>", "<hr><hr>"),
    "RICH_MESSAGE_DEPTH_TOO_BIG": (
        "<p>" + "<b>" * 14 + "{}" + "</b>" * 14 + "</p>",
        "<i>x</i>",
        "<i><u>x</u></i>",
    ),
    "RICH_MESSAGE_MEDIA_TOO_MANY": (
        '<img src="https://example.org/a.jpg"/>' * 49 + "{}",
        '<video src="http://example.org/a.mp4"/>',
        '<video src="http://example.org/a.mp4"/><audio src="http://example.org/a.mp3"/>',
    ),
    "RICH_MESSAGE_TABLE_COLUMNS_TOO_MANY": (
        '<table><tr><td rowspan="2" colspan="19">a</td></tr><tr>{}</tr></table>',
        "<td>b</td>",
        "<td>b</td><td>c</td>",
    ),
}


@pytest.mark.parametrize(("description", "case"), LIMITS.items(), ids=list(LIMITS))
def test_a_message_at_its_limit_is_taken_and_one_past_it_is_refused(
    description: str, case: tuple[str, str, str]
) -> None:
    html, full, over = case

    assert parse(html.format(full), skip_entity_detection=True)
    assert refusal(html.format(over), skip_entity_detection=True) == description


def test_plain_text_is_searched_for_entities_unless_told_not_to() -> None:
    html = "<p>See https://example.org/a. Ask @reader_one or a@t.me, #news, $USD, /start <b>now</b></p>"

    found = [part["type"] for part in parse(html)[0]["text"] if isinstance(part, dict)]

    assert found == ["url", "mention", "email_address", "hashtag", "cashtag", "bot_command", "bold"]
    assert [part if isinstance(part, str) else part["type"] for part in only(html)["text"]] == [
        "See https://example.org/a. Ask @reader_one or a@t.me, #news, $USD, /start ",
        "bold",
    ]


def test_text_that_looks_like_an_address_sinks_the_message_unless_detection_is_off() -> None:
    html = "<p>left-pad@1.2.3 is out</p>"

    assert refusal(html) == "RICH_MESSAGE_EMAIL_INVALID"
    assert only(html)["text"] == "left-pad@1.2.3 is out"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*INLINE, *BLOCKS, *REFUSED, "<", "</", "</b\\n>", '"', "&", "é", "<p>", "</p>"]),
        max_size=8,
    )
)
def test_any_string_is_either_parsed_or_refused_in_one_sentence(parts: list[str]) -> None:
    html = "".join(parts)

    try:
        outcome = json.dumps(parse(html))
    except RichRefused as refused:
        outcome = refused.description

    assert outcome
    assert "\n" not in outcome


def test_the_blocks_have_the_shape_of_the_published_types() -> None:
    if not API.exists():
        pytest.skip(f"the published types are not here: {API.name}")
    types = json.loads(API.read_text())["types"]
    documents = [DIGEST, *BLOCKS, *(f"<p>{html}</p>" for html in INLINE), "<ol><li>a</li></ol>"]

    for html in documents:
        for block in parse(html, skip_entity_detection=True):
            check(types, block, "RichBlock")


def check(types: dict[str, Any], value: Any, kind: str) -> None:
    """Every field of `value` is known to the type and of its type, and every required one is there."""
    if kind.startswith("Array of "):
        assert isinstance(value, list), (value, kind)
        for inner in value:
            check(types, inner, kind.removeprefix("Array of "))
        return
    plain: dict[str, Any] = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool, "True": bool}
    if kind in plain:
        assert isinstance(value, plain[kind]), (value, kind)
        return
    if kind == "RichText" and not isinstance(value, dict):
        for part in value if isinstance(value, list) else []:
            check(types, part, "RichText")
        return
    if kind in ("RichText", "RichBlock"):
        names = [name for name in types[kind]["subtypes"] if name.startswith(kind)]
        said = f'always "{value["type"]}"'
        [kind] = [n for n in names if said in types[n]["fields"][0]["description"]]
    fields = {entry["name"]: entry for entry in types[kind]["fields"]}
    assert set(value) <= set(fields), (kind, value)
    assert {name for name, entry in fields.items() if entry["required"]} <= set(value), (kind, value)
    for name, inner in value.items():
        check(types, inner, fields[name]["types"][0])
