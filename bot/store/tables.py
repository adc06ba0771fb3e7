"""The tables of the words' database; nobody outside the store imports this.

Rules: ids are random and made before sealing; an instant is a count of milliseconds; what a
person wrote stands in `body` or `content` alone, sealed; a table that holds anything of one
person has a column `participant`, by which `forgetting` finds it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from bot.store import circled  # noqa: F401 - Its tables are part of the same metadata.
from bot.store.columns import Insert, Instant, each, metadata, new_id
from bot.store.columns import id_column as _id
from bot.store.columns import participant_column as _participant
from bot.store.counted import BOX

#: What other rooms of the store take from here as well.
__all__ = ["BOX", "Insert", "Instant", "each", "metadata", "new_id"]

#: What the database says about itself: the key store's id.
meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

#: A person who practises.
participant = Table(
    "participant",
    metadata,
    _id(),
    Column("standing", String(16), nullable=False),
    Column("language", String(16), nullable=False),
    Column("zone", String(64), nullable=False),
    #: False while the zone is only the deployment's.
    Column("zone_chosen", Boolean, nullable=False),
    #: The weekdays they like, as digits: `01234` is Monday to Friday.
    Column("days", String(7), nullable=False),
    Column("minute", Integer, nullable=False),
    Column("paused_until", Instant),
    Column("keeps", Boolean, nullable=False),
    #: When `forget me` was said; `yes, forget me` must follow.
    Column("forget_asked_at", Instant),
    Column("created_at", Instant, nullable=False),
    #: How long their words are kept; the deployment's time when it is empty.
    Column("retention_months", Integer),
    #: When they had joined; planned prompts before then are not for them.
    Column("joined_at", Instant),
    #: Which of their days (`d`), hour (`h`) and language (`l`) they chose; the rest is usual.
    Column("chosen", String(8)),
    #: Between which minutes after midnight prompts may come; empty while they have not said.
    Column("window_from", Integer),
    Column("window_to", Integer),
    #: Whose public holidays are quiet for them, `none`, or empty while they have not said.
    Column("holidays", String(16)),
)

#: Where a participant is reached.
address = Table(
    "address",
    metadata,
    _id(),
    _participant(),
    Column("platform", String(16), nullable=False),
    Column("place", String(255), nullable=False),
    Column("added_at", Instant, nullable=False),
    #: When they last said that prompts are to come here; empty when they never did.
    Column("preferred_at", Instant),
    #: Since when nobody is reached here; empty while somebody is.
    Column("gone_at", Instant),
    UniqueConstraint("platform", "place"),
    Index(None, "participant"),
)

#: A code by which one person joins two places where they are reached.
link = Table(
    "link",
    metadata,
    #: A keyed hash of the code: whoever reads the table cannot use it.
    Column("hash", String(64), primary_key=True),
    #: Who made it, and the address where.
    _participant(),
    Column("address", String(32), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    #: The address where it was used; empty while it was not.
    Column("used_by", String(32)),
    #: When whoever is there said that they want it; the one who made it must say so last.
    Column("agreed_at", Instant),
    Index(None, "participant"),
)

#: How often codes were tried in a place lately.
link_try = Table(
    "link_try",
    metadata,
    #: `platform:place`.
    Column("chat", String(272), primary_key=True),
    Column("count", Integer, nullable=False),
    #: Since when they are counted.
    Column("since", Instant, nullable=False),
)

#: One organisation's place on a platform that lets us in there: a Slack workspace.
workspace = Table(
    "workspace",
    metadata,
    Column("platform", String(16), primary_key=True),
    #: The platform's own name of it: `T012AB3C4`.
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    #: Who we are there: the platform's own name of our user, and of the bot.
    Column("bot_user", String(40), nullable=False),
    Column("bot", String(40), nullable=False),
    #: What we may do there, separated by commas.
    Column("scopes", Text, nullable=False),
    #: The token, sealed under the deployment's key; empty once it is taken back.
    Column("token", LargeBinary),
    Column("installed_at", Instant, nullable=False),
    Column("removed_at", Instant),
    #: Why: `uninstalled`, `revoked`.
    Column("reason", String(40)),
)

#: A visit to a platform's page of consent that has not come back yet.
visit = Table(
    "visit",
    metadata,
    #: A hash of what the visitor brings back.
    Column("hash", String(64), primary_key=True),
    Column("ends_at", Instant, nullable=False),
)

#: A label that staff give people.
cohort = Table(
    "cohort",
    metadata,
    _id(),
    Column("name", String(80), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
)

#: Who is in which cohort.
membership = Table(
    "membership",
    metadata,
    Column("cohort", String(32), ForeignKey("cohort.id"), primary_key=True),
    _participant(primary_key=True),
    Column("joined_at", Instant, nullable=False),
    Index(None, "participant"),
    sqlite_with_rowid=False,
)

#: A code that puts whoever follows it into a cohort.
invitation = Table(
    "invitation",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("cohort", String(32), ForeignKey("cohort.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    #: From then on it lets nobody in; empty when it has no end.
    Column("ends_at", Instant),
    #: How many people it lets in; empty for any number.
    Column("capacity", Integer),
    #: How many people it has let in.
    Column("used", Integer, nullable=False, server_default="0"),
)

#: Somebody whom staff have invited, by a name of their own for them; who followed is not known.
invitee = Table(
    "invitee",
    metadata,
    Column("reference", String(80), primary_key=True),
    Column("code", String(64), ForeignKey("invitation.code"), nullable=False, unique=True),
)

#: One participant in one practice.
conversation = Table(
    "conversation",
    metadata,
    _id(),
    _participant(),
    Column("practice", String(40), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("begun", Boolean, nullable=False),
    Column("wake_at", Instant),
    Column("wake", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("touched_at", Instant, nullable=False),
    #: The occasion it was begun for, if it was planned.
    Column("occasion", String(255)),
    #: The address where it was last heard or said.
    Column("address", String(32)),
    Column("body", LargeBinary, nullable=False),
    Index("ix_conversation_participant", "participant", "practice"),
)


def live(status: ColumnElement[str], *named: str) -> ColumnElement[bool]:
    """Whether a conversation has not ended, in the very words of the index that finds these.

    SQLite uses a partial index only where a query says what the index says.
    """
    going = status.in_([literal_column(f"'{name}'") for name in ("open", "resting", "queued")])
    if not named:
        return going
    return going & status.in_([literal_column(f"'{name}'") for name in named])


_LIVE = live(conversation.c.status)
Index(
    "ix_conversation_live",
    conversation.c.participant,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
_WAKES = conversation.c.wake_at.is_not(None)
Index(
    "ix_conversation_wake_at",
    conversation.c.wake_at,
    sqlite_where=_WAKES,
    postgresql_where=_WAKES,
)

#: What somebody wrote in a window and has not sent.
unsent = Table(
    "unsent",
    metadata,
    _participant(primary_key=True),
    Column("conversation", String(32), primary_key=True),
    #: The number of the question in that conversation.
    Column("ask", Integer, primary_key=True, autoincrement=False),
    Column("written_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "written_at"),
)

#: What a participant gave to one turn of one conversation.
answer = Table(
    "answer",
    metadata,
    Column("conversation", String(32), primary_key=True),
    #: The turn's place in the script: `rhythm.zone`.
    Column("key", String(200), primary_key=True),
    _participant(),
    #: The practice whose turn it is, and the turn's own name there.
    Column("practice", String(40), nullable=False),
    Column("turn", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_answer_recall", "participant", "practice", "turn", "said_at"),
    Index("ix_answer_journal", "participant", "said_at"),
)

#: A photo or voice note.
media = Table(
    "media",
    metadata,
    _id(),
    _participant(),
    Column("conversation", String(32), nullable=False),
    Column("said_at", Instant, nullable=False),
    #: Its name, its type and itself, sealed together.
    Column("content", LargeBinary, nullable=False),
    Index(None, "participant"),
)

#: Which wordings of a question somebody was asked, and when last.
asked = Table(
    "asked",
    metadata,
    _participant(primary_key=True),
    Column("practice", String(40), primary_key=True),
    Column("turn", String(40), primary_key=True),
    Column("wording", Integer, primary_key=True, autoincrement=False),
    Column("asked_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

#: What came in, so that nothing is taken twice and an edit finds its conversation.
inbound = Table(
    "inbound",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("id", String(255), primary_key=True),
    Column("participant", String(32), ForeignKey("participant.id")),
    Column("conversation", String(32)),
    #: The platform's id of the message, unique in its chat.
    Column("message", String(255)),
    Column("received_at", Instant, nullable=False),
    Index("ix_inbound_message", "participant", "message"),
    Index(None, "received_at"),
    sqlite_with_rowid=False,
)

#: A practice and its words as some conversation began with them.
revision = Table(
    "revision",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("practice", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
)

#: What a turn could not digest, sealed under the deployment's key.
parked = Table(
    "parked",
    metadata,
    _id(),
    Column("platform", String(16), nullable=False),
    Column("inbound", String(255), nullable=False),
    #: Whose it is; empty when its turn did not come as far as that.
    Column("participant", String(32), ForeignKey("participant.id")),
    #: What kind of error it was, and where in the code: no word of anybody's.
    Column("error", String(200), nullable=False),
    Column("whereabouts", String(200), nullable=False),
    Column("parked_at", Instant, nullable=False),
    Column("replayed_at", Instant),
    Column("body", LargeBinary, nullable=False),
    Index(None, "participant"),
)

#: One planned prompt to one person.
occasion = Table(
    "occasion",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("name", String(64), primary_key=True),
    _participant(primary_key=True),
    Column("practice", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(40)),
    Column("planned_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Column("conversation", String(32)),
    Index(None, "participant"),
)

#: A campaign that was started, as it was then.
campaign = Table(
    "campaign",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("title", String(80), nullable=False),
    Column("state", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    #: The campaign's file, checked, as JSON.
    Column("body", Text, nullable=False),
    #: The festival it goes by; empty when by none.
    Column("festival", String(64)),
    Column("started_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    #: Up to when everybody is planned for; empty while that is under way, or was cut short.
    Column("planned_until", Instant),
)

#: A festival: its dates and its sessions, which several campaigns may go by.
festival = Table(
    "festival",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("title", String(80), nullable=False),
    #: The festival, checked, as JSON.
    Column("body", Text, nullable=False),
    #: Counts changes: what a diary takes for newer.
    Column("revision", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

#: A campaign that somebody wants nothing more of.
opt_out = Table(
    "opt_out",
    metadata,
    _participant(primary_key=True),
    Column("campaign", String(64), primary_key=True),
    Column("left_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

#: A message of staff to an audience, said once.
notice = Table(
    "notice",
    metadata,
    Column("name", String(64), primary_key=True),
    #: Its words, sealed under the deployment's key.
    Column("body", LargeBinary, nullable=False),
    #: True when it waits for nobody's hours.
    Column("urgent", Boolean, nullable=False),
    Column("made_at", Instant, nullable=False),
)

#: A campaign's messages, to be played to whoever follows its code.
preview = Table(
    "preview",
    metadata,
    #: The code's hash.
    Column("hash", String(64), primary_key=True),
    #: The campaign and its festival, checked, as JSON.
    Column("body", Text, nullable=False),
    Column("ends_at", Instant, nullable=False),
)

#: The secret address under which a campaign's calendar is read.
feed = Table(
    "feed",
    metadata,
    Column("campaign", String(64), primary_key=True),
    #: The secret's hash.
    Column("hash", String(64), nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
)

#: What comes next for one person in one step of a campaign.
due = Table(
    "due",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("step", String(64), primary_key=True),
    _participant(primary_key=True),
    #: `prompt`, `reminder`, `notice` or `consent`.
    Column("kind", String(8), primary_key=True),
    #: The occasion's name.
    Column("name", String(64), nullable=False),
    #: When it was planned for, before anything deferred it.
    Column("planned_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    #: Why it was deferred; empty when it was not.
    Column("reason", String(40)),
    Index(None, "at"),
    Index(None, "participant"),
    sqlite_with_rowid=False,
)

#: Times that were picked at random for one person, made once.
pick = Table(
    "pick",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("step", String(64), primary_key=True),
    _participant(primary_key=True),
    #: Which week or month they are for, by its name in the campaign.
    Column("span", String(64), primary_key=True),
    #: Wall times on the person's own clock, as JSON.
    Column("times", Text, nullable=False),
    Index(None, "participant"),
    sqlite_with_rowid=False,
)

# The outbox: what is on its way out, in lanes. `outbox`, `lanes` and `sending` are its modules.

#: One message on its way to one chat, and how it ended.
outbox = Table(
    "outbox",
    metadata,
    #: First in, first out: counts up as messages are added.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    #: Whom it goes to; empty when it goes to no single person.
    Column("participant", String(32), ForeignKey("participant.id")),
    #: Under whose key the body is sealed.
    Column("owner", String(64), nullable=False),
    Column("address", String(32), nullable=False),
    Column("chat", String(272), nullable=False),
    Column("conversation", String(32)),
    #: The number of the question it asks in that conversation; empty when it asks nothing.
    Column("ask", Integer),
    #: 0 help, 1 reply, 2 broadcast; a broadcast half said counts as a reply.
    Column("rank", SmallInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(80)),
    #: How many of its pieces are acknowledged.
    Column("piece", SmallInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    #: True from a claim until its outcome is known.
    Column("in_flight", Boolean, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tried_at", Instant),
    Column("expires_at", Instant),
    #: Empty while it waits.
    Column("ended_at", Instant),
    #: The platform's id of its last piece.
    Column("receipt", String(255)),
    #: The message, sealed; empty once it has ended.
    Column("body", LargeBinary),
    Index(None, "participant"),
)
_QUEUED = outbox.c.ended_at.is_(None)
Index(
    "ix_outbox_lane",
    outbox.c.chat,
    outbox.c.rank,
    outbox.c.seq,
    sqlite_where=_QUEUED,
    postgresql_where=_QUEUED,
)

_ASKS = outbox.c.ask.is_not(None)
Index(
    "ix_outbox_ask",
    outbox.c.conversation,
    outbox.c.ask,
    sqlite_where=_ASKS,
    postgresql_where=_ASKS,
)

#: One chat with its lanes: what it may have next, and when.
outbox_chat = Table(
    "outbox_chat",
    metadata,
    #: `platform:place`.
    Column("chat", String(272), primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("place", String(255), nullable=False),
    #: The highest lane with something in it; 9 when all are empty.
    Column("rank", SmallInteger, nullable=False),
    #: When that may be claimed; while something is in flight, when its lease ends.
    Column("due_at", Instant, nullable=False),
    #: Before this, the chat's pace or a hold forbids everything.
    Column("free_at", Instant, nullable=False),
    #: Counts claims: an acknowledgement with an older one comes too late.
    Column("token", Integer, nullable=False),
    Index("ix_outbox_chat_due", "platform", "rank", "due_at"),
    sqlite_with_rowid=False,
)

#: One bot's pace.
outbox_bot = Table(
    "outbox_bot",
    metadata,
    Column("platform", String(16), primary_key=True),
    #: When its next message may go.
    Column("next_at", Instant, nullable=False),
    #: Before this, the platform wants nothing at all.
    Column("held_until", Instant, nullable=False),
)

# What processes tell each other.

#: Who does what only one process may do at a time.
lease = Table(
    "lease",
    metadata,
    #: `telegram poll`.
    Column("name", String(40), primary_key=True),
    #: A process, by a random name.
    Column("holder", String(32), nullable=False),
    #: Counts holders: whoever holds an older one holds nothing.
    Column("token", Integer, nullable=False),
    Column("until", Instant, nullable=False),
)

#: How a part that only a running process can see was last: `doctor` reads it.
health = Table(
    "health",
    metadata,
    Column("part", String(40), primary_key=True),
    Column("well", Boolean, nullable=False),
    Column("detail", String(400), nullable=False),
    Column("told_at", Instant, nullable=False),
)
