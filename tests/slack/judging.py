"""What we make of blocks, judged twice: by the fake, and by `blockkit`, which builds them anew."""

from __future__ import annotations

import json
from typing import Any

import blockkit

from tests.fakes.slack.blocks import checked_blocks
from tests.fakes.slack.seen import blocks_seen, text_seen
from tests.fakes.slack.views import checked_view
from tests.fakes.slack.world import World

Json = dict[str, Any]

#: What Slack's types are called there.
KINDS: dict[str, Any] = {
    "actions": blockkit.Actions,
    "button": blockkit.Button,
    "checkboxes": blockkit.Checkboxes,
    "context": blockkit.Context,
    "datepicker": blockkit.DatePicker,
    "external_select": blockkit.ExternalSelect,
    "header": blockkit.Header,
    "home": blockkit.Home,
    "input": blockkit.Input,
    "modal": blockkit.Modal,
    "multi_static_select": blockkit.MultiStaticSelect,
    "plain_text_input": blockkit.PlainTextInput,
    "rich_text": blockkit.RichText,
    "rich_text_quote": blockkit.RichTextQuote,
    "rich_text_section": blockkit.RichTextSection,
    "section": blockkit.Section,
    "static_select": blockkit.StaticSelect,
    "text": blockkit.RichTextEl,
    "timepicker": blockkit.TimePicker,
}
#: What has no type of its own, by where it stands.
NAMED: dict[str, Any] = {
    "confirm": blockkit.Confirm,
    "dispatch_action_config": blockkit.DispatchActionConfig,
    "initial_option": blockkit.Option,
    "initial_options": blockkit.Option,
    "options": blockkit.Option,
}
WORLD = World()


def built(told: Any, name: str = "") -> Any:  # noqa: ANN401 - It is JSON, and then it is not.
    """The same, of blockkit's making."""
    if isinstance(told, list):
        return [built(each, name) for each in told]
    if not isinstance(told, dict):
        return told
    inside = {key: built(each, key) for key, each in told.items() if key != "type"}
    kind = told.get("type")
    if kind in {"plain_text", "mrkdwn"}:
        return blockkit.Text(type=kind, **inside)
    return (KINDS[kind] if kind else NAMED[name])(**inside)


def judge(params: Json) -> str:
    """A message is as Slack wants it, and calls nobody; what a person sees of it."""
    blocks = params["blocks"]
    made: Any = blockkit.Message(text=params["text"], blocks=built(blocks))
    told = made.build()
    assert told["blocks"] == blocks
    checked_blocks(WORLD, json.loads(json.dumps(blocks)))
    return judge_quiet(params)


def judge_quiet(params: Json) -> str:
    """A message calls nobody, and nothing in it is markup; what a person sees of it."""
    seen, beside = blocks_seen(params["blocks"]), text_seen(params["text"], mrkdwn=False)
    assert seen.mentions == beside.mentions == []
    assert seen.links == seen.styled == []
    assert "<" not in params["text"]
    literal = {"mrkdwn": False, "parse": "none", "link_names": False}
    assert {key: params[key] for key in literal} == literal
    return seen.text


def judge_view(view: Json) -> Json:
    """A view is as Slack wants it, and calls nobody; it, as Slack keeps it."""
    told = built(view).build()
    if "private_metadata" not in view:
        assert told.pop("private_metadata") == "null"  # It makes that of nothing.
    assert told == view
    kept = checked_view(WORLD, json.loads(json.dumps(view)), view["type"])
    assert blocks_seen(view["blocks"]).mentions == []
    return kept
