"""Who is said to be gone, and who is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.port import Departed, Unreachable
from bot.adapters.slack.workspaces import place_of
from bot.records import Outbound, Paragraph
from tests.fakes.slack import faults
from tests.fakes.slack.people import Person
from tests.fakes.slack.records import Standing
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.house import House, known
from tests.slack.ways import at_home

HELLO = Outbound(paragraphs=(Paragraph(text="Hello"),))
AUTH = "auth.test"


@pytest.fixture
async def house(slack: Slack, workspace: Workspace) -> AsyncIterator[House]:
    async with at_home(slack, workspace) as running:
        yield running


@pytest.fixture
def robin(workspace: Workspace) -> Person:
    return workspace.person()


def place(person: Person) -> str:
    return place_of(person.team.id, person.id)


def ends(slack: Slack, workspace: Workspace, standing: Standing) -> None:
    """A token is good no more, and nobody says so."""
    slack.tokens[workspace.token] = (workspace.team, standing)


@pytest.mark.parametrize("standing", [Standing.REVOKED, Standing.GONE])
async def test_a_workspace_whose_token_is_gone_twice_over_is_gone(
    house: House, robin: Person, workspace: Workspace, standing: Standing
) -> None:
    ends(house.slack, workspace, standing)
    with pytest.raises(Departed, match=r"token_revoked|account_inactive"):
        await house.ours.send(place(robin), HELLO)
    assert house.known.removed == [(workspace.id, "revoked")]
    with pytest.raises(Departed, match="no such workspace"):
        await house.ours.send(place(robin), HELLO)
    assert len(house.known.removed) == 1


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked"])
async def test_a_workspace_that_slack_takes_back_at_once_is_there(
    house: House, robin: Person, code: str
) -> None:
    house.slack.faults.add(faults.refuse(code), "chat.postMessage")
    with pytest.raises(Unreachable, match="gone and back") as told:
        await house.ours.send(place(robin), HELLO)
    assert not told.value.uncertain
    await house.ours.send(place(robin), HELLO)
    assert house.known.removed == []


@pytest.mark.parametrize(
    "second",
    [faults.refuse("invalid_auth"), faults.gateway(502), faults.reset(), faults.flood(3)],
)
async def test_a_workspace_of_which_slack_cannot_say_is_there(
    house: House, robin: Person, second: faults.Fault
) -> None:
    house.slack.faults.add(faults.refuse("account_inactive"), "chat.postMessage")
    house.slack.faults.add(second, AUTH)
    with pytest.raises(Unreachable):
        await house.ours.send(place(robin), HELLO)
    assert house.known.removed == []


async def test_a_token_that_was_made_anew_meanwhile_is_used_next(
    house: House, robin: Person, workspace: Workspace
) -> None:
    old = known(workspace)
    ends(house.slack, workspace, Standing.GONE)
    workspace.team.standing = Standing.GONE
    workspace.installs()
    looked = house.known.get

    async def late(team: str) -> object:
        house.known.get = looked  # type: ignore[method-assign]
        found = replace(old)
        house.known.held[team] = known(workspace)
        return found

    house.known.get = late  # type: ignore[method-assign, assignment]
    with pytest.raises(Unreachable, match="another token"):
        await house.ours.send(place(robin), HELLO)
    await house.ours.send(place(robin), HELLO)
    assert house.known.removed == []


async def test_a_workspace_that_somebody_removed_meanwhile_is_gone(
    house: House, robin: Person, workspace: Workspace
) -> None:
    ends(house.slack, workspace, Standing.GONE)
    looked = house.known.get

    async def once(team: str) -> object:
        house.known.get = looked  # type: ignore[method-assign]
        return house.known.held.pop(team)

    house.known.get = once  # type: ignore[method-assign, assignment]
    with pytest.raises(Departed, match="no such workspace"):
        await house.ours.send(place(robin), HELLO)
    assert house.known.removed == []


async def test_a_workspace_that_cannot_be_removed_yet_is_told_to_wait(
    house: House, robin: Person, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_team: str, _reason: str) -> None:
        raise OSError

    ends(house.slack, workspace, Standing.GONE)
    monkeypatch.setattr(house.known, "remove", full)
    with pytest.raises(Unreachable, match="OSError"):
        await house.ours.send(place(robin), HELLO)


async def test_a_workspace_that_takes_us_out_is_told_once(
    house: House, workspace: Workspace
) -> None:
    workspace.uninstalls()
    await house.slack.wait_for(lambda: not house.slack.pending)
    assert [team for team, _ in house.known.removed] == [workspace.id]
    assert house.heard == []


async def test_a_workspace_that_revokes_our_token_is_told(
    house: House, workspace: Workspace
) -> None:
    workspace.revokes()
    await house.slack.wait_for(lambda: not house.slack.pending)
    assert house.known.removed == [(workspace.id, "revoked")]


async def test_late_news_of_an_end_does_not_undo_a_new_beginning(
    house: House, workspace: Workspace
) -> None:
    with house.slack.post.held():
        workspace.uninstalls()
        workspace.installs()
        await house.known.keep(known(workspace))
    await house.slack.wait_for(lambda: not house.slack.pending)
    assert house.known.removed == []


@pytest.mark.parametrize(
    "fault", [faults.gateway(502), faults.refuse("internal_error"), faults.reset()]
)
async def test_news_of_an_end_that_cannot_be_seen_comes_again(
    house: House, workspace: Workspace, fault: faults.Fault
) -> None:
    house.slack.sockets.patience = 0.5
    house.slack.faults.add(fault, AUTH)
    workspace.revokes()
    await house.slack.wait_for(lambda: house.known.removed)
    assert house.slack.post.retries >= 1
