"""Two client libraries behind one face, so that one table of claims goes through both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import telegram as ptb
from aiogram import Bot, exceptions, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from pydantic import BaseModel, TypeAdapter
from telegram import error
from telegram.request import HTTPXRequest

Json = dict[str, Any]

#: How each library calls what a request may meet.
PTB_TROUBLES: dict[str, type[Exception]] = {
    "bad": error.BadRequest,
    "forbidden": error.Forbidden,
    "flood": error.RetryAfter,
    "migrated": error.ChatMigrated,
    "conflict": error.Conflict,
    "token": error.InvalidToken,
    "missing": error.InvalidToken,
    "gateway": error.NetworkError,
    "network": error.NetworkError,
    "late": error.TimedOut,
    "garbage": error.TelegramError,
}
AIOGRAM_TROUBLES: dict[str, type[Exception]] = {
    "bad": exceptions.TelegramBadRequest,
    "forbidden": exceptions.TelegramForbiddenError,
    "flood": exceptions.TelegramRetryAfter,
    "migrated": exceptions.TelegramMigrateToChat,
    "conflict": exceptions.TelegramConflictError,
    "token": exceptions.TelegramUnauthorizedError,
    "missing": exceptions.TelegramNotFound,
    "gateway": exceptions.ClientDecodeError,
    "network": exceptions.TelegramNetworkError,
    "late": exceptions.TelegramNetworkError,
    "garbage": exceptions.ClientDecodeError,
}
LIBRARIES = ("python-telegram-bot", "aiogram")


class Client(Protocol):
    """A library at work; what it returns is made plain again."""

    troubles: dict[str, type[Exception]]

    async def call(self, method: str, *, patience: float = 10, **params: object) -> Any:  # noqa: ANN401
        """A method by its name with underscores."""

    async def download(self, file: str) -> bytes: ...


@dataclass
class Ptb:
    """python-telegram-bot."""

    bot: ptb.Bot

    troubles = PTB_TROUBLES

    async def call(self, method: str, *, patience: float = 10, **params: object) -> Any:  # noqa: ANN401
        given = {key: self.typed(key, value) for key, value in params.items()}
        return plain(await getattr(self.bot, method)(**given, read_timeout=patience))

    async def download(self, file: str) -> bytes:
        return bytes(await (await self.bot.get_file(file)).download_as_bytearray())

    def typed(self, key: str, value: Any) -> object:  # noqa: ANN401
        match key, value:
            case "reply_markup", {"inline_keyboard": _}:
                return ptb.InlineKeyboardMarkup.de_json(value, self.bot)
            case "reply_markup", {"force_reply": _}:
                return ptb.ForceReply(input_field_placeholder=value.get("input_field_placeholder"))
            case "reply_markup", {"keyboard": _}:
                return ptb.ReplyKeyboardMarkup(**value)
            case "commands", list():
                return [ptb.BotCommand(**one) for one in value]
            case "scope", dict():
                return ptb.BotCommandScope.de_json(value, self.bot)
            case "reaction", list():
                return [ptb.ReactionType.de_json(one, self.bot) for one in value]
            case "reply_parameters", dict():
                return ptb.ReplyParameters(**value)
            case "photo" | "voice" | "document", bytes():
                return ptb.InputFile(value, filename=f"a {key}.bin")
            case _:
                return value


@dataclass
class Aiogram:
    """aiogram."""

    bot: Bot

    troubles = AIOGRAM_TROUBLES

    async def call(self, method: str, *, patience: float = 10, **params: object) -> Any:  # noqa: ANN401
        given = {key: self.typed(key, value) for key, value in params.items()}
        return plain(await getattr(self.bot, method)(**given, request_timeout=patience))

    async def download(self, file: str) -> bytes:
        path = (await self.bot.get_file(file)).file_path
        assert path is not None
        read = await self.bot.download_file(path)
        assert read is not None
        return read.read()

    def typed(self, key: str, value: Any) -> object:  # noqa: ANN401
        match key, value:
            case "reply_markup", {"inline_keyboard": _}:
                return types.InlineKeyboardMarkup.model_validate(value)
            case "reply_markup", {"force_reply": _}:
                return types.ForceReply.model_validate(value)
            case "reply_markup", {"keyboard": _}:
                return types.ReplyKeyboardMarkup.model_validate(value)
            case "commands", list():
                return [types.BotCommand.model_validate(one) for one in value]
            case "scope", dict():
                scopes: TypeAdapter[object] = TypeAdapter(types.BotCommandScopeUnion)
                return scopes.validate_python(value)
            case "reaction", list():
                return [types.ReactionTypeEmoji.model_validate(one) for one in value]
            case "reply_parameters", dict():
                return types.ReplyParameters.model_validate(value)
            case "photo" | "voice" | "document", bytes():
                return types.BufferedInputFile(value, f"a {key}.bin")
            case _:
                return value


def plain(result: Any) -> Any:  # noqa: ANN401
    """What a library made of an answer, as JSON again."""
    if isinstance(result, ptb.TelegramObject):
        return result.to_dict()
    if isinstance(result, BaseModel):
        return result.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(result, list | tuple):
        return [plain(one) for one in result]
    return result


@asynccontextmanager
async def client(library: str, root: str, token: str) -> AsyncIterator[Client]:
    """A library that talks with a server."""
    if library == LIBRARIES[0]:
        # Nothing is encrypted on loopback, and certificates take their time to load.
        polls, others = (HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2))
        # Not `async with` the bot, which asks getMe at once.
        async with polls, others:
            yield Ptb(
                ptb.Bot(
                    token,
                    base_url=f"{root}/bot",
                    base_file_url=f"{root}/file/bot",
                    get_updates_request=polls,
                    request=others,
                )
            )
        return
    session = AiohttpSession(api=TelegramAPIServer.from_base(root))
    try:
        yield Aiogram(Bot(token, session=session))
    finally:
        if session._session is not None:
            # Not `session.close()`, which waits a quarter of a second.
            await session._session.close()
