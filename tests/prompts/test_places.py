"""Places: the zone that somebody means by what they type, and what we call it."""

from __future__ import annotations

import random
import string
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prompts.places import (
    _FILE,
    _atlas,
    plain,
    zone_called,
    zone_named,
    zone_of,
    zones_begun,
)

ISLES = "Europe/London"
ZONES = frozenset(available_timezones())


def names() -> list[str]:
    lines = _FILE.read_text(encoding="ascii").splitlines()
    return [line.rstrip("*") for line in lines if line[0] not in "#@="]


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Glasgow", ISLES),
        ("Lerwick", ISLES),
        ("Portree", ISLES),
        ("Orkney", ISLES),
        ("Letterkenny", "Europe/Dublin"),
        ("Krakow", "Europe/Warsaw"),
        ("Kraków", "Europe/Warsaw"),
        ("Cracow", "Europe/Warsaw"),
        ("São Paulo", "America/Sao_Paulo"),
        ("SAO PAULO", "America/Sao_Paulo"),
        ("Cologne", "Europe/Berlin"),
        ("Köln", "Europe/Berlin"),
        ("Koeln", "Europe/Berlin"),
        ("Łódź", "Europe/Warsaw"),
        ("Århus", "Europe/Copenhagen"),
        ("İzmir", "Europe/Istanbul"),
        ("The Hague", "Europe/Amsterdam"),
        ("Xi'an", "Asia/Shanghai"),
        ("N\u2019Djamena", "Africa/Ndjamena"),
        ("St. John's", "America/St_Johns"),
        ("Saint Petersburg", "Europe/Moscow"),
        ("New York", "America/New_York"),
        ("nyc", "America/New_York"),
        ("Washington, D.C.", "America/New_York"),
        ("Bangalore", "Asia/Kolkata"),
        ("Bengaluru", "Asia/Kolkata"),
        ("Kiev", "Europe/Kyiv"),
        ("Ho Chi Minh City", "Asia/Ho_Chi_Minh"),
        ("  stoke-on-trent  ", ISLES),
        ("I'm in Glasgow", ISLES),
        ("near Inverness", ISLES),
        ("Co. Kerry", "Europe/Dublin"),
    ],
)
def test_a_city_by_name(said: str, zone: str) -> None:
    assert zone_named(said) == zone


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Cork, Ireland", "Europe/Dublin"),
        ("Perth, Australia", "Australia/Perth"),
        ("Perth Western Australia", "Australia/Perth"),
        ("Perth, WA", "Australia/Perth"),
        ("Perth, Western Australia, Australia", "Australia/Perth"),
        ("Perth, Scotland", ISLES),
        ("Perth, Ontario", "America/Toronto"),
        ("Birmingham, Alabama", "America/Chicago"),
        ("Birmingham AL", "America/Chicago"),
        ("Birmingham, Michigan", "America/Detroit"),
        ("Birmingham, USA", "America/Chicago"),
        ("Birmingham, England", ISLES),
        ("Birmingham, West Midlands, UK", ISLES),
        ("Paris Texas", "America/Chicago"),
        ("El Paso, Texas", "America/Denver"),
        ("London, Ontario", "America/Toronto"),
        ("Boston, Massachusetts", "America/New_York"),
        ("Boston, Lincolnshire", ISLES),
        ("Hamilton, Canada", "America/Toronto"),
        ("Hamilton, New Zealand", "Pacific/Auckland"),
        ("Hamilton, Bermuda", "Atlantic/Bermuda"),
        ("Cambridge, MA", "America/New_York"),
        ("Newcastle, Australia", "Australia/Sydney"),
        ("Athens, Georgia", "America/New_York"),
        ("Tbilisi, Georgia", "Asia/Tbilisi"),
        ("New York, New York", "America/New_York"),
        ("San Jose, Costa Rica", "America/Costa_Rica"),
        ("Hyderabad, Pakistan", "Asia/Karachi"),
        ("Leith, Edinburgh", ISLES),
    ],
)
def test_what_is_said_after_a_city_tells_it_from_others(said: str, zone: str) -> None:
    assert zone_named(said) == zone


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Ballycotton, Ireland", "Europe/Dublin"),
        ("Zakopane, Poland", "Europe/Warsaw"),
        ("a village, Scotland", ISLES),
    ],
)
def test_a_place_we_do_not_know_is_where_its_country_is(said: str, zone: str) -> None:
    assert zone_named(said) == zone


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Poland", "Europe/Warsaw"),
        ("Germany", "Europe/Berlin"),
        ("India", "Asia/Kolkata"),
        ("Argentina", "America/Argentina/Buenos_Aires"),
        ("Ukraine", "Europe/Kyiv"),
        ("the Netherlands", "Europe/Amsterdam"),
        ("Holland", "Europe/Amsterdam"),
        ("Czech Republic", "Europe/Prague"),
        ("Turkey", "Europe/Istanbul"),
        ("Côte d'Ivoire", "Africa/Abidjan"),
        ("Bosnia and Herzegovina", "Europe/Sarajevo"),
        ("UAE", "Asia/Dubai"),
        ("Hong Kong", "Asia/Hong_Kong"),
        ("Scotland", ISLES),
        ("Northern Ireland", ISLES),
        ("the UK", ISLES),
        ("California", "America/Los_Angeles"),
    ],
)
def test_a_country_or_a_region_with_one_zone(said: str, zone: str) -> None:
    assert zone_named(said) == zone


@pytest.mark.parametrize(
    "said",
    [
        *("Australia", "USA", "in the USA", "Canada", "Russia", "Brazil", "Mexico", "Spain"),
        *("Texas", "Ontario", "Europe", "Africa", "New England", "Ballycotton, Canada"),
        *("Georgia", "Washington", "Victoria", "Springfield", "Springfield, USA", "Congo"),
        *("Paris, London", "Central time", "Eastern Time", "EST", "UTC+2", "GMT-5"),
    ],
)
def test_where_there_are_several_none_is_guessed(said: str) -> None:
    assert zone_named(said) is None


@pytest.mark.parametrize(
    "said",
    ["Perth", "Birmingham", "London", "Boston", "Hamilton", "Cambridge", "Newcastle", "Richmond"],
)
def test_a_name_alone_is_the_place_in_the_british_isles(said: str) -> None:
    assert zone_named(said) == ISLES


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Paris", "Europe/Paris"),
        ("Melbourne", "Australia/Melbourne"),
        ("Houston", "America/Chicago"),
        ("Christchurch", "Pacific/Auckland"),
        ("Athens", "Europe/Athens"),
        ("Naples", "Europe/Rome"),
        ("Santiago", "America/Santiago"),
        ("Hyderabad", "Asia/Kolkata"),
        ("Barcelona", "Europe/Madrid"),
    ],
)
def test_a_name_alone_is_by_far_the_biggest_or_best_known(said: str, zone: str) -> None:
    assert zone_named(said) == zone


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Europe/Warsaw", "Europe/Warsaw"),
        ("europe/warsaw", "Europe/Warsaw"),
        ("America/New York", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("Etc/GMT-5", "Etc/GMT-5"),
        ("UTC", "Etc/UTC"),
        ("GMT", "Etc/UTC"),
        ("UK time", ISLES),
        ("British Summer Time", ISLES),
        ("Irish time", "Europe/Dublin"),
        ("CET", "Europe/Brussels"),
        ("Central European Time", "Europe/Brussels"),
        ("India Standard Time", "Asia/Kolkata"),
    ],
)
def test_a_zone_by_its_own_name(said: str, zone: str) -> None:
    assert zone_named(said) == zone


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Edinburg", ISLES),
        ("Glasgw", ISLES),
        ("Galsgow", ISLES),
        ("Abredeen", ISLES),
        ("Manchster", ISLES),
        ("Warzaw", "Europe/Warsaw"),
        ("Johanesburg", "Africa/Johannesburg"),
        ("Newyork", "America/New_York"),
        ("Germny", "Europe/Berlin"),
        ("Melborne, Australia", "Australia/Melbourne"),
    ],
)
def test_one_slip_of_the_keys_is_forgiven(said: str, zone: str) -> None:
    assert zone_named(said) == zone


@pytest.mark.parametrize(
    "said", ["Austraia", "Berln", "Rme", "Edimbourgh", "Polnd", "Dublln, USA"]
)
def test_a_slip_that_may_mean_two_places_or_none_is_not(said: str) -> None:
    assert zone_named(said) is None


@pytest.mark.parametrize(
    "said",
    [
        *("", " ", ",", ", ,", "/", "//", "../../etc/passwd", "Europe/", "posix/UTC"),
        *("\U0001f642", "???", "1", "12:30", "\x00", "\ud800", "\u202eglasgow\u202c Poland, x"),
        *("yes", "no", "hello", "I don't know", "none of your business", "localtime", "Factory"),
        *("Glasgow" * 1_500, "a" * 10_000, "a " * 5_000, ", " * 5_000, "\u0301" * 10_000),
    ],
)
def test_what_is_no_place_is_none(said: str) -> None:
    assert zone_named(said) is None


def _rubbed(name: str, seed: int) -> str:
    """A name with a few letters changed."""
    chance = random.Random(seed)
    letters = list(name)
    for _ in range(chance.randrange(4)):
        letters[chance.randrange(len(letters))] = chance.choice(string.ascii_letters + " ,/'é")
    return "".join(letters)


@given(
    st.text(max_size=120)
    | st.text("abcdeinorst ,/+-'", max_size=40)
    | st.builds(_rubbed, st.sampled_from(names()), st.integers(0, 2**32))
    | st.builds("{}, {}".format, st.sampled_from(names()), st.sampled_from(names()))
)
def test_whatever_is_typed_is_none_or_a_zone(said: str) -> None:
    zone = zone_named(said)
    assert zone is None or (zone in ZONES and zone_called(zone, "en"))


def test_every_zone_in_the_file_exists() -> None:
    lines = _FILE.read_text(encoding="ascii").splitlines()
    sections = {line.split()[1] for line in lines if line.startswith("=")}
    regions = {zone for line in lines if line[0] == "@" for zone in line.partition(":")[2].split()}
    assert sections | regions <= ZONES
    assert len(sections) > 300


def test_every_name_in_the_file_is_plain_and_none_is_empty() -> None:
    assert [name for name in names() if not name or plain(name) != name] == []


def test_the_file_is_small() -> None:
    assert _FILE.stat().st_size < 250_000
    assert len(names()) > 10_000


def test_a_country_whose_zones_all_keep_one_time_has_one() -> None:
    for code in ("DE", "AR", "KZ", "MY", "UZ", "CY"):
        (zone,) = {zone_named(name) for name, codes in _atlas().wide.items() if code in codes}
        assert zone in ZONES


@pytest.mark.parametrize("zone", sorted({"Europe/London", "Europe/Dublin", "Europe/Brussels"}))
def test_the_choices_of_the_rhythm_have_their_summer_time(zone: str) -> None:
    here = [datetime(2026, month, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)) for month in (1, 7)]
    assert here[0].utcoffset() != here[1].utcoffset()


@pytest.mark.parametrize(
    ("zone", "called"),
    [
        ("Europe/London", "UK"),
        ("Europe/Belfast", "UK"),
        ("Europe/Dublin", "Ireland"),
        ("Europe/Brussels", "Central Europe"),
        ("Europe/Warsaw", "Poland"),
        ("Europe/Berlin", "Berlin, Germany"),
        ("Australia/Perth", "Perth, Australia"),
        ("America/New_York", "New York, USA"),
        ("US/Eastern", "New York, USA"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires, Argentina"),
        ("Africa/Kinshasa", "Kinshasa, DR Congo"),
        ("Asia/Hong_Kong", "Hong Kong"),
        ("Europe/Isle_of_Man", "Isle of Man"),
        ("Etc/UTC", "UTC, without summer time"),
        ("UTC", "UTC, without summer time"),
        ("Etc/GMT+5", "GMT+5"),
        ("America/Coyhaique", "Coyhaique"),
    ],
)
def test_a_zone_is_called_what_people_call_it(zone: str, called: str) -> None:
    assert zone_called(zone, "en") == called


def test_in_another_language_a_zone_is_called_as_babel_has_it() -> None:
    assert zone_called("Europe/London", "fr") == "Royaume-Uni"
    assert zone_called("Europe/Warsaw", "pl") == "Polska"


@pytest.mark.parametrize(
    ("begun", "zone"),
    [
        ("glas", ISLES),
        ("Perth", "Australia/Perth"),
        ("perth, aus", "Australia/Perth"),
        ("PAR", "Europe/Paris"),
        ("zür", "Europe/Zurich"),
        ("pola", "Europe/Warsaw"),
        ("united st", "America/New_York"),
        ("new york", "America/New_York"),
    ],
)
def test_a_zone_is_found_by_how_a_place_begins(begun: str, zone: str) -> None:
    assert zone in zones_begun(begun)


def test_what_is_meant_comes_first() -> None:
    assert zones_begun("Perth, Australia")[0] == "Australia/Perth"
    assert zones_begun("glasgow")[0] == ISLES
    assert zones_begun("united k")[0] == ISLES


@pytest.mark.parametrize("said", ["", " ", "!!", "x" * 101, "qqqq"])
def test_nothing_is_found_where_nothing_begins_so(said: str) -> None:
    assert zones_begun(said) == ()


@given(st.text(max_size=12))
def test_never_more_is_found_than_is_wanted_and_each_once(said: str) -> None:
    found = zones_begun(said, 7)
    assert len(found) <= 7
    assert len(set(found)) == len(found)
    assert set(found) <= ZONES


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/London", ISLES),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("UTC", "Etc/UTC"),
        ("Glasgow", None),
        ("europe/london", None),
        ("../etc/passwd", None),
        ("", None),
    ],
)
def test_a_zone_by_its_very_name(name: str, zone: str | None) -> None:
    assert zone_of(name) == zone
