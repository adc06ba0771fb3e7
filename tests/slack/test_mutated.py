"""Whatever Slack brings, nothing breaks, and nobody else's chat is touched."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.slack.bolt import Bolt
from bot.adapters.slack.channels import OF_CHANNELS
from bot.adapters.slack.reading import read, team_of, whose
from bot.adapters.slack.transport import Transport
from bot.records import (
    Commanded,
    Deleted,
    Drafted,
    Edit,
    Entry,
    Heading,
    Inbound,
    Page,
    Paragraph,
    Reply,
    Submitted,
    Unfolded,
    Window,
    Words,
)
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack
from tests.slack.events import BOT, CHANNEL, DM, OURS, ROBIN, TEAM, event
from tests.slack.house import House
from tests.slack.mutating import REAL, Mutator

Json = dict[str, Any]

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
KINDS = ["message", "app_mention", "app_home_opened", "user_change", *sorted(OF_CHANNELS)]
SEED = 20_271_108
WINDOW = Window(
    token="c:1",
    title="Write",
    submit="Send",
    close="Later",
    paragraphs=(Paragraph(text="What?"),),
    label="Yours",
)


@given(st.dictionaries(st.text(max_size=10), ANY, max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_json_is_read(payload: Json) -> None:
    read(payload, OURS)
    whose(payload)
    team_of(payload)


@given(st.sampled_from(KINDS), st.data())
@settings(max_examples=100, deadline=None)
def test_any_event_of_a_known_kind_is_read(kind: str, data: st.DataObject) -> None:
    names = ["channel", "user", "ts", "text", "files", "message", "blocks", "subtype", "tab"]
    names += ["inviter", "actor_id", "old_channel_id", "new_channel_id"]
    inside = {name: data.draw(ANY) for name in names}
    read(event(**{**inside, "type": kind}), OURS)


class Trial:
    """A house in the real shapes' workspace, and what it does with each of them."""

    def __init__(self, slack: Slack) -> None:
        slack.limits.on = False
        workspace = slack.workspace(TEAM, bot=BOT)
        self.slack = slack
        self.robin = workspace.person(id=ROBIN, dm=DM)
        self.alex: Person = workspace.person("Alex", id="U0ALEX001")
        workspace.channel("general", self.robin, bot=True, id=CHANNEL)
        self.house = House(slack, workspace)
        self.house.ours._files._sleep = unslept
        self.house.reply = answered
        self.bolt = Bolt(self.house.take)
        #: What nobody caught.
        self.wrong: list[tuple[str, Json]] = []

    async def brings(self, payload: Json) -> None:
        before = len(self.house.heard)
        answer = await self.bolt.brought(payload)
        if answer.status != 200:
            self.wrong.append((str(answer.status), payload))
        for came in self.house.heard[before:]:
            self.judge(came, payload)

    def judge(self, came: Inbound, payload: Json) -> None:
        """It is of the person or the channel that it says, and can be kept."""
        assert came.place in {f"{TEAM}:{each}" for each in self.told(payload)}
        assert came.by in {"", *(f"{TEAM}:{each}" for each in self.told(payload))}
        assert not came.by or came.group
        assert came.group is came.place.startswith((f"{TEAM}:C", f"{TEAM}:G"))
        assert 0 < len(came.id) <= 255
        for name in ("message", "text", "token"):
            value = getattr(came.body, name, "")
            assert isinstance(value, str)
            value.encode()  # Raises where half a character is left.
        if isinstance(came.body, Words | Edit | Deleted | Submitted):
            assert 0 < len(came.body.message) <= 255
        if isinstance(came.body, Drafted | Submitted | Unfolded):
            assert came.body.token
        if isinstance(came.body, Commanded):
            assert came.body.text

    @staticmethod
    def told(of: object) -> set[str]:
        """Every text within."""
        if isinstance(of, dict):
            return set().union(*(Trial.told(each) for each in of.values()), set())
        if isinstance(of, list):
            return set().union(*(Trial.told(each) for each in of), set())
        return {of} if isinstance(of, str) else set()


async def unslept(_seconds: float) -> None:
    """No wait."""


def answered(came: Inbound) -> Reply:
    """All that can be answered, to everything."""
    page = Page(parts=(Heading(text="Yours"),))
    found = (Entry(value="v", label="l"),)
    return Reply(toast="Kept.", window=WINDOW, page=page, found=found)


@pytest.fixture
async def trial(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Trial]:
    async def no_file(_self: object, _token: str, url: str, _most: int) -> tuple[str, bytes]:
        raise TimeoutError(url)  # Slack's own hosts are not here.

    monkeypatch.setattr(Transport, "fetch", no_file)
    made = Trial(slack)
    yield made
    await made.house.ours.close()


async def holds(trial: Trial, many: int) -> None:
    mutator = Mutator(random.Random(SEED))
    for _ in range(many):
        await trial.brings(mutator.one())
    await trial.house.settles()
    assert trial.wrong == []
    assert trial.house.known.removed == []
    assert trial.alex.channel.transcript == []
    assert (trial.alex.home, trial.alex.whispers, trial.alex.modals) == (None, [], [])
    assert len(trial.house.heard) > many / 5
    assert len({type(came.body) for came in trial.house.heard}) >= 12
    assert len(trial.house.ours._turns) == 0


async def test_every_real_shape_is_taken(trial: Trial) -> None:
    for payload in REAL:
        await trial.brings(payload)
    assert trial.wrong == []
    assert len({type(came.body) for came in trial.house.heard}) >= 13


async def test_a_thousand_odd_payloads_break_nothing(trial: Trial) -> None:
    await holds(trial, 1_000)


@pytest.mark.soak
async def test_ten_thousand_odd_payloads_break_nothing(trial: Trial) -> None:
    await holds(trial, 10_000)
