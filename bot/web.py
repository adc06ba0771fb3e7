"""The one HTTP application: how the house is, and what platforms post to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

#: The part that the container's health check asks for alone.
DATABASE = "database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How one part of the house is."""

    #: `database`, `keys`, `delivery`, `telegram`, …
    part: str
    well: bool
    #: One line: what is so, and what to do when it is not well.
    detail: str

    @property
    def state(self) -> str:
        """In one word."""
        return "well" if self.well else "unwell"


def application(
    look: Callable[[], Awaitable[tuple[Part, ...]]], routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """Make the application; `look` says how each part is, `routes` are the platforms' own."""

    async def healthz(request: Request) -> JSONResponse:
        parts = await look()
        if DATABASE in request.query_params:
            parts = tuple(part for part in parts if part.part == DATABASE)
        well = all(part.well for part in parts)
        states = {part.part: {"state": part.state, "detail": part.detail} for part in parts}
        return JSONResponse(
            states,
            status_code=200 if well else 503,
            headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
        )

    return Starlette(routes=[Route("/healthz", healthz, methods=["GET"]), *routes])
