"""The control interface: people at the keyboard, faults on order, and what tests count by. JSON in, JSON out."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox import people
from sandbox.answers import Refused
from sandbox.faults import BadFault
from sandbox.limits import RATES, Rates
from sandbox.queries import Query, chosen
from sandbox.state import Sandbox
from sandbox.world import STATUSES, Chat

LONGEST_WAIT = 50.0


class BadControl(Exception):
    """A control request that makes no sense; the argument is the sentence to answer."""


class Body:
    """A control request's JSON object or query."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise BadControl(f"{name} is missing or not a text")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        try:
            return float(self.values[name] if name in self.values or default is None else default)
        except (KeyError, TypeError, ValueError) as wrong:
            raise BadControl(f"{name} is missing or not a number") from wrong

    def integer(self, name: str, default: int | None = None) -> int:
        try:
            return int(self.number(name, default))
        except (OverflowError, ValueError) as wrong:
            raise BadControl(f"{name} is not a whole number") from wrong


Handler = Callable[[Sandbox, Body], Awaitable[Any]]


def add_routes(app: web.Application, sandbox: Sandbox) -> None:
    """Mount every control endpoint."""
    for (verb, path), handler in ROUTES.items():
        app.router.add_route(verb, f"/sandbox/{path}", _mounted(sandbox, handler))


def _mounted(sandbox: Sandbox, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(sandbox, await _body(request)))
        except BadControl as bad:
            return web.json_response({"error": str(bad)}, status=400)

    return answer


async def _body(request: web.Request) -> Body:
    if request.method != "POST":
        return Body(dict(request.query))
    try:
        values = json.loads(await request.read() or b"{}")
    except ValueError as broken:
        raise BadControl("the body is not JSON") from broken
    if not isinstance(values, dict):
        raise BadControl("the body is not a JSON object")
    return Body(values)


def _chat(sandbox: Sandbox, body: Body) -> Chat:
    chat = sandbox.world.chats.get(body.integer("chat_id"))
    if chat is None:
        raise BadControl("there is no such chat")
    return chat


def _user_id(sandbox: Sandbox, body: Body) -> int:
    user_id = body.integer("user_id")
    if user_id not in sandbox.world.users:
        raise BadControl("there is no such user")
    return user_id


async def world(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    world = sandbox.world
    return {
        "bot": world.bot,
        "users": [user for user in world.users.values() if user is not world.bot],
        "chats": [_told_chat(sandbox, chat) for chat in world.chats.values()],
        "members": {str(chat.id): chat.members for chat in world.chats.values()},
        "commands": sandbox.commands.get(("default", ""), []),
    }


def _told_chat(sandbox: Sandbox, chat: Chat) -> dict[str, Any]:
    told = sandbox.world.chat_json(chat)
    told |= {"topics": [{"id": id_, "name": name} for id_, name in chat.topics.items()]} if chat.topics else {}
    told |= {"blocked": True} if chat.is_blocked else {}
    return told | ({"migrated_to": chat.migrated_to} if chat.migrated_to else {})


async def add_user(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    id_ = body.integer("id", 0) or sandbox.world.new_id()
    if id_ in sandbox.world.users or id_ < 0:
        raise BadControl("that id is taken or negative")
    user = sandbox.world.add_user(id_, body.text("first_name"), body.text("language_code", "en"))
    sandbox.world.chats[id_].is_started = bool(body.get("started", True))
    return user


async def add_chat(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    type_ = body.text("type")
    if type_ not in {"group", "supergroup", "channel"}:
        raise BadControl("type is group, supergroup or channel")
    number = sandbox.world.new_id()
    id_ = body.integer("id", 0) or (-number if type_ == "group" else -1_000_000_000_000 - number)
    if id_ in sandbox.world.chats or id_ > 0:
        raise BadControl("that id is taken or positive")
    chat = sandbox.world.add_chat(id_, type_, body.text("title"), is_forum=bool(body.get("is_forum", False)))
    return _told_chat(sandbox, chat)


async def add_topic(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """A topic in a forum; with `id` and `closed` or `deleted`, what becomes of it."""
    chat = _chat(sandbox, body)
    if not chat.is_forum:
        raise BadControl("only a forum has topics")
    id_ = body.integer("id", 0) or max(chat.topics, default=1) + 1
    chat.topics[id_] = body.text("name", chat.topics.get(id_, "Topic"))
    chat.closed_topics ^= {id_} & chat.closed_topics
    if body.get("closed"):
        chat.closed_topics.add(id_)
    if body.get("deleted"):
        del chat.topics[id_]
    return {"id": id_}


async def set_member(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """A membership; `may_send` false takes the bot's right to write, `by` is who does it."""
    chat, user_id = _chat(sandbox, body), _user_id(sandbox, body)
    status = body.text("status")
    if status not in STATUSES:
        raise BadControl(f"status is one of {', '.join(sorted(STATUSES))}")
    chat.bot_may_send = bool(body.get("may_send", True)) if user_id == sandbox.bot_id else chat.bot_may_send
    by = body.integer("by", 0) or next((id_ for id_ in chat.members if id_ != sandbox.bot_id), user_id)
    people.set_member(sandbox, chat, user_id, status, by=by)
    return {"chat_id": chat.id, "user_id": user_id, "status": status}


async def say(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat, user_id = _chat(sandbox, body), _user_id(sandbox, body)
    content: dict[str, Any] = {}
    if "text" in body.values:
        content["text"] = body.text("text")
    for name in ("location", "document", "photo", "caption"):
        if name in body.values:
            content[name] = body.get(name)
    if not content:
        raise BadControl("say what? text, location or document is missing")
    if "document" in content:
        content["document"] = _document(sandbox, content["document"])
    if replied := chat.messages.get(body.integer("reply_to_message_id", 0)):
        content["reply_to_message"] = replied.shown
    return people.say(sandbox, chat, user_id, content, body.integer("thread_id", 0)).shown


def _document(sandbox: Sandbox, wanted: Any) -> dict[str, Any]:
    """A person's file: {file_name, mime_type, content} with the content as text, fetched later by getFile."""
    if not isinstance(wanted, dict):
        raise BadControl("document is a JSON object")
    name, kind = str(wanted.get("file_name", "file")), str(wanted.get("mime_type", "application/octet-stream"))
    file = sandbox.keep_file(name, kind, str(wanted.get("content", "")).encode("utf-8", "replace"))
    told = {"file_id": file.file_id, "file_unique_id": f"AgAD{file.file_id[-8:]}"}
    return told | {"file_name": file.name, "mime_type": kind, "file_size": len(file.content)}


async def press(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat, user_id = _chat(sandbox, body), _user_id(sandbox, body)
    message = chat.messages.get(body.integer("message_id"))
    if message is None:
        raise BadControl("there is no such message")
    query = people.press(sandbox, chat, user_id, message, body.text("data"))
    await _answered(sandbox, body, query)
    return {"callback_query_id": query.id, "answer": query.answer}


async def inline(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    user_id = _user_id(sandbox, body)
    text = body.text("query")[:256]
    query = people.inline(sandbox, user_id, text, body.text("offset", ""), body.text("chat_type", ""))
    await _answered(sandbox, body, query)
    if query.answer is None:
        return {"results": None}
    return {"inline_query_id": query.id, "cached": query.was_cached} | query.answer


async def _answered(sandbox: Sandbox, body: Body, query: Query) -> None:
    wait = min(max(body.number("answer_within", 5), 0.0), LONGEST_WAIT)
    await sandbox.queries.bell.until(lambda: query.answer is not None, wait)


async def choose(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat, user_id = _chat(sandbox, body), _user_id(sandbox, body)
    query = sandbox.queries.asked(body.text("inline_query_id"))
    if query is None or query.user_id != user_id:
        raise BadControl("that user asked no such inline query")
    try:
        found = chosen(query, body.text("result_id"))
    except Refused as refused:
        raise BadControl(f"the result cannot be sent: {refused.message}") from refused
    if found is None:
        raise BadControl("there is no such result")
    return people.choose(sandbox, chat, query, body.text("result_id"), *found).shown


async def block(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat = _chat(sandbox, body)
    if chat.type != "private":
        raise BadControl("only a private chat blocks the bot")
    people.block(sandbox, chat, is_blocked=bool(body.get("blocked", True)))
    return {"chat_id": chat.id, "blocked": chat.is_blocked}


async def end_chat(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """A person's account is deactivated, or a small group is deleted: no update says so."""
    chat = _chat(sandbox, body)
    chat.is_gone = bool(body.get("gone", True))
    return {"chat_id": chat.id, "gone": chat.is_gone}


async def migrate(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """A small group becomes a supergroup; `silent` keeps the service messages from the bot."""
    chat = _chat(sandbox, body)
    if chat.type != "group" or chat.migrated_to:
        raise BadControl("only a small group becomes a supergroup, once")
    new, left, arrived = sandbox.world.migrate(chat)
    if not body.get("silent"):
        sandbox.tell("message", left.shown, chat.id)
        sandbox.tell("message", arrived.shown, new.id)
    return {"chat_id": new.id}


async def messages(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat, after = _chat(sandbox, body), body.integer("after", 0)
    told = []
    for message in chat.messages.values():
        if message.id <= after or message.is_deleted:
            continue
        keyboard = {"reply_markup": message.keyboard} if message.keyboard else {}
        told.append(message.shown | keyboard | {"edited": message.edited, "silent": message.is_silent})
    return {"messages": told, "revision": sandbox.world.revision}


async def events(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    world, revision = sandbox.world, body.integer("revision", 0)
    wait = min(max(body.number("timeout", 25), 0.0), LONGEST_WAIT)
    await world.bell.until(lambda: world.revision > revision, wait)
    return {"revision": world.revision, "chat_ids": world.changed_since(revision)}


async def ledger(sandbox: Sandbox, body: Body) -> list[dict[str, Any]]:
    return sandbox.ledger.entries


async def requests(sandbox: Sandbox, body: Body) -> list[dict[str, Any]]:
    return list(sandbox.requests)


async def updates(sandbox: Sandbox, body: Body) -> dict[str, int]:
    return {"pending": len(sandbox.updates)}


async def inject(sandbox: Sandbox, body: Body) -> dict[str, int]:
    """An update of any shape, for those who must survive it."""
    return {"update_id": sandbox.updates.push_raw(body.values)}


async def add_fault(sandbox: Sandbox, body: Body) -> dict[str, int]:
    try:
        return {"id": sandbox.faults.add(body.values).id}
    except BadFault as bad:
        raise BadControl(str(bad)) from bad


async def faults(sandbox: Sandbox, body: Body) -> list[dict[str, Any]]:
    return sandbox.faults.told()


async def clear_faults(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    sandbox.faults.clear()
    return {}


async def set_limits(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    """`mode` off, free or paid; in place of its rates, `overall`, `chat`, `group` ([count, seconds]), `retry_after`."""
    mode = body.text("mode", "free")
    if mode not in RATES:
        raise BadControl(f"mode is one of {', '.join(RATES)}")
    rates = RATES[mode]
    if rates is not None:
        overall, chat, group = (_rate(body, name, getattr(rates, name)) for name in ("overall", "chat", "group"))
        rates = Rates(overall, chat, group, body.integer("retry_after", 0))
    sandbox.limits.rates = rates
    return {"mode": mode, "refused": sandbox.limits.refused}


def _rate(body: Body, name: str, default: tuple[int, float]) -> tuple[int, float]:
    rate = body.get(name, default)
    if isinstance(rate, list | tuple) and len(rate) == 2 and all(isinstance(n, int | float) and n > 0 for n in rate):
        return int(rate[0]), float(rate[1])
    raise BadControl(f"{name} is [count, seconds]")


ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", "world"): world,
    ("POST", "users"): add_user,
    ("POST", "chats"): add_chat,
    ("POST", "topics"): add_topic,
    ("POST", "members"): set_member,
    ("POST", "say"): say,
    ("POST", "press"): press,
    ("POST", "inline"): inline,
    ("POST", "choose"): choose,
    ("POST", "block"): block,
    ("POST", "end"): end_chat,
    ("POST", "migrate"): migrate,
    ("GET", "messages"): messages,
    ("GET", "events"): events,
    ("GET", "ledger"): ledger,
    ("GET", "requests"): requests,
    ("GET", "updates"): updates,
    ("POST", "updates"): inject,
    ("GET", "faults"): faults,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("POST", "limits"): set_limits,
}
