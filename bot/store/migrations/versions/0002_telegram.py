"""Telegram: who is gone, cohorts with their invitations, questions with their buttons, leases."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns, then the tables."""
    op.add_column("address", sa.Column("gone_at", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("ask", sa.Integer(), nullable=True))
    op.create_index(
        "ix_outbox_ask",
        "outbox",
        ["conversation", "ask"],
        sqlite_where=sa.text("ask IS NOT NULL"),
        postgresql_where=sa.text("ask IS NOT NULL"),
    )
    _cohorts()
    _processes()


def _cohorts() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("name", name=op.f("uq_cohort_name")),
    )
    op.create_table(
        "membership",
        sa.Column("cohort", sa.String(length=32), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.id"], name=op.f("fk_membership_cohort")),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.id"], name=op.f("fk_membership_participant")
        ),
        sa.PrimaryKeyConstraint("cohort", "participant", name=op.f("pk_membership")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_membership_participant"), "membership", ["participant"])
    op.create_table(
        "invitation",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("cohort", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["cohort"], ["cohort.id"], name=op.f("fk_invitation_cohort")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_invitation")),
    )


def _processes() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "health",
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("well", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.String(length=400), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_health")),
    )
