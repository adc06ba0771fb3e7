"""Opening the house: settings to keys, database, writer and practices, in this order."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from zoneinfo import reset_tzpath

from bot.commands.refusing import err
from bot.flows.loader import load
from bot.flows.practice import Library
from bot.measures import loader as counted
from bot.measures.measure import Measure
from bot.prompts.distress import phrases
from bot.requests.desk import House
from bot.requests.shelf import Shelf
from bot.settings import DATA, Settings
from bot.store.connect import is_there
from bot.store.opening import Store, open_store
from bot.trust import master
from bot.trust.databases import FolderMissingError, StoreError, place_of


class NotThereError(StoreError):
    """Skerry was never here: there is no database yet."""


class New(Enum):
    """What a command does where there is no database yet."""

    #: It has nothing to look at, so that it was most likely called in the wrong folder.
    REFUSED = "refused"
    #: It may be the first one; it says that everything was made anew.
    TOLD = "told"
    #: It is there to begin.
    MADE = "made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The house with its doors still shut."""

    settings: Settings
    store: Store
    house: House


def read_settings() -> Settings:
    """The settings; raises pydantic's ValidationError."""
    reset_tzpath(to=())  # Zones are those of the pinned tzdata package, never the machine's.
    return Settings()


def library(settings: Settings) -> Library:
    """Every practice: our own and those of the deployment's folder."""
    return load([Path(settings.practices)] if settings.practices else [])


def measures(settings: Settings) -> Mapping[str, Measure]:
    """Every measure: our own and those of the deployment's folder."""
    return counted.load([Path(settings.practices)] if settings.practices else []).measures


@contextmanager
def opened(settings: Settings, new: New = New.REFUSED) -> Iterator[Opened]:
    """Open the house and close it again; raises what `refusing` can explain.

    Where there is no database yet, nothing is made unless the command may begin.
    """
    _folders_there(settings)
    there = new is New.MADE or is_there(settings.database_url)
    if not there and new is New.REFUSED:
        raise NotThereError(_nobody_home(settings))
    distress = phrases(settings.distress)
    make_data_folder(settings)
    store = open_store(
        settings.database_url, keys_url(settings), lambda empty: masters(settings, empty=empty)
    )
    if not there:
        err.print(
            "There was no Skerry here, so a new one was made, with a database, keys and a master "
            f"key of its own: {_where(settings)}.",
            markup=False,
        )
    store.writer.start()
    house = House(
        keys=store.keys,
        shelf=Shelf(library(settings)),
        quiet_gap=settings.gap,
        zone=settings.time_zone,
        signposts=settings.signposts,
        retention_months=settings.retention,
        chance=lambda: secrets.randbelow(2**31),
        new_id=lambda: secrets.token_hex(16),
        measures=measures(settings),
        distress=distress,
        breath=settings.between,
    )
    try:
        yield Opened(settings=settings, store=store, house=house)
    finally:
        store.close()


def masters(settings: Settings, *, empty: bool) -> Sequence[bytes]:
    """The master keys, the one in use first; raises MasterKeyError.

    They come from the environment, or from the key file, which is made with an empty database.
    """
    if written := settings.master_key.get_secret_value():
        before = settings.master_key_previous.get_secret_value()
        previous = [master.from_text(before, "SKERRY_MASTER_KEY_PREVIOUS")] if before else []
        return [master.from_text(written), *previous]
    return master.in_use(key_file(settings), empty=empty)


def key_file(settings: Settings) -> Path:
    """Where the master key lies; beside the SQLite database when no setting says otherwise."""
    if settings.master_key_file:
        return Path(settings.master_key_file)
    return _beside(settings, "SKERRY_MASTER_KEY or SKERRY_MASTER_KEY_FILE") / "master.key"


def keys_url(settings: Settings) -> str:
    """The key store's URL; beside the SQLite database when no setting says otherwise."""
    if settings.keys_url:
        return settings.keys_url
    return f"sqlite:///{_beside(settings, 'SKERRY_KEYS_URL') / 'keys.sqlite'}"


def data_folder(settings: Settings) -> Path | None:
    """The folder of the SQLite database; None when the database is on PostgreSQL."""
    url = place_of(settings.database_url)
    return Path(url.database or "").parent if url.drivername.startswith("sqlite") else None


def _where(settings: Settings) -> str:
    """The words' database as one line names it, without a password."""
    place = place_of(settings.database_url)
    if place.drivername.startswith("sqlite"):
        return place.database or ""
    return place.render_as_string(hide_password=True)


def _nobody_home(settings: Settings) -> str:
    if settings.database_url == Settings.model_fields["database_url"].default:
        return (
            f"There is no Skerry in this folder: {_where(settings)} is not there. Run this where "
            "Skerry runs, or set SKERRY_DATABASE_URL. A new one begins with: skerry run"
        )
    return (
        f"There is no Skerry in {_where(settings)}, which SKERRY_DATABASE_URL names. Mend that "
        "setting. A new one begins with: skerry run"
    )


def _folders_there(settings: Settings) -> None:
    """Refuse a setting that names a folder which is not there; the usual one is made."""
    for name in ("database_url", "keys_url"):
        url = getattr(settings, name)
        place = place_of(url) if url else None
        if place is None or not place.drivername.startswith("sqlite"):
            continue
        folder = Path(place.database or "").parent
        if folder != DATA and not folder.is_dir():
            message = (
                f"SKERRY_{name.upper()} names the folder {folder}, and there is none. "
                "Make it, or name another."
            )
            raise FolderMissingError(message)


def _beside(settings: Settings, wanted: str) -> Path:
    folder = data_folder(settings)
    if folder is None:
        message = f"With PostgreSQL, set {wanted}: there is no folder beside the database."
        raise StoreError(message)
    return folder


def make_data_folder(settings: Settings) -> None:
    """Make the data folder when it is the usual one; a folder that was named must be there."""
    if data_folder(settings) == DATA:
        try:
            DATA.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            message = (
                f"The folder {DATA.absolute()} cannot be made ({error.strerror}). "
                "Start Skerry in a folder it may write, or set SKERRY_DATABASE_URL."
            )
            raise StoreError(message) from None
