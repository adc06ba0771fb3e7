"""Deliveries as staff see them."""

from __future__ import annotations

from datetime import timedelta

from bot.adapters.port import Receipt
from bot.records import LaneClass, Outbound, Paragraph, Platform
from bot.store import acknowledging, deliveries, lanes, outbox
from bot.store.opening import Store
from bot.store.people import Present
from bot.store.sending import Ending
from tests.delivery.harness import NO_PACE
from tests.store.builders import DAY, NOON, run, somebody

CANARY = "not for staff"


def add(store: Store, who: Present, lane_class: LaneClass = LaneClass.REPLY) -> None:
    message = Outbound(paragraphs=(Paragraph(text=CANARY),), lane_class=lane_class)
    run(store, lambda conn: outbox.add(conn, store.keys, who.address, message, now=NOON))


def end(store: Store, ending: Ending, reason: str = "") -> None:
    """The next message ends."""
    (sending,), _ = run(
        store,
        lambda conn: lanes.claim(
            conn, store.keys, NOON, NO_PACE, most=1, lease=timedelta(minutes=1)
        ),
    )
    if ending is Ending.SENT:
        run(store, lambda conn: acknowledging.sent(conn, sending, Receipt(message="1"), NOON))
    else:
        run(store, lambda conn: acknowledging.ended(conn, sending, ending, reason, NOON))


def test_messages_that_ended_alike_are_counted_together(store: Store) -> None:
    ada, ben = somebody(store), somebody(store, "ben")
    for who in (ada, ben):
        add(store, who)
    end(store, Ending.SENT)
    end(store, Ending.SENT)
    add(store, ada)
    end(store, Ending.REFUSED, "400 too long")
    add(store, ben, LaneClass.BROADCAST)
    found = run(store, lambda conn: deliveries.alike(conn, NOON))
    assert [(each.lane_class, each.state, each.reason, each.count) for each in found] == [
        ("reply", "refused", "400 too long", 1),
        ("reply", "sent", "", 2),
        ("broadcast", "waiting", "", 1),
    ]
    assert run(store, lambda conn: deliveries.alike(conn, NOON + DAY)) == ()


def test_the_messages_of_one_person_come_latest_first(store: Store) -> None:
    ada, ben = somebody(store), somebody(store, "ben")
    add(store, ada)
    end(store, Ending.SENT)
    add(store, ben)
    add(store, ada)
    theirs = ada.participant.id
    found = run(store, lambda conn: deliveries.of_participant(conn, theirs, NOON, 10))
    assert [(each.state, each.attempts) for each in found] == [("waiting", 0), ("sent", 1)]
    assert found[0].ended_at is None
    assert len(run(store, lambda conn: deliveries.of_participant(conn, theirs, NOON, 1))) == 1
    assert CANARY not in repr(found)


def test_an_address_nobody_is_at_ends_what_waits_for_it(store: Store) -> None:
    ada = somebody(store)
    add(store, ada)
    run(store, lambda conn: outbox.depart(conn, ada.address, NOON, "403 blocked"))
    (found,) = run(store, lambda conn: deliveries.alike(conn, NOON))
    assert (found.state, found.reason) == ("departed", "403 blocked")
    assert not run(store, lambda conn: outbox.waits(conn, ada.address))
    assert ada.address.platform is Platform.TELEGRAM
