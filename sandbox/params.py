"""A request's arguments, which all arrive as text, read as leniently as the Bot API reads them."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from sandbox.answers import Refused

STRUCTURED = frozenset(
    [
        "allowed_updates",
        "button",
        "caption_entities",
        "commands",
        "entities",
        "link_preview_options",
        "media",
        "menu_button",
        "message_ids",
        "reply_markup",
        "reply_parameters",
        "results",
        "rich_message",
        "scope",
    ]
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a multipart request."""

    file_name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """The text arguments and file parts of one request."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    def integer(self, name: str, default: int = 0, low: int = -(2**63), high: int = 2**63) -> int:
        """The leading digits of an argument; clamped to its range, never refused."""
        if not self.text(name):
            return default
        return min(max(leading_integer(self.text(name)), low), high)

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in {"true", "yes", "1"}

    def structure(self, name: str, complaint: str, default: Any = None) -> Any:
        """The JSON of an argument; the default where it is empty or null. Raises Refused with the complaint."""
        if self.text(name) in {"", "null"}:
            return default
        try:
            return strict_json(self.text(name))
        except ValueError as broken:
            raise Refused(complaint) from broken

    def told(self) -> dict[str, Any]:
        """The request as the control interface reports it: JSON arguments parsed, files described."""
        told: dict[str, Any] = {}
        for name, text in self.texts.items():
            told[name] = text
            if name in STRUCTURED:
                try:
                    told[name] = strict_json(text)
                except ValueError:
                    continue
        for name, upload in self.files.items():
            told[name] = {
                "file_name": upload.file_name,
                "content_type": upload.content_type,
                "size": len(upload.content),
            }
        return told


def texts_of(content_type: str, body: bytes) -> dict[str, str]:
    """The arguments in a body that is a form or a JSON object; none in one of another type.

    Raises Refused, or ValueError where it is not what it says.
    """
    if content_type == "application/x-www-form-urlencoded":
        text = body.decode("utf-8", "surrogateescape")
        return dict(parse_qsl(text, keep_blank_values=True, errors="surrogateescape"))
    if content_type != "application/json" or not body.strip():
        return {}
    value = strict_json(body)
    if not isinstance(value, dict):
        raise Refused("expected JSON object")
    return {name: _as_text(argument) for name, argument in value.items() if argument is not None}


def _as_text(argument: Any) -> str:
    return argument if isinstance(argument, str) else json.dumps(argument, ensure_ascii=False)


def leading_integer(text: str) -> int:
    """-12 from "-12abc", 0 from "abc"."""
    found = re.match(r"-?[0-9]+", text)
    return int(found[0]) if found else 0


def strict_json(text: str | bytes) -> Any:
    """JSON as the Bot API takes it: no NaN, no lone surrogate. Raises ValueError."""
    text = text.decode() if isinstance(text, bytes) else text
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError as deep:
        raise ValueError("nested too deep") from deep
    text.encode()
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def string_field(holder: dict[str, Any], name: str, *, required: bool = False) -> str:
    """A text or number of a JSON object, as text; empty where absent and not required."""
    value = holder.get(name)
    if value is None:
        if required:
            raise Refused(f'Can\'t find field "{name}"')
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused(f'Field "{name}" must be of type String')
    return str(value)


def integer_field(holder: dict[str, Any], name: str, *, required: bool = False) -> int:
    """A whole number of a JSON object, also where it is written as text."""
    value = holder.get(name)
    if value is None:
        if required:
            raise Refused(f'Can\'t find field "{name}"')
        return 0
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(f'Field "{name}" must be a Number' if not isinstance(value, str) else _not_valid(name))
    return value


def flag_field(holder: dict[str, Any], name: str) -> bool:
    value = holder.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Refused(f'Field "{name}" must be of type Boolean')
    return value


def object_field(holder: dict[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    if value is None:
        raise Refused(f'Can\'t find field "{name}"')
    if not isinstance(value, dict):
        raise Refused(f'Field "{name}" must be of type Object')
    return value


def _not_valid(name: str) -> str:
    return f'Field "{name}" must be a valid Number'
