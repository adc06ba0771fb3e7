"""Keys are remembered for a short while only."""

from bot.trust.remembered import LIFE, Remembered
from bot.trust.sealing import new_key, sealer

ADA, BEN, CAT = (sealer(name, new_key()) for name in ("ada", "ben", "cat"))


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_key_is_remembered_for_a_minute() -> None:
    clock = Clock()
    remembered = Remembered(clock)
    remembered.put(ADA, remembered.mark())
    clock.at = LIFE - 1
    assert remembered.get("ada") is ADA
    clock.at = LIFE
    assert remembered.get("ada") is None
    assert remembered.get("ada") is None


def test_the_least_used_key_is_forgotten_when_there_is_no_more_room() -> None:
    remembered = Remembered(Clock(), room=2)
    remembered.put(ADA, 0)
    remembered.put(BEN, 0)
    remembered.get("ada")
    remembered.put(CAT, 0)
    assert remembered.get("ada") is ADA
    assert remembered.get("ben") is None
    assert remembered.get("cat") is CAT


def test_a_key_found_before_its_owner_was_forgotten_is_not_remembered_afterwards() -> None:
    remembered = Remembered(Clock())
    mark = remembered.mark()
    remembered.drop("ada")
    remembered.put(ADA, mark)
    assert remembered.get("ada") is None


def test_dropping_and_clearing_forget() -> None:
    remembered = Remembered(Clock())
    for each in (ADA, BEN):
        remembered.put(each, remembered.mark())
    remembered.drop("ada")
    assert (remembered.get("ada"), remembered.get("ben")) == (None, BEN)
    remembered.clear()
    assert remembered.get("ben") is None
