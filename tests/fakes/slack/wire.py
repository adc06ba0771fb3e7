"""How a request is read: form, JSON or query."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.slack.faults import Refusal, missing, told

Json = dict[str, Any]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def read(query: str, kind: str, body: bytes) -> Json:
    """The parameters of a request, whichever way they came."""
    params: Json = dict(parse_qsl(query, keep_blank_values=True))
    media = kind.partition(";")[0].strip().lower()
    if not body:
        return params
    if media == JSON:
        return params | _parsed(body)
    if media in {FORM, "text/plain"}:
        return params | dict(parse_qsl(body.decode(), keep_blank_values=True))
    raise Refusal("invalid_post_type" if media else "missing_post_type")


def _parsed(body: bytes) -> Json:
    try:
        params = json.loads(body)
    except ValueError:
        raise Refusal("invalid_json") from None
    if not isinstance(params, dict):
        raise Refusal("json_not_object")
    return {key: value for key, value in params.items() if value is not None}


def string(params: Json, name: str, default: str = "") -> str:
    """A parameter which is text; anything else is refused."""
    value = params.get(name, default)
    if isinstance(value, bool | dict | list):
        raise told("invalid_arguments", f"must provide a string [json-pointer:/{name}]")
    return str(value)


def needed(params: Json, name: str) -> str:
    """A parameter which must be there."""
    value = string(params, name)
    if not value:
        raise missing(name)
    return value


def truth(params: Json, name: str, *, default: bool = False) -> bool:
    """A parameter which is yes or no."""
    value = params.get(name, default)
    return str(value).lower() in {"1", "true"}


def structured(params: Json, name: str, error: str) -> Any:  # noqa: ANN401 - It is not known yet.
    """A parameter which is JSON, perhaps once more as text; None when it is not there."""
    value = params.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal(error) from None
