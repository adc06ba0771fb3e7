"""What claims are made with: messages, what is read of them, and of which rows a claim is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from bot.adapters.port import Receipt
from bot.delivery.pieces import pieces
from bot.records import Option, Outbound, Paragraph, Quote
from tests.adapters.contract import PATIENCE, Can, Person, Row, Seen, Shore, Trouble

#: What is easily taken for markup, for a mention or for a command somewhere.
NASTY = {
    "html": "</blockquote><b>&amp; &lt;i&gt; <a href='https://example.org'>x</a> <script>",
    "slack": "<!channel> <@U0SKERRY002> <#C1|x> <https://e.org|x> *b* _i_ ~s~ `c` ```p``` :+1:",
    "markdown": "# h **b** __u__ ||spoiler|| [d](https://example.org) ![i](x) - [ ] \\*",
    "mentions": "@here @channel @everyone @robin #general @skerry_bot /start /stop me@e.org",
    "templates": "%s %n {{ z }} {% x %} ${HOME} $(rm) \\n \\u0041 %00",
    "wire": "PRIVMSG robin :x\r\nQUIT :bye\nNICK z\r\n. \\r\\n :done",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd\u202c \u2067abc\u2069 \u0645\u0631\u062d",
    "family": "\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd 1\ufe0f\u20e3 e\u0301 \U0001f642",
    "flags": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e007f \U0001f1eb\U0001f1ee",
    "invisible": "a\u200bb\ufeffc\u00add\u2060e \u00a0\u3000f",
}


async def until(predicate: Callable[[], object]) -> None:
    """Until something is so that nobody tells us of."""
    async with asyncio.timeout(PATIENCE):
        while not predicate():  # noqa: ASYNC110 - Each row would tell of it in another way.
            await asyncio.sleep(0.005)


async def send(shore: Shore, place: str, message: Outbound) -> list[Receipt]:
    """Hand over a message as delivery does: by its pieces, each within the limits."""
    return [
        await shore.adapter.send(place, piece) for piece in pieces(message, shore.adapter.limits)
    ]


def say(text: str, *options: Option, done: Option | None = None) -> Outbound:
    return Outbound(paragraphs=(Paragraph(text=text),), options=options, done=done)


def beside(text: str, aside: str) -> Outbound:
    return Outbound(paragraphs=(Paragraph(text=text),), aside=aside)


def quote(text: str) -> Outbound:
    return Outbound(paragraphs=(Quote(text=text),))


def options(*labels: str) -> tuple[Option, ...]:
    return tuple(
        Option(label=label, token=f"{'c' * 32}:1:{at}") for at, label in enumerate(labels)
    )


def letters(text: str) -> str:
    """A text without its white space: a platform may break lines where it likes."""
    return "".join(text.split())


async def read(shore: Shore, person: Person, message: Outbound) -> list[Seen]:
    """What somebody sees of a message, once all its pieces are sent."""
    before = len(person.sees())
    await send(shore, person.place, message)
    return person.sees()[before:]


def joined(seen: Sequence[Seen]) -> str:
    """All the words and labels of some messages, one after another."""
    return "\n".join("\n".join((each.text, *each.labels)) for each in seen)


def on(rows: Sequence[Row], *needed: Can | Trouble) -> pytest.MarkDecorator:
    """Make a claim of every row that can do this."""
    able = [row for row in rows if not row.cannot.keys() & set(needed)]
    return pytest.mark.parametrize("shore", able, ids=lambda row: row.name, indirect=True)


def on_each(rows: Sequence[Row], *troubles: Trouble) -> pytest.MarkDecorator:
    """Make a claim of every row with each of these troubles that its platform can have."""
    pairs = [(row, each) for row in rows for each in troubles if each not in row.cannot]
    ids = [f"{row.name}-{each}" for row, each in pairs]
    return pytest.mark.parametrize(("shore", "trouble"), pairs, ids=ids, indirect=["shore"])
