"""A language that lacks a block has it said in English; one with fewer wordings says those."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.prompts.dates import Clock
from bot.prompts.render import NoSuchBlockError, Said, block_of, label, render
from bot.prompts.words import Words, read

NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
ENGLISH = """
{% block hello %}Hello.{% endblock %}
{% block step %}One?{% endblock %}
{% block step__2 %}Two?{% endblock %}
{% block step__3 %}Three?{% endblock %}
{% block step__low %}Low{% endblock %}
{% block before %}You wrote {{ last.ago }}.{% endblock %}
{% block before__2 %}You wrote this {{ last.ago }}.{% endblock %}
"""


def welsh(text: str) -> Words:
    """Welsh words over those."""
    whole, own = read(ENGLISH.encode(), "en").words, read(text.encode(), "cy").words
    assert whole
    assert own
    return own.over(whole)


def said(words: Words, block: str) -> str:
    clock = Clock(NOW, ZoneInfo("UTC"), words.spoken_in(block))
    last = Said(text="Words.", at=NOW - timedelta(days=7), clock=clock)
    return " ".join(part.text for part in render(words, block, {"last": last}))


def test_a_block_that_is_there_is_said_in_its_language() -> None:
    words = welsh("{% block hello %}Helô.{% endblock %}")
    assert said(words, "hello") == "Helô."
    assert words.spoken_in("hello") == "cy"


def test_a_block_that_is_not_is_said_in_english_with_english_dates() -> None:
    words = welsh("{% block hello %}Helô.{% endblock %}")
    assert said(words, "step") == "One?"
    assert said(words, "before") == "You wrote a week ago."
    assert words.spoken_in("before") == "en"
    assert label(words, "step", "low") == "Low"


def test_a_turn_with_fewer_wordings_says_those_it_has_in_turn() -> None:
    words = welsh("{% block step %}Un?{% endblock %}{% block step__2 %}Dau?{% endblock %}")
    spoken = [said(words, block_of("step", number)) for number in range(3)]
    assert spoken == ["Un?", "Dau?", "Un?"]


def test_a_wording_that_speaks_of_a_name_is_said_for_another() -> None:
    words = welsh("{% block before %}Wedi'i ysgrifennu {{ last.ago }}.{% endblock %}")
    assert said(words, "before__2") == "Wedi'i ysgrifennu wythnos yn ôl."
    assert words.spoken_in("before__2") == "cy"


def test_a_first_wording_may_be_the_one_that_is_missing() -> None:
    words = welsh("{% block step__2 %}Dau?{% endblock %}")
    assert said(words, "step") == "Dau?"
    assert said(words, "step__3") == "Dau?"


def test_a_label_is_no_wording() -> None:
    words = welsh("{% block step %}Un?{% endblock %}")
    assert label(words, "step", "low") == "Low"


def test_what_neither_has_is_still_missing() -> None:
    with pytest.raises(NoSuchBlockError):
        render(welsh("{% block hello %}Helô.{% endblock %}"), "lost", {})
