"""The fake's checks beside those of `blockkit`: both take the same, and refuse the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import blockkit
import pytest
from blockkit.core import ComponentValidationError, FieldValidationError

from tests.fakes.slack.blocks import checked_blocks
from tests.fakes.slack.faults import Refusal
from tests.fakes.slack.views import checked_view
from tests.fakes.slack.world import World

Json = dict[str, Any]
REFUSALS = (FieldValidationError, ComponentValidationError)


def plain(text: str) -> blockkit.Text:
    return blockkit.Text(text, type=blockkit.Text.PLAIN)


def pressed(text: str = "Yes", **more: Any) -> blockkit.Button:  # noqa: ANN401
    return blockkit.Button(text=plain(text), action_id="a", **more)


def options(number: int, text: str = "x", value: str = "v") -> list[blockkit.Option]:
    return [blockkit.Option(text=plain(text), value=value) for _ in range(number)]


#: Each at the edge, where both agree: the most that may be, and one more.
EDGES: dict[str, tuple[Callable[[int], Any], int]] = {
    "section": (lambda n: blockkit.Section(text=blockkit.Text("x" * n)), 3000),
    "header": (lambda n: blockkit.Header(text=plain("x" * n)), 150),
    "context": (lambda n: blockkit.Context(elements=[blockkit.Text("x")] * n), 10),
    "button": (lambda n: blockkit.Actions(elements=[pressed("x" * n)]), 75),
    "button value": (lambda n: blockkit.Actions(elements=[pressed(value="x" * n)]), 2000),
    "block id": (lambda n: blockkit.Divider(block_id="b" * n), 255),
    "options": (
        lambda n: blockkit.Actions(elements=[blockkit.StaticSelect(options=options(n))]),
        100,
    ),
    "option text": (
        lambda n: blockkit.Actions(
            elements=[blockkit.StaticSelect(options=options(1, text="x" * n))]
        ),
        75,
    ),
    "option value": (
        lambda n: blockkit.Actions(
            elements=[blockkit.StaticSelect(options=options(1, value="x" * n))]
        ),
        150,
    ),
    "checkboxes": (
        lambda n: blockkit.Actions(elements=[blockkit.Checkboxes(options=options(n))]),
        10,
    ),
    "placeholder": (
        lambda n: blockkit.Actions(
            elements=[blockkit.StaticSelect(options=options(1), placeholder=plain("x" * n))]
        ),
        150,
    ),
    "markdown": (lambda n: blockkit.Markdown(text="x" * n), 12_000),
    "label": (
        lambda n: blockkit.Input(label=plain("x" * n), element=blockkit.PlainTextInput()),
        2000,
    ),
    "longest input": (
        lambda n: blockkit.Input(label=plain("x"), element=blockkit.PlainTextInput(max_length=n)),
        3000,
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_both_agree_on_the_most_that_may_be(name: str) -> None:
    make, most = EDGES[name]
    checked_blocks(World(), [make(most).build()])
    with pytest.raises(REFUSALS):
        make(most + 1).build()
    with pytest.raises(Refusal):
        checked_blocks(World(), [one_more(make, most)])


def one_more(make: Callable[[int], Any], most: int) -> Json:
    """The block which blockkit will not build, grown by hand from the one which it will."""
    block: Json = grown(make(most).build(), make(most - 1).build())
    return block


def grown(longer: Any, shorter: Any) -> Any:  # noqa: ANN401
    """What differs by one, made longer by one more."""
    if isinstance(longer, dict):
        return {key: grown(longer[key], shorter[key]) for key in longer}
    if isinstance(longer, list) and len(longer) == len(shorter):
        return [grown(one, other) for one, other in zip(longer, shorter, strict=True)]
    if longer == shorter:
        return longer
    return longer + 1 if isinstance(longer, int) else longer + longer[-1:]


@pytest.mark.parametrize("field", ["title", "submit", "close"])
def test_both_agree_on_the_short_texts_of_a_modal(field: str) -> None:
    def make(length: int) -> Json:
        short = {"title": "x", "submit": "x", "close": "x"} | {field: "x" * length}
        texts: Json = {name: plain(text) for name, text in short.items()}
        built: Json = blockkit.Modal(blocks=[blockkit.Divider()], **texts).build()  # type: ignore[no-untyped-call]  # It has no types here.
        return built

    checked_view(World(), make(24), "modal")
    with pytest.raises(REFUSALS):
        make(25)
    with pytest.raises(Refusal):
        checked_view(World(), grown(make(24), make(23)), "modal")


def test_rich_text_of_its_making_is_taken() -> None:
    text = blockkit.RichTextEl(text="Hello", style=blockkit.RichStyle(bold=True))
    link = blockkit.RichLinkEl(url="https://example.org", text="there")
    section = blockkit.RichTextSection(elements=[text, link, blockkit.RichUserEl("U1")])
    block = blockkit.RichText(
        elements=[
            section,
            blockkit.RichTextQuote(elements=[text]),
            blockkit.RichTextPreformatted(elements=[text]),
            blockkit.RichTextList(
                style=blockkit.RichTextList.BULLET,
                elements=[blockkit.RichTextSection(elements=[text])],
            ),
        ]
    )
    built = block.build()  # type: ignore[no-untyped-call]  # The same.
    checked_blocks(World(), [built])
