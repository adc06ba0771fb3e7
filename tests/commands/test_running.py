"""`skerry run`: serving without a terminal, and chatting in one."""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import CANARY
from tests.commands.skerry import PATIENCE, PROGRAM, Skerry


def test_without_a_terminal_it_serves_until_it_is_told_to_stop(lived_in: Skerry) -> None:
    with lived_in.running() as running:
        status, body = running.get("/healthz")
        assert status == 200, body
        assert {part["state"] for part in json.loads(body).values()} == {"well"}
        assert list(json.loads(running.get("/healthz?database")[1])) == ["database"]
        assert running.get("/nothing")[0] == 404

        assert "Another Skerry runs" in lived_in.with_(PORT="0").refuses("run")
        elsewhere = Skerry(lived_in.folder / "elsewhere", {"PORT": str(running.port)})
        elsewhere.folder.mkdir()
        assert f"Port {running.port}" in elsewhere.refuses("run")

        lived_in.does("backup", "rows.sqlite")
        lived_in.does("keys", "rotate")
        (person,) = map(json.loads, lived_in.does("people", "list", "--json").splitlines())
        lived_in.does("people", "export", person["id"])
        assert running.get("/healthz")[0] == 200

        running.process.send_signal(signal.SIGTERM)
        out, err = running.process.communicate(timeout=PATIENCE)
        assert running.process.returncode == 0, err
        assert CANARY not in out + err
        assert "Traceback" not in err


def test_a_broken_practice_is_left_out_and_everything_else_runs(skerry: Skerry) -> None:
    own = skerry.folder / "own"
    own.mkdir()
    (own / "broken.yaml").write_text("name: broken\nturns: [}\n")
    with skerry.with_(PRACTICES="own").running() as running:
        status, body = running.get("/healthz")
        assert status == 503
        assert json.loads(body)["practices"]["state"] == "unwell"
        assert json.loads(body)["database"]["state"] == "well"


def test_a_folder_of_practices_that_is_not_there_is_said(skerry: Skerry) -> None:
    done = skerry.with_(PRACTICES="nowhere")("doctor", "--json")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


class Chat:
    """`skerry run` in a terminal."""

    def __init__(self, skerry: Skerry) -> None:
        settings = skerry.with_(PORT="0", QUIET_GAP="0").environment
        self.child = pexpect.spawn(
            PROGRAM[0],
            [*PROGRAM[1:], "run"],
            cwd=str(skerry.folder),
            env=settings | {"TERM": "dumb"},
            encoding="utf-8",
            timeout=PATIENCE,
            dimensions=(50, 100),
        )

    def hears(self, text: str) -> None:
        pattern = r"\s+".join(re.escape(word) for word in text.split())
        self.child.expect(pattern)

    def says(self, line: str, then: str) -> None:
        self.child.sendline(line)
        self.hears(then)

    def leaves(self) -> None:
        self.child.sendeof()
        self.hears("Your place is kept.")
        self.child.expect(pexpect.EOF)
        self.child.close()
        assert self.child.exitstatus == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of that kind")
def test_joining_a_check_in_leaving_and_coming_back_in_a_terminal(skerry: Skerry) -> None:
    chat = Chat(skerry)
    chat.hears("May I keep your answers?")
    chat.says("yes", "most of all?")
    chat.says("space", "worth your time?")
    chat.says("An hour of my own.", "time zone are you in?")
    chat.says("uk", "Which days suit you?")
    chat.says("tue, thu", "So far: Tuesday, Thursday.")
    chat.says("done", "at what time?")
    chat.says("09:30", "begin now?")
    chat.says("yes", "How much energy")
    chat.says("3", "stayed with you")
    chat.leaves()

    again = Chat(skerry)
    again.hears("Welcome back. Here is where you were.")
    again.hears("stayed with you")
    again.says("We argued.", "Where did two of them not fit together?")
    again.says("They fitted.", "what may change")
    again.says("nothing just now", "one small thing you could try")
    again.says("Ask one question.", "When could that be?")
    again.says("today", "May any of these go into that count")
    again.says("done", "Whatever comes of it is worth noticing.")
    again.says("practise", "What would you like to do?")
    again.says("weekly", "how is your energy right now?")
    again.says("4", "Ask one question.")
    again.says("export", "Saved for you:")
    again.hears("Saved for you:")
    again.leaves()
    saved = sorted((skerry.var / "received").iterdir())
    assert {file.suffix for file in saved} == {".html", ".json"}
    assert all(file.stat().st_mode & 0o077 == 0 for file in saved)


def test_forget_me_in_a_terminal_says_goodbye(lived_in: Skerry) -> None:
    chat = Chat(lived_in)
    chat.hears("May I keep your answers?")
    chat.says("forget me", "yes, forget me")
    chat.says("yes, forget me", "What I kept of you is deleted.")
    chat.leaves()
    assert len(lived_in.does("people", "list", "--json").splitlines()) == 1


def test_an_interrupt_leaves_the_terminal_as_it_was(skerry: Skerry) -> None:
    chat = Chat(skerry)
    chat.hears("May I keep your answers?")
    chat.child.send("half a li")
    chat.child.sendintr()
    chat.child.expect(pexpect.EOF)
    chat.child.close()
    assert chat.child.exitstatus == 0
    assert Path(skerry.var / "skerry.sqlite").exists()


def test_a_part_that_breaks_down_is_said_and_ends_the_house(
    skerry: Skerry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the web server cannot go on, for whatever reason."""
    (tmp_path / "sitecustomize.py").write_text(
        "import uvicorn\n"
        "async def serve(self, sockets=None):\n    raise RuntimeError('the canary sang')\n"
        "uvicorn.Server.serve = serve\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = skerry.with_(PORT="0")("run")
    assert done.returncode == 1
    assert "A part of Skerry broke down" in done.stderr.splitlines()[-1]
    assert json.loads(done.stderr.splitlines()[-2])["error"] == "RuntimeError"
    assert "canary" not in done.stderr
