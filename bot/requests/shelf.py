"""The shelf: today's practices to begin, and every revision that a conversation is pinned to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.flows import revisions as compiled
from bot.flows.practice import Library
from bot.flows.revisions import Compiled, pack
from bot.prompts.house import languages
from bot.requests.menu import with_menu
from bot.store import revisions


class Shelf:
    """Practices by name and revisions by hash; a revision once read is kept in memory."""

    def __init__(self, library: Library) -> None:
        self.library = with_menu(library)
        #: The languages the house speaks, English first.
        self.languages = languages()
        self._current: dict[str, str] = {}
        self._bodies: dict[str, str] = {}
        self._compiled = compiled.Shelf()
        for name, practice in self.library.practices.items():
            hash_, body = pack(practice, self.library)
            self._current[name] = hash_
            self._bodies[hash_] = body

    def keep(self, conn: Connection, now: datetime) -> None:
        """Store today's revisions, so that conversations can be rendered from them later."""
        for name, hash_ in self._current.items():
            revisions.keep(conn, hash_, name, self._bodies[hash_], now=now)

    def has(self, practice: str) -> bool:
        """Whether a practice can be begun today."""
        return practice in self._current

    def current(self, practice: str) -> str:
        """The hash of today's revision of a practice; raises KeyError."""
        return self._current[practice]

    def pinned(self, conn: Connection, hash_: str) -> Compiled:
        """The revision with this hash; raises LookupError when it was never kept."""
        if found := self._compiled.get(hash_):
            return found
        body = self._bodies.get(hash_) or revisions.get(conn, hash_)
        if body is None:
            message = f"no revision {hash_[:12]} is kept"
            raise LookupError(message)
        return self._compiled.put(body)

    def title(self, practice: str, language: str = "en") -> str:
        """What a practice is called in a language; its name, in words, when it is not here."""
        found = self.library.practices.get(practice)
        return found.title(language) if found else practice.replace("_", " ").capitalize()

    def language(self, wanted: str) -> str:
        """The language to speak with somebody who uses this one."""
        return self.speaks(wanted) or "en"

    def speaks(self, wanted: str) -> str | None:
        """The same, when the house has that language; None when it does not."""
        base = wanted.split("-", maxsplit=1)[0].casefold()
        return base if base in self.languages else None
