"""What may tell who is meant is pointed out, in bounded time, whatever the words are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prompts.telling import LONGEST, MOST, telling
from tests.soon import soon


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ann.bell@nhs.scot please.", ("ann.bell@nhs.scot",)),
        ("It is at https://example.org/a?b=1 now.", ("https://example.org/a?b=1",)),
        ("She lives at EH6 7AB, by the shore.", ("EH6 7AB",)),
        ("Born on 14/02/1961 or 3rd March 1970.", ("14/02/1961", "3rd March 1970")),
        ("Her number is 943 476 5919.", ("943 476 5919",)),
        ("His was 1402611234.", ("1402611234",)),
        ("Ring 0131 496 0123 or +44 7700 900123.", ("0131 496 0123", "+44 7700 900123")),
        ("I asked Morag about it.", ("Morag",)),
        ("I asked Morag MacDonald and Ann.", ("Morag MacDonald", "Ann")),
        ("then Dr Bell said no", ("Dr Bell",)),
        ("We met in Kirkcaldy on Tuesday.", ()),
        ("In March, I wrote to Scotland's best.", ()),
        ("Morag came late.", ()),
        ("We were 12 people for 45 minutes in 2026.", ()),
        ("", ()),
    ],
)
def test_what_may_tell_who_is_meant(text: str, found: tuple[str, ...]) -> None:
    assert telling([text]) == found


def test_each_is_said_once_and_not_too_many() -> None:
    assert telling(["I met Morag.", "and Morag and Fiona"]) == ("Morag", "Fiona")
    assert len(telling([" ".join(f"a{n}@b.example" for n in range(50))])) == MOST


@pytest.mark.parametrize(
    "piece", ["a@", "Aa ", "www.", "1 ", "0131 ", "1/2/", "é Éa ", "(((", "+44", "a.a-a@a.a."]
)
def test_hostile_words_take_no_longer(piece: str) -> None:
    with soon():
        telling([piece * (20 * LONGEST // len(piece))])


@given(st.text(max_size=300))
def test_it_takes_any_words_and_invents_none(text: str) -> None:
    for each in telling([text]):
        assert each in " ".join(text.split())
