"""The methods about the bot itself: its name, commands, descriptions and files."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.fakes.telegram.faults import bad
from tests.fakes.telegram.markup import units
from tests.fakes.telegram.wire import listed
from tests.fakes.telegram.world import World

Json = dict[str, Any]

LARGEST_DOWNLOAD = 20 * 2**20
MOST_COMMANDS = 100
#: Not in the documentation: bots have measured where longer menus are refused.
MOST_COMMAND_BYTES = 7800
LONGEST_COMMAND = 32
LONGEST_COMMAND_DESCRIPTION = 256
LONGEST_DESCRIPTION = 512
LONGEST_SHORT_DESCRIPTION = 120
SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
}


def get_me(world: World, _params: Json) -> Json:
    return world.me.wire | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_file(world: World, params: Json) -> Json:
    file = world.files.get(str(params.get("file_id") or ""))
    if file is None:
        raise bad("invalid file_id")
    if len(file.content) > LARGEST_DOWNLOAD:
        raise bad("file is too big")
    return file.wire | {"file_path": file.path}


def place(params: Json) -> tuple[str, str]:
    """Which commands are meant: whose, and in which language."""
    scope = params.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    named = ":".join(str(scope[key]) for key in ("type", "chat_id", "user_id") if key in scope)
    return named, language(params)


def language(params: Json) -> str:
    code = str(params.get("language_code") or "")
    if not re.fullmatch(r"([a-z]{2})?", code):
        raise bad("LANG_CODE_INVALID")
    return code


def set_my_commands(world: World, params: Json) -> bool:
    where = place(params)
    commands = listed(params, "commands")
    kept = [checked(one) for one in commands]
    size = len(json.dumps(kept, ensure_ascii=False).encode())
    if len(kept) > MOST_COMMANDS or size > MOST_COMMAND_BYTES:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    if kept:
        world.commands[where] = kept
    else:
        world.commands.pop(where, None)
    world.changed()
    return True


def checked(one: Json) -> Json:
    """A command for the menu, as Telegram keeps it."""
    command = str(one.get("command") or "").strip().removeprefix("/")
    description = str(one.get("description") or "").strip()
    if not command:
        raise bad("command must be non-empty")
    if len(command) > LONGEST_COMMAND:
        raise bad(f"command length must not exceed {LONGEST_COMMAND}")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > LONGEST_COMMAND_DESCRIPTION:
        raise bad(f"command description length must not exceed {LONGEST_COMMAND_DESCRIPTION}")
    if not re.fullmatch(r"[a-z0-9_]+", command):
        raise bad("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


def get_my_commands(world: World, params: Json) -> list[Json]:
    return world.commands.get(place(params), [])


def delete_my_commands(world: World, params: Json) -> bool:
    world.commands.pop(place(params), None)
    world.changed()
    return True


def describe(world: World, params: Json, field: str) -> bool:
    longest, why = (LONGEST_DESCRIPTION, "BOT_DESCRIPTION_TOO_LONG")
    if field == "short_description":
        longest, why = (LONGEST_SHORT_DESCRIPTION, "BOT_SHARE_TEXT_TOO_LONG")
    said = str(params.get(field) or "")
    if units(said) > longest:
        raise bad(why)
    world.descriptions[field, language(params)] = said
    world.changed()
    return True


def described(world: World, params: Json, field: str) -> Json:
    return {field: world.descriptions.get((field, language(params)), "")}
