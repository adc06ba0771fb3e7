"""What a practice scripts: Flow and the kinds of Turn, as they stand in a practice's YAML file.

These models say what may be written. `check.py` says whether it makes sense, `script.py`
turns it into what `step` runs. The words of a turn are not here: they are in
`bot/prompts/<language>/<practice>.j2`, in blocks named after the turn.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonValue

#: Names of practices, turns, options and recalls: a letter, then letters, digits, underscores.
#: Two underscores together are kept for the names of blocks (`turn__low`).
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]


class Reading(StrEnum):
    """How an answer in words is to be understood."""

    #: As it stands.
    WORDS = "words"
    #: A place or an IANA name, kept as an IANA zone.
    ZONE = "zone"
    #: A time of day, kept as minutes after midnight.
    HOUR = "hour"


class Setting(StrEnum):
    """What an answer may set about its participant."""

    #: Their IANA zone.
    ZONE = "zone"
    #: The weekdays they like.
    DAYS = "days"
    #: The time of day they like.
    HOUR = "hour"
    #: Whether their words are kept (`yes`) or not (`no`, paper mode).
    KEEPS = "keeps"
    #: Between which hours prompts may come: `540-1200` is from 09:00 to 20:00.
    WINDOW = "window"
    #: The region whose public holidays are quiet for them, or `none`.
    HOLIDAYS = "holidays"
    #: The language of their prompts.
    LANGUAGE = "language"


class Circle(StrEnum):
    """Who may come to know an answer."""

    #: Its writer alone.
    OWN = "own"
    #: Its writer alone, until they choose to share it.
    SHARED = "shared"
    #: Nobody: it is not kept, and counts without a name when its giver says so.
    POOLED = "pooled"


class Level(StrEnum):
    """With whom somebody's own words may be shared, from few to all."""

    #: Whoever evaluates the programme; no name goes with it.
    EVALUATOR = "evaluator"
    #: Others, without the name.
    UNNAMED = "unnamed"
    #: Others, with the name.
    NAMED = "named"
    #: Anybody.
    PUBLIC = "public"


#: The levels at which the name goes with the words, where one was given.
NAMED = frozenset({Level.NAMED, Level.PUBLIC})
#: What the label of `public` is called where no name was given.
PUBLIC_NAMELESS = "public_nameless"
#: The option of a share that shares nothing: always there, first, and what silence means.
MINE = "mine"


class Request(StrEnum):
    """What a practice may ask of the house when it closes."""

    #: Take up the conversation that was set aside.
    RESUME = "resume"
    #: Close the conversation that was set aside and begin its practice anew.
    FRESH = "fresh"
    #: Close the conversation that was set aside; what was answered is kept.
    LEAVE = "leave"
    #: Change a kept answer as its message was changed after the end.
    AMEND = "amend"
    #: Take back what was given to counts or shared, as far as it was chosen.
    TAKE_BACK = "take_back"
    #: Join the circle that the conversation is about.
    JOIN_CIRCLE = "join_circle"
    #: Set up the circle that the conversation is about, as it was chosen.
    SET_UP_CIRCLE = "set_up_circle"
    #: Do with a circle what was chosen: a round now, hand it on, leave it.
    TEND_CIRCLE = "tend_circle"
    #: Do with a round of few voices what its host chose.
    DECIDE_ROUND = "decide_round"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Turn(_Model):
    id: Name = Field(description="The turn's name, unique in its practice.")
    to: Name | None = Field(
        default=None,
        description="The turn that follows. Without it, the next one in the file.",
    )


class _Answered(_Turn):
    kept: bool = Field(
        default=True,
        description="Whether the answer is kept. With `false`, conditions and words may speak of "
        "it while the conversation runs, and nothing keeps it.",
    )


class _Question(_Answered):
    circle: Circle = Field(
        default=Circle.OWN,
        description="Who may come to know the answer: `own`, `shared` once it is chosen to be, "
        "or `pooled`: not kept, and counted without a name when its giver says so.",
    )


class Say(_Turn):
    """Words that need no answer."""

    kind: Literal["say"]


class Ask(_Question):
    """A question answered in a person's own words; a photo or voice note is kept as such."""

    kind: Literal["ask"]
    reads: Reading = Field(
        default=Reading.WORDS, description="How the answer is to be understood."
    )
    sets: Setting | None = Field(
        default=None, description="What the answer sets about the person."
    )
    fresh_weeks: int | None = Field(
        default=None,
        ge=1,
        le=52,
        description="No wording of this question comes twice within so many weeks. "
        "Needs a block `turn__rest` for when all have been asked.",
    )
    goes_on_after: int | None = Field(
        default=None,
        ge=5,
        le=7 * 24 * 3600,
        description="After so many seconds in which nothing was written, the practice goes on by "
        "itself; what was written by then is the answer.",
    )


class Scale(_Question):
    """A whole number from 1 to `points`, with words at both ends."""

    kind: Literal["scale"]
    points: int = Field(default=5, ge=2, le=10)


class OptionOfSeveral(_Model):
    """One thing to choose, worded in the block `turn__option`."""

    id: Name
    to: Name | None = Field(default=None, description="The turn that follows this choice.")
    value: str | None = Field(
        default=None,
        max_length=60,
        description="What is set when the turn has `sets`: the option's name when there is no "
        'value, nothing at all when it is "".',
    )


class OptionOf(OptionOfSeveral):
    """One of those among which a person chooses one."""

    later: bool = Field(
        default=False,
        description="The question comes again later the same day; only where the day is nearly "
        "over does it go on as any option does.",
    )


#: How many options a choice has at least, unless it offers others.
_FEWEST = 2
_TWO_OPTIONS_OR_OFFERS: list[JsonValue] = [
    {"required": ["offers"]},
    {"required": ["options"], "properties": {"options": {"minItems": _FEWEST}}},
]


class Choice(_Question):
    """One of a few options, or of what is going on when it is asked."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _TWO_OPTIONS_OR_OFFERS})

    kind: Literal["choice"]
    offers: Literal["sessions"] | None = Field(
        default=None,
        description="`sessions`: before its own options it offers those that the conversation "
        "is about; without any it is passed over.",
    )
    options: tuple[OptionOf, ...] = Field(default=(), max_length=25, validate_default=True)
    sets: Setting | None = None

    @field_validator("options")
    @classmethod
    def _enough(cls, options: tuple[OptionOf, ...], info: ValidationInfo) -> tuple[OptionOf, ...]:
        """Two options at least, unless others come from outside."""
        if len(options) < _FEWEST and not info.data.get("offers"):
            message = f"`options` has fewer than {_FEWEST} entries; Give it at least {_FEWEST}."
            raise ValueError(message)
        return options


class Choices(_Question):
    """As many of the options as a person likes, then `done`."""

    kind: Literal["choices"]
    options: tuple[OptionOfSeveral, ...] = Field(min_length=2, max_length=25)
    sets: Setting | None = None


class Offer(_Model):
    """One anonymous count, and the answers that may go into it."""

    measure: Name = Field(description="What is counted; its label is `turn__measure`.")
    of: tuple[Name, ...] = Field(
        min_length=1,
        max_length=20,
        description="Scales, choices or recalls of such; without an answer there is no offer.",
    )
    at: Name | None = Field(
        default=None, description="The choice whose answer says which session it is about."
    )


class Pool(_Turn):
    """Offers what may go into anonymous counts; nothing is chosen unless a person does so."""

    kind: Literal["pool"]
    offers: tuple[Offer, ...] = Field(min_length=1, max_length=10)


class Share(_Turn):
    """Shows a person their own words, and offers to share them; nothing is shared otherwise."""

    kind: Literal["share"]
    of: tuple[Name, ...] = Field(
        min_length=1,
        max_length=10,
        description="The questions in words whose answers it shows; with `round`, scales too, "
        "each worded in the block `turn__scale`.",
    )
    at: Name | None = Field(
        default=None, description="The choice whose answer says which session it is about."
    )
    name: Name | None = Field(
        default=None,
        description="The question whose answer is the name that goes with it, where it is named.",
    )
    levels: tuple[Level, ...] = Field(
        min_length=1,
        max_length=4,
        description="With whom it may be shared, in this order; `mine` is always there, first.",
    )
    round: bool = Field(
        default=False,
        description="It is shown to a circle, with all others' at once, when the round closes "
        "that the conversation is about; passed over when it is about none.",
    )
    question: Name | None = Field(
        default=None,
        description="Which of the answers is a question that the circle may take up.",
    )


class Path(_Model):
    """One way out of a branch, taken when its condition holds."""

    when: str = Field(max_length=300, description="A condition, such as `energy <= 2`.")
    to: Name


class Branch(_Turn):
    """Goes the first way whose condition holds; if none does, on as any turn does."""

    kind: Literal["branch"]
    paths: tuple[Path, ...] = Field(min_length=1, max_length=20)


class Recall(_Turn):
    """Shows a person their own earlier words; passed over when there are none."""

    kind: Literal["recall"]
    of: Name = Field(description="A name from the flow's `recalls`.")


class Wait(_Answered):
    """A quiet time with no answer; `next` or `done` ends it early."""

    kind: Literal["wait"]
    seconds: int = Field(ge=5, le=7 * 24 * 3600)


class SubFlow(_Turn):
    """Another practice, walked through in the middle of this one."""

    kind: Literal["practice"]
    practice: Name


class Close(_Turn):
    """The end: last words, and perhaps what follows."""

    kind: Literal["close"]
    begins: Name | None = Field(default=None, description="A practice that begins next.")
    request: Request | None = Field(default=None, description="What the house should do next.")


Turn = Annotated[
    Say | Ask | Scale | Choice | Choices | Pool | Share | Branch | Recall | Wait | SubFlow | Close,
    Field(discriminator="kind"),
]
#: The turns that wait for a person.
Question = Ask | Scale | Choice | Choices | Pool | Share


class RecallOf(_Model):
    """Which of a person's earlier answers comes back under a name."""

    turn: Name
    practice: Name | None = Field(default=None, description="This practice when empty.")
    which: Literal["latest", "before", "first"] = Field(
        default="latest",
        description="The latest answer, the one before the latest, or the first ever.",
    )
    after: Name | None = Field(
        default=None,
        description="Another of the `recalls`: what was said before that one no longer counts.",
    )
    within_days: int | None = Field(
        default=None, ge=1, le=366, description="What is older than so many days does not count."
    )


class Flow(_Model):
    """A practice as its YAML file holds it."""

    name: Name = Field(description="The practice's name, the same as its file's.")
    title: str = Field(min_length=1, max_length=60)
    summary: str = Field(
        default="", max_length=200, description="One sentence for whoever chooses a practice."
    )
    audience: str = Field(default="", max_length=160, description="Who it is for.")
    rhythm: str = Field(default="", max_length=160, description="How often it usually comes.")
    source: str = Field(
        default="", max_length=300, description="Where its structure comes from, in one line."
    )
    minutes: int = Field(ge=1, le=90, description="How long it takes, about.")
    listed: bool = Field(default=True, description="Whether `practise` offers it.")
    order: int = Field(
        default=100,
        ge=0,
        le=1000,
        description="Its place in the menu: the lower the earlier; equals go by title.",
    )
    recalls: dict[Name, RecallOf] = Field(default_factory=dict)
    turns: tuple[Turn, ...] = Field(min_length=1, max_length=200)
