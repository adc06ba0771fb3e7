"""The JSON Schema of a measure's YAML file, which editors check and complete by.

`bot/measures/measure.schema.json` is made by `skerry harvest measures --schema`; a test holds it
current. A measure names it in its first line:
`# yaml-language-server: $schema=measure.schema.json`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from bot.measures.measure import Measure

FILE = Path(__file__).parent / "measure.schema.json"


class _Plain(GenerateJsonSchema):
    """Without titles that repeat a key's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002
        return False


def schema() -> str:
    """The schema as its file holds it."""
    made: dict[str, Any] = Measure.model_json_schema(schema_generator=_Plain)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    made["title"] = "A Skerry measure"
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"
