"""The methods that say something: sends, edits, deletions, answers to presses."""

from __future__ import annotations

from typing import Any

from tests.fakes.telegram.faults import bad
from tests.fakes.telegram.keyboards import checked
from tests.fakes.telegram.markup import parsed, trimmed, units, with_found
from tests.fakes.telegram.records import Chat, File, Message
from tests.fakes.telegram.wire import Upload, listed, truth, whole
from tests.fakes.telegram.world import World

Json = dict[str, Any]

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_ANSWER = 200
LARGEST_PHOTO = 10 * 2**20
LARGEST_UPLOAD = 50 * 2**20
#: How the images begin that Telegram can read.
IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM")
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup "
    "are exactly the same as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def formatted(params: Json, field: str, entities_field: str) -> tuple[str, list[Json]]:
    """The plain text of a request, and its entities."""
    said = str(params.get(field) or "")
    match str(params.get("parse_mode") or "").lower():
        case "html":
            text, entities = parsed(said)
        case "":
            text, entities = trimmed(said, listed(params, entities_field))
        case _:
            raise bad("unsupported parse_mode")
    return text, with_found(text, entities)


def text_of(params: Json) -> tuple[str, list[Json]]:
    text, entities = formatted(params, "text", "entities")
    if not text:
        raise bad("message text is empty")
    if units(text) > LONGEST_TEXT:
        raise bad("message is too long")
    return text, entities


def caption_of(params: Json) -> tuple[str, list[Json]]:
    text, entities = formatted(params, "caption", "caption_entities")
    if units(text) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return text, entities


def answered_to(chat: Chat, params: Json) -> Message | None:
    """The message which this one answers."""
    given = params.get("reply_parameters") or {}
    if not isinstance(given, dict):
        raise bad("object expected as reply parameters")
    number = given.get("message_id") or params.get("reply_to_message_id")
    if given and type(given.get("message_id")) is not int:
        raise bad('can\'t parse reply parameters: Field "message_id" must be of type Number')
    if number is None:
        return None
    message = chat.find(int(number))
    lenient = truth(params | given, "allow_sending_without_reply")
    if message is None and not lenient:
        raise bad("message to be replied not found")
    return message


def topic_of(chat: Chat, params: Json) -> int | None:
    """The topic that a request names; General has no number of its own."""
    topic = whole(params, "message_thread_id", 0)
    if not topic:
        return None
    if topic not in chat.topics:
        raise bad("message thread not found")
    return topic


def send_message(world: World, params: Json) -> Json:
    return send(world, params, text_of(params))


def send_file(world: World, params: Json, kind: str) -> Json:
    return send(world, params, caption_of(params), kind)


def send(world: World, params: Json, said: tuple[str, list[Json]], kind: str = "") -> Json:
    """A message of any kind, if everything about it is right."""
    markup = checked(params.get("reply_markup"))
    chat = world.open_chat(params)
    file = file_of(world, params, kind) if kind else None
    reply, topic = answered_to(chat, params), topic_of(chat, params)
    world.limits.spend(chat.id, chat.kind, world.clock().timestamp())
    text, entities = said
    message = world.say(chat, world.me, text, entities=entities, markup=markup, file=file)
    message.reply_to = reply
    message.more = chat.thread(topic, reply)
    html = str(params.get("caption" if kind else "text") or "")
    return world.accept(f"send{kind.title() or 'Message'}", message, html)


def file_of(world: World, params: Json, kind: str) -> File:
    given = params.get(kind)
    if isinstance(given, str) and given.startswith("attach://"):
        given = params.get(given.removeprefix("attach://"))
    if isinstance(given, str) and given.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    if isinstance(given, str) and given:
        if given not in world.files:
            raise bad("wrong file identifier/HTTP URL specified")
        return world.files[given]
    if not isinstance(given, Upload):
        raise bad(f"there is no {kind} in the request")
    size = len(given.content)
    if not size:
        raise bad("file must be non-empty")
    if kind == "photo" and size > LARGEST_PHOTO:
        raise bad(
            f"file of size {size} bytes is too big for a photo; "
            f"the maximum size is {LARGEST_PHOTO} bytes"
        )
    if kind == "photo" and not given.content.startswith(IMAGES):
        raise bad("IMAGE_PROCESS_FAILED")
    return world.keep(kind, given.content, given.mime, given.name)


def own(world: World, params: Json) -> Message:
    """The message to edit, which is the bot's own."""
    chat = world.open_chat(params)
    message = chat.find(whole(params, "message_id", 0))
    if message is None:
        raise bad("message to edit not found")
    if message.sender != world.me or (message.markup and not message.buttons):
        raise bad("message can't be edited")
    return message


def change(
    world: World, message: Message, text: str, entities: list[Json], markup: Json | None
) -> None:
    if (text, entities, markup) == (message.text, message.entities, message.markup):
        raise bad(NOT_MODIFIED)
    world.limits.spend(message.chat.id, message.chat.kind, world.clock().timestamp())
    if text != message.text:
        message.edits.append(message.text)
    message.text, message.entities, message.markup = text, entities, markup
    message.edited = world.now


def edit_message_text(world: World, params: Json) -> Json:
    text, entities = text_of(params)
    markup = checked(params.get("reply_markup"), inline=True)
    message = own(world, params)
    if message.file is not None:
        raise bad("there is no text in the message to edit")
    change(world, message, text, entities, markup)
    return world.accept("editMessageText", message, str(params["text"]))


def edit_message_reply_markup(world: World, params: Json) -> Json:
    markup = checked(params.get("reply_markup"), inline=True)
    message = own(world, params)
    change(world, message, message.text, message.entities, markup)
    return world.accept("editMessageReplyMarkup", message, "")


def delete_message(world: World, params: Json) -> bool:
    chat = world.open_chat(params)
    message = chat.find(whole(params, "message_id", 0))
    if message is None:
        raise bad("message to delete not found")
    if message.sender != world.me and chat.id < 0:
        raise bad("message can't be deleted")
    message.deleted = True
    world.accept("deleteMessage", message, "")
    return True


def set_message_reaction(world: World, params: Json) -> bool:
    chat = world.open_chat(params)
    message = chat.find(whole(params, "message_id", 0))
    if message is None:
        raise bad("message to react not found")
    reaction = listed(params, "reaction")
    if len(reaction) > 1:
        raise bad("REACTIONS_TOO_MANY")
    message.reaction = reaction
    world.changed()
    return True


def send_chat_action(world: World, params: Json) -> bool:
    action = str(params.get("action") or "")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = world.open_chat(params)
    topic_of(chat, params)
    chat.actions.append(action)
    world.changed()
    return True


def answer_callback_query(world: World, params: Json) -> bool:
    text = str(params.get("text") or "")
    query = world.queries.get(str(params.get("callback_query_id")))
    if query is None or query.answered or world.clock() - query.pressed > world.query_life:
        raise bad(TOO_OLD)
    if units(text) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    query.answered = True
    query.text = text
    query.alert = truth(params, "show_alert")
    world.changed()
    return True
