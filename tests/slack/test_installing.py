"""A workspace lets us in: over real HTTP, from our page to Slack's and back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from sqlalchemy import select
from starlette.applications import Starlette

from bot.adapters.slack.consent import Consent
from bot.adapters.slack.installing import Installing, Turnstile
from bot.adapters.slack.manifest import SCOPES
from bot.adapters.slack.transport import Transport
from bot.commands.letting_in import LetIn
from bot.store import workspaces
from bot.store.opening import Store, open_store
from bot.store.tables import visit, workspace
from bot.trust.sealing import new_key
from tests.fakes.slack import faults
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.store.builders import NOON, run

PUBLIC = "https://skerry.example"
BACK = f"{PUBLIC}/slack/install"
CANARY = "<script>alert('canary')</script>"


class Reader(HTMLParser):
    """What a page holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.language = self.title = self.text = ""
        self.attributes: list[str] = []
        self._in: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes += held
        self._in.append(tag)
        if tag == "a":
            self.links.append(held["href"])
        if tag == "html":
            self.language = held["lang"]

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self._in:
            self.title += data
        else:
            self.text += data


@dataclass
class Answer:
    """What a browser got."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def page(self) -> Reader:
        return Reader(self.response.text)

    @property
    def asked(self) -> dict[str, str]:
        """What the link to Slack carries."""
        (link,) = self.page.links
        return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


@dataclass
class Browser:
    """A browser with its cookies; it thinks that it is at an https address."""

    root: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str = "/slack/install", **query: str) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with httpx.AsyncClient(trust_env=False) as client:
            response = await client.get(f"{self.root}{path}", params=query, headers=headers)
        if set_ := response.headers.get("set-cookie"):
            name, _, value = set_.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response)

    async def sets_out(self) -> str:
        """The state it was given."""
        return (await self.get()).asked["state"]


@dataclass
class Site:
    """Our pages, and what they keep."""

    store: Store
    let_in: LetIn
    root: str
    now: datetime = NOON

    def browser(self) -> Browser:
        return Browser(self.root)

    def visits(self) -> int:
        return len(run(self.store, lambda conn: conn.execute(select(visit)).all()))

    def token(self, team: str) -> str:
        found = run(self.store, lambda conn: workspaces.get(conn, self.store.keys, team))
        return found.token if found else ""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    words, keys = (f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("words", "keys"))
    master = new_key()
    opened = open_store(words, keys, lambda _: [master])
    opened.writer.start()
    yield opened
    opened.close()


@asynccontextmanager
async def site_of(
    slack: Slack,
    store: Store,
    public: str = PUBLIC,
    *,
    secret: str = "",
    turnstile: Turnstile | None = None,
) -> AsyncIterator[Site]:
    """Our pages, served."""
    transport = Transport(slack.root)
    consent = Consent(transport, slack.client_id, secret or slack.client_secret)
    made: list[Site] = []
    let_in = LetIn(store, lambda: made[0].now)
    installing = Installing(consent, let_in, public, turnstile)
    app = Starlette(routes=list(installing.routes))
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - It tells nobody.
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    made.append(Site(store, let_in, f"http://127.0.0.1:{port}"))
    try:
        yield made[0]
    finally:
        server.should_exit = True
        await serving
        await transport.close()


@pytest.fixture
async def site(slack: Slack, store: Store) -> AsyncIterator[Site]:
    async with site_of(slack, store) as made:
        yield made


@pytest.fixture
def outside(slack: Slack) -> Workspace:
    """A workspace in which the app is not yet."""
    return slack.workspace(name="Riverside Health", installed=False)


def approved(outside: Workspace, scopes: tuple[str, ...] = SCOPES) -> str:
    """Somebody there says yes: the code that comes back."""
    return outside.approves(outside.person(), scope=",".join(scopes), redirect_uri=BACK)


async def test_it_leads_to_slack_and_asks_for_no_more_than_the_manifest(
    site: Site, slack: Slack
) -> None:
    answer = await site.browser().get()
    assert answer.status == 200
    assert answer.page.links[0].startswith(f"{slack.origin}/oauth/v2/authorize?")
    asked = answer.asked
    assert len(asked.pop("state")) == 43
    assert asked == {
        "client_id": slack.client_id,
        "scope": ",".join(SCOPES),
        "redirect_uri": BACK,
    }


async def test_who_says_yes_has_let_us_in(site: Site, slack: Slack, outside: Workspace) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    assert await site.let_in.get(outside.id) is None
    answer = await browser.get(code=approved(outside), state=state)
    assert answer.status == 200
    assert "Skerry is in Riverside Health" in answer.page.text
    assert answer.page.links == [
        f"{slack.origin}/app_redirect?app={outside.team.app_id}&team={outside.id}"
    ]
    found = await site.let_in.get(outside.id)
    assert found is not None
    assert (found.token, found.name) == (outside.token, "Riverside Health")
    assert (found.bot_user, found.bot) == (outside.bot.id, outside.team.bot_id)
    assert set(found.scopes) == set(SCOPES)
    assert site.visits() == 0


async def test_a_token_is_on_no_page_and_in_no_row(site: Site, outside: Workspace) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    answer = await browser.get(code=approved(outside), state=state)
    row = run(site.store, lambda conn: conn.execute(select(workspace)).one())
    assert outside.token.encode() not in row.token
    assert outside.token not in answer.response.text + str(answer.response.headers)


async def test_a_state_is_good_once(site: Site, outside: Workspace) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    code = approved(outside)
    assert (await browser.get(code=code, state=state)).status == 200
    again = await browser.get(code=code, state=state)
    assert again.status == 400
    assert again.page.links == [BACK]


async def test_a_state_ends_after_ten_minutes(site: Site, outside: Workspace) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    site.now += timedelta(minutes=10)
    answer = await browser.get(code=approved(outside), state=state)
    assert answer.status == 400
    assert "ten minutes" in answer.page.text
    assert await site.let_in.get(outside.id) is None


@pytest.mark.parametrize(
    "state",
    ["", "x" * 43, "x" * 5000, "\x00", CANARY],
    ids=["none", "another", "long", "NUL", "markup"],
)
async def test_a_state_that_nobody_was_given_is_refused(
    site: Site, outside: Workspace, state: str
) -> None:
    browser = site.browser()
    await browser.sets_out()
    answer = await browser.get(code=approved(outside), state=state)
    assert answer.status == 400
    assert CANARY not in answer.response.text
    assert await site.let_in.get(outside.id) is None


async def test_a_state_is_good_in_its_own_browser_alone(
    site: Site, slack: Slack, outside: Workspace
) -> None:
    """Else somebody could have another person finish what they began."""
    theirs = await site.browser().sets_out()
    victim = site.browser()
    for cookies in ({}, {"__Host-skerry-install": "y" * 43}, {"__Host-skerry-install": CANARY}):
        victim.cookies = dict(cookies)
        answer = await victim.get(code=approved(outside), state=theirs)
        assert answer.status == 400
    assert "oauth.v2.access" not in {method for method, _ in slack.requests}


async def test_two_tabs_of_one_browser_do_not_break_each_other(
    site: Site, slack: Slack, outside: Workspace
) -> None:
    browser = site.browser()
    first, second = await browser.sets_out(), await browser.sets_out()
    assert first != second
    other = slack.workspace(name="Hillside Care", installed=False)
    assert (await browser.get(code=approved(outside), state=first)).status == 200
    assert (await browser.get(code=approved(other), state=second)).status == 200


async def test_the_cookie_is_for_us_and_for_this_alone(site: Site) -> None:
    header = (await site.browser().get()).response.headers["set-cookie"]
    name, *attributes = header.split("; ")
    assert re.fullmatch(r"__Host-skerry-install=[A-Za-z0-9_-]{43}", name)
    assert {each.lower() for each in attributes} == {
        "httponly",
        "max-age=600",
        "path=/",
        "samesite=lax",
        "secure",
    }


async def test_without_https_the_cookie_works_all_the_same(slack: Slack, store: Store) -> None:
    async with site_of(slack, store, "http://127.0.0.1") as site:
        header = (await site.browser().get()).response.headers["set-cookie"]
    assert header.startswith("skerry-install=")
    assert "secure" not in header.lower()


async def test_who_says_no_is_told_that_nothing_changed(site: Site, outside: Workspace) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    answer = await browser.get(error="access_denied", state=state)
    assert answer.status == 403
    assert "You said no" in answer.page.text
    assert answer.page.links == [BACK]
    assert site.visits() == 0


async def test_another_error_of_slacks_is_for_staff(site: Site) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    answer = await browser.get(error=CANARY, state=state)
    assert answer.status == 500
    assert CANARY not in answer.response.text
    assert answer.page.links == []


async def test_a_code_that_slack_does_not_know_is_used_up(site: Site) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    answer = await browser.get(code="made-up", state=state)
    assert answer.status == 400
    assert answer.page.links == [BACK]


async def test_a_wrong_secret_of_ours_is_for_staff_to_mend(
    slack: Slack, store: Store, outside: Workspace
) -> None:
    async with site_of(slack, store, secret="another-secret") as site:
        browser = site.browser()
        state = await browser.sets_out()
        answer = await browser.get(code=approved(outside), state=state)
    assert answer.status == 500
    assert "bad_client_secret" in answer.page.text
    assert "docs/slack.md" in answer.page.text
    assert "another-secret" not in answer.response.text


@pytest.mark.parametrize(
    "fault",
    [
        faults.gateway(503),
        faults.gateway(500),
        faults.flood(30),
        faults.reset(),
        faults.garbage(),
        faults.refuse("internal_error"),
    ],
    ids=["503", "500", "429", "reset", "garbage", "internal_error"],
)
@pytest.mark.parametrize("method", ["oauth.v2.access", "auth.test"])
async def test_when_slack_is_away_one_can_begin_again(
    site: Site, slack: Slack, outside: Workspace, fault: faults.Fault, method: str
) -> None:
    slack.faults.add(fault, method)
    browser = site.browser()
    state = await browser.sets_out()
    answer = await browser.get(code=approved(outside), state=state)
    assert answer.status == 503
    assert answer.response.headers["retry-after"] == "120"
    assert answer.page.links == [BACK]
    assert site.token(outside.id) == ""


async def test_too_little_is_not_taken_and_what_is_missing_is_named(
    site: Site, outside: Workspace
) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    some = tuple(scope for scope in SCOPES if scope not in {"im:history", "users:read"})
    answer = await browser.get(code=approved(outside, some), state=state)
    assert answer.status == 403
    assert "im:history, users:read" in answer.page.text
    assert site.token(outside.id) == ""


@pytest.mark.parametrize(
    ("said", "status", "text", "given_back"),
    [
        ({"is_enterprise_install": True, "team": None}, 403, "one workspace", True),
        ({"expires_in": 43200, "refresh_token": "xoxe-1"}, 500, "token rotation", False),
    ],
)
async def test_what_we_cannot_take_is_said(  # noqa: PLR0913, PLR0917 - What is said of each.
    site: Site,
    slack: Slack,
    outside: Workspace,
    said: dict[str, Any],
    status: int,
    text: str,
    given_back: bool,  # noqa: FBT001 - As pytest gives it.
) -> None:
    call = slack.call

    async def altered(method: str, params: dict[str, Any], token: str) -> dict[str, Any]:
        answer = await call(method, params, token)
        return answer | said if method == "oauth.v2.access" else answer

    slack.call = altered  # type: ignore[method-assign]
    browser = site.browser()
    state = await browser.sets_out()
    answer = await browser.get(code=approved(outside), state=state)
    assert answer.status == status
    assert text in answer.page.text
    assert site.token(outside.id) == ""
    assert ("auth.revoke" in {method for method, _ in slack.requests}) is given_back


async def test_a_database_that_fails_gets_a_page_too(site: Site) -> None:
    site.store.writer.close()
    answer = await site.browser().get()
    assert answer.status == 503
    assert answer.page.links == [BACK]


async def test_a_second_installation_replaces_the_token(site: Site, outside: Workspace) -> None:
    browser = site.browser()
    for _ in range(2):
        state = await browser.sets_out()
        assert (await browser.get(code=approved(outside), state=state)).status == 200
        assert site.token(outside.id) == outside.token
        await site.let_in.remove(outside.id, "uninstalled")
        assert site.token(outside.id) == ""


async def test_a_name_that_is_markup_is_only_a_name(
    site: Site, slack: Slack, outside: Workspace
) -> None:
    outside.team.name = CANARY
    browser = site.browser()
    state = await browser.sets_out()
    answer = await browser.get(code=approved(outside), state=state)
    assert CANARY not in answer.response.text
    assert CANARY in answer.page.text


async def test_many_at_once_wait_a_minute(slack: Slack, store: Store) -> None:
    seconds = 0.0
    turnstile = Turnstile(ticks=lambda: seconds)
    async with site_of(slack, store, turnstile=turnstile) as site:
        browser = site.browser()
        answers = [await browser.get() for _ in range(61)]
        assert [each.status for each in answers] == [200] * 60 + [429]
        assert answers[-1].response.headers["retry-after"] == "60"
        assert site.visits() == 60
        seconds = 2.0
        assert [(await browser.get()).status for _ in range(3)] == [200, 200, 429]


async def test_every_page_is_plain_and_kept_by_nobody(site: Site, outside: Workspace) -> None:
    browser = site.browser()
    state = await browser.sets_out()
    pages = [await browser.get(), await browser.get(code=approved(outside), state=state)]
    pages += [await browser.get(code="x", state=state), await browser.get(error="access_denied")]
    for answer in pages:
        headers, page = answer.response.headers, answer.page
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; style-src 'self'"
        )
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert page.language == "en-GB"
        assert page.title.endswith(" - Skerry")
        assert page.tags.count("h1") == 1
        assert {"main", "title", "meta"} <= set(page.tags)
        assert not {"script", "style", "img", "iframe", "form"} & set(page.tags)
        assert not {"style", "onclick"} & set(page.attributes)
    style = await browser.get("/slack/install.css")
    assert style.status == 200
    assert style.response.headers["content-type"].startswith("text/css")


async def test_nothing_but_a_get_is_taken(site: Site) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{site.root}/slack/install")
    assert answer.status_code == 405
