"""Which of a person's earlier answers still count when they are brought back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.engine.conversation import Answer
from bot.engine.script import Recollect


def counting(
    recalls: Mapping[str, Recollect], found: Mapping[str, Answer], now: datetime
) -> dict[str, Answer]:
    """What was found and still counts: not too old, and said after what it must follow.

    Where there is nothing that it must follow, it counts.
    """
    return {
        name: answer
        for name, answer in found.items()
        if _recent(recalls[name], answer, now) and _follows(recalls[name], answer, found)
    }


def _recent(of: Recollect, answer: Answer, now: datetime) -> bool:
    return of.within_days is None or now - answer.said_at <= timedelta(days=of.within_days)


def _follows(of: Recollect, answer: Answer, found: Mapping[str, Answer]) -> bool:
    earlier = found.get(of.after) if of.after else None
    return earlier is None or answer.said_at > earlier.said_at
