"""A choice among what the conversation is about: sessions that nobody knew when it was written."""

from __future__ import annotations

from dataclasses import replace

from bot.engine.conversation import About
from bot.engine.effects import Keep, Pool, Share
from tests.engine.builders import Player, ask, play, pool, ready, scale, sessions, share

ABOUT = (About(id="talk-2", title="A talk"), About(id="walk_1", title="A walk"))


def about(player: Player, *entries: About) -> Player:
    player.conversation = replace(player.conversation, about=entries)
    return player.open()


def test_what_it_is_about_stands_before_the_fixed_options() -> None:
    player = about(ready(sessions("which", "another > last"), ask("how"), ask("last")), *ABOUT)
    assert player.asked.options == ("talk-2", "walk_1", "another")
    player.presses("another")
    assert player.at == "last"


def test_the_answer_is_its_id_and_knows_its_title() -> None:
    player = about(ready(sessions("which"), ask("how")), *ABOUT)
    player.presses("talk-2")
    kept = player.effects[0]
    assert isinstance(kept, Keep)
    assert (kept.answer.value, kept.answer.called) == ("talk-2", "A talk")
    assert player.at == "how"


def test_without_anything_to_be_about_it_is_passed_over() -> None:
    assert play(sessions("which", "another"), ask("how")).at == "how"


def test_a_name_that_is_a_fixed_options_too_means_the_fixed_one() -> None:
    player = about(ready(sessions("which", "walk_1")), *ABOUT)
    assert player.asked.options == ("talk-2", "walk_1")


def test_the_session_goes_with_what_is_counted_and_shared() -> None:
    player = about(
        ready(
            sessions("which", "another"),
            scale("useful"),
            pool("count", "use: useful @ which"),
            ask("well"),
            share("pass_on", "well", at="which"),
        ),
        *ABOUT,
    ).gap(0)
    player.presses("talk-2")
    player.presses("5")
    player.presses("use")
    (given, _) = player.is_done()
    assert given == Pool("use", (("useful", 5),), "talk-2")
    player.writes("The songs.")
    shared = player.presses("named")[0]
    assert shared == Share("pass_on", ("well",), "named", "talk-2")
