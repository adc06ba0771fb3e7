"""The crowd on the fake Telegram: what people of the proofs do, done with messages and buttons."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from bot.records import Arrived, Body, Media, Option, Press, Words
from tests.fakes.telegram.people import Person as Account
from tests.fakes.telegram.records import Message
from tests.proofs import talking

_VOICE = Media(name="voice.ogg", mime="audio/ogg", content=b"OggS")


@dataclass(eq=False)
class Talker(talking.Talker):
    """Somebody with an account on Telegram."""

    #: A chat takes about one message a second, and the message whose button was pressed is
    #: changed beside those that follow.
    look = 1.8
    carried = _VOICE
    _: KW_ONLY
    account: Account

    @property
    def place(self) -> str:
        return str(self.account.id)

    def hears(self, message: Message) -> None:
        """Read a message with its buttons."""
        buttons = [button for row in message.buttons for button in row]
        options = tuple(
            Option(token=button["callback_data"], label=button["text"]) for button in buttons
        )
        self.reads(message.text, options)

    def does(self, _place: str, body: Body) -> None:
        match body:
            case Arrived():
                self.account.starts()
                self.waits = True
            case Press(token=token):
                self.account.presses(self.account.last, token)
                self.waits = True
            case Words(text="journal"):
                self.later(talking.REST, self.writes, "journal")
            case Words(message=name, text=text, media=None):
                self.sent[name] = self.writes(text)
            case Words(message=name, text=text, media=Media(content=content)):
                self.sent[name] = str(self.account.sends_voice(content, text).id)
            case _:
                raise AssertionError(body)

    def writes(self, text: str) -> str:
        self.waits = True
        return str(self.account.writes(text).id)
