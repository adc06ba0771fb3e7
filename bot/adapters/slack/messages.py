"""Messages: what people write to us, change and take back; pure and total.

A message is named by its channel and when it was written, `D012AB3CD:1503435956.000247`; what
belongs to its second file ends with `#2`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.adapters.slack import fields
from bot.adapters.slack.came import Came, FileRef, Heard, Teller
from bot.adapters.slack.fields import Json
from bot.adapters.slack.plain import plain
from bot.adapters.slack.workspaces import Workspace, place_of
from bot.records import Body, Deleted, Edit, Unkept, Words

#: The largest file that is fetched, in bytes; the same as Telegram lets bots fetch.
LARGEST = 20_000_000
#: The kinds of message in which a person says something; Slack's others are its own.
_SAID = frozenset({"", "file_share", "me_message", "thread_broadcast"})
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
#: What a clip that was recorded in Slack is; other sound may carry its owner's name.
VOICES = frozenset({"audio/mp4", "audio/m4a", "audio/x-m4a", "audio/webm", "audio/ogg"})


def name_of(channel: str, ts: str) -> str:
    """What a message is called."""
    return f"{channel}:{ts}"


def is_direct(event: Json) -> bool:
    """Whether this is between one person and us."""
    return fields.room(event, "channel").startswith("D")


def direct(event: Json, id_: str, ours: Workspace) -> Came | None:
    """What was said to us, and how it is changed."""
    channel, subtype = fields.room(event, "channel"), fields.text(event, "subtype")
    match subtype:
        case "message_changed":
            return _changed(event, channel, id_, ours)
        case "message_deleted":
            ts = fields.stamp(event, "deleted_ts")
            before = fields.part(event, "previous_message")
            return _taken_back({**before, "ts": ts}, channel, id_, ours)
        case _ if subtype in _SAID:
            return _said(event, channel, id_, ours)
        case _:
            return None


def in_channel(event: Json, ours: Workspace) -> Came | None:
    """A message in a channel, if it calls us by our name; its words are not carried.

    Slack may tell of it twice, as a message and as a mention, so its own name is its id.
    """
    channel, ts = fields.channel(event, "channel"), fields.stamp(event, "ts")
    calls = f"<@{ours.bot_user}" in fields.text(event, "text")
    who = _teller(event, ours)
    if not channel or not ts or not calls or who is None:
        return None
    if fields.text(event, "subtype") not in _SAID:
        return None
    teller = Teller(place=place_of(ours.id, channel), group=True, by=who.place)
    name = name_of(channel, ts)
    said = teller.told(Words(message=name, text=""), f"m.{ours.id}.{name}")
    return Came(heard=(Heard(inbound=said),))


def _teller(message: Json, ours: Workspace) -> Teller | None:
    """The person who wrote a message; None for us, for other bots and for nobody."""
    user = fields.person(message, "user")
    if not user or user == ours.bot_user or message.get("bot_id"):
        return None
    return Teller(place=place_of(ours.id, user))


def _said(event: Json, channel: str, id_: str, ours: Workspace) -> Came | None:
    teller, ts = _teller(event, ours), fields.stamp(event, "ts")
    if teller is None or not ts:
        return None
    name, text = name_of(channel, ts), plain(event)
    bodies: list[tuple[Words, FileRef | None]] = [(Words(message=name, text=text), None)]
    if files := fields.parts(event, "files"):
        bodies = [_carried(name, number, file) for number, file in enumerate(files, 1)]
        bodies[0] = (replace(bodies[0][0], text=text), bodies[0][1])
    elif not text:
        bodies = [(Words(message=name, text="", unkept=Unkept.KIND), None)]
    heard = [
        Heard(inbound=teller.told(words, numbered(id_, number)), file=file)
        for number, (words, file) in enumerate(bodies, 1)
    ]
    return Came(heard=tuple(heard), channel=channel, said=ts)


def numbered(name: str, number: int) -> str:
    """The name of one of several; the first has the name of all."""
    return name if number == 1 else f"{name}#{number}"


def _carried(message: str, number: int, file: Json) -> tuple[Words, FileRef | None]:
    """What one file of a message is to us."""
    ref, words = _ref(file), Words(message=numbered(message, number), text="")
    if ref is None:
        return replace(words, unkept=Unkept.KIND), None
    if ref.size > LARGEST:
        return replace(words, unkept=Unkept.SIZE), None
    if not ref.url:
        return replace(words, unkept=Unkept.LOST), None
    return words, ref


def _ref(file: Json) -> FileRef | None:
    """A photo, or a clip that was recorded in Slack."""
    mime = fields.text(file, "mimetype").casefold()
    voice = file.get("subtype") == "slack_audio" and mime in VOICES
    if not voice and mime not in _IMAGES:
        # A file of another organisation comes without its type, and is not given to us.
        hidden = file.get("file_access") == "check_file_info" or not mime
        return FileRef(url="", mime="", size=0, voice=False) if hidden else None
    url = fields.text(file, "url_private_download") or fields.text(file, "url_private")
    return FileRef(url=url, mime=mime, size=fields.number(file, "size"), voice=voice)


def _changed(event: Json, channel: str, id_: str, ours: Workspace) -> Came | None:
    """An edit; what Slack adds by itself, such as a preview, leaves the text as it was."""
    now, before = fields.part(event, "message"), fields.part(event, "previous_message")
    if fields.text(now, "subtype") == "tombstone":
        # What others replied to stays as a message that says it was deleted.
        return _taken_back({**before, "ts": now.get("ts")}, channel, id_, ours)
    teller, ts = _teller(now, ours), fields.stamp(now, "ts")
    if teller is None or not ts or fields.text(now, "subtype") not in _SAID:
        return None
    bodies: list[Body] = []
    if (text := plain(now)) != plain(before):
        bodies.append(Edit(message=name_of(channel, ts), text=text))
    bodies += [
        Deleted(message=numbered(name_of(channel, ts), number))
        for number in _removed(before, now)
        if number > 1 or not text
    ]
    return _told(bodies, teller, id_) if bodies else None


def _removed(before: Json, now: Json) -> Iterator[int]:
    """Which files of a message were taken out of it, counted as when they came."""
    stays = {fields.text(file, "id") for file in fields.parts(now, "files") if _stands(file)}
    for number, file in enumerate(fields.parts(before, "files"), 1):
        if _stands(file) and fields.text(file, "id") not in stays:
            yield number


def _stands(file: Json) -> bool:
    return file.get("mode") != "tombstone"


def _taken_back(message: Json, channel: str, id_: str, ours: Workspace) -> Came | None:
    """A message taken back, with all its files."""
    teller, ts = _teller(message, ours), fields.stamp(message, "ts")
    if teller is None or not ts:
        return None
    many = max(1, len(fields.parts(message, "files")))
    name = name_of(channel, ts)
    bodies = [Deleted(message=numbered(name, number)) for number in range(1, many + 1)]
    return _told(bodies, teller, id_)


def _told(bodies: list[Body] | list[Deleted], teller: Teller, id_: str) -> Came:
    heard = [
        Heard(inbound=teller.told(body, numbered(id_, number)))
        for number, body in enumerate(bodies, 1)
    ]
    return Came(heard=tuple(heard))
