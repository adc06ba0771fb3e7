"""The ballot box: shares, ballots, what was told; and words that people chose to share."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables, then see to it that what was told never changes."""
    _open()
    _cast()
    _told()
    _fixed()


def _participant() -> sa.Column[str]:
    return sa.Column("participant", sa.String(length=32), nullable=False)


def _whose(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["participant"], ["participant.id"], name=op.f(f"fk_{table}_participant")
    )


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _open() -> None:
    op.create_table(
        "day_key",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_key")),
    )
    op.create_table(
        "open_count",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("cell", sa.String(length=140), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("asks_until", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_count")),
    )
    op.create_index(
        "ix_open_count_measure", "open_count", ["measure", "cell", "asks_until"], unique=True
    )
    op.create_index("ix_open_count_closes_at", "open_count", ["closes_at"])
    op.create_table(
        "turnout",
        _participant(),
        sa.Column("count", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        _whose("turnout"),
        sa.PrimaryKeyConstraint("participant", "count", name=op.f("pk_turnout")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_turnout_count", "turnout", ["count"])


def _cast() -> None:
    op.create_table(
        "pending",
        _participant(),
        sa.Column("count", sa.String(length=32), nullable=False),
        sa.Column("day_key", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _whose("pending"),
        _of("pending", "count", "open_count"),
        _of("pending", "day_key", "day_key"),
        sa.PrimaryKeyConstraint("participant", "count", name=op.f("pk_pending")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pending_count", "pending", ["count"])
    op.create_table(
        "ballot",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("count", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", "week", name=op.f("pk_ballot")),
        sqlite_with_rowid=False,
        postgresql_partition_by="LIST (week)",
    )
    op.create_index("ix_ballot_count", "ballot", ["count"])
    op.create_table(
        "token",
        sa.Column("count", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("count", "token", name=op.f("pk_token")),
        sqlite_with_rowid=False,
    )


def _told() -> None:
    op.create_table(
        "gate",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate")),
    )
    op.create_index("ix_gate_measure", "gate", ["measure"])
    op.create_table(
        "mark",
        sa.Column("gate", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        _of("mark", "gate", "gate"),
        sa.PrimaryKeyConstraint("gate", "mark", name=op.f("pk_mark")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "release",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("told_on", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    op.create_index("ix_release_measure", "release", ["measure", "told_on"])
    op.create_table(
        "owed",
        _participant(),
        sa.Column("release", sa.String(length=32), nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        _whose("owed"),
        _of("owed", "release", "release"),
        sa.PrimaryKeyConstraint("participant", "release", name=op.f("pk_owed")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shared",
        sa.Column("id", sa.String(length=32), nullable=False),
        _participant(),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.String(length=200), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _whose("shared"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared")),
    )
    op.create_index("ix_shared_participant", "shared", ["participant"])
    op.create_index("ix_shared_turn", "shared", ["conversation", "turn"])


def _fixed() -> None:
    """Have the database itself refuse to change a release."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER release_no_{what.lower()} BEFORE {what} ON release "
                "BEGIN SELECT RAISE(ABORT, 'a release never changes'); END"
            )
        op.execute(  # One that takes the place of another is neither an update nor a deletion.
            "CREATE TRIGGER release_no_replace BEFORE INSERT ON release "
            "WHEN EXISTS (SELECT 1 FROM release WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'a release never changes'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION release_fixed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a release never changes'; END $$"
    )
    op.execute(
        "CREATE TRIGGER release_fixed BEFORE UPDATE OR DELETE ON release "
        "FOR EACH ROW EXECUTE FUNCTION release_fixed()"
    )
    op.execute(
        "CREATE TRIGGER release_kept BEFORE TRUNCATE ON release "
        "FOR EACH STATEMENT EXECUTE FUNCTION release_fixed()"
    )
