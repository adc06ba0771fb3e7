"""Slack as a platform: the port's methods, and the way in of everything that comes.

Nothing is read back from Slack, for it may not let us: what a message says is remembered while
its buttons stand, or told with a press. No message is ever changed into one that says less.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from typing import Any

import structlog

from bot.adapters.port import (
    Hear,
    Pace,
    Receipt,
    Refused,
    Throttled,
    Undeliverable,
    Unreachable,
)
from bot.adapters.slack import fields, views, writing
from bot.adapters.slack.beside import Beside
from bot.adapters.slack.calls import Calls
from bot.adapters.slack.came import Answer, Came, Heard, Seen
from bot.adapters.slack.files import Files
from bot.adapters.slack.messages import name_of
from bot.adapters.slack.profiles import Profiles
from bot.adapters.slack.reading import is_limited, read, team_of, whose
from bot.adapters.slack.remembering import Newest, Turns
from bot.adapters.slack.titles import title_of
from bot.adapters.slack.transport import SLACK, Transport
from bot.adapters.slack.workspaces import Workspace, Workspaces, is_group, parts_of
from bot.records import (
    NOTHING,
    Drafted,
    Inbound,
    Left,
    Media,
    Outbound,
    Parted,
    Platform,
    Profiled,
    Reply,
    Shown,
    Sought,
    Unfolded,
    Words,
)

#: How many messages with buttons are remembered until these go, and how many events with files.
MOST_SEEN, MOST_EVENTS = 2_000, 10_000
#: What Slack says of a thread that is not there, or that nobody can reply in.
THREADLESS = frozenset({"cannot_reply_to_message", "invalid_thread_ts", "thread_not_found"})
LIMITED_DETAIL = (
    "Slack holds events back, for there were more than 30,000 in an hour (app_rate_limited). "
    "What people said meanwhile may be lost: let the app ask for fewer kinds of events."
)

Tell = Callable[[bool, str], Awaitable[None]]

_log = structlog.get_logger("slack")


async def nobody(_well: bool, _detail: str) -> None:  # noqa: FBT001 - It is a Tell.
    """Tell nobody."""


class Slack:
    """One app in all the workspaces that let it in. `take` is what comes in, all else goes out."""

    platform = Platform.SLACK
    limits = writing.LIMITS
    #: Slack's limits: one message a second in a channel, several hundred a minute in a workspace.
    pace = Pace(bot=20, chat=timedelta(seconds=1), group=timedelta(seconds=1), is_group=is_group)

    def __init__(self, workspaces: Workspaces, base_url: str = SLACK, tell: Tell = nobody) -> None:
        self._workspaces = workspaces
        self._transport = Transport(base_url)
        self._calls = Calls(self._transport, workspaces)
        self._files = Files(self._transport, self._calls)
        self._profiles = Profiles(self._calls)
        self._beside = Beside(self._calls)
        self._tell = tell
        self._turns = Turns()
        #: Messages that have buttons, by their place and name; None once these are gone for good.
        self._seen: Newest[tuple[str, str], Seen | None] = Newest(MOST_SEEN)
        #: Events whose files were heard, for Slack may bring them again.
        self._fetched: Newest[str, None] = Newest(MOST_EVENTS)

    # --- what goes out ------------------------------------------------------------------

    async def send(self, place: str, message: Outbound) -> Receipt:
        """Hand over one message or one file, beside its thread when that is gone.

        Raises Undeliverable.
        """
        try:
            return await self._sent(place, message)
        except Refused as error:
            if not message.thread or error.reason not in THREADLESS:
                raise
        return await self._sent(place, replace(message, thread=""))

    async def _sent(self, place: str, message: Outbound) -> Receipt:
        if message.files:
            thread = writing.stamp_of(message.thread)
            return await self._files.send(place, message.files[0], thread)
        team, whom = parts_of(place)
        params = writing.written(message)
        told = await self._calls.call(team, "chat.postMessage", {"channel": whom, **params})
        channel, ts = fields.room(told, "channel"), fields.stamp(told, "ts")
        if not channel or not ts:
            raise Unreachable("odd answer", uncertain=True)
        self._beside.note(place, channel)
        name = name_of(channel, ts)
        if message.options or message.window:
            words = writing.words_of(params)
            self._seen.put((place, name), Seen(place=place, message=name, words=words))
        return Receipt(message=name)

    async def sign_of_life(self, place: str) -> None:
        """React to what somebody said last, once; returns at once."""
        self._beside.react(place)

    async def show(self, place: str, shown: Shown) -> None:
        """Change the buttons of a message; when all go, say what was chosen."""
        seen = self._seen.get((place, shown.message))
        if seen is None:
            return  # Slack wants all of its words again, and these are not known.
        (team, _), (channel, _, ts) = parts_of(place), shown.message.partition(":")
        params = writing.shown(seen.words, shown)
        try:
            await self._calls.call(team, "chat.update", {"channel": channel, "ts": ts, **params})
        except Undeliverable as error:
            _log.info("buttons were not changed", reason=error.reason)
        else:
            if not shown.options:
                self._seen.put((place, shown.message), None)

    async def rewrite(self, place: str, name: str, message: Outbound) -> bool:
        """Say a message anew; its place in its channel and in its thread stays.

        One that is gone, that is not ours or that is a file stays as it is.
        """
        (team, there), (channel, _, _) = parts_of(place), name.partition(":")
        channel = there if is_group(place) else channel  # It has another id now and then.
        ts = writing.stamp_of(name)
        if not channel or not ts:
            return True
        params = writing.rewritten(message)
        try:
            await self._calls.call(team, "chat.update", {"channel": channel, "ts": ts, **params})
        except (Throttled, Unreachable) as error:
            _log.info("a message is not changed yet", reason=error.reason)
            return False
        except Undeliverable as error:
            _log.info("a message was not changed", reason=error.reason)
            return True
        stays = bool(message.options or message.window)
        words = writing.words_of(params)
        self._seen.put(
            (place, name), Seen(place=place, message=name, words=words) if stays else None
        )
        return True

    async def belongs(self, place: str, person: str) -> bool | None:
        """Nobody, when it is asked: a press in a channel says by itself that its presser is there.

        Whoever brings a code otherwise has typed it.
        """
        del place, person
        return False

    async def close(self) -> None:
        """End what is done beside, and let go of connections."""
        await self._beside.close()
        await self._transport.close()

    # --- what comes in ------------------------------------------------------------------

    async def take(self, payload: Mapping[str, Any], hear: Hear) -> Mapping[str, Any] | None:
        """Take what Slack brought; once this returns, it may be acknowledged with the result.

        Raises what `hear` and the workspaces raise; then Slack brings an event again.
        """
        if is_limited(payload):
            _log.warning("Slack holds events back")
            self._beside.do(self._told(LIMITED_DETAIL))
            return None
        team = team_of(payload)
        async with self._turns.turn(f"{team}:{whose(payload)}"):
            ours = await self._workspaces.get(team) if team else None
            came = read(payload, ours) if ours is not None else None
            if ours is None or came is None:
                return None
            if came.gone:
                await self._calls.leave(ours, came.gone)
                return None
            return await self._taken(came, ours, hear)

    async def _taken(self, came: Came, ours: Workspace, hear: Hear) -> Mapping[str, Any] | None:
        reply = NOTHING
        self._note(came)
        for heard in came.heard:
            if heard.file is not None and heard.inbound.id in self._fetched:
                continue
            if await self._is_nobody(heard.inbound):
                continue
            told = await hear(await self._whole(heard, ours))
            reply = told if told != NOTHING else reply
            if heard.file is not None:
                self._fetched.put(heard.inbound.id, None)
        if came.heard:
            self._beside.show(came, came.heard[-1].inbound.place, reply)
        return _answer(came, reply)

    async def _is_nobody(self, inbound: Inbound) -> bool:
        """Whether it was another bot that went; Slack tells of these as of people."""
        return isinstance(inbound.body, Parted) and await self._profiles.is_bot(inbound.by)

    def _note(self, came: Came) -> None:
        """Remember where somebody is, and which message they pressed.

        What we know of a message is newer than what their screen showed when they pressed it.
        """
        if came.heard and came.heard[0].inbound.group is is_group(f":{came.channel}"):
            self._beside.note(came.heard[0].inbound.place, came.channel, came.said)
        if (seen := came.seen) is not None and (seen.place, seen.message) not in self._seen:
            self._seen.put((seen.place, seen.message), seen)

    async def _whole(self, heard: Heard, ours: Workspace) -> Inbound:
        """What came, with what belongs to it."""
        inbound = await self._known(heard.inbound)
        if heard.nameless:
            return replace(inbound, title=await title_of(self._calls, ours.id, heard.nameless))
        if heard.file is None or not isinstance(inbound.body, Words):
            return inbound
        await self.sign_of_life(inbound.place)
        file = await self._files.fetch(ours.id, heard.file)
        if isinstance(file, Media):
            return replace(inbound, body=replace(inbound.body, media=file))
        return replace(inbound, body=replace(inbound.body, unkept=file))

    async def _known(self, inbound: Inbound) -> Inbound:
        """What somebody told, with what their profile says of them."""
        match inbound.body:
            case Profiled():
                self._profiles.learn(inbound.place, inbound.zone, inbound.language)
                return inbound
            case Sought():
                return replace(inbound, id=token_hex(16))
            case Drafted() | Unfolded() | Left():
                return inbound  # It is in a hurry, or past.
            case _:
                pass
        if inbound.group:
            return inbound
        zone, language = await self._profiles.of(inbound.place)
        return replace(inbound, zone=zone, language=language)

    async def _told(self, detail: str) -> None:
        try:
            await self._tell(False, detail)  # noqa: FBT003 - Well, then in which words.
        except Exception as error:  # noqa: BLE001 - The database may be away just now.
            _log.warning("health could not be told", error=type(error).__name__)


def _answer(came: Came, reply: Reply) -> Mapping[str, Any] | None:
    """What the acknowledgement says."""
    match came.answer:
        case Answer.COMMAND if reply.toast:
            return {"response_type": "ephemeral", **writing.literally(reply.toast)}
        case Answer.FOUND:
            return {"options": [views.option(each) for each in reply.found[: views.MOST_OPTIONS]]}
        case _:
            return None
