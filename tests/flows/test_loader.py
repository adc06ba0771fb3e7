"""The loader: every fault of every file at once, and the good practices whatever happens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.flows import loader, shelves
from bot.flows.loader import find, load
from bot.flows.practice import FaultyPracticeError, Library, NoSuchPracticeError
from tests.flows.shelf import GOOD, Shelf, words_for

TWELVE = """\
name: thirteen
title: A bad practice
minutes: 0
colour: blue
recalls:
  past: {turn: stp}
turns:
  - id: energy
    kind: scale
  - id: which
    kind: branch
    paths:
      - {when: energy <= 9, to: step}
      - {when: enrgy is 1, to: step}
      - {when: energy <=, to: stepp}
  - id: step
    kind: ask
    sets: days
  - id: tried
    kind: choice
    options: [{id: fully}, {id: not_yet}]
  - id: tried
    kind: say
  - id: other
    kind: practice
    practice: nobody
  - id: done
    kind: say
"""
WORDS = """\
{% block energy %}How are you?{% endblock %}
{% block energy__low %}Low{% endblock %}
{% block energy__high %}High{% endblock %}
{% block step %}What next?{% endblock %}
{% block tried %}Did you?{% endblock %}
{% block tried__fully %}Yes{% endblock %}
{% block tried__not_yet %}yes!{% endblock %}
{% block done %}
You wrote {{ stepp.words }}
{% endblock %}
"""


def test_every_fault_of_a_bad_practice_is_told_at_once_with_its_line(shelf: Shelf) -> None:
    shelf.put("twelve", TWELVE, en=WORDS)
    assert [(file, line) for file, line, _ in shelf.told()] == [
        ("twelve.en.j2", 7),  # Two labels read alike.
        ("twelve.en.j2", 9),  # The words speak of `stepp`.
        ("twelve.yaml", 1),  # Not the name of its file.
        ("twelve.yaml", 3),  # No minutes.
        ("twelve.yaml", 4),  # `colour` has no meaning.
        ("twelve.yaml", 6),  # The recall asks for `stp`.
        ("twelve.yaml", 13),  # Nobody can answer 9.
        ("twelve.yaml", 14),  # `enrgy`.
        ("twelve.yaml", 15),  # The condition cannot be read.
        ("twelve.yaml", 15),  # `stepp`.
        ("twelve.yaml", 18),  # Free words cannot set days.
        ("twelve.yaml", 22),  # A second `tried`.
        ("twelve.yaml", 26),  # There is no practice `nobody`.
        ("twelve.yaml", 28),  # It does not close.
    ]
    assert all(fault.mend for fault in shelf.faults())


def test_the_practices_that_come_with_skerry_are_good() -> None:
    library = load()
    assert library.faults == ()
    assert "weekly" in library.practices
    assert library.flows["weekly"].name == "weekly"


def test_a_good_practice_from_outside_is_loaded(shelf: Shelf) -> None:
    shelf.put("small")
    practice = shelf.load().practice("small")
    assert practice.flow.title == "A small practice"
    assert practice.languages == ("en",)
    assert practice.words["en"].blocks["step"].longest == "About step."


def test_a_bad_practice_never_stops_the_good_ones(shelf: Shelf) -> None:
    shelf.put("good")
    shelf.put("bad", b"\xff\xfe\x00", en=b"\x00")
    library = shelf.load()
    assert "good" in library.practices
    assert "bad" not in library.practices
    assert {Path(each.file).name for each in library.faults} == {"bad.yaml", "bad.en.j2"}


def test_languages_stand_beside_one_another_english_first(shelf: Shelf) -> None:
    shelf.put("small", en=words_for(GOOD), gd=words_for(GOOD), ar=words_for(GOOD))
    assert shelf.load().practice("small").languages == ("en", "ar", "gd")


def test_a_fault_of_the_words_has_their_file_and_line(shelf: Shelf) -> None:
    words = words_for(GOOD).replace("About end.", "\n{{ 7**9 }}")
    shelf.put("small", en=words)
    line = words.split("{{ 7**9")[0].count("\n") + 1
    assert shelf.told() == [("small.en.j2", line, "reckoning cannot be used in words")]


def test_an_untranslated_block_is_told_in_the_file_that_lacks_it(shelf: Shelf) -> None:
    gaelic = words_for(GOOD).replace("{% block end %}About end.{% endblock %}\n", "")
    shelf.put("small", en=words_for(GOOD), gd=gaelic)
    library = shelf.load()
    notes = [note for note in library.notes if note.practice == "small"]
    assert [(Path(note.file).name, note.line, note.fault) for note in notes] == [
        ("small.gd.j2", 7, "the block `end` is not translated in the words for `gd`")
    ]
    assert shelf.told() == []
    assert library.practice("small").languages == ("en", "gd")


def test_words_without_a_practice_are_told(shelf: Shelf) -> None:
    (shelf.path / "lonely.en.j2").write_text("{% block a %}x{% endblock %}")
    assert shelf.told() == [("lonely.en.j2", 1, "there are words for `lonely`, but no practice")]


def test_words_of_the_house_for_no_practice_are_told(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shelf.path / "en").mkdir()
    for name in ("house", "lonely"):
        (shelf.path / "en" / f"{name}.j2").write_text("{% block a %}x{% endblock %}")
    monkeypatch.setattr(shelves, "PROMPTS", shelf.path)
    assert ("lonely.j2", 1, "there are words for `lonely`, but no practice") in [
        (Path(each.file).name, each.line, each.fault) for each in load([shelf.path]).faults
    ]


def test_a_practice_without_words_is_told(shelf: Shelf) -> None:
    (shelf.path / "small.yaml").write_text(GOOD)
    assert shelf.told() == [("small.yaml", 1, "the practice has no words")]
    assert shelf.faults()[0].mend == "Write them in `small.en.j2`."


@pytest.mark.parametrize("text", ["just words\n", "- a\n- b\n"])
def test_a_file_that_holds_no_practice_is_told(shelf: Shelf, text: str) -> None:
    shelf.put("small", text.encode(), en="{% block a %}x{% endblock %}")
    assert shelf.told() == [("small.yaml", 1, "the file holds no practice")]


def test_an_empty_folder_and_a_lost_one_are_told(shelf: Shelf) -> None:
    assert shelf.told() == [("practices", 1, "the folder holds no practice")]
    (fault,) = load([shelf.path / "nowhere"]).faults
    assert fault.fault == "there is no such file or folder"


def test_what_is_called_a_practice_and_is_a_folder_is_told(shelf: Shelf) -> None:
    (shelf.path / "small.yaml").mkdir()
    (shelf.path / "small.en.j2").mkdir()
    assert [fault for _, _, fault in shelf.told()] == [
        "the file cannot be opened: there is no such file",
        "the file cannot be opened: there is no such file",
    ]


def test_a_folder_that_may_not_be_read_is_told(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(shelves, "folder", denied)
    assert [fault for _, _, fault in shelf.told()] == ["it cannot be opened: Permission denied"]


def test_a_file_that_may_not_be_read_is_told(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path) -> bytes:
        if path.is_relative_to(shelf.path):
            raise PermissionError(13, "Permission denied")
        return b"{% block a %}x{% endblock %}"

    shelf.put("small")
    monkeypatch.setattr(shelves, "content", denied)
    assert shelf.told()[0][2] == "the file cannot be opened: Permission denied"


def test_a_practice_from_outside_takes_the_place_of_the_houses_own(shelf: Shelf) -> None:
    shelf.put("nudge")
    assert shelf.load().practice("nudge").flow.title == "A small practice"


def test_one_name_from_two_folders_is_told(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("small")
    again = Shelf(tmp_path)
    again.put("small")
    (fault,) = load([shelf.path, again.path]).faults
    assert fault.file == str(tmp_path / "small.yaml")
    assert "is also the name of the practice in" in fault.fault


SUB = GOOD.replace(
    "  - id: step\n    kind: ask\n", "  - id: sub\n    kind: practice\n    practice: inner\n"
)


def test_what_needs_a_bad_practice_is_left_out_too(shelf: Shelf) -> None:
    shelf.put("inner", GOOD.replace("minutes: 2", "minutes: 0"), en=words_for(GOOD))
    shelf.put("outer", SUB)
    after = GOOD.replace("kind: close", "kind: close\n    begins: outer")
    shelf.put("after", after)
    assert shelf.told() == [
        ("after.yaml", 14, "practice `outer`, which this one needs, has faults of its own"),
        ("inner.yaml", 3, "`0` is out of range for `minutes`"),
        ("outer.yaml", 12, "practice `inner`, which this one needs, has faults of its own"),
    ]


def test_recalling_from_a_bad_practice_is_well(shelf: Shelf) -> None:
    shelf.put("torn", b"name: [")
    recalling = GOOD.replace("turns:", "recalls:\n  past: {turn: step, practice: torn}\nturns:", 1)
    shelf.put("small", recalling)
    assert "small" in shelf.load().practices


def test_a_single_file_brings_those_beside_it_that_it_names(shelf: Shelf) -> None:
    shelf.put("inner")
    shelf.put("stranger", b"name: [")
    outer = shelf.put("outer", SUB.replace("kind: close", "kind: close\n    begins: nudge"))
    library = load([outer])
    assert library.faults == ()
    assert {"inner", "outer"} <= set(library.practices)
    assert "stranger" not in library.practices


def test_two_files_that_name_each_other_are_read_once(shelf: Shelf) -> None:
    one = shelf.put("one", GOOD.replace("kind: close", "kind: close\n    begins: two"))
    shelf.put("two", GOOD.replace("kind: close", "kind: close\n    begins: one"))
    assert load([one]).faults == ()


def test_a_words_file_stands_for_its_practice(shelf: Shelf) -> None:
    shelf.put("small")
    assert "small" in load([shelf.path / "small.en.j2"]).practices
    (shelf.path / "small.yaml").rename(shelf.path / "small.yml")
    assert "small" in load([shelf.path / "small.en.j2"]).practices


def test_the_houses_own_folder_and_files_are_known() -> None:
    assert load([shelves.FLOWS]).faults == ()
    assert load([shelves.FLOWS / "weekly.yaml"]).faults == ()
    (fault,) = load([shelves.FLOWS / "practice.schema.json"]).faults
    assert fault.fault.startswith("the file cannot be opened")


def test_a_practice_is_found_by_name_or_path(shelf: Shelf) -> None:
    file = shelf.put("small")
    assert find("weekly")[0].flow.name == "weekly"
    assert find("small", [shelf.path])[0].flow.name == "small"
    practice, library = find(str(file))
    assert practice is library.practices["small"]


def test_a_practice_that_is_not_there_is_told_with_the_near_name(shelf: Shelf) -> None:
    with pytest.raises(NoSuchPracticeError, match=r"named wekly; did you mean weekly\?"):
        find("wekly")
    with pytest.raises(NoSuchPracticeError, match="`skerry flows list` shows"):
        find("qqqqq")
    with pytest.raises(NoSuchPracticeError, match="There is no file"):
        find(str(shelf.path / "small.yaml"))


def test_a_bad_practice_that_is_asked_for_tells_its_first_fault(shelf: Shelf) -> None:
    file = shelf.put("small", GOOD.replace("minutes: 2", "minutes: 0"), en=words_for(GOOD))
    with pytest.raises(FaultyPracticeError, match=r"small\.yaml, line 3: `0` is out of range"):
        find(str(file))
    shelf.put("small", GOOD.replace("minutes: 2", "minutes: 0\nx: 1"), en=words_for(GOOD))
    with pytest.raises(FaultyPracticeError, match="and 1 more") as raised:
        find("small", [shelf.path])
    assert len(raised.value.faults) == 2


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No practices but those from outside, so that many loads are quick."""
    monkeypatch.setattr(shelves, "own", lambda: iter(()))


@pytest.mark.usefixtures("alone")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.binary(max_size=200) | st.just(GOOD.encode()),
    st.binary(max_size=200) | st.just(words_for(GOOD).encode()),
)
def test_no_files_make_the_loader_raise(shelf: Shelf, yaml: bytes, words: bytes) -> None:
    shelf.put("small", yaml, en=words)
    assert isinstance(shelf.load(), Library)


LINES = st.lists(
    st.sampled_from(GOOD.splitlines() + TWELVE.splitlines() + ["", "turns: 3", "  - 7", "x: [1"]),
    max_size=25,
).map("\n".join)


@pytest.mark.usefixtures("alone")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(LINES)
def test_no_shuffled_practice_makes_the_loader_raise(shelf: Shelf, yaml: str) -> None:
    shelf.put("small", yaml.encode(), en=WORDS)
    library = shelf.load()
    assert all(fault.line >= 1 and fault.fault and fault.mend for fault in library.faults)


def test_a_pipe_with_a_practices_name_is_not_waited_for(shelf: Shelf) -> None:
    os.mkfifo(shelf.path / "small.yaml")
    assert shelf.told()[0][2] == "the file cannot be opened: there is no such file"


def test_zones_are_known() -> None:
    assert "Europe/London" in loader._zones()


def test_the_name_of_a_turn_that_cannot_be_read_is_not_missed_elsewhere(shelf: Shelf) -> None:
    bad = GOOD.replace("id: step", "id: Step").replace("to: end", "to: step")
    shelf.put("small", bad, en=words_for(GOOD, end="{% if step %}x{% endif %}y"))
    assert [fault for _, _, fault in shelf.told()] == ["`Step` cannot be a name"]
