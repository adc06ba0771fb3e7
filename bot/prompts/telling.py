"""What may tell who is meant: pointed out before words are shared, for their teller to look at.

It finds what looks like an address, a number or a name, and changes nothing. It misses much: a
place, a post or a story can tell who is meant as well. So it is no promise of anonymity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import phonenumbers

from bot.prompts.places import is_place

#: So much of a text is looked at, and so many finds are said.
LONGEST, MOST = 8000, 8
#: Where a number without a country's code is taken to be from.
REGION = "GB"
#: How many figures a telephone number has at least, and how often one is looked for in vain.
_FIGURES, _TRIES = 9, 200
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_PATTERNS = (
    re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
    re.compile(r"\b(?:https?://|www\.)[^\s<>\"']{1,200}", re.IGNORECASE),
    #: A postcode.
    re.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\b", re.IGNORECASE),
    #: A day with its year, in figures or in words.
    re.compile(r"\b[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})\b"),
    re.compile(r"\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b"),
    re.compile(rf"\b[0-9]{{1,2}}(?:st|nd|rd|th)? {_MONTH},? (?:19|20)[0-9]{{2}}\b", re.IGNORECASE),
    #: A number of ten figures, as the NHS and CHI give them.
    re.compile(r"\b[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}\b"),
    re.compile(r"\b[0-9]{6}[ -]?[0-9]{4}\b"),
)
#: Words with a capital in the middle of a sentence, one or several.
_WORD = r"[A-Z\u00c0-\u00de](?=[^\W\d_]*[a-z\u00df-\u00ff])[\w'\u2019-]{1,30}"
_NAME = re.compile(rf"(?<=[a-z0-9,;:'\"()] ){_WORD}(?: {_WORD}){{0,3}}")
_TITLE = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Rev)\.? {_WORD}")
_COMMON = frozenset(
    {
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "scotland",
        "england",
        "wales",
        "ireland",
        "britain",
        "uk",
        "europe",
        "scottish",
        "english",
        "welsh",
        "irish",
        "british",
        "european",
        "gaelic",
        "christmas",
        "easter",
        "god",
        "bible",
        "skerry",
        "slack",
        "telegram",
        "teams",
        "zoom",
        "nhs",
        "covid",
        "french",
        "german",
        "i",
        "i'm",
        "i've",
        "i'd",
        "i'll",
        "edinburgh",
        "glasgow",
        "aberdeen",
        "dundee",
        "inverness",
        "perth",
        "stirling",
        "london",
    }
)

_WITHIN = frozenset({"in", "near", "around"})


def telling(texts: Sequence[str]) -> tuple[str, ...]:
    """What of these words may tell who is meant, each once, in the order of the words."""
    found: dict[str, None] = {}
    for text in texts:
        looked = text[:LONGEST]
        finds = sorted(_finds(looked), key=lambda find: (find[0], -find[1]))
        end = 0
        for start, stop in finds:
            if start >= end:
                found.setdefault(" ".join(looked[start:stop].split()))
                end = stop
    return tuple(found)[:MOST]


def _finds(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _PATTERNS:
        yield from (each.span() for each in pattern.finditer(text))
    possible = phonenumbers.Leniency.POSSIBLE
    for number in phonenumbers.PhoneNumberMatcher(text, REGION, possible, _TRIES):
        if sum(each.isdecimal() for each in number.raw_string) >= _FIGURES:
            yield number.start, number.end
    for each in _TITLE.finditer(text):
        yield each.span()
    for each in _NAME.finditer(text):
        words = each[0].replace("\u2019", "'").casefold().split()
        if all(word.removesuffix("'s") in _COMMON for word in words):
            continue
        before = text[max(0, each.start() - 8) : each.start()].split()
        # Some names are places too: only what somebody is in or near is taken for one.
        if not (before and before[-1] in _WITHIN and is_place(each[0])):
            yield each.span()
