"""A platform of its own across a Unix socket: what a house that may die at any moment talks to.

It keeps what people said until the house acknowledges it, says it again to a house that comes
back, with the same id and in the order of the chat, and notes every message it accepts.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.records import Arrived, Body, Media, Outbound, Press, Words
from bot.store.parcels import packed, unpacked

#: The longest line on the socket.
LONGEST = 2**22


class Moment(StrEnum):
    """What passes between shore and house, and where a house may be cut off."""

    #: An update was handed over.
    TOLD = "told"
    #: An acknowledgement has come and is not noted yet.
    ACKNOWLEDGED = "acknowledged"
    #: A message has come and is not accepted yet.
    OFFERED = "offered"
    #: A message was accepted and its house does not know yet.
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Update:
    """One thing somebody did."""

    id: str
    place: str
    body: Body


@dataclass(frozen=True, slots=True)
class Accepted:
    """One message the platform took."""

    place: str
    receipt: str
    message: Outbound


def written(body: Body) -> dict[str, Any]:
    """What somebody did, for the socket."""
    match body:
        case Words(message=message, text=text, media=media):
            carried = media and [media.name, media.mime, base64.b64encode(media.content).decode()]
            return {"message": message, "text": text, "media": carried}
        case Press(token=token):
            return {"token": token}
        case _:
            return {}


def read(told: dict[str, Any]) -> Body:
    """The same, from the socket."""
    if "token" in told:
        return Press(token=told["token"])
    if "text" not in told:
        return Arrived()
    media = None
    if told["media"]:
        name, mime, content = told["media"]
        media = Media(name=name, mime=mime, content=base64.b64decode(content))
    return Words(message=told["message"], text=told["text"], media=media)


def line(told: dict[str, Any]) -> bytes:
    """One line on the socket."""
    return json.dumps(told).encode() + b"\n"


def parcel(message: Outbound) -> str:
    """A message for the socket; `done` goes beside it."""
    return base64.b64encode(packed(message)).decode()


@dataclass
class Shore:
    """The platform. `hears` is what people do with a message that reaches them."""

    path: Path
    hears: Callable[[str, Outbound], None]
    #: Called at each moment; True cuts that house off there and then.
    cuts: Callable[[Moment, str], bool] = lambda _moment, _place: False
    #: Which houses are to be told everything.
    houses: tuple[str, ...] = ("house",)
    accepted: list[Accepted] = field(default_factory=list)
    #: What each house has not acknowledged, in the order in which it was done.
    waiting: dict[str, dict[str, Update]] = field(default_factory=lambda: defaultdict(dict))
    #: What each house was told since it last came.
    told: dict[str, list[Update]] = field(default_factory=lambda: defaultdict(list))
    #: How often an update was told again.
    repeated: int = 0
    done: int = 0
    #: Set whenever something has changed.
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: dict[str, asyncio.StreamWriter] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)
    _ever: set[tuple[str, str]] = field(default_factory=set)

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._begin, self.path, limit=LONGEST)

    async def close(self) -> None:
        for writer in list(self._lines.values()):
            writer.close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        if self._serving:
            await asyncio.wait(self._serving)

    def does(self, place: str, body: Body) -> None:
        """Somebody says or presses something."""
        self.done += 1
        update = Update(f"u{self.done}", place, body)
        for house in self.houses:
            self.waiting[house][update.id] = update
            self._tell(house, update)

    def cut(self, house: str) -> None:
        """Hear nothing more from this house until it comes again."""
        if writer := self._lines.pop(house, None):
            writer.close()

    @property
    def idle(self) -> bool:
        """Whether everything was acknowledged."""
        return not any(self.waiting[house] for house in self.houses)

    def _tell(self, house: str, update: Update) -> None:
        writer = self._lines.get(house)
        if writer is None:
            return
        self.repeated += (house, update.id) in self._ever
        self._ever.add((house, update.id))
        self.told[house].append(update)
        told = {"update": update.id, "place": update.place, "body": written(update.body)}
        writer.write(line(told))
        if self.cuts(Moment.TOLD, update.place):
            self.cut(house)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            house = json.loads(await reader.readline())["house"]
            self._lines[house] = writer
            self.told[house] = []
            for update in list(self.waiting[house].values()):
                self._tell(house, update)
            while self._lines.get(house) is writer and (came := await reader.readline()):
                if self._lines.get(house) is writer:
                    self._take(house, writer, json.loads(came))
        writer.close()

    def _take(self, house: str, writer: asyncio.StreamWriter, came: dict[str, Any]) -> None:
        if "acknowledged" in came:
            if self.cuts(Moment.ACKNOWLEDGED, came["place"]):
                self.cut(house)
                return
            del self.waiting[house][came["acknowledged"]]
        elif "number" in came:
            self._accept(house, writer, came)
        self.changed.set()

    def _accept(self, house: str, writer: asyncio.StreamWriter, came: dict[str, Any]) -> None:
        place: str = came["place"]
        if self.cuts(Moment.OFFERED, place):
            self.cut(house)
            return
        receipt = str(len(self.accepted) + 1)
        message = unpacked(base64.b64decode(came["message"]))
        self.accepted.append(Accepted(place, receipt, message))
        if self.cuts(Moment.ACCEPTED, place):
            self.cut(house)
        else:
            writer.write(line({"number": came["number"], "receipt": receipt}))
        self.hears(place, message)
