"""views.*: modals and the Home tab.

That a trigger which arose in a modal is wanted for views.push, and only there, is documented;
with which error another is refused is not: here `invalid_trigger_id`. Nor is it whether a view
that is refused uses up its trigger: here it does not. A modal which opens replaces what was open.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from tests.fakes.slack.calls import Call
from tests.fakes.slack.faults import Refusal, missing
from tests.fakes.slack.records import Team
from tests.fakes.slack.screens import Trigger, View
from tests.fakes.slack.views import checked_view
from tests.fakes.slack.wire import needed, string, structured
from tests.fakes.slack.world import World

Json = dict[str, Any]

#: How many modals may lie one upon another.
DEEPEST = 3


def open_view(call: Call) -> Json:
    """views.open."""
    trigger = find_trigger(call)
    content = _content(call, "modal")
    _use(trigger)
    for one in _stack(call.world, call.team, trigger.user):
        one.closed = True
    return _made(call, show(call.world, call.team, trigger.user, content))


def push(call: Call) -> Json:
    """views.push."""
    trigger = find_trigger(call)
    content = _content(call, "modal")
    below = call.world.views.get(trigger.view)
    if below is None or below.type != "modal":
        raise Refusal("invalid_trigger_id")
    if len(_stack(call.world, call.team, trigger.user)) >= DEEPEST:
        raise Refusal("push_limit_reached")
    _use(trigger)
    return _made(call, show(call.world, call.team, trigger.user, content, below))


def update(call: Call) -> Json:
    """views.update."""
    name, external = string(call.params, "view_id"), string(call.params, "external_id")
    if not name and not external:
        raise missing("view_id")
    mine = (one for one in call.world.views.values() if one.team == call.team.id)
    open_ones = [one for one in mine if not one.closed]
    view = next(
        (
            one
            for one in open_ones
            if one.id == name or (external and one.content.get("external_id") == external)
        ),
        None,
    )
    if view is None:
        raise Refusal("not_found")
    _check_hash(call, view)
    renew(call.world, view, _content(call, view.type, view))
    return _made(call, view)


def publish(call: Call) -> Json:
    """views.publish."""
    person = call.team.users.get(needed(call.params, "user_id"))
    if person is None or person.is_bot or person.deleted:
        raise Refusal("user_not_found")
    mine = (one for one in call.world.views.values() if one.user == person.id)
    homes = (one for one in mine if one.team == call.team.id and one.type == "home")
    home = next(homes, None)
    content = _content(call, "home", home)
    if home is None:
        return _made(call, show(call.world, call.team, person.id, content))
    _check_hash(call, home)
    renew(call.world, home, content)
    return _made(call, home)


def find_trigger(call: Call) -> Trigger:
    """The trigger of a call, if it is still good."""
    trigger = call.world.triggers.get(needed(call.params, "trigger_id"))
    if trigger is None or trigger.team != call.team.id:
        raise Refusal("invalid_trigger_id")
    if trigger.used:
        raise Refusal("exchanged_trigger_id")
    if time.monotonic() - trigger.made > call.world.trigger_life:
        raise Refusal("expired_trigger_id")
    return trigger


def _use(trigger: Trigger) -> None:
    trigger.used = True


def show(world: World, team: Team, user: str, content: Json, below: View | None = None) -> View:
    """A new view before somebody."""
    view = View(world.name("V"), team.id, user, content, new_hash(world), team.app_id, team.bot_id)
    if below is not None:
        view.root, view.previous = below.root or below.id, below.id
    world.views[view.id] = view
    world.changed()
    return view


def renew(world: World, view: View, content: Json) -> None:
    """A view which is shown already reads otherwise now; what was put in stays where it can."""
    kept = {block["block_id"] for block in content["blocks"] if "block_id" in block}
    view.content, view.hash, view.errors = content, new_hash(world), {}
    view.values = {block: told for block, told in view.values.items() if block in kept}
    world.changed()


def new_hash(world: World) -> str:
    return f"{world.now}.{uuid4().hex[:8]}"


def _stack(world: World, team: Team, user: str) -> list[View]:
    mine = (one for one in world.views.values() if one.team == team.id and one.user == user)
    return [one for one in mine if one.type == "modal" and not one.closed]


def _content(call: Call, kind: str, known: View | None = None) -> Json:
    """The view of a call, checked."""
    content = checked_view(call.world, structured(call.params, "view", "invalid_arguments"), kind)
    external = content.get("external_id")
    others = (one for one in call.world.views.values() if one is not known and not one.closed)
    if external and any(
        one.content.get("external_id") == external and one.team == call.team.id for one in others
    ):
        raise Refusal("duplicate_external_id")
    return content


def _check_hash(call: Call, view: View) -> None:
    told = string(call.params, "hash")
    if told and told != view.hash:
        raise Refusal("hash_conflict")


def _made(call: Call, view: View) -> Json:
    call.world.note(call.method, call.team, "", view.id, call.params, view.text)
    return {"view": view.wire}
