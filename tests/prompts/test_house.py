"""The house's own words, and its reserved ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.engine.effects import Remark
from bot.engine.hearing import Asked, Chosen, Said, Word, fold, interpret
from bot.flows.shelves import FLOWS
from bot.prompts import house as rooms
from bot.prompts import reserved
from bot.prompts.house import BrokenHouseError, house, languages
from bot.prompts.reserved import entries, own, vocabulary
from bot.prompts.titles import titles
from bot.prompts.words import read

#: What a press on a button in a circle is answered with; Telegram shows so much at once.
TOASTS = {"aspiration_noted", "round_vote_taken", "round_vote_not_member"}


def test_the_house_speaks_english_first() -> None:
    assert languages()[0] == "en"
    assert house("en") is house("en")
    assert house("xx").language == "en"


def test_the_house_has_a_block_for_every_remark() -> None:
    for language in languages():
        missing = {remark.value for remark in Remark} - set(house(language).blocks)
        assert missing == set()


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_blocks_and_the_names_of_english(language: str) -> None:
    file = rooms.HERE / language / "house.j2"
    words = read(file.read_bytes(), language).words
    assert words
    assert words.blocks.keys() == house("en").blocks.keys()
    assert words.spoken_of == house("en").spoken_of


@pytest.mark.parametrize("language", languages())
def test_labels_fit_in_every_language(language: str) -> None:
    for name, block in house(language).blocks.items():
        units = len(block.longest.encode("utf-16-le")) // 2
        if name.startswith("window_") and name not in {"window_full", "window_past"}:
            assert units <= 24, name
        elif name.startswith("page_") and "\n" not in block.longest and block.plain:
            assert units <= 150, name
        elif name.startswith("command__"):
            assert 3 <= units <= 100, name
        elif name.endswith("_label") and name.startswith(("circle_", "round_", "aspiration_")):
            assert units <= 40, name
        elif name in TOASTS:
            assert units <= 180, name
    assert len(house(language).blocks["stale"].longest) <= 200
    assert len(house(language).blocks["done_label"].longest) <= 24


def test_a_language_that_lacks_a_block_says_it_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, text in (("en", "Hello."), ("cy", "Helô.")):
        (tmp_path / language).mkdir()
        words = f"{{% block a %}}{text}{{% endblock %}}"
        more = "{% block b %}More.{% endblock %}" if language == "en" else ""
        (tmp_path / language / "house.j2").write_text(words + more)
    monkeypatch.setattr(rooms, "HERE", tmp_path)
    house.cache_clear()
    try:
        assert house("cy").blocks["a"].longest == "Helô."
        assert house("cy").blocks["b"].longest == "More."
    finally:
        house.cache_clear()


def test_every_welsh_file_says_that_it_is_a_draft_or_who_reviewed_it() -> None:
    files = sorted((rooms.HERE / "cy").iterdir())
    assert files
    for file in files:
        remark = " ".join(file.read_text(encoding="utf-8").splitlines()[:4])
        assert re.match(r"\{# |# ", remark), file
        assert re.search(r"(?i)\bdraft\b.*\bnative speaker\b|\breviewed by\b", remark), file


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


@pytest.mark.parametrize("language", languages())
def test_reserved_words_of_a_language_do_not_clash(language: str) -> None:
    phrases = [fold(phrase) for _, _, phrase in entries(language)]
    assert len(phrases) == len(set(phrases))
    english = own("en")
    assert all(english.get(phrase, word) == word for phrase, word in own(language).items())
    assert set(own(language).values()) == set(Word)


@pytest.mark.parametrize("language", languages())
def test_english_words_work_in_every_language(language: str) -> None:
    assert vocabulary(language) | own("en") == vocabulary(language)
    for word in Word:  # Its own phrase is the one that pages send.
        first = next(phrase for phrase, meant in vocabulary(language).items() if meant == word)
        assert own(language).get(first) == word


def test_words_of_both_languages_are_heard_in_welsh() -> None:
    known = vocabulary("cy")
    assert interpret("Help!", (), known) == Asked(Word.HELP)
    assert interpret("cymorth", (), known) == Asked(Word.HELP)
    assert interpret("Yn ôl", (), known) == Asked(Word.BACK)
    assert interpret("saib tan ddydd Llun", (), known) == Asked(Word.PAUSE, "tan ddydd llun")
    assert interpret("saib am dair wythnos", (), known) == Asked(Word.PAUSE, "am dair wythnos")
    assert interpret("pause for two weeks", (), known) == Asked(Word.PAUSE, "for two weeks")
    assert interpret("cysylltu 3k7p 9mq2", (), known) == Asked(Word.LINK, "3k7p 9mq2")
    assert interpret("gadael cyfres 2", (), known) == Asked(Word.LEAVE_CAMPAIGN, "2")
    assert interpret("saib am fy mhaned", (), known) == Said()


def test_a_welsh_list_is_read() -> None:
    days = [("1", "Dydd Mawrth"), ("3", "Dydd Iau"), ("4", "Dydd Gwener")]
    assert interpret("mawrth, iau a gwener", days, {}, several=True) == Chosen(("1", "3", "4"))
    assert interpret("mawrth ac iau", days, {}, several=True) == Chosen(("1", "3"))
    assert interpret("mawrth a llun", days, {}, several=True) == Said()


def test_reserved_phrases_stay_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "reserved.yaml").write_text("stop: [no, off, 10:30]\n")
    monkeypatch.setattr(reserved, "HERE", tmp_path)
    assert reserved.vocabulary.__wrapped__("en") == {"no": "stop", "off": "stop", "10 30": "stop"}


def test_titles_are_of_practices_there_are_and_all_have_one_in_welsh() -> None:
    own = {file.stem for file in FLOWS.glob("*.yaml")}
    assert set(titles("cy")) == own
    assert all(title.strip() and len(title) <= 64 for title in titles("cy").values())
    assert titles("en") == titles("xx") == titles("../cy") == {}
