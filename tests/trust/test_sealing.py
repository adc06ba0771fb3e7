"""What is sealed opens with its own key in its own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trust import sealing
from bot.trust.sealing import BrokenSealError

KEY = bytes(range(32))
OTHER = bytes(32)


@given(plain=st.binary(max_size=300), aad=st.binary(max_size=40))
def test_what_is_sealed_opens_unchanged_and_is_28_bytes_longer(plain: bytes, aad: bytes) -> None:
    sealed = sealing.seal(KEY, plain, aad)
    assert sealing.unseal(KEY, sealed, aad) == plain
    assert len(sealed) == len(plain) + 28


def test_the_same_words_never_look_the_same_twice() -> None:
    assert sealing.seal(KEY, b"calm", b"") != sealing.seal(KEY, b"calm", b"")


def test_another_key_is_refused() -> None:
    with pytest.raises(BrokenSealError):
        sealing.unseal(OTHER, sealing.seal(KEY, b"calm", b""), b"")


@given(at=st.integers(min_value=0, max_value=31), bit=st.integers(min_value=0, max_value=7))
def test_a_changed_bit_is_refused(at: int, bit: int) -> None:
    sealed = bytearray(sealing.seal(KEY, b"calm", b"here"))
    sealed[at] ^= 1 << bit
    with pytest.raises(BrokenSealError):
        sealing.unseal(KEY, bytes(sealed), b"here")


@pytest.mark.parametrize("length", [0, 5, 12, 27])
def test_a_text_too_short_to_be_sealed_is_refused(length: int) -> None:
    with pytest.raises(BrokenSealError):
        sealing.unseal(KEY, bytes(length), b"")


def test_a_row_opens_for_its_owner_alone() -> None:
    ada, ben = sealing.sealer("ada", KEY), sealing.sealer("ben", KEY)
    sealed = ada.seal("answer", "1", b"calm")
    assert ada.open("answer", "1", sealed) == b"calm"
    with pytest.raises(BrokenSealError):
        ben.open("answer", "1", sealed)


@pytest.mark.parametrize("place", [("answer", "2"), ("media", "1")])
def test_a_row_that_was_moved_does_not_open(place: tuple[str, str]) -> None:
    ada = sealing.sealer("ada", KEY)
    with pytest.raises(BrokenSealError):
        ada.open(*place, ada.seal("answer", "1", b"calm"))


NAMES = st.lists(st.text(max_size=5), max_size=4)


@given(one=NAMES, other=NAMES)
def test_two_lists_of_names_are_never_joined_alike(one: list[str], other: list[str]) -> None:
    assert (sealing.joined(*one) == sealing.joined(*other)) == (one == other)


def test_a_new_key_has_256_bits_and_is_new() -> None:
    assert len(sealing.new_key()) == 32
    assert sealing.new_key() != sealing.new_key()


def test_a_digest_is_the_same_for_the_same_words_of_one_owner_in_one_table_alone() -> None:
    ada, other_key = sealing.sealer("ada", KEY), sealing.sealer("ada", OTHER)
    mine = ada.digest("link", "k7q")
    assert sealing.sealer("ada", KEY).digest("link", "k7q") == mine
    assert len(mine) == 64
    others = {
        ada.digest("link", "k7r"),
        ada.digest("visit", "k7q"),
        sealing.sealer("ben", KEY).digest("link", "k7q"),
        other_key.digest("link", "k7q"),
    }
    assert mine not in others
    assert len(others) == 4
