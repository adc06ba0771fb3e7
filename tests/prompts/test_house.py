"""The house's own words, and its reserved ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.effects import Remark
from bot.engine.hearing import Word, fold
from bot.prompts import house as rooms
from bot.prompts import reserved
from bot.prompts.house import BrokenHouseError, house, languages
from bot.prompts.reserved import vocabulary


def test_the_house_speaks_english_first() -> None:
    assert languages()[0] == "en"
    assert house("en") is house("en")
    assert house("xx").language == "en"


def test_the_house_has_a_block_for_every_remark() -> None:
    for language in languages():
        missing = {remark.value for remark in Remark} - set(house(language).blocks)
        assert missing == set()


def test_a_house_that_says_what_it_may_not_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "house.j2").write_text("{% block a %}\n{{ 7 ** 9 }}\n{% endblock %}")
    monkeypatch.setattr(rooms, "HERE", tmp_path)
    with pytest.raises(BrokenHouseError, match=r"house\.j2:2: reckoning"):
        house.__wrapped__("en")


def test_reserved_phrases_are_folded_and_name_words() -> None:
    known = vocabulary("en")
    assert known["forget me"] == Word.FORGET_ME
    assert known[fold("/Delete_That!")] == Word.DELETE_THAT
    assert set(known.values()) == set(Word)
    assert all(phrase == fold(phrase) for phrase in known)


def test_a_language_without_reserved_words_has_the_english_ones() -> None:
    assert vocabulary("xx") == vocabulary("en")
    assert vocabulary("../cy") == vocabulary("en")


def test_reserved_phrases_stay_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "reserved.yaml").write_text("stop: [no, off, 10:30]\n")
    monkeypatch.setattr(reserved, "HERE", tmp_path)
    assert reserved.vocabulary.__wrapped__("en") == {"no": "stop", "off": "stop", "10 30": "stop"}
