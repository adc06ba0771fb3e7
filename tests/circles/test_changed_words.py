"""Words that somebody changes after they gave them to a round: they are not shown as they were."""

from __future__ import annotations

import pytest

from tests.circles.conftest import BEN, CARO, DEV, EVE
from tests.circles.looking import CLOSES, OPENS
from tests.circles.team import Team


@pytest.mark.parametrize("then", ["", "Yes, change it too", "No, leave it as it was"])
def test_what_is_changed_before_the_close_is_not_shown_whatever_is_said_of_what_is_kept(
    ready: Team, then: str
) -> None:
    ready.until(OPENS)
    for who in (BEN, CARO, DEV, EVE):
        ready.answers(who, f"kittiwake{who}", "Without my name")
    ready.edits(EVE, f"{EVE}-kittiwake{EVE}-frame", "Something else.")
    assert any("A message has changed or gone" in each.text for each in ready.said[EVE])
    if then:
        ready.says(EVE, then)
    ready.until(CLOSES)
    shown = "\n".join(ready.texts)
    assert [f"kittiwake{who} frame" in shown for who in (BEN, CARO, DEV, EVE)] == [
        True,
        True,
        True,
        False,
    ]
    assert "Something else." not in shown
