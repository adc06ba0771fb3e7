"""What people do with buttons, menus and modals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack import answers
from tests.fakes.slack.accounts import User
from tests.fakes.slack.post import Answer, Parcel, Sort
from tests.fakes.slack.records import Channel, Kind, Message, Team
from tests.fakes.slack.screens import View
from tests.fakes.slack.surfaces import MANY, Values, find, option, put, state, wrongs
from tests.fakes.slack.world import World

Json = dict[str, Any]

ENTER = "on_enter_pressed"
CHARACTER = "on_character_entered"
TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
PICKERS = ("datepicker", "timepicker", "datetimepicker", "users_select", "multi_users_select")
MENUS = (
    "static_select",
    "external_select",
    "radio_buttons",
    "multi_static_select",
    "multi_external_select",
    "checkboxes",
    "overflow",
)


@dataclass(eq=False)
class Hands:
    """Somebody before a screen."""

    world: World
    team: Team
    user: User
    channel: Channel
    #: What Slack told them went wrong.
    errors: list[str] = field(default_factory=list)
    #: What they put into the elements of each message.
    put_in: dict[Message, Values] = field(default_factory=dict)
    #: What was last offered to them in an external menu, by its action id.
    offered: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def modals(self) -> list[View]:
        """The modals that are open, the topmost last."""
        return [one for one in self._views("modal") if not one.closed]

    @property
    def modal(self) -> View:
        """The modal on top."""
        return self.modals[-1]

    @property
    def home(self) -> View | None:
        """The app's Home as it stands for them."""
        return next(iter(self._views("home")), None)

    @property
    def whispers(self) -> list[Message]:
        """What only they can see, wherever it was said."""
        everywhere = (one for room in self.team.channels.values() for one in room.transcript)
        return [message for message in everywhere if message.only_for == self.id]

    def presses(self, surface: Message | View, button: str) -> Parcel:
        """A button, by what it says or by its action id or value."""
        block, element = find(surface, button, ("button",))
        return self.sends_press(surface, element, block["block_id"])

    def sends_press(self, surface: Message | View, element: Json, block_id: str) -> Parcel:
        """A press of any button, though the surface has it no more: a stale screen."""
        kept = ("action_id", "type", "text", "value", "style", "url")
        told = {key: element[key] for key in kept if key in element}
        return self._acts(surface, told | {"block_id": block_id})

    def picks(self, surface: Message | View, menu: str, *wanted: str) -> Parcel | None:
        """Options of a menu, of radio buttons or of checkboxes; none clears it."""
        block, element = find(surface, menu, MENUS)
        offered = self.offered.get(element["action_id"], [])
        chosen = [option(element, one, offered) for one in wanted]
        if len(chosen) > element.get("max_selected_items", len(chosen)):
            raise LookupError("More than may be selected.")
        if element["type"] == "overflow":
            return self._chooses(surface, block, element, {"selected_option": chosen[0]})
        one = chosen[0] if chosen else None
        return self._puts(surface, block, element, chosen if element["type"] in MANY else one)

    def sets(self, surface: Message | View, picker: str, value: Any) -> Parcel | None:  # noqa: ANN401
        """A date, a time or somebody, in a picker."""
        block, element = find(surface, picker, PICKERS)
        return self._puts(surface, block, element, value)

    def types(
        self, surface: Message | View, box: str, typed: str, *, enter: bool = False
    ) -> Parcel | None:
        """Text into an input, perhaps with Enter at its end."""
        block, element = find(surface, box, TEXTS)
        told = put(self._values(surface), block, element, typed or None)
        asked = element.get("dispatch_action_config", {}).get("trigger_actions_on", [ENTER])
        if not block.get("dispatch_action") or (ENTER if enter else CHARACTER) not in asked:
            return None
        return self._chooses(surface, block, element, told)

    async def searches(self, surface: Message | View, menu: str, typed: str) -> list[str]:
        """What an external menu offers for this."""
        block, element = find(surface, menu, ("external_select", "multi_external_select"))
        if len(typed) < element.get("min_query_length", 3):
            return []
        asked = self._told("block_suggestion") | self._on(surface)
        asked |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
        parcel = self._sends(asked, surface, answers.offers(self, element))
        await parcel.settled()
        return [one["text"]["text"] for one in self.offered.get(element["action_id"], [])]

    def submits(self, view: View | None = None) -> Parcel | None:
        """A modal; the client itself keeps back what is not filled in as it must be."""
        view = view or self.modal
        values = state(view, view.values)
        view.errors = wrongs(view, values)
        if view.errors:
            return None
        trigger = self.world.trigger(self.team, self.id, view.id)
        asked = self._told("view_submission") | {"trigger_id": trigger, "response_urls": []}
        asked["view"] = view.wire | {"state": {"values": values}}
        return self._sends(asked, view, answers.submission(self, view))

    def closes(self, view: View | None = None, *, all_of_them: bool = False) -> list[Parcel]:
        """A modal, by its close button or by the cross which closes all."""
        leaving = self.modals if all_of_them else [view or self.modal]
        return [told for one in reversed(leaving) if (told := self._closes(one, all_of_them))]

    def _closes(self, view: View, cleared: bool) -> Parcel | None:  # noqa: FBT001
        view.closed = True
        if not view.content.get("notify_on_close"):
            return None
        asked = self._told("view_closed") | {"view": view.wire, "is_cleared": cleared}
        return self._sends(asked, view, answers.plain(self))

    def _puts(
        self,
        surface: Message | View,
        block: Json,
        element: Json,
        value: Any,  # noqa: ANN401
    ) -> Parcel | None:
        told = put(self._values(surface), block, element, value)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        return self._chooses(surface, block, element, told)

    def _chooses(
        self, surface: Message | View, block: Json, element: Json, chosen: Json
    ) -> Parcel:
        told = {"type": element["type"], "action_id": element["action_id"]}
        kept = {key: element[key] for key in ("placeholder",) if key in element}
        return self._acts(surface, told | {"block_id": block["block_id"]} | chosen | kept)

    def _acts(self, surface: Message | View, action: Json) -> Parcel:
        """One action on a surface; in a channel, by whoever is in it."""
        if isinstance(surface, Message) and self.id not in surface.channel.members:
            raise LookupError("Only who is in a channel can press what stands there.")
        view = surface.id if isinstance(surface, View) else ""
        asked = self._told("block_actions") | self._on(surface)
        asked["trigger_id"] = self.world.trigger(self.team, self.id, view)
        if isinstance(surface, Message):
            asked["state"] = {"values": state(surface, self._values(surface))}
            asked["response_url"] = self.response_url(surface.channel, surface)
        asked["actions"] = [action | {"action_ts": self.world.ts()}]
        return self._sends(asked, surface, answers.plain(self))

    def _on(self, surface: Message | View) -> Json:
        """Where an interaction arose."""
        if isinstance(surface, View):
            wire = surface.wire | {"state": {"values": state(surface, surface.values)}}
            return {"container": {"type": "view", "view_id": surface.id}, "view": wire}
        channel = surface.channel
        container = {
            "type": "message",
            "message_ts": surface.ts,
            "channel_id": channel.id,
            "is_ephemeral": bool(surface.only_for),
        }
        name = {Kind.IM: "directmessage", Kind.GROUP: "privategroup"}.get(
            channel.kind, channel.name
        )
        told: Json = {"container": container, "channel": {"id": channel.id, "name": name}}
        return told if surface.only_for else told | {"message": surface.wire}

    def _told(self, kind: str) -> Json:
        """What every interaction tells."""
        return {
            "type": kind,
            "user": {
                "id": self.id,
                "username": self.user.handle,
                "name": self.user.handle,
                "team_id": self.team.id,
            },
            "api_app_id": self.world.app_id,
            "token": self.world.verification,
            "team": {"id": self.team.id, "domain": self.team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _sends(
        self, asked: Json, surface: Message | View, then: Callable[[Parcel, Answer], None]
    ) -> Parcel:
        channel = surface.channel.id if isinstance(surface, Message) else ""
        parcel = Parcel(Sort.INTERACTION, self.team.id, asked, channel)
        parcel.then = lambda answer: then(parcel, answer)
        return self.world.post.send(parcel)

    def _values(self, surface: Message | View) -> Values:
        if isinstance(surface, View):
            return surface.values
        return self.put_in.setdefault(surface, {})

    def _views(self, kind: str) -> list[View]:
        mine = (one for one in self.world.views.values() if one.user == self.id)
        return [one for one in mine if one.team == self.team.id and one.type == kind]

    def response_url(self, channel: Channel, message: Message | None) -> str:
        """An address at which the app may answer, five times."""
        name = f"{self.team.id}/{self.world.number('response', 7001)}"
        self.world.responses[name] = [channel, message, self.id, answers.USES]
        return f"{self.world.origin}/actions/{name}"

    def answered_command(self, parcel: Parcel, where: Channel, answer: Answer) -> None:
        """What the app answered to a command."""
        answers.command(self, parcel, where, answer)
