"""The six-turn check-in that every side of the reply bench plays: a scale, a choice, four asks."""

from __future__ import annotations

from bot.engine.flow import Flow
from bot.flows.practice import Library, Practice, speakable
from bot.prompts.words import read

#: What is said to the six turns; about as long as people write.
REPLIES = (
    "3",
    "In part",
    "We talked about the beds for an hour and nobody asked the night staff what they had seen.",
    "I wanted to listen, and I explained.",
    "I think that I took their silence for agreement.",
    "Tomorrow I will ask one question first, and wait.",
)
PROMPTS = (
    "How much energy do you have today?",
    "Did you try it?",
    "What happened?",
    "Where did your aim and what you did not fit together?",
    "What may change?",
    "What will you try next?",
)
_FLOW = Flow.model_validate(
    {
        "name": "checkin",
        "title": "A check-in",
        "minutes": 5,
        "turns": [
            {"id": "energy", "kind": "scale"},
            {
                "id": "tried",
                "kind": "choice",
                "options": [{"id": "yes"}, {"id": "part"}, {"id": "no"}],
            },
            {"id": "happened", "kind": "ask"},
            {"id": "gap", "kind": "ask"},
            {"id": "change", "kind": "ask"},
            {"id": "try_next", "kind": "ask"},
            {"id": "end", "kind": "close", "begins": "checkin"},
        ],
    }
)
_LABELS = {
    "energy__low": "Little",
    "energy__high": "Plenty",
    "tried__yes": "Yes",
    "tried__part": "In part",
    "tried__no": "Not yet",
    "end": "Thank you.",
}


def library() -> Library:
    """A library with that practice alone, under the names of those the house begins by itself."""
    names = [turn.id for turn in _FLOW.turns]
    blocks = dict(zip(names, PROMPTS, strict=False)) | _LABELS
    source = "\n".join(
        f"{{% block {name} %}}{text}{{% endblock %}}" for name, text in blocks.items()
    )
    words = read(source.encode(), "en", speakable(_FLOW)).words
    if words is None:
        message = "the bench's words cannot be read"
        raise ValueError(message)
    practice = Practice(flow=_FLOW, words={"en": words}, file="")
    join = Practice(flow=_FLOW.model_copy(update={"name": "join"}), words={"en": words}, file="")
    return Library(practices={"checkin": practice, "join": join})
