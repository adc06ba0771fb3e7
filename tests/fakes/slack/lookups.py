"""Who is who: auth.*, users.*, apps.* and OAuth.

After auth.revoke a token meets `token_revoked`, after the app was removed `account_inactive`.
How a switched-off Socket Mode refuses a connection is not documented: here `access_denied`.
"""

from __future__ import annotations

import hmac
from typing import Any

from tests.fakes.slack.calls import Call
from tests.fakes.slack.faults import Refusal
from tests.fakes.slack.records import Standing, Team
from tests.fakes.slack.wire import needed, string, truth
from tests.fakes.slack.world import World

Json = dict[str, Any]


def test(call: Call) -> Json:
    """auth.test."""
    return {
        "url": f"https://{call.team.domain}.slack.com/",
        "team": call.team.name,
        "user": call.team.bot.handle,
        "team_id": call.team.id,
        "user_id": call.team.bot.id,
        "bot_id": call.team.bot_id,
        "is_enterprise_install": False,
    }


def revoke(call: Call) -> Json:
    """auth.revoke."""
    if truth(call.params, "test"):
        return {"revoked": False}
    end(call.world, call.team, Standing.REVOKED)
    return {"revoked": True}


def uninstall(call: Call) -> Json:
    """apps.uninstall."""
    right = (call.world.client_id, call.world.client_secret)
    if needed(call.params, "client_id") != right[0]:
        raise Refusal("invalid_client_id")
    if not hmac.compare_digest(needed(call.params, "client_secret"), right[1]):
        raise Refusal("bad_client_secret")
    end(call.world, call.team, Standing.GONE)
    return {}


def end(world: World, team: Team, standing: Standing) -> None:
    """The app's token is good no more, and the app is told so."""
    if team.token in world.tokens:
        world.tokens[team.token] = (team, standing)
    team.standing = standing
    bots = {"oauth": [], "bot": [team.bot.id]}
    ts = world.ts()
    world.tell(team, {"type": "tokens_revoked", "tokens": bots, "event_ts": ts})
    if standing is Standing.GONE:
        world.tell(team, {"type": "app_uninstalled", "event_ts": ts})


def user(call: Call) -> Json:
    """users.info."""
    whole = truth(call.params, "include_locale")
    return {"user": call.user.wire(call.world.clock(), locale=whole)}


def open_connection(world: World) -> Json:
    """apps.connections.open."""
    if not world.sockets.enabled:
        raise Refusal("access_denied")
    origin = world.origin.replace("http://", "ws://")
    return {"url": f"{origin}/link/?ticket={world.sockets.ticket()}&app_id={world.app_id}"}


def access(world: World, params: Json) -> Json:
    """oauth.v2.access."""
    if string(params, "client_id") != world.client_id:
        raise Refusal("invalid_client_id")
    if not hmac.compare_digest(string(params, "client_secret"), world.client_secret):
        raise Refusal("bad_client_secret")
    code = needed(params, "code")
    if code not in world.codes:
        raise Refusal("invalid_code")
    team, scope, redirect, installer = world.codes[code]
    if string(params, "redirect_uri") != redirect:
        raise Refusal("bad_redirect_uri")
    del world.codes[code]
    install(world, team, set(scope.split(",")))
    return {
        "app_id": world.app_id,
        "authed_user": {"id": installer},
        "scope": ",".join(sorted(team.scopes)),
        "token_type": "bot",
        "access_token": team.token,
        "bot_user_id": team.bot.id,
        "team": {"id": team.id, "name": team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def install(world: World, team: Team, scopes: set[str]) -> None:
    """The app is in a workspace; its token stays the same while it is there."""
    if team.standing is not Standing.INSTALLED or not team.token:
        team.scopes = set()
        team.token = f"xoxb-{world.number('token', 4001)}-{team.id}-madeup"
    team.scopes |= scopes
    team.standing = Standing.INSTALLED
    world.tokens[team.token] = (team, Standing.INSTALLED)
