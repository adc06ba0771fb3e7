"""Slack's Web API, its files and its sockets on loopback, as strict as the real one."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from aiohttp import web

from tests.fakes.cutting import cut
from tests.fakes.slack import chatting, filing, lookups, viewing
from tests.fakes.slack.calls import Call, check_app_token, check_scopes, team_of
from tests.fakes.slack.faults import Fault, Refusal
from tests.fakes.slack.listening import Listening
from tests.fakes.slack.post import Parcel
from tests.fakes.slack.responding import respond
from tests.fakes.slack.wire import read, string
from tests.fakes.slack.workspace import Workspace, new_workspace
from tests.fakes.slack.world import World

Json = dict[str, Any]


class Method(NamedTuple):
    """A method, its tier, and the scopes of which it needs one."""

    run: Callable[[Call], Json]
    tier: int
    scopes: tuple[str, ...] = ()


SEES = ("channels:read", "groups:read", "im:read", "mpim:read")
METHODS = {
    "auth.test": Method(lookups.test, 5),
    "auth.revoke": Method(lookups.revoke, 3),
    "apps.uninstall": Method(lookups.uninstall, 1),
    "chat.postMessage": Method(chatting.post_message, 5, ("chat:write",)),
    "chat.postEphemeral": Method(chatting.post_ephemeral, 4, ("chat:write",)),
    "chat.update": Method(chatting.update, 3, ("chat:write",)),
    "chat.delete": Method(chatting.delete, 3, ("chat:write",)),
    "conversations.open": Method(chatting.open_conversation, 3, ("im:write", "mpim:write")),
    "conversations.info": Method(chatting.conversation, 3, SEES),
    "reactions.add": Method(chatting.react, 3, ("reactions:write",)),
    "reactions.remove": Method(chatting.unreact, 2, ("reactions:write",)),
    "files.completeUploadExternal": Method(filing.complete_upload, 4, ("files:write",)),
    "files.getUploadURLExternal": Method(filing.get_upload_url, 4, ("files:write",)),
    "files.info": Method(filing.info, 4, ("files:read",)),
    "users.info": Method(lookups.user, 4, ("users:read",)),
    "views.open": Method(viewing.open_view, 4),
    "views.push": Method(viewing.push, 4),
    "views.update": Method(viewing.update, 4),
    "views.publish": Method(viewing.publish, 4),
}


@dataclass(eq=False, repr=False)
class Slack(World):
    """The whole fake: `async with Slack().running() as slack`."""

    listening: Listening = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.listening = Listening(self._application)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.listening.port}"

    @property
    def root(self) -> str:
        """The root of the Web API, as `base_url` wants it."""
        return f"{self.origin}/api/"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Slack]:
        await self.listening.open()
        try:
            yield self
        finally:
            await self.post.close()
            await self.hook.close()
            await self.goes_away()

    async def goes_away(self) -> None:
        """Nothing listens any more, and every connection is cut."""
        await self.listening.close()

    async def comes_back(self) -> None:
        """It listens again, on the same port."""
        await self.listening.open()

    async def subscribe(self, url: str) -> None:
        """Bring everything to this address from now on, once it has proved itself."""
        await self.hook.verify(url, self.verification)
        self.post.carrier = self.hook

    def workspace(  # noqa: PLR0913 - All have defaults.
        self,
        team: str = "",
        name: str = "Collective Leadership",
        *,
        bot: str = "",
        token: str = "",
        scopes: set[str] | None = None,
        installed: bool = True,
    ) -> Workspace:
        """A new workspace, with the app in it unless it is to be installed by OAuth."""
        made = new_workspace(self, team, name, bot=bot, token=token)
        if installed:
            made.installs(scopes)
        return made

    def push(self, event: Json, workspace: Workspace) -> Parcel:
        """Any event, as it stands, in its wrapping."""
        return self.push_event(workspace.team, event)

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/api/{method}", self._method)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/upload/v1/{ticket}", self._upload)
        app.router.add_get("/files-pri/{file}/{path:.*}", self._file)
        app.router.add_post("/actions/{team}/{number}", partial(respond, self))
        return app

    async def call(self, method: str, params: Json, token: str) -> Json:
        """Carry out a method."""
        match method:
            case "api.test":
                return {"args": params}
            case "oauth.v2.access":
                self.limits.spend("", method, 4)
                return lookups.access(self, params)
            case "apps.connections.open":
                check_app_token(self, token)
                self.limits.spend("", method, 3)
                return lookups.open_connection(self)
            case _ if method in METHODS:
                team = team_of(self, token)
                run, tier, scopes = METHODS[method]
                self.limits.spend(team.id, method, tier)
                check_scopes(team, scopes)
                return run(Call(self, team, method, params))
            case _:
                raise Refusal("unknown_method", req_method=method)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            params = read(
                request.query_string,
                request.headers.get("Content-Type", ""),
                await request.read(),
            )
        except Refusal as refusal:
            return answer(refusal)
        token = _authorised(request, params)
        self.requests.append((method, params))
        self.on_request(method, params)
        self.changed()
        fault = self.faults.strike(method, params) or Fault(accepted=True)
        return await self._suffer(fault, request, lambda: self._answer(method, params, token))

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        return await self._beside("upload", request, partial(filing.receive, self, request))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        async def give() -> web.StreamResponse:
            return filing.give(self, request)

        return await self._beside("file", request, give)

    async def _beside(
        self, name: str, request: web.Request, work: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """A request which is to no method, and may go wrong as well."""
        params: Json = {"path": request.path}
        self.requests.append((name, params))
        self.on_request(name, params)
        self.changed()
        fault = self.faults.strike(name, params) or Fault(accepted=True)
        return await self._suffer(fault, request, work)

    async def _suffer(
        self, fault: Fault, request: web.Request, work: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """The answer to a request that something may happen to."""
        made: web.StreamResponse = web.Response()
        if fault.accepted:
            made = await work()
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.cut and request.transport is not None:
            cut(request.transport)
            await asyncio.sleep(0)
        elif fault.refusal is not None:
            return answer(fault.refusal)
        elif fault.text is not None:
            return web.Response(text=fault.text, status=fault.code, content_type=fault.media)
        return made

    async def _answer(self, method: str, params: Json, token: str) -> web.StreamResponse:
        try:
            told = {"ok": True} | await self.call(method, params, token)
        except Refusal as refusal:
            return answer(refusal)
        held = self.tokens.get(token)
        scopes = {"X-OAuth-Scopes": ",".join(sorted(held[0].scopes))} if held else {}
        return web.json_response(told, headers=scopes)


def _authorised(request: web.Request, params: Json) -> str:
    """The token of a request; Basic stands for a client's id and secret."""
    header = request.headers.get("Authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme == "Basic":
        name, _, secret = base64.b64decode(value).decode().partition(":")
        params |= {"client_id": name, "client_secret": secret}
        return ""
    return value.strip() if scheme == "Bearer" else string(params, "token")


def answer(refusal: Refusal) -> web.Response:
    return web.json_response(refusal.wire, status=refusal.code, headers=refusal.headers)
