"""How a connection is cut: the other side reads a reset."""

from __future__ import annotations

import asyncio
import socket
import struct


def cut(transport: asyncio.BaseTransport) -> None:
    """End a connection the hard way."""
    at = transport.get_extra_info("socket")
    if at is not None and not transport.is_closing():
        at.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(transport, asyncio.Transport):
        transport.abort()
