"""A message as it lies in the outbox."""

from __future__ import annotations

import json

from bot.records import Option, Outbound, Paragraph, Quote
from bot.store.parcels import packed, unpacked

WHOLE = Outbound(
    paragraphs=(Paragraph(text="Well?"), Quote(text="Well.")),
    options=(Option(label="Yes", token="c:1:0", chosen=True),),
    done=Option(label="Done", token="c:1:done"),
    ask=1,
    aside="Yours alone.",
)


def test_a_message_comes_out_as_it_went_in() -> None:
    assert unpacked(packed(WHOLE)) == WHOLE


def test_a_message_from_before_there_were_asides_still_goes_out() -> None:
    told = json.loads(packed(WHOLE))
    del told["aside"]
    assert unpacked(json.dumps(told).encode()).aside == ""
