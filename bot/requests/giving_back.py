"""Giving back: what came of a count, said once to the people who answered, in their hours.

It goes to whoever answered, whether they shared their answer or not: nobody can tell who did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import blake2b

from sqlalchemy import Connection

from bot.measures.release import Release, Told
from bot.prompts.house import house
from bot.prompts.render import render
from bot.requests.notices import GIVEN
from bot.store import dues, notices, people, releases
from bot.store.notices import Notice
from bot.store.opening import Store
from bot.store.releases import Owed
from bot.trust.keyring import KeyRing

#: How many people are told in one go.
_AT_ONCE = 200

#: Says in a few lines what one group came to, in a language.
Digest = Callable[[Release, Told, str], Sequence[str]]


def give_back(store: Store, now: datetime, digest: Digest) -> int:
    """Have everything that is owed said; says to how many people."""
    number = 0
    while True:
        with store.engine.connect() as conn:
            owed = releases.owing(conn, _AT_ONCE)
            names = {name for each in owed for name, _ in each.parts}
            made = {name: releases.get(conn, name) for name in names}
            languages = people.languages(conn, [each.participant for each in owed])
        if not owed:
            return number
        groups: dict[tuple[tuple[tuple[str, int], ...], str], list[Owed]] = {}
        for each in owed:
            groups.setdefault((each.parts, languages[each.participant]), []).append(each)
        for (parts, language), these in groups.items():
            notice = _notice(parts, language, made, now, digest)
            work = partial(_tell, keys=store.keys, notice=notice, to=these)
            store.writer.submit(work).result()
        number += len(owed)


def _notice(
    parts: Sequence[tuple[str, int]],
    language: str,
    made: Mapping[str, Release | None],
    now: datetime,
    digest: Digest,
) -> Notice:
    said = [
        "\n".join(digest(release, release.told[part], language))
        for name, part in parts
        if (release := made[name]) is not None
    ]
    key = "\n".join((language, *(f"{name}/{part}" for name, part in parts)))
    begin = [part.text for part in render(house(language), "given_back", {})]
    return Notice(
        name=GIVEN + blake2b(key.encode(), digest_size=12).hexdigest(),
        text="\n\n".join((*begin, *said)),
        urgent=False,
        made_at=now,
    )


def _tell(conn: Connection, keys: KeyRing, notice: Notice, to: Sequence[Owed]) -> None:
    notices.keep(conn, keys, notice)
    ids = notices.unsaid(conn, notice.name, [each.participant for each in to])
    dues.put(conn, notices.dues_of(notice.name, ids, notice.made_at))
    releases.told(conn, to)
