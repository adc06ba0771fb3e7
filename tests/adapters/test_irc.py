"""What only the example has: lines, fences, and one connection for both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.adapters.port import Pace, Undeliverable, Unreachable
from bot.records import Outbound, Paragraph, Quote
from tests.adapters.claims import until
from tests.adapters.contract import Ear
from tests.adapters.irc import Irc, parsed, place_of, said, written
from tests.adapters.irc import Line as Said
from tests.adapters.irc_server import Fault, Server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server().running() as running:
        yield running


@asynccontextmanager
async def connected(
    server: Server, password: str = ""
) -> AsyncIterator[tuple[Irc, asyncio.Task[None]]]:
    told: list[tuple[bool, str]] = []

    async def tell(well: bool, detail: str) -> None:  # noqa: FBT001 - As it is called.
        told.append((well, detail))

    adapter = Irc("127.0.0.1", server.port, "skerry", password or server.password, Pace())
    running = asyncio.create_task(adapter.run(Ear().hear, tell))
    try:
        await until(lambda: told)
        yield adapter, running
    finally:
        running.cancel()
        await asyncio.wait([running])
        await adapter.close()


def two_lines() -> Outbound:
    return Outbound(paragraphs=(Paragraph(text="One."), Quote(text="Two.")))


async def test_a_message_of_which_a_line_was_refused_has_come_in_part(server: Server) -> None:
    robin = server.person()
    async with connected(server) as (adapter, _):
        server.faults = [Fault.TRY_AGAIN]
        with pytest.raises(Unreachable, match="in part") as told:
            await adapter.send("robin", two_lines())
        assert told.value.uncertain
        assert robin.lines == ["| Two."]
    assert server.complaints == []


async def test_what_is_being_sent_when_we_stop_hearing_still_goes(server: Server) -> None:
    """Both ways share a connection, and the last messages are sent after the last are heard."""
    robin = server.person()
    async with connected(server) as (adapter, running):
        running.cancel()
        await asyncio.wait([running])
        await adapter.send("robin", two_lines())
        assert robin.lines == ["One.", "| Two."]


async def test_the_servers_own_question_is_answered(server: Server) -> None:
    async with connected(server):
        server.pings()
        await until(lambda: server.clients[0].pongs)


async def test_a_server_that_does_not_let_us_in_is_asked_again(server: Server) -> None:
    async with connected(server, "wrong") as (adapter, _):
        with pytest.raises(Undeliverable, match="not connected"):
            await adapter.send("robin", two_lines())
        adapter._password = server.password
        await until(lambda: server.bot)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b":\r\n",
        b": :\r\n",
        b":robin!r@h PRIVMSG\r\n",
        b":robin!r@h PRIVMSG skerry\r\n",
        b":robin!r@h PRIVMSG skerry :\r\n",
        b":robin!r@h PRIVMSG skerry :\x01VERSION\x01\r\n",
        b":robin!r@h PRIVMSG #garden :skerry, hello\r\n",
        b":robin!r@h NOTICE skerry :I am away\r\n",
        b":irc.test PRIVMSG skerry :hello\r\n",
        b"\xff\xfe\x00 :\xff",
    ],
)
def test_what_is_no_word_to_us_is_nothing(raw: bytes) -> None:
    line = parsed(raw)
    assert line.command != "PRIVMSG" or said(line, "skerry") is None


def test_a_name_is_one_place_however_it_is_written() -> None:
    assert place_of("Robin[1]") == place_of("rOBIN{1}") == "robin{1}"
    came = said(parsed(b":Robin[1]!r@h PRIVMSG SKERRY :a : b\r\n"), "skerry")
    assert came is not None
    assert came.place == "robin{1}"
    assert getattr(came.body, "text", "") == "a : b"


def test_a_line_of_the_servers_is_read() -> None:
    assert parsed(b":irc.test 401 skerry robin :No such nick\r\n") == Said(
        "irc.test", "401", ("skerry", "robin", "No such nick")
    )


def test_a_message_is_lines_and_no_line_is_empty() -> None:
    parts = (Paragraph(text="a\r\n\r\nb\rc"), Quote(text=" d\x02\n"), Paragraph(text=" "))
    assert written(parts) == ["a", "b", "c", "|  d\ufffd"]
    assert written(()) == ["\u2026"]
