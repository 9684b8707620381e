"""T3 and T4: chats that go cost nothing and may return; groups that become supergroups keep everything."""

from __future__ import annotations

from collections import Counter

from benchmarks.reliability.campaign import Campaign, Outcome, outcome
from benchmarks.reliability.given import a_telegram
from benchmarks.reliability.stage import group_in, reader_in, sends, serving, settled
from bot.desk import Desk
from news.chat import Chat
from tests.bot.talking import Clock, Person, an_article
from tests.sandbox.running import RunningSandbox

FATES = ("block", "kick", "deactivate", "end")
"""How a chat can go; the last is a group that is deleted."""
EVENTS = ("Comet over the harbour", "Bakers strike for wages", "Museum finds lost painting", "Glacier lake drains")
"""One a day, so unlike each other that nobody takes two of them for one story."""
WAYS = ("error", "messages", "reversed", "twice", "in flight", "known already")
"""How the bot can hear that a group became a supergroup."""


async def dead_chats(seed: int, size: int, database_url: str) -> Outcome:
    """A fifth of `size` chats goes at its second message, in four ways; some return after four days."""
    del seed
    clock, problems = Clock(), list[str]()
    async with a_telegram() as sandbox, serving(sandbox, database_url, clock) as desk:
        chats = [await _comer(sandbox, at) for at in range(size)]
        for each in chats:
            await each.follows(desk, "world")
            if each.chat_id < 0:  # a group is greeted
                await sandbox.wait_for_message(each.chat_id, timeout=60)
        begun = len(await sandbox.requests())
        gone = {each.chat_id: FATES[at % 4] for at, each in enumerate(chats[: size // 5])}
        for chat_id, fate in gone.items():
            await sandbox.fault("deactivate" if fate == "end" else fate, chat_id=chat_id, nth=2)
        for day in range(4):
            await _morning(desk, clock, EVENTS[day])
        asked = sends((await sandbox.requests())[begun:])
        refused = Counter(each["chat_id"] for each in asked if each["status"] != 200)
        tried = Counter(each["chat_id"] for each in asked)
        for each in chats:
            its = gone.get(each.chat_id)
            # A deleted group may only have moved, so it is tried once more.
            wanted = (1 + (its == "end") if its else 0), (2 + (its == "end") if its else 4)
            if (refused[each.chat_id], tried[each.chat_id]) != wanted:
                problems.append(f"{its}: {refused[each.chat_id]} of {tried[each.chat_id]} sends refused")
        back = [each for each in chats if gone.get(each.chat_id) not in (None, "end")]
        for each in back:
            await _returns(sandbox, each, gone[each.chat_id])
        await settled(desk)
        before = Counter(each["chat_id"] for each in await sandbox.ledger())
        await _morning(desk, clock, "Orchestra returns home")
        now = Counter(each["chat_id"] for each in await sandbox.ledger())
        problems += [
            f"{gone[each.chat_id]}: {now[each.chat_id] - before[each.chat_id]} digests on return"
            for each in back
            if now[each.chat_id] - before[each.chat_id] != 1
        ]
    count = f"{size} chats, {len(gone)} go, {len(back)} return"
    return outcome(count, f"{refused.total()} refused sends, one digest each on return", problems)


async def migrations(seed: int, size: int, database_url: str) -> Outcome:
    """`size` groups become supergroups in each of six ways: every digest of three days arrives once."""
    del seed
    clock, problems = Clock(), list[str]()
    async with a_telegram() as sandbox, serving(sandbox, database_url, clock) as desk:
        groups = [(way, await group_in(sandbox)) for way in WAYS for _ in range(size)]
        for _, group in groups:
            await desk.storage.chats.join(Chat(id=group.chat_id, kind="group", joined_at=clock()))
            await group.follows(desk, "world")
        await _morning(desk, clock, EVENTS[0])
        for way, group in groups:
            await _grows_up(sandbox, desk, clock, group.chat_id, way)
        await settled(desk)
        for day in (1, 2):
            await _morning(desk, clock, EVENTS[day])
        ledger = await sandbox.ledger()
        for way, group in groups:
            old, new = group.chat_id, -1_000_000_000_000 + group.chat_id
            told = Counter(str(each["rich"] or each["text"]) for each in ledger if each["chat_id"] in (old, new))
            days = [sum(EVENTS[day] in text for text in told.elements()) for day in range(3)]
            if days != [1, 1, 1]:
                problems.append(f"{way}: {days} digests of the three days")
            schedules = [each.chat_id for each in await desk.storage.schedules.of(new)]
            if schedules != [new] or await desk.storage.chats.get(old):
                problems.append(f"{way}: {len(schedules)} schedules; the old chat must be no more")
    return outcome(f"{len(WAYS)} ways × {size} groups", "0 lost, 0 doubled, one chat each", problems)


async def _comer(sandbox: RunningSandbox, at: int) -> Person:
    """The kind of chat that can go in the way that is its."""
    match FATES[at % 4]:
        case "kick":
            return await group_in(sandbox, "supergroup")
        case "end":
            return await group_in(sandbox)
        case _:
            return await reader_in(sandbox)


async def _returns(sandbox: RunningSandbox, person: Person, fate: str) -> None:
    """The chat lets the bot in again; a person who was away says so themselves."""
    if fate == "block":
        await sandbox.block(person.chat_id, blocked=False)
    elif fate == "kick":
        await sandbox.set_member(person.chat_id, (await sandbox.world())["bot"]["id"], "member")
    else:
        await sandbox.post("end", chat_id=person.chat_id, gone=False)
        await person.say("/start")


async def _grows_up(sandbox: RunningSandbox, desk: Desk, clock: Clock, chat_id: int, way: str) -> None:
    new = -1_000_000_000_000 + chat_id
    match way:
        case "error":
            await sandbox.migrate(chat_id, silent=True)
            return
        case "in flight":
            await sandbox.fault("migrate", chat_id=chat_id, nth=1)
            return
        case "reversed":
            await sandbox.fault("out-of-order-update", chat_id=chat_id, times=1, seconds=60)
        case "twice":
            for each in (chat_id, new):
                await sandbox.fault("duplicate-update", chat_id=each, times=1)
        case "known already":
            await desk.storage.chats.join(Chat(id=new, kind="supergroup", joined_at=clock()))
    await sandbox.migrate(chat_id)


async def _morning(desk: Desk, clock: Clock, story: str) -> None:
    """Something happened, and the next morning its digests are sent; what waits for minutes, too."""
    await an_article(desk, story)
    clock.put_to(8)
    for _ in range(3):
        await settled(desk)
        clock.tick(minutes=11)
    await settled(desk)


CAMPAIGNS = [
    Campaign("T3", "a fifth of the chats goes, some return", dead_chats, 40, 1_000),
    Campaign("T4", "groups become supergroups, in six ways", migrations, 2, 50),
]
