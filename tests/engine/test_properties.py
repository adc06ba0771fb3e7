"""What holds for any practice and anything a person or a platform may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.engine import events, flow
from bot.engine.conversation import ENDED, Answer, Conversation, Part, Status
from bot.engine.effects import Drop, Effect, Keep, Note, Remark
from bot.engine.events import Event
from bot.engine.flow import Flow, Reading, RecallOf, Turn
from bot.engine.hearing import Said, Word, interpret
from bot.engine.options import keeps_words, options_of
from bot.engine.script import Script, lay_out
from bot.engine.sharing import is_kept
from bot.engine.step import Context, step
from bot.engine.walk import MOST_ASKS
from tests.engine.builders import (
    CONVERSATION,
    NOON,
    READERS,
    Player,
    a_conversation,
    ask,
    branch,
    choice,
    choices,
    close,
    play,
    recall,
    reload,
    say,
    scale,
    unkept,
    wait,
    within,
)

RECALLED = "RECALLED-WORDS"
OPTIONS = ("a", "b", "c")
EVENTS = 30

awkward = st.sampled_from(
    ["", " ", "\x00", "\u202eabc\u202c", "\U0001f469\u200d\U0001f4bb", "a\r\nb", "1", "Paris", "9"]
)
texts = awkward | st.text(max_size=20)


# Practices.


@st.composite
def conditions(draw: st.DrawFn, names: list[str]) -> str:
    name = draw(st.sampled_from(names))
    said = draw(
        st.sampled_from(
            [
                "{} answered",
                "{} <= 2",
                "{} > 3",
                "{} < 4",
                "{} >= 1",
                "{} is 1",
                "{} is a",
                "{} is not b",
                "{} in a, c, 2",
                "{} includes b",
            ]
        )
    ).format(name)
    match draw(st.integers(0, 5)):
        case 0:
            return f"not {said}"
        case 1:
            return f"({said} or {draw(st.sampled_from(names))} answered)"
        case 2:
            return f"{said} and not {draw(st.sampled_from(names))} is a"
        case _:
            return said


KINDS_OF_TURN = ["say", "ask", "ask", "ask", "scale", "choice", "choices"]
KINDS_OF_TURN += ["branch", "recall", "wait", "close", "practice"]


@st.composite
def perhaps_unkept(draw: st.DrawFn, turn: Turn) -> Turn:
    """The turn, or the same with an answer that is not kept."""
    given = isinstance(turn, flow.Ask | flow.Scale | flow.Choice | flow.Choices | flow.Wait)
    return unkept(turn) if given and draw(st.integers(0, 3)) == 0 else turn


@st.composite
def turns(draw: st.DrawFn, place: int, names: list[str], inner: list[str], *, ahead: bool) -> Turn:
    """One turn; with `ahead`, it leads only to turns after it."""
    targets = names[place + 1 :] if ahead else names
    lead = st.none() | st.sampled_from(targets)
    name, to = names[place], draw(st.none() | st.none() | lead)
    match draw(st.sampled_from(KINDS_OF_TURN if inner else KINDS_OF_TURN[:-1])):
        case "say":
            return say(name, to=to)
        case "ask":
            reads = draw(st.sampled_from(Reading))
            sets = flow.Setting.ZONE if reads is Reading.ZONE else None
            weeks = draw(st.sampled_from([None, 8]))
            after = draw(st.sampled_from([None, None, 5, 120]))
            return ask(name, to=to, reads=reads, sets=sets, fresh_weeks=weeks, goes_on_after=after)
        case "scale":
            return scale(name, draw(st.integers(2, 10)), to=to)
        case "choice":
            led = [f"{o} > {t}" if (t := draw(lead)) else o for o in OPTIONS]
            return choice(
                name, *led, to=to, sets=draw(st.sampled_from([None, flow.Setting.LANGUAGE]))
            )
        case "choices":
            return choices(
                name, *OPTIONS, to=to, sets=draw(st.sampled_from([None, flow.Setting.DAYS]))
            )
        case "branch":
            path = st.tuples(conditions([*names, "r"]), st.sampled_from(targets))
            return branch(name, *draw(st.lists(path, min_size=1, max_size=3)), to=to)
        case "recall":
            return recall(name, "r", to=to)
        case "wait":
            return wait(name, draw(st.integers(5, 600)), to=to)
        case "close":
            return close(name, begins=draw(st.sampled_from([None, "next"])))
        case _:
            return within(name, draw(st.sampled_from(inner)), to=to)


@st.composite
def flows(draw: st.DrawFn, name: str, inner: list[str], *, ahead: bool) -> Flow:
    count = draw(st.integers(0, 6))
    names = [f"t{n}" for n in range(count)] + ["end"]
    made = [draw(perhaps_unkept(draw(turns(n, names, inner, ahead=ahead)))) for n in range(count)]
    return Flow(
        name=name,
        title=name,
        minutes=5,
        recalls={"r": RecallOf(turn="t0")},
        turns=(*made, close("end", request=draw(st.sampled_from([None, flow.Request.RESUME])))),
    )


@st.composite
def scripts(draw: st.DrawFn, *, ahead: bool = False) -> Script:
    """A practice, perhaps with a practice in it, perhaps with one more in that."""
    library: dict[str, Flow] = {}
    for name in ("deep", "inner")[: draw(st.integers(0, 2))]:
        library[name] = draw(flows(name, list(library), ahead=ahead))
    top = draw(flows("weekly", list(library), ahead=ahead))
    counted = st.dictionaries(st.sampled_from(["t0", "t1", "end"]), st.integers(1, 3))
    wordings = {name: draw(counted) for name in ("weekly", "inner", "deep")}
    return lay_out(top, library, wordings, "r1")


@st.composite
def contexts(draw: st.DrawFn, script: Script) -> Context:
    value = st.none() | st.integers(1, 5) | st.sampled_from(OPTIONS)
    recalled = {
        name: Answer(value=draw(value), parts=(Part(message="old", text=RECALLED),), said_at=NOON)
        for name in script.recalls
        if draw(st.booleans())
    }
    recent = draw(
        st.dictionaries(
            st.sampled_from(sorted(script.nodes)), st.frozensets(st.integers(0, 2)), max_size=2
        )
    )
    return Context(
        now=NOON,
        quiet_gap=timedelta(seconds=draw(st.sampled_from([0, 12]))),
        recalled=recalled,
        recent=recent,
        chance=draw(st.integers(0, 99)),
        readers=READERS,
    )


@st.composite
def players(draw: st.DrawFn, *, ahead: bool = False) -> Player:
    script = draw(scripts(ahead=ahead))
    conversation = a_conversation(
        status=draw(st.sampled_from([Status.OPEN, Status.OPEN, Status.QUEUED])),
        ordinal=draw(st.integers(0, 5)),
    )
    player = Player(script=script, conversation=conversation, context=draw(contexts(script)))
    return player.open() if draw(st.integers(0, 5)) else player


# What happens.


@dataclass(frozen=True)
class Move:
    """Something that happens, made an event by what is open when it does."""

    kind: str
    number: int
    text: str
    seconds: int

    def event(self, player: Player) -> Event:
        state = player.state
        shown = self._shown(player)
        picked = shown[self.number % len(shown)]
        match self.kind:
            case "reply":
                player.messages += 1
                media = "photo" if self.number % 5 == 0 else None
                part = Part(message=f"m{player.messages}", text=self.text, media=media)
                return events.Replied(part, goes_on=self.number % 7 == 0)
            case "choose":
                return events.Chose((picked, self.text, shown[-1])[: self.number % 4])
            case "press":
                return events.Pressed(state.ask, picked, removes=bool(self.number % 2))
            case "press anything":
                return events.Pressed(state.ask + self.number % 5 - 2, self.text)
            case "edit":
                return events.Edited(f"m{self.number % (player.messages + 2)}", self.text)
            case "delete":
                return events.Deleted(f"m{self.number % (player.messages + 2)}")
            case "elapse":
                return events.Elapsed(state.wake)
            case "elapse anything":
                return events.Elapsed(state.wake + self.number % 5 - 2)
            case "aside":
                until = player.context.now + timedelta(hours=self.number)
                return events.SetAside(until if self.number % 2 else None)
            case plain:
                return PLAIN[plain]

    def _shown(self, player: Player) -> tuple[str, ...]:
        return (*move_options(player), "done", "nonsense")


PLAIN: dict[str, Event] = {
    "open": events.Opened(),
    "unsay": events.Unsaid(),
    "done": events.Finished(),
    "skip": events.Skipped(),
    "back": events.WentBack(),
    "compose": events.Composing(),
    "take up": events.TakenUp(),
    "fold": events.Folded(),
    "stop": events.Stopped(),
}
#: The kinds that move a conversation come oftener than those that end it.
KINDS = [
    *("reply", "press", "done", "skip", "back", "choose", "elapse", "aside") * 2,
    *("press anything", "elapse anything", "edit", "delete", "unsay", "compose", "take up"),
    *("open", "fold", "stop"),
]
moves = st.lists(
    st.builds(
        Move,
        kind=st.sampled_from(KINDS),
        number=st.integers(0, 40),
        text=texts,
        seconds=st.sampled_from([0, 1, 5, 3600]),
    ),
    max_size=EVENTS,
)


def make(player: Player, move: Move) -> Event:
    """Let the move's time pass, then have it happen."""
    event = move.event(player.after(seconds=move.seconds))
    player.feed(event)
    return event


# Properties. That step never raises, never changes an argument, says the same of the same and
# leaves a state that survives save and load holds in all of them: see Player.feed.

thorough = settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def texts_of(answers: dict[str, Answer], draft: tuple[Part, ...]) -> dict[str, Part]:
    """Everything written that is still there, by message."""
    settled = (part for answer in answers.values() for part in answer.parts)
    return {part.message: part for part in (*settled, *draft)}


def refuses_words(player: Player) -> bool:
    """Whether the open question keeps no words that are none of its options."""
    node = player.script.nodes.get(player.state.at or "")
    return node is not None and not keeps_words(node)


def forgets(player: Player) -> bool:
    """Whether nothing keeps the answer to the open question."""
    node = player.script.nodes.get(player.state.at or "")
    return node is not None and not is_kept(node)


def is_read(player: Player) -> bool:
    """Whether the open question takes its words as a zone or an hour."""
    node = player.script.nodes.get(player.state.at or "")
    turn = node.turn if node else None
    return isinstance(turn, flow.Ask) and turn.reads is not Reading.WORDS


def may_go(event: Event, effects: tuple[Effect, ...], kept: dict[str, Answer]) -> set[str]:
    """The messages that this event may take away: taken back, or answered anew."""
    gone: set[str] = set()
    for effect in effects:
        match effect:
            case Keep(turn) | Drop(turn) if turn in kept:
                gone |= {part.message for part in kept[turn].parts}
            case _:
                pass
    takes_away = isinstance(event, events.Unsaid | events.Deleted)
    # An answer that nothing keeps may be let go of at any time.
    dropped = {effect.turn for effect in effects if isinstance(effect, Drop)}
    assert takes_away or dropped.isdisjoint(kept)
    return gone


@thorough
@given(players(), moves)
def test_nothing_a_person_wrote_is_lost(player: Player, course: list[Move]) -> None:
    for move in course:
        before, kept = player.state, dict(player.kept)
        # What could not be read as a place or a time is no answer, and nothing that would be lost;
        # nor is what was written at a question whose answer nothing keeps.
        refuses = refuses_words(player)
        there = texts_of(kept, () if refuses or forgets(player) else before.draft)
        event = make(player, move)
        after = texts_of(player.kept, player.state.draft)
        gone = may_go(event, player.effects, kept)
        match event:
            case events.Replied(part) if before.at is not None and not refuses:
                after |= texts_of(player.held, ())
                assert after.get(part.message) == part
            case events.Edited(message, text) if message in there and before.at is not None:
                unread = {Remark.UNREAD_ZONE, Remark.UNREAD_HOUR} & set(player.remarks)
                assert after[message].text == text or unread
                there.pop(message)
                gone = set()
            case events.Deleted(message) if before.at is not None:
                assert message not in after
                gone = {message}
            case events.Unsaid() if before.draft:
                assert before.draft[:-1] == player.state.draft
                gone = {before.draft[-1].message}
            case _:
                pass
        assert {m: part for m, part in there.items() if m not in gone}.items() <= after.items()


@thorough
@given(players(), moves)
def test_what_is_kept_is_what_the_open_conversation_holds(
    player: Player, course: list[Move]
) -> None:
    for move in course:
        make(player, move)
        if player.state.status in ENDED:
            assert player.state.answers == {}
            assert player.state.wake_at is None
        else:
            assert player.state.answers == {**player.held, **player.kept}


@thorough
@given(players(), moves)
def test_an_ended_conversation_never_changes(player: Player, course: list[Move]) -> None:
    player.open()
    player.feed(events.Stopped())
    ended = player.state
    assert ended.status in ENDED
    for move in course:
        make(player, move)
        assert player.state == ended
        assert all(isinstance(effect, Note) for effect in player.effects)


@thorough
@given(players(), moves)
def test_wake_numbers_and_ask_numbers_only_rise(player: Player, course: list[Move]) -> None:
    for move in course:
        before = player.state
        make(player, move)
        assert player.state.wake >= before.wake
        assert player.state.ask >= before.ask
        if player.state.wake_at not in {None, before.wake_at}:
            assert player.state.wake > before.wake


@thorough
@given(players(), moves, st.integers(-3, 3), st.sampled_from([*OPTIONS, "done", "1"]))
def test_a_stale_press_leaves_everything_as_it_was(
    player: Player, course: list[Move], off: int, name: str
) -> None:
    assume(off)
    for move in course:
        make(player, move)
        before = player.state
        if before.at is None:
            continue
        effects = player.feed(events.Pressed(before.ask + off, name))
        assert effects == (Note(Remark.STALE),)
        assert player.state == replace(before, touched_at=player.context.now)


@thorough
@given(players(), moves)
def test_a_doubled_press_leaves_everything_as_the_first_left_it(
    player: Player, course: list[Move]
) -> None:
    player.open()
    for move in course:
        event = make(player, move)
        once = player.state
        if isinstance(event, events.Pressed) and once.ask != event.ask:
            assert player.feed(event) == (Note(Remark.STALE),)
            assert player.state == once


@thorough
@given(players(), moves)
def test_an_old_wake_up_leaves_everything_as_it_was(player: Player, course: list[Move]) -> None:
    for move in course:
        make(player, move)
        before = player.state
        assert player.feed(events.Elapsed(before.wake - 1)) == ()
        assert player.state == replace(before, touched_at=player.state.touched_at)


@thorough
@given(players(), moves)
def test_a_recalled_answer_is_never_in_the_state_or_kept(
    player: Player, course: list[Move]
) -> None:
    for move in course:
        make(player, move)
        assert RECALLED.encode() not in CONVERSATION.dump_json(player.state)
        assert not any(RECALLED in answer.text for answer in player.kept.values())


@thorough
@given(players(), moves)
def test_what_is_not_to_be_kept_is_never_kept(player: Player, course: list[Move]) -> None:
    for move in course:
        make(player, move)
        assert all(is_kept(player.script.nodes[key]) for key in player.kept)
        assert not any(is_kept(player.script.nodes[key]) for key in player.held)


@thorough
@given(players(), moves)
def test_an_open_conversation_stands_at_a_turn_that_waits(
    player: Player, course: list[Move]
) -> None:
    waiting = flow.Ask | flow.Scale | flow.Choice | flow.Choices | flow.Wait
    for move in course:
        make(player, move)
        state = player.state
        if state.at is not None:
            assert isinstance(player.script.nodes[state.at].turn, waiting)
            assert set(state.chosen) <= set(move_options(player))
        elif state.status is Status.OPEN:
            assert state.ask == 0


@thorough
@given(players(), moves)
def test_an_open_quiet_time_always_has_an_end(player: Player, course: list[Move]) -> None:
    for move in course:
        make(player, move)
        state = player.state
        if state.at and state.status is Status.OPEN:
            waits = isinstance(player.script.nodes[state.at].turn, flow.Wait)
            assert (state.wake_at is not None) or not waits


@thorough
@given(players(), moves)
def test_a_silence_ends_by_itself_and_never_in_the_middle_of_a_thought(
    player: Player, course: list[Move]
) -> None:
    for move in course:
        before = player.state
        make(player, move)
        state = player.state
        if state.at is None or state.status is not Status.OPEN:
            assert state.wake_at is None or state.status is Status.RESTING
            continue
        turn = player.script.nodes[state.at].turn
        if not isinstance(turn, flow.Ask) or turn.goes_on_after is None:
            continue
        goes_on_elsewhere = state.wake_at is None and bool(before.draft or state.draft)
        assert state.wake_at is not None or goes_on_elsewhere
        if len(state.draft) > len(before.draft) and state.wake_at is not None:
            silence = timedelta(seconds=turn.goes_on_after)
            gap = player.context.quiet_gap
            assert state.wake_at - player.context.now == max(silence, gap)


@thorough
@given(players(), moves)
def test_to_everything_a_person_says_there_is_an_answer(
    player: Player, course: list[Move]
) -> None:
    heard = events.Replied | events.Chose | events.Pressed | events.Finished | events.WentBack
    for move in course:
        open_before = player.state.at is not None or player.state.status in ENDED
        event = make(player, move)
        # The rest of a long answer comes after its first part; the answer is to both.
        goes_on = isinstance(event, events.Replied) and event.goes_on
        if open_before and isinstance(event, heard) and not goes_on:
            assert player.effects


def urge(player: Player) -> None:
    """What somebody does who wants to get to the end."""
    first = (*move_options(player), "done")[0]
    for event in (
        events.Finished(),
        events.Pressed(player.state.ask, first),
        events.Skipped(),
    ):
        player.feed(event)


def move_options(player: Player) -> tuple[str, ...]:
    """The options that are open."""
    state = player.state
    return options_of(player.script.nodes[state.at], state) if state.at else ()


@thorough
@given(players(ahead=True), moves)
def test_a_practice_without_loops_ends_within_as_many_skips_as_it_has_turns(
    player: Player, course: list[Move]
) -> None:
    player.open()
    for move in course:
        make(player, move)
    for _ in range(len(player.script.nodes)):
        player.skips()
    assert player.state.status in ENDED


@thorough
@given(players(ahead=True), moves)
def test_whoever_wants_to_get_to_the_end_gets_there(player: Player, course: list[Move]) -> None:
    player.open()
    for move in course:
        make(player, move)
    for _ in range(len(player.script.nodes)):
        urge(player)
    assert player.state.status in ENDED


@settings(thorough, max_examples=30)
@given(players(), moves)
def test_even_a_circle_of_questions_ends(player: Player, course: list[Move]) -> None:
    player.open()
    for move in course:
        make(player, move)
    player.conversation = replace(player.state, ask=MOST_ASKS - 20 + player.state.ask % 10)
    for _ in range(21):
        player.skips()
    assert player.state.status in ENDED


def test_a_circle_of_questions_ends_from_its_beginning() -> None:
    player = play(ask("a"), wait("b"), choice("c", to="a"))
    for _ in range(MOST_ASKS):
        player.conversation, _ = step(
            player.script, player.state, events.Skipped(), player.context
        )
    assert player.state.status is Status.CLOSED
    assert reload(player.state).trail == ()


@settings(thorough, max_examples=15)
@given(players(), moves, st.sampled_from(["x", "\U0001f343", "\u0627", "\x00"]))
def test_a_message_of_a_megabyte_goes_where_any_other_goes(
    player: Player, course: list[Move], sign: str
) -> None:
    player.open()
    for move in course[:6]:
        make(player, move)
    before = player.state
    elsewhere = is_read(player) or refuses_words(player) or forgets(player)
    part = Part(message="huge", text=sign * 1_000_000)
    player.feed(events.Replied(part))
    if before.at is not None and not elsewhere:
        assert texts_of(player.kept, player.state.draft)["huge"] == part


# Hearing.

labels = st.lists(st.tuples(st.sampled_from(OPTIONS), texts), max_size=5)
phrases = st.dictionaries(texts, st.sampled_from([word.value for word in Word]), max_size=5)


@thorough
@given(st.text(max_size=200) | texts, labels, phrases, st.booleans())
def test_any_message_has_a_meaning(
    text: str,
    shown: list[tuple[str, str]],
    vocabulary: dict[str, str],
    several: bool,  # noqa: FBT001
) -> None:
    interpret(text, shown, vocabulary, several=several)


@pytest.mark.parametrize("size", [121, 1_000_000])
@pytest.mark.parametrize("sign", ["s", " ", "/", "\x00", "\u202e"])
def test_a_long_message_is_an_answer(sign: str, size: int) -> None:
    assert interpret(sign * size, [("a", sign)], {"stop": "stop"}, several=True) == Said()


def test_the_state_of_a_conversation_names_every_field() -> None:
    # A field with no place in the store's JSON would be forgotten at the next reply.
    state = a_conversation()
    assert set(CONVERSATION.dump_python(state)) == set(Conversation.__dataclass_fields__)
