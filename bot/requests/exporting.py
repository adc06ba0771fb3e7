"""A person's own copy of everything kept of them: JSON for a computer, HTML for reading."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.engine.conversation import Conversation
from bot.measures.measure import said
from bot.prompts.dates import Clock
from bot.records import Media
from bot.requests.desk import Desk
from bot.requests.talk import put_again, voice_of
from bot.store import campaigns, cohorts, occasions, opting, people
from bot.store.answers import Kept
from bot.store.circles import Joined
from bot.store.exporting import everything
from bot.store.rounds import Given as InTheRound
from bot.store.shared import Shared
from bot.store.unsent import Unsent
from scheduler.calendar import zone

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer, as its owner would read it."""

    practice: str
    question: str
    #: A choice's label or a scale's number; empty for words.
    chosen: str
    words: str
    when: str
    said_at: datetime
    media: tuple[tuple[str, Media], ...] = ()
    #: False for what was written in a window and not sent.
    sent: bool = True


#: The house's own words on the page.
_SAID = (
    *("shared", "waiting", "night"),
    *("circles", "circle_host", "circle_name", "rounds", "chosen"),
)
#: The turn in whose words a photo of the same conversation is described.
DESCRIBED = "described"


def description(entry: Kept, every: Iterable[Kept]) -> str:
    """What an answer's photos show, in its owner's words: described in the same conversation."""
    here = entry.place.conversation
    if not any(part.media for part in entry.answer.parts):
        return ""
    for each in every:
        if each.place.conversation == here and each.place.turn == DESCRIBED:
            return each.answer.text.strip()
    return ""


def told(file: Media, alt: str) -> Media:
    """A photo with its description; a voice note has none."""
    return replace(file, alt=alt) if file.mime.startswith("image/") else file


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Something they passed on, or that waits to be counted, as its giver would read it."""

    title: str
    #: With whom, in words; empty for a count.
    who: str = ""
    name: str = ""
    paragraphs: tuple[str, ...] = ()
    #: The level as data has it, the day, and the measure of a count.
    level: str = ""
    given_on: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InCircle:
    """A circle they are in, as they would read it."""

    title: str
    name: str
    host: bool
    #: Whether its aspiration is theirs too; None while they have not said.
    agrees: bool | None
    joined_at: datetime
    joined: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InRound:
    """What they gave to a round of a circle that is not over."""

    circle: str
    #: The name that goes with their words, and the words, until they have been shown.
    name: str = ""
    paragraphs: tuple[str, ...] = ()
    #: The question they would have their circle take up; empty for none.
    chosen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What goes into both files."""

    entries: tuple[Entry, ...] = ()
    shared: tuple[Given, ...] = ()
    waiting: tuple[Given, ...] = ()
    circles: tuple[InCircle, ...] = ()
    rounds: tuple[InRound, ...] = ()

    @property
    def in_rounds(self) -> tuple[InRound, ...]:
        """Of what was given to rounds, that which can be read."""
        return tuple(each for each in self.rounds if each.paragraphs or each.chosen)


def files(desk: Desk) -> tuple[Media, ...]:
    """The two files; none when nothing is kept."""
    found = _contents(desk)
    me = desk.participant.id
    words = found.entries or found.shared or found.waiting or found.circles
    if not (words or cohorts.of(desk.conn, me) or opting.left_by(desk.conn, me)):
        return ()
    return (_page(desk, found), _json(desk, found))


def _contents(desk: Desk) -> Contents:
    kept = everything(desk.conn, desk.house.keys, desk.participant.id)
    if kept is None:
        return Contents()
    held = {each.id: each for each in kept.conversations}
    revisions = {name: each.revision for name, each in held.items()}
    given = (
        _entry(
            desk,
            each,
            revisions.get(each.place.conversation),
            kept.media,
            description(each, kept.answers),
        )
        for each in kept.answers
    )
    unsent = (_not_sent(desk, each, held.get(each.conversation)) for each in kept.unsent)
    return Contents(
        entries=(*given, *unsent),
        shared=tuple(_shared(desk, each) for each in kept.shared),
        waiting=tuple(
            Given(title=said(each.body.title, desk.participant.language), measure=each.measure)
            for each in kept.waiting
        ),
        circles=tuple(_in_circle(desk, each) for each in kept.circles),
        rounds=tuple(_in_round(desk, each, kept.circles) for each in kept.given),
    )


def _in_circle(desk: Desk, each: Joined) -> InCircle:
    clock = Clock(desk.now, zone(desk.participant.zone), desk.participant.language)
    return InCircle(
        title=desk.circle(each.circle.title),
        name=each.name,
        host=each.host,
        agrees=each.agrees,
        joined_at=each.joined_at,
        joined=clock.when(each.joined_at),
    )


def _in_round(desk: Desk, each: InTheRound, joined: Iterable[Joined]) -> InRound:
    there = next(
        (desk.circle(one.circle.title) for one in joined if one.circle.id == each.circle), ""
    )
    return InRound(
        circle=there,
        name=each.words.name if each.words else "",
        paragraphs=each.words.paragraphs if each.words else (),
        chosen=each.chosen,
    )


def _shared(desk: Desk, each: Shared) -> Given:
    return Given(
        title=f"{each.title}: {each.about}" if each.about else each.title,
        who=desk.text(f"level_{each.level}"),
        name=each.name or "",
        paragraphs=each.paragraphs,
        level=each.level,
        given_on=each.given_at.isoformat(),
    )


def _entry(
    desk: Desk, kept: Kept, revision: str | None, files: dict[str, Media], alt: str
) -> Entry:
    question, chosen = kept.place.turn, ""
    if kept.answer.value is not None:
        chosen = str(kept.answer.value)
    if revision is not None:
        voice = voice_of(desk, desk.house.shelf.pinned(desk.conn, revision))
        question = voice.question(kept.place.key, kept.answer.wording)
        chosen = voice.chosen(kept.place.key, kept.answer)
    clock = Clock(desk.now, zone(desk.participant.zone), desk.participant.language)
    carried = [part.media for part in kept.answer.parts if part.media in files]
    return Entry(
        practice=desk.title(kept.place.practice),
        question=question,
        chosen=chosen,
        words=kept.answer.text,
        when=clock.when(kept.answer.said_at),
        said_at=kept.answer.said_at,
        media=tuple((each, told(files[each], alt)) for each in carried if each),
    )


def _not_sent(desk: Desk, kept: Unsent, held: Conversation | None) -> Entry:
    """What stands in a window; its question is known while it is the open one."""
    question = ""
    if held is not None and held.at is not None and held.ask == kept.ask:
        compiled = desk.house.shelf.pinned(desk.conn, held.revision)
        wording = put_again(desk, compiled, held).wording
        question = voice_of(desk, compiled).question(held.at, wording)
    clock = Clock(desk.now, zone(desk.participant.zone), desk.participant.language)
    return Entry(
        practice=desk.title(held.practice) if held else "",
        question=question,
        chosen=desk.text("export_unsent"),
        words=kept.text,
        when=clock.when(kept.written_at),
        said_at=kept.written_at,
        sent=False,
    )


def _json(desk: Desk, found: Contents) -> Media:
    person, joined = desk.participant, desk.present.joined_at
    facts = {
        "about": {
            "language": person.language,
            "zone": person.zone,
            "days": list(person.days),
            "minute_of_day": person.minute,
            "window": list(person.window) if person.window else None,
            "holidays": person.holidays or None,
            "joined_at": joined.isoformat() if joined else None,
            "keeps_words": person.keeps,
            "cohorts": list(cohorts.of(desk.conn, person.id)),
            "campaigns_left": [
                {"campaign": name, "title": _title(desk, name), "at": at.isoformat()}
                for name, at in opting.left_by(desk.conn, person.id).items()
            ],
            "places": [
                {"platform": there.platform.value, "place": there.place}
                for there in people.addresses(desk.conn, person.id)
            ],
        },
        "planned": [
            {
                "campaign": record.occasion.campaign,
                "step": record.occasion.step,
                "occasion": record.occasion.name,
                "state": record.state.value,
                "reason": record.reason,
                "at": record.changed_at.isoformat(),
            }
            for record in occasions.all_of(desk.conn, person.id)
        ],
        "answers": [
            {
                "practice": entry.practice,
                "question": entry.question,
                "chosen": entry.chosen if entry.sent else "",
                "words": entry.words,
                "said_at": entry.said_at.isoformat(),
                "sent": entry.sent,
                "files": [
                    {
                        "name": file.name,
                        "type": file.mime,
                        "description": file.alt,
                        "content": b64encode(file.content).decode(),
                    }
                    for _, file in entry.media
                ],
            }
            for entry in found.entries
        ],
        "shared": [
            {
                "title": each.title,
                "level": each.level,
                "name": each.name or None,
                "given_on": each.given_on,
                "words": list(each.paragraphs),
            }
            for each in found.shared
        ],
        "waiting_to_be_counted": [
            {"measure": each.measure, "title": each.title} for each in found.waiting
        ],
        "circles": [
            {
                "title": each.title,
                "name": each.name or None,
                "host": each.host,
                "agrees_with_its_aspiration": each.agrees,
                "joined_at": each.joined_at.isoformat(),
            }
            for each in found.circles
        ],
        "rounds": [
            {
                "circle": each.circle,
                "waiting_to_be_shown": bool(each.paragraphs),
                "name": each.name or None,
                "words": list(each.paragraphs),
                "question_chosen": each.chosen or None,
            }
            for each in found.rounds
        ],
    }
    content = json.dumps(facts, ensure_ascii=False, indent=2).encode()
    return Media(name="skerry.json", mime="application/json", content=content)


def _title(desk: Desk, name: str) -> str:
    """What people call a campaign; its name when nobody knows it any more."""
    started = campaigns.get(desk.conn, name)
    return started.title if started else name


def _page(desk: Desk, found: Contents) -> Media:
    title = "".join(part.text for part in desk.words("export_title"))
    pictures = {
        id_: f"data:{file.mime};base64,{b64encode(file.content).decode()}"
        for entry in found.entries
        for id_, file in entry.media
    }
    page = _PAGES.get_template("export.html.j2").render(
        title=title,
        language=desk.participant.language,
        found=found,
        pictures=pictures,
        words={name: desk.text(f"export_{name}") for name in _SAID},
    )
    return Media(name="skerry.html", mime="text/html", content=page.encode())
