"""Charts as SVG that reads without colour, on a narrow screen, on paper and aloud.

Each has a title and a description in words. matplotlib is loaded when something is drawn and not
before, so that whoever draws nothing does not carry it.
"""

from __future__ import annotations

import logging
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, PALE, PAPER, FAINT = "#1c2630", "#c9d6d7", "#ffffff", "#8a949c"
#: The width in inches of a chart of 320 pixels.
WIDTH = 320 / 96
_STYLE: Mapping[str, object] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "skerry",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.color": INK,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,
}
#: In inches: a line of a label, a bar, what lies between a bar and the next label.
_LINE, _BAR, _GAP = 0.175, 0.16, 0.14
_NO_NAMES = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: up to where it surely goes, up to where it may go, and that in words."""

    label: str
    sure: float
    perhaps: float
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a picture is called, in a page and to a reader, and all that it shows, in words."""

    name: str
    title: str
    text: str


@contextmanager
def drawing(height: float, width: float = WIDTH) -> Iterator[Figure]:
    """An empty picture in our style; glyphs that our font has not are no fault."""
    import matplotlib as mpl  # noqa: PLC0415 - Loaded when something is drawn.
    from matplotlib.figure import Figure as Made  # noqa: PLC0415

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with mpl.rc_context(dict(_STYLE)), warnings.catch_warnings():  # type: ignore[arg-type]
        warnings.simplefilter("ignore")
        yield Made(figsize=(width, height), facecolor=PAPER)


def bars(rows: Sequence[Bar], said: Said) -> str:
    """Bars from left to right, each with its words above it; the frame is all who answered."""
    labels = [textwrap.wrap(row.label, 44) or [""] for row in rows]
    heights = [_LINE * len(each) + _BAR + _GAP for each in labels]
    with drawing(sum(heights)) as figure:
        axes = _bare(figure, sum(heights))
        top = sum(heights) - _GAP / 4
        for row, label, height in zip(rows, labels, heights, strict=True):
            axes.text(0, top, "\n".join(label), va="top", linespacing=1.25)
            foot = top - height + _GAP
            _bar(axes, foot, 0, 1, fc=PAPER, ec=FAINT, lw=0.7)
            if row.sure > 0:
                _bar(axes, foot, 0, row.sure, fc=PALE, ec=INK, lw=0.9, hatch="////")
            if row.perhaps > row.sure:
                dashed = {"fc": PAPER, "ec": INK, "lw": 0.9, "ls": (0, (2, 2)), "hatch": "\\\\"}
                _bar(axes, foot, row.sure, row.perhaps, **dashed)
            axes.text(1.03, foot + _BAR / 2, row.said, va="center")
            top -= height
        axes.set_xlim(0, 1.42)
        return svg(figure, said)


def _bar(axes: Axes, foot: float, start: float, end: float, **look: Any) -> None:  # noqa: ANN401
    axes.barh(foot, end - start, _BAR, left=start, align="edge", **look)


def around(counts: Mapping[int, int], reach: int, said: Said) -> str:
    """Columns set around `no change`: less on the left, more on the right."""
    height = 1.75
    with drawing(height) as figure:
        axes = _bare(figure, height)
        most = max([*counts.values(), 1])
        for number in range(-reach, reach + 1):
            count = counts.get(number, 0)
            hatch = "////" if number > 0 else "\\\\\\\\" if number < 0 else ""
            tall = 0.95 * count / most
            if count:
                axes.bar(number, tall, 0.8, 0.42, fc=PALE, ec=INK, lw=0.9, hatch=hatch)
                axes.text(number, 0.45 + tall, str(count), ha="center", va="bottom")
            shown = f"{number:+d}".replace("-", "\u2212") if number else "0"
            axes.text(number, 0.38, shown, ha="center", va="top")
        axes.plot([-reach - 0.5, reach + 0.5], [0.42, 0.42], color=INK, lw=0.9)
        axes.plot([0, 0], [0.2, 0.235], color=INK, lw=0.9)
        axes.text(0, 0.17, "no change", ha="center", va="top")
        axes.text(-reach - 0.5, 0.17, "\u2190 less", ha="left", va="top")
        axes.text(reach + 0.5, 0.17, "more \u2192", ha="right", va="top")
        axes.set_xlim(-reach - 0.6, reach + 0.6)
        return svg(figure, said)


def svg(figure: Figure, said: Said) -> str:
    """The picture as SVG to stand in a page: named, described, with ids of its own."""
    made, name = BytesIO(), said.name
    figure.savefig(made, format="svg", metadata=dict(_NO_NAMES))
    whole = made.getvalue().decode("utf-8")
    inner = re.sub(r"<metadata>.*?</metadata>", "", whole[whole.index("<svg") :], flags=re.DOTALL)
    head, _, body = inner.partition(">")
    box = re.search(r'viewBox="[^"]*"', head)
    body = re.sub(r"<[^>]*>", lambda tag: _own_ids(tag[0], name), body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box[0] if box else ""} role="img" aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{escape(said.title)}</title>'
        f'<desc id="{name}-text">{escape(said.text)}</desc>{body.strip()}'
    )


def _own_ids(tag: str, name: str) -> str:
    return re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{name}-", tag)


def _bare(figure: Figure, height: float) -> Axes:
    """The whole picture to draw on, in inches from below, without a frame."""
    axes = figure.add_axes((0.01, 0.0, 0.98, 1.0))
    axes.set_axis_off()
    axes.set_ylim(0, height)
    return axes
