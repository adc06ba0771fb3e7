"""The menu: a practice made of all others, so that choosing one is a choice like any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.engine.flow import Choice, Close, Flow, OptionOf
from bot.flows.practice import Library, Practice
from bot.prompts.house import house, languages
from bot.prompts.words import Words, read

MENU = "menu"
#: The most practices a menu shows.
MOST = 24


def with_menu(library: Library) -> Library:
    """The library with its menu added; unchanged when it lists fewer than two practices."""
    every = (each for each in library.practices.values() if each.flow.listed)
    listed = sorted(every, key=lambda each: (each.flow.order, each.flow.title))[:MOST]
    if len(listed) <= 1:
        return library
    options = tuple(OptionOf(id=each.flow.name, to=f"go_{each.flow.name}") for each in listed)
    closes = tuple(
        Close(kind="close", id=f"go_{each.flow.name}", begins=each.flow.name) for each in listed
    )
    flow = Flow(
        name=MENU,
        title="Practices",
        minutes=1,
        listed=False,
        turns=(Choice(kind="choice", id="pick", options=options), *closes),
    )
    words = {language: _words(language, listed) for language in languages()}
    menu = Practice(flow=flow, words=words, file="")
    return replace(library, practices={**library.practices, MENU: menu})


def _words(language: str, listed: list[Practice]) -> Words:
    """What the menu says: the house's question, each practice's title, and nothing after."""
    source = "\n".join(_blocks(language, listed))
    words = read(source.encode(), language).words
    if words is None:
        message = f"the menu's words for {language} cannot be read"
        raise ValueError(message)
    return words


def _blocks(language: str, listed: list[Practice]) -> Iterator[str]:
    yield _block("pick", house(language).blocks["menu"].longest)
    for each in listed:
        flow = each.flow
        title = each.title(language).replace("{", "(").replace("}", ")")
        yield _block(f"pick__{flow.name}", f"{title} ({flow.minutes} min)")
        yield _block(f"go_{flow.name}", "")


def _block(name: str, text: str) -> str:
    return f"{{% block {name} %}}{text}{{% endblock %}}"
