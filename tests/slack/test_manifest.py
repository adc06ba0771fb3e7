"""The app manifest: what Slack would take, and no more asked of anybody than is needed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft7Validator

from bot.adapters.slack.channels import OF_CHANNELS
from bot.adapters.slack.manifest import COMMAND, EVENTS, SCOPES, dumped, link, manifest
from tests.commands.skerry import Skerry
from tests.fakes.slack.server import METHODS
from tests.fakes.slack.world import EVENTS as NEEDED

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
PUBLIC = "https://skerry.example"
KINDS = {
    "socket": manifest(),
    "http": manifest(PUBLIC, socket=False),
    "many": manifest(PUBLIC, socket=False, many=True),
    "socket and many": manifest(PUBLIC, many=True),
}
#: What `commands` and `files:read` let us do is no method: Slack brings commands, and files are
#: fetched from an address of their own.
NO_METHOD = {"commands", "files:read"}


def strings(most: int, least: int = 1, pattern: str = "") -> Json:
    rule: Json = {"type": "string", "minLength": least, "maxLength": most}
    return rule | ({"pattern": pattern} if pattern else {})


def listed(item: Json, most: int) -> Json:
    return {"type": "array", "items": item, "maxItems": most, "uniqueItems": True}


def whole(**properties: Json) -> Json:
    """All of these, and nothing else."""
    known = {name.removesuffix("_maybe"): rule for name, rule in properties.items()}
    needed = [name for name in properties if not name.endswith("_maybe")]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": needed,
        "properties": known,
    }


YES_NO: Json = {"type": "boolean"}
ADDRESS = strings(3000, pattern="^https://")
#: The rules of Slack's manifest, version 1, for the parts we use, in our own words: the limits
#: are those of Slack's reference. What we do not use is not allowed, so that it is looked up.
RULES = whole(
    _metadata=whole(major_version={"const": 1}, minor_version={"type": "integer"}),
    display_information=whole(
        name=strings(35),
        description=strings(140),
        long_description=strings(4000, 175),
        background_color=strings(7, 4, "^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
    ),
    features=whole(
        app_home=whole(
            home_tab_enabled=YES_NO,
            messages_tab_enabled=YES_NO,
            messages_tab_read_only_enabled=YES_NO,
        ),
        bot_user=whole(display_name=strings(80), always_online=YES_NO),
        slash_commands=listed(
            whole(
                command=strings(32, 2, "^/"),
                description=strings(2000),
                usage_hint=strings(1000),
                should_escape=YES_NO,
                url_maybe=ADDRESS,
            ),
            50,
        ),
    ),
    oauth_config=whole(
        scopes=whole(bot=listed(strings(50), 255)),
        redirect_urls_maybe=listed(strings(2500, pattern="^https://"), 1000),
    ),
    settings=whole(
        event_subscriptions=whole(bot_events=listed(strings(50), 100), request_url_maybe=ADDRESS),
        interactivity=whole(
            is_enabled=YES_NO, request_url_maybe=ADDRESS, message_menu_options_url_maybe=ADDRESS
        ),
        org_deploy_enabled={"const": False},
        socket_mode_enabled=YES_NO,
        token_rotation_enabled={"const": False},
    ),
)


@pytest.fixture
def skerry(tmp_path: Path) -> Skerry:
    """A folder to run in."""
    return Skerry(tmp_path)


each_kind = pytest.mark.parametrize("made", KINDS.values(), ids=KINDS)


@each_kind
def test_it_keeps_to_slacks_rules(made: Json) -> None:
    Draft7Validator.check_schema(RULES)
    assert list(Draft7Validator(RULES).iter_errors(made)) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"display_information": {"name": "x" * 36}},
        {"settings": {"org_deploy_enabled": True}},
        {"features": {"slash_commands": [{"command": "skerry"}]}},
        {"unknown": {}},
    ],
)
def test_the_rules_refuse_what_slack_refuses(spoilt: Json) -> None:
    made = manifest() | spoilt
    assert list(Draft7Validator(RULES).iter_errors(made))


def test_with_socket_mode_slack_needs_no_address() -> None:
    assert "://" not in dumped(manifest())


def test_over_http_everything_comes_to_one_address() -> None:
    made = manifest(PUBLIC, socket=False)
    events = f"{PUBLIC}/slack/events"
    (command,) = made["features"]["slash_commands"]
    assert (command["command"], command["url"]) == (COMMAND, events)
    assert made["settings"]["event_subscriptions"]["request_url"] == events
    assert made["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": events,
        "message_menu_options_url": events,
    }
    assert "redirect_urls" not in made["oauth_config"]


def test_for_many_workspaces_people_come_back_to_our_page() -> None:
    for kind in ("many", "socket and many"):
        assert KINDS[kind]["oauth_config"]["redirect_urls"] == [f"{PUBLIC}/slack/install"]


@each_kind
def test_people_can_write_in_the_messages_tab(made: Json) -> None:
    assert made["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def called() -> set[str]:
    """The methods that the adapter names."""
    folder = ROOT / "bot" / "adapters" / "slack"
    sources = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    return {name for name in METHODS if f'"{name}"' in sources}


def test_what_is_called_and_brought_is_allowed() -> None:
    for method in called():
        needs = METHODS[method].scopes
        assert not needs or set(needs) & set(SCOPES), method
    for event in EVENTS:
        assert NEEDED[event] in {"", *SCOPES}, event


def test_no_scope_is_asked_for_nothing() -> None:
    needed = {scope for method in called() for scope in METHODS[method].scopes}
    needed |= {NEEDED[event] for event in EVENTS}
    assert set(SCOPES) - NO_METHOD <= needed


def rows(heading: str) -> dict[str, str]:
    """A table of docs/slack.md: what stands in its first column, with the rest."""
    text = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    part = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `([\w:.]+)` \| (.+?) \|$", part, re.MULTILINE))


def test_each_scope_and_event_is_explained_and_no_other() -> None:
    told = rows("What Skerry may do")
    assert {name for name in told if ":" in name or name == "commands"} == set(SCOPES)
    assert {name for name in told if ":" not in name and name != "commands"} == set(EVENTS)
    assert all(len(why) > 20 for why in told.values())


def test_all_that_is_read_of_channels_is_subscribed_to() -> None:
    assert set(EVENTS) >= OF_CHANNELS


def test_a_command_prints_it(skerry: Skerry) -> None:
    assert json.loads(skerry.does("slack", "manifest")) == KINDS["socket"]
    assert json.loads(skerry.does("slack", "manifest", "--url", f"{PUBLIC}/")) == KINDS["http"]
    many = ("slack", "manifest", "--url", PUBLIC, "--many")
    assert json.loads(skerry.does(*many)) == KINDS["many"]
    assert "https addresses alone" in skerry.refuses("slack", "manifest", "--url", "http://x")
    assert "https addresses alone" in skerry.refuses("slack", "manifest", "--many")


def test_it_is_the_right_one_for_the_settings(skerry: Skerry) -> None:
    over_http = skerry.with_(
        SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="made-up-secret", PUBLIC_URL=PUBLIC
    )
    assert json.loads(over_http.does("slack", "manifest")) == KINDS["http"]
    many = skerry.with_(
        SLACK_APP_TOKEN="xapp-1",
        SLACK_CLIENT_ID="1.2",
        SLACK_CLIENT_SECRET="made-up-secret",
        PUBLIC_URL=PUBLIC,
    )
    assert json.loads(many.does("slack", "manifest")) == KINDS["socket and many"]


def test_a_link_carries_the_whole_of_it(skerry: Skerry) -> None:
    address = skerry.does("slack", "manifest", "--link").strip()
    assert address == link(manifest())
    assert "+" not in address
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "api.slack.com", "/apps")
    query = parse_qs(parts.query)
    assert query["new_app"] == ["1"]
    assert json.loads(query["manifest_json"][0]) == manifest()
