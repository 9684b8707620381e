import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sandbox.answers import Refused
from sandbox.params import Params
from sandbox.updates import Updates
from tests.sandbox.beside import beside

OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


def updates(hold: float = 0.0) -> tuple[Updates, list[float]]:
    times = [1_790_000_000.0]
    return Updates(lambda: times[0], seed=1, hold=hold), times


async def got(queue: Updates, **params: Any) -> list[int]:
    """The ids of what getUpdates answers."""
    return [u["update_id"] for u in await queue.get(Params({name: str(value) for name, value in params.items()}))]


async def test_updates_are_kept_until_a_higher_offset_confirms_them() -> None:
    queue, _ = updates()
    ids = [queue.push("message", {"n": n}) for n in range(3)]
    assert await got(queue) == ids
    assert await got(queue, offset=ids[1]) == ids[1:]
    assert await got(queue) == ids[1:]
    assert await got(queue, offset=ids[2] + 1) == []


async def test_update_ids_rise_and_leave_gaps() -> None:
    queue, _ = updates()
    ids = [queue.push("message", {}) for _ in range(100)]
    steps = {after - before for before, after in pairwise(ids)}
    assert min(steps) == 1
    assert max(steps) > 1


async def test_a_negative_offset_drops_all_but_the_last() -> None:
    queue, _ = updates()
    ids = [queue.push("message", {"n": n}) for n in range(5)]
    assert await got(queue, offset=-2) == ids[3:]
    assert len(queue) == 2


async def test_limit_and_timeout_are_clamped_and_not_refused() -> None:
    queue, _ = updates()
    ids = [queue.push("message", {"n": n}) for n in range(120)]
    assert await got(queue, limit=0) == ids[:1]
    assert await got(queue, limit=1000, timeout=-5) == ids[:100]
    assert await got(queue, limit="abc") == ids[:1]


async def test_updates_are_forgotten_after_a_day() -> None:
    queue, times = updates()
    queue.push("message", {})
    times[0] += 24 * 3600 + 1
    assert len(queue) == 0


@pytest.mark.parametrize(("type_", "seconds"), [("inline_query", 30), ("callback_query", 150)])
async def test_a_question_is_forgotten_long_before_a_message(type_: str, seconds: int) -> None:
    queue, times = updates()
    queue.push(type_, {"from": {"id": 1}})
    message = queue.push("message", {})
    times[0] += seconds
    assert len(queue) == 2
    times[0] += 1
    assert await got(queue) == [message]


async def test_only_wanted_types_are_queued() -> None:
    queue, _ = updates()
    assert queue.push("chat_member", {}) == 0
    assert queue.push("message_reaction", {}) == 0
    await got(queue, allowed_updates='["chat_member"]')
    assert queue.push("message", {}) == 0
    assert queue.push("chat_member", {}) > 0
    await got(queue, allowed_updates="not JSON")
    assert queue.push("message", {}) == 0
    await got(queue, allowed_updates="[]")
    assert queue.push("message", {}) > 0


async def test_a_long_poll_ends_with_the_first_update() -> None:
    queue, _ = updates()
    waiting = asyncio.ensure_future(got(queue, timeout=50))
    await asyncio.sleep(0)
    pushed = queue.push("message", {})
    assert await waiting == [pushed]


async def test_a_second_long_poll_ends_the_first() -> None:
    queue, _ = updates()
    first = asyncio.ensure_future(got(queue, timeout=50))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(got(queue, timeout=50))
    with pytest.raises(Refused) as caught:
        await first
    assert (caught.value.code, caught.value.description) == (409, OTHER)
    pushed = queue.push("message", {})
    assert await second == [pushed]


async def test_a_bot_that_repeats_its_offset_is_slowed() -> None:
    queue, _ = updates(hold=30.0)
    ids = [queue.push("message", {"n": n}) for n in range(2)]
    assert await got(queue) == ids
    assert await got(queue) == ids[:1]
    queue.drop()
    waiting = asyncio.ensure_future(got(queue))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.push("message", {})
    assert len(await waiting) == 1


async def test_the_first_conflict_is_told_at_once_and_those_that_follow_are_held_back() -> None:
    queue, _ = updates(hold=30.0)
    polls = []
    for n in range(3):
        polls.append(asyncio.ensure_future(got(queue, offset=n, timeout=50)))
        for _ in range(5):
            await asyncio.sleep(0)
    first, second, third = polls
    assert (first.done(), second.done(), third.done()) == (True, False, False)
    with pytest.raises(Refused, match="terminated by other getUpdates"):
        await first
    second.cancel()
    third.cancel()


async def test_polling_and_a_webhook_exclude_each_other(tmp_path: Path) -> None:
    with beside(tmp_path) as bot:
        poll = asyncio.ensure_future(bot.refusal("getUpdates", timeout=50))
        await asyncio.sleep(0)
        await bot.call("setWebhook", url="https://e.example/hook")
        assert await poll == (409, "Conflict: terminated by setWebhook request")
        assert await bot.refusal("getUpdates") == (409, ACTIVE)
        info = await bot.call("getWebhookInfo")
    assert (info["url"], info["max_connections"], info["pending_update_count"]) == ("https://e.example/hook", 40, 0)


def described(queue: Updates, url: str, **params: str) -> str:
    """What setWebhook says, or refuses with, as if the last call were long ago."""
    queue._next_webhook_at = 0.0
    try:
        return queue.set_webhook(Params(params), url).description
    except Refused as refused:
        return refused.description


async def test_webhooks_are_set_and_deleted_with_a_description() -> None:
    queue, _ = updates()
    queue.push("message", {})
    assert described(queue, "") == "Webhook is already deleted"
    assert described(queue, "https://e.example/") == "Webhook was set"
    assert described(queue, "https://e.example/") == "Webhook is already set"
    assert described(queue, "https://e.example/", secret_token="s") == "Webhook was set"
    assert len(queue) == 1
    assert described(queue, "", drop_pending_updates="true") == "Webhook was deleted"
    assert len(queue) == 0


@pytest.mark.parametrize(
    ("url", "params", "said"),
    [
        ("http://e.example", {}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://e.example:444", {}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("https://127.0.0.1", {}, "bad webhook: IP address 127.0.0.1 is reserved"),
        ("https://localhost:8443", {}, "bad webhook: IP address 127.0.0.1 is reserved"),
        ("https://[2606:4700::1]", {}, "bad webhook: IPv6-only addresses are not allowed"),
        ("https://e.example", {"ip_address": "10.0.0.1"}, "bad webhook: IP address 10.0.0.1 is reserved"),
        ("https://", {}, "invalid webhook URL specified"),
        ("https://e.example", {"secret_token": "a" * 257}, "secret token is too long"),
        ("https://e.example", {"secret_token": "a b"}, "secret token contains unallowed characters"),
    ],
)
async def test_bad_webhooks_are_refused(url: str, params: dict[str, str], said: str) -> None:
    queue, _ = updates()
    assert described(queue, url, **params) == f"Bad Request: {said}"
    assert queue.webhook.url == ""


async def test_a_second_webhook_within_a_second_is_too_many() -> None:
    queue, _ = updates()
    queue.set_webhook(Params(), "https://e.example/a")
    with pytest.raises(Refused) as caught:
        queue.set_webhook(Params(), "https://e.example/b")
    assert (caught.value.code, caught.value.description) == (429, "Too Many Requests: retry after 1")
    assert caught.value.parameters == {"retry_after": 1}
