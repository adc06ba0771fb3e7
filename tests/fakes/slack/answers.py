"""What Slack does with the app's answer to an interaction or a command.

What a wrong answer shows to a person is hardly documented; the words here are Slack's where its
docs have them (`operation_timeout`, `dispatch_failed`), and `invalid_response` where not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.blocks import checked_blocks, checked_options
from tests.fakes.slack.faults import Refusal
from tests.fakes.slack.post import Answer, Parcel
from tests.fakes.slack.records import Channel, Message
from tests.fakes.slack.screens import View
from tests.fakes.slack.viewing import renew, show
from tests.fakes.slack.views import checked_view
from tests.fakes.slack.world import World

if TYPE_CHECKING:
    from tests.fakes.slack.hands import Hands

Json = dict[str, Any]
Then = Callable[[Parcel, Answer], None]

#: How often a `response_url` may be used.
USES = 5
LATE = {"timeout", "http_timeout"}


def failed(person: Hands, parcel: Parcel, why: str) -> None:
    """The person is told that it went wrong."""
    parcel.error = why
    person.errors.append(why)


def heard(person: Hands, parcel: Parcel, answer: Answer) -> bool:
    """Whether an answer came in time and was no error."""
    if answer.reason:
        late = answer.reason in LATE
        failed(person, parcel, "operation_timeout" if late else "dispatch_failed")
    return not answer.reason


def plain(person: Hands) -> Then:
    """A press, a pick or a closed view: what the answer carries is not looked at."""

    def then(parcel: Parcel, answer: Answer) -> None:
        heard(person, parcel, answer)

    return then


def offers(person: Hands, element: Json) -> Then:
    """The options of an external menu."""

    def then(parcel: Parcel, answer: Answer) -> None:
        person.offered[element["action_id"]] = []
        if not heard(person, parcel, answer):
            return
        try:
            person.offered[element["action_id"]] = checked_options(answer.body or {})
        except Refusal as refusal:
            failed(person, parcel, said(refusal))

    return then


def submission(person: Hands, view: View) -> Then:
    """A submitted modal: it closes, unless the answer says something else."""

    def then(parcel: Parcel, answer: Answer) -> None:
        if not heard(person, parcel, answer):
            return
        try:
            _submitted(person, view, answer.body or {})
        except Refusal as refusal:
            failed(person, parcel, said(refusal))
        person.world.changed()

    return then


def _submitted(person: Hands, view: View, told: Json) -> None:
    match told.get("response_action"):
        case None if not told:
            view.closed = True
        case "clear":
            for one in person.modals:
                one.closed = True
        case "errors":
            view.errors = _errors(view, told.get("errors"))
        case "update":
            renew(person.world, view, checked_view(person.world, told.get("view"), "modal"))
        case "push":
            content = checked_view(person.world, told.get("view"), "modal")
            show(person.world, person.team, person.id, content, view)
        case _:
            raise Refusal("invalid_response")


def _errors(view: View, told: Any) -> dict[str, str]:  # noqa: ANN401
    """What stands beside the fields: only beside input blocks which are there."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(told, dict) or not told or not set(told) <= inputs:
        raise Refusal("invalid_response")
    return {str(block): str(words) for block, words in told.items()}


def command(person: Hands, parcel: Parcel, where: Channel, answer: Answer) -> None:
    """What a slash command shows at once."""
    if not heard(person, parcel, answer) or not answer.body:
        return
    try:
        say(person.world, where, person.id, answer.body)
    except Refusal as refusal:
        failed(person, parcel, said(refusal))


def say(world: World, channel: Channel, person: str, told: Json) -> Message:
    """A message by an answer, for one person unless it says that it is for all."""
    text, blocks = str(told.get("text", "")), checked_blocks(world, told.get("blocks") or [])
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    alone = "" if told.get("response_type") == "in_channel" else person
    message = world.say(
        channel, channel.team.bot.id, text, blocks=blocks, by_bot=True, only_for=alone
    )
    world.accept("response", message, told)
    return message


def said(refusal: Refusal) -> str:
    """A refusal with where the fault is."""
    places = refusal.more.get("response_metadata", {}).get("messages", [])
    return ": ".join([refusal.error, *places])
