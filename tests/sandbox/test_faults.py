import pytest

from sandbox.faults import BadFault, Faults


def strikes(faults: Faults, count: int, method: str = "sendMessage", chat_id: str = "1") -> list[bool]:
    return [faults.striking(method, chat_id) is not None for _ in range(count)]


def test_a_fault_lasts_until_it_is_cleared() -> None:
    faults = Faults()
    faults.add({"kind": "500"})
    assert strikes(faults, 3) == [True, True, True]
    faults.clear()
    assert strikes(faults, 1) == [False]


def test_a_fault_strikes_the_nth_request_and_so_many_after_it() -> None:
    faults = Faults()
    faults.add({"kind": "500", "nth": 2})
    assert strikes(faults, 4) == [False, True, False, False]
    faults.clear()
    faults.add({"kind": "500", "nth": 2, "times": 2})
    assert strikes(faults, 4) == [False, True, True, False]


def test_a_fault_strikes_its_own_method_and_chat_alone() -> None:
    faults = Faults()
    faults.add({"kind": "429", "method": "SENDMESSAGE", "chat_id": -5})
    assert strikes(faults, 1, "getMe", "-5") == strikes(faults, 1, "sendMessage", "5") == [False]
    assert strikes(faults, 1, "sendMessage", "-5") == [True]


def test_chance_with_a_seed_is_the_same_every_time() -> None:
    runs = []
    for _ in range(2):
        faults = Faults()
        faults.add({"kind": "500", "probability": 0.3, "seed": 5})
        runs.append(strikes(faults, 200))
    assert runs[0] == runs[1]
    assert 30 < sum(runs[0]) < 90


def test_the_wait_a_429_asks_for_lies_between_its_ends() -> None:
    faults = Faults()
    fault = faults.add({"kind": "429", "retry_after": [1, 35], "seed": 5})
    assert {fault.pause for _ in range(1000)} == set(range(1, 36))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "earthquake"}, "kind is one of 429, 500"),
        ({"kind": "500", "tmes": 1}, "unknown field tmes"),
        ({"kind": "500", "times": "many"}, "not a number"),
        ({"kind": "429", "retry_after": [9, 5]}, "not a number: retry_after is a number, or .least, most."),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(wanted: dict[str, object], said: str) -> None:
    with pytest.raises(BadFault, match=said):
        Faults().add(wanted)
