"""How a person's hours and public holidays are said."""

from __future__ import annotations

import pytest

from bot.prompts.quiet import holidays, hours


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (None, "at the hours your programme sets"),
        ((540, 1200), "between 09:00 and 20:00"),
        ((1260, 480), "between 21:00 and 08:00"),
        ((480, 1440), "between 08:00 and 00:00"),
        ((0, 1440), "at any hour"),
    ],
)
def test_hours_follow_i_write(window: tuple[int, int] | None, said: str) -> None:
    assert hours(window, "en") == said


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("", "quiet or not, as your programme decides"),
        ("none", "days like any other"),
        ("GB-SCT", "quiet, as in Scotland"),
        ("GB-ENG", "quiet, as in England and Wales"),
        ("GB-NIR", "quiet, as in Northern Ireland"),
        ("IE", "quiet, as in Ireland"),
        ("DE-BY", "quiet, as in DE-BY"),
    ],
)
def test_holidays_follow_public_holidays_are(region: str, said: str) -> None:
    assert holidays(region, "en") == said
