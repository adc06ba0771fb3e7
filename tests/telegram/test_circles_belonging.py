"""A circle's link in Telegram that somebody passes on."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import on_sqlite
from tests.fakes.telegram.server import Telegram
from tests.telegram.gathering import Gathering
from tests.telegram.house import Way, home

OUTSIDE = "as far as I can see, you are not in it"


async def test_only_people_of_the_group_come_in_where_telegram_says_who_they_are(
    telegram: Telegram, tmp_path: Path
) -> None:
    ada, ben, zoe, yan = (telegram.person(name) for name in ("Ada", "Ben", "Zoe", "Yan"))
    async with home(telegram, on_sqlite(tmp_path), Way()) as house:
        group = telegram.group("Ward Seven", ada, ben)
        team = Gathering(house, group)
        for one in (ada, ben, zoe):
            await house.knows(one)
        group.adds_bot()
        await team.sees("Anybody here may set it up")
        await team.opens(zoe, "Set up a circle", OUTSIDE)
        await team.is_set_up(ada, "Ada")
        await team.joins(ben, "Ben")
        for outside in (zoe, yan):
            chat = await team.opens(outside, "Join the circle", OUTSIDE)
            await house.all_is_said()
            (told,) = chat.new
            assert "Ward Seven" not in told.text
            assert not house.open_ones(outside)
        assert house.rows("circle_member") == 2

        group.adds(zoe)
        await team.joins(zoe, "Zoe")
        # Telegram tells nobody but those who administer a group who is in it: nobody knows.
        group.hides_members = True
        await team.opens(yan, "Join the circle", "May I keep your answers?")
        group.promotes_bot()
        vera = telegram.person("Vera")
        await team.opens(vera, "Join the circle", OUTSIDE)
