"""Ballots open with their count's secret alone, all have one length, and tokens count once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trust import ballots
from bot.trust.ballots import OverlongBallotError
from bot.trust.sealing import BrokenSealError

SECRET = bytes(range(32))
OTHER = bytes(32)
PUBLIC = ballots.public_of(SECRET)

numbers = st.integers(-128, 127)
one = st.lists(numbers, max_size=25).map(lambda part: (tuple(part),))
several = st.lists(st.lists(numbers, max_size=2).map(tuple), max_size=10).map(tuple)


@given(plain=st.binary(max_size=200))
def test_what_is_sealed_opens_unchanged_and_is_48_bytes_longer(plain: bytes) -> None:
    sealed = ballots.seal(PUBLIC, plain)
    assert ballots.open_(SECRET, sealed) == plain
    assert len(sealed) == len(plain) + 48


def test_the_same_ballot_never_looks_the_same_twice() -> None:
    assert ballots.seal(PUBLIC, b"calm") != ballots.seal(PUBLIC, b"calm")


def test_another_secret_is_refused() -> None:
    with pytest.raises(BrokenSealError):
        ballots.open_(OTHER, ballots.seal(PUBLIC, b"calm"))


def test_the_public_half_opens_nothing() -> None:
    with pytest.raises(BrokenSealError):
        ballots.open_(PUBLIC, ballots.seal(PUBLIC, b"calm"))


@given(at=st.integers(0, 51), bit=st.integers(0, 7))
def test_a_changed_bit_is_refused(at: int, bit: int) -> None:
    sealed = bytearray(ballots.seal(PUBLIC, b"calm"))
    sealed[at] ^= 1 << bit
    with pytest.raises(BrokenSealError):
        ballots.open_(SECRET, bytes(sealed))


@pytest.mark.parametrize("length", [0, 1, 31, 32, 47, 48])
def test_a_text_too_short_to_be_sealed_is_refused(length: int) -> None:
    with pytest.raises(BrokenSealError):
        ballots.open_(SECRET, bytes(length))


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33)])
def test_a_secret_of_another_length_is_none(secret: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ballots.public_of(secret)
    with pytest.raises(ValueError, match="32 bytes"):
        ballots.token(secret, "energy", "north", "ada")


@given(ballot=one | several)
def test_every_ballot_is_packed_in_one_length_and_comes_back(
    ballot: tuple[tuple[int, ...], ...],
) -> None:
    packed = ballots.packed(ballot)
    assert len(packed) == ballots.LENGTH
    assert ballots.unpacked(packed) == ballot


def test_a_sealed_ballots_length_tells_nothing() -> None:
    lengths = set[int]()
    for ballot in (((1,),), (tuple(range(25)),), ((-9,),) * 10):
        inner = ballots.seal(PUBLIC, ballots.packed(ballot))
        lengths.add(len(ballots.seal(ballots.public_of(OTHER), inner)))
    assert lengths == {128}


@pytest.mark.parametrize("ballot", [(tuple(range(31)),), ((),) * 32, ((128,),), ((-129,),)])
def test_a_ballot_that_does_not_fit_is_refused(ballot: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(OverlongBallotError):
        ballots.packed(ballot)


@given(plain=st.binary(min_size=32, max_size=32) | st.binary(max_size=70))
def test_bytes_that_are_no_ballot_are_refused(plain: bytes) -> None:
    try:
        ballot = ballots.unpacked(plain)
    except BrokenSealError:
        return
    assert ballots.packed(ballot) == plain


@pytest.mark.parametrize(
    "plain", [b"", bytes(31), b"\x01\x01\x05" + b"\x01" * 29, b"\xff" * 32, b"\x01\xff" * 16]
)
def test_these_bytes_are_no_ballot(plain: bytes) -> None:
    with pytest.raises(BrokenSealError):
        ballots.unpacked(plain)


def test_a_token_is_the_same_each_time_and_another_for_all_else() -> None:
    mine = ballots.token(SECRET, "energy", "north", "ada")
    assert mine == ballots.token(SECRET, "energy", "north", "ada")
    assert len(bytes.fromhex(mine)) == 16
    others = {
        ballots.token(OTHER, "energy", "north", "ada"),
        ballots.token(SECRET, "trust", "north", "ada"),
        ballots.token(SECRET, "energy", "south", "ada"),
        ballots.token(SECRET, "energy", "north", "ben"),
        ballots.token(SECRET, "energynorth", "", "ada"),
        ballots.token(SECRET, "energy", "northada", ""),
    }
    assert len(others | {mine}) == 7


def test_a_secrets_two_keys_are_not_the_secret_and_not_each_other() -> None:
    keys = {SECRET, ballots._key(SECRET, "box"), ballots._key(SECRET, "token")}
    assert len(keys) == 3
