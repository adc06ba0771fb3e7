"""Amid a broadcast a workspace takes its token back, or a person leaves: only they get no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select

from bot.records import LaneClass, Outbound, Paragraph, Platform
from bot.store import outbox as messages
from bot.store import people
from bot.store.sending import Ending
from bot.store.tables import outbox
from scheduler.tick import now
from tests.conftest import Urls
from tests.fakes.slack.records import Accepted
from tests.fakes.slack.workspace import Workspace
from tests.proofs.slack_crowd import Talker
from tests.proofs.slack_voyage import Crossing
from tests.proofs.slack_watched import SEND
from tests.proofs.voyage import tell

pytestmark = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)

#: How many people there are, how many prompts each gets, and after how many something happens.
SIZE, EACH, AFTER = 16, 3, 12
#: As many as are on their way at once.
FLYING = 32
PROMPT = "What went well this week? ({})"


def broadcast(crossing: Crossing) -> None:
    """Prompts for everybody, which wait to be sent."""
    with crossing.opened() as store:

        def add(conn: Connection) -> None:
            for place in crossing.people:
                present = people.find(conn, Platform.SLACK, place)
                assert present is not None
                for number in range(EACH):
                    text = PROMPT.format(number)
                    message = Outbound(
                        paragraphs=(Paragraph(text=text),), lane_class=LaneClass.BROADCAST
                    )
                    messages.add(conn, store.keys, present.address, message, now=now())

        store.writer.submit(add).result(30)


def amid(crossing: Crossing, does: Callable[[], object]) -> None:
    """Do something when so many messages were taken."""

    def hears(_accepted: Accepted) -> None:
        if len(crossing.slack.sends) == AFTER:
            does()

    crossing.slack.on_accept = hears


def endings(crossing: Crossing, place: str) -> Counter[str]:
    """How what was meant for the places that begin so has ended."""
    with crossing.looking() as made, made.connect() as conn:
        chats = messages.chat_of(Platform.SLACK, place)
        rows = select(outbox.c.state).where(outbox.c.chat.startswith(chats))
        return Counter(conn.scalars(rows))


def gone(crossing: Crossing, talker: Talker) -> bool:
    """Whether nobody is reached there any more."""
    with crossing.looking() as made, made.connect() as conn:
        present = people.find(conn, Platform.SLACK, talker.place)
        assert present is not None
        return present.gone


def revokes(crossing: Crossing, workspace: Workspace) -> None:
    workspace.revokes()


def uninstalls(crossing: Crossing, workspace: Workspace) -> None:
    workspace.uninstalls()


def says_nothing(crossing: Crossing, workspace: Workspace) -> None:
    """The app is removed, and the events that tell of it are lost."""
    crossing.slack.subscribed -= {"tokens_revoked", "app_uninstalled"}
    workspace.uninstalls()


@pytest.mark.parametrize(
    "leaves", [pytest.param(revokes, marks=pytest.mark.soak), uninstalls, says_nothing]
)
async def test_a_workspace_that_leaves_amid_a_broadcast_gets_no_more_and_staff_see_it(
    urls: Urls,
    master: bytes,
    leaves: Callable[[Crossing, Workspace], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    crossing = Crossing(urls, master, seed=41, size=SIZE, strangers=0)
    slack, (left, stays) = crossing.slack, crossing.workspaces
    broadcast(crossing)
    amid(crossing, lambda: leaves(crossing, left))
    token = left.token
    async with crossing.at_work() as program:
        await crossing.patiently(crossing.all_sent())
        at = now()
        news = f"{left.team.name} removed Skerry on {at.day} {at:%B}."
        await program.tells("slack", well=True, detail=news)
        doctor = crossing.doctor()["slack"]["detail"]
    theirs, ours = endings(crossing, left.id), endings(crossing, stays.id)
    refused = slack.calls[SEND, token] - theirs[Ending.SENT]
    tell(capsys, f"{leaves.__name__}: there {dict(theirs)} ({refused} refused), here {dict(ours)}")
    assert news in doctor
    assert theirs[Ending.DEPARTED]
    assert theirs[Ending.SENT] + theirs[Ending.DEPARTED] == SIZE // 2 * EACH
    assert theirs[Ending.SENT] == sum(each.team == left.id for each in slack.sends)
    assert ours == {Ending.SENT: SIZE // 2 * EACH}
    # What was on its way is refused; after that nothing more is asked.
    assert 0 <= refused <= FLYING
    assert all(gone(crossing, each) for each in crossing.people_of(left))
    assert not any(gone(crossing, each) for each in crossing.people_of(stays))


@pytest.mark.parametrize("told", [True, pytest.param(False, marks=pytest.mark.soak)])
async def test_a_person_who_is_deactivated_departs_alone_and_is_found_again(
    urls: Urls, master: bytes, *, told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=42, size=SIZE, strangers=0)
    slack = crossing.slack
    first, namesake = list(crossing.people.values())[:2]
    assert first.account.id == namesake.account.id
    if not told:
        slack.subscribed -= {"user_change"}
    broadcast(crossing)
    amid(crossing, first.account.is_deactivated)
    async with crossing.at_work():
        await crossing.patiently(crossing.all_sent())
        theirs, everybody = endings(crossing, first.place), endings(crossing, "")
        assert gone(crossing, first)
        slack.on_accept = crossing.accepted
        first.account.comes_back()
        first.begins()
        await crossing.over()
        assert not gone(crossing, first)
    tell(capsys, f"somebody deactivated, told {told}: {dict(theirs)} of {dict(everybody)}")
    assert theirs[Ending.DEPARTED]
    assert everybody - theirs == {Ending.SENT: (SIZE - 1) * EACH}
    assert len(namesake.account.sees) == EACH
    assert len(first.account.sees) > theirs[Ending.SENT]
