"""The house as a process: how soon it is healthy, and how much memory it holds when idle."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

_PATIENCE = 20


def main() -> None:
    """Start `skerry run` without a terminal, wait until it is healthy, and look at it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first start", "second start"):
            seconds, memory = _start(Path(folder))
            print(f"{name}: healthy after {seconds:.2f} s (under 3), {memory} MB idle (under 150)")


def _start(folder: Path) -> tuple[float, int]:
    port = _free_port()
    began = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        env={
            **os.environ,
            "SKERRY_PORT": str(port),
            "SKERRY_BREATH": "0",
            "PYTHONPATH": str(Path(__file__).parent.parent),
        },
        stdin=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - began < _PATIENCE and not _healthy(port):
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        time.sleep(2)
        return seconds, _memory(running.pid)
    finally:
        running.terminate()
        running.wait()


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - well
    except OSError:
        return False


def _memory(pid: int) -> int:
    """The resident memory of a process, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main()
