"""What is claimed, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event, select

from bot.records import LaneClass, Media, OnUncertain, Option, Outbound, Paragraph, Platform, Quote
from bot.store import acknowledging, outbox
from bot.store.prepared import Prepared
from bot.store.sending import Ending, Hold
from bot.store.tables import outbox as table
from bot.store.tables import outbox_chat
from bot.trust.keyring import DEPLOYMENT
from tests.delivery.harness import LEASE, NO_PACE, NOON, PACED, Post, seconds, texts, words

HELP, REPLY, BROADCAST = LaneClass.HELP, LaneClass.REPLY, LaneClass.BROADCAST


def test_a_message_comes_out_as_it_went_in(post: Post) -> None:
    address = post.somebody("7")
    message = Outbound(
        paragraphs=(Paragraph(text="You wrote:"), Quote(text="Né \U0001f331 \ud83d \x00")),
        options=(Option(label="One", token="t1"), Option(label="Two", token="t2", chosen=True)),
        files=(Media(name="a.bin", mime="application/x", content=bytes(range(256))),),
        lane_class=BROADCAST,
        on_uncertain=OnUncertain.SKIP,
    )
    post.add(address, message)
    (sending,) = post.claim()
    assert sending.message == message
    assert sending.address == address
    assert sending.piece == 0
    assert sending.attempts == 1


def test_a_lane_is_first_in_first_out(post: Post) -> None:
    address = post.somebody("7")
    for text in ("one", "two", "three"):
        post.add(address, text)
    said = []
    for _ in range(3):
        (sending,) = post.claim()
        said += texts((sending,))
        assert post.sent(sending)
    assert said == ["one", "two", "three"]
    assert post.claim() == ()


def test_help_goes_before_replies_before_broadcasts(post: Post) -> None:
    address = post.somebody("7")
    for lane_class in (BROADCAST, REPLY, HELP):
        post.add(address, words(lane_class, lane_class))
    said = []
    while taken := post.claim():
        said += texts(taken)
        post.sent(taken[0])
    assert said == ["help", "reply", "broadcast"]


def test_replies_anywhere_overtake_broadcasts_anywhere(post: Post) -> None:
    crowd = [post.somebody(str(number)) for number in range(20)]
    for address in crowd[:18]:
        post.add(address, words("broadcast", BROADCAST))
    post.add(crowd[18], words("reply", REPLY), now=seconds(1))
    post.add(crowd[19], words("help", HELP), now=seconds(2))
    assert texts(post.claim(seconds(2), most=3)) == ["help", "reply", "broadcast"]


def test_one_message_of_a_chat_is_in_flight_at_most(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, words("first", BROADCAST))
    (first,) = post.claim()
    post.add(address, words("urgent", HELP))
    assert post.claim(seconds(5)) == ()
    post.sent(first, seconds(5))
    assert texts(post.claim(seconds(5))) == ["urgent"]


def test_many_chats_are_claimed_at_once_but_no_more_than_asked(post: Post) -> None:
    for number in range(5):
        post.add(post.somebody(str(number)), str(number), now=seconds(number))
    assert texts(post.claim(seconds(9), most=3)) == ["0", "1", "2"]
    assert texts(post.claim(seconds(9), most=3)) == ["3", "4"]


def test_platforms_that_are_not_asked_for_wait(post: Post) -> None:
    post.add(post.somebody("7", Platform.SLACK), "hello")
    assert post.claim() == ()
    assert texts(post.claim(paces={Platform.SLACK: NO_PACE[Platform.TELEGRAM]})) == ["hello"]


def test_a_lease_that_ran_out_is_claimed_again(post: Post) -> None:
    post.add(post.somebody("7"), "hello")
    (first,) = post.claim()
    assert post.claim(NOON + LEASE - timedelta(seconds=1)) == ()
    (second,) = post.claim(NOON + LEASE)
    assert second.id == first.id
    assert second.attempts == 2


def test_whoever_lost_the_claim_can_acknowledge_nothing(post: Post) -> None:
    message = post.add(post.somebody("7"), "hello")
    (frozen,) = post.claim()
    (second,) = post.claim(NOON + LEASE)
    assert not post.sent(frozen)
    assert not post.again(frozen, seconds(1))
    assert not post.ended(frozen, Ending.REFUSED)
    assert not post.run(lambda conn: acknowledging.follow(conn, frozen, "8", NOON))
    assert post.outcome(message).state is None
    assert post.sent(second)
    assert post.outcome(message).state is Ending.SENT


def test_a_late_acknowledgement_holds_while_nobody_else_has_claimed(post: Post) -> None:
    message = post.add(post.somebody("7"), "hello")
    (slow,) = post.claim()
    assert post.sent(slow, NOON + 2 * LEASE)
    assert post.outcome(message).state is Ending.SENT


def test_an_acknowledgement_said_twice_changes_nothing(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, "one")
    post.add(address, "two")
    (one,) = post.claim()
    assert post.sent(one, more=True)
    assert post.sent(one, more=True)
    (again,) = post.claim()
    assert again.id == one.id
    assert again.piece == 1


def test_after_a_crash_an_uncertain_message_is_resent_or_left_as_it_says(post: Post) -> None:
    resend = post.add(post.somebody("7"), words("resend"))
    skip = post.add(post.somebody("8"), words("skip", on_uncertain=OnUncertain.SKIP))
    assert len(post.claim()) == 2
    assert texts(post.claim(NOON + LEASE)) == ["resend"]
    assert post.outcome(resend).state is None
    left = post.outcome(skip)
    assert (left.state, left.reason, left.attempts) == (Ending.SKIPPED, "uncertain", 1)


def test_what_stands_behind_a_message_that_was_left_goes_on(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, words("skip", on_uncertain=OnUncertain.SKIP))
    post.add(address, "next")
    post.claim()
    assert post.claim(NOON + LEASE) == ()
    assert texts(post.claim(NOON + LEASE)) == ["next"]


def test_a_message_sent_ends_with_its_body_blank(post: Post) -> None:
    message = post.add(post.somebody("7"), "hello")
    (sending,) = post.claim(seconds(1))
    post.sent(sending, seconds(2))
    done = post.outcome(message)
    assert (done.state, done.reason, done.attempts) == (Ending.SENT, "", 1)
    assert (done.queued_at, done.tried_at, done.ended_at) == (NOON, seconds(1), seconds(2))
    assert post.run(lambda conn: conn.scalar(select(table.c.body))) is None


def test_words_stand_sealed_in_the_outbox(post: Post) -> None:
    post.add(post.somebody("7"), "canary")
    body = post.run(lambda conn: conn.scalar(select(table.c.body)))
    assert body is not None
    assert b"canary" not in body


@pytest.mark.parametrize("state", [Ending.REFUSED, Ending.SKIPPED])
def test_a_message_that_ends_says_why_and_lets_the_next_one_go(post: Post, state: Ending) -> None:
    address = post.somebody("7")
    first = post.add(address, "one")
    post.add(address, "two")
    (sending,) = post.claim()
    assert post.ended(sending, state)
    assert (post.outcome(first).state, post.outcome(first).reason) == (state, "why")
    assert texts(post.claim()) == ["two"]


def test_a_message_tried_again_waits_and_holds_its_lane(post: Post) -> None:
    address = post.somebody("7")
    first = post.add(address, "one")
    post.add(address, "two")
    (sending,) = post.claim()
    assert post.again(sending, seconds(10))
    assert post.outcome(first).reason == "trouble"
    taken, due = post.claim_and_when(seconds(9))
    assert taken == ()
    assert due == seconds(10)
    assert texts(post.claim(seconds(10))) == ["one"]


def test_help_does_not_wait_for_a_lower_lane_in_trouble(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, words("broadcast", BROADCAST))
    (sending,) = post.claim()
    post.again(sending, seconds(100))
    post.add(address, words("help", HELP), now=seconds(1))
    assert texts(post.claim(seconds(1))) == ["help"]


def test_retry_after_holds_every_lane_of_its_chat_and_no_other_chat(post: Post) -> None:
    address, other = post.somebody("7"), post.somebody("8")
    post.add(address, words("reply", REPLY))
    (sending,) = post.claim()
    post.again(sending, seconds(30), Hold.CHAT)
    post.add(address, words("help", HELP), now=seconds(1))
    post.add(other, "other", now=seconds(1))
    assert texts(post.claim(seconds(29))) == ["other"]
    assert texts(post.claim(seconds(30))) == ["help"]


def test_retry_after_for_the_bot_holds_every_chat(post: Post) -> None:
    address, other = post.somebody("7"), post.somebody("8")
    post.add(address, "one")
    (sending,) = post.claim()
    post.again(sending, seconds(30), Hold.BOT)
    post.add(other, words("other", HELP), now=seconds(1))
    taken, due = post.claim_and_when(seconds(29))
    assert taken == ()
    assert due == seconds(30)
    assert texts(post.claim(seconds(30))) == ["other", "one"]


def test_a_departed_address_ends_all_that_waits_for_it(post: Post) -> None:
    address, other = post.somebody("7"), post.somebody("8")
    messages = [post.add(address, text) for text in ("one", "two")]
    post.add(other, "other")
    assert post.run(lambda conn: outbox.depart(conn, address, seconds(1))) == 2
    assert {post.outcome(message).state for message in messages} == {Ending.DEPARTED}
    assert texts(post.claim(seconds(1))) == ["other"]


def test_whoever_comes_back_after_departing_is_answered(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, "one")
    post.run(lambda conn: outbox.depart(conn, address, seconds(1)))
    post.add(address, "welcome back", now=seconds(2))
    assert texts(post.claim(seconds(2))) == ["welcome back"]


def test_a_chat_that_moved_takes_its_lanes_along(post: Post) -> None:
    address = post.somebody("-7")
    for text in ("one", "two"):
        post.add(address, text)
    (sending,) = post.claim()
    assert post.run(lambda conn: acknowledging.follow(conn, sending, "-1007", seconds(1)))
    said = []
    while taken := post.claim(seconds(2)):
        assert taken[0].address.place == "-1007"
        assert taken[0].address.id == address.id
        said += texts(taken)
        post.sent(taken[0], seconds(2))
    assert said == ["one", "two"]
    chats = post.run(lambda conn: conn.scalars(select(outbox_chat.c.place)).all())
    assert chats == ["-1007"]


def test_in_a_chat_that_moved_an_old_number_is_nobodys_message(post: Post) -> None:
    there = post.somebody("-7")
    first = post.add(there, "one")
    (sending,) = post.claim()
    post.sent(sending, seconds(1))
    named = post.run(lambda conn: outbox.receipt(conn, first))
    post.add(there, "two")
    (sending,) = post.claim(seconds(2))
    assert post.run(lambda conn: acknowledging.follow(conn, sending, "-1007", seconds(3)))
    assert post.run(lambda conn: outbox.receipt(conn, first)) == f"-7/{named}"


def test_a_chat_that_moved_to_a_known_place_waits_for_what_is_in_flight_there(post: Post) -> None:
    old, new = post.somebody("-7"), post.somebody("-1007")
    post.add(old, "old")
    post.add(new, "new", now=seconds(1))
    sending, there = post.claim(seconds(1))
    post.run(lambda conn: acknowledging.follow(conn, sending, "-1007", seconds(1)))
    assert post.claim(seconds(2)) == ()
    assert post.sent(there, seconds(3))
    assert texts(post.claim(seconds(3))) == ["old"]


def test_a_message_that_is_too_late_expires_unsent(post: Post) -> None:
    address = post.somebody("7")
    late = post.add(address, "late", expires_at=seconds(60))
    post.add(address, "next")
    assert post.claim(seconds(60)) == ()
    assert texts(post.claim(seconds(60))) == ["next"]
    assert (post.outcome(late).state, post.outcome(late).reason) == (Ending.EXPIRED, "late")


def test_a_restore_expires_all_that_waits(post: Post) -> None:
    messages = [post.add(post.somebody(place), "hello") for place in ("7", "8")]
    (flying,) = post.claim(most=1)
    assert post.run(lambda conn: outbox.expire_all(conn, "restored", seconds(1))) == 2
    assert {post.outcome(message).reason for message in messages} == {"restored"}
    assert not post.sent(flying)
    assert post.claim(NOON + LEASE) == ()


def test_what_is_withdrawn_is_not_sent(post: Post) -> None:
    address, other = post.somebody("7"), post.somebody("8")
    message = post.add(address, "one")
    post.add(other, "other")
    post.run(lambda conn: outbox.withdraw(conn, address.participant, reason="stopped", now=NOON))
    post.add(address, words("You stopped.", BROADCAST))
    assert (post.outcome(message).state, post.outcome(message).reason) == (
        Ending.SKIPPED,
        "stopped",
    )
    assert sorted(texts(post.claim())) == ["You stopped.", "other"]


def test_a_chat_from_which_all_was_withdrawn_is_found_empty_once(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, "one")
    post.run(lambda conn: outbox.withdraw(conn, address.participant, reason="stopped", now=NOON))
    assert post.claim() == ()
    assert post.claim_and_when() == ((), None)


def test_what_is_withdrawn_in_flight_is_not_tried_again(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, "one")
    (flying,) = post.claim()
    post.run(lambda conn: outbox.withdraw(conn, address.participant, reason="stopped", now=NOON))
    assert post.again(flying, seconds(1))
    assert post.claim(NOON + LEASE) == ()


def test_the_messages_of_the_forgotten_end_silently(post: Post) -> None:
    address, other = post.somebody("7"), post.somebody("8")
    message = post.add(address, "secret")
    post.add(other, "other")
    post.keys.forget(address.participant)
    assert texts(post.claim()) == ["other"]
    assert (post.outcome(message).state, post.outcome(message).reason) == (
        Ending.SKIPPED,
        "forgotten",
    )


def test_a_body_that_was_tampered_with_is_refused(post: Post) -> None:
    one, two = post.add(post.somebody("7"), "one"), post.add(post.somebody("8"), "two")
    post.run(lambda conn: conn.execute(table.update().values(body=b"x" * 50)))
    assert post.claim() == ()
    assert post.outcome(one).reason == post.outcome(two).reason == "unreadable"
    assert post.outcome(one).state is Ending.REFUSED


def test_a_body_of_another_version_is_refused_and_holds_nobody_up(post: Post) -> None:
    address = post.somebody("7")
    message = post.add(address, "hello")
    other = post.keys.sealer(address.participant).seal("outbox", message, b'{"version":9}')
    post.run(lambda conn: conn.execute(table.update().values(body=other)))
    post.add(address, "next")
    assert post.claim() == ()
    assert post.outcome(message).reason == "unreadable"
    assert texts(post.claim()) == ["next"]


def test_a_long_reason_is_kept_as_far_as_it_fits(post: Post) -> None:
    message = post.add(post.somebody("7"), "hello")
    (sending,) = post.claim()
    why = "why " * 100
    post.run(lambda conn: acknowledging.again(conn, sending, NOON, why))
    (sending,) = post.claim()
    post.run(lambda conn: acknowledging.ended(conn, sending, Ending.REFUSED, why, NOON))
    assert post.outcome(message).reason == why[:80]


def test_forgetting_leaves_nothing_of_a_participant_in_the_outbox(post: Post) -> None:
    address, other = post.somebody("7"), post.somebody("8")
    post.add(address, "one")
    (sending,) = post.claim()
    post.sent(sending)
    post.add(address, "two")
    post.add(address, "three", owner=DEPLOYMENT)
    post.add(other, "other")
    post.run(lambda conn: outbox.forget(conn, address.participant))
    assert post.run(lambda conn: conn.scalars(select(table.c.chat)).all()) == ["telegram:8"]
    assert post.run(lambda conn: conn.scalars(select(outbox_chat.c.place)).all()) == ["8"]


def test_a_message_to_nobody_in_particular_is_sealed_for_the_deployment(post: Post) -> None:
    address = post.somebody("7")
    nobody = type(address)(id="0" * 32, participant="", platform=address.platform, place="99")
    message = post.add(nobody, "Goodbye.", owner=DEPLOYMENT)
    (sending,) = post.claim()
    assert sending.address == nobody
    post.sent(sending)
    assert post.run(lambda conn: outbox.purge(conn, NOON)) == 1
    assert post.run(lambda conn: outbox.outcome(conn, message)) is None
    assert post.run(lambda conn: conn.scalars(select(outbox_chat.c.chat)).all()) == []


def test_what_ended_long_ago_is_purged_and_what_waits_is_not(post: Post) -> None:
    address = post.somebody("7")
    for text in ("old", "young", "waiting"):
        post.add(address, text)
    for at in (seconds(1), seconds(100)):
        (sending,) = post.claim(at)
        post.sent(sending, at)
    assert post.run(lambda conn: outbox.purge(conn, seconds(50))) == 1
    assert post.run(lambda conn: outbox.purge(conn, seconds(50))) == 0
    assert texts(post.claim(seconds(101))) == ["waiting"]


def test_what_waits_can_be_counted(post: Post) -> None:
    address, other = post.somebody("7"), post.somebody("8")
    post.add(address, words("one", BROADCAST), now=seconds(1))
    post.add(other, words("two", BROADCAST), now=seconds(2))
    post.add(other, words("help", HELP), now=seconds(3))
    post.claim(seconds(4), most=1)
    found = {each.lane_class: each for each in post.run(outbox.counts)}
    assert list(found) == [HELP, BROADCAST]
    assert (found[HELP].queued, found[HELP].in_flight) == (1, 1)
    assert (found[BROADCAST].queued, found[BROADCAST].in_flight) == (2, 0)
    assert found[BROADCAST].oldest == seconds(1)


def test_a_message_in_pieces_goes_on_where_it_was_acknowledged(post: Post) -> None:
    address = post.somebody("7")
    message = post.add(address, "long")
    (first,) = post.claim()
    assert post.sent(first, more=True)
    (second,) = post.claim()
    assert (second.id, second.piece) == (message, 1)
    (after_crash,) = post.claim(NOON + LEASE)
    assert after_crash.piece == 1
    assert post.sent(after_crash)
    assert post.outcome(message).state is Ending.SENT


def test_a_reply_does_not_part_a_broadcast_half_said_but_help_does(post: Post) -> None:
    address = post.somebody("7")
    post.add(address, words("long", BROADCAST))
    (first,) = post.claim()
    post.add(address, words("reply", REPLY))
    post.add(address, words("help", HELP))
    post.sent(first, more=True)
    said = []
    while taken := post.claim():
        said += texts(taken)
        post.sent(taken[0])
    assert said == ["help", "long", "reply"]


def test_adding_a_message_takes_two_statements(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = post.somebody("7")
    handed: list[str] = []
    seen: list[str] = []
    run = Prepared.run

    def count(self: Prepared, conn: Connection, values: Mapping[str, object]) -> int:
        handed.append(str(values["chat"]))
        return run(self, conn, values)

    @event.listens_for(post.engine, "before_cursor_execute")
    def _see(*told: object) -> None:
        seen.append(str(told[2]))

    monkeypatch.setattr(Prepared, "run", count)
    post.add(address, "hello")
    event.remove(post.engine, "before_cursor_execute", _see)
    assert len(handed) == 2
    assert [each for each in seen if not each.startswith(("BEGIN", "COMMIT"))] == []


def test_nothing_to_do_means_not_known_when(post: Post) -> None:
    assert post.claim_and_when(paces=PACED) == ((), None)
