"""A round of a circle, from the moment it opens until its question is taken up."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.circles.conftest import BEN, CARO, DEV, HOST
from tests.circles.team import Team

#: The first Monday, at 09:30, and its Thursday at noon.
OPENS = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
CLOSES = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


def test_it_opens_with_one_quiet_message(ready: Team) -> None:
    before = len(ready.seen)
    ready.until(OPENS)
    print([(k, [m.text for m in v]) for k, v in ready.said.items()][:3], ready.circle())
    (opened,) = ready.seen[before:]
    assert opened.labels == ["Answer in my own chat"]
    assert "There is time" in opened.text or "there is time" in opened.text


def test_nothing_is_shown_before_it_closes_and_then_all_at_once(ready: Team) -> None:
    ready.until(OPENS)
    for who, choice in ((BEN, "With my name"), (CARO, "Without my name"), (DEV, "With my name")):
        ready.answers(who, f"kittiwake-{who}", choice)
    before = "\n".join(ready.texts)
    assert "kittiwake" not in before
    ready.until(CLOSES)
    shown = [each for each in ready.seen if "kittiwake" in each.text]
    print([m.text for m in ready.seen])
    assert len(shown) == 2
