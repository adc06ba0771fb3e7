"""Fields: Telegram's JSON, of which every part may be anything; pure and total.

A field that is not as Telegram describes it is a field that is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Json = Mapping[str, object]

#: Ids of updates, chats and messages have 64 bits at most.
_BITS = 63
_NOTHING: Json = MappingProxyType({})
#: What Telegram itself says in a chat, in the shape of a message.
SERVICE = frozenset(
    {
        "boost_added",
        "channel_chat_created",
        "chat_background_set",
        "chat_owner_changed",
        "chat_owner_left",
        "chat_shared",
        "checklist_tasks_added",
        "checklist_tasks_done",
        "connected_website",
        "delete_chat_photo",
        "direct_message_price_changed",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "gift",
        "gift_upgrade_sent",
        "giveaway_completed",
        "giveaway_created",
        "group_chat_created",
        "left_chat_member",
        "managed_bot_created",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "new_chat_members",
        "new_chat_photo",
        "new_chat_title",
        "paid_message_price_changed",
        "passport_data",
        "pinned_message",
        "poll_option_added",
        "poll_option_deleted",
        "proximity_alert_triggered",
        "refunded_payment",
        "successful_payment",
        "suggested_post_approval_failed",
        "suggested_post_approved",
        "suggested_post_declined",
        "suggested_post_paid",
        "suggested_post_refunded",
        "supergroup_chat_created",
        "unique_gift",
        "users_shared",
        "video_chat_ended",
        "video_chat_participants_invited",
        "video_chat_scheduled",
        "video_chat_started",
        "web_app_data",
        "write_access_allowed",
    }
)


def part(of: Json, name: str) -> Json:
    """An object within another; empty when there is none."""
    found = of.get(name)
    return found if isinstance(found, Mapping) else _NOTHING


def parts(of: Json, name: str) -> list[Json]:
    """The objects of a list."""
    found = of.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def number(of: Json, name: str) -> int | None:
    """A whole number, as large as an id may be."""
    found = of.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or found.bit_length() > _BITS:
        return None
    return found


def text(of: Json, name: str) -> str:
    """A text; half a character, which JSON can hold and nothing else can, is replaced."""
    found = of.get(name)
    if not isinstance(found, str):
        return ""
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
