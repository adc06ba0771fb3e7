"""What every platform promises, of options: read, pressed, typed, and changed."""

from __future__ import annotations

import pytest

from bot.delivery.pieces import pieces, units
from bot.records import Option, Outbound, Paragraph, Press, Quote, Shown
from tests.adapters.claims import (
    NASTY,
    joined,
    letters,
    on,
    options,
    read,
    say,
    send,
    until,
)
from tests.adapters.contract import (
    Can,
    Shore,
)
from tests.adapters.rows import ROWS

LONG = tuple(f"Choice {n} of very many" for n in range(60))
YES, NO = options("Yes", "No")
DONE = Option(label="Done", token=f"{'c' * 32}:1:done")


# --- options ----------------------------------------------------------------------------------


@on(ROWS)
async def test_every_option_can_be_read(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    labels = [text.replace("\r\n", " ").replace("\n", " ")[:60] for text in NASTY.values()]
    seen = letters(joined(await read(shore, robin, say("Which?", *options(*labels)))))
    places = [seen.find(letters(label)) for label in labels]
    assert min(places) > -1
    assert places == sorted(places)


@on(ROWS, Can.PRESS)
@pytest.mark.parametrize("several", [False, True])
async def test_what_a_press_sends_back_is_the_options_token(
    shore: Shore, *, several: bool
) -> None:
    """Whatever it says, however many there are: the one that is pressed is the one heard."""
    robin = await shore.somebody("Robin")
    await shore.listens()
    limits = shore.adapter.limits
    labels = [f"{n} {'y' * limits.label}"[: limits.label] for n in range(limits.options)]
    for given in (options("Yes", "No & <never>", "*3*"), options(*labels)):
        message = say("Which?", *given, done=DONE if several else None)
        (receipt,) = await send(shore, robin.place, message)
        expected = [*given, DONE] if several else list(given)
        shown = robin.sees()[-1].labels
        assert len(shown) == len(expected)
        for at in (0, 1, -1):
            robin.presses(shown[at])
            await until(lambda: shore.ear.heard)
            assert shore.ear.heard.pop().body == Press(
                token=expected[at].token, message=receipt.message
            )


@on([row for row in ROWS if Can.PRESS in row.cannot])
async def test_where_nothing_can_be_pressed_an_option_has_its_number(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    seen = joined(await read(shore, robin, say("Which?", *options("Yes", "No"))))
    assert [line.strip() for line in seen.splitlines()[-2:]] == ["1. Yes", "2. No"]
    for typed in ("2", "No"):
        robin.writes(typed)
    await until(lambda: shore.ear.texts(robin.place) == ["2", "No"])


@on(ROWS)
@pytest.mark.parametrize("long", [False, True])
async def test_more_or_longer_options_than_the_limits_allow_are_read_as_a_list(
    shore: Shore, *, long: bool
) -> None:
    robin = await shore.somebody("Robin")
    limits = shore.adapter.limits
    labels = [f"{label} {'z' * limits.label}" for label in LONG[:2]] if long else LONG
    message = say("Which?", *options(*labels), done=DONE)
    for piece in pieces(message, limits):
        assert len(piece.options) <= limits.options
        assert all(units(option.label) <= limits.label for option in piece.options)
        assert sum(units(part.text) + 2 for part in piece.paragraphs) - 2 <= limits.text
    seen = letters(joined(await read(shore, robin, message)))
    for number, label in enumerate(labels, 1):
        assert letters(f"{number}. {label}") in seen


@on(ROWS)
async def test_options_may_stand_without_words(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    message = Outbound(paragraphs=(), options=(YES, NO), done=DONE)
    seen = joined(await read(shore, robin, message))
    assert "Yes" in seen
    assert "No" in seen


@on(ROWS, Can.CONTROLS)
@pytest.mark.parametrize("nothing", ["", " ", "\n", "\u200b", "\x07"])
async def test_labels_and_paragraphs_of_nothing_do_no_harm(shore: Shore, nothing: str) -> None:
    robin = await shore.somebody("Robin")
    parts = (Paragraph(text=nothing), Paragraph(text="Which?"), Quote(text=nothing))
    message = Outbound(paragraphs=parts, options=options("Yes", nothing))
    assert "Which?" in joined(await read(shore, robin, message))


# --- buttons that change ----------------------------------------------------------------------


@on(ROWS, Can.PRESS, Can.CHANGE)
async def test_buttons_that_are_done_go_and_the_words_stay(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    for pressed in (False, True):
        (receipt,) = await send(shore, robin.place, say("Which? <b>", YES, NO))
        if pressed:
            robin.presses("Yes")
            await until(lambda: shore.ear.heard)
        await shore.adapter.show(robin.place, Shown(message=receipt.message, chosen="Yes & <b>"))
        assert robin.sees()[-1].labels == ()
        assert robin.sees()[-1].text.startswith("Which? <b>")
        assert robin.sees()[-1].live == ()


@on(ROWS, Can.PRESS, Can.CHANGE)
async def test_buttons_that_stay_show_what_was_chosen_and_can_be_pressed(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    (receipt,) = await send(shore, robin.place, say("Which?", YES, NO, done=DONE))
    back = Option(label="No", token=f"{'c' * 32}:1:1-", chosen=True)
    shown = Shown(message=receipt.message, chosen="No", options=(YES, back), done=DONE)
    await shore.adapter.show(robin.place, shown)
    yes, no, done = robin.sees()[-1].labels
    assert (yes, done) == ("Yes", "Done")
    assert no != "No"
    assert no.endswith("No")
    robin.presses(no)
    await until(lambda: shore.ear.heard)
    assert shore.ear.heard[-1].body == Press(token=back.token, message=receipt.message)
