"""The page beside the chat: what it shows, what can be changed there, and for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.records import (
    Adjusted,
    Commanded,
    Entry,
    Field,
    FieldKind,
    Heading,
    Link,
    Looked,
    Page,
    Paragraph,
    Quote,
    Row,
    Sought,
)
from bot.requests import fields, setting
from bot.store import people
from bot.store.people import Changes
from tests.journeys.looking import (
    at,
    current,
    held,
    is_nobody,
    kept,
    person,
    rows,
    words,
    zone_chosen,
)
from tests.journeys.playing import begin
from tests.journeys.someone import Someone, texts

UNCHANGED = "That could not be changed, so all stays as it was."
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)


def looks(someone: Someone) -> Page:
    assert someone.does(Looked(page=True)) == []
    return shown(someone)


def shown(someone: Someone) -> Page:
    page = someone.heard.reply.page
    assert page is not None
    return page


def adjusts(someone: Someone, field: str, *values: str) -> Page:
    assert someone.does(Adjusted(field=field, values=values)) == []
    return shown(someone)


def read(page: Page) -> list[str]:
    """Its words, ours and theirs."""
    return [part.text for part in page.parts if isinstance(part, Heading | Paragraph | Quote)]


def links(page: Page) -> dict[str, Link]:
    """Its buttons by what they say when they are pressed."""
    every = [link for part in page.parts if isinstance(part, Row) for link in part.links]
    return {link.word: link for link in every}


def field(page: Page, name: str) -> Field:
    (found,) = [each for each in page.parts if isinstance(each, Field) and each.name == name]
    return found


def chosen(page: Page, name: str) -> list[str]:
    return [entry.value for entry in field(page, name).chosen]


def changed(someone: Someone, **fields: object) -> None:
    """Change something of theirs behind the house's back."""
    theirs, values = someone.id, Changes(**fields)  # type: ignore[typeddict-item]
    someone.asks(lambda conn: people.change(conn, theirs, **values))


# What it shows.


def test_it_says_first_whose_it_is(someone: Someone) -> None:
    assert looks(someone).parts[0] == Paragraph(
        text="Yours alone: nobody else can read this page in Skerry."
    )


def test_it_has_its_parts_in_order(someone: Someone) -> None:
    headings = [part.text for part in looks(someone).parts if isinstance(part, Heading)]
    assert headings == ["My rhythm", "Open now", "My last experiment", "What is kept"]


def test_it_shows_the_rhythm_as_it_is(someone: Someone) -> None:
    page = looks(someone)
    assert [each.label for each in field(page, "days").chosen] == ["Tuesday", "Thursday"]
    assert len(field(page, "days").entries) == 7
    assert field(page, "hour").chosen == (Entry(value="09:30", label="09:30"),)
    assert field(page, "zone").chosen == (Entry(value="Europe/London", label="UK"),)
    assert field(page, "window").chosen[0].label == "As your programme sets"
    assert field(page, "holidays").chosen[0].label == "As your programme decides"
    assert chosen(page, "pause") == []
    assert field(page, "keeps").chosen[0].label == "Yes, keep my answers"
    kinds = [part.kind for part in page.parts if isinstance(part, Field)]
    one = FieldKind.ONE
    assert kinds == [
        *(FieldKind.SEVERAL, FieldKind.CLOCK, one, one, FieldKind.SEARCH, one, FieldKind.DATE),
        one,
    ]


def test_what_settings_offers_can_be_chosen_here(someone: Someone) -> None:
    page = looks(someone)
    assert [each.label for each in field(page, "window").entries] == [
        "As your programme sets",
        "Office hours, 09:00 to 17:00",
        "Mornings, 08:00 to 12:00",
        "Afternoons and evenings, 12:00 to 21:00",
        "Daytime, 08:00 to 20:00",
        "Early and late too, 06:00 to 23:00",
        "Any hour, day or night",
    ]
    assert "Scotland" in [each.label for each in field(page, "holidays").entries]


def test_what_somebody_has_is_among_what_is_offered_whatever_it_is(someone: Someone) -> None:
    changed(someone, window=(600, 660), holidays="IE")
    page = looks(someone)
    assert field(page, "window").chosen[0].label == "Between 10:00 and 11:00"
    assert field(page, "holidays").chosen[0].label == "Ireland"
    for name in ("window", "holidays"):
        assert set(field(page, name).chosen) <= set(field(page, name).entries)


def test_no_label_and_no_button_is_too_long(someone: Someone) -> None:
    page = looks(someone)
    every = [part for part in page.parts if isinstance(part, Field)]
    labels = [entry.label for each in every for entry in (*each.entries, *each.chosen)]
    labels += [each.label for each in every]
    labels += [each.label for each in links(page).values()]
    assert max(map(len, labels)) <= 75


def test_with_nothing_open_one_can_practise(someone: Someone) -> None:
    page = looks(someone)
    assert "Nothing is open just now." in read(page)
    assert {"practise", "journal"} <= links(page).keys()
    assert not {"start", "later"} & links(page).keys()


def test_the_menu_is_nothing_open(someone: Someone) -> None:
    someone.says("practise")
    assert "Nothing is open just now." in read(looks(someone))


def test_what_is_open_is_named_and_can_be_gone_on_with(someone: Someone) -> None:
    for line in ("practise", "weekly", "3", "We argued."):
        someone.says(line)
    page = looks(someone)
    assert '"A weekly check-in" is open. It waits as long as you like.' in read(page)
    assert {"start", "later"} <= links(page).keys()
    assert "practise" not in links(page)
    said = texts(someone.does(Commanded(text=links(page)["start"].word)))
    assert said[0].startswith("Welcome back.")


def test_every_button_says_a_reserved_word(someone: Someone) -> None:
    every = links(looks(someone))
    assert every.keys() == {
        *("practise", "journal", "remember", "export", "keep", "help"),
        *("forget me", "stop"),
    }
    for word in ("remember", "keep", "practise"):
        assert someone.does(Commanded(text=word))
        assert someone.heard.reply.toast == "The answer is in our chat."


def test_what_ends_something_asks_before(someone: Someone) -> None:
    every = links(looks(someone))
    assert [word for word, link in every.items() if link.confirm] == ["forget me", "stop"]
    said = texts(someone.does(Commanded(text="forget me")))
    assert 'To go ahead, write "yes, forget me".' in said[0]
    assert person(someone).standing == "active"


def test_the_last_experiment_is_there_in_their_own_words(someone: Someone) -> None:
    assert any(text.startswith("There is none here now.") for text in read(looks(someone)))
    begin(someone, "an experiment")
    someone.waits(timedelta(days=7))
    page = looks(someone)
    assert "You wrote this on Tuesday 3 November:" in read(page)
    assert Quote(text="I will ask one question in the morning huddle.") in page.parts


def test_an_experiment_that_was_deleted_is_gone(someone: Someone) -> None:
    begin(someone, "an experiment")
    someone.deletes("I will ask one question in the morning huddle.")
    assert not any(isinstance(part, Quote) for part in looks(someone).parts)


def test_it_counts_what_is_kept(stranger: Someone) -> None:
    stranger.arrives()
    assert "None of your answers so far." in read(looks(stranger))
    for line in ("keep my answers", "space to reflect"):
        stranger.says(line)
    assert "One answer of yours, given earlier today." in read(looks(stranger))
    for line in ("To stop for a moment.", "done"):
        stranger.says(line)
    counted = f"{len(kept(stranger))} answers of yours, the first of them given earlier today."
    assert counted in read(looks(stranger))
    assert any("deleted after 12 months" in text for text in read(looks(stranger)))


def test_looking_changes_nothing(someone: Someone) -> None:
    begin(someone, "half a check-in")
    before = (rows(someone), held(someone), person(someone))
    looks(someone)
    assert someone.does(Looked()) == []
    assert someone.heard.reply.page is None
    assert (rows(someone), held(someone), person(someone)) == before


# Somebody who stopped, or wants quiet.


def test_after_a_stop_the_page_is_still_theirs(someone: Someone) -> None:
    someone.says("stop")
    page = looks(someone)
    assert any(text.startswith("Skerry is stopped, as you asked.") for text in read(page))
    assert links(page).keys() == {"start", "export", "keep", "help", "forget me"}
    adjusts(someone, "days", "0")
    adjusts(someone, "pause", "2026-11-20")
    assert person(someone).days == (0,)
    assert person(someone).standing == "stopped"
    assert texts(someone.does(Commanded(text="start")))[0] == "Good to have you here again."


def test_a_quiet_time_without_an_end_can_be_ended_here(someone: Someone) -> None:
    someone.says("pause")
    page = looks(someone)
    assert "I am quiet until you begin again." in read(page)
    assert (chosen(page, "pause"), links(page)["start"].label) == ([], "Begin again")
    adjusts(someone, "pause")
    assert person(someone).paused_until is None


def test_a_quiet_time_says_when_it_ends(someone: Someone) -> None:
    page = adjusts(someone, "pause", "2026-11-09")
    assert "I am quiet for now, and come back on Monday 9 November." in read(page)
    assert chosen(page, "pause") == ["2026-11-09"]
    assert person(someone).paused_until == MONDAY
    someone.now = MONDAY + timedelta(days=1)
    assert chosen(looks(someone), "pause") == []
    assert "start" not in links(looks(someone))


def test_a_quiet_time_sets_aside_what_is_open_as_pause_does(someone: Someone) -> None:
    begin(someone, "half a check-in")
    adjusts(someone, "pause", "2026-11-09")
    now = current(someone)
    assert now is not None
    assert (now.status, now.wake_at) == ("resting", datetime(2026, 11, 10, 9, 30, tzinfo=UTC))
    page = adjusts(someone, "pause", "")
    assert person(someone).paused_until is None
    assert '"A weekly check-in" is open. It waits as long as you like.' in read(page)


@pytest.mark.parametrize("day", ["2026-11-03", "2026-11-02", "1999-01-01", "2036-01-01"])
def test_a_day_that_has_come_already_is_refused_kindly(someone: Someone, day: str) -> None:
    adjusts(someone, "pause", day)
    assert someone.heard.reply.toast.startswith("Please choose a day that is still to come")
    assert person(someone).paused_until is None


# What can be changed.


@pytest.mark.parametrize(
    ("name", "values", "attribute", "becomes"),
    [
        ("days", ("4", "0"), "days", (0, 4)),
        ("days", ("0", "1", "2", "3", "4", "5", "6"), "days", (0, 1, 2, 3, 4, 5, 6)),
        ("hour", ("07:05",), "minute", 425),
        ("hour", ("00:00",), "minute", 0),
        ("window", ("480-1200",), "window", (480, 1200)),
        ("window", ("0-1440",), "window", (0, 1440)),
        ("holidays", ("GB-SCT",), "holidays", "GB-SCT"),
        ("holidays", ("none",), "holidays", "none"),
        ("zone", ("America/New_York",), "zone", "America/New_York"),
        ("keeps", ("no",), "keeps", False),
    ],
)
def test_a_change_is_made_at_once_and_the_page_shows_it(
    someone: Someone, name: str, values: tuple[str, ...], attribute: str, becomes: object
) -> None:
    page = adjusts(someone, name, *values)
    assert getattr(person(someone), attribute) == becomes
    assert set(chosen(page, name)) == set(values)
    assert someone.heard.reply.toast == ""


def test_hours_and_holidays_can_be_left_to_the_programme_again(someone: Someone) -> None:
    for name, value in (("window", "480-1200"), ("holidays", "none")):
        adjusts(someone, name, value)
        assert chosen(adjusts(someone, name, "usual"), name) == ["usual"]
    assert (person(someone).window, person(someone).holidays) == (None, "")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("days", ("7",)),
        ("days", ("0", "monday")),
        ("days", ("",)),
        ("hour", ()),
        ("hour", ("24:00",)),
        ("hour", ("9:30",)),
        ("hour", ("09:30", "10:30")),
        ("window", ()),
        ("window", ("1-2",)),
        ("window", ("480-1200", "0-1440")),
        ("holidays", ("XX",)),
        ("holidays", ("",)),
        ("zone", ("Glasgow",)),
        ("zone", ("Mars/Base",)),
        ("zone", ()),
        ("language", ("xx",)),
        ("language", ()),
        ("keeps", ("maybe",)),
        ("keeps", ()),
        ("pause", ("tomorrow",)),
        ("pause", ("2026-02-30x",)),
        ("pause", ("2026-11-20", "2026-11-21")),
        ("standing", ("active",)),
        ("", ()),
        ("\ud800", ("\ud800",)),
    ],
)
def test_what_cannot_be_changes_nothing_and_says_so(
    someone: Someone, name: str, values: tuple[str, ...]
) -> None:
    before = person(someone)
    adjusts(someone, name, *values)
    assert someone.heard.reply.toast == UNCHANGED
    assert person(someone) == before


def test_a_day_that_is_none_is_refused(someone: Someone) -> None:
    adjusts(someone, "pause", "2026-13-45")
    assert someone.heard.reply.toast
    assert person(someone).paused_until is None


def test_no_day_at_all_is_refused_kindly(someone: Someone) -> None:
    adjusts(someone, "days")
    assert someone.heard.reply.toast.startswith("At least one day is needed")
    assert person(someone).days == (1, 3)


def test_a_zone_chosen_here_is_chosen(stranger: Someone) -> None:
    stranger.arrives()
    adjusts(stranger, "zone", "Asia/Calcutta")
    assert person(stranger).zone == "Asia/Kolkata"
    assert zone_chosen(stranger)


def test_the_chat_and_the_page_change_a_setting_in_one_place(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []
    before = setting.choose

    def choose(*args: object) -> None:
        seen.append((str(args[1]), str(args[2])))
        before(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(setting, "choose", choose)
    adjusts(someone, "window", "540-1020")
    for line in ("settings", "hours", "office hours"):
        someone.says(line)
    assert seen == [("window", "540-1020")] * 2


def test_a_change_here_leaves_what_is_open_as_it_was(someone: Someone) -> None:
    begin(someone, "half a check-in")
    before = held(someone)
    adjusts(someone, "days", "2")
    adjusts(someone, "keeps", "no")
    assert held(someone) == before


def test_questions_only_from_here_keep_nothing_from_then_on(someone: Someone) -> None:
    for line in ("journal", "yes", "Before.", "done"):
        someone.says(line)
    adjusts(someone, "keeps", "no")
    for line in ("journal", "yes", "After.", "done"):
        someone.says(line)
    assert words(someone) == ["Before."]


def test_a_language_is_shown_where_there_are_several(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = looks(someone)
    assert [each.label for each in field(page, "language").entries] == ["English", "Cymraeg"]
    adjusts(someone, "language", "cy")
    assert person(someone).language == "cy"
    monkeypatch.setattr(someone.house().shelf, "languages", ("en",))
    assert not any(isinstance(p, Field) and p.name == "language" for p in looks(someone).parts)


# Something sought.


def test_a_zone_is_found_by_any_city(someone: Someone) -> None:
    assert someone.does(Sought(field="zone", text="glas")) == []
    assert Entry(value="Europe/London", label="UK") in someone.heard.reply.found
    someone.does(Sought(field="zone", text="a"))
    assert len(someone.heard.reply.found) == 20


@pytest.mark.parametrize(("name", "text"), [("zone", ""), ("days", "mon"), ("\ud800", "\ud800")])
def test_nothing_is_found_where_nothing_is_sought(someone: Someone, name: str, text: str) -> None:
    someone.does(Sought(field=name, text=text))
    assert someone.heard.reply.found == ()


# Somebody new.


def test_somebody_new_is_told_what_this_is_and_is_nobody(stranger: Someone) -> None:
    page = looks(stranger)
    assert read(page)[0].startswith("Hello, I am Skerry")
    assert links(page) == {"start": Link(label="Begin", word="start")}
    stranger.does(Sought(field="zone", text="glas"))
    assert stranger.heard.reply.found
    adjusts(stranger, "days", "0")
    assert is_nobody(stranger)
    assert rows(stranger)["inbound"] == 0


def test_somebody_new_who_opens_the_chat_is_welcomed(stranger: Someone) -> None:
    assert texts(stranger.does(Looked()))[0].startswith("Hello, I am Skerry.")
    assert at(stranger) == "join.consent"
    assert stranger.does(Looked()) == []


def test_whoever_is_forgotten_has_the_page_of_somebody_new(someone: Someone) -> None:
    someone.says("forget me")
    someone.says("yes, forget me")
    assert links(shown(someone)) == {"start": Link(label="Begin", word="start")}


def test_a_house_without_its_own_practices_has_a_page_all_the_same(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(someone, "an experiment")
    for name in ("weekly", "settings"):
        monkeypatch.delitem(someone.house().shelf._current, name)
    page = looks(someone)
    assert not any(isinstance(part, Quote) for part in page.parts)
    assert [each.value for each in field(page, "window").entries] == ["usual"]
    assert not any(isinstance(part, Field) and part.name == "keeps" for part in page.parts)


def test_a_label_of_a_practice_of_ones_own_is_made_to_fit() -> None:
    assert len(fields._entry("x", "y" * 76).label) == 75
    assert fields._entry("x", "y" * 75).label == "y" * 75
