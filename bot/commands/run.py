"""`skerry run`: the house opened and kept open until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import termios
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import structlog
import uvicorn
from starlette.routing import BaseRoute

from bot.adapters.port import Adapter
from bot.adapters.terminal import Terminal, is_terminal
from bot.commands import feeds
from bot.commands.connecting import lines
from bot.commands.looking import look
from bot.commands.opening import New, Opened, data_folder, opened, read_settings
from bot.commands.refusing import plainly, refuse
from bot.delivery.deliverer import Deliverer
from bot.diaries import feed
from bot.doors import Doors
from bot.records import Inbound, Reply
from bot.requests import reach
from bot.settings import DATA, Settings
from bot.store import forgetting
from bot.store.lock import sole
from bot.web import application
from scheduler.tick import Tick, now

_WELCOME = (
    "Skerry. Lines you type are answered; a blank line means you are done with an answer.\n"
    "Ctrl-D leaves, and your place is kept. Write help at any time."
)
_GOODBYE = "Until the next time. Your place is kept."

_log = structlog.get_logger("run")


def run() -> None:
    """Start Skerry: chat in this terminal when there is one, and serve HTTP."""
    with plainly():
        settings = read_settings()
        _tell_logs(settings)
        with (
            opened(settings, New.MADE) as house,
            sole(house.store.engine),
            _port(settings) as port,
        ):
            well = asyncio.run(_Running(house, port).run())
    if not well:
        refuse("A part of Skerry broke down, so it has stopped; the log above names the error.")


class _Running:
    """The parts that run, and their order of starting and stopping."""

    def __init__(self, house: Opened, port: socket.socket) -> None:
        self._opened = house
        self._port = port
        self._lines = lines(house, self._hear)
        alone = not house.settings.has_platform and is_terminal()
        self._terminal = Terminal(sys.stdout, _files(house)) if alone else None
        adapters: list[Adapter] = [line.adapter for line in self._lines]
        adapters += [self._terminal] if self._terminal else []
        self._adapters = {each.platform: each for each in adapters}
        self._deliverer = Deliverer(
            house.store.writer, house.store.keys, self._adapters, now, on_departed=reach.departed
        )
        self._doors = Doors(house.house, house.store, self._deliverer, self._adapters, now)
        doors = self._doors
        self._tick = Tick(doors)
        self._stopping = asyncio.Event()

    async def run(self) -> bool:
        """Run until a signal or the end of a part; False when that part broke down."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        await self._prepare(now())
        # A night that Skerry slept through: before anybody shares anything of today.
        counting = asyncio.create_task(self._doors.count(now()))
        calendars = feed.route(feeds.found_by(self._opened, now))
        routes = [calendars, *(route for line in self._lines for route in line.routes)]
        web = _server(self._opened, routes)
        serving = asyncio.create_task(web.serve(sockets=[self._port]))
        delivering = asyncio.create_task(self._deliverer.run())
        talking = asyncio.create_task(self._talk())
        hearing = [asyncio.create_task(line.run()) for line in self._lines]
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            over, _ = await asyncio.wait(
                {serving, delivering, talking, stopped, *hearing},
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            self._tick.stop()
            for each in (talking, *hearing):
                each.cancel()
            web.should_exit = True
            await asyncio.gather(serving, talking, counting, *hearing, return_exceptions=True)
            await self._doors.close()
            self._deliverer.stop()
            await asyncio.gather(delivering, return_exceptions=True)
            for adapter in self._adapters.values():
                await adapter.close()
        broken = [error for task in over if (error := task.exception())]
        for error in broken:
            _log.critical("a part broke down", error=type(error).__name__)
        return not broken

    async def _prepare(self, at: datetime) -> None:
        """Keep today's revisions and finish what was cut short."""
        house = self._opened.house
        store = self._opened.store
        await store.writer.run(lambda conn: house.shelf.keep(conn, at))
        await asyncio.to_thread(forgetting.finish, store.engine, store.writer, store.keys)
        for fault in house.shelf.library.faults:
            _log.warning(
                "a practice is left out", file=fault.file, line=fault.line, fault=fault.fault
            )
        host, port = self._port.getsockname()[:2]
        _log.info("Skerry serves", host=host, port=port)

    async def _talk(self) -> None:
        """Chat in the terminal, if there is one; without one, only serve."""
        if self._terminal is None:
            self._tick.start()
            await self._stopping.wait()
            return
        self._terminal.say(_WELCOME)
        with _terminal_as_it_was():
            await self._terminal.listen(self._hear, self._tick.start)
        self._terminal.say(_GOODBYE)

    async def _hear(self, came: Inbound) -> Reply:
        return (await self._doors.hear(came)).reply


def _server(house: Opened, routes: Sequence[BaseRoute]) -> uvicorn.Server:
    app = application(lambda: look(house), routes)
    config = uvicorn.Config(app, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    # Signals are ours: whoever stops the house stops its web pages with it.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    return server


@contextlib.contextmanager
def _port(settings: Settings) -> Iterator[socket.socket]:
    """The port, bound before anything starts, so that a taken one is said in one line."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((settings.host, settings.port))
        except OSError as error:
            refuse(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
                "Stop what uses it, or set SKERRY_PORT to another."
            )
        yield bound


@contextlib.contextmanager
def _terminal_as_it_was() -> Iterator[None]:
    """Give the terminal back as it was: a line may have been half typed when we leave."""
    before = termios.tcgetattr(sys.stdin.fileno())
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, before)


def _files(house: Opened) -> Path:
    """Where what is sent to the terminal as a file is put."""
    return (data_folder(house.settings) or DATA) / "received"


def _tell_logs(settings: Settings) -> None:
    """Logs go to standard error, as JSON lines; in a chat here only what needs a hand."""
    level = logging.getLevelNamesMapping()[settings.log_level]
    if is_terminal() and not settings.has_platform:
        level = max(level, logging.ERROR)
    before: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*before, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # What libraries have to say is a line of JSON too.
    theirs = logging.StreamHandler(sys.stderr)
    theirs.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *before],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[theirs])
