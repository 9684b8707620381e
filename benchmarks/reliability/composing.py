"""D6, D7, D10: a digest is written whole or not at all, once, and no downtime or backup makes a flood."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, time, timedelta

from benchmarks.reliability.account import account, damage, ledger
from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.copies import backup, dropped, restored
from benchmarks.reliability.given import a_sender, a_telegram, follow, opened, readers
from benchmarks.reliability.lives import program
from bot.pace import Limits, Pace
from bot.sender import Telegram
from jobs.alert import alert
from jobs.compose import compose
from jobs.deliver import deliver
from news.alerts import followed_until
from tests.jobs.given import NOW, Clock, news
from tests.jobs.test_updates import FERRY, told

DOWNTIMES = (timedelta(hours=1), timedelta(hours=26), timedelta(days=9))
DAY = timedelta(days=1)


async def killed_at_each_write(seed: int, size: int, database_url: str) -> Outcome:
    """`size` mornings of three chats, composing killed before its first write, its second, … its last commit."""
    async with opened(database_url) as storage:
        chats = await readers(None, storage, 3)
        await follow(storage, chats)
    kills, problems = 0, list[str]()
    for morning in range(size):
        now = NOW + morning * DAY
        async with opened(database_url) as storage:
            await news(storage, f"Comet {morning}", f"Bridge {morning}", now=now)
        done = await program("benchmarks.reliability.composing_once", database_url, now.isoformat())
        kills += done["deaths"]
        problems += done["problems"]
        async with opened(database_url) as storage:
            composed = await compose(storage, now=now)
            for chat_id in chats:
                count = len(await storage.outbox.of(chat_id))
                problems += [] if count == morning + 1 else [f"{count} digests for {chat_id} after {morning + 1} slots"]
        problems += [f"composed again: {composed}"] if composed.digests else []
    problems += damage(database_url)
    return outcome(f"{kills} kills, {size} mornings", "had = queued, and the rest unread, after each", problems)


async def alerts_killed_at_each_write(seed: int, size: int, database_url: str) -> Outcome:
    """`size` rounds of alerts and a followed story for three chats, killed before the first write, the second, … the
    last commit."""
    async with opened(database_url) as storage:
        chats = await readers(None, storage, 3)
        ferry = await told(storage, Clock(NOW), *FERRY)
        for chat_id in chats:
            await storage.subscriptions.add(chat_id, "alert", "comet OR bridge", NOW)
            until = followed_until(NOW, NOW)
            await storage.subscriptions.add(chat_id, "story", str(ferry.id), NOW, title=ferry.headline, ends_at=until)
    kills, problems = 0, list[str]()
    for at in range(size):
        now = NOW + timedelta(minutes=at)
        async with opened(database_url) as storage:
            await news(storage, f"Comet {at}", f"Bridge {at}", now=now)
            await told(storage, Clock(now), f"Divers counted {17 * 2**at} crates of apples.", story_id=ferry.story_id)
        done = await program("benchmarks.reliability.alerting_once", database_url, now.isoformat())
        kills += done["deaths"]
        problems += done["problems"]
        async with opened(database_url) as storage:
            again = await alert(storage, now=now)
            counts = {chat_id: len(await storage.outbox.of(chat_id)) for chat_id in chats}
        problems += [f"{n} messages for {its} after {at + 1} rounds" for its, n in counts.items() if n != at + 1]
        problems += [f"told again: {again}"] if again.digests else []
    problems += damage(database_url)
    return outcome(f"{kills} kills, {size} rounds", "unseen, waiting or told, and once, after each", problems)


async def downtime(seed: int, size: int, database_url: str) -> Outcome:
    """`size` chats of one to six slots a day, away for an hour, a day and more, and nine days."""
    chance = random.Random(seed)
    clock, problems, most = Clock(), [], 0
    async with a_telegram("--limits", "free") as sandbox, opened(database_url) as storage, a_sender(sandbox) as bare:
        send = Telegram(bare.transport, bare.base_url, pace=Pace(Limits()))
        chats = await readers(sandbox, storage, size)
        for at, chat_id in enumerate(chats):
            minutes = sorted(chance.sample(range(0, 24 * 60, 5), 1 + at % 6))
            await follow(storage, [chat_id], times=tuple(time(*divmod(each, 60)) for each in minutes))
        for back, away in enumerate((timedelta(), *DOWNTIMES)):
            clock.now += away
            await news(storage, f"News of return {back}", now=clock() - timedelta(minutes=30))
            before = len(ledger(sandbox.ledger_file))
            for _ in range(3):
                await compose(storage, now=clock())
                while (await deliver(storage, send, owner="me", clock=clock, turn=send.turn)).hold_until:
                    clock.tick(seconds=5)
            got = Counter(entry["chat_id"] for entry in ledger(sandbox.ledger_file)[before:])
            most = max(most, *got.values(), 0)
            problems += [f"{chat_id} got {n} after {away}" for chat_id, n in got.items() if n > 1]
            problems += [f"only {len(got)} of {size} got one after {away}"] if away > DAY and len(got) < size else []
        refused = sum(each["status"] == 429 for each in await sandbox.requests())
        problems += [f"{refused} times told to wait"] if refused > size / 50 else []
        problems += (await account(storage, ledger(sandbox.ledger_file), chats)).problems
    return outcome(f"{size} chats × {len(DOWNTIMES)} returns", f"{most} digest a chat and return at most", problems)


async def restored_after_an_hour(seed: int, size: int, database_url: str) -> Outcome:
    return await _restored(size, database_url, timedelta(hours=1), is_amid_sending=False)


async def restored_after_three_days(seed: int, size: int, database_url: str) -> Outcome:
    return await _restored(size, database_url, 3 * DAY, is_amid_sending=False)


async def restored_with_an_outbox(seed: int, size: int, database_url: str) -> Outcome:
    """The backup was made between composing and sending."""
    return await _restored(size, database_url, 3 * DAY, is_amid_sending=True)


async def _restored(size: int, database_url: str, age: timedelta, *, is_amid_sending: bool) -> Outcome:
    """`size` chats of three slots a day live on after a backup for so long; then the backup is what there is."""
    clock = Clock()
    async with a_telegram() as sandbox, a_sender(sandbox) as send:

        async def live(url: str, until: datetime) -> None:
            async with opened(url) as storage:
                while clock.now <= until:
                    await news(storage, f"News of {clock():%d %H}", now=clock())
                    await compose(storage, now=clock())
                    await deliver(storage, send, owner="me", clock=clock)
                    clock.tick(hours=1)

        async with opened(database_url) as storage:
            chats = await readers(sandbox, storage, size)
            await follow(storage, chats, times=(time(8), time(9), time(16)))
        await live(database_url, NOW - timedelta(minutes=1) if is_amid_sending else NOW)
        if is_amid_sending:
            async with opened(database_url) as storage:
                await news(storage, "News of the backup", now=clock())
                await compose(storage, now=clock())
        copy = await backup(database_url, "old")
        await live(database_url, clock.now + age)
        before = ledger(sandbox.ledger_file)
        async with opened(await restored(database_url, copy, clock())) as storage:
            for _ in range(3):
                await compose(storage, now=clock())
                await deliver(storage, send, owner="me", clock=clock)
                clock.tick(minutes=3)
        again = ledger(sandbox.ledger_file)[len(before) :]
        await dropped(copy)
    got = Counter(entry["chat_id"] for entry in again)
    problems = [f"{chat_id} got {n}" for chat_id, n in got.items() if n > 1]
    problems += [] if len(before) >= size else ["nothing was sent before"]
    return outcome(f"{size} chats", f"{max(got.values(), default=0)} digest a chat at most", problems)


CAMPAIGNS = [
    Campaign("D6", "killed at each write of composing", killed_at_each_write, 2, 20),
    Campaign("D6", "killed at each write of telling alerts and stories", alerts_killed_at_each_write, 2, 20),
    Campaign("D7", "after downtimes of 1 h, 26 h, 9 d", downtime, 60, 500),
    Campaign("D10", "a backup an hour old", restored_after_an_hour, 10, 100),
    Campaign("D10", "a backup three days old", restored_after_three_days, 10, 100),
    Campaign("D10", "a backup three days old, made between composing and sending", restored_with_an_outbox, 10, 100),
]
