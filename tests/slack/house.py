"""A small house: it hears, and answers what a test wants; and who has let us in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from bot.adapters.slack.adapter import Slack as Ours
from bot.adapters.slack.workspaces import Workspace
from bot.records import NOTHING, Inbound, Reply
from tests.fakes.slack.post import Parcel, State
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace as Fake

Json = dict[str, Any]


def known(workspace: Fake) -> Workspace:
    """A workspace of the fake's, as the house knows it."""
    return Workspace(
        id=workspace.id,
        name=workspace.team.name,
        bot_user=workspace.bot.id,
        bot=workspace.team.bot_id,
        scopes=tuple(sorted(workspace.team.scopes)),
        token=workspace.token,
    )


class Known:
    """Who has let us in, in memory."""

    def __init__(self, *workspaces: Fake) -> None:
        self.held = {each.id: known(each) for each in workspaces}
        self.removed: list[tuple[str, str]] = []
        self.trouble: Exception | None = None

    async def get(self, team: str) -> Workspace | None:
        if self.trouble is not None:
            raise self.trouble
        return self.held.get(team)

    async def keep(self, workspace: Workspace) -> None:
        self.held[workspace.id] = workspace

    async def remove(self, team: str, reason: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.removed.append((team, reason))
        self.held.pop(team, None)


class House:
    """It hears what Slack brings, each as soon as it comes."""

    def __init__(self, slack: Slack, *workspaces: Fake) -> None:
        self.slack = slack
        self.known = Known(*workspaces)
        self.told: list[tuple[bool, str]] = []
        self.ours = Ours(self.known, slack.root, self.tell)
        self.heard: list[Inbound] = []
        #: What is answered, once or always.
        self.reply: Callable[[Inbound], Reply] = lambda _: NOTHING
        #: What goes wrong, each once.
        self.trouble: list[Exception] = []
        #: Set to let what is heard go on.
        self.free = asyncio.Event()
        self.free.set()

    async def hear(self, came: Inbound) -> Reply:
        await self.free.wait()
        if self.trouble:
            raise self.trouble.pop(0)
        self.heard.append(came)
        return self.reply(came)

    async def tell(self, well: bool, detail: str) -> None:  # noqa: FBT001 - It is a Tell.
        self.told.append((well, detail))
        self.slack.changed()

    async def take(self, payload: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return await self.ours.take(payload, self.hear)

    async def takes_all(self) -> None:
        """All that waits at the fake is taken, in its order, until there is no more."""
        while waiting := [each for each in self.slack.post.parcels if each.state is State.WAITING]:
            for parcel in waiting:
                await self.takes(parcel)

    async def takes(self, parcel: Parcel | None) -> Mapping[str, Any] | None:
        assert parcel is not None
        answer = await self.take(parcel.body)
        parcel.settle(State.TAKEN)
        return answer

    async def settles(self) -> None:
        """Until all that is done beside is done."""
        await self.ours._beside.done()

    @property
    def last(self) -> Any:  # noqa: ANN401 - Each test knows what it is.
        return self.heard[-1].body

    @property
    def bodies(self) -> list[Any]:
        return [came.body for came in self.heard]


async def stopped(task: asyncio.Task[None]) -> None:
    """Until a task that was cancelled is over."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
