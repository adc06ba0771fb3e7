"""Threads: what somebody answered to the questions of one practice, through time, verbatim.

A scale they answered often enough comes as a picture too: drawn when it is sent, theirs alone,
and kept nowhere. Its alternative text says the same, and so do the lines that come with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.engine.hearing import Word, fold
from bot.harvest.sketch import LEAST, sketch
from bot.prompts.dates import on_day
from bot.prompts.reserved import own
from bot.records import Media, Option, Paragraph, Platform, Quote
from bot.requests.desk import Desk
from bot.requests.talk import voice_of
from bot.store import answers, conversations
from bot.store.answers import Kept
from bot.voice import Voice
from scheduler.calendar import zone

#: A button that shows a thread says so, and whose.
BUTTON = "remember:"
#: How many practices are offered, how many questions of one are shown, and how many answers each.
MOST_OFFERED, MOST_QUESTIONS, MOST_ANSWERS = 8, 8, 8
#: How many pictures come of one practice.
MOST_PICTURES = 3
#: Practices that set something up: nobody would look at them through time.
_SETTING_UP = frozenset({"join", "rhythm", "settings", "return", "amend", "taking_back"})


def named(desk: Desk, text: str) -> str:
    """The practice that these words name, by its title or its name; empty for none."""
    wanted = fold(text)
    if not wanted:
        return ""
    known = desk.house.shelf.library.practices
    for name in known:
        title = fold(desk.house.shelf.title(name))
        bare = title.removeprefix("a ").removeprefix("the ")
        if wanted in {fold(name), title, bare} and name not in _SETTING_UP:
            return name
    return ""


def offer(desk: Desk, every: Sequence[Kept]) -> None:
    """Say of which practices there is something to look at through time."""
    counted: dict[str, int] = defaultdict(int)
    for entry in every:
        if entry.place.practice not in _SETTING_UP:
            counted[entry.place.practice] += 1
    titles = {name: desk.house.shelf.title(name) for name in counted}
    known = [name for name in reversed(counted) if named(desk, titles[name]) == name]
    if not known:
        return
    phrases = own(desk.participant.language) | own("en")
    say = next(said for said, word in phrases.items() if word == Word.REMEMBER)
    lines = {name: f"{say} {titles[name]}" for name in known[:MOST_OFFERED]}
    if desk.present.address.platform is Platform.TERMINAL:
        desk.remark("remember_which", phrases="; ".join(f'"{each}"' for each in lines.values()))
        return
    buttons = tuple(Option(label=each, token=BUTTON + name) for name, each in lines.items())
    desk.remark("remember_which_button", options=buttons)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One question of a practice, with its answers, the oldest first."""

    key: str
    voice: Voice | None
    said: str
    kept: tuple[Kept, ...]


def tell(desk: Desk, practice: str) -> None:
    """Show what somebody answered to each question of a practice, the oldest first."""
    every = answers.all_of(desk.conn, desk.house.keys, desk.participant.id)
    theirs = [entry for entry in every if entry.place.practice == practice]
    title = desk.house.shelf.title(practice)
    if not theirs:
        desk.remark("thread_none", title=title)
        return
    desk.remark("thread_intro", title=title)
    pictures = 0
    asked = _questions(desk, theirs)
    for question in asked[:MOST_QUESTIONS]:
        picture = _picture(desk, question) if pictures < MOST_PICTURES else None
        pictures += picture is not None
        desk.remark(
            "thread_question",
            question=question.said,
            after=_lines(desk, question),
            files=(picture,) if picture else (),
        )
    left_out = sum(len(each.kept[:-MOST_ANSWERS]) for each in asked[:MOST_QUESTIONS])
    left_out += sum(len(each.kept) for each in asked[MOST_QUESTIONS:])
    if left_out:
        desk.remark("remember_more", count=str(left_out))


def _questions(desk: Desk, theirs: Sequence[Kept]) -> list[_Question]:
    """The questions in the order in which they were first answered."""
    turns: dict[str, list[Kept]] = defaultdict(list)
    for entry in theirs:
        if entry.answer.text.strip() or entry.answer.value is not None:
            turns[entry.place.turn].append(entry)
    return [_question(desk, kept) for kept in turns.values()]


def _question(desk: Desk, kept: list[Kept]) -> _Question:
    last = kept[-1]
    voice = _voice(desk, last)
    said = voice.question(last.place.key, last.answer.wording) if voice else last.place.turn
    return _Question(key=last.place.key, voice=voice, said=said, kept=tuple(kept))


def _voice(desk: Desk, kept: Kept) -> Voice | None:
    """Whoever put the question; None when its conversation is not kept any more."""
    held = conversations.get(
        desk.conn, desk.house.keys, desk.participant.id, kept.place.conversation
    )
    if held is None:
        return None
    return voice_of(desk, desk.house.shelf.pinned(desk.conn, held.revision))


def _lines(desk: Desk, question: _Question) -> tuple[Paragraph | Quote, ...]:
    """Each answer with its date: words as they stand, what was chosen in one line each."""
    told: list[Paragraph | Quote] = []
    for entry in question.kept[-MOST_ANSWERS:]:
        when = on_day(
            entry.answer.said_at, desk.now, zone(desk.participant.zone), desk.participant.language
        )
        when = when[:1].upper() + when[1:]
        chosen = question.voice.chosen(entry.place.key, entry.answer) if question.voice else ""
        if not chosen and entry.answer.value is not None and entry.place.kind != "ask":
            chosen = str(entry.answer.value)
        if chosen:
            told.append(Paragraph(text=f"{when}: {chosen}"))
        else:
            told += (Paragraph(text=f"{when}:"), Quote(text=entry.answer.text))
    return tuple(told)


def _picture(desk: Desk, question: _Question) -> Media | None:
    """How somebody's own numbers went, to be drawn when it is sent; None for too few of them."""
    ends = question.voice.ends(question.key) if question.voice else None
    here = zone(desk.participant.zone)
    points = [
        (entry.answer.said_at.astimezone(here).date(), entry.answer.value)
        for entry in question.kept
        if isinstance(entry.answer.value, int)
    ]
    if ends is None or len(points) < LEAST:
        return None
    most, low, high = ends
    return sketch(points, points_of_scale=most, low=low, high=high, title=question.said)
