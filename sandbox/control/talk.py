"""What people do in the chats, and what they see there."""

from typing import Any

from sandbox import people
from sandbox.answers import Refused
from sandbox.control.asking import BadControl, Body, Handler, chat_of, user_id_of
from sandbox.queries import Query, chosen
from sandbox.state import Sandbox


async def say(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat, user_id = chat_of(sandbox, body), user_id_of(sandbox, body)
    content: dict[str, Any] = {}
    if "text" in body.values:
        content["text"] = body.text("text")
    for name in ("location", "document", "photo", "caption"):
        if name in body.values:
            content[name] = body.get(name)
    if "forward" in body.values:
        content |= _forwarded(sandbox, body.get("forward"))
    if not content:
        raise BadControl("say what? text, location or document is missing")
    if "document" in content:
        content["document"] = _document(sandbox, content["document"])
    if replied := chat.messages.get(body.integer("reply_to_message_id", 0)):
        content["reply_to_message"] = replied.shown
    return people.say(sandbox, chat, user_id, content, body.integer("thread_id", 0)).shown


def _forwarded(sandbox: Sandbox, wanted: Any) -> dict[str, Any]:
    """What a post of a channel says, {chat_id, message_id}, with where it is from."""
    if not isinstance(wanted, dict):
        raise BadControl("forward is a JSON object")
    meant = Body(wanted)
    channel = chat_of(sandbox, meant)
    post = channel.messages.get(meant.integer("message_id"))
    if channel.type != "channel" or post is None:
        raise BadControl("only a post of a channel is forwarded")
    told = sandbox.world.chat_json(channel)
    origin = {"type": "channel", "chat": told, "message_id": post.id, "date": post.shown["date"]}
    said = {name: post.shown[name] for name in ("text", "entities") if name in post.shown}
    return said | {"forward_origin": origin}


def _document(sandbox: Sandbox, wanted: Any) -> dict[str, Any]:
    """A person's file: {file_name, mime_type, content} with the content as text, fetched later by getFile."""
    if not isinstance(wanted, dict):
        raise BadControl("document is a JSON object")
    name, kind = str(wanted.get("file_name", "file")), str(wanted.get("mime_type", "application/octet-stream"))
    file = sandbox.keep_file(name, kind, str(wanted.get("content", "")).encode("utf-8", "replace"))
    told = {"file_id": file.file_id, "file_unique_id": f"AgAD{file.file_id[-8:]}"}
    return told | {"file_name": file.name, "mime_type": kind, "file_size": len(file.content)}


async def press(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat, user_id = chat_of(sandbox, body), user_id_of(sandbox, body)
    message = chat.messages.get(body.integer("message_id"))
    if message is None:
        raise BadControl("there is no such message")
    query = people.press(sandbox, chat, user_id, message, body.text("data"))
    await _answered(sandbox, body, query)
    return {"callback_query_id": query.id, "answer": query.answer}


async def inline(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    user_id = user_id_of(sandbox, body)
    text = body.text("query")[:256]
    query = people.inline(sandbox, user_id, text, body.text("offset", ""), body.text("chat_type", ""))
    await _answered(sandbox, body, query)
    if query.answer is None:
        return {"results": None}
    return {"inline_query_id": query.id, "cached": query.was_cached} | query.answer


async def _answered(sandbox: Sandbox, body: Body, query: Query) -> None:
    await sandbox.queries.bell.until(lambda: query.answer is not None, body.wait("answer_within", 5))


async def choose(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat, user_id = chat_of(sandbox, body), user_id_of(sandbox, body)
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


async def messages(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    chat, after = chat_of(sandbox, body), body.integer("after", 0)
    told = []
    for message in chat.messages.values():
        if message.id <= after or message.is_deleted:
            continue
        keyboard = {"reply_markup": message.keyboard} if message.keyboard else {}
        told.append(message.shown | keyboard | {"edited": message.edited, "silent": message.is_silent})
    return {"messages": told, "revision": sandbox.world.revision}


async def events(sandbox: Sandbox, body: Body) -> dict[str, Any]:
    world, revision = sandbox.world, body.integer("revision", 0)
    await world.bell.until(lambda: world.revision > revision, body.wait("timeout", 25))
    return {"revision": world.revision, "chat_ids": world.changed_since(revision)}


ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "say"): say,
    ("POST", "press"): press,
    ("POST", "inline"): inline,
    ("POST", "choose"): choose,
    ("GET", "messages"): messages,
    ("GET", "events"): events,
}
