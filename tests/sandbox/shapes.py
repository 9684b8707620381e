"""Whether a Bot API request has the shape the documentation gives it, by `bot-api-10.1.json`.

Takes the params of `GET /sandbox/requests`. At the top level numbers and booleans may be text, as they travel;
inside a JSON argument types are meant as written.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SCHEMA = Path(__file__).parents[2] / ".." / "shared" / "data" / "telegram" / "bot-api-10.1.json"
Schema = dict[str, Any]


@cache
def schema() -> Schema:
    """The documentation as data; skips the test where it is not at hand."""
    if not SCHEMA.exists():
        pytest.skip("the Bot API documentation as data is not at hand (shared/data/telegram)")
    loaded: Schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


def violations(method: str, params: dict[str, Any], schema: Schema) -> list[str]:
    """What is wrong with a request, one sentence each; empty where it is as documented."""
    known = {name.lower(): described for name, described in schema["methods"].items()}
    if method.lower() not in known:
        return [f"{method} is no method"]
    return _fields(method, params, known[method.lower()].get("fields", []), schema, is_top=True)


def _fields(where: str, value: dict[str, Any], fields: list[Schema], schema: Schema, *, is_top: bool) -> list[str]:
    described = {field["name"]: field for field in fields}
    found = [
        f"{where}: {name} is not a parameter" for name in value if name not in described and not is_file(value[name])
    ]
    found += [f"{where}: {n} is missing" for n, field in described.items() if field["required"] and n not in value]
    for name, item in value.items():
        if name in described:
            found += _one_of(f"{where}.{name}", item, described[name]["types"], schema, is_top=is_top)
    return found


def is_file(value: Any) -> bool:
    """An uploaded part as the sandbox reports it."""
    return isinstance(value, dict) and value.keys() == {"file_name", "content_type", "size"}


def _one_of(where: str, value: Any, types: list[str], schema: Schema, *, is_top: bool) -> list[str]:
    """Nothing where the value fits one type; else what is wrong with the type it fits best."""
    attempts = [_typed(where, value, type_, schema, is_top=is_top) for type_ in types]
    if [] in attempts:
        return []
    if len(attempts) > 1 and not isinstance(value, dict | list):
        return [f"{where} is {_short(value)}, not {' or '.join(types)}"]
    return min(attempts, key=len)


def _typed(where: str, value: Any, type_: str, schema: Schema, *, is_top: bool) -> list[str]:
    if type_.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where} is {_short(value)}, not an array"]
        inner = type_.removeprefix("Array of ")
        return [
            wrong
            for n, item in enumerate(value)
            for wrong in _typed(f"{where}[{n}]", item, inner, schema, is_top=False)
        ]
    if type_ in _SIMPLE:
        fits = _SIMPLE[type_](value) or (is_top and isinstance(value, str) and _TEXTS[type_].fullmatch(value))
        return [] if fits else [f"{where} is {_short(value)}, not {type_}"]
    if type_ == "InputFile":
        return [] if is_file(value) or isinstance(value, str) else [f"{where} is {_short(value)}, not a file"]
    described = schema["types"].get(type_)
    if described is None:
        return [f"{where}: {type_} is not in the documentation"]
    if described.get("subtypes"):
        return _one_of(where, value, _likely(value, described["subtypes"], schema), schema, is_top=False)
    if not isinstance(value, dict):
        return [f"{where} is {_short(value)}, not {type_}"]
    return _fields(where, value, described.get("fields", []), schema, is_top=False)


def _likely(value: Any, subtypes: list[str], schema: Schema) -> list[str]:
    """Of a union, the types whose own `type` (or `status`, `source`) is the value's; all of them where none is."""
    for key in ("type", "status", "source"):
        told = value.get(key) if isinstance(value, dict) else None
        if isinstance(told, str):
            likely = [name for name in subtypes if told in _told(schema["types"].get(name, {}), key)]
            if likely:
                return likely
    return subtypes


def _told(described: Schema, key: str) -> set[str]:
    """The constant a field is documented to hold ("must be article", "always “default”")."""
    for field in described.get("fields", []):
        if field["name"] == key:
            return set(re.findall(r"(?:must be|always) [“\"]?(\w+)", field["description"]))
    return set()


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_SIMPLE: dict[str, Callable[[Any], bool]] = {
    "String": lambda value: isinstance(value, str),
    "Integer": _is_integer,
    "Float": lambda value: _is_integer(value) or isinstance(value, float),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
    "False": lambda value: value is False,
}
_TEXTS = {
    "String": re.compile(r"(?s).*"),
    "Integer": re.compile(r"-?[0-9]+"),
    "Float": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    "Boolean": re.compile(r"(?i)true|false"),
    "True": re.compile(r"(?i)true"),
    "False": re.compile(r"(?i)false"),
}
