"""What `check` finds wrong, one claim a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
import yaml

from bot.engine.check import check
from bot.engine.checks import answers, findings, wording
from bot.engine.checks.findings import Around, Block, Finding, InFlow, InWords, Mention
from bot.engine.flow import Flow

OTHER = """
name: other
title: Another
minutes: 1
turns:
  - {id: step, kind: ask}
  - {id: hello, kind: say}
  - {id: end, kind: close}
"""


def flow_of(text: str) -> Flow:
    return Flow.model_validate(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506


def turns(text: str, *, name: str = "small", recalls: str = "{}") -> Flow:
    head = f"name: {name}\ntitle: Small\nminutes: 1\nrecalls: {recalls}\nturns:\n"
    return flow_of(head + text)


def block(name: str, text: str = "", line: int = 1, *mentions: Mention) -> Block:
    said = text or f"About {name.replace('_', ' ')}"
    return Block(name=name, line=line, longest=said, shortest=said, mentions=mentions)


def blocks_of(flow: Flow, *others: Block, without: str = "") -> dict[str, Block]:
    blocks = {name: block(name) for name in wording.needs(flow) if name != without}
    return blocks | {each.name: each for each in others}


@dataclass(kw_only=True)
class Desk:
    """Checks one flow with words made for it."""

    flow: Flow
    others: tuple[Flow, ...] = ()
    words: Mapping[str, Mapping[str, Block]] | None = None
    reserved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    file_name: str = ""
    whole: bool = True

    def findings(self) -> tuple[Finding, ...]:
        around = Around(
            flows={each.name: each for each in (self.flow, *self.others)},
            unread=self.unread,
            reserved=self.reserved,
            zones={"Europe/London", "Europe/Dublin"},
            languages={"en", "gd"},
        )
        words = {"en": blocks_of(self.flow)} if self.words is None else self.words
        name = self.file_name or self.flow.name
        return check(self.flow, words, around, name, whole=self.whole)

    def one(self) -> Finding:
        (finding,) = self.findings()
        return finding


def only(text: str, *others: str, recalls: str = "{}") -> Finding:
    """The one finding of a practice with these turns."""
    return Desk(flow=turns(text, recalls=recalls), others=tuple(map(flow_of, others))).one()


def spoken(text: str, *blocks: Block, without: str = "", recalls: str = "{}") -> Desk:
    flow = turns(text, recalls=recalls)
    return Desk(flow=flow, words={"en": blocks_of(flow, *blocks, without=without)})


ASKED = "  - {id: step, kind: ask}\n"
END = "  - {id: end, kind: close}\n"
CHOSEN = "  - {id: tried, kind: choice, options: [{id: fully}, {id: not_yet}]}\n"
SEVERAL = "  - {id: barriers, kind: choices, options: [{id: time}, {id: money}]}\n"
ENERGY = "  - {id: energy, kind: scale}\n"


def branch(when: str, to: str = "end") -> str:
    return f'  - {{id: way, kind: branch, paths: [{{when: "{when}", to: {to}}}]}}\n'


def test_a_good_practice_has_no_faults() -> None:
    flow = turns(ENERGY + branch("energy <= 2") + CHOSEN + SEVERAL + ASKED + END)
    assert Desk(flow=flow).findings() == ()


# Names.


def test_a_name_that_is_not_the_files_is_told() -> None:
    finding = Desk(flow=turns(END), file_name="large").one()
    assert finding.fault == "the practice is named `small`, and its file `large`"
    assert finding.at == InFlow(("name",))


def test_two_turns_of_one_name_are_told_at_the_second() -> None:
    finding = only(ASKED + ASKED + END)
    assert finding.fault == "`step` is already the name of another turn"
    assert finding.at == InFlow(("turns", 1, "id"))


def test_a_turn_named_as_a_recall_is_told() -> None:
    finding = only(ASKED + END, recalls="{step: {turn: step}}")
    assert finding.fault == "`step` is already the name of a recall"


def test_two_options_of_one_name_are_told() -> None:
    finding = only("  - {id: tried, kind: choice, options: [{id: so}, {id: so}]}\n" + END)
    assert "two options named `so`" in finding.fault
    assert finding.at == InFlow(("turns", 0, "options", 1, "id"))


@pytest.mark.parametrize("name", ["and", "includes", "person", "if"])
def test_a_name_that_means_something_else_is_told(name: str) -> None:
    finding = only(f"  - {{id: {name}, kind: ask}}\n" + END)
    assert "cannot be a name" in finding.fault


def test_a_recall_may_not_take_such_a_name_either() -> None:
    finding = only(ASKED + END, recalls="{person: {turn: step}}")
    assert finding.at == InFlow(("recalls", "person"))


def test_leading_to_no_turn_is_told_with_the_near_name() -> None:
    finding = only("  - {id: step, kind: ask, to: ende}\n" + END)
    assert finding.fault == "turn `step` leads to `ende`, and no turn has that name"
    assert finding.mend == "Did you mean `end`?"
    assert finding.at == InFlow(("turns", 0, "to"))


def test_an_option_and_a_path_that_lead_nowhere_are_told() -> None:
    text = "  - {id: tried, kind: choice, options: [{id: so, to: xyzzy}, {id: no}]}\n"
    found = Desk(flow=turns(text + branch("tried is so", "plugh") + END)).findings()
    assert [each.at for each in found] == [
        InFlow(("turns", 0, "options", 0, "to")),
        InFlow(("turns", 1, "paths", 0, "to")),
    ]
    assert found[0].mend.startswith("Name a turn of this practice. There are: `tried`")


def test_an_option_among_several_cannot_lead_elsewhere() -> None:
    text = "  - {id: which, kind: choices, options: [{id: so, to: end}, {id: no}]}\n"
    assert "several may be chosen" in only(text + END).fault


def test_nothing_follows_a_close() -> None:
    text = ASKED + "  - {id: end, kind: close, to: step}\n"
    assert only(text).fault == "turn `end` closes the practice, so nothing can follow it"


def test_a_recall_of_an_unknown_practice_is_told() -> None:
    finding = only(ASKED + END, OTHER, recalls="{x: {turn: step, practice: othr}}")
    assert finding.fault == "there is no practice named `othr`"
    assert finding.mend == "Did you mean `other`?"


def test_a_recall_of_an_unread_practice_is_not_told() -> None:
    flow = turns(branch("x is so") + ASKED + END, recalls="{x: {turn: step, practice: torn}}")
    assert Desk(flow=flow, unread=frozenset({"torn"})).findings() == ()


def test_a_recall_of_an_unknown_turn_is_told() -> None:
    finding = only(ASKED + END, OTHER, recalls="{x: {turn: stp, practice: other}}")
    assert finding.fault == "recall `x` asks for `stp`, and practice `other` has no such turn"


def test_a_recall_of_a_turn_nobody_answers_is_told() -> None:
    finding = only(ASKED + END, recalls="{x: {turn: end}}")
    assert finding.fault == "recall `x` asks for `end`, a `close`, which nobody answers"
    assert finding.mend == "Name a question of this practice: `step`."


@pytest.mark.parametrize("after", ["y", "x"])
def test_a_recall_that_is_to_come_after_no_other_is_told(after: str) -> None:
    finding = only(ASKED + END, recalls=f"{{x: {{turn: step, after: {after}}}}}")
    assert finding.at == InFlow(("recalls", "x", "after"))
    assert finding.fault == (
        f"recall `x` is to come after `{after}`, which is no other of the `recalls`"
    )
    assert finding.mend == f"Add `{after}` under `recalls:`."


QUIET = "  - {id: quiet, kind: wait, seconds: 60}\n"


def test_what_was_written_in_a_quiet_time_may_be_recalled() -> None:
    back = "  - {id: back_then, kind: recall, of: x}\n"
    way = branch("x answered")
    flow = turns(back + way + QUIET + END, recalls="{x: {turn: quiet}}")
    assert Desk(flow=flow).findings() == ()


def test_what_was_written_in_a_quiet_time_cannot_be_compared() -> None:
    finding = only(branch("x is so") + QUIET + END, recalls="{x: {turn: quiet}}")
    assert finding.fault == "`x` is answered in words, so it cannot be compared"


def test_a_quiet_time_of_this_practice_is_no_name_of_a_condition() -> None:
    finding = only(QUIET + branch("quiet answered") + END)
    assert finding.fault == "`quiet` is a `wait`, which nobody answers"


@pytest.mark.parametrize("kind", ["ask", "wait, seconds: 9"])
def test_a_recall_of_what_is_not_kept_is_told(kind: str) -> None:
    turn = f"  - {{id: step, kept: false, kind: {kind}}}\n"
    finding = only(turn + END, recalls="{x: {turn: step}}")
    assert finding.fault == "recall `x` asks for `step`, which is not kept"
    assert finding.mend == "Recall another question, or take `kept: false` out of `step`."


def test_a_recall_turn_of_no_recall_is_told() -> None:
    finding = only("  - {id: back_then, kind: recall, of: past}\n" + END)
    assert "recalls `past`" in finding.fault
    assert finding.mend == "Add `past` under `recalls:`."


def test_an_unknown_practice_inside_or_after_is_told() -> None:
    inside = only("  - {id: sub, kind: practice, practice: nobody}\n" + END)
    after = only("  - {id: end, kind: close, begins: nobody}\n")
    assert inside.fault == after.fault == "there is no practice named `nobody`"


def test_a_practice_inside_itself_is_told() -> None:
    finding = only("  - {id: sub, kind: practice, practice: small}\n" + END)
    assert "leads back into `small`" in finding.fault


def test_a_practice_that_comes_back_by_another_is_told() -> None:
    back = OTHER.replace("{id: hello, kind: say}", "{id: sub, kind: practice, practice: small}")
    finding = only("  - {id: sub, kind: practice, practice: other}\n" + END, back)
    assert "leads back into `small`" in finding.fault


def test_a_round_among_other_practices_is_told_only_there() -> None:
    loop = OTHER.replace("{id: hello, kind: say}", "{id: sub, kind: practice, practice: other}")
    flow = turns("  - {id: sub, kind: practice, practice: other}\n" + END)
    assert Desk(flow=flow, others=(flow_of(loop),)).findings() == ()


def test_practices_that_swell_when_laid_out_are_told() -> None:
    grown = [OTHER]
    for number in range(12):
        inner = f"level{number - 1}" if number else "other"
        twice = "".join(
            f"  - {{id: {name}, kind: practice, practice: {inner}}}\n" for name in ("one", "two")
        )
        grown.append(f"name: level{number}\ntitle: L\nminutes: 1\nturns:\n{twice}{END}")
    finding = only("  - {id: sub, kind: practice, practice: level11}\n" + END, *grown)
    assert "over 1000 turns" in finding.fault


# Paths.


def test_a_turn_nobody_reaches_is_told() -> None:
    finding = only("  - {id: step, kind: ask, to: end}\n  - {id: lost, kind: say}\n" + END)
    assert finding.fault == "turn `lost` can never be reached"
    assert finding.at == InFlow(("turns", 1, "id"))


def test_a_practice_that_does_not_close_is_told() -> None:
    assert "is not a close, and nothing follows it" in only(ASKED).fault


def test_a_last_turn_that_leads_back_is_told_too() -> None:
    text = branch("step answered") + END + "  - {id: step, kind: ask, to: way}\n"
    flow = turns(text.replace("kind: branch,", "kind: branch, to: step,"))
    assert Desk(flow=flow).one().fault == "the last turn, `step`, is not a close"


def test_a_round_that_asks_nothing_is_told() -> None:
    text = "  - {id: one, kind: say}\n" + branch("energy <= 2", "one") + ENERGY + END
    assert only(text).fault == "`one`, `way` may go round and round without asking anything"


def test_a_round_of_questions_that_go_on_by_themselves_is_told() -> None:
    finding = only(
        "  - {id: a, kind: ask, goes_on_after: 60}\n"
        "  - {id: b, kind: branch, paths: [{when: a answered, to: end}], to: a}\n" + END
    )
    assert "may go round and round without asking anything" in finding.fault


def test_a_round_of_waits_alone_is_told() -> None:
    wait = "  - {id: quiet, kind: wait, seconds: 60}\n"
    assert "without asking" in only(wait + branch("energy is 1", "quiet") + ENERGY + END).fault


def test_a_round_through_a_practice_that_asks_is_well() -> None:
    sub = "  - {id: sub, kind: practice, practice: other}\n"
    flow = turns(sub + branch("energy is 1", "sub") + ENERGY + END)
    assert Desk(flow=flow, others=(flow_of(OTHER),)).findings() == ()
    mute = flow_of(OTHER.replace("kind: ask", "kind: say"))
    assert "without asking" in Desk(flow=flow, others=(mute,)).one().fault


def test_a_round_with_no_way_to_a_close_is_told_once() -> None:
    text = (
        "  - {id: tried, kind: choice, options: [{id: so, to: one}, {id: no}], to: end}\n"
        "  - {id: one, kind: ask}\n  - {id: two, kind: ask, to: one}\n"
    )
    finding = only(text + END)
    assert finding.fault == "from `one`, `two` no close can be reached: the practice never ends"
    assert finding.at == InFlow(("turns", 1, "id"))


def test_nothing_is_said_of_paths_when_turns_could_not_be_read() -> None:
    assert Desk(flow=turns(ASKED), whole=False).findings() == ()


# Conditions.


def test_a_condition_that_cannot_be_read_is_told_with_the_place() -> None:
    finding = only(ENERGY + branch("energy <=") + END)
    assert "a number is expected, but here it ends" in finding.fault
    assert finding.at == InFlow(("turns", 1, "paths", 0, "when"))


def test_a_condition_of_brackets_alone_is_told() -> None:
    assert "cannot be read" in only(ENERGY + branch("(" * 150 + "not " * 30) + END).fault


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("enrgy <= 2", "neither a question nor a recall"),
        ("end answered", "`end` is a `close`, which nobody answers"),
        ("step is 3", "answered in words"),
        ("energy is 6", "nobody can answer `6` to `energy`, a scale from 1 to 5"),
        ("energy is low", "nobody can answer `low`"),
        ("energy < 1", "`energy < 1` is true of no answer"),
        ("energy > 5", "`energy > 5` is true of no answer"),
        ("energy includes 3", "`includes` says nothing"),
        ("tried < 3", "`<` says nothing about it"),
        ("tried includes fully", "`includes` says nothing about it"),
        ("tried is partly", "`tried` has no option `partly`"),
        ("tried in fully, partly", "`tried` has no option `partly`"),
        ("barriers is time", "`is` is never true of it"),
        ("barriers < 2", "`<` is never true of it"),
        ("barriers includes tim", "`barriers` has no option `tim`"),
        ("energy < 2 and energy > 3", "no answers at all can meet"),
        ("step answered and not step answered", "no answers at all can meet"),
        ("barriers includes time and not barriers answered", "no answers at all can meet"),
        ("tried is fully and tried is not_yet", "no answers at all can meet"),
    ],
)
def test_an_answer_nobody_can_give_is_told(when: str, said: str) -> None:
    finding = only(ENERGY + CHOSEN + SEVERAL + ASKED + branch(when) + END)
    assert said in finding.fault
    assert finding.mend


def test_a_path_that_an_earlier_one_always_takes_is_told() -> None:
    paths = "[{when: energy <= 3, to: end}, {when: energy is 2, to: end}]"
    finding = only(ENERGY + f"  - {{id: way, kind: branch, paths: {paths}}}\n" + END)
    assert finding.fault == "whatever meets `energy is 2` has already met a condition before it"
    assert finding.at == InFlow(("turns", 1, "paths", 1, "when"))


def test_too_many_combinations_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_MOST_TRIED", 3)
    flow = turns(ENERGY + branch("energy < 2 and energy > 3") + END)
    assert Desk(flow=flow).findings() == ()


# What is set.


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        ("{id: x, kind: ask, sets: days}", "free words cannot set"),
        ("{id: x, kind: ask, sets: zone}", "reads its answer as `words`"),
        ("{id: x, kind: ask, sets: hour, reads: zone}", "reads its answer as `zone`"),
        ("{id: x, kind: choices, sets: hour, options: [{id: a}, {id: b}]}", "can be only one"),
        ("{id: x, kind: ask, sets: window, reads: hour}", "free words cannot set"),
        ("{id: x, kind: choices, sets: window, options: [{id: a}, {id: b}]}", "can be only one"),
        ("{id: x, kind: ask, sets: holidays}", "free words cannot set"),
    ],
)
def test_a_setting_its_turn_cannot_make_is_told(turn: str, said: str) -> None:
    assert said in only(f"  - {turn}\n" + END).fault


@pytest.mark.parametrize(
    ("setting", "good", "bad", "mend"),
    [
        ("zone", "Europe/London", "Europe/Londn", "`Europe/London`"),
        ("zone", "Europe/Dublin", "qqq", "`Europe/London`"),
        ("days", "01234", "7", "0 for Monday"),
        ("days", "'0,3'", "mon", "0 for Monday"),
        ("hour", "'570'", "'1440'", "minutes after midnight"),
        ("hour", "'0'", "morning", "minutes after midnight"),
        ("keeps", "'yes'", "perhaps", "`yes` or `no`"),
        ("window", "540-1200", "09:00-20:00", "`540-1200` for 09:00 to 20:00"),
        ("window", "1260-480", "540-540", "two different times"),
        ("window", "0-1440", "540-1441", "two different times"),
        ("window", "1439-1", "1440-480", "midnight is `1440`"),
        ("window", "0-1", "1260-0", "midnight is `1440`"),
        ("window", "540-1200", "540", "two different times"),
        ("window", "540-1200", "540-1200-1440", "two different times"),
        ("holidays", "GB-SCT", "Scotland", "`GB-SCT` for Scotland"),
        ("holidays", "IE", "gb-sct", "or `none`"),
        ("holidays", "DE-BY", "GB-", "or `none`"),
        ("holidays", "none", "None", "or `none`"),
        ("language", "gd", "xx", "one of `en`, `gd`"),
    ],
)
def test_a_value_a_setting_cannot_take_is_told(
    setting: str, good: str, bad: str, mend: str
) -> None:
    options = f"[{{id: a, value: {good!r}}}, {{id: b, value: {bad!r}}}]".replace("\"'", "'")
    options = options.replace("'\"", "'")
    finding = only(f"  - {{id: x, kind: choice, sets: {setting}, options: {options}}}\n" + END)
    assert finding.at == InFlow(("turns", 0, "options", 1, "value"))
    assert mend in finding.mend


def test_an_option_without_a_value_sets_its_name() -> None:
    text = "  - {id: x, kind: choice, sets: keeps, options: [{id: 'yes'}, {id: maybe}]}\n"
    assert only(text + END).at == InFlow(("turns", 0, "options", 1, "id"))


def test_an_option_may_set_nothing() -> None:
    options = "[{id: a, value: '0'}, {id: b, value: ''}]"
    text = f"  - {{id: x, kind: choice, sets: hour, options: {options}}}\n"
    assert Desk(flow=turns(text + END)).findings() == ()


def test_several_days_may_be_set() -> None:
    text = "  - {id: x, kind: choices, sets: days, options: [{id: a, value: '0'}, {id: b}]}\n"
    assert only(text + END).at == InFlow(("turns", 0, "options", 1, "id"))


def test_an_ask_that_reads_what_it_sets_is_well() -> None:
    text = "  - {id: x, kind: ask, sets: hour, reads: hour}\n" + END
    assert Desk(flow=turns(text)).findings() == ()


# Blocks.


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (ASKED, "step"),
        (ENERGY, "energy__low"),
        (CHOSEN, "tried__not_yet"),
        ("  - {id: step, kind: ask, fresh_weeks: 8}\n", "step__rest"),
    ],
)
def test_a_missing_block_is_told(text: str, missing: str) -> None:
    finding = spoken(text + END, without=missing).one()
    assert finding.fault == f"the block `{missing}` is missing in the words for `en`"


def test_a_missing_block_is_told_where_it_would_stand() -> None:
    finding = spoken(ASKED + ENERGY + END, block("step", line=7), without="energy").one()
    assert finding.at == InWords("en", 7)


def test_a_block_one_language_lacks_is_told_as_untranslated() -> None:
    flow = turns(ASKED + END)
    english = blocks_of(flow, block("step__2"))
    gaelic = blocks_of(flow, without="step")
    found = Desk(flow=flow, words={"en": english, "gd": gaelic}).findings()
    assert [each.fault for each in found] == [
        "the block `step` is not translated in the words for `gd`",
        "the block `step__2` is not translated in the words for `gd`",
    ]


def test_a_gap_in_english_is_not_asked_of_others() -> None:
    flow = turns(ASKED + END)
    words = {"en": blocks_of(flow, block("lost__2")), "gd": blocks_of(flow)}
    assert Desk(flow=flow, words=words).one().fault == "the block `lost__2` belongs to no turn"


def test_a_wording_english_has_not_is_told() -> None:
    flow = turns(ASKED + END)
    words = {"en": blocks_of(flow), "gd": blocks_of(flow, block("step__2"))}
    assert "that `en` has not" in Desk(flow=flow, words=words).one().fault


def test_a_block_of_no_turn_is_told() -> None:
    finding = spoken(ASKED + END, block("setp", line=4), without="step").findings()[1]
    assert (finding.fault, finding.mend) == (
        "the block `setp` belongs to no turn",
        "Did you mean `step`?",
    )
    assert finding.at == InWords("en", 4)


def test_a_block_of_a_branch_is_told() -> None:
    desk = spoken(ENERGY + branch("energy is 1") + END, block("way"))
    assert desk.one().fault == "the block `way` is never said: turn `way` is a `branch`"
    desk = spoken(ENERGY + branch("energy is 1") + END, block("way__2"))
    assert desk.one().fault == "the block `way__2` belongs to no turn"


@pytest.mark.parametrize("name", ["step__1", "step__0", "step__3"])
def test_wordings_go_on_from_two_without_a_gap(name: str) -> None:
    finding = spoken(ASKED + END, block(name)).one()
    assert finding.fault == f"the wordings of `step` have a gap before `{name}`"
    assert "`step__2`" in finding.mend


def test_wordings_are_counted() -> None:
    flow = turns(ASKED + END)
    blocks = blocks_of(flow, block("step__2"), block("step__3"))
    assert wording.wordings(flow, blocks) == {"step": 3, "end": 1}


def test_a_block_that_says_nothing_is_told() -> None:
    empty = Block(name="step", line=3, longest="", shortest="")
    assert spoken(ASKED + END, empty).one().fault == "the block `step` says nothing"


def test_a_block_that_may_say_nothing_is_told_but_for_recalls() -> None:
    text = "  - {id: past, kind: recall, of: last}\n" + ASKED + END
    bare = Block(name="step", line=3, longest="…", shortest="")
    past = Block(name="past", line=3, longest="…", shortest="")
    finding = spoken(text, bare, past, recalls="{last: {turn: step}}").one()
    assert finding.fault == "the block `step` says nothing when its names are not there"


def test_a_prompt_too_long_to_send_whole_is_told() -> None:
    assert spoken(ASKED + END, block("step", "x" * 3000)).findings() == ()
    finding = spoken(ASKED + END, block("step", "\N{HERB}" * 1501)).one()
    assert "3002 characters long" in finding.fault


# Names in words.


def mention(name: str, part: str = "words", **more: bool) -> Mention:
    return Mention(**({"name": name, "part": part, "line": 9, "shown": True} | more))  # type: ignore[arg-type]


def test_a_name_words_do_not_know_is_told() -> None:
    finding = spoken(ASKED + END, block("end", "…", 1, mention("stp", alone=True))).one()
    assert finding.fault == "the words speak of `stp`, which this practice has not"
    assert finding.mend == "Did you mean `step`?"
    assert finding.at == InWords("en", 9)


@pytest.mark.parametrize(
    ("name", "part", "said"),
    [
        ("step", "text", "`step` has nothing called `text`"),
        ("step", "", "the name `step` alone cannot be said"),
        ("person", "name", "`person` has nothing called `name`"),
    ],
)
def test_a_part_that_is_not_there_is_told(name: str, part: str, said: str) -> None:
    finding = spoken(ASKED + END, block("end", "…", 1, mention(name, part))).one()
    assert finding.fault == said


def test_a_name_in_an_if_is_well_and_so_is_the_person() -> None:
    asked = mention("step", "", shown=False)
    assert spoken(ASKED + END, block("end", "…", 1, asked)).findings() == ()
    assert spoken(ASKED + END, block("end", "…", 1, mention("person", "zone"))).findings() == ()


def test_a_quotation_beside_other_words_is_told() -> None:
    desk = spoken(ASKED + END, block("end", "…", 1, mention("step")))
    assert "other words beside it" in desk.one().fault
    desk = spoken(ASKED + END, block("end", "…", 1, mention("step", alone=True)))
    assert desk.findings() == ()


def test_what_may_leave_a_hole_in_a_sentence_is_told() -> None:
    for name, part in (("step", "when"), ("tried", "words")):
        words = block("end", "…", 1, mention(name, part))
        finding = spoken(ASKED + CHOSEN + END, words).one()
        assert "leaves a hole in the sentence" in finding.fault
        sure = block("end", "…", 1, mention(name, part, sure=True))
        assert spoken(ASKED + CHOSEN + END, sure).findings() == ()


def test_a_recall_turn_is_sure_of_what_it_recalls() -> None:
    text = "  - {id: past, kind: recall, of: last}\n" + ASKED + END
    words = block("past", "…", 1, mention("last", "when"))
    assert spoken(text, words, recalls="{last: {turn: step}}").findings() == ()


def test_nothing_is_said_of_what_an_unread_practice_may_give() -> None:
    flow = turns(END, recalls="{x: {turn: step, practice: torn}}")
    words = {"en": blocks_of(flow, block("end", "…", 1, mention("x")))}
    assert Desk(flow=flow, words=words, unread=frozenset({"torn"})).findings() == ()


# Labels.


def labelled(label: str, number: int = 2, **desk: Mapping[str, frozenset[str]]) -> Finding:
    name = ("tried__fully", "tried__not_yet")[number - 1]
    flow = turns(CHOSEN + END)
    words = {"en": blocks_of(flow, block(name, label, 5))}
    return Desk(flow=flow, words=words, **desk).one()  # type: ignore[arg-type]


def test_two_labels_that_read_alike_are_told() -> None:
    assert labelled("about TRIED, fully!").fault == (
        "the options `fully` and `not_yet` have the same label"
    )


def test_a_label_that_is_a_reserved_word_is_told() -> None:
    finding = labelled("Not now!", reserved={"en": frozenset({"not now"})})
    assert finding.fault == "the label `Not now!` is a reserved word"


def test_a_label_that_is_another_options_number_is_told() -> None:
    assert "is the number of another option (1)" in labelled("1").fault
    assert "begins with the number of another option (1)" in labelled("1 minute").fault
    assert "begins with the number of another option (1)" in labelled("One minute").fault
    assert spoken(CHOSEN + END, block("tried__not_yet", "2")).findings() == ()
    assert spoken(CHOSEN + END, block("tried__not_yet", "30")).findings() == ()


def test_a_label_nobody_can_type_is_told() -> None:
    assert "no letter or digit" in labelled("\N{HERB}").fault


def test_a_label_longer_than_a_button_is_told() -> None:
    assert "76 characters long" in labelled("x" * 76).fault
    assert spoken(CHOSEN + END, block("tried__not_yet", "x" * 75)).findings() == ()


def test_a_long_list_wants_shorter_labels() -> None:
    options = ", ".join(f"{{id: o{number}}}" for number in range(9))
    text = f"  - {{id: many, kind: choice, options: [{options}]}}\n" + END
    assert "at most 64" in spoken(text, block("many__o0", "x" * 65)).one().fault


def test_a_label_of_two_paragraphs_or_with_names_is_told() -> None:
    assert "not a plain single line" in labelled("this\n\nthat").fault
    named = block("tried__not_yet", "x …", 1, mention("person", "day"))
    assert "not a plain single line" in spoken(CHOSEN + END, named).one().fault


def test_the_ends_of_a_scale_are_labels_too() -> None:
    desk = spoken(ENERGY + END, block("energy__high", "x" * 76))
    assert desk.one().fault.startswith("the label `energy__high` is 76")


def test_a_label_that_is_missing_is_told_once() -> None:
    assert len(spoken(CHOSEN + END, without="tried__fully").findings()) == 1


def test_names_are_listed_up_to_twelve() -> None:
    assert findings.listed(str(number) for number in range(13)).endswith("`11` and more")
    assert findings.suggest("x", (), "Add one.") == "Add one."
