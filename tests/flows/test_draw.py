"""A practice drawn as a Mermaid flowchart."""

from __future__ import annotations

import re

from bot.flows.draw import draw
from bot.flows.loader import load
from tests.flows.shelf import GOOD, Shelf, words_for

WHOLE = """\
name: small
title: Said "so" <b>
minutes: 2
recalls:
  last: {turn: step}
turns:
  - {id: hello, kind: say}
  - {id: past, kind: recall, of: last}
  - {id: energy, kind: scale, points: 4}
  - {id: way, kind: branch, paths: [{when: energy <= 2, to: sub}]}
  - {id: tried, kind: choice, options: [{id: fully, to: end}, {id: not_yet}]}
  - {id: kept, kind: choice, sets: keeps, options: [{id: 'yes', to: end}, {id: 'no', to: step}]}
  - {id: place, kind: ask, reads: zone, sets: zone}
  - {id: which, kind: choices, kept: false, options: [{id: a}, {id: b}]}
  - {id: quiet, kind: wait, seconds: 120}
  - {id: hours, kind: wait, seconds: 7200}
  - {id: short, kind: wait, seconds: 90}
  - {id: sub, kind: practice, practice: inner}
  - {id: again, kind: practice, practice: inner}
  - {id: step, kind: ask, goes_on_after: 120}
  - {id: end, kind: close}
"""


def drawn(shelf: Shelf) -> list[str]:
    shelf.put("inner")
    hello = 'Say "hello" & <b>; 100% #1 `x` ' + "and very much more of this kind of thing"
    shelf.put("small", WHOLE, en=words_for(WHOLE, hello=hello))
    library = shelf.load()
    return draw(library.practice("small"), library).splitlines()


def test_each_kind_of_turn_is_drawn_with_its_first_words(shelf: Shelf) -> None:
    lines = [line.strip() for line in drawn(shelf)]
    assert lines[0] == "flowchart TD"
    for line in (
        't_past>"past · recall of last<br/>About past."]',
        't_energy[["energy · scale 1 to 4<br/>About energy."]]',
        't_way{"way · branch"}',
        't_kept{{"kept · choice sets keeps<br/>About kept."}}',
        't_place[/"place · ask sets zone<br/>About place."/]',
        't_which{{"which · choices, not kept<br/>About which."}}',
        't_step[/"step · ask goes on after 2 min<br/>About step."/]',
        't_quiet[("quiet · wait 2 min<br/>About quiet.")]',
        't_hours[("hours · wait 2 h<br/>About hours.")]',
        't_short[("short · wait 90 s<br/>About short.")]',
        't_end(["end · close<br/>About end."])',
    ):
        assert line in lines


def test_what_mermaid_would_read_as_its_own_becomes_a_code(shelf: Shelf) -> None:
    (hello,) = [line.strip() for line in drawn(shelf) if "t_hello(" in line]
    assert hello == (
        't_hello("hello · say<br/>Say #34;hello#34; #38; #60;b#62;#59; 100#37; #35;1 #96;x#96; '
        'and very much …")'
    )


def test_arrows_say_what_leads_where(shelf: Shelf) -> None:
    lines = [line.strip() for line in drawn(shelf)]
    for line in (
        "t_hello --> t_past",
        't_way -->|"energy #60;= 2"| t_sub__energy',
        't_way -->|"otherwise"| t_tried',
        't_tried -->|"About tried__fully."| t_end',
        't_tried -->|"otherwise"| t_kept',
        't_kept -->|"passed over"| t_place',
    ):
        assert line in lines


def test_a_practice_inside_is_drawn_in_place_and_leads_on(shelf: Shelf) -> None:
    lines = [line.strip() for line in drawn(shelf)]
    assert 'subgraph t_sub["sub: A small practice"]' in lines
    assert "t_sub__end --> t_again__energy" in lines
    assert "t_again__end --> t_step" in lines
    assert lines.count("end") == 2


def test_every_arrow_of_every_practice_ends_at_a_node() -> None:
    library = load()
    for practice in library.practices.values():
        text = draw(practice, library)
        nodes = set(re.findall(r"^ +(t_\w+)[(\[{>]", text, re.MULTILINE))
        arrows = re.findall(r"^ +(t_\w+) -->(?:\|\"[^\"]*\"\|)? (t_\w+)$", text, re.MULTILINE)
        assert {each for arrow in arrows for each in arrow} <= nodes
        assert text.count("subgraph") == len(re.findall(r"^ +end$", text, re.MULTILINE))


def test_without_english_another_language_is_drawn(shelf: Shelf) -> None:
    shelf.put("small", GOOD, gd=words_for(GOOD, end="Oidhche mhath"))
    library = shelf.load()
    assert "Oidhche mhath" in draw(library.practice("small"), library)


GIVING = """\
name: small
title: What goes to others
minutes: 2
turns:
  - {id: which, kind: choice, offers: sessions}
  - {id: useful, kind: scale, circle: pooled}
  - {id: well, kind: ask, circle: shared}
  - {id: count, kind: pool, offers: [{measure: use, of: [useful]}]}
  - {id: pass_on, kind: share, of: [well], levels: [named]}
  - {id: end, kind: close}
"""


def test_what_goes_to_others_is_drawn_with_its_circles(shelf: Shelf) -> None:
    label = "It was {{ useful.words }}."
    shelf.put("small", GIVING, en=words_for(GIVING, count__use=label))
    library = shelf.load()
    assert library.faults == ()
    lines = [line.strip() for line in draw(library.practice("small"), library).splitlines()]
    for line in (
        't_which{{"which · choice of sessions<br/>About which."}}',
        't_useful[["useful · scale 1 to 5, pooled<br/>About useful."]]',
        't_well[/"well · ask, shared<br/>About well."/]',
        't_count[/"count · pool into use<br/>About count."\\]',
        't_pass_on[\\"pass_on · share of well<br/>About pass_on."/]',
        "t_which --> t_useful",
        "t_count --> t_pass_on",
    ):
        assert line in lines
