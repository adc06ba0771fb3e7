"""The JSON Schema of a practice's YAML file, which editors check and complete by.

`bot/flows/practice.schema.json` is made by `skerry flows schema`; a test holds it current. A
practice names it in its first line: `# yaml-language-server: $schema=practice.schema.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.engine.flow import Flow

FILE = Path(__file__).parent / "practice.schema.json"


def schema() -> str:
    """The schema as its file holds it."""
    made: dict[str, Any] = _without_noise(Flow.model_json_schema())
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    made["title"] = "A Skerry practice"
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _without_noise(node: Any) -> Any:  # noqa: ANN401 - a schema is any JSON.
    """The schema without titles that repeat a name and without what only OpenAPI reads."""
    if isinstance(node, list):
        return [_without_noise(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _properties(value) if key in {"properties", "$defs"} else _without_noise(value)
        for key, value in node.items()
        if key not in {"title", "discriminator"}
    }


def _properties(named: dict[str, Any]) -> dict[str, Any]:
    """Here the keys are names of ours, `title` among them."""
    return {name: _without_noise(value) for name, value in named.items()}
