"""Every method the sandbox knows, by name: each takes the sandbox and the arguments, and answers or raises Refused."""

import inspect
from collections.abc import Callable
from typing import Any

from sandbox import account, editing, sending
from sandbox.answers import Answer, Refused
from sandbox.entities import has_lone_surrogate
from sandbox.params import Params
from sandbox.state import Sandbox

Method = Callable[[Sandbox, Params], Any]


def get_updates(sandbox: Sandbox, params: Params) -> Any:
    return sandbox.updates.get(params)


def set_webhook(sandbox: Sandbox, params: Params) -> Answer:
    return sandbox.updates.set_webhook(params, params.text("url"))


def delete_webhook(sandbox: Sandbox, params: Params) -> Answer:
    return sandbox.updates.set_webhook(params, "")


def get_webhook_info(sandbox: Sandbox, params: Params) -> dict[str, Any]:
    return sandbox.updates.webhook_info()


def answer_callback_query(sandbox: Sandbox, params: Params) -> bool:
    return sandbox.queries.answer_press(params)


def answer_inline_query(sandbox: Sandbox, params: Params) -> bool:
    return sandbox.queries.answer_inline(params)


METHODS: dict[str, Method] = {
    **account.METHODS,
    **sending.METHODS,
    **editing.METHODS,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}
NAMES = {name.lower(): name for name in METHODS}


def begun(sandbox: Sandbox, method: str) -> dict[str, Any]:
    """A new line of the account of requests."""
    line: dict[str, Any] = {"time": sandbox.world.clock(), "method": method, "params": {}}
    line |= {"status": None, "description": None}
    sandbox.requests.append(line)
    return line


def ended(line: dict[str, Any], outcome: Answer | Refused) -> None:
    """Write down what became of a request."""
    line["status"] = outcome.code if isinstance(outcome, Refused) else 200
    line["description"] = outcome.description or None


async def outcome_of(sandbox: Sandbox, method: str, params: Params) -> Answer | Refused:
    """As `called`, with a refusal as an answer too."""
    try:
        return await called(sandbox, method, params)
    except Refused as refused:
        return refused


async def carried_out(sandbox: Sandbox, method: str, params: Params) -> None:
    """A method that was called in answer to an update: it is accounted for, and nobody is told."""
    line = begun(sandbox, method)
    line["params"] = params.told()
    ended(line, await outcome_of(sandbox, method, params))


async def called(sandbox: Sandbox, name: str, params: Params) -> Answer:
    """Carry out a method. Raises Refused."""
    method = METHODS.get(name)
    if method is None:
        raise Refused("Not Found: method not found", 404)
    if sandbox.is_logged_out and name != "getMe":
        raise Refused("Logged out", 400)
    for text in params.texts.values():
        if has_lone_surrogate(text):
            raise Refused("strings must be encoded in UTF-8")
    result = method(sandbox, params)
    if inspect.isawaitable(result):
        result = await result
    return result if isinstance(result, Answer) else Answer(result)
