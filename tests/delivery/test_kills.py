"""Processes that die between a claim and its acknowledgement."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random

from bot.store import outbox
from tests.delivery.carrier import clock
from tests.delivery.harness import Post

CHATS = 20
EACH = 10


def test_kills_lose_nothing_and_keep_the_order(post: Post, tmp_path: Path) -> None:
    for number in range(CHATS):
        address = post.somebody(str(number))
        for order in range(EACH):
            post.add(address, str(order), now=clock())
    said = tmp_path / "said"
    command = [
        sys.executable,
        "-m",
        "tests.delivery.carrier",
        post.engine.url.render_as_string(hide_password=False),
        post.keys_url,
        post.master.hex(),
        str(said),
    ]
    chance = Random(7)
    processes = [subprocess.Popen(command) for _ in range(2)]
    kills = 0
    try:
        deadline = time.monotonic() + 60
        while post.run(outbox.counts) and time.monotonic() < deadline:
            time.sleep(chance.uniform(0.05, 0.3))
            if said.exists() and kills < 6:
                processes[kills % 2].kill()
                processes[kills % 2].wait()
                processes[kills % 2] = subprocess.Popen(command)
                kills += 1
                time.sleep(0.5)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    lines = [line.split() for line in said.read_text().splitlines()]
    first: dict[str, list[int]] = defaultdict(list)
    for place, text in lines:
        if int(text) not in first[place]:
            first[place].append(int(text))
    assert dict(first) == {str(number): list(range(EACH)) for number in range(CHATS)}
    assert kills >= 3
    assert len(lines) - CHATS * EACH <= kills * 8
