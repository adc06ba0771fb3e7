"""One person, two places: linked with a code, both chats have all their words."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.engine.conversation import Status
from bot.records import Inbound, Left, Outbound, Platform, Words
from bot.store import forgetting, linking, people
from bot.store.opening import Store
from bot.trust.keyring import DEPLOYMENT
from tests.fakes.adapter import FakeAdapter
from tests.journeys.looking import at, current, held, person, rows, words
from tests.journeys.playing import begin
from tests.journeys.someone import Ids, Someone, quotes, texts
from tests.journeys.test_campaigns import MONDAY, asks, ended, weekly

QUARTER = timedelta(minutes=15)


@dataclass
class Two:
    """The same person in Slack, where they begin, and in Telegram."""

    slack: Someone
    telegram: Someone

    def turns_to(self, there: Someone) -> Someone:
        """They go on in one of their chats; both live by one clock."""
        there.now = max(self.slack.now, self.telegram.now)
        return there

    def waits(self, time: timedelta) -> None:
        self.slack.now = self.telegram.now = max(self.slack.now, self.telegram.now) + time

    def says(self, there: Someone, *lines: str) -> list[str]:
        """Say things in one chat; what the last of them brought there."""
        said: list[Outbound] = []
        for line in lines:
            said = self.turns_to(there).says(line)
        self.is_finished(there)
        return texts(said)

    def is_finished(self, there: Someone) -> None:
        """What the doors do once a turn is committed."""
        if leaves := there.heard.leaves:
            store = there.store
            forgetting.forget(store.engine, store.writer, store.keys, leaves)

    def hears(self, there: Someone) -> list[str]:
        """What came to a chat by itself."""
        return texts(self.turns_to(there)._listen())

    def code(self, there: Someone | None = None) -> str:
        (said,) = self.says(there or self.slack, "link")
        return _code_in(said)

    def are_linked(self) -> None:
        """Everything that linking takes, with two words of consent when both have words."""
        if self.says(self.telegram, f"link {self.code()}")[0].startswith("Both chats"):
            self.says(self.telegram, "yes, link")
        self.says(self.slack, "yes, link")
        self.hears(self.slack)
        self.hears(self.telegram)


def _code_in(said: str) -> str:
    found = re.search(r"^link (\S+)$", said, re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture
def two(store: Store, ids: Ids) -> Two:
    """Somebody who has joined in Slack and is new in Telegram."""
    slack = begin(Someone(store, place="T1/D1", platform=Platform.SLACK, ids=ids), "joined")
    return Two(slack, Someone(store, place="77", platform=Platform.TELEGRAM, ids=ids))


@pytest.fixture
def both(two: Two) -> Two:
    """Somebody who has joined in both, as if they were two."""
    two.turns_to(two.telegram)
    begin(two.telegram, "joined")
    two.turns_to(two.slack)
    return two


def _journals(two: Two, there: Someone, said: str) -> None:
    two.says(there, "journal", "yes", said, "done")


def test_a_code_joins_a_new_chat_once_its_maker_has_said_yes(two: Two) -> None:
    _journals(two, two.slack, "A heron.")
    mine = two.slack.id
    code = two.code()
    (said,) = two.says(two.telegram, f"link {code}")
    assert said.startswith("Thank you. One step remains")
    assert two.telegram.id != mine
    (asked,) = two.hears(two.slack)
    assert asked.startswith("Somebody has just used your code in Telegram. If that was you, write")
    (done,) = two.says(two.slack, "yes, link")
    assert "This chat and yours in Telegram are one now" in done
    assert "Prompts come to you here." in done
    (told,) = two.hears(two.telegram)
    assert "This chat and yours in Slack are one now" in told
    assert "Prompts come to you in Slack." in told
    assert two.telegram.id == mine
    assert quotes(two.telegram.says("remember")) == ["A heron."]


def test_the_one_who_was_only_made_to_be_answered_leaves_no_row_and_no_key(two: Two) -> None:
    two.are_linked()
    assert two.slack.store.keys.owners() == {two.slack.id, DEPLOYMENT}
    counted = rows(two.slack)
    assert (counted["participant"], counted["address"], counted["link"]) == (1, 2, 0)


@pytest.mark.parametrize(
    "typed",
    [
        "link {}",
        "/link {}",
        "LINK {}",
        "Link {}.",
        "link  {}",
        "link\n{}",
    ],
)
@pytest.mark.parametrize("shape", ["as it is", "small", "without hyphens", "with spaces"])
def test_case_spaces_and_hyphens_of_a_code_do_not_matter(two: Two, typed: str, shape: str) -> None:
    code = two.code()
    shapes = {
        "as it is": code,
        "small": code.lower(),
        "without hyphens": code.replace("-", ""),
        "with spaces": code.replace("-", " "),
    }
    (said,) = two.says(two.telegram, typed.format(shapes[shape]))
    assert said.startswith("Thank you.")


def test_nothing_of_either_is_shown_before_both_have_agreed(both: Two) -> None:
    _journals(both, both.slack, "canary of the one")
    _journals(both, both.telegram, "canary of the other")
    code = both.code()
    (said,) = both.says(both.telegram, f"link {code}")
    assert said.startswith("Both chats will be one, and whoever made that code can then read")
    assert both.hears(both.slack) == []
    assert "nothing to join" in both.says(both.slack, "yes, link")[0]
    (said,) = both.says(both.telegram, "yes, link")
    assert said.startswith("Thank you. One step remains")
    (asked,) = both.hears(both.slack)
    assert "with your days, hours and other settings from here" in asked
    assert words(both.slack) == ["canary of the one"]
    assert words(both.telegram) == ["canary of the other"]
    assert "canary" not in f"{said}{asked}"


def test_two_who_were_one_all_along_have_all_their_words_in_both_chats(both: Two) -> None:
    _journals(both, both.slack, "A heron.")
    _journals(both, both.telegram, "A wren.")
    stays, leaves = both.slack.id, both.telegram.id
    both.are_linked()
    assert both.slack.id == both.telegram.id == stays
    assert leaves not in both.slack.store.keys.owners()
    for there in (both.slack, both.telegram):
        assert sorted(quotes(both.turns_to(there).says("remember"))) == ["A heron.", "A wren."]
        page, data = both.turns_to(there).says("export")[0].files
        for file in (page, data):
            assert b"A heron." in file.content
            assert b"A wren." in file.content


def test_the_settings_of_the_chat_where_the_code_was_made_hold(both: Two) -> None:
    both.says(both.telegram, "settings", "1", "uk", "monday", "done", "17:00")
    both.says(both.telegram, "stop", "start")
    before = person(both.slack)
    both.are_linked()
    assert person(both.telegram) == before


def test_whoever_has_joined_stays_when_the_code_was_made_in_a_new_chat(two: Two) -> None:
    """A code made where nobody has joined does not take anybody's settings away."""
    mine = two.slack.id
    code = two.code(two.telegram)
    assert two.says(two.slack, f"link {code}")[0].startswith("Both chats")
    two.says(two.slack, "yes, link")
    (asked,) = two.hears(two.telegram)
    assert "with your days, hours and other settings from Slack" in asked
    (done,) = two.says(two.telegram, "yes, link")
    assert "Prompts come to you in Slack." in done
    assert two.slack.id == two.telegram.id == mine
    assert two.slack.store.keys.owners() == {mine, DEPLOYMENT}


def test_a_code_overseen_joins_nothing_unless_its_maker_says_so(two: Two, other: Someone) -> None:
    code = two.code()
    mine = two.slack.id
    other.now = two.slack.now
    other.says(f"link {code}")
    other.says("yes, link")
    two.slack.now = other.now
    assert "in the terminal" in two.hears(two.slack)[0]
    two.waits(QUARTER)
    (said,) = two.says(two.slack, "yes, link")
    assert said.startswith("There is nothing to join just now.")
    assert other.id != two.slack.id == mine


@pytest.mark.parametrize("why", ["unknown", "over", "used", "replaced", "joined"])
def test_a_code_that_is_not_good_is_refused_and_why_is_not_said(
    two: Two, other: Someone, why: str
) -> None:
    code = two.code()
    match why:
        case "unknown":
            code = "A2B-C3D-E4F"
        case "over":
            two.waits(QUARTER)
        case "used":
            other.now = two.slack.now
            other.says(f"link {code}")
        case "replaced":
            two.code()
        case _:
            other.now = two.slack.now
            other.says(f"link {code}")
            other.says("yes, link")
            two.slack.now = other.now
            two.says(two.slack, "yes, link")
            two.is_finished(two.slack)
    said = "\n".join(two.says(two.telegram, f"link {code}"))
    assert said.startswith('I cannot use that code. For a new one, write "link" in your other')
    assert 'If you have no other chat with me, write "start".' in said
    assert two.telegram.id != two.slack.id


def test_a_code_tried_once_more_where_it_was_used_is_no_other_use(two: Two) -> None:
    code = two.code()
    for _ in range(2):
        assert two.says(two.telegram, f"link {code}")[0].startswith("Thank you.")
    assert "are one now" in two.says(two.slack, "yes, link")[-1]


def test_whoever_used_a_code_cannot_say_the_last_word(two: Two) -> None:
    two.says(two.telegram, f"link {two.code()}")
    for _ in range(2):
        assert two.says(two.telegram, "yes, link")[0].startswith("Thank you. One step remains")
    assert len(two.hears(two.slack)) == 1
    assert two.telegram.id != two.slack.id


def test_nobody_is_joined_who_is_being_forgotten(both: Two) -> None:
    both.says(both.telegram, f"link {both.code()}", "yes, link")
    leaves = both.telegram.id
    both.slack.asks(lambda conn: forgetting.begin(conn, leaves))
    assert both.says(both.slack, "yes, link")[-1].startswith("There is nothing to join just now.")
    assert both.telegram.id == leaves


def test_a_code_that_two_have_joins_neither(two: Two, other: Someone) -> None:
    code = two.code()
    other.now = two.slack.now
    other.says(f"link {code}")
    other.says("yes, link")
    assert two.says(two.telegram, f"link {code}")[0].startswith("I cannot use that code.")
    two.slack.now = max(two.slack.now, other.now)
    assert two.says(two.slack, "yes, link")[-1].startswith("There is nothing to join just now.")
    other.now = two.slack.now
    assert texts(other.says("yes, link"))[0].startswith("There is nothing to join just now.")


def test_five_codes_may_be_tried_in_a_quarter_of_an_hour(two: Two) -> None:
    for _ in range(5):
        assert two.says(two.telegram, "link A2B-C3D-E4F")[0].startswith("I cannot use that code.")
    good = two.code()
    assert two.says(two.telegram, f"link {good}")[0].startswith("That was a code too many.")
    two.waits(QUARTER)
    assert two.says(two.telegram, f"link {two.code()}")[0].startswith("Thank you.")


def test_ones_own_code_in_the_same_chat_is_told_kindly_and_stays_good(two: Two) -> None:
    code = two.code()
    assert two.says(two.slack, f"link {code}")[0].startswith("That code was made by you.")
    assert two.says(two.telegram, f"link {code}")[0].startswith("Thank you.")


def test_a_sentence_that_begins_with_link_is_an_answer(two: Two) -> None:
    two.says(two.slack, "journal", "yes")
    for line in ("link this with that", "link the 3rd one", "Link them"):
        two.says(two.slack, line)
    two.says(two.slack, "done")
    assert words(two.slack) == ["link this with that\n\nlink the 3rd one\n\nLink them"]


def test_linking_leaves_an_open_question_open(two: Two) -> None:
    two.says(two.slack, "journal", "yes")
    open_at = at(two.slack)
    two.are_linked()
    assert at(two.slack) == at(two.telegram) == open_at
    two.says(two.telegram, "From the other chat.", "done")
    assert words(two.slack) == ["From the other chat."]


def test_what_follows_comes_to_the_chat_where_they_wrote_last(two: Two) -> None:
    two.are_linked()
    two.says(two.slack, "journal", "yes")
    two.says(two.telegram, "From the other chat.")
    two.turns_to(two.telegram)
    assert texts(two.telegram.waits(timedelta(seconds=13)))[0].startswith("Thank you.")
    assert two.hears(two.slack) == []


def test_what_was_open_in_both_is_open_once_and_nothing_written_is_lost(both: Two) -> None:
    both.says(both.slack, "journal", "yes", "Half a thought.")
    both.says(both.telegram, "practise", "weekly", "3", "Another half.")
    both.are_linked()
    going = [each for each in held(both.slack) if each.at is not None]
    assert sorted(each.status for each in going) == [Status.OPEN, Status.RESTING]
    assert at(both.slack) == "nudge.question"
    both.says(both.slack, "done")
    assert (at(both.slack) or "").startswith("weekly.")
    kept = "".join(repr(each) for each in held(both.slack)) + "".join(words(both.slack))
    assert "Another half." in kept
    assert "Half a thought." in kept


def test_an_invitation_in_the_other_chat_gives_way(both: Two) -> None:
    both.says(both.slack, "journal", "yes")
    both.turns_to(both.telegram).is_due("weekly")
    both.are_linked()
    assert [each.status for each in held(both.slack) if each.practice == "weekly"] == [
        Status.FOLDED
    ]


def test_joining_half_done_in_the_other_chat_is_over(two: Two) -> None:
    two.turns_to(two.telegram).arrives()
    assert at(two.telegram) == "join.consent"
    two.are_linked()
    assert current(two.telegram) is None


def test_two_new_chats_are_joined_before_anybody_has_joined(store: Store, ids: Ids) -> None:
    two = Two(
        Someone(store, place="T1/D1", platform=Platform.SLACK, ids=ids),
        Someone(store, place="77", platform=Platform.TELEGRAM, ids=ids),
    )
    two.are_linked()
    assert two.slack.id == two.telegram.id
    assert at(two.slack) == "join.consent"


def test_whoever_has_stopped_in_either_chat_is_not_joined(both: Two) -> None:
    code = both.code()
    both.says(both.telegram, f"link {code}", "yes, link", "stop")
    (said,) = both.says(both.slack, "yes, link")[-1:]
    assert said.startswith("Nothing has been joined: Skerry is stopped in your other chat.")
    assert both.slack.id != both.telegram.id
    assert person(both.telegram).standing == "stopped"
    assert "You have stopped Skerry" in both.says(both.telegram, "link")[0]


def test_a_code_of_somebody_who_has_stopped_since_is_not_good(two: Two) -> None:
    code = two.code()
    two.says(two.slack, "stop")
    assert two.says(two.telegram, f"link {code}")[0].startswith("I cannot use that code.")


def test_a_pause_in_either_chat_holds_in_both(both: Two) -> None:
    both.says(both.telegram, "pause until Monday")
    until = person(both.telegram).paused_until
    both.says(both.telegram, f"link {both.code()}", "yes, link")
    (done,) = both.says(both.slack, "yes, link")[-1:]
    assert "You asked for a quiet time" in done
    assert person(both.slack).paused_until == until is not None


def test_prompts_go_on_coming_where_they_came_until_they_say_otherwise(two: Two) -> None:
    two.are_linked()
    assert two.turns_to(two.slack).is_due("weekly")
    assert two.hears(two.telegram) == []
    assert two.says(two.telegram, "prompts here") == ["From now on, prompts come to you here."]
    assert two.turns_to(two.telegram).is_due("nudge")
    assert two.hears(two.slack) == []
    two.says(two.slack, "/prompts_here")
    assert two.turns_to(two.slack).is_due("nudge")


def test_prompts_here_in_an_only_chat_says_that_they_come_here_already(two: Two) -> None:
    assert two.says(two.slack, "prompts here")[0].startswith("Prompts come to you here already")


def test_when_the_preferred_chat_is_gone_prompts_go_to_the_other_by_themselves(two: Two) -> None:
    two.are_linked()
    two.turns_to(two.slack).does(Left())
    assert two.turns_to(two.telegram).is_due("weekly")
    assert two.says(two.slack, "help")
    assert two.turns_to(two.slack).is_due("nudge")


def test_a_prompt_that_came_to_the_other_chat_does_not_come_again(both: Two) -> None:
    mine = both.slack.id
    both.slack.asks(lambda conn: people.change(conn, mine, minute=17 * 60))
    both.slack.now = both.telegram.now = MONDAY
    both.slack.starts(weekly())
    morning, evening = MONDAY + timedelta(hours=34), MONDAY + timedelta(hours=42)
    assert asks(both.telegram.lives(morning)) == 1
    both.slack.now = morning
    both.are_linked()
    assert at(both.slack) == "weekly.energy"
    assert asks(both.turns_to(both.slack).lives(evening)) == 0
    assert ended(both.slack) == [("week 1", "sent", None)]
    assert asks(both.slack.lives(evening + timedelta(days=7))) == 1
    assert both.hears(both.telegram) == []


def test_a_campaigns_prompts_go_to_the_other_chat_once_the_preferred_one_is_gone(two: Two) -> None:
    two.are_linked()
    two.says(two.telegram, "prompts here")
    two.slack.now = two.telegram.now = MONDAY
    two.slack.starts(weekly())
    assert asks(two.telegram.lives(MONDAY + timedelta(days=2))) == 1
    two.telegram.does(Left())
    assert asks(two.turns_to(two.slack).lives(MONDAY + timedelta(days=9))) == 1
    assert ended(two.slack) == [("week 1", "sent", None), ("week 2", "sent", None)]


def test_unlink_lets_this_chat_go_and_the_words_stay_in_the_other(two: Two) -> None:
    _journals(two, two.slack, "A heron.")
    mine = two.slack.id
    two.are_linked()
    (said,) = two.says(two.slack, "unlink")
    assert said.startswith("Done. This chat is let go")
    assert "Your words are with you in Telegram." in said
    assert two.telegram.id == mine
    assert two.turns_to(two.telegram).is_due("weekly")
    assert quotes(two.telegram.says("remember")) == ["A heron."]
    assert two.says(two.slack, "remember")[0].startswith("Hello, I am Skerry.")
    assert quotes(two.slack.says("remember")) == []
    assert two.slack.id != mine


def test_what_still_waited_for_a_chat_that_is_let_go_is_not_said_there(two: Two) -> None:
    two.are_linked()
    two.turns_to(two.telegram).is_due("weekly")
    two.slack.told.clear()
    two.says(two.slack, "unlink")
    assert [text for text in texts(two.slack.told) if not text.startswith("Done.")] == []


def test_a_chat_that_was_let_go_comes_back_with_a_code(two: Two) -> None:
    two.are_linked()
    mine = two.slack.id
    two.says(two.slack, "unlink")
    two.says(two.slack, f"link {two.code(two.telegram)}")
    two.says(two.telegram, "yes, link")
    assert two.slack.id == two.telegram.id == mine


def test_the_last_chat_cannot_be_let_go(two: Two) -> None:
    for _ in range(2):
        (said,) = two.says(two.slack, "unlink")
        assert said.startswith("This is the only chat where I reach you")
    two.are_linked()
    two.turns_to(two.telegram).does(Left())
    assert two.says(two.slack, "unlink")[0].startswith("This is the only chat")


def test_after_stop_a_chat_can_still_be_let_go(two: Two) -> None:
    two.are_linked()
    two.says(two.slack, "stop")
    assert two.says(two.slack, "unlink")[0].startswith("Done.")
    assert person(two.telegram).standing == "stopped"


def test_forget_me_from_either_chat_forgets_all(two: Two) -> None:
    _journals(two, two.slack, "A heron.")
    two.are_linked()
    (said,) = two.says(two.telegram, "forget me")
    assert "in every chat that you have linked" in said
    two.says(two.telegram, "yes, forget me")
    address, _ = two.telegram.heard.forget or (None, None)
    assert address is not None
    store = two.telegram.store
    forgetting.forget(store.engine, store.writer, store.keys, address.participant)
    assert rows(two.slack)["address"] == 0
    assert two.says(two.slack, "remember")[0].startswith("Hello, I am Skerry.")


def test_a_question_put_in_one_chat_and_answered_in_the_other_is_settled(two: Two) -> None:
    two.are_linked()
    two.says(two.slack, "practise", "weekly")
    two.says(two.telegram, "3")
    (settled,) = two.telegram.heard.settled
    assert settled.chosen == "3"


async def test_the_doors_forget_the_key_of_whoever_became_one_with_another(two: Two) -> None:
    store = two.slack.store
    code = two.code()
    two.says(two.telegram, f"link {code}")
    leaves = two.telegram.id
    adapter = FakeAdapter(Platform.SLACK)
    adapters = {Platform.SLACK: adapter}
    deliverer = Deliverer(store.writer, store.keys, adapters, lambda: two.slack.now)
    doors = Doors(two.slack.house(), store, deliverer, adapters, lambda: two.slack.now)
    running = asyncio.create_task(deliverer.run())
    two.turns_to(two.slack)
    came = Inbound(
        platform=Platform.SLACK,
        id="yes",
        place=two.slack.place,
        body=Words(message="yes", text="yes, link"),
    )
    assert (await doors.hear(came)).leaves == leaves
    assert not (await doors.hear(came)).new
    await doors.sweep(two.slack.now)
    deliverer.stop()
    await running
    assert leaves not in store.keys.owners()
    assert two.slack.asks(people.forgetting) == ()
    assert two.telegram.id == two.slack.id


def test_old_codes_and_what_was_counted_are_swept(two: Two) -> None:
    two.code()
    two.says(two.telegram, "link A2B-C3D-E4F")
    counted = rows(two.slack)
    assert (counted["link"], counted["link_try"]) == (1, 1)
    later = two.telegram.now + QUARTER
    two.slack.asks(lambda conn: linking.prune(conn, later))
    counted = rows(two.slack)
    assert (counted["link"], counted["link_try"]) == (0, 0)
