"""Places: the time zone that somebody means, and what we call it.

The cities are in `places.txt`, which says how it is to be read. Countries, and which zones each of
them has, are Babel's. Nothing is read before somebody names a place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

from bot.engine.hearing import fold
from bot.prompts.dates import locale_of

_FILE = Path(__file__).with_name("places.txt")
_NOWHERE: frozenset[str] = frozenset()
#: A longer message is no place.
_LONGEST = 100
#: Shorter names are not mended: too many are one slip apart.
_SHORTEST_MENDED = 6
_LETTERS = "abcdefghijklmnopqrstuvwxyz "
#: Letters that do not come apart into a plain one and its mark.
_LETTERS_OF = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | dict.fromkeys("\u2018\u02bb\u02bc`\u00b4", "'")
)
#: What may stand before a place, and after it.
_BEFORE = re.compile(
    r"^(?:(?:i am|im|we are|i live|living|based|close to|just outside|near|around|in|from|at"
    r"|dwi|dw i|rydw i|rwyn byw|byw|yn|yng|ym|ger|o|y|yr) )+"
)
#: The point after an initial, as in `D.C.`.
_INITIAL = re.compile(r"\b(\w)\.(?=\w\b)")
_AFTER = re.compile(r" (?:(?:local|standard|summer) )?time(?: zone)?$")

#: Countries by names that Babel does not give them.
_ALSO = {
    "GB": "uk,great britain,britain,british isles,british,bst",
    "IE": "irish,republic of ireland,eire",
    "US": "usa,us,america,united states of america,states",
    "AE": "uae,emirates",
    "BA": "bosnia",
    "CD": "dr congo,drc,democratic republic of congo,congo",
    "CG": "republic of congo,congo",
    "CI": "ivory coast",
    "CV": "cabo verde",
    "CZ": "czech republic",
    "FK": "falklands",
    "HK": "hong kong",
    "KR": "korea",
    "MK": "macedonia",
    "MM": "myanmar,burma",
    "MO": "macao,macau",
    "NL": "holland",
    "NZ": "nz,aotearoa",
    "PS": "palestine",
    "SZ": "swaziland",
    "TL": "east timor",
    "TR": "turkey",
    "TT": "trinidad",
    "VA": "vatican",
}
#: Zones by what is neither a country nor a city.
_CLOCKS = {
    "Europe/Brussels": "cet,cest,central europe,central european",
    "Etc/UTC": "utc,gmt,greenwich mean,coordinated universal",
    "America/New_York": "eastern",
    "Australia/Sydney": "eastern",
    "America/Los_Angeles": "pacific",
}
#: Zones that are not by law what their country goes by.
_ASIDE = frozenset({"Asia/Urumqi", "Europe/Simferopol"})
#: What we call a zone where its country or city would read oddly.
_CALLED = {
    "en": {
        "Europe/London": "UK",
        "Europe/Brussels": "Central Europe",
        "Etc/UTC": "UTC, without summer time",
    },
    "cy": {
        "Europe/London": "y Deyrnas Unedig",
        "Europe/Brussels": "Canolbarth Ewrop",
        "Etc/UTC": "UTC, heb amser haf",
    },
}
_COUNTRIES_CALLED = {
    "en": {
        "CD": "DR Congo",
        "CG": "Congo",
        "HK": "Hong Kong",
        "MO": "Macao",
        "US": "USA",
    },
    "cy": {"US": "UDA"},
}
#: How names begin in Welsh after `yn`, and how without it.
_NASALS = {"ngh": "c", "nh": "t", "mh": "p", "ng": "g", "n": "d", "m": "b"}
#: What stands before a country's name in Welsh, and need not be said: `Yr Alban`, `Y Swistir`.
_ARTICLE = re.compile(r"^(?:y|yr) ")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One place of some name."""

    zone: str
    #: Its country, and perhaps its region: `PL`, `US-TX`.
    scope: str
    #: How much must be said besides its name: nothing, its country, or its region.
    needs: int

    def within(self, said: Iterable[frozenset[str]]) -> bool:
        """Whether it lies within all that was said, and enough was said."""
        most = 0
        for codes in said:
            here = [code for code in codes if f"{self.scope}-".startswith(f"{code}-")]
            if not here:
                return False
            most = max(most, *(1 + code.count("-") for code in here))
        return most >= self.needs


@dataclass(slots=True)
class _Atlas:
    """All the places there are, by their plain names."""

    entries: dict[str, tuple[_Entry, ...]] = field(default_factory=dict)
    #: Countries and their regions, and parts of the world, with their codes.
    wide: dict[str, frozenset[str]] = field(default_factory=dict)
    #: The same by their two letters, which only mean anything after a city.
    short: dict[str, frozenset[str]] = field(default_factory=dict)
    #: The zone of each region that has one, and the zones of those with several.
    regions: dict[str, frozenset[str]] = field(default_factory=dict)
    #: How many names each zone has.
    names: dict[str, int] = field(default_factory=dict)


def zone_named(text: str) -> str | None:
    """The IANA zone of a place or a zone's own name; None for none, or for more than one."""
    if len(text) > _LONGEST:
        return None
    if "/" in text:
        own = _own_names().get(text.strip().casefold().replace(" ", "_"))
        if own:
            return str(get_global("zone_aliases").get(own, own))
    phrase = _AFTER.sub("", _BEFORE.sub("", plain(text)))
    parts = [part for part in map(plain, text.split(",")) if part]
    zones = _meant(phrase) or _beside(parts) or _meant(_radical(phrase))
    if not zones and phrase not in _atlas().wide:
        zones = _mended(phrase, parts)
    return next(iter(zones)) if len(zones) == 1 else None


def zone_of(name: str) -> str | None:
    """The zone whose IANA name this is, by the name we keep it under; None when it is none's."""
    return str(get_global("zone_aliases").get(name, name)) if name in _iana() else None


def zones_begun(text: str, most: int = 20) -> tuple[str, ...]:
    """The zones of all places whose names begin so, the likeliest first."""
    begun = plain(text.partition(",")[0])
    if not begun or len(text) > _LONGEST:
        return ()
    atlas = _atlas()
    near = [
        (each.needs, len(name), name, 0, each.zone)
        for name, entries in atlas.entries.items()
        if name.startswith(begun)
        for each in entries
    ]
    near += [
        (0, len(name), name, -atlas.names.get(zone, 0), zone)
        for name, codes in atlas.wide.items()
        if name.startswith(begun)
        for code in codes
        for zone in _zones_of(code)
    ]
    meant = zone_named(text)
    found = dict.fromkeys([*([meant] if meant else []), *(each[-1] for each in sorted(near))])
    return tuple(found)[:most]


@lru_cache(maxsize=1024)
def zone_called(zone: str, language: str) -> str:
    """What a zone is called, such as `Poland`, or `Perth, Australia` in a land of several."""
    zone = get_global("zone_aliases").get(zone, zone)
    locale = locale_of(language)
    if called := _CALLED.get(locale.language, {}).get(zone):
        return called
    city = locale.time_zones.get(zone, {}).get("city") or zone.rsplit("/", 1)[-1]
    city = city.rsplit("/", 1)[-1].replace("_", " ")
    code = get_global("zone_territories").get(zone, "")
    country = locale.territories.get(code, "") if code in _territories() else ""
    country = _COUNTRIES_CALLED.get(locale.language, {}).get(code, country)
    if country and len(_territories()[code]) == 1:
        return country
    return f"{city}, {country}" if country else city


def plain(text: str) -> str:
    """A name with nothing in it that people write in different ways."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS_OF))
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    words = fold(_INITIAL.sub(r"\1", bare)).split()
    if words[1:] and words[0] == "co":
        words[0] = "county"
    spelt = ("st" if word == "saint" else word for word in words)
    return " ".join(word for word in spelt if word not in {"and", "the"})


def _radical(phrase: str) -> str:
    """A name as it is in Welsh without `yn` before it: `nghaerdydd` is Caerdydd."""
    for nasal, radical in _NASALS.items():
        if phrase.startswith(nasal):
            return radical + phrase.removeprefix(nasal)
    return phrase


def is_place(name: str) -> bool:
    """Whether a city, a region or a country that we know is called so."""
    return bool(_meant(plain(name)))


def _meant(phrase: str) -> frozenset[str]:
    """The zones that a plain phrase may mean; none when it is the name of nothing we know."""
    atlas = _atlas()
    codes = atlas.wide.get(phrase, _NOWHERE)
    wide = frozenset(zone for code in codes for zone in _zones_of(code))
    if any("-" not in code for code in codes):
        return wide  # A country is never a city of the same name.
    entries = atlas.entries.get(phrase, ())
    alone = frozenset(entry.zone for entry in entries if not entry.needs)
    known = wide | (alone or frozenset(entry.zone for entry in entries))
    return known or _qualified(phrase)


def _qualified(phrase: str) -> frozenset[str]:
    """The zones of a city that is named with its region, its country, or both."""
    atlas = _atlas()
    words = phrase.split()
    said: list[frozenset[str]] = []
    while len(words) > 1:
        for start in range(1, len(words)):
            last = " ".join(words[start:])
            codes = atlas.wide.get(last, _NOWHERE) | atlas.short.get(last, _NOWHERE)
            if codes:
                break
        else:
            break
        said.append(codes)
        words = words[:start]
        entries = atlas.entries.get(" ".join(words), ())
        if zones := frozenset(entry.zone for entry in entries if entry.within(said)):
            return zones
    return _NOWHERE


def _beside(parts: list[str]) -> frozenset[str]:
    """The zone of what follows a comma, unless the place before it must be elsewhere."""
    atlas = _atlas()
    for part in parts[1:]:
        where = _meant(part)
        if len(where) == 1:
            here = frozenset(entry.zone for entry in atlas.entries.get(parts[0], ()))
            return where if part in atlas.wide or not here or where <= here else _NOWHERE
    return _NOWHERE


def _mended(phrase: str, parts: list[str]) -> frozenset[str]:
    """The zones of all that is one slip away; a city's country may follow it after a comma."""
    first, rest = (parts[0], " ".join(parts[1:])) if parts[1:] else (phrase, "")
    if len(first) < _SHORTEST_MENDED:
        return _NOWHERE
    atlas = _atlas()
    near = {each for each in _slips(first) if each in atlas.entries or each in atlas.wide}
    meant = [_meant(f"{each} {rest}".strip()) for each in near]
    return frozenset[str]().union(*meant)


def _slips(phrase: str) -> Iterator[str]:
    """A phrase with one letter left out, put in, replaced, or two swapped; the first one stays."""
    for at in range(1, len(phrase) + 1):
        head, tail = phrase[:at], phrase[at:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            yield head + letter + tail[1:]


def _zones_of(code: str) -> frozenset[str]:
    """The zones of a country or a region, one where all of them keep the same time."""
    atlas = _atlas()
    if code in atlas.regions:
        return atlas.regions[code]
    zones = [zone for zone in _territories().get(code, ()) if zone not in _ASIDE]
    if len(zones) > 1 and len({_offsets(zone) for zone in zones}) == 1:
        zones = [max(zones, key=lambda zone: (atlas.names.get(zone, 0), zone))]
    return frozenset(zones)


@cache
def _offsets(zone: str) -> tuple[object, ...]:
    """How a zone's clocks stand through a year."""
    there = ZoneInfo(zone)
    return tuple(
        datetime(2026, month, 1, tzinfo=UTC).astimezone(there).utcoffset()
        for month in range(1, 13)
    )


@cache
def _territories() -> Mapping[str, list[str]]:
    """The zones of each country, by its code."""
    zones: dict[str, list[str]] = dict(get_global("territory_zones"))
    return {code: each for code, each in zones.items() if code not in {"001", "ZZ"}}


@cache
def _iana() -> frozenset[str]:
    """Every IANA name there is."""
    return frozenset(available_timezones())


@cache
def _own_names() -> dict[str, str]:
    """Every IANA name that says its region."""
    return {name.casefold(): name for name in _iana() if "/" in name}


@cache
def _atlas() -> _Atlas:
    atlas = _Atlas()
    _read_countries(atlas)
    section: tuple[_Entry, ...] = ()
    with _FILE.open(encoding="ascii") as lines:
        for line in lines:
            name = line.rstrip("\n")
            if name.startswith("@"):
                _read_region(atlas, name)
            elif name.startswith("="):
                _, zone, scope = name.split()
                section = tuple(_Entry(zone, scope, needs) for needs in range(3))
            elif not name.startswith("#"):
                place = name.rstrip("*")
                _add(atlas, place, section[len(name) - len(place)])
    for zone, names in _CLOCKS.items():
        for name in names.split(","):
            _add(atlas, name, _Entry(zone, "", 0))
    return atlas


def _add(atlas: _Atlas, name: str, entry: _Entry) -> None:
    atlas.entries[name] = (*atlas.entries.get(name, ()), entry)
    atlas.names[entry.zone] = atlas.names.get(entry.zone, 0) + 1


def _read_countries(atlas: _Atlas) -> None:
    territories = locale_of("en").territories
    for code, own in territories.items():
        welsh = _ARTICLE.sub("", plain(locale_of("cy").territories.get(code, "")))
        for name in filter(None, {plain(own), welsh, *_ALSO.get(code, "").split(",")}):
            atlas.wide[name] = atlas.wide.get(name, _NOWHERE) | {code}
        atlas.short[code.casefold()] = frozenset({code})


def _read_region(atlas: _Atlas, line: str) -> None:
    """Read a line such as `@ US-TX tx texas: America/Chicago America/Denver`."""
    said, _, zones = line.partition(":")
    _, code, short, name = said.split(" ", 3)
    atlas.wide[name] = atlas.wide.get(name, _NOWHERE) | {code}
    atlas.short[short] = atlas.short.get(short, _NOWHERE) | {code}
    atlas.regions[code] = frozenset(zones.split())
