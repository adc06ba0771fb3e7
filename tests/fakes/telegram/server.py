"""Telegram's Bot API over HTTP on loopback, as strict as the real one where bots meet it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.telegram import sending, settings
from tests.fakes.telegram.faults import WEBHOOK_SET, Fault, Refusal
from tests.fakes.telegram.groups import Group, get_chat_member, new_group
from tests.fakes.telegram.listening import CUT, Listening
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.records import Chat, Kind, User
from tests.fakes.telegram.updates import Update
from tests.fakes.telegram.webhook import Webhook
from tests.fakes.telegram.wire import read, whole
from tests.fakes.telegram.world import World

Json = dict[str, Any]
Method = Callable[[World, Json], object]

METHODS: dict[str, Method] = {
    "getme": settings.get_me,
    "getfile": settings.get_file,
    "setmycommands": settings.set_my_commands,
    "getmycommands": settings.get_my_commands,
    "deletemycommands": settings.delete_my_commands,
    "setmydescription": partial(settings.describe, field="description"),
    "getmydescription": partial(settings.described, field="description"),
    "setmyshortdescription": partial(settings.describe, field="short_description"),
    "getmyshortdescription": partial(settings.described, field="short_description"),
    "sendmessage": sending.send_message,
    "sendphoto": partial(sending.send_file, kind="photo"),
    "sendvoice": partial(sending.send_file, kind="voice"),
    "senddocument": partial(sending.send_file, kind="document"),
    "sendchataction": sending.send_chat_action,
    "editmessagetext": sending.edit_message_text,
    "editmessagereplymarkup": sending.edit_message_reply_markup,
    "deletemessage": sending.delete_message,
    "setmessagereaction": sending.set_message_reaction,
    "answercallbackquery": sending.answer_callback_query,
    "getchatmember": get_chat_member,
}


@dataclass(eq=False, repr=False)
class Telegram(World):
    """The whole fake: `async with Telegram().running() as telegram`."""

    listening: Listening = field(init=False)
    webhook: Webhook = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.webhook = Webhook(self.updates)
        routes = [
            Route("/bot{token}/{method}", self._method, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
        ]
        self.listening = Listening(Starlette(routes=routes, exception_handlers={404: not_found}))

    @property
    def root(self) -> str:
        """What stands before `/bot` and `/file/bot`."""
        return f"http://127.0.0.1:{self.listening.port}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Telegram]:
        await self.listening.open()
        try:
            yield self
        finally:
            await self.webhook.close()
            await self.goes_away()

    def changed(self) -> None:
        super().changed()
        if hasattr(self, "webhook"):
            self.webhook.pump()

    async def goes_away(self) -> None:
        """Nothing listens any more, and every connection is cut."""
        await self.listening.close()

    async def comes_back(self) -> None:
        """It listens again, on the same port."""
        await self.listening.open()

    def person(
        self, name: str = "Robin", *, language_code: str | None = "en", username: str | None = None
    ) -> Person:
        """Somebody who has not written yet."""
        user = User(self.number("person", 1001), name, username, language_code)
        chat = Chat(user.id, Kind.PRIVATE, name, username)
        self.chats[chat.id] = chat
        made = Person(self, user, chat)
        self.people.append(made)
        return made

    def group(self, title: str, *members: Person, supergroup: bool = False) -> Group:
        """A group of people, which the bot is not in yet."""
        return new_group(self, title, list(members), supergroup=supergroup)

    def push(self, update: Json, chat: int = 0) -> Update:
        """Any update, as it stands; an id is given if it has none."""
        return self.updates.push(update, chat)

    async def call(self, method: str, params: Json) -> object:
        """Carry out a method."""
        match method:
            case "getupdates":
                return await self._get_updates(params)
            case "setwebhook":
                return self.webhook.set(params)
            case "deletewebhook":
                return self.webhook.delete(params)
            case "getwebhookinfo":
                return self.webhook.info()
            case _ if method in METHODS:
                return METHODS[method](self, params)
            case _:
                raise Refusal(404, "Not Found")

    async def _get_updates(self, params: Json) -> list[Json]:
        if self.webhook.url:
            raise Refusal(409, WEBHOOK_SET)
        self.updates.allow(params.get("allowed_updates"))
        limit = min(max(whole(params, "limit", 100), 1), 100)
        seconds = max(whole(params, "timeout", 0), 0)
        return await self.updates.poll(whole(params, "offset", 0), limit, seconds)

    async def _method(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return answer(Refusal(401, "Unauthorized"))
        method = request.path_params["method"].lower()
        try:
            params = read(
                request.url.query, request.headers.get("content-type", ""), await request.body()
            )
        except Refusal as refusal:
            return answer(refusal)
        except ClientDisconnect:
            return Response()
        self.requests.append((method, params))
        self.on_request(method, params)
        self.changed()
        fault = self.faults.strike(method, params) or Fault(accepted=True)
        return await self._suffer(fault, method, params, request)

    async def _suffer(self, fault: Fault, method: str, params: Json, request: Request) -> Response:
        """The answer to a request that something may happen to."""
        made = Response()
        if fault.accepted:
            made = await until_gone(self._answer(method, params), request)
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.cut:
            request.scope[CUT]()
            await asyncio.sleep(0)
        elif fault.refusal is not None:
            return answer(fault.refusal)
        elif fault.text is not None:
            return Response(fault.text, status_code=fault.code, media_type="text/html")
        return made

    async def _answer(self, method: str, params: Json) -> Response:
        try:
            return JSONResponse({"ok": True, "result": await self.call(method, params)})
        except Refusal as refusal:
            return answer(refusal)

    async def _file(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return answer(Refusal(401, "Unauthorized"))
        path = request.path_params["path"]
        params: Json = {"path": path}
        self.requests.append(("file", params))
        self.on_request("file", params)
        kept = next((file for file in self.files.values() if file.path == path), None)
        made = (
            answer(Refusal(404, "Not Found"))
            if kept is None
            else Response(kept.content, media_type="application/octet-stream")
        )
        fault = self.faults.strike("file", params)
        if fault is None:
            return made
        if fault.cut or not fault.accepted:
            return await self._suffer(fault, "file", params, request)
        await asyncio.sleep(fault.seconds)
        return made


def answer(refusal: Refusal) -> Response:
    return JSONResponse(refusal.wire, status_code=refusal.code)


async def not_found(_request: Request, _why: Exception) -> Response:
    return answer(Refusal(404, "Not Found"))


async def until_gone(work: Any, request: Request) -> Response:  # noqa: ANN401
    """The work's answer; the work ends when its client goes."""
    working: asyncio.Task[Response] = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(left(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else Response()
    finally:
        working.cancel()
        gone.cancel()


async def left(request: Request) -> None:
    """Until the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
