"""Sketches: a picture of somebody's own numbers, drawn only when it is sent.

So drawing keeps nobody else waiting, and the picture is stored nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.harvest.trends import trend_picture, trend_words
from bot.records import Media

#: What is not a picture yet.
SKETCH = "application/x-skerry-sketch"
#: From so many answers on there is something to see.
LEAST = 3


def sketch(
    points: Sequence[tuple[date, int]], *, points_of_scale: int, low: str, high: str, title: str
) -> Media:
    """A picture that is still to be drawn, with its words."""
    told = {
        "points": [(day.isoformat(), value) for day, value in points],
        "points_of_scale": points_of_scale,
        "low": low,
        "high": high,
        "title": title,
    }
    alt = trend_words(points, points_of_scale=points_of_scale, low=low, high=high, title=title)
    return Media(name="trend.png", mime=SKETCH, content=json.dumps(told).encode(), alt=alt)


def drawn(file: Media) -> Media:
    """The picture itself; any other file as it is."""
    if file.mime != SKETCH:
        return file
    told = json.loads(file.content)
    told["points"] = [(date.fromisoformat(day), value) for day, value in told["points"]]
    picture, _ = trend_picture(told.pop("points"), **told)
    return replace(file, mime="image/png", content=picture)
