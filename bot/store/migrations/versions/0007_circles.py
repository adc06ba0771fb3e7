"""Circles: groups with a place, who is in them, their rounds and voices."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    _circles()
    _rounds()


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.String(length=32), nullable=False)


def _participant() -> sa.Column[str]:
    return sa.Column("participant", sa.String(length=32), nullable=False)


def _whose(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["participant"], ["participant.id"], name=op.f(f"fk_{table}_participant")
    )


def _of(table: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([other], [f"{other}.id"], name=op.f(f"fk_{table}_{other}"))


def _circles() -> None:
    op.create_table(
        "circle",
        _id(),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("handover", sa.String(length=64), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("rhythm", sa.String(length=16), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("open_for", sa.String(length=16), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("away_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle")),
        sa.UniqueConstraint("code", name=op.f("uq_circle_code")),
        sa.UniqueConstraint("platform", "place", name=op.f("uq_circle_platform")),
    )
    op.create_index("ix_circle_next_at", "circle", ["next_at"])
    op.create_table(
        "circle_member",
        sa.Column("circle", sa.String(length=32), nullable=False),
        _participant(),
        sa.Column("host", sa.Boolean(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        _of("circle_member", "circle"),
        _whose("circle_member"),
        sa.PrimaryKeyConstraint("circle", "participant", name=op.f("pk_circle_member")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_circle_member_participant", "circle_member", ["participant"])


def _rounds() -> None:
    instants = ("due_at", "remind_at", "vote_until", "late_at", "learn_at", "over_at", "redo_at")
    op.create_table(
        "round",
        _id(),
        sa.Column("circle", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("practice", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in instants),
        sa.Column("message", sa.String(length=32), nullable=False),
        sa.Column("root", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        _of("round", "circle"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    for name in ("circle", "due_at", "redo_at"):
        op.create_index(f"ix_round_{name}", "round", [name])
    for table, column in (
        ("voice", (sa.Column("conversation", sa.String(length=32), nullable=True),)),
        ("vote", (sa.Column("choice", sa.SmallInteger(), nullable=False),)),
    ):
        words = (
            sa.Column("shown_in", sa.String(length=32), nullable=True),
            sa.Column("body", sa.LargeBinary(), nullable=True),
        )
        op.create_table(
            table,
            sa.Column("round", sa.String(length=32), nullable=False),
            _participant(),
            *column,
            *(words if table == "voice" else ()),
            _of(table, "round"),
            _whose(table),
            sa.PrimaryKeyConstraint("round", "participant", name=op.f(f"pk_{table}")),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{table}_participant", table, ["participant"])
    op.create_index("ix_voice_shown_in", "voice", ["shown_in"])
