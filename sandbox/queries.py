"""Questions with a short life: button presses and inline queries, the inline cache, and their answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.answers import Refused
from sandbox.bell import Bell
from sandbox.formatting import content_of, parsed_text, text_content
from sandbox.keyboards import Markup, checked_markup, markup_of
from sandbox.params import Params, string_field

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
LONGEST_NOTICE = 200
MOST_RESULTS = 50
LONGEST_CACHE = 24 * 3600
RESULT_TYPES = frozenset(
    [
        "article",
        "audio",
        "contact",
        "document",
        "game",
        "gif",
        "location",
        "mpeg4_gif",
        "photo",
        "sticker",
        "venue",
        "video",
        "voice",
    ]
)


@dataclass(slots=True)
class Query:
    """One question. answer: None until the bot has answered."""

    id: str
    user_id: int
    asked_at: float
    text: str = ""
    offset: str = ""
    answer: dict[str, Any] | None = None
    was_cached: bool = False


@dataclass(slots=True)
class Queries:
    """All questions asked so far. expiry: seconds in which the bot may answer."""

    clock: Callable[[], float]
    expiry: float = 15.0
    bell: Bell = field(default_factory=Bell)
    _ids: Any = field(default_factory=lambda: count(4_382_000_000_000_000_001))
    _asked: dict[str, Query] = field(default_factory=dict)
    _cache: dict[tuple[int, str, str], tuple[float, dict[str, Any]]] = field(default_factory=dict)

    def ask(self, user_id: int, text: str = "", offset: str = "") -> Query:
        query = Query(str(next(self._ids)), user_id, self.clock(), text, offset)
        self._asked[query.id] = query
        return query

    def asked(self, id_: str) -> Query | None:
        return self._asked.get(id_)

    def recalled(self, user_id: int, text: str, offset: str) -> Query | None:
        """A query answered from the cache: one's own results before those shared by all."""
        for owner in (user_id, 0):
            until, answer = self._cache.get((owner, text, offset), (0.0, {}))
            if self.clock() < until:
                query = self.ask(user_id, text, offset)
                query.answer, query.was_cached = answer, True
                return query
        return None

    def _answerable(self, id_: str) -> Query:
        query = self._asked.get(id_)
        if query is None or query.answer is not None or self.clock() > query.asked_at + self.expiry:
            raise Refused(TOO_OLD)
        return query

    def answer_press(self, params: Params) -> bool:
        """answerCallbackQuery. Raises Refused."""
        if len(params.text("text")) > LONGEST_NOTICE:
            raise Refused("MESSAGE_TOO_LONG")
        query = self._answerable(params.text("callback_query_id"))
        answer: dict[str, Any] = {name: params.text(name) for name in ("text", "url") if params.text(name)}
        query.answer = answer | ({"show_alert": True} if params.flag("show_alert") else {})
        self.bell.ring()
        return True

    def answer_inline(self, params: Params) -> bool:
        """answerInlineQuery. Raises Refused."""
        button = _button(params)
        results = _results(params)
        query = self._answerable(params.text("inline_query_id"))
        _check_served(results, params.text("next_offset"))
        query.answer = {"results": results, "next_offset": params.text("next_offset")} | button
        seconds = params.integer("cache_time", 300, 0, LONGEST_CACHE)
        owner = query.user_id if params.flag("is_personal") else 0
        if seconds:
            self._cache[owner, query.text, query.offset] = (self.clock() + seconds, query.answer)
        self.bell.ring()
        return True


def _button(params: Params) -> dict[str, Any]:
    button = params.structure("button", "Can't parse inline query results button JSON object")
    if button is None:
        return {}
    try:
        if not isinstance(button, dict):
            raise Refused("InlineQueryResultsButton must be an Object")
        string_field(button, "text", required=True)
        if not button.keys() & {"start_parameter", "web_app"}:
            raise Refused("InlineQueryResultsButton must have exactly one optional field")
    except Refused as wrong:
        raise Refused(f"Can't parse inline query results button: {wrong.message}") from wrong
    return {"button": button}


def _results(params: Params) -> list[dict[str, Any]]:
    try:
        results = params.structure("results", "")
    except Refused as wrong:
        raise Refused("Can't parse JSON encoded inline query results: not JSON") from wrong
    if results is None:
        return []
    if not isinstance(results, list):
        raise Refused("Expected an Array of inline query results")
    if len(results) > MOST_RESULTS:
        raise Refused("Too many inline query results specified")
    for result in results:
        try:
            _check_result(result)
        except Refused as wrong:
            raise Refused(f"Can't parse inline query result: {wrong.message}") from wrong
    return results


def _check_result(result: Any) -> None:
    if not isinstance(result, dict):
        raise Refused("Inline query result must be an object")
    type_ = string_field(result, "type", required=True).lower()
    string_field(result, "id", required=True)
    content = result.get("input_message_content")
    if content is None and type_ == "article":
        string_field(result, "message_text", required=True)
    if content is not None:
        if not isinstance(content, dict):
            raise Refused('Field "input_message_content" must be of type Object')
        content_of(content)
    parsed_text(string_field(result, "caption"), string_field(result, "parse_mode"), result.get("caption_entities"))
    if "reply_markup" in result:
        markup_of(result["reply_markup"])
    if type_ not in RESULT_TYPES:
        raise Refused(f'type "{type_}" is unsupported for the inline query result')
    if type_ == "article":
        string_field(result, "title", required=True)


def _check_served(results: list[dict[str, Any]], next_offset: str) -> None:
    """What the server refuses in results that parsed."""
    ids = [string_field(result, "id") for result in results]
    if any(not 1 <= len(id_.encode()) <= 64 for id_ in ids):
        raise Refused("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise Refused("RESULT_ID_DUPLICATE")
    if len(next_offset.encode()) > 64:
        raise Refused("NEXT_OFFSET_INVALID")
    for result in results:
        checked_markup(markup_of(result.get("reply_markup", {})), "private")
        if content := result.get("input_message_content"):
            content_of(content, is_final=True)


def chosen(query: Query, result_id: str) -> tuple[dict[str, Any], Markup] | None:
    """The content and keyboard of the message a chosen result becomes; None where there is no such result."""
    results = query.answer["results"] if query.answer else []
    result = next((r for r in results if string_field(r, "id") == result_id), None)
    if result is None:
        return None
    markup = checked_markup(markup_of(result.get("reply_markup", {})), "private")
    content = result.get("input_message_content") or result
    if "message_text" in content or "rich_message" in content:
        return content_of(content, is_final=True), markup
    caption = parsed_text(string_field(result, "caption"), string_field(result, "parse_mode"))
    told = text_content(*caption, name="caption")
    return told or {"text": string_field(result, "title") or result["type"]}, markup
