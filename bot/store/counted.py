"""The tables of the ballot box: from a share somebody agreed to, to what is told of many.

What joins a person to a value is only ever in `pending`, sealed twice, until the next drop. A
ballot has no participant and no time, and no column leads from it to a token (TRUST 3).
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from bot.store.columns import Instant, id_column, metadata, participant_column

#: A key for the outer seal of one day's shares; its secret is in the key store until the drop.
day_key = Table(
    "day_key",
    metadata,
    id_column(),
    Column("public", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    #: Since when no share is sealed with it; empty for the one in use.
    Column("retired_at", Instant),
)

#: One measure being counted for one group of people; gone once it is closed.
open_count = Table(
    "open_count",
    metadata,
    id_column(),
    Column("measure", String(40), nullable=False),
    #: Who is counted together here: a cohort's name, `festival/session`, or nothing for the rest.
    Column("cell", String(140), nullable=False),
    Column("title", String(200), nullable=False),
    #: The measure as it stood when this was opened, as JSON.
    Column("body", Text, nullable=False),
    #: What the inner seal is made with; its secret is in the key store until the close.
    Column("public", LargeBinary, nullable=False),
    Column("opened_at", Instant, nullable=False),
    #: Whoever is asked before then is counted here; later too, once it was held for too few.
    Column("asks_until", Instant, nullable=False),
    #: From then on it may be closed; and when it ends untold.
    Column("closes_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_open_count_measure", "measure", "cell", "asks_until", unique=True),
    Index(None, "closes_at"),
)

#: How far somebody has come in one count: asked, begun, answered. Not what they answered. As
#: tokens and ballots, it may outlive its count for a moment: the close takes it out in pieces.
turnout = Table(
    "turnout",
    metadata,
    participant_column(primary_key=True),
    Column("count", String(32), primary_key=True),
    #: 0 was asked, 1 has answered something, 2 has answered what is counted.
    Column("stage", SmallInteger, nullable=False),
    Index(None, "count"),
    sqlite_with_rowid=False,
)

#: A share that waits for the nightly drop, and can be taken back until then.
pending = Table(
    "pending",
    metadata,
    participant_column(primary_key=True),
    Column("count", String(32), ForeignKey("open_count.id"), primary_key=True),
    Column("day_key", String(32), ForeignKey("day_key.id"), nullable=False),
    #: Sealed twice: inside for the close, outside for the drop.
    Column("body", LargeBinary, nullable=False),
    Index(None, "count"),
    sqlite_with_rowid=False,
)

#: One anonymous contribution. The week is that in which its count is due: PostgreSQL keeps each
#: week in a partition of its own, which is dropped as a whole.
ballot = Table(
    "ballot",
    metadata,
    id_column(),
    Column("week", String(8), primary_key=True),
    Column("count", String(32), nullable=False),
    #: Sealed once, for the close.
    Column("body", LargeBinary, nullable=False),
    Index(None, "count"),
    sqlite_with_rowid=False,
    postgresql_partition_by="LIST (week)",
)

#: That a person was counted: a keyed hash, so that nobody counts twice. It names no ballot.
token = Table(
    "token",
    metadata,
    Column("count", String(32), primary_key=True),
    Column("token", String(32), primary_key=True),
    sqlite_with_rowid=False,
)

#: A group that was told, for the change gate alone.
gate = Table(
    "gate",
    metadata,
    id_column(),
    Column("measure", String(40), nullable=False),
    #: The cells that were told together, as a list in JSON.
    Column("cells", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
    #: When anything was last held against it.
    Column("held_at", Instant, nullable=False),
    Index(None, "measure"),
)

#: Who took part in it, as keyed hashes.
mark = Table(
    "mark",
    metadata,
    Column("gate", String(32), ForeignKey("gate.id"), primary_key=True),
    Column("mark", String(32), primary_key=True),
    sqlite_with_rowid=False,
)

#: What was told of a count; never changed and never taken back.
release = Table(
    "release",
    metadata,
    id_column(),
    Column("measure", String(40), nullable=False),
    Column("told_on", String(10), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_release_measure", "measure", "told_on"),
)

#: Who is still to be told what came of a count they answered.
owed = Table(
    "owed",
    metadata,
    participant_column(primary_key=True),
    Column("release", String(32), ForeignKey("release.id"), primary_key=True),
    #: Which of the groups in it they are in.
    Column("part", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

#: Words that somebody chose to share, as they were previewed.
shared = Table(
    "shared",
    metadata,
    id_column(),
    participant_column(),
    Column("conversation", String(32), nullable=False),
    Column("turn", String(200), nullable=False),
    Column("practice", String(40), nullable=False),
    #: With whom, and how: `evaluator`, `unnamed`, `named`, `public`.
    Column("level", String(16), nullable=False),
    Column("given_at", Instant, nullable=False),
    #: When its giver was last asked whether it may stay shared, and last said that it may.
    Column("asked_at", Instant),
    Column("kept_at", Instant),
    #: What it is about, their name if it goes with it, and the words.
    Column("body", LargeBinary, nullable=False),
    Index(None, "participant"),
    Index(None, "given_at"),
    Index("ix_shared_turn", "conversation", "turn"),
)

#: What is never copied into a backup, whose keys are in none either: counts that are open.
BOX = (pending, turnout, ballot, token, mark, gate, open_count, day_key)
#: What of it holds nothing of anybody that could be found by their name.
NOBODYS = (ballot, token, mark, gate, open_count, day_key)
