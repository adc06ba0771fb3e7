"""Telegram as a platform: the port's methods, and the way in of each update.

What only helps a person see - a sign of life, buttons that go, the answer to a press - is done
beside the main thing, and gives up quietly.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import BadRequest, TelegramError

from bot.adapters.port import (
    Hear,
    Moved,
    Pace,
    Receipt,
    Throttled,
    Undeliverable,
    Unreachable,
)
from bot.adapters.telegram import writing
from bot.adapters.telegram.attached import FileRef
from bot.adapters.telegram.errors import is_no_member, undeliverable
from bot.adapters.telegram.files import Files
from bot.adapters.telegram.places import chat_of, is_group, moved
from bot.adapters.telegram.reading import Me, Seen, is_in, read
from bot.adapters.telegram.transport import Transport
from bot.records import Inbound, Media, Option, Outbound, Platform, Shown, Words

#: How many messages that were pressed are remembered until their buttons are changed.
MOST_SEEN = 10_000
#: How long what is done beside may go on when we close.
LAST_WORDS = timedelta(seconds=5)
#: How often the answer to a press is tried, and the wait between.
ANSWERS, BETWEEN = 2, timedelta(seconds=1)
#: Telegram's limit on the description of a command; and the letters of its languages' codes.
_DESCRIPTION, _CODE = 256, 2

_log = structlog.get_logger("telegram")


class Telegram:
    """One bot on Telegram. `take` is what comes in, all else goes out."""

    platform = Platform.TELEGRAM
    limits = writing.LIMITS
    pace = Pace(bot=30, chat=timedelta(seconds=1), group=timedelta(seconds=3), is_group=is_group)

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._files = Files(transport)
        self._me: Me | None = None
        self._seen: OrderedDict[tuple[str, str], Seen] = OrderedDict()
        #: What is being done beside, and where somebody is being shown that we type.
        self._beside: set[asyncio.Task[None]] = set()
        self._typing: set[str] = set()
        self._closed = False

    # --- what goes out ------------------------------------------------------------------

    async def send(self, place: str, message: Outbound) -> Receipt:
        """Hand over one message or one file; raises Undeliverable."""
        method, params = writing.written(place, message, await self._username(message.options))
        try:
            sent = await self._request(method, params)
        except BadRequest as error:
            if not message.files or method == "sendDocument":
                raise _trouble(place, error) from None
            # Odd proportions, or a person who takes no voice notes: as a document it will do.
            sent = await self._call(*writing.as_document(place, message))
        except TelegramError as error:
            raise _trouble(place, error) from None
        if not isinstance(sent, dict) or "message_id" not in sent:
            raise Unreachable("odd answer", uncertain=True)
        return Receipt(message=str(sent["message_id"]))

    async def sign_of_life(self, place: str) -> None:
        """Show for some seconds that we type; returns at once."""
        if place not in self._typing and not self._closed:
            self._typing.add(place)
            self._do_beside(self._type(place))

    async def show(self, place: str, shown: Shown) -> None:
        """Change the buttons of a message; of one that was pressed, say what was chosen."""
        try:
            await self._show(place, shown)
        except Undeliverable as error:
            _log.info("buttons were not changed", reason=error.reason)

    async def _show(self, place: str, shown: Shown) -> None:
        where = {"chat_id": chat_of(place), "message_id": shown.message}
        if shown.options:
            username = await self._username(shown.options)
            markup = writing.keyboard(shown.options, shown.done, username)
            await self._call("editMessageReplyMarkup", {**where, "reply_markup": markup})
            return
        seen = self._seen.pop((place, shown.message), None)
        text = writing.chosen(seen.text, shown.chosen) if seen and shown.chosen else ""
        if seen is None or not text or writing.units(text) > self.limits.text:
            await self._call("editMessageReplyMarkup", where)
            return
        params = {**where, "text": text, "entities": list(seen.entities)}
        await self._call(
            "editMessageText", {**params, "link_preview_options": {"is_disabled": True}}
        )

    async def rewrite(self, place: str, name: str, message: Outbound) -> bool:
        """Say a message anew; one that reads so already is left, as is one that is gone."""
        if not (name.isascii() and name.isdecimal()):
            return True
        try:
            username = await self._username(message.options)
            params = writing.rewritten(place, int(name), message, username)
            await self._call("editMessageText", params)
        except (Throttled, Unreachable):
            return False
        except Undeliverable as error:
            _log.info("a message was not rewritten", reason=error.reason)
        return True

    async def belongs(self, place: str, person: str) -> bool | None:
        """Whether somebody is in a group; Telegram promises it only where we administer that."""
        params = {"chat_id": chat_of(place), "user_id": person}
        try:
            return is_in(await self._request("getChatMember", params))
        except TelegramError as error:
            if is_no_member(error):
                return False
            _log.info("nobody knows who is in a group", reason=undeliverable(error).reason)
        except Undeliverable as error:
            _log.info("nobody knows who is in a group", reason=error.reason)
        return None

    async def introduce(
        self,
        languages: Mapping[str, Sequence[tuple[str, str]]],
        in_groups: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        """Say which commands there are, for each language; English for all others.

        Those for people's own chats, and those for groups. Raises Undeliverable.
        """
        await self._introduce("all_private_chats", languages)
        await self._introduce("all_group_chats", in_groups)

    async def _introduce(
        self, scope: str, languages: Mapping[str, Sequence[tuple[str, str]]]
    ) -> None:
        for language, commands in languages.items():
            params: dict[str, object] = {
                "commands": [
                    {"command": command, "description": description[:_DESCRIPTION]}
                    for command, description in commands
                ],
                "scope": {"type": scope},
            }
            code = language.replace("_", "-").split("-")[0].lower()
            if len(code) == _CODE:
                await self._call("setMyCommands", {**params, "language_code": code})
            if code == "en":
                await self._call("setMyCommands", params)

    async def me(self) -> Me:
        """Who we are, asked once; raises Undeliverable."""
        if self._me is None:
            told = await self._call("getMe", {})
            if not isinstance(told, dict) or not isinstance(told.get("id"), int):
                raise Unreachable("odd answer", uncertain=False)
            self._me = Me(id=told["id"], username=str(told.get("username", "")))
        return self._me

    async def close(self) -> None:
        """End what is done beside, and let go of connections."""
        if self._beside:
            await asyncio.wait(set(self._beside), timeout=LAST_WORDS.total_seconds())
        self._closed = True
        left = set(self._beside)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._transport.close_connections()

    # --- what comes in ------------------------------------------------------------------

    async def take(self, update: Mapping[str, Any], hear: Hear) -> None:
        """Take an update; once this returns, it may be acknowledged.

        Raises what `hear` raises, and Undeliverable when its file cannot be fetched yet.
        """
        came = read(update, await self.me())
        if came is None:
            return
        toast = ""
        try:
            if came.seen is not None:
                self._remember(came.seen)
            if came.inbound is not None:
                toast = (await hear(await self._whole(came.inbound, came.file))).toast
        finally:
            if came.callback and not self._closed:
                self._do_beside(self._answer(came.callback, toast))

    async def _whole(self, inbound: Inbound, ref: FileRef | None) -> Inbound:
        """What came, with the file that belongs to it."""
        if ref is None or not isinstance(inbound.body, Words):
            return inbound
        await self.sign_of_life(inbound.place)
        file = await self._files.fetch(ref)
        if isinstance(file, Media):
            return replace(inbound, body=replace(inbound.body, media=file))
        return replace(inbound, body=replace(inbound.body, unkept=file))

    def _remember(self, seen: Seen) -> None:
        self._seen[seen.place, seen.message] = seen
        self._seen.move_to_end((seen.place, seen.message))
        while len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)

    # --- how ----------------------------------------------------------------------------

    async def _username(self, options: Sequence[Option]) -> str:
        """Our username when a button needs it; raises Undeliverable, and nothing was sent."""
        if not writing.opens(options):
            return ""
        try:
            return (await self.me()).username
        except Throttled:
            raise
        except Undeliverable as error:
            raise Unreachable(error.reason, uncertain=False) from None

    async def _call(self, method: str, params: Mapping[str, object]) -> Any:  # noqa: ANN401 - It is JSON.
        """A method's result; raises Undeliverable."""
        try:
            return await self._request(method, params)
        except TelegramError as error:
            raise undeliverable(error) from None

    async def _request(self, method: str, params: Mapping[str, object]) -> Any:  # noqa: ANN401 - It is JSON.
        """A method's result; raises TelegramError, and Unreachable after the end."""
        if self._closed:
            raise Unreachable("closed", uncertain=False)
        return await self._transport.call(method, **params)

    def _do_beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _type(self, place: str) -> None:
        try:
            await self._call("sendChatAction", writing.activity(place))
        except Undeliverable as error:
            _log.debug("no sign of life", reason=error.reason)
        finally:
            self._typing.discard(place)

    async def _answer(self, callback: str, toast: str) -> None:
        """End the waiting of a button that was pressed."""
        params = {"callback_query_id": callback, "text": writing.toast(toast) or None}
        for attempt in range(1, ANSWERS + 1):
            try:
                await self._call("answerCallbackQuery", params)
            except Unreachable:
                if attempt < ANSWERS:
                    await asyncio.sleep(BETWEEN.total_seconds())
            except Undeliverable as error:
                _log.info("a press was not answered", reason=error.reason)
                return
            else:
                return


def _trouble(place: str, error: TelegramError) -> Undeliverable:
    """What an error of a send to a place means; a topic moves with its chat."""
    trouble = undeliverable(error)
    return Moved(moved(place, trouble.to)) if isinstance(trouble, Moved) else trouble
