"""What goes wrong on order: refusals in Telegram's words, and faults of the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

#: What a gateway before the Bot API says when the Bot API is away: it is not JSON.
GATEWAY = "<html><head><title>{0} {1}</title></head><body><h1>{0} {1}</h1></body></html>"
PHRASES = {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout"}


class Refusal(Exception):  # noqa: N818 - Telegram refuses, and nothing is wrong with it.
    """What Telegram answers instead of a result."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def wire(self) -> Json:
        """The body of the answer."""
        told: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return told | ({"parameters": self.parameters} if self.parameters else {})


def bad(description: str, **parameters: int) -> Refusal:
    """400."""
    return Refusal(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> Refusal:
    """403."""
    return Refusal(403, f"Forbidden: {description}")


def too_many(seconds: int) -> Refusal:
    """429."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way for a request to go wrong; what it does not name goes as it should."""

    #: Whether the method is carried out all the same.
    accepted: bool = False
    #: How long the answer waits.
    seconds: float = 0
    #: Whether the connection is cut instead of an answer.
    cut: bool = False
    #: What is answered: a refusal, or text which is not JSON with its code.
    refusal: Refusal | None = None
    text: str | None = None
    code: int = 200


def gateway(code: int = 502, *, accepted: bool = False) -> Fault:
    """500, 502 or 504 with a page of HTML."""
    return Fault(code=code, text=GATEWAY.format(code, PHRASES[code]), accepted=accepted)


def refuse(code: int, description: str, **parameters: int) -> Fault:
    """Any refusal."""
    return Fault(refusal=Refusal(code, description, **parameters))


def flood(seconds: int) -> Fault:
    """429, whatever the limits."""
    return Fault(refusal=too_many(seconds))


def conflict() -> Fault:
    """409: another program polls."""
    return Fault(refusal=Refusal(409, OTHER_POLL))


def unauthorised() -> Fault:
    """401: the token was revoked."""
    return Fault(refusal=Refusal(401, "Unauthorized"))


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
    """An answer with code 200 which is not JSON."""
    return Fault(text="\x00not json {", accepted=accepted)


OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


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
        order = Order(fault, method and method.lower(), when, times)
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
