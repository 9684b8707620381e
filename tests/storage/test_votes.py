"""Votes: one a person and story, counted for the chat, and undone for good."""

from __future__ import annotations

import pytest

from news.votes import Weight, WeightKind
from storage import Missing, Storage
from tests.storage.given import NOW, a_chat

SCIENCE: tuple[WeightKind, str] = ("topic", "science")
HERALD: tuple[WeightKind, str] = ("source", "The Herald " + "x" * 5_000)


async def votes(storage: Storage, *given: int, person: int = 1, chat_id: int = 7, story: int = 41) -> list[int]:
    return [await storage.votes.vote(chat_id, person, story, [SCIENCE, HERALD], each, NOW) for each in given]


async def weights(storage: Storage, chat_id: int = 7) -> dict[str, int]:
    theirs = (await storage.votes.weights([chat_id])).get(chat_id, ())
    return {each.value[:10]: each.votes for each in theirs}


async def test_the_same_vote_again_takes_it_back_and_the_other_turns_it(storage: Storage) -> None:
    await a_chat(storage)
    stands = await votes(storage, 1, 1, 1, -1)

    assert stands == [1, 0, 1, -1]
    assert await weights(storage) == {"science": -1, "The Herald": -1}
    assert await storage.votes.tally(7, 41) == (0, 1)


async def test_each_person_has_one_vote_on_a_story_and_each_chat_its_own_weights(storage: Storage) -> None:
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
    await votes(storage, 1)
    await votes(storage, 1, person=2)
    await votes(storage, -1, person=3)
    await votes(storage, 1, story=42)
    await votes(storage, -1, chat_id=8)

    assert await storage.votes.tally(7, 41) == (2, 1)
    assert await storage.votes.weights([7, 8, 9]) == {
        7: (Weight(*HERALD, 2), Weight(*SCIENCE, 2)),
        8: (Weight(*HERALD, -1), Weight(*SCIENCE, -1)),
    }


async def test_what_is_undone_or_forgotten_weighs_nothing_any_more(storage: Storage) -> None:
    for chat_id in (7, 8):
        await a_chat(storage, chat_id)
        await votes(storage, 1, chat_id=chat_id)
    await storage.votes.undo(7, *SCIENCE)
    undone = await weights(storage)
    await storage.votes.forget(7)

    assert undone == {"The Herald": 1}
    assert await weights(storage) == {}
    assert await storage.votes.tally(7, 41) == (0, 0)
    assert await weights(storage, 8) == {"science": 1, "The Herald": 1}


async def test_a_vote_that_is_about_nothing_does_not_stand(storage: Storage) -> None:
    await a_chat(storage)

    assert await storage.votes.vote(7, 1, 41, [], 1, NOW) == 0
    assert await storage.votes.tally(7, 41) == (0, 0)


async def test_a_person_who_is_forgotten_has_voted_in_no_group(storage: Storage) -> None:
    for chat_id in (-17, 7):
        await a_chat(storage, chat_id)
    await votes(storage, 1, chat_id=-17, person=7)
    await votes(storage, 1, chat_id=-17, person=8)
    await storage.chats.forget(7)

    assert await storage.votes.tally(-17, 41) == (1, 0)


async def test_nobody_votes_in_a_chat_that_has_gone(storage: Storage) -> None:
    with pytest.raises(Missing):
        await votes(storage, 1)
