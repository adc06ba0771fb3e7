"""Whatever somebody does in whatever order: nothing goes to others that they did not choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from bot.engine import events
from bot.engine.conversation import ENDED, About, Answer, Conversation
from bot.engine.effects import Keep, Pool, Share, Unpool, Unshare
from bot.engine.events import Event
from bot.engine.flow import Flow, Turn
from bot.engine.options import options_of, passes
from tests.engine.builders import (
    Player,
    a_flow,
    ask,
    branch,
    choice,
    choices,
    pool,
    pooled,
    ready,
    scale,
    sessions,
    share,
    within,
)
from tests.engine.test_properties import Move, make, moves, thorough

ABOUT = (About(id="talk-2", title="A talk"), About(id="walk_1", title="A walk"))
POOLED = {"energy", "days"}


def turns() -> tuple[Turn, ...]:
    """Questions of every kind, what may be made of them, and a way back to the beginning."""
    return (
        sessions("which", "another"),
        pooled(scale("energy")),
        ask("well"),
        pooled(choices("days", "a", "b")),
        ask("better"),
        pool("count", "feels: energy @ which", "week: days, energy"),
        share("pass_on", "well", "better", levels="evaluator public", at="which"),
        choice("again", "yes > energy", "no"),
        branch("round", ("again is yes", "which")),
    )


@st.composite
def players(draw: st.DrawFn) -> Player:
    made: tuple[Turn, ...] = turns()
    library: list[Flow] = []
    if draw(st.booleans()):
        library = [a_flow(*made, name="inner")]
        made = (ask("before"), within("in", "inner"), ask("after"))
    player = ready(*made, library=library)
    about = ABOUT[: draw(st.integers(0, 2))]
    player.conversation = replace(player.conversation, about=about)
    return player.gap(draw(st.sampled_from([0, 12]))).open()


def content(state: Conversation, keys: tuple[str, ...]) -> dict[str, object]:
    found: Mapping[str, Answer] = state.answers
    return {key: (found[key].value, found[key].text) for key in keys if key in found}


@dataclass
class Outside:
    """What others have, as the effects gave it to them and took it back."""

    prefix: str
    counted: dict[str, Pool] = field(default_factory=dict)
    shared: dict[str, tuple[Share, dict[str, object]]] = field(default_factory=dict)

    def take(self, before: Conversation, event: Event, player: Player) -> None:
        for effect in player.effects:
            match effect:
                case Pool(measure):
                    assert isinstance(event, events.Finished)
                    assert before.at == f"{self.prefix}count"
                    assert measure in before.chosen
                    self.counted[measure] = effect
                case Unpool(measure, at):
                    # Exactly what was given, whatever its giver has chosen since.
                    assert self.counted.pop(measure).at == at
                case Share(turn, sources, level):
                    assert before.at == turn
                    assert isinstance(event, events.Pressed | events.Chose)
                    assert level in {"evaluator", "public"}
                    self.shared[turn] = effect, content(before, sources)
                case Unshare(turn):
                    del self.shared[turn]
                case Keep(turn):
                    assert turn.removeprefix(self.prefix) not in POOLED
                case _:
                    pass

    def is_true_of(self, state: Conversation) -> None:
        """All that is outside is what its giver says now."""
        for given_to in self.counted.values():
            for name, value in given_to.values:
                assert state.answers[self.prefix + name].value == value
        for gift, words in self.shared.values():
            assert content(state, gift.sources) == words


@thorough
@given(players(), moves)
def test_nothing_is_outside_but_what_was_chosen_and_still_holds(
    player: Player, course: list[Move]
) -> None:
    outside = Outside("in." if "in" in player.script.nodes else "")
    for move in course:
        before = player.state
        event = make(player, move)
        outside.take(before, event, player)
        if player.state.status not in ENDED:
            outside.is_true_of(player.state)


@thorough
@given(players(), moves)
def test_what_is_open_has_something_to_choose_and_nothing_chosen_that_is_not_on_show(
    player: Player, course: list[Move]
) -> None:
    for move in course:
        before = player.state
        make(player, move)
        state = player.state
        if state.at is None or before.at is None:
            continue
        node = player.script.nodes[state.at]
        assert set(state.chosen) <= set(options_of(node, state))
        assert state.status == "resting" or not passes(node, state)
        if (state.at, state.ask) == (before.at, before.ask):
            assert options_of(node, state) == options_of(node, before)


@thorough
@given(players(), moves)
def test_no_way_of_passing_over_everything_gives_anything_away(
    player: Player, course: list[Move]
) -> None:
    quiet = [each for each in course if each.kind not in {"press", "choose", "press anything"}]
    for move in quiet:
        make(player, move)
        assert not any(isinstance(effect, Pool | Share) for effect in player.effects)
