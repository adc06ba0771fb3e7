"""What people press, pick and write in windows and on pages, in each way that Slack brings it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.slack import adapter as adapters
from bot.adapters.slack.workspaces import place_of
from bot.records import (
    Adjusted,
    Commanded,
    Drafted,
    Entry,
    Field,
    FieldKind,
    Heading,
    Link,
    Looked,
    Option,
    Outbound,
    Page,
    Paragraph,
    Press,
    Quote,
    Reply,
    Row,
    Shown,
    Sought,
    Submitted,
    Unfolded,
    Window,
)
from tests.fakes.slack import faults
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.house import House
from tests.slack.ways import at_home

YES, NO = Option(label="Yes", token="c:1:0"), Option(label="No", token="c:1:1")
DONE = Option(label="That is all", token="c:1:done")
ASKED = Outbound(
    paragraphs=(Quote(text="Beds <again> & again"), Paragraph(text="Did it help?")),
    options=(YES, NO),
)
AT_LENGTH = Outbound(
    paragraphs=(Paragraph(text="What happened?"),),
    window=Option(label="Write at length", token="c:1:window"),
)
WINDOW = Window(
    token="c:1",
    title="Write at length",
    submit="Send",
    close="Later",
    paragraphs=(Paragraph(text="What happened?"),),
    label="Your answer",
)


@pytest.fixture(params=["socket", "http"])
async def house(
    request: pytest.FixtureRequest, slack: Slack, workspace: Workspace
) -> AsyncIterator[House]:
    slack.limits.on = False
    async with at_home(slack, workspace, way=request.param) as running:
        yield running


@pytest.fixture
def robin(workspace: Workspace) -> Person:
    return workspace.person("Robin", tz="Pacific/Auckland", locale="en-NZ")


def place(person: Person) -> str:
    return place_of(person.team.id, person.id)


async def heard(house: House, many: int = 1) -> None:
    """Until so many things were heard, and Slack knows it."""
    await house.slack.wait_for(lambda: len(house.heard) >= many and not house.slack.pending)
    await house.settles()


def methods(slack: Slack) -> list[str]:
    return [method for method, _ in slack.requests if method != "users.info"]


# --- presses --------------------------------------------------------------------------------


async def test_a_press_is_heard_and_answered_for_its_eyes_alone(
    house: House, robin: Person
) -> None:
    receipt = await house.ours.send(place(robin), ASKED)
    house.reply = lambda _: Reply(toast="Kept & <safe>.")
    press = await robin.presses(robin.last, "Yes").settled()
    await heard(house)
    assert house.last == Press(token="c:1:0", message=receipt.message)
    assert [each.text for each in robin.whispers] == ["Kept & <safe>."]
    assert (press.error, robin.errors) == ("", [])


async def test_what_was_pressed_is_said_below_the_question(house: House, robin: Person) -> None:
    """The quote stays a quote, and the buttons go."""
    receipt = await house.ours.send(place(robin), ASKED)
    robin.presses(robin.last, "Yes")
    await heard(house)
    shown = Shown(message=receipt.message, chosen="Yes & <gladly>")
    await house.ours.show(place(robin), shown)
    assert robin.last.text == "Beds <again> & again\nDid it help?\n\u2713 Yes & <gladly>"
    assert robin.last.labels == []
    assert "rich_text_quote" in str(robin.last.blocks)
    before = len(house.slack.accepted)
    await house.ours.show(place(robin), shown)
    assert len(house.slack.accepted) == before


async def test_buttons_go_when_the_answer_was_typed(house: House, robin: Person) -> None:
    receipt = await house.ours.send(place(robin), ASKED)
    await house.ours.show(place(robin), Shown(message=receipt.message, chosen="Yes"))
    assert robin.last.text == "Beds <again> & again\nDid it help?\n\u2713 Yes"
    assert robin.last.labels == []


async def test_buttons_stay_while_several_are_chosen(house: House, robin: Person) -> None:
    receipt = await house.ours.send(place(robin), replace(ASKED, done=DONE))
    robin.presses(robin.last, "No")
    await heard(house)
    taken_back = replace(NO, token="c:1:1-", chosen=True)
    shown = Shown(message=receipt.message, chosen="No", options=(YES, taken_back), done=DONE)
    await house.ours.show(place(robin), shown)
    assert robin.last.labels == ["Yes", "\u2713 No", "That is all"]
    robin.presses(robin.last, "\u2713 No")
    await heard(house, 2)
    assert house.last == Press(token="c:1:1-", message=receipt.message)
    robin.presses(robin.last, "That is all")
    await heard(house, 3)
    await house.ours.show(place(robin), Shown(message=receipt.message, chosen="No"))
    assert robin.last.text.endswith("\n\u2713 No")


async def test_one_of_many_is_picked_from_a_menu(house: House, robin: Person) -> None:
    names = [f"Practice {number}" for number in range(8)]
    options = tuple(Option(label=name, token=f"c:1:{name[-1]}") for name in names)
    await house.ours.send(place(robin), replace(ASKED, options=options))
    robin.picks(robin.last, "Did it help?", "Practice 5")
    await heard(house)
    assert house.last.token == "c:1:5"


async def test_a_press_of_a_message_from_before_a_restart_shows_its_words_again(
    house: House, robin: Person
) -> None:
    receipt = await house.ours.send(place(robin), ASKED)
    house.ours._seen.pop((place(robin), receipt.message))
    shown = Shown(message=receipt.message, chosen="Yes")
    await house.ours.show(place(robin), shown)
    assert robin.last.labels == ["Yes", "No"]
    robin.presses(robin.last, "Yes")
    await heard(house)
    await house.ours.show(place(robin), shown)
    assert robin.last.text == "Beds <again> & again\nDid it help?\n\u2713 Yes"
    assert robin.last.fallback.startswith("Beds &lt;again&gt; &amp; again\n\nDid it help?")


async def test_a_late_second_press_takes_nothing_back(house: House, robin: Person) -> None:
    """What was on a screen when it was pressed may be older than what we said since."""
    receipt = await house.ours.send(place(robin), ASKED)
    before = robin.presses(robin.last, "Yes").body["message"]
    await heard(house)
    await house.ours.show(place(robin), Shown(message=receipt.message, chosen="Yes"))
    told = {**house.slack.post.parcels[-1].body, "message": before, "trigger_id": "9.9.9"}
    await house.take(told)
    assert house.last == Press(token="c:1:0", message=receipt.message)
    await house.ours.show(place(robin), Shown(message=receipt.message))
    assert robin.last.text.endswith("\n\u2713 Yes")


async def test_a_message_that_is_not_known_is_left_alone(house: House, robin: Person) -> None:
    await house.ours.send(place(robin), ASKED)
    before = len(house.slack.requests)
    for message in ("", "D1", f"{robin.channel.id}:1.000001", f"{robin.channel.id}:F1"):
        await house.ours.show(place(robin), Shown(message=message, chosen="Yes"))
    assert len(house.slack.requests) == before


async def test_buttons_that_cannot_be_changed_stay_and_may_be_changed_later(
    house: House, robin: Person
) -> None:
    receipt = await house.ours.send(place(robin), ASKED)
    house.slack.faults.add(faults.gateway(502), "chat.update")
    shown = Shown(message=receipt.message, chosen="Yes")
    await house.ours.show(place(robin), shown)
    assert robin.last.labels == ["Yes", "No"]
    await house.ours.show(place(robin), shown)
    assert robin.last.labels == []


async def test_only_so_many_messages_are_remembered(
    slack: Slack, workspace: Workspace, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "MOST_SEEN", 2)
    house = House(slack, workspace)
    slack.limits.on = False
    for _ in range(3):
        await house.ours.send(place(robin), ASKED)
    assert len(house.ours._seen) == 2
    await house.ours.send(place(robin), Outbound(paragraphs=(Paragraph(text="Well."),)))
    assert len(house.ours._seen) == 2
    await house.ours.close()


async def test_a_press_that_cannot_be_taken_is_not_acknowledged(
    house: House, robin: Person
) -> None:
    await house.ours.send(place(robin), ASKED)
    house.trouble = [OSError("full")]
    house.slack.sockets.patience = house.slack.hook.patience = 0.3
    press = await robin.presses(robin.last, "Yes").settled()
    assert press.error
    assert house.heard == []


# --- windows --------------------------------------------------------------------------------


async def test_a_window_opens_is_written_in_and_sent(house: House, robin: Person) -> None:
    await house.ours.send(place(robin), AT_LENGTH)
    house.reply = lambda came: Reply(window=WINDOW) if came.body == unfolded else Reply()
    unfolded = Unfolded(token="c:1:window")
    robin.presses(robin.last, "Write at length")
    await heard(house)
    assert house.last == unfolded
    assert (robin.modal.title, robin.modal.text) == (
        "Write at length",
        "What happened?\nYour answer",
    )
    robin.types(robin.modal, "Your answer", "It was")
    await heard(house, 2)
    assert house.last == Drafted(token="c:1", text="It was")
    robin.types(robin.modal, "Your answer", "It was long & <odd>.")
    view = robin.modal
    robin.submits()
    await heard(house, 4)
    assert house.last == Submitted(token="c:1", message=view.id, text="It was long & <odd>.")
    assert (robin.modals, robin.errors) == ([], [])


async def test_a_window_that_cannot_be_opened_disturbs_nobody(house: House, robin: Person) -> None:
    await house.ours.send(place(robin), AT_LENGTH)
    house.reply = lambda _: Reply(window=WINDOW)
    house.slack.trigger_life = 0
    robin.presses(robin.last, "Write at length")
    await heard(house)
    assert (robin.modals, robin.errors) == ([], [])
    robin.writes("Then so.")
    await heard(house, 2)
    assert robin.modals == []


# --- pages ----------------------------------------------------------------------------------

ZONE = Field(
    name="zone",
    label="Time zone",
    kind=FieldKind.SEARCH,
    chosen=(Entry(value="Europe/London", label="London"),),
)
DAYS = Field(
    name="days",
    label="Days",
    kind=FieldKind.SEVERAL,
    entries=(Entry(value="0", label="Monday"), Entry(value="1", label="Tuesday")),
)
PAGE = Page(
    parts=(
        Heading(text="Your rhythm"),
        Paragraph(text="On Mondays & <Tuesdays>."),
        ZONE,
        DAYS,
        Row(links=(Link(label="Export", word="export"),)),
    )
)


async def test_a_page_is_shown_changed_and_pressed(house: House, robin: Person) -> None:
    house.reply = lambda _: Reply(page=PAGE)
    robin.opens_home()
    await heard(house)
    assert house.last == Looked(page=True)
    home = robin.home
    assert home is not None
    assert home.text.startswith("Your rhythm\nOn Mondays & <Tuesdays>.")
    robin.picks(home, "field.days", "Tuesday")
    await heard(house, 2)
    assert house.last == Adjusted(field="days", values=("1",))
    house.reply = lambda _: Reply(toast="It is in our chat.")
    robin.presses(home, "Export")
    await heard(house, 3)
    assert house.last == Commanded(text="export")
    assert [each.text for each in robin.whispers] == ["It is in our chat."]
    robin.opens_home("messages")
    await heard(house, 4)
    assert house.last == Looked(page=False)


async def test_what_is_sought_is_found_each_time(house: House, robin: Person) -> None:
    house.reply = lambda _: Reply(page=PAGE)
    robin.opens_home()
    await heard(house)
    home = robin.home
    assert home is not None
    found = (Entry(value="Europe/Paris", label="Paris & <more>"),)
    house.reply = lambda _: Reply(found=found)
    for many in (2, 3):
        assert await robin.searches(home, "field.zone", "par") == ["Paris & <more>"]
        await heard(house, many)
    assert house.last == Sought(field="zone", text="par")
    assert len({came.id for came in house.heard}) == 3
    house.reply = lambda _: Reply()
    assert await robin.searches(home, "field.zone", "xyz") == []
    assert robin.errors == []


async def test_the_newest_page_is_shown_last(house: House, robin: Person) -> None:
    house.slack.faults.add(faults.hang(0.2), "views.publish")
    for number in range(4):
        shown = Page(parts=(Heading(text=str(number)),))
        house.reply = lambda _, shown=shown: Reply(page=shown)  # type: ignore[misc]
        robin.opens_home()
        await house.slack.wait_for(lambda number=number: len(house.heard) > number)  # type: ignore[misc]
    await heard(house, 4)
    assert robin.home is not None
    assert robin.home.text == "3"
    assert methods(house.slack).count("views.publish") < 4


# --- slash commands -------------------------------------------------------------------------


async def test_a_slash_command_is_answered_where_it_was_typed(
    house: House, robin: Person, workspace: Workspace
) -> None:
    channel = workspace.channel("general", robin)
    house.reply = lambda _: Reply(toast="My answer is in our chat.")
    robin.uses("/skerry pause until monday", channel=channel)
    await heard(house)
    assert house.heard[0].body == Commanded(text="pause until monday")
    assert (house.heard[0].place, house.heard[0].group) == (place(robin), False)
    (whisper,) = robin.whispers
    assert (whisper.text, whisper.channel) == ("My answer is in our chat.", channel)
    house.reply = lambda _: Reply()
    robin.uses("/skerry")
    await heard(house, 2)
    assert house.last == Commanded(text="help")
    assert (len(robin.whispers), robin.errors) == (1, [])
