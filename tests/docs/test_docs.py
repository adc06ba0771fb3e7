"""The documents say what is so: links, commands, settings, rooms, practices, the transcript.

A practice in a document is a block that begins with its file's name (`# tea.yaml`,
`{# tea.en.j2 #}`). A name of our code stands in backticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from bot.__main__ import app
from bot.flows.loader import find, load
from bot.flows.revisions import pack, unpack
from bot.rehearsal import Line, Rehearsal
from bot.settings import Settings
from bot.store.opening import Store
from tests.journeys.playing import played
from tests.journeys.someone import Someone

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GUIDE = ROOT / "docs" / "writing-a-practice.md"
DOCUMENTS = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: The journey from which the README's transcript is taken.
JOURNEY = (
    ROOT / "tests/journeys/transcripts/weekly_the_first_time_and_a_week_later.txt"
).read_text(encoding="utf-8")

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FILE = re.compile(r"^(?:# |\{# )([a-z_]+\.(?:yaml|en\.j2))(?: #\})?$")
each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


@cache
def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def blocks(document: Path, language: str) -> list[str]:
    return [body for kind, body in _BLOCK.findall(text_of(document)) if kind == language]


def anchors(document: Path) -> set[str]:
    headings = _HEADING.findall(_BLOCK.sub("", text_of(document)))
    bare = (re.sub(r"[^\w\s-]", "", heading.lower()).strip() for heading in headings)
    return {heading.replace(" ", "-") for heading in bare}


@each_document
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in _LINK.findall(_BLOCK.sub("", text_of(document))):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


@each_document
def test_nothing_outside_the_project_is_needed(document: Path) -> None:
    assert not re.search(r"\.\./shared|/work/|/tmp/", text_of(document))


def commands_in(document: Path) -> Iterator[list[str]]:
    """Every `skerry` command in a line of its own or in backticks, as its words."""
    plain = "\n".join(blocks(document, "")).splitlines()
    inline = _CODE.findall(_BLOCK.sub("", text_of(document)))
    for said in (*plain, *inline):
        words = said.replace("[", " ").replace("]", " ").partition(">")[0].split()
        if words[:1] == ["skerry"]:
            yield words[1:]


def options_of(command: TyperGroup | object, *path: str) -> dict[tuple[str, ...], set[str]]:
    """Every command there is, with its options."""
    if isinstance(command, TyperGroup):
        found: dict[tuple[str, ...], set[str]] = {}
        for name, inner in command.commands.items():
            found |= options_of(inner, *path, name)
        return found
    assert isinstance(command, TyperCommand)
    names = {name for each in command.params for name in each.opts}
    return {path: {name for name in names if name.startswith("--")} | {"--help"}}


COMMANDS = options_of(typer.main.get_command(app))


def command_of(words: list[str]) -> list[tuple[str, ...]]:
    """The commands that some words call: one, or all of a group or of `list|check`."""
    named = [word.split("|") for word in words if not word.startswith("--")]
    return [
        path
        for path in COMMANDS
        if all(part in names for part, names in zip(path, named, strict=False))
    ]


@each_document
def test_every_command_exists_with_its_options(document: Path) -> None:
    for words in commands_in(document):
        called = command_of(words)
        assert called, words
        options = {word for word in words if word.startswith("--")}
        assert all(options <= COMMANDS[path] for path in called), words


def test_the_readme_names_every_command_with_every_option() -> None:
    told = list(commands_in(README))
    for path, options in COMMANDS.items():
        rows = [words for words in told if command_of(words) == [path]]
        assert any(options - {"--help"} <= set(words) for words in rows), path


def setting_rows() -> dict[str, str]:
    rows = re.findall(r"^\| `SKERRY_(\w+)` \|(.*)$", text_of(README), re.MULTILINE)
    return {name.lower(): row for name, row in rows}


def test_the_readme_names_every_setting_and_no_other() -> None:
    assert setting_rows().keys() == Settings.model_fields.keys()


def test_the_readme_knows_what_holds_without_a_setting() -> None:
    for name, row in setting_rows().items():
        default = Settings.model_fields[name].default
        said = f"{default:g}" if isinstance(default, float) else str(default)
        if "***" not in said:  # A secret is empty.
            assert said in row, name


def test_every_setting_that_a_document_names_exists() -> None:
    known = {f"SKERRY_{name.upper()}" for name in Settings.model_fields}
    for document in DOCUMENTS:
        named = set(re.findall(r"SKERRY_\w+", text_of(document)))
        assert named <= known | {"SKERRY_CATALOGUE", "SKERRY_TRANSCRIPTS"}, document


def rooms() -> Iterator[str]:
    for house in ("bot", "scheduler"):
        for child in sorted((ROOT / house).iterdir()):
            if (child / "__init__.py").is_file():
                yield f"{house}/{child.name}/"
            elif child.suffix == ".py" and child.stem != "__init__":
                yield f"{house}/{child.name}"


def test_the_map_names_every_room_and_no_other() -> None:
    table = text_of(ROOT / "docs" / "map.md").partition("## How things are said")[0]
    assert set(re.findall(r"^\| `([\w/.]+)` \|", table, re.MULTILINE)) == set(rooms())


@cache
def sources() -> dict[str, str]:
    files = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "scheduler").rglob("*.py")]
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


def exists(name: str) -> bool:
    """Whether a name in backticks is a file, or is said in the code."""
    if "/" in name or (ROOT / name).is_file():
        return (ROOT / name).exists()
    if dotted := re.fullmatch(r"([a-z_]+)\.([a-z_]+)", name):
        places = [text for path, text in sources().items() if path.endswith(f"/{dotted[1]}.py")]
        defined = rf"^(?:async )?(?:def|class) {dotted[2]}\b|^{dotted[2]} = "
        return any(re.search(defined, text, re.MULTILINE) for text in places)
    if method := re.fullmatch(r"([A-Z]\w+)\.(\w+)", name):
        body = rf"^class {method[1]}\b.*\n(?:(?: .*)?\n)*?    (?:async )?def {method[2]}\b"
        return any(re.search(body, text, re.MULTILINE) for text in sources().values())
    return any(re.search(rf"\b{re.escape(name)}\b", text) for text in sources().values())


def code_words(document: Path) -> set[str]:
    """What looks like a name of the code: one word, a dotted one, or a path."""
    found = _CODE.findall(_BLOCK.sub("", text_of(document)))
    return {each for each in found if re.fullmatch(r"[A-Za-z_]+(?:[./][\w.]+)*/?", each)}


#: Words in backticks that are said to somebody else than Python.
_NOT_OURS = {"make", "turn__rest", "turn__2", "turn__3"}


@pytest.mark.parametrize("name", ["glossary.md", "life-of-a-reply.md", "map.md"])
def test_every_name_of_the_code_is_in_the_code(name: str) -> None:
    missing = {word for word in code_words(ROOT / "docs" / name) - _NOT_OURS if not exists(word)}
    assert missing == set()


def test_the_glossary_stands_in_alphabetical_order() -> None:
    entries = re.findall(
        r"^- \*\*([^*]+)\*\*", text_of(ROOT / "docs" / "glossary.md"), re.MULTILINE
    )
    for before, after in pairwise(entries):
        assert before < after


def test_every_table_of_the_privacy_page_is_a_table() -> None:
    kept = text_of(ROOT / "docs" / "privacy.md").partition("## Who can read it")[0]
    named = {
        name for row in re.findall(r"^\|.*$", kept, re.MULTILINE) for name in _CODE.findall(row)
    }
    made = (sources()[f"bot/store/{each}.py"] for each in ("tables", "counted", "circled"))
    tables = {name for each in made for name in re.findall(r"= Table\(\s*\"(\w+)\"", each)}
    assert {name for name in named if not name.startswith("SKERRY_")} <= tables
    assert tables - named == {"meta", "revision", "outbox_bot"}  # Nobody's.


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The practices of the guide, each in its files."""
    written = [*blocks(GUIDE, "yaml"), *blocks(GUIDE, "jinja")]
    for body in written:
        named = _FILE.fullmatch(body.partition("\n")[0])
        assert named, body
        (tmp_path / named[1]).write_text(body, encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == len(written)
    return tmp_path


def test_every_practice_of_the_guide_checks_clean(shelf: Path) -> None:
    library = load([shelf])
    assert library.faults == ()
    assert {file.stem for file in shelf.glob("*.yaml")} <= library.practices.keys()


def test_the_guide_has_a_practice_with_every_kind_of_turn(shelf: Path) -> None:
    library = load([shelf])
    flows = [library.practices[file.stem].flow for file in shelf.glob("*.yaml")]
    told = {turn.kind for flow in flows for turn in flow.turns}
    assert told == set(re.findall(r'kind: Literal\["(\w+)"\]', sources()["bot/engine/flow.py"]))


def rehearsed(path: Path, lines: list[str]) -> list[Line]:
    practice, library = find(str(path), [path.parent])
    compiled = unpack(pack(practice, library).json)
    return list(Rehearsal(compiled=compiled, now=datetime(2026, 11, 3, tzinfo=UTC)).play(lines))


def test_the_guides_rehearsal_brings_back_what_was_said(shelf: Path) -> None:
    said = rehearsed(shelf / "tea.yaml", blocks(GUIDE, "answers")[0].splitlines())
    assert [line.turn for line in said if line.turn in {"before", "end"}] == [
        "end",
        "before",
        "end",
    ]
    [before] = [line for line in said if line.turn == "before"]
    assert before.text.endswith("Wait for somebody.")
    assert "a week ago" in before.text


def plain(text: str) -> str:
    """Text with its line ends and the marks of a quotation forgotten."""
    return " ".join(text.replace("|", " ").split())


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_the_readmes_transcript_is_what_is_said_today(store: Store) -> None:
    told = plain("\n".join(played(JOURNEY.splitlines(), Someone(store))))
    [transcript] = blocks(README, "transcript")
    pieces = [plain(each) for each in transcript.split("[...]") if each.strip()]
    assert len(pieces) > 1
    for piece in pieces:
        assert piece in told, piece
        told = told.partition(piece)[2]
