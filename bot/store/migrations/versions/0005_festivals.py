"""Festivals: what campaigns go by; notices, previews, feeds; invitations that are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, then the tables."""
    op.add_column("campaign", sa.Column("festival", sa.String(length=64), nullable=True))
    op.add_column("campaign", sa.Column("planned_until", sa.BigInteger(), nullable=True))
    op.add_column("invitation", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column(
        "invitation", sa.Column("used", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute("UPDATE campaign SET planned_until = changed_at")
    _people()
    _festivals()


def _people() -> None:
    op.create_table(
        "invitee",
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["invitation.code"], name=op.f("fk_invitee_code")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_invitee")),
        sa.UniqueConstraint("code", name=op.f("uq_invitee_code")),
    )
    op.create_table(
        "opt_out",
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.id"], name=op.f("fk_opt_out_participant")
        ),
        sa.PrimaryKeyConstraint("participant", "campaign", name=op.f("pk_opt_out")),
        sqlite_with_rowid=False,
    )


def _festivals() -> None:
    op.create_table(
        "festival",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_festival")),
    )
    op.create_table(
        "notice",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notice")),
    )
    op.create_table(
        "preview",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_preview")),
    )
    op.create_table(
        "feed",
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", name=op.f("pk_feed")),
        sa.UniqueConstraint("hash", name=op.f("uq_feed_hash")),
    )
