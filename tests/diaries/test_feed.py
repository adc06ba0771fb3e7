"""A calendar at a secret address: given to whoever has it, and to nobody else."""

from __future__ import annotations

import httpx
import pytest
import structlog
from starlette.applications import Starlette

from bot.diaries.feed import address, route

SECRET = "s3cret-_" * 5
BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


async def asked(path: str, method: str = "GET", *, broken: bool = False) -> httpx.Response:
    async def find(secret: str) -> bytes | None:
        if broken:
            raise OSError(f"no database for {secret}")
        return BODY if secret == SECRET else None

    transport = httpx.ASGITransport(Starlette(routes=[route(find)]))
    async with httpx.AsyncClient(transport=transport, base_url="https://a.org") as client:
        return await client.request(method, path)


async def test_whoever_has_the_address_reads_the_calendar() -> None:
    answer = await asked(address("", SECRET))
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-robots-tag"] == "noindex"


async def test_a_program_may_ask_whether_it_is_there() -> None:
    answer = await asked(f"/calendar/{SECRET}.ics", "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(BODY))


@pytest.mark.parametrize(
    "path",
    [
        f"/calendar/{SECRET[:-1]}x.ics",
        f"/calendar/{SECRET}",
        f"/calendar/{SECRET}.ICS",
        "/calendar/.ics",
        "/calendar/",
        "/calendar/short.ics",
        f"/calendar/{'x' * 3000}.ics",
        f"/calendar/x/{SECRET}.ics",
        "/calendar/%00%ff%2e%2e.ics",
        f"/calendar/{SECRET}%20.ics",
    ],
)
async def test_every_other_address_is_answered_in_the_same_way(path: str) -> None:
    usual = await asked(f"/calendar/{'u' * 43}.ics")
    answer = await asked(path)
    assert answer.status_code == 404
    assert answer.content == usual.content
    assert dict(answer.headers) == dict(usual.headers)
    assert answer.headers["cache-control"] == "no-store"
    assert SECRET not in answer.text


async def test_nothing_but_reading_is_allowed() -> None:
    assert (await asked(f"/calendar/{SECRET}.ics", "POST")).status_code == 405


async def test_when_it_cannot_be_read_now_it_may_be_asked_again_and_no_log_has_the_secret() -> (
    None
):
    with structlog.testing.capture_logs() as logs:
        answer = await asked(f"/calendar/{SECRET}.ics", broken=True)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert logs == [
        {"event": "a calendar could not be read", "error": "OSError", "log_level": "warning"}
    ]


def test_an_address_is_where_the_calendar_is() -> None:
    assert address("https://a.org/", SECRET) == f"https://a.org/calendar/{SECRET}.ics"
