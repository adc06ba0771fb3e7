"""The tables of circles: who is in them, their rounds, and voices until they are shown.

A voice is sealed under its giver's own key until its circle has been sent it; then its row holds
no words, and nothing says whether a name went with them, nor in which message it stood. What is a
circle's is sealed under the circle's key.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from bot.store.columns import Instant, id_column, metadata, participant_column

#: A group with a place, where a team checks in together.
circle = Table(
    "circle",
    metadata,
    id_column(),
    Column("platform", String(16), nullable=False),
    #: The platform's own name of the channel or group.
    Column("place", String(255), nullable=False),
    #: `new` until it is set up, `active`, or `away` while nothing can be said there.
    Column("state", String(16), nullable=False),
    #: What leads a member's private chat to it.
    Column("code", String(64), nullable=False, unique=True),
    #: What lets one other member become its host; empty while it is not handed on.
    Column("handover", String(64)),
    Column("zone", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("rhythm", String(16), nullable=False),
    Column("weekday", SmallInteger, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("open_for", String(16), nullable=False),
    #: Whether people may have their names beside their words.
    Column("named", Boolean, nullable=False),
    #: How many rounds it has had.
    Column("rounds", Integer, nullable=False),
    #: Until it is set up, when somebody last had to do with that.
    Column("made_at", Instant, nullable=False),
    #: Since when its weeks are counted.
    Column("began_at", Instant),
    #: When its next round opens; empty when none is planned.
    Column("next_at", Instant),
    #: Since when it is away; empty while it is not.
    Column("away_at", Instant),
    #: Its title and its aspiration, sealed under its own key.
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("platform", "place"),
    Index(None, "next_at"),
)

#: Who has joined a circle.
circle_member = Table(
    "circle_member",
    metadata,
    Column("circle", String(32), ForeignKey("circle.id"), primary_key=True),
    participant_column(primary_key=True),
    #: Whether they may change it.
    Column("host", Boolean, nullable=False),
    #: Whether its aspiration is theirs too; empty while they have not said.
    Column("agrees", Boolean),
    Column("joined_at", Instant, nullable=False),
    #: The name that may stand beside their words, sealed under their own key; empty for none.
    Column("body", LargeBinary),
    Index(None, "participant"),
    sqlite_with_rowid=False,
)

#: One check-in of a circle, from open to shown.
round_ = Table(
    "round",
    metadata,
    id_column(),
    Column("circle", String(32), ForeignKey("circle.id"), nullable=False),
    Column("number", Integer, nullable=False),
    #: What its members are asked.
    Column("practice", String(40), nullable=False),
    #: `open`, `deciding`, `shown`, `folded`.
    Column("state", String(16), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closes_at", Instant, nullable=False),
    #: What comes next in it; empty when nothing does.
    Column("due_at", Instant),
    Column("remind_at", Instant),
    #: Until when its question can be chosen, when late voices come, when learning is gathered,
    #: and when it is over.
    Column("vote_until", Instant),
    Column("late_at", Instant),
    Column("learn_at", Instant),
    Column("over_at", Instant),
    #: When the channel's message is to be said anew; empty when it stands as it should.
    Column("redo_at", Instant),
    #: The outbox's ids of the channel's message, and of the one that begins the thread.
    Column("message", String(32), nullable=False),
    Column("root", String(32), nullable=False),
    #: The questions in the order in which they were shown, and the one taken up; sealed under the
    #: circle's key.
    Column("body", LargeBinary),
    Index(None, "circle"),
    Index(None, "due_at"),
    Index(None, "redo_at"),
)

#: What somebody gave to a round.
voice = Table(
    "voice",
    metadata,
    Column("round", String(32), ForeignKey("round.id"), primary_key=True),
    participant_column(primary_key=True),
    #: The conversation it was given in, while it waits.
    Column("conversation", String(32)),
    #: The outbox's id of the message that shows it, while that waits to be sent; then empty.
    Column("shown_in", String(32)),
    #: The words, sealed under their giver's own key; empty once that message has been sent.
    Column("body", LargeBinary),
    Index(None, "participant"),
    Index(None, "shown_in"),
    sqlite_with_rowid=False,
)

#: Which question somebody would have their circle take up.
vote = Table(
    "vote",
    metadata,
    Column("round", String(32), ForeignKey("round.id"), primary_key=True),
    participant_column(primary_key=True),
    Column("choice", SmallInteger, nullable=False),
    Index(None, "participant"),
    sqlite_with_rowid=False,
)
