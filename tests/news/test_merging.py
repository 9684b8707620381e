"""Merging the most alike."""

from news.merging import Group, merge


def groups(count: int) -> tuple[dict[int, Group], dict[int, set[int]]]:
    """So many groups of one article each, all of them beside each other."""
    return {each: Group([each]) for each in range(count)}, {each: set(range(count)) - {each} for each in range(count)}


def test_the_most_alike_become_one_first_and_under_the_first_name() -> None:
    some, beside = groups(4)

    def sizes_differ(one: Group, other: Group) -> float:
        return 3 - len(one.members) - len(other.members) + (one.members + other.members == [1, 3])

    merged = merge(some, beside, sizes_differ)
    assert {name: group.members for name, group in merged.items()} == {0: [0, 2], 1: [1, 3]}


def test_where_everything_is_like_everything_comparing_ends() -> None:
    compared = 0

    def excess(one: Group, other: Group) -> float:
        nonlocal compared
        compared += 1
        return -1.0

    some, beside = groups(450)
    assert len(merge(some, beside, excess)) == 450
    assert compared == 450 * 200
