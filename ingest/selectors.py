"""CSS selectors, as far as a person needs them to point at a list on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.answers import NotASelector

LONGEST = 300
MOST_PARTS = 12
NAME = r"-?[A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*"
TOKEN = re.compile(
    rf"""(?P<comma>\s*,\s*)|(?P<child>\s*>\s*)|(?P<within>\s+)|(?P<tag>{NAME}|\*)|\.(?P<cls>{NAME})|\#(?P<id>{NAME})
    |\[\s*(?P<attr>{NAME})\s*(?:(?P<how>[\^$*~|]?=)\s*(?:"(?P<double>[^"']*)"|'(?P<single>[^"']*)'|(?P<bare>[\w/.:-]+))\s*)?\]
    |:(?P<place>first-child|last-child)""",
    re.VERBOSE,
)
HOW = {
    "=": "@{name} = '{value}'",
    "^=": "starts-with(@{name}, '{value}')",
    "*=": "contains(@{name}, '{value}')",
    "$=": "substring(@{name}, string-length(@{name}) - {length} + 1) = '{value}'",
    "~=": "contains(concat(' ', normalize-space(@{name}), ' '), ' {value} ')",
    "|=": "(@{name} = '{value}' or starts-with(@{name}, '{value}-'))",
}
PLACES = {"first-child": "not(preceding-sibling::*)", "last-child": "not(following-sibling::*)"}


def as_xpath(selector: str) -> str:
    """The XPath that finds what a CSS selector does; raises `NotASelector` for one that is not understood.

    Known are names, `.classes`, `#ids`, `[attributes]`, `:first-child`, `:last-child`, descendants, `>` and commas.
    """
    text = selector.strip()
    if not text or len(text) > LONGEST:
        raise NotASelector
    steps: list[str] = []
    axis, tag, conditions, is_open = "descendant::", "*", list[str](), True
    paths: list[str] = []

    def close() -> None:
        """Ends a step; a step that says nothing is a slip."""
        nonlocal tag, conditions, is_open
        if is_open:
            raise NotASelector
        steps.append(f"{axis}{tag}" + "".join(f"[{each}]" for each in conditions))
        tag, conditions, is_open = "*", [], True

    for kind, found in _tokens(text):
        match kind:
            case "within" | "child":
                close()
                axis = "descendant::" if kind == "within" else "child::"
            case "comma":
                close()
                paths.append("/".join(steps))
                steps, axis = [], "descendant::"
            case "tag" if not is_open:
                raise NotASelector
            case "tag":
                tag, is_open = found["tag"].lower(), False
            case _:
                conditions.append(_condition(kind, found))
                is_open = False
    close()
    paths.append("/".join(steps))
    if len(paths) + sum(path.count("/") for path in paths) > MOST_PARTS:
        raise NotASelector
    return " | ".join(paths)


def _tokens(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found or found.end() == at:
            raise NotASelector
        kind = next(name for name in ("comma", "child", "within", "tag", "cls", "id", "attr", "place") if found[name])
        yield kind, found
        at = found.end()


def _condition(kind: str, found: re.Match[str]) -> str:
    if kind == "cls":
        return HOW["~="].format(name="class", value=found["cls"])
    if kind == "id":
        return HOW["="].format(name="id", value=found["id"])
    if kind == "place":
        return PLACES[found["place"]]
    name = found["attr"].lower()
    if not found["how"]:
        return f"@{name}"
    value = found["double"] or found["single"] or found["bare"] or ""
    return HOW[found["how"]].format(name=name, value=value, length=len(value))
