"""The page: read as an accessibility check reads it, and with hostile words in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from bot.harvest.harvest import Harvest
from bot.harvest.page import page
from bot.measures.measure import said
from bot.measures.release import Part
from tests.harvest.builders import (
    HOSTILE,
    MONDAY,
    Story,
    around,
    energy,
    harvest,
    percent,
    release,
    told,
    weeks,
    whole,
)

#: Elements that have no end.
_VOID = {"meta", "link", "img", "br", "hr", "input"}


@dataclass
class Seen(HTMLParser):
    """A page as a reader of its marks has it."""

    text: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.words.setdefault(tag, []).append(data.strip())

    def named(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def seen(found: Harvest | None = None) -> Seen:
    return Seen(page(found or whole(), MONDAY))


def test_the_page_says_its_language_its_title_and_that_it_scales() -> None:
    found = seen()
    assert found.named("html") == [{"lang": "en-GB"}]
    assert "Harvest, 2 November 2026" in found.words["title"]
    [view] = [each for each in found.named("meta") if each.get("name") == "viewport"]
    assert "user-scalable" not in view["content"]


def test_headings_go_down_one_step_at_a_time_from_one_first() -> None:
    steps = [int(tag[1]) for tag, _ in seen().tags if re.fullmatch("h[1-6]", tag)]
    assert steps[0] == 1
    assert steps.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(steps))


def test_a_link_leads_past_the_beginning_and_its_place_is_there() -> None:
    found = seen()
    assert found.tags[[tag for tag, _ in found.tags].index("body") + 1][0] == "a"
    [link] = found.named("a")
    assert link["href"] == "#harvest"
    assert found.named("main") == [{"id": "harvest"}]


def test_every_table_has_a_caption_and_every_head_its_scope() -> None:
    found = seen()
    assert len(found.named("table")) == len(found.named("caption")) > 5
    assert all(each["scope"] in {"row", "col"} for each in found.named("th"))


def test_every_picture_has_its_words_and_a_table_beside_it() -> None:
    found = seen()
    pictures = found.named("svg")
    assert len(pictures) >= 7
    ids = {attributes["id"] for _, attributes in found.tags if "id" in attributes}
    for each in pictures:
        assert each["role"] == "img"
        assert set(each["aria-labelledby"].split()) <= ids
    assert len(found.named("table")) == len(pictures)
    assert found.named("img") == []


def test_no_id_stands_twice() -> None:
    ids = [attributes["id"] for _, attributes in seen().tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_there_is_no_script_and_nothing_from_elsewhere() -> None:
    text = page(whole(), MONDAY)
    found = Seen(text)
    assert not {"script", "iframe", "link", "object", "form"} & {tag for tag, _ in found.tags}
    assert not any(name.startswith("on") for _, each in found.tags for name in each)
    links = {each.get("src", each.get("href", "#")) for _, each in found.tags}
    assert all(link.startswith("#") for link in links)
    assert "@import" not in text
    assert "url(http" not in text
    [policy] = [each for each in found.named("meta") if "http-equiv" in each]
    assert policy["content"].startswith("default-src 'none'")


def test_every_figure_has_of_how_many_and_what_not_to_conclude_beside_it() -> None:
    text = page(whole(), MONDAY)
    figures = re.findall(r"<figure>.*?</figure>", text, re.DOTALL)
    assert len(figures) > 8
    for each in figures:
        assert "Not to conclude: " in each
        assert "invited" in each or "Of how many" in each


def test_text_and_lines_stand_out_from_what_is_behind_them() -> None:
    text = page(whole(), MONDAY)
    style = text[text.index("<style>") : text.index("</style>")]
    for colour in set(re.findall(r"color: (#[0-9a-f]{3,6})", style)):
        assert contrast(colour, "#fdfcf9") >= 4.5


def contrast(one: str, other: str) -> float:
    """As WCAG reckons it."""
    light = sorted((luminance(one), luminance(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_it_prints_without_the_link_and_breaks_no_picture() -> None:
    text = page(whole(), MONDAY)
    printed = text[text.index("@media print") :]
    assert ".skip { display: none; }" in printed
    assert re.search(r"svg.*\{ break-inside: avoid; \}", printed)


def test_shared_words_have_a_part_of_their_own_each_with_what_it_allows() -> None:
    text = page(whole(), MONDAY)
    part = text[text.index("What people chose to share") :]
    assert "The beds" in part
    assert "May be quoted without a name." in part
    assert "May be told in public, as it stands. Told by Ailsa." in part
    assert part.count("Ailsa") == 1
    assert "anonym" not in text.lower()


def test_hostile_words_stay_words_wherever_they_stand() -> None:
    plain = release("weekly_energy")
    words = dict.fromkeys(("title", "question", "low", "high", "not_to_conclude"), HOSTILE)
    measure = plain.measure.model_copy(update=words)
    group = told(energy(), groups=(HOSTILE,))
    both = [
        plain.model_copy(update={"measure": measure, "told": (group,)}),
        plain.model_copy(
            update={
                "measure": measure,
                "told": (group,),
                "id": "r2",
                "since": weeks(None)[0].until,
            }
        ),
    ]
    story = Story(
        title=HOSTILE, level="named", name=HOSTILE, about=HOSTILE, paragraphs=(HOSTILE, HOSTILE)
    )
    text = page(harvest(*both, shared=[story]), MONDAY)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert [tag for tag, _ in Seen(text).tags].count("script") == 0
    assert not any(HOSTILE in value for _, each in Seen(text).tags for value in each.values())


def test_open_counts_are_counted_and_nothing_more_is_said_of_them() -> None:
    text = page(whole(), MONDAY)
    assert "Energy: 3 open, until 9 November 2026" in text
    assert "Nothing of these counts can be seen before they close, by anybody." in text


def test_an_empty_harvest_says_so() -> None:
    text = page(Harvest(), MONDAY)
    assert "No count has closed yet." in text
    assert "Nobody has shared words yet." in text
    assert "Still open" not in text


def test_groups_stand_by_their_names_on_the_page_too() -> None:
    found = release(
        "weekly_energy",
        *(told(energy(percent(each)), groups=(name,)) for name, each in (("B", 80), ("A", 20))),
    )
    text = page(harvest(found), MONDAY)
    assert text.index("<h4>A</h4>") < text.index("<h4>B</h4>")


def test_what_is_withheld_has_its_place_and_no_number() -> None:
    hidden = told(Part(name="weekly_energy", answered=around(3)))
    text = page(harvest(release("weekly_energy", hidden)), MONDAY)
    assert "Too few to tell." in text
    assert "about 3" not in text
    assert "<svg" not in text


def test_the_scale_of_a_measure_is_explained() -> None:
    text = page(whole(), MONDAY)
    assert "On the scale, 1 is “Almost none”, 5 is “Plenty”." in text
    assert "Told is the difference of two answers on one scale" in text
    assert said(whole().releases[0].measure.question, "en") in text
