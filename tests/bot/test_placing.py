"""Forums: topics of the news have threads of their own, and a digest is parted among them."""

from __future__ import annotations

from bot.desk import Desk
from news.messages import texts
from tests.bot.given import REFUSAL, Founding, Group
from tests.bot.talking import Clock, Person, an_article, buttons, some_news, words
from tests.sandbox.running import Json


async def thread_in(group: Group, name: str) -> Person:
    """The administrator in a new thread of the group."""
    made = await group.admin.telegram.post("topics", chat_id=group.id, name=name)
    return group.admin.among(group.id, made["id"])


async def digests_in(group: Group) -> list[tuple[int, str]]:
    """The thread and the words of each digest that came, in order."""
    return [
        (each.get("message_thread_id", 0), words(each))
        for each in await group.admin.all()
        if "about 1 minute" in words(each)
    ]


async def after(group: Group, text: str) -> Json:
    return await group.admin.sees(text)


async def test_each_topic_comes_to_its_own_thread_and_the_rest_to_the_schedules(
    desk: Desk, founds: Founding, clock: Clock
) -> None:
    group = await founds(is_forum=True)
    world, science = await thread_in(group, "World"), await thread_in(group, "Science")
    assert words(await world.say("/here world")).startswith("What comes here: World\n")
    panel = await science.say("/here")
    assert texts.HERE_UNPLANNED in words(panel)
    assert "Science ✓" in buttons(await science.tap(panel, "Science"))
    await group.admin.say("/subscribe business")
    await group.admin.say("/timezone UTC")
    await group.admin.say("/schedule 8")
    assert texts.HERE_UNPLANNED not in words(await science.say("/here"))
    await some_news(desk)
    clock.put_to(8)
    for text in ("Central bank lifts", "Ferry runs aground", "Comet returns"):
        await after(group, text)
    came = await digests_in(group)
    assert [thread for thread, _ in came] == [0, world.thread_id, science.thread_id]
    told = [
        {name for name in ("Central bank", "Ferry", "Ceasefire", "Comet", "Water vapour") if name in said}
        for _, said in came
    ]
    assert told == [{"Central bank"}, {"Ferry", "Ceasefire"}, {"Comet", "Water vapour"}]
    # A number is of the digest that came where it is sent.
    assert words(await science.say("/article 1")).split("\n")[0] in (
        "Comet returns after eighty years",
        "Water vapour found on a small planet",
    )
    assert "Central bank" in words(await group.admin.say("/article 1"))
    # The next day tells nothing again, and what is new where it belongs.
    await an_article(desk, "A new ferry sails", topic="world")
    clock.put_to(8)
    await after(group, "A new ferry sails")
    came = await digests_in(group)
    assert [thread for thread, _ in came[3:]] == [world.thread_id]


async def test_a_thread_with_hours_of_its_own_gets_its_topics_then(desk: Desk, founds: Founding, clock: Clock) -> None:
    group = await founds(is_forum=True)
    world = await thread_in(group, "World")
    await world.say("/here world")
    await world.say("/schedule 18")
    await group.admin.say("/subscribe business")
    await group.admin.say("/timezone UTC")
    await group.admin.say("/schedule 8")
    await some_news(desk)
    clock.put_to(8)
    await after(group, "Central bank lifts")
    assert len(await desk.storage.outbox.of(group.id)) == 1
    clock.put_to(18)
    await after(group, "Ferry runs aground")
    assert [(thread, "Central" in said) for thread, said in await digests_in(group)] == [
        (0, True),
        (world.thread_id, False),
    ]


async def test_a_digest_asked_for_in_a_thread_is_about_what_comes_there(desk: Desk, founds: Founding) -> None:
    group = await founds(is_forum=True)
    await some_news(desk)
    world = await thread_in(group, "World")
    await world.say("/here world")
    await group.admin.say("/subscribe business")
    digest = await world.say("/digest")
    assert "Ferry" in words(digest)
    assert "Central bank" not in words(digest)
    assert "Central bank" in words(await group.admin.say("/digest"))


async def test_what_was_for_a_closed_thread_comes_outside_of_it(desk: Desk, founds: Founding, clock: Clock) -> None:
    group = await founds(is_forum=True)
    world, science = await thread_in(group, "World"), await thread_in(group, "Science")
    await world.say("/here world")
    await science.say("/here science")
    await group.admin.say("/timezone UTC")
    await group.admin.say("/schedule 8")
    await group.admin.telegram.post("topics", chat_id=group.id, id=world.thread_id, closed=True)
    await group.admin.telegram.post("topics", chat_id=group.id, id=science.thread_id, deleted=True)
    await some_news(desk)
    clock.put_to(8)
    await after(group, texts.PLACE_GONE.format(topics="World"))
    await after(group, texts.PLACE_GONE.format(topics="Science"))
    await after(group, "Ferry runs aground")
    await after(group, "Comet returns")
    came = await digests_in(group)
    assert [thread for thread, _ in came] == [0, 0]
    assert len([said for _, said in came if "Ferry" in said]) == 1
    assert await desk.storage.subscriptions.places([group.id]) == {}


async def test_each_topic_is_given_a_thread_where_the_bot_may_make_them(desk: Desk, founds: Founding) -> None:
    group = await founds(is_forum=True)
    for name in ("world", "science"):
        await group.admin.say(f"/subscribe {name}")
    panel = await group.admin.open(await group.admin.say("/topics"), texts.WHERE_THEY_COME)
    assert words(panel).startswith(texts.PLACES_NONE)
    assert await group.admin.press(panel, "apart") == texts.MAY_NOT_MAKE_THREADS
    bot = int(group.admin.telegram.token.split(":")[0])
    await group.admin.telegram.set_member(group.id, bot, "administrator", by=group.admin.id)
    panel = await group.admin.tap(panel, texts.EACH_ITS_OWN)
    assert words(panel).startswith("What comes to topics of its own: World and Science\n")
    places = (await desk.storage.subscriptions.places([group.id]))[group.id]
    [chat] = [each for each in (await group.admin.telegram.world())["chats"] if each["id"] == group.id]
    assert [(each["name"], each["id"]) for each in chat["topics"]] == [
        ("World", places["world"]),
        ("Science", places["science"]),
    ]
    assert texts.EACH_ITS_OWN not in buttons(panel)
    await group.admin.tap(panel, "✕ World")
    assert (await desk.storage.subscriptions.places([group.id]))[group.id].keys() == {"science"}


async def test_only_administrators_choose_where_topics_come(desk: Desk, founds: Founding) -> None:
    group = await founds(is_forum=True)
    world = await thread_in(group, "World")
    member = group.member.among(group.id, world.thread_id)
    assert words(await member.say("/here world")) == REFUSAL
    panel = await world.say("/here")
    for data in ("here:world", "apart"):
        assert await member.press(panel, data) == REFUSAL
    assert await desk.storage.subscriptions.of(group.id) == []


async def test_here_is_for_forums_and_for_topics_that_there_are(desk: Desk, founds: Founding, reader: Person) -> None:
    assert words(await reader.say("/here world")) == texts.HERE_NO_FORUM
    group = await founds(is_forum=True)
    world = await thread_in(group, "World")
    assert words(await world.say("/here wrld")).startswith("I don't know all of “wrld” as topics.")
