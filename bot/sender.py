"""Sends messages to Telegram: deliveries, replies and edits, in either look."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.pace import Pace
from bot.transport import NotSent as Unconnected
from bot.transport import ReplyLost, Transport, form
from jobs.deliver import Leave, NotYet, freely
from news.answers import Accepted, Answer, ContentRefused, NotSent, Uncertain, classify
from news.messages.layout import OURS
from news.messages.message import Button, Message


@dataclass(frozen=True, slots=True)
class Telegram:
    """A bot's own address at the Bot API: what leaves from here was rendered by `news.messages`."""

    transport: Transport
    base_url: str
    """With the token in it: never logged."""
    missing: set[str] = field(default_factory=set)
    """Methods that this Bot API server turned out to be too old for."""
    pace: Pace | None = None
    """What keeps us within Telegram's limits; None where there are none, as in the sandbox."""
    is_paid: bool = False
    """Deliveries are paid for: Telegram takes 1,000 a second of them."""
    bot: str = ""
    """The bot's user name, for links to its own chat."""
    heard: Callable[[Answer], object] = lambda answer: None
    """Hears of every answer."""

    @property
    def has_rich_look(self) -> bool:
        """Whether this server takes rich messages, for all we know."""
        return "sendRichMessage" not in self.missing

    def turn(self, chat_id: int) -> AbstractAsyncContextManager[Leave]:
        """A delivery's turn, as Telegram's limits allow."""
        return self.pace.turn(chat_id) if self.pace else freely(chat_id)

    async def __call__(self, chat_id: int, thread_id: int | None, message: Message, edits: int | None = None) -> Answer:
        """Sends a delivery, whose turn has come; the answer says whether it arrived, as well as can be known."""
        if edits is not None:
            fields = {"chat_id": chat_id, "message_id": edits, **_content(self._named(message))}
            return await self._ask("editMessageText", fields)
        method, fields = _new(chat_id, thread_id, self._named(message))
        if self.is_paid:
            fields["allow_paid_broadcast"] = True
        return await self._ask(method, fields)

    async def send(
        self, chat_id: int, message: Message, *, thread_id: int | None = None, reply_to: int | None = None
    ) -> Answer:
        """Answers a person who waits, as a reply where `reply_to` names a message that still exists."""
        method, fields = _new(chat_id, thread_id, self._named(message))
        if reply_to:
            fields["reply_parameters"] = _in_reply_to(reply_to)
        return await self._answer(method, fields)

    async def send_file(
        self,
        chat_id: int,
        name: str,
        content: bytes,
        *,
        caption: str,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> Answer:
        """Gives a file to a person who waits for it, as a reply where one is named; the caption is plain text."""
        fields: dict[str, Any] = {"chat_id": chat_id, "caption": caption}
        if thread_id:
            fields["message_thread_id"] = thread_id
        if reply_to:
            fields["reply_parameters"] = json.dumps(_in_reply_to(reply_to))
        return await self._answer("sendDocument", fields, document=(name, content))

    async def edit(self, chat_id: int, message_id: int, message: Message) -> Answer:
        """Puts a message in another's place; the same message again counts as accepted."""
        fields = {"chat_id": chat_id, "message_id": message_id, **_content(self._named(message))}
        return await self._answer("editMessageText", fields)

    async def edit_buttons(self, chat_id: int, message_id: int, rows: Sequence[Sequence[dict[str, Any]]]) -> Answer:
        """Puts other buttons below a message, given as the Bot API takes them."""
        fields = {"chat_id": chat_id, "message_id": message_id, "reply_markup": {"inline_keyboard": rows}}
        return await self._answer("editMessageReplyMarkup", fields)

    def _named(self, message: Message) -> Message:
        """The message with the bot's name in the links to its own chat."""
        if OURS not in message.html:
            return message
        return replace(message, html=message.html.replace(OURS, f"https://t.me/{self.bot}?start="))

    async def _answer(self, method: str, fields: dict[str, Any], **files: tuple[str, bytes]) -> Answer:
        """Asks when a tap's turn has come: before any delivery that waits."""
        if self.pace is None:
            return await self._ask(method, fields, **files)
        try:
            async with self.pace.turn(fields["chat_id"], is_tap=True) as leave:
                await leave()
                return await self._ask(method, fields, **files)
        except NotYet as wait:
            return NotSent(timedelta(seconds=wait.seconds))

    async def _ask(self, method: str, fields: dict[str, Any], **files: tuple[str, bytes]) -> Answer:
        answer = await self._asked(method, fields, **files)
        if method == "editMessageText":
            answer = _done(fields["message_id"], answer)
        self.heard(answer)
        return answer

    async def _asked(self, method: str, fields: dict[str, Any], **files: tuple[str, bytes]) -> Answer:
        if method in self.missing:
            return ContentRefused("method not found")
        try:
            sent: dict[str, Any] = {"data": form(fields, files)} if files else {"json": fields}
            status, body = await self.transport.exchange("POST", f"{self.base_url}/{method}", **sent)
        except Unconnected:
            return NotSent(None)
        except ReplyLost as lost:
            return Uncertain(str(lost))
        answer = answer_of(status, body)
        if status == 404 and isinstance(answer, ContentRefused):
            self.missing.add(method)
        if self.pace and isinstance(answer, NotSent) and answer.retry_after:
            self.pace.hold(fields["chat_id"], answer.retry_after.total_seconds())
        return answer


def _done(message_id: int, answer: Answer) -> Answer:
    """What came of an edit: the same message again counts as accepted."""
    is_same = not isinstance(answer, Accepted) and "message is not modified" in getattr(answer, "reason", "")
    return Accepted(message_id) if is_same else answer


def answer_of(status: int, body: bytes) -> Answer:
    """What a reply of the Bot API says about the message."""
    try:
        reply = json.loads(body)
        if status == 200 and reply["ok"]:
            return Accepted(int(reply["result"]["message_id"]))
        parameters = reply.get("parameters") or {}
        return classify(
            status,
            str(reply.get("description", "")),
            retry_after=parameters.get("retry_after"),
            migrate_to=parameters.get("migrate_to_chat_id"),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        if 400 <= status < 500:
            return classify(status, "", retry_after=None, migrate_to=None)
        return Uncertain(f"Telegram answered {status} with something that is not its own")


def _new(chat_id: int, thread_id: int | None, message: Message) -> tuple[str, dict[str, Any]]:
    """Method and fields for a message that is new in the chat."""
    fields: dict[str, Any] = {"chat_id": chat_id, **_content(message)}
    if thread_id:
        fields["message_thread_id"] = thread_id
    if message.is_silent:
        fields["disable_notification"] = True
    if message.reply_to:
        fields["reply_parameters"] = _in_reply_to(message.reply_to)
    return "sendRichMessage" if message.look == "rich" else "sendMessage", fields


def _in_reply_to(message_id: int) -> dict[str, Any]:
    return {"message_id": message_id, "allow_sending_without_reply": True}


def _content(message: Message) -> dict[str, Any]:
    keyboard = {"inline_keyboard": [[button_fields(button) for button in row] for row in message.keyboard]}
    markup = {"reply_markup": keyboard} if message.keyboard else {}
    if message.look == "rich":
        rich = {"html": message.html, "is_rtl": message.is_rtl, "skip_entity_detection": True}
        return {"rich_message": rich, **markup}
    return {
        "text": message.html,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        **markup,
    }


def button_fields(button: Button) -> dict[str, str]:
    """An inline button as the Bot API takes it."""
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    if button.inline is not None:
        return {"text": button.text, "switch_inline_query_current_chat": button.inline}
    return {"text": button.text, "callback_data": button.data or ""}
