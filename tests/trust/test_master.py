"""The master key is read from text or a private file, and every fault says what to do."""

import errno
import os
from pathlib import Path

import pytest

from bot.trust import master
from bot.trust.master import (
    ExposedKeyError,
    MalformedKeyError,
    MissingKeyError,
    UnreadableKeyError,
)

KEY = bytes(range(32))


def test_a_key_reads_as_it_was_written() -> None:
    assert master.from_text(master.to_text(KEY)) == KEY


def test_blanks_and_a_missing_end_do_no_harm() -> None:
    assert master.from_text(f"  {master.to_text(KEY).rstrip('=')}\n") == KEY


@pytest.mark.parametrize(
    "text", ["", "AAAA", master.to_text(bytes(31)), master.to_text(bytes(33))]
)
def test_a_key_of_another_length_is_refused(text: str) -> None:
    with pytest.raises(MalformedKeyError, match="bytes, not 32"):
        master.from_text(text)


@pytest.mark.parametrize("text", ["not a key!", "A", "é" * 43])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(MalformedKeyError, match="base64"):
        master.from_text(text)


def test_a_made_file_is_private_and_holds_the_key(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    key = master.make_file(path)
    assert master.from_file(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_file_is_never_made_over_another(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    key = master.make_file(path)
    with pytest.raises(UnreadableKeyError, match="already"):
        master.make_file(path)
    assert master.from_file(path) == key


def test_a_key_file_is_never_made_over_one_that_appears_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "master.key"
    monkeypatch.setattr(Path, "exists", lambda _: False)
    key = master.make_file(path)
    with pytest.raises(UnreadableKeyError, match="already"):
        master.make_file(path)
    assert master.from_file(path) == key
    assert [each.name for each in tmp_path.iterdir()] == ["master.key"]


def test_a_key_file_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableKeyError, match="cannot be made"):
        master.make_file(tmp_path / "none" / "master.key")


def test_a_missing_file_is_made_for_an_empty_database_only(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with pytest.raises(MissingKeyError, match="Put it back"):
        master.in_use(path, empty=False)
    assert not path.exists()
    (key,) = master.in_use(path, empty=True)
    assert master.in_use(path, empty=False) == (key,)
    assert master.in_use(path, empty=True) == (key,)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    master.make_file(path)
    path.chmod(mode)
    with pytest.raises(ExposedKeyError, match="chmod 600"):
        master.from_file(path)


def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "master.key"
    master.make_file(path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableKeyError, match="Permission denied"):
        master.from_file(path)


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableKeyError):
        master.from_file(tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"short"])
def test_a_file_with_something_else_in_it_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(MalformedKeyError):
        master.from_file(path)


def test_while_a_key_is_changed_both_are_in_use(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    old = master.make_file(path)
    new = master.begin_change(path)
    assert master.in_use(path, empty=False) == (old, new)
    master.end_change(path)
    assert master.in_use(path, empty=False) == (new,)


def test_a_change_that_was_cut_short_goes_on_with_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    master.make_file(path)
    assert master.begin_change(path) == master.begin_change(path)


def test_a_fingerprint_tells_keys_apart_and_says_nothing_of_them() -> None:
    assert master.fingerprint(KEY) != master.fingerprint(bytes(32))
    assert KEY.hex()[:8] not in master.fingerprint(KEY)
