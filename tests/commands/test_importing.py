"""`skerry people import`: staff's own list, read whole or refused whole."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import typer
from sqlalchemy import Connection, func, select

from bot.commands import sheets
from bot.commands.line import USERNAME
from bot.requests import planning
from bot.store import cohorts, dues, invitees, meta, people
from bot.store.tables import metadata
from scheduler.tick import now
from tests.commands.within import Within
from tests.journeys.test_campaigns import weekly
from tests.soon import soon
from tests.store.builders import NOON, run, somebody

NAMES = {"reference": "reference", "cohort": "cohorts", "id": "id"}


class Desk(Within):
    """A folder in which staff call the program."""

    def imports(self, *words: str) -> list[dict[str, object]]:
        """Well done; what it said to programs."""
        said = self.does("people", "import", *words, "--json")
        return [json.loads(line) for line in said.splitlines()]

    def refuses(self, *words: str) -> str:
        """One line, and nothing was done."""
        before = self.rows()
        line = super().refuses("people", "import", *words)
        assert self.rows() == before
        return line

    def list(self, text: str | bytes, name: str = "list.csv") -> str:
        content = text if isinstance(text, bytes) else text.encode()
        (self.folder / name).write_bytes(content)
        return name

    def invited(self) -> dict[str, str]:
        """Who is invited into which cohort."""
        with self.store() as store:
            found = run(store, invitees.all_of)
        return {reference: each.cohort for reference, each in found.items()}

    def codes(self) -> dict[str, str]:
        with self.store() as store:
            return {each.reference: each.code for each in run(store, invitees.all_of).values()}

    def rows(self) -> dict[str, int]:
        """How many rows are in each table that an import may touch."""
        if not (self.folder / "var").exists():
            return {}
        tables = [metadata.tables[name] for name in ("cohort", "invitation", "invitee")]
        with self.store() as store, store.engine.connect() as conn:
            return {
                table.name: conn.scalar(select(func.count()).select_from(table)) or 0
                for table in tables
            }


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk.of(tmp_path, monkeypatch)
    with desk.store():
        pass  # The databases are made once, before anything is counted.
    return desk


def links_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# What a list does.


def test_each_person_of_a_list_has_an_invitation_of_their_own(desk: Desk) -> None:
    (told,) = desk.imports(desk.list("reference,cohort\nS1,Spring\nS2,North\n"))
    assert (told["invited"], told["new_cohorts"]) == (2, ["North", "Spring"])
    assert desk.invited() == {"S1": "Spring", "S2": "North"}
    with desk.store() as store:
        ada, ben = (somebody(store, each).participant.id for each in ("ada", "ben"))
        code = run(store, invitees.all_of)["S1"].code
        first, second = (
            run(store, lambda conn, who=who: cohorts.follow(conn, who, code, NOON))  # type: ignore[misc]
            for who in (ada, ben)
        )
        assert first is not None
        assert second is not None
        assert (first.cohort, first.full, second.full) == ("Spring", False, True)
        known = {each.name: each for each in run(store, cohorts.everything)}
    assert (known["Spring"].people, known["Spring"].personal, known["Spring"].personal_used) == (
        *(1, 1, 1),
    )
    assert known["Spring"].invitations == ()


def test_importing_a_list_again_gives_the_same_codes_and_nothing_twice(desk: Desk) -> None:
    name = desk.list("reference,cohort\nS1,Spring\nS2,North\n")
    desk.imports(name)
    before, rows = desk.codes(), desk.rows()
    (told,) = desk.imports(name)
    assert (told["invited"], told["unchanged"]) == (0, 2)
    assert (desk.codes(), desk.rows()) == (before, rows)
    desk.imports(desk.list("reference,cohort\nS2,North\nS3,North\n"))
    assert before.items() <= desk.codes().items()
    assert desk.codes().keys() == {"S1", "S2", "S3"}


def test_an_invitation_that_nobody_followed_moves_with_the_list(desk: Desk) -> None:
    desk.imports(desk.list("reference,cohort\nS1,Spring\nS2,Spring\n"))
    before = desk.codes()
    with desk.store() as store:
        ada = somebody(store).participant.id
        run(store, lambda conn: cohorts.follow(conn, ada, before["S1"], NOON))
    (told,) = desk.imports(desk.list("reference,cohort\nS1,North\nS2,North\n"))
    assert (told["moved"], told["followed"]) == (1, 1)
    assert desk.codes() == before
    assert desk.invited() == {"S1": "Spring", "S2": "North"}


def test_whoever_takes_part_is_put_into_the_cohorts_at_once(desk: Desk) -> None:
    with desk.store() as store:
        ada = somebody(store).participant.id
    for joined in (1, 0):
        (told,) = desk.imports(desk.list(f"reference,cohort,id\nS1,Spring; North,{ada.upper()}\n"))
        assert (told["joined"], told["invited"]) == (joined, 0)
    with desk.store() as store:
        assert run(store, lambda conn: cohorts.of(conn, ada)) == ("North", "Spring")
    assert desk.invited() == {}  # Nobody's reference stands beside an id.


def test_what_comes_next_for_them_is_planned_and_what_was_put_off_stays(desk: Desk) -> None:
    def start(conn: Connection, who: str) -> None:
        people.change(conn, who, joined_at=NOON)
        for name, audience in (("spring", {"cohorts": ["Spring"]}), ("other", {})):
            planning.start(conn, weekly(name, starts="2026-01-05", audience=audience), NOON)

    with desk.store() as store:
        ada = somebody(store).participant.id
        run(store, lambda conn: start(conn, ada))
        put_off = dues.Due(
            campaign="other",
            step="check_in",
            participant=ada,
            name="week 0",
            planned_at=NOON,
            at=NOON,
        )
        run(store, lambda conn: dues.put(conn, [put_off]))
    name = desk.list(f"reference,cohort,id\nS1,Spring,{ada}\n")
    for _ in range(2):
        desk.imports(name)
        with desk.store() as store:
            found = run(store, lambda conn: dues.of_participant(conn, ada))
        assert {each.campaign for each in found} == {"spring", "other"}
        assert put_off in found
        assert all(each.at > now() for each in found if each.campaign == "spring")


# What is refused.


def test_every_bad_row_is_named_with_its_line_and_nothing_is_done(desk: Desk) -> None:
    bad = (
        "reference,cohort,id\n"
        "S1,Spring,\n"
        "S1,Spring,\n"
        "\n"
        ",Spring,\n"
        "S2,,\n"
        f"{'x' * 81},Spring,\n"
        f"S3,{'x' * 81},\n"
        "S4,Spring;North,\n"
        "S5,Spring,nobody\n"
        "S\x07,Spring,\n"
        "S6,Spring\n"
    )
    said = desk.refuses(desk.list(bad))
    for line, what in {
        3: "the reference S1 stands in line 2 already",
        5: "the reference is missing",
        6: "the cohort is missing",
        7: "the reference is longer than 80 letters",
        8: "the cohort is longer than 80 letters",
        9: "an invitation leads into one",
        10: "nobody has the id nobody",
        11: "signs in it that cannot be printed",
    }.items():
        assert f"line {line}: " in said
        assert what in said
    assert "line 12" not in said
    assert desk.invited() == {}


def test_faults_are_told_to_programs_one_by_one(desk: Desk) -> None:
    name = desk.list("reference,cohort\n,Spring\nS1,\n")
    done = desk("people", "import", name, "--json")
    assert done.exit_code == 1
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["line"], each["fault"]) for each in found] == [
        (2, "the reference is missing"),
        (3, "the cohort is missing"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "names nobody"),
        (b"reference,cohort\n", "names nobody"),
        (b"reference\nS1\n", "no column cohorts"),
        (b"reference,cohort,e-mail\nS1,Spring,a@b\n", "nobody knows the column e-mail"),
        (b"reference,,cohort\nS1,,Spring\n", "the column without a name"),
        (b"reference,cohort,Ref\nS1,Spring,S1\n", "the column reference twice"),
        (b"reference,cohort\nS1,Spring,and more\n", "line 2: it has 3 cells"),
        (b'reference,cohort\nS1,"Spring\nS2,North\n', "line 2: a quotation mark is not closed"),
        (b"reference,cohort\nS1,Spr\x00ing\n", "Save it from your spreadsheet as CSV UTF-8"),
        ("reference,cohort\nS1,Spring\n".encode("utf-16-le"), "as CSV UTF-8"),
        (b"reference,cohort\nS1,Spr\x81ing\n", "as CSV UTF-8"),
        (b"\xff\xfereference", "as CSV UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00 a workbook", "as CSV UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(desk: Desk, content: bytes, said: str) -> None:
    assert said in desk.refuses(desk.list(content))


def test_a_file_of_a_hundred_megabytes_is_refused_without_reading_it(desk: Desk) -> None:
    with (desk.folder / "huge.csv").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with soon():
        assert "larger than 16 MB" in desk.refuses("huge.csv")


@pytest.mark.parametrize("name", [".", "nothing.csv", "/dev/zero"])
def test_what_is_no_file_is_refused(desk: Desk, name: str) -> None:
    assert "is no file" in desk.refuses(name)


# How a list may be written.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_may_be_saved_in_many_ways(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    lines = [
        separator.join(cells)
        for cells in (("Cohort", "REFERENCE", "", ""), ("Été", "Zoë", "", ""))
    ]
    file = tmp_path / "list.csv"
    file.write_bytes((end.join([*lines, separator * 3, ""])).encode(encoding))
    sheet = sheets.read(file, NAMES, {"reference", "cohorts"})
    assert [(line.number, line.cells) for line in sheet.lines] == [
        (2, {"cohorts": "Été", "reference": "Zoë"})
    ]
    assert sheet.guessed == (encoding == "cp1252")


def test_a_cell_may_go_over_lines_and_the_lines_are_counted_right(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text('reference,cohort\n"S1","Spring\ngathering"\n\n"S2, S3",North\n')
    sheet = sheets.read(file, NAMES, {"reference"})
    assert [(line.number, line.cells["reference"]) for line in sheet.lines] == [
        (2, "S1"),
        (5, "S2, S3"),
    ]
    assert sheet.lines[0].cells["cohorts"] == "Spring gathering"


def test_very_many_faults_are_told_in_part(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [sheets.Fault(line=number, what="it is wrong") for number in range(2, 502)]
    with pytest.raises(typer.Exit):
        sheets.faulty(tmp_path / "list.csv", faults)
    (said,) = capsys.readouterr().err.splitlines()
    assert said.endswith("line 101: it is wrong; and 400 more.")


# The links.


def test_the_links_are_written_for_their_owner_alone(desk: Desk) -> None:
    with desk.store() as store:
        run(store, lambda conn: meta.note(conn, USERNAME, "skerry_bot"))
    name = desk.list("reference,cohort\nS2,North\nS1,Spring\n")
    (desk.folder / "links.csv").write_text("from before")
    desk.imports(name, "--links", "links.csv")
    written = links_in(desk.folder / "links.csv")
    codes = desk.codes()
    assert [row["reference"] for row in written] == ["S2", "S1"]
    assert written[1] == {
        "reference": "S1",
        "cohort": "Spring",
        "code": codes["S1"],
        "telegram": f"https://t.me/skerry_bot?start={codes['S1']}",
        "slack": "",
        "slack_words": f"/skerry start {codes['S1']}",
    }
    assert (desk.folder / "links.csv").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in desk.folder.glob("*.part")] == []


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-5", "@SUM(A1)", "\uff1d1"])
def test_no_cell_that_we_write_is_a_formula(desk: Desk, cell: str) -> None:
    desk.imports(desk.list(f'reference,cohort\n"{cell}","{cell}"\n'), "--links", "links.csv")
    (row,) = links_in(desk.folder / "links.csv")
    assert row["reference"] == row["cohort"] == f"'{cell}"
    assert desk.invited() == {cell: cell}


@pytest.mark.parametrize("name", ["list.csv", "nowhere/links.csv", "."])
def test_links_that_cannot_be_written_are_refused_before_anything_is_done(
    desk: Desk, name: str
) -> None:
    desk.refuses(desk.list("reference,cohort\nS1,Spring\n"), "--links", name)


def test_twenty_thousand_people_are_soon_invited(desk: Desk) -> None:
    rows = "".join(f"S{number:05},Cohort {number % 7}\n" for number in range(20_000))
    name = desk.list(f"reference,cohort\n{rows}")
    for invited in (20_000, 0):
        with soon():
            (told,) = desk.imports(name, "--links", "links.csv")
        assert told["invited"] == invited
    assert len({row["code"] for row in links_in(desk.folder / "links.csv")}) == 20_000
