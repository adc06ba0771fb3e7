"""The charts: in words as well, without colour, the same each time, nothing made up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from bot.harvest.charts import Figure, figure, lies
from bot.harvest.page import figures
from bot.harvest.trends import trend_picture, trends
from bot.measures.release import Part, Share
from tests.harvest.builders import (
    HOSTILE,
    MONDAY,
    WEEK,
    around,
    changed,
    energy,
    named_barriers,
    percent,
    release,
    told,
    weeks,
    whole,
)

SVG = "{http://www.w3.org/2000/svg}"


def pictures() -> Iterator[tuple[str, ET.Element]]:
    """Every chart of a whole harvest, read."""
    for each in figures(whole()):
        if each.svg:
            yield each.name, ET.fromstring(each.svg)  # noqa: S314 - We wrote it.
    for trend in trends(weeks(percent(50), None, percent(60), percent(70)), name="t"):
        yield trend.name, ET.fromstring(trend.svg)  # noqa: S314


def words_in(svg: str) -> list[str]:
    """The words that are drawn."""
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def drawn(part: Part, name: str = "weekly_energy") -> Figure:
    found = release(name, told(part))
    return figure(found, found.told[0], part, name="f")


def test_each_picture_has_a_name_and_says_in_words_what_it_shows() -> None:
    for name, svg in pictures():
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == f"{name}-title {name}-text"
        title, text = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
        assert title is not None
        assert text is not None
        assert (title.get("id"), text.get("id")) == (f"{name}-title", f"{name}-text")
        assert len(title.text or "") > 10
        assert len(text.text or "") > 20


def test_the_words_hold_every_number_of_the_table() -> None:
    for each in figures(whole()):
        if each.svg:
            text = ET.fromstring(each.svg).find(f"{SVG}desc")  # noqa: S314
            assert text is not None
            for name, number in each.rows:
                assert f"{name}: {number}." in (text.text or "")


def test_no_id_stands_twice_on_a_page_and_each_reference_is_met() -> None:
    ids: list[str] = []
    for _, svg in pictures():
        own = [each.get("id") for each in svg.iter() if each.get("id")]
        whole_ = ET.tostring(svg, encoding="unicode")
        named = set(re.findall(r"url\(#([^)]+)\)", whole_)) | set(
            re.findall(r'href="#(\S+)"', whole_)
        )
        assert named <= set(own)
        ids += [each for each in own if each]
    assert len(ids) == len(set(ids))


def test_nothing_is_told_by_colour_alone() -> None:
    for name, svg in pictures():
        if name.startswith("t-"):
            continue  # Dots at heights, with a table.
        filled = [each.get("id") for each in svg.iter(f"{SVG}pattern")]
        assert filled or "most" in ET.tostring(svg, encoding="unicode"), name
    for colour in set(
        re.findall(r"#[0-9a-f]{6}", "".join(each.svg or "" for each in figures(whole())))
    ):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        assert max(red, green, blue) - min(red, green, blue) < 32, colour


def test_text_stays_text_and_nothing_comes_from_elsewhere() -> None:
    for each in figures(whole()):
        if each.svg:
            assert words_in(each.svg)
            assert "<metadata" not in each.svg
            assert "<script" not in each.svg
            outside = set(re.findall(r"https?://[^\"]+", each.svg))
            assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_same_release_is_drawn_the_same_each_time() -> None:
    assert [each.svg for each in figures(whole())] == [each.svg for each in figures(whole())]


def test_a_picture_is_as_wide_as_a_narrow_screen_and_scales() -> None:
    for _, svg in pictures():
        assert svg.get("width") is None
        _, _, width, height = map(float, (svg.get("viewBox") or "").split())
        assert width == pytest.approx(240)
        assert height > 20


def test_a_scale_is_a_bar_for_each_answer() -> None:
    found = drawn(energy())
    assert words_in(found.svg or "") == [
        *("1 (Almost none)", "few or none", "2", "about 5", "3", "about 10"),
        *("4", "about 15", "5 (Plenty)", "about 10"),
    ]


def test_few_people_are_one_bar_and_no_number_of_people() -> None:
    found = drawn(energy(percent(60), many=around(5, 9)))
    assert words_in(found.svg or "") == ["Chose 4 or 5, towards “Plenty”", "about 6 in 10"]
    assert found.rows == (("Chose 4 or 5, towards “Plenty”", "about 6 in 10"),)


def test_most_and_few_are_drawn_with_an_open_end() -> None:
    for share, said in ((Share(most=True), "most"), (Share(few=True), "few")):
        svg = drawn(energy(share)).svg or ""
        assert words_in(svg)[-1] == said
        assert "stroke-dasharray" in svg
    assert "stroke-dasharray" not in (drawn(energy(percent(60))).svg or "")


def test_of_few_people_most_reaches_as_far_as_two_others_may() -> None:
    assert lies(Share(most=True), around(5, 9)) == pytest.approx((0.6, 1.0))
    assert lies(Share(few=True), around(5, 9)) == pytest.approx((0.0, 0.4))
    assert lies(Share(most=True), around(100)) == (0.85, 1.0)
    assert lies(Share(few=True), around(100)) == pytest.approx((0.0, 0.15))
    assert lies(percent(60), around(5, 9)) == (0.6, 0.6)


def test_nearly_all_the_same_is_one_bar_without_a_number() -> None:
    found = drawn(energy(most=4))
    assert found.rows == (("4", "most"),)
    assert words_in(found.svg or "") == ["4", "most"]


def test_a_change_stands_around_no_change() -> None:
    found = changed()
    svg = figure(found, found.told[0], found.told[0].parts[0], name="f").svg or ""
    assert {"no change", "← less", "more →", "\N{MINUS SIGN}1", "+1"} <= set(words_in(svg))
    assert len(re.findall("<pattern", svg)) == 2  # Less one way, more the other, the same plain.


def test_too_few_are_not_drawn() -> None:
    found = drawn(Part(name="weekly_energy", answered=around(0)))
    assert (found.svg, found.rows, found.finding) == (None, (), "Too few to tell.")


def test_twelve_options_are_all_there() -> None:
    [found] = figures(whole().__class__(releases=(named_barriers(),)))
    assert len(found.rows) == 12
    assert len(words_in(found.svg or "")) == 24


def test_hostile_titles_are_words_in_a_picture_too() -> None:
    plain = release("weekly_tried")
    options = tuple(each.model_copy(update={"title": HOSTILE}) for each in plain.measure.options)
    measure = plain.measure.model_copy(update={"title": HOSTILE, "options": options})
    part = Part(name="weekly_tried", answered=around(20), counts=((0, 10), (1, 5)))
    found = plain.model_copy(update={"measure": measure, "told": (told(part, groups=(HOSTILE,)),)})
    svg = figure(found, found.told[0], part, name="f").svg or ""
    assert "<script" not in svg
    assert any("<script>" in text for text in words_in(svg))


def test_words_that_our_font_has_not_are_no_fault() -> None:
    found = release("weekly_energy", told(energy(), groups=("🌱 चाय",)))
    measure = found.measure.model_copy(update={"high": "चाय 🌱"})
    found = found.model_copy(update={"measure": measure})
    svg = figure(found, found.told[0], found.told[0].parts[0], name="f").svg or ""
    assert "5 (चाय 🌱)" in words_in(svg)


def lines_in(svg: str) -> int:
    """How many lines join two dots."""
    marked = re.findall(r'<path d="M [\d.]+ [\d.]+ \nL [\d.]+ [\d.]+ \n" clip-path', svg)
    return len(marked)


def test_a_trend_joins_only_what_was_told_one_after_the_other() -> None:
    for shares, joined in (
        ((percent(50), percent(60), percent(60)), 2),
        ((percent(50), None, percent(60), percent(60)), 1),
        ((percent(50), None, percent(60)), 0),
        ((percent(50), Share(most=True), percent(60)), 0),
    ):
        [found] = trends(weeks(*shares), name="t")
        assert lines_in(found.svg) == joined, shares
        gaps = [row for row in found.rows if row[2] == "not told"]
        assert len(gaps) == shares.count(None)
        assert words_in(found.svg).count("not told") == len(gaps)


def test_a_trend_joins_nothing_over_a_week_without_a_count() -> None:
    first, _, third = weeks(percent(50), percent(50), percent(60))
    [found] = trends([first, third], name="t")
    assert lines_in(found.svg) == 0


def test_a_trend_says_that_a_change_may_be_chance() -> None:
    [found] = trends(weeks(percent(50), percent(60)), name="t")
    assert "a change may be chance" in found.caution
    assert "Nothing is filled in" in found.caution


def test_one_count_sessions_and_distributions_have_no_trend() -> None:
    assert trends(weeks(percent(50), None), name="t") == ()
    assert trends([named_barriers(), named_barriers()], name="t") == ()
    useful = Part(name="session_useful", answered=around(20), favourable=percent(60))
    session = release("session_useful", told(useful))
    assert trends([session, session], name="t") == ()


def test_each_group_has_a_trend_of_its_own_so_that_none_is_set_against_another() -> None:
    both = [
        release(
            "weekly_energy",
            *(told(energy(percent(60)), groups=(name,)) for name in ("B", "A")),
            since=MONDAY + number * WEEK,
        )
        for number in range(2)
    ]
    found = trends(both, name="t")
    assert [each.title for each in found] == [
        f"Energy in the week: {name}, from count to count" for name in ("A", "B")
    ]


def picture(*points: tuple[date, int], title: str = "Your energy") -> tuple[bytes, str]:
    return trend_picture(points, points_of_scale=5, low="Almost none", high="Plenty", title=title)


def test_ones_own_trend_is_a_png_with_every_answer_in_words() -> None:
    content, alt = picture((MONDAY + WEEK, 4), (MONDAY, 2))
    image = Image.open(BytesIO(content))
    assert (image.format, image.size) == ("PNG", (800, 600))
    assert alt == (
        "Your energy, from 1 (Almost none) to 5 (Plenty). 2 November 2026: 2; 9 November 2026: 4."
    )


def test_ones_own_trend_is_the_same_each_time_and_holds_no_names() -> None:
    points = [(MONDAY + number * WEEK, 1 + number % 5) for number in range(9)]
    content, _ = picture(*points)
    assert content == picture(*points)[0]
    assert not Image.open(BytesIO(content)).info.get("Software")


def test_ones_own_trend_has_neither_red_nor_green() -> None:
    content, _ = picture((MONDAY, 1), (MONDAY + WEEK, 5))
    image = Image.open(BytesIO(content)).convert("RGB")
    for _, pixel in image.getcolors(maxcolors=100_000) or []:
        assert isinstance(pixel, tuple)
        assert max(pixel) - min(pixel) < 32


def test_a_long_pause_is_left_open() -> None:
    near, _ = picture((MONDAY, 2), (MONDAY + timedelta(days=21), 4))
    far, _ = picture((MONDAY, 2), (MONDAY + timedelta(days=22), 4))
    assert ink(near) > ink(far)


def ink(content: bytes) -> int:
    """How much of the colour of lines there is."""
    image = Image.open(BytesIO(content)).convert("RGB")
    colours = image.getcolors(maxcolors=100_000) or []
    return sum(count for count, pixel in colours if pixel == (0xC9, 0xD6, 0xD7))


@pytest.mark.parametrize("points", [(), ((MONDAY, 3),)])
def test_one_answer_or_none_is_a_picture_too(points: tuple[tuple[date, int], ...]) -> None:
    content, alt = picture(*points, title="A title that goes on and on, far beyond one line")
    assert Image.open(BytesIO(content)).format == "PNG"
    assert ("no answers yet" in alt) is not bool(points)


def test_the_program_loads_nothing_to_draw_with_before_something_is_drawn() -> None:
    look = "import sys, bot.__main__; print([n for n in sys.modules if n == 'matplotlib'])"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"
