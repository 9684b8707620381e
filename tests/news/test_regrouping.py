"""The second look at stories."""

from news.article import Entry
from news.regrouping import keep_shown, regroup, summed
from news.sketches import product, sketch

FERRY = (
    "The ferry Halvard struck the Skarv shoal in fog near Orsund on Thursday and all 214 aboard were taken off.",
    "Fishing boats from Orsund took 214 people off the Halvard after the ferry hit the Skarv shoal in thick fog.",
    "Captain Ingrid Moe of the ferry Halvard said fog hid the Skarv buoy before the ship grounded near Orsund.",
)
BANK = (
    "Central bank governor Tariq Lund raised interest rates to 4.5 percent in Vessia, citing stubborn inflation there.",
    "Inflation in Vessia forced governor Tariq Lund to lift the central bank's rate to 4.5 percent on Wednesday.",
)
TEXTS = (FERRY[:2], FERRY[1:], (FERRY[0], FERRY[2]), BANK, BANK[::-1])
SKETCHES = [sketch(Entry(headline="", paragraphs=text, language="en")) for text in TEXTS]
HEADLINES = [
    sketch(Entry(headline=headline, language="en"))
    for headline in ("Halvard ferry grounds near Orsund", "Orsund ferry Halvard aground", "Vessia bank lifts rate")
]


def test_stories_that_turn_out_alike_become_one_under_the_older_name() -> None:
    assert regroup(list(zip("aabcc", SKETCHES, strict=True))) == ["a", "a", "a", "c", "c"]


def test_a_text_that_was_taken_for_another_story_goes_to_its_own() -> None:
    told = [*SKETCHES[:2], *SKETCHES[2:], SKETCHES[3]]
    assert regroup(list(zip("aabbbb", told, strict=True))) == [*"aaabbb"]


def test_bare_headlines_of_one_event_become_one_story_and_others_do_not() -> None:
    assert regroup(list(zip("xyz", HEADLINES, strict=True))) == ["x", "x", "z"]


def test_what_headlines_say_in_other_words_meets_through_a_third() -> None:
    told = [
        sketch(Entry(headline=headline, language="en"))
        for headline in (
            "Orsund harbour shut after Halvard grounding",
            "Halvard stuck on Skarv shoal off Orsund harbour",
            "Ferry wreck on Skarv shoal leaks diesel",
            "Vessia parliament elects Tariq Lund",
        )
    ]
    assert product(told[0], told[2]) == 0
    assert regroup(list(zip("wxyz", told, strict=True))) == [*"wwwz"]


def test_one_name_alone_makes_no_story_of_headlines() -> None:
    told = [
        sketch(Entry(headline=headline, language="en"))
        for headline in (
            "Halvard wins chess title",
            "Vineyard near Skarv bought by Halvard",
            "Tailor sues Halvard",
        )
    ]
    assert len(set(regroup(list(zip("xyz", told, strict=True))))) == 3


def test_headlines_of_a_story_that_was_shown_are_not_taken_apart() -> None:
    told = [("a", HEADLINES[0]), ("a", HEADLINES[2]), ("b", HEADLINES[1]), ("c", HEADLINES[2])]
    assert regroup(told, whole={"a"})[:2] == ["a", "a"]
    assert regroup(told) == ["a", "c", "a", "c"]


def test_headlines_that_come_apart_take_a_fresh_id_where_there_is_one() -> None:
    told = [("a", HEADLINES[0]), ("a", HEADLINES[2]), ("a", HEADLINES[1])]
    assert regroup(told, fresh=iter("new")) == ["a", "n", "a"]
    assert regroup(told) == ["a", "a", "a"]


def test_a_headline_among_texts_goes_with_the_part_of_its_story_that_it_is_like() -> None:
    told = list(zip("aaaaaa", [*SKETCHES[:3], *SKETCHES[3:], HEADLINES[2]], strict=True))
    assert regroup(told, fresh=iter("new")) == [*"aaannn"]
    assert regroup([*told[:5], ("a", HEADLINES[0])], fresh=iter("new")) == [*"aaanna"]


def test_bare_headlines_and_texts_are_not_judged_by_one_measure() -> None:
    mixed = regroup([("text", SKETCHES[0]), ("text", SKETCHES[1]), ("head", HEADLINES[0])])
    assert mixed == ["text", "text", "head"]


NOTICES = [
    sketch(Entry(headline=headline, paragraphs=(text,), language="en"))
    for headline, text in (
        (
            f"Police appeal after theft in {street}",
            f"{who} was robbed in {street} in Wexby on Tuesday night. Police ask witnesses to call {number}.",
        )
        for who, street, number in (
            ("A courier", "Mill Lane", "415-2231"),
            ("A pensioner", "Quay Street", "620-8874"),
            ("Two tourists", "Tannery Row", "388-1045"),
        )
    )
]


def test_headlines_go_to_the_story_of_texts_that_surely_tells_the_same() -> None:
    texts = [sketch(Entry(headline="", paragraphs=text, language="en")) for text in (FERRY, BANK)]
    same, another = (
        sketch(Entry(headline=headline, language="en"))
        for headline in (
            "Ferry Halvard hits Skarv shoal near Orsund in fog, 214 taken off",
            "Halvard line opens in Orsund",
        )
    )
    assert regroup(list(zip("abc", [*texts, same], strict=True))) == [*"aba"]
    assert regroup(list(zip("abc", [*texts, another], strict=True))) == [*"abc"]


def test_notices_of_one_form_are_not_one_story() -> None:
    assert min(product(one, other) for one in NOTICES for other in NOTICES) > 0.4
    assert regroup(list(zip("xyz", NOTICES, strict=True))) == ["x", "y", "z"]
    assert regroup(list(zip("xxx", NOTICES, strict=True)), fresh=iter("yz")) == ["x", "y", "z"]


def test_a_notice_that_was_told_again_is_one_story_with_it() -> None:
    assert regroup(list(zip("xyz", [*NOTICES[:2], NOTICES[0]], strict=True))) == ["x", "y", "x"]


def test_what_is_not_near_anything_that_changed_stays_as_it_is() -> None:
    told = list(zip("aabcc", SKETCHES, strict=True))
    assert regroup(told, changed={4}) == [*"aabcc"]
    assert regroup(told, changed={2}) == [*"aaacc"]
    assert regroup(told, changed=()) == [*"aabcc"]


def test_what_says_nothing_stays_where_it_is() -> None:
    assert regroup([("a", {}), ("b", {}), ("b", {})]) == ["a", "b", "b"]
    assert regroup([]) == []


def test_a_story_that_was_shown_keeps_its_articles_and_takes_in_the_others() -> None:
    told: list[tuple[str, dict[str, float]]] = [("old", {}), ("shown", {}), ("also shown", {}), ("new", {})]
    assert keep_shown(told, ["old"] * 4, {"shown", "also shown"}) == ["shown", "shown", "also shown", "shown"]
    assert keep_shown(told, ["old"] * 4, ()) == ["old"] * 4


def test_the_sketch_of_a_story_is_the_sum_of_its_articles() -> None:
    assert summed([("a", {"x": 1.0}), ("b", {"y": 1.0}), ("a", {"x": 0.5, "z": 0.2})]) == {
        "a": {"x": 1.5, "z": 0.2},
        "b": {"y": 1.0},
    }
