"""When what somebody writes speaks of their own distress: one message, at once, and no more.

What they wrote is taken as it always is, and nothing about it is written down anywhere: no mark,
no log line, no count. That help came a short while ago is known in memory alone (`Lately`).
"""

from __future__ import annotations

from bot.engine.distress import tells_of_distress
from bot.records import Body, Commanded, Edit, Inbound, LaneClass, Submitted, Words
from bot.requests.desk import Desk, House


def answer(desk: Desk, came: Inbound) -> None:
    """Say where help is, before anything else, if what came speaks of distress."""
    if not is_told(desk.house, came.body):
        return
    if not desk.house.lately.lets(desk.participant.id, came.id, desk.now):
        return
    before, desk.lane_class = desk.lane_class, LaneClass.HELP
    desk.remark("distress", signposts=desk.signposts)
    desk.lane_class = before


def is_told(house: House, body: Body) -> bool:
    """Whether something sent speaks of distress; what stands unsent in a window is not read."""
    return isinstance(body, Words | Edit | Submitted | Commanded) and tells_of_distress(
        body.text, house.distress
    )
