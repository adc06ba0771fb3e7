"""The webhook over real HTTP: only Slack comes in, and what it brings is taken once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from bot.adapters.slack import bolt
from bot.adapters.slack.bolt import SIGNATURE, STAMP, Bolt
from bot.adapters.slack.webhook import LARGEST, PATH
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.events import command, event, said, suggestion
from tests.slack.house import House
from tests.slack.ways import posted

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class Door:
    """The webhook, and the keys to it."""

    def __init__(self, house: House, url: str) -> None:
        self.house = house
        self.url = url
        self.team = next(iter(house.known.held))

    def words(self, text: str = "Hello", event_id: str = "Ev01") -> bytes:
        told = said(text)
        told["authorizations"] = []
        return json.dumps({**told, "team_id": self.team, "event_id": event_id}).encode()

    def signed(self, body: bytes, stamp: str = "", secret: str = "") -> dict[str, str]:
        at = stamp or str(int(time.time()))  # noqa: TID251 - Bolt reads the clock as well.
        key = (secret or self.house.slack.signing_secret).encode()
        digest = hmac.new(key, f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        return {STAMP: at, SIGNATURE: f"v0={digest}", "Content-Type": JSON}

    async def posts(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            return await client.post(
                self.url, content=body, headers=self.signed(body) if headers is None else headers
            )

    async def raw(self, *parts: bytes) -> bytes:
        """What comes back for bytes of one's own."""
        there = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(there.hostname, there.port)
        try:
            async with asyncio.timeout(60):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                return await reader.readline()
        except ConnectionError:
            return b"cut"
        finally:
            writer.close()


@pytest.fixture
async def door(slack: Slack, workspace: Workspace) -> AsyncIterator[Door]:
    house = House(slack, workspace)
    async with posted(house) as url:
        yield Door(house, url)
    await house.ours.close()


def head(*lines: str) -> bytes:
    named = (f"POST {PATH} HTTP/1.1", "Host: here", *lines, "", "")
    return "\r\n".join(named).encode("latin-1")


# --- who may come in ------------------------------------------------------------------------


async def test_what_slack_signed_is_taken(door: Door) -> None:
    answer = await door.posts(door.words())
    assert (answer.status_code, answer.content) == (200, b"")
    assert [body.text for body in door.house.bodies] == ["Hello"]


@pytest.mark.parametrize("name", [SIGNATURE, STAMP])
@pytest.mark.parametrize(
    "value", [None, "", "v0=", "0", "-1", "now", "1e9", "v1=" + "0" * 64, "v0=" + "0" * 64]
)
async def test_whoever_does_not_sign_changes_nothing(
    door: Door, name: str, value: str | None
) -> None:
    headers = door.signed(door.words())
    del headers[name]
    if value is not None:
        headers[name] = value
    with capture_logs() as logs:
        answer = await door.posts(door.words("canary"), headers)
    assert answer.status_code == 401
    assert door.house.heard == []
    assert "canary" not in str(logs)


async def test_a_signature_of_other_words_or_another_secret_is_refused(door: Door) -> None:
    headers = door.signed(door.words("Hello"))
    assert (await door.posts(door.words("Goodbye"), headers)).status_code == 401
    forged = door.signed(door.words(), secret="another secret")
    assert (await door.posts(door.words(), forged)).status_code == 401
    for at in (3, 34, -1):
        signature = headers[SIGNATURE]
        letter = "0" if signature[at] != "0" else "1"
        end = "" if at == -1 else signature[at + 1 :]
        bent = {**headers, SIGNATURE: signature[:at] + letter + end}
        assert (await door.posts(door.words("Hello"), bent)).status_code == 401
    assert door.house.heard == []


@pytest.mark.parametrize(
    ("age", "code"), [(-310, 401), (-290, 200), (0, 200), (290, 200), (310, 401), (10**6, 401)]
)
async def test_a_stamp_is_good_for_five_minutes(door: Door, age: int, code: int) -> None:
    stamp = str(int(time.time()) - age)  # noqa: TID251 - See above.
    body = door.words()
    assert (await door.posts(body, door.signed(body, stamp))).status_code == code
    assert len(door.house.heard) == (code == 200)


async def test_letters_of_no_alphabet_are_refused(door: Door) -> None:
    body = door.words()
    for name, value in ((SIGNATURE, "v0=\xe9\xff"), (STAMP, "\xb2\xb3")):
        headers = {**door.signed(body), name: value}
        lines = [f"{key}: {each}" for key, each in headers.items()]
        answer = await door.raw(head(*lines, f"Content-Length: {len(body)}"), body)
        assert b" 401 " in answer
    odd = b'{"type": "\xff"}'
    assert (await door.posts(odd)).status_code == 401


async def test_without_a_secret_nothing_that_is_posted_is_believed(door: Door) -> None:
    shut = Bolt(door.house.take)
    body = door.words()
    answer = await shut.posted(body, door.signed(body, secret=" "))
    assert answer.status == 401


async def test_bolt_asks_nobody_who_may_come_in() -> None:
    with pytest.raises(LookupError):
        await bolt._unasked()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_posts_are_taken(door: Door, method: str) -> None:
    body = door.words()
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.request(method, door.url, headers=door.signed(body))
    assert answer.status_code == 405


async def test_slacks_first_handshake_is_answered(door: Door) -> None:
    """The fake made it already when it was told the address."""
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"}).encode()
    answer = await door.posts(body)
    assert (answer.status_code, answer.json()) == (200, {"challenge": "abc"})
    unsigned = await door.posts(body, {"Content-Type": JSON})
    assert unsigned.status_code == 401


async def test_a_check_of_the_certificate_does_nothing(door: Door) -> None:
    assert (await door.posts(b"ssl_check=1&token=t", {"Content-Type": FORM})).status_code == 401
    assert (await door.posts(b"ssl_check=1&token=t")).status_code == 200
    assert door.house.heard == []


# --- once -----------------------------------------------------------------------------------


async def test_a_request_that_is_played_again_is_refused(door: Door) -> None:
    body = door.words()
    headers = door.signed(body)
    codes = [(await door.posts(body, headers)).status_code for _ in range(3)]
    assert codes == [200, 401, 401]
    assert len(door.house.heard) == 1


async def test_a_request_that_is_played_again_at_once_is_refused(door: Door) -> None:
    body = door.words()
    headers = door.signed(body)
    door.house.free.clear()
    first = asyncio.create_task(door.posts(body, headers))
    second = asyncio.create_task(door.posts(body, headers))
    await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
    door.house.free.set()
    codes = [(await each).status_code for each in (first, second)]
    assert sorted(codes) == [200, 401]
    assert len(door.house.heard) == 1


async def test_slacks_own_repetition_is_heard_under_the_same_id(door: Door) -> None:
    """With a new stamp it is another request; the house knows the event."""
    body = door.words()
    now = int(time.time())  # noqa: TID251 - See above.
    for stamp in (now - 60, now):
        assert (await door.posts(body, door.signed(body, str(stamp)))).status_code == 200
    assert len({came.id for came in door.house.heard}) == 1


async def test_a_request_that_failed_may_come_again_within_the_second(door: Door) -> None:
    body = door.words()
    headers = door.signed(body)
    door.house.trouble = [OSError("full")]
    with capture_logs() as logs:
        assert (await door.posts(body, headers)).status_code == 500
    assert logs[0]["error"] == "OSError"
    assert (await door.posts(body, headers)).status_code == 200
    assert len(door.house.heard) == 1


async def test_the_same_may_be_sought_again_within_the_second(door: Door) -> None:
    told = suggestion()
    told["team"]["id"] = door.team
    body = urlencode({"payload": json.dumps(told)}).encode()
    headers = {**door.signed(body), "Content-Type": FORM}
    for _ in range(2):
        answer = await door.posts(body, headers)
        assert (answer.status_code, answer.json()) == (200, {"options": []})


async def test_only_so_many_requests_are_remembered_and_only_so_long(
    monkeypatch: pytest.MonkeyPatch, door: Door
) -> None:
    monkeypatch.setattr(bolt, "MOST_REQUESTS", 2)
    clock = [0.0]
    small = Bolt(door.house.take, door.house.slack.signing_secret, lambda: clock[0])
    sent = [
        (body, door.signed(body)) for body in (door.words(event_id=f"Ev{n}") for n in range(3))
    ]
    for body, headers in sent:
        assert (await small.posted(body, headers)).status == 200
    assert (await small.posted(*sent[2])).status == 401
    assert (await small.posted(*sent[0])).status == 200
    clock[0] += bolt.REPLAYABLE.total_seconds()
    assert (await small.posted(*sent[0])).status == 200


# --- what can be read -----------------------------------------------------------------------


async def test_a_body_that_says_it_is_too_large_is_refused_unread(door: Door) -> None:
    lines = [f"{key}: {value}" for key, value in door.signed(b"").items()]
    answer = await door.raw(head(*lines, f"Content-Length: {LARGEST + 1}"))
    assert b" 413 " in answer


async def test_a_body_that_turns_out_too_large_is_refused(door: Door) -> None:
    padded = door.words()[:-1] + b" " * LARGEST + b"}"
    lines = [f"{key}: {value}" for key, value in door.signed(padded).items()]
    chunks = [padded[at : at + 65_536] for at in range(0, len(padded), 65_536)]
    framed = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    opening = head(*lines, "Transfer-Encoding: chunked")
    assert b" 413 " in await door.raw(opening, *framed, b"0\r\n\r\n")
    assert door.house.heard == []


async def test_a_body_as_large_as_may_be_is_read(door: Door) -> None:
    body = door.words()
    padded = body[:-1] + b" " * (LARGEST - len(body)) + b"}"
    assert len(padded) == LARGEST
    assert (await door.posts(padded)).status_code == 200
    assert len(door.house.heard) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"{",
        b"[]",
        b"7",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"payload=",
        b"payload=%7B",
        b"payload=[]",
        b"payload=7",
        b"%ff=%fe&payload=%ff",
        b"&".join(b"a=1" for _ in range(1000)),
        b'{"type": "event_callback", "event": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"type": "event_callback", "enterprise": 7, "authorizations": [5]}',
        b'{"type": "app_rate_limited", "team_id": 1e400}',
        b'{"type": "block_actions", "user": [], "response_urls": 7}',
    ],
    ids=range(18),
)
async def test_what_can_never_be_read_is_acknowledged_and_changes_nothing(
    door: Door, body: bytes
) -> None:
    assert (await door.posts(body)).status_code == 200
    assert door.house.heard == []


async def test_whoever_hangs_up_in_the_middle_changes_nothing(door: Door) -> None:
    body = door.words()
    there = urlsplit(door.url)
    lines = [f"{key}: {value}" for key, value in door.signed(body).items()]
    _, writer = await asyncio.open_connection(there.hostname, there.port)
    writer.write(head(*lines, f"Content-Length: {len(body)}") + body[:-10])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await door.posts(b"{}")).status_code == 200
    assert door.house.heard == []


async def test_a_command_and_a_press_come_as_forms(door: Door) -> None:
    told = {**command("keep"), "team_id": door.team}
    body = urlencode(told).encode()
    assert (await door.posts(body, {**door.signed(body), "Content-Type": FORM})).status_code == 200
    told = {**event(), "team_id": door.team}
    body = urlencode({"payload": json.dumps(told)}).encode()
    assert (await door.posts(body)).status_code == 200
    assert [came.text for came in door.house.bodies] == ["keep"]
