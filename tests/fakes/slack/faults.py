"""What goes wrong on order: refusals in Slack's words, and faults of the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

#: What a gateway before the Web API says when the Web API is away: it is not JSON.
GATEWAY = "<!DOCTYPE html><html><head><title>{0} {1}</title></head><body>{1}</body></html>"
PHRASES = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class Refusal(Exception):  # noqa: N818 - Slack refuses, and nothing is wrong with it.
    """What Slack answers instead of a result."""

    def __init__(self, error: str, **more: Any) -> None:  # noqa: ANN401
        super().__init__(error)
        self.error = error
        self.more = more
        self.code = 200
        self.headers: dict[str, str] = {}

    @property
    def wire(self) -> Json:
        """The body of the answer."""
        return {"ok": False, "error": self.error} | self.more


def told(error: str, *messages: str) -> Refusal:
    """A refusal which says where the fault is."""
    marked = [f"[ERROR] {message}" for message in messages]
    return Refusal(error, response_metadata={"messages": marked})


def missing(argument: str) -> Refusal:
    """An argument is not there."""
    return told("invalid_arguments", f"missing required field: {argument}")


def too_many(seconds: int) -> Refusal:
    """429."""
    refusal = Refusal("ratelimited")
    refusal.code, refusal.headers = 429, {"Retry-After": str(seconds)}
    return refusal


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way for a request to go wrong; what it does not name goes as it should."""

    #: Whether the method is carried out all the same.
    accepted: bool = False
    #: How long the answer waits.
    seconds: float = 0
    #: Whether the connection is cut instead of an answer.
    cut: bool = False
    #: What is answered: a refusal, or text which is not JSON with its code and type.
    refusal: Refusal | None = None
    text: str | None = None
    code: int = 200
    media: str = "text/html"


def gateway(code: int = 502, *, accepted: bool = False) -> Fault:
    """500, 502, 503 or 504 with a page of HTML."""
    return Fault(code=code, text=GATEWAY.format(code, PHRASES[code]), accepted=accepted)


def refuse(error: str, **more: Any) -> Fault:  # noqa: ANN401
    """Any refusal."""
    return Fault(refusal=Refusal(error, **more))


def flood(seconds: int) -> Fault:
    """429, whatever the limits."""
    return Fault(refusal=too_many(seconds))


def reset() -> Fault:
    """The connection is cut before anything is accepted."""
    return Fault(cut=True)


def lost() -> Fault:
    """Accepted, then the connection is cut: the client never knows."""
    return Fault(cut=True, accepted=True)


def hang(seconds: float, *, accepted: bool = True) -> Fault:
    """Nothing comes for a while: then the answer if it was accepted, a cut if not."""
    return Fault(seconds=seconds, accepted=accepted, cut=not accepted)


def garbage(*, accepted: bool = False) -> Fault:
    """An answer with code 200 which calls itself JSON and is not."""
    return Fault(text="\x00not json {", media="application/json", accepted=accepted)


@dataclass
class Order:
    """A fault that waits for its requests."""

    fault: Fault
    #: The method, or None for all.
    method: str | None
    when: Callable[[Json], bool]
    #: How often it still strikes; None is for ever.
    times: int | None
    struck: int = 0


@dataclass
class Faults:
    """The faults that wait. The first that fits a request strikes."""

    orders: list[Order] = field(default_factory=list)

    def add(
        self,
        fault: Fault,
        method: str | None = None,
        *,
        times: int | None = 1,
        when: Callable[[Json], bool] = lambda _: True,
    ) -> Order:
        order = Order(fault, method, when, times)
        self.orders.append(order)
        return order

    def clear(self) -> None:
        self.orders.clear()

    def strike(self, method: str, params: Json) -> Fault | None:
        """The fault for this request."""
        for order in self.orders:
            if order.times == 0 or order.method not in {None, method}:
                continue
            if order.when(params):
                order.struck += 1
                order.times = None if order.times is None else order.times - 1
                return order.fault
        return None
