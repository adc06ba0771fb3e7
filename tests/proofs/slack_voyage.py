"""A voyage on Slack: a crowd in two workspaces, and what is found when it is over."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import KW_ONLY, dataclass, field
from random import Random

from sqlalchemy import Connection, select

from bot.records import Platform
from bot.store import workspaces
from bot.store.outbox import chat_of
from bot.store.tables import inbound
from scheduler.tick import now
from tests.fakes.slack.post import Parcel, State
from tests.fakes.slack.records import Accepted
from tests.fakes.slack.workspace import Workspace
from tests.proofs import waits
from tests.proofs.counting import Again, Came, check_sends, check_words
from tests.proofs.programs import PATIENCE, Harbour, Program, joined, killed
from tests.proofs.slack_crowd import Talker, inbound_id, is_event
from tests.proofs.slack_program import Waits
from tests.proofs.slack_watched import SEND, Watched
from tests.slack.house import known

#: What everybody writes is theirs alone.
_WORD = re.compile(r"word[0-9a-f]{16}")
#: Opening the chat is the same each time, so it is not noted.
_LOOKED = "app_home_opened"
#: How many of its four attempts Slack has made when only the last is left.
LAST = 3


@dataclass
class Crossing(Harbour):
    """A crowd on Slack, half of it in each of two workspaces that use the same ids."""

    module = "tests.proofs.slack_program"
    _: KW_ONLY
    seed: int
    size: int = 20
    #: How many of the crowd write to a house that does not know them yet.
    strangers: int = 2
    #: Whether Slack posts what it brings; else it comes over sockets.
    posted: bool = False
    #: How long a minute is between Slack's retries, in seconds.
    minute: float = 1.5
    waits: waits.Waits = field(default_factory=Waits)
    people: dict[str, Talker] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.chance = Random(self.seed)
        self.slack = Watched()
        self.slack.post.minute = self.minute
        self.slack.on_accept = self.accepted
        self.workspaces = (
            self.slack.workspace("T0RIVER01", "Riverside Health"),
            self.slack.workspace("T0HILL01", "Hillside School"),
        )
        if self.posted:
            self.slack.hook.url = f"http://127.0.0.1:{self.port}/slack/events"
            self.slack.post.carrier = self.slack.hook
        self._moves_in()

    def _moves_in(self) -> None:
        """Both workspaces have let us in, and most of their people are known."""
        with self.opened() as store:
            for workspace in self.workspaces:
                let_in = known(workspace)
                store.writer.submit(
                    lambda conn, let_in=let_in: workspaces.keep(conn, store.keys, let_in, now())  # type: ignore[misc]
                ).result(30)
            for number in range(self.size):
                talker = self._talker(number)
                self.people[talker.place] = talker
                if not talker.stranger:
                    joins = joined(store, Platform.SLACK, talker.place)
                    store.writer.submit(joins).result(30)

    def _talker(self, number: int) -> Talker:
        """Somebody; there is somebody with the same ids in the other workspace."""
        one = number // 2
        account = self.workspaces[number % 2].person(
            f"Person {number}", id=f"U0PERSON{one:02}", dm=f"D0PERSON{one:02}"
        )
        mood = Random(self.chance.random())
        return Talker(mood, account=account, stranger=number < self.strangers)

    @property
    def connection(self) -> dict[str, str]:
        slack = self.slack
        heard = (
            {"SLACK_SIGNING_SECRET": slack.signing_secret}
            if self.posted
            else {"SLACK_APP_TOKEN": slack.app_token}
        )
        return heard | {
            "SLACK_BASE_URL": slack.root,
            "SLACK_CLIENT_ID": slack.client_id,
            "SLACK_CLIENT_SECRET": slack.client_secret,
            "PUBLIC_URL": "http://127.0.0.1",
        }

    async def listens(self, program: Program) -> None:
        """Until a program has opened and Slack can bring it something."""
        program.go()
        await self.patiently(program.serves())
        if not self.posted:
            await self.until(lambda: self.slack.sockets.connections)

    async def listened(self) -> bool:
        """Whether there is a program to which Slack can bring something."""
        if not self.posted:
            return bool(self.slack.sockets.connections)
        try:
            _, pipe = await asyncio.open_connection("127.0.0.1", self.port)
        except ConnectionError:
            return False
        pipe.close()
        return True

    def begins(self) -> None:
        """Everybody writes."""
        for talker in self.people.values():
            talker.begins()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Program]:
        """Slack there, and a program that listens and goes on living whatever happens."""
        async with self.slack.running(), self.joins_in() as program:
            yield program

    @asynccontextmanager
    async def joins_in(self, *, heard: bool = True) -> AsyncIterator[Program]:
        """A program on a Slack that is there already; `heard`: once Slack can bring something."""
        program = self.make()
        with killed(program):
            if heard:
                await self.listens(program)
            else:
                program.go()
                await self.patiently(program.serves())
            yield program
            assert program.lives
            assert await program.ends() == 0

    async def amid_a_send(self, does: Callable[[], object], sender: str = "") -> Accepted:
        """Do something when a message is accepted, perhaps of one program, before it is told."""
        found: list[Accepted] = []

        def hears(accepted: Accepted) -> None:
            by = self.slack.senders.get(accepted.id, "")
            if not found and accepted.method == SEND and sender in {"", by}:
                does()
                found.append(accepted)
            self.accepted(accepted)

        self.slack.on_accept = hears
        await self.until(lambda: found)
        self.slack.on_accept = self.accepted
        return found[0]

    def accepted(self, accepted: Accepted) -> None:
        """A person reads what came."""
        if accepted.method == SEND:
            talker = self.people[self.place_of(accepted)]
            talker.hears(talker.account.last)

    def place_of(self, accepted: Accepted) -> str:
        person = self.slack.teams[accepted.team].channels[accepted.channel].person
        return f"{accepted.team}:{person}"

    def people_of(self, workspace: Workspace) -> list[Talker]:
        return [each for each in self.people.values() if each.account.team is workspace.team]

    @property
    def did(self) -> list[Parcel]:
        """All that anybody did, as Slack brings it."""
        return [parcel for talker in self.people.values() for parcel in talker.did]

    @property
    def at_stake(self) -> bool:
        """Whether Slack has only one attempt left with something."""
        return any(is_event(one) and len(one.attempts) >= LAST for one in self.slack.pending)

    def enough(self) -> None:
        """Nobody does anything more."""
        for talker in self.people.values():
            talker.rests = True

    @property
    def said(self) -> bool:
        """Whether everybody was answered, and Slack keeps nothing for the house."""
        return not any(each.busy for each in self.people.values()) and not self.slack.pending

    async def over(self) -> None:
        """Everybody has been answered; everything is acknowledged and sent."""
        self.enough()
        await self.until(lambda: self.said)
        await self.patiently(self.all_sent())

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait for something that must come; if it does not, say where everybody is."""
        await self.patiently(self.slack.wait_for(predicate, PATIENCE))

    def state(self) -> str:
        late = [talker for talker in self.people.values() if talker.busy]
        last = {talker.place: talker.account.sees[-2:] for talker in late}
        pending = [(one.kind, one.attempts) for one in self.slack.pending]
        errors = self.log.read_text()[-6000:]
        return f"pending: {pending}; not answered: {last}; {errors}"


def taken(conn: Connection) -> set[str]:
    """The ids of all that was taken."""
    return set(conn.scalars(select(inbound.c.id)))


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was found when it was over."""

    words: int
    did: int
    retries: int
    #: How many presses Slack could not bring, so that people pressed again.
    failed: int
    sends: int
    again: list[Again]

    @property
    def doubled(self) -> int:
        """How many sends came again."""
        return sum(each.times - 1 for each in self.again)

    @property
    def most(self) -> int:
        """How often the one came that came most often."""
        return max((each.times for each in self.again), default=1)

    def __str__(self) -> str:
        return (
            f"{self.did} things done ({self.retries} retries by Slack, {self.failed} presses "
            f"failed), {self.words} messages kept, {self.sends} sends, {self.doubled} of them "
            f"again (one at most {self.most} times)"
        )


def check(crossing: Crossing) -> Figures:
    """Nothing is lost, doubled, out of order, or in another workspace, and Slack not hurried."""
    slack = crossing.slack
    words = check_words(crossing, crossing.people, Platform.SLACK)
    again = check_sends(crossing, _came(crossing))
    _check_taken(crossing)
    for talker in crossing.people.values():
        said = set(_WORD.findall("".join(talker.account.sees)))
        own = set(_WORD.findall("".join(text for text, _ in talker.mind.wrote.values())))
        assert said <= own, talker.place
    assert not slack.hurried[SEND]
    return Figures(
        words=words,
        did=len(crossing.did),
        retries=slack.post.retries,
        failed=sum(each.failed for each in crossing.people.values()),
        sends=len(slack.sends),
        again=again,
    )


def _check_taken(crossing: Crossing) -> None:
    """All that Slack brought until it was taken is taken, and nothing that nobody did."""
    lost = [(each.kind, each.attempts) for each in crossing.slack.post.lost if is_event(each)]
    assert not lost, lost
    done = [each for each in crossing.did if each.kind != _LOOKED]
    must = {inbound_id(each) for each in done if each.state is State.TAKEN}
    may = {inbound_id(each) for each in done}
    with crossing.looking() as made, made.connect() as conn:
        stored = taken(conn)
    assert must <= stored <= may, (must - stored, stored - may)


def _came(crossing: Crossing) -> dict[str, list[Came]]:
    """What came into each chat, in its order."""
    came: dict[str, list[Came]] = defaultdict(list)
    for each in crossing.slack.sends:
        chat = chat_of(Platform.SLACK, crossing.place_of(each))
        came[chat].append(Came(f"{each.channel}:{each.id}", (each.text, each.fallback)))
    return came
