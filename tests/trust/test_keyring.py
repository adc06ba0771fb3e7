"""The key ring keeps everybody's keys apart from their words, and forgets for good."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text

from bot.trust import keystore
from bot.trust.databases import file_of, writing
from bot.trust.keyring import KeyGoneError, KeyRing, KeysLostError, WrongKeyError
from bot.trust.sealing import BrokenSealError, new_key
from tests.conftest import Urls

ADA = "a" * 32
BEN = "b" * 32


@pytest.fixture
def ring(urls: Urls, master: bytes) -> Iterator[KeyRing]:
    opened = KeyRing(urls.keys, master)
    yield opened
    opened.close()


def kept_bytes(ring: KeyRing) -> bytes:
    """Everything on the disk of an SQLite key store."""
    path = file_of(ring.engine)
    assert path is not None
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def wrapped(ring: KeyRing, owner: str) -> bytes:
    with ring.engine.connect() as conn:
        found = keystore.key_of(conn, owner)
    assert found is not None
    return found.wrapped


def test_what_one_seals_only_they_open(ring: KeyRing) -> None:
    ada, ben = ring.make(ADA), ring.make(BEN)
    sealed = ada.seal("answer", "1", b"calm")
    assert ring.sealer(ADA).open("answer", "1", sealed) == b"calm"
    assert ada.cipher.encrypt(bytes(12), b"", None) != ben.cipher.encrypt(bytes(12), b"", None)


def test_making_a_key_again_leaves_it_as_it_is(ring: KeyRing) -> None:
    sealed = ring.make(ADA).seal("answer", "1", b"calm")
    assert ring.make(ADA).open("answer", "1", sealed) == b"calm"


def test_a_key_is_there_for_others_once_it_is_made(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    sealed = ring.make(ADA).seal("answer", "1", b"calm")
    other = KeyRing(urls.keys, master, expected=ring.id)
    assert other.sealer(ADA).open("answer", "1", sealed) == b"calm"
    assert other.owners() == {ADA}
    other.close()


def test_many_threads_may_make_the_same_key(ring: KeyRing) -> None:
    with ThreadPoolExecutor(8) as pool:
        sealers = list(pool.map(lambda _: ring.make(ADA), range(16)))
    sealed = sealers[0].seal("answer", "1", b"calm")
    assert all(each.open("answer", "1", sealed) == b"calm" for each in sealers)


def test_somebody_without_a_key_has_none(ring: KeyRing) -> None:
    with pytest.raises(KeyGoneError):
        ring.sealer(ADA)


def test_a_forgotten_key_is_gone_at_once(ring: KeyRing) -> None:
    ring.make(ADA)
    ring.make(BEN)
    ring.forget(ADA)
    with pytest.raises(KeyGoneError):
        ring.sealer(ADA)
    assert ring.owners() == {BEN}


def test_forgetting_somebody_twice_does_no_harm(ring: KeyRing) -> None:
    ring.make(ADA)
    ring.forget(ADA)
    ring.forget(ADA)
    assert ring.owners() == frozenset()


def test_what_another_process_forgets_is_forgotten_within_a_minute(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    ring.make(ADA)
    other = KeyRing(urls.keys, master)
    other.forget(ADA)
    ring._sealers._clock = lambda: 1e12
    with pytest.raises(KeyGoneError):
        ring.sealer(ADA)
    other.close()


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_a_forgotten_key_leaves_no_wrapped_byte_on_the_disk(ring: KeyRing) -> None:
    for number in range(50):
        ring.make(f"{number:032}")
    ring.make(ADA)
    gone = wrapped(ring, ADA)
    assert gone in kept_bytes(ring)
    ring.forget(ADA)
    assert gone not in kept_bytes(ring)
    assert gone[12:28] not in kept_bytes(ring)


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_the_key_store_is_private_and_holds_no_bare_key(ring: KeyRing, master: bytes) -> None:
    ring.make(ADA)
    path = file_of(ring.engine)
    assert path is not None
    assert {each.stat().st_mode & 0o777 for each in path.parent.glob("keys*")} == {0o600}
    assert master not in kept_bytes(ring)


def test_a_wrong_master_key_is_refused(ring: KeyRing, urls: Urls) -> None:
    with pytest.raises(WrongKeyError, match="Put the right one back"):
        KeyRing(urls.keys, new_key(), expected=ring.id)


def test_a_key_wrapped_for_another_does_not_open(ring: KeyRing) -> None:
    ring.make(ADA)
    ring.make(BEN)
    with writing(ring.engine).begin() as conn:
        conn.execute(text("UPDATE wrapped_key SET wrapped = :w"), {"w": wrapped(ring, ADA)})
    ring._sealers.clear()
    with pytest.raises(BrokenSealError):
        ring.sealer(BEN)


def test_a_blank_key_store_is_refused_when_another_is_expected(urls: Urls, master: bytes) -> None:
    with pytest.raises(KeysLostError, match="restore the key store's backup"):
        KeyRing(urls.keys, master, expected="f" * 32)
    if urls.is_sqlite:
        assert not (urls.folder / "keys.sqlite").exists()


def test_a_key_store_without_a_check_value_is_refused(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    ring.make(ADA)
    with writing(ring.engine).begin() as conn:
        conn.execute(text("DELETE FROM facts"))
    for expected in (ring.id, None):
        with pytest.raises(KeysLostError):
            KeyRing(urls.keys, master, expected=expected)
    with pytest.raises(KeysLostError):
        ring.make(BEN)
    with pytest.raises(KeysLostError):
        ring.rotate(new_key())
    with pytest.raises(KeysLostError):
        ring.all_wrapped()


def test_another_key_store_is_refused(ring: KeyRing, urls: Urls, master: bytes) -> None:
    with pytest.raises(KeysLostError):
        KeyRing(urls.keys, master, expected="f" * 32)
    assert ring.id != "f" * 32


def test_a_spoilt_check_value_is_refused(ring: KeyRing, urls: Urls, master: bytes) -> None:
    with writing(ring.engine).begin() as conn:
        conn.execute(text('UPDATE facts SET "check" = :c'), {"c": bytes(60)})
    with pytest.raises(KeysLostError):
        KeyRing(urls.keys, master, expected=ring.id)


def test_after_a_rotation_the_new_master_key_opens_all_and_the_old_none(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    sealed = ring.make(ADA).seal("answer", "1", b"calm")
    new = new_key()
    assert ring.rotate(new) == 1
    assert ring.rotate(new) == 0
    other = KeyRing(urls.keys, new, expected=ring.id)
    assert other.sealer(ADA).open("answer", "1", sealed) == b"calm"
    other.close()
    with pytest.raises(WrongKeyError):
        KeyRing(urls.keys, master, expected=ring.id)


def test_before_a_rotation_the_previous_master_key_still_serves(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    sealed = ring.make(ADA).seal("answer", "1", b"calm")
    new = new_key()
    rotating = KeyRing(urls.keys, new, previous=master, expected=ring.id)
    assert rotating.sealer(ADA).open("answer", "1", sealed) == b"calm"
    rotating.make(BEN)
    assert ring.sealer(BEN)
    assert rotating.rotate(new) == 2
    rotating.close()


def test_a_running_server_notices_a_rotation_and_reads_the_key_file_once(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    new, reads = new_key(), []

    def read() -> list[bytes]:
        reads.append(1)
        return [new]

    running = KeyRing(urls.keys, master, reload=read, expected=ring.id)
    ring.make(ADA)
    ring.rotate(new)
    running.sealer(ADA)
    running.make(BEN)
    assert len(reads) == 1
    fresh = KeyRing(urls.keys, new, expected=ring.id)
    assert fresh.sealer(BEN)
    for each in (running, fresh):
        each.close()


def test_a_running_server_that_finds_no_new_key_says_so(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    running = KeyRing(urls.keys, master, reload=lambda: [master], expected=ring.id)
    ring.make(ADA)
    ring.rotate(new_key())
    with pytest.raises(WrongKeyError):
        running.sealer(ADA)
    with pytest.raises(WrongKeyError):
        running.make(BEN)
    running.close()


def test_a_rotation_that_fails_changes_nothing(
    ring: KeyRing, urls: Urls, master: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.make(ADA)
    with monkeypatch.context() as patch:
        patch.setattr(keystore, "change_master", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ring.rotate(new_key())
    other = KeyRing(urls.keys, master, expected=ring.id)
    assert other.sealer(ADA)
    other.close()


KILLED = """
import os, signal, sys
from bot.trust import keystore
from bot.trust.keyring import KeyRing
replace = keystore.replace
def dies(conn, changed):
    replace(conn, changed)
    os.kill(os.getpid(), signal.SIGKILL)
keystore.replace = dies
ring = KeyRing(sys.argv[1], bytes.fromhex(sys.argv[2]))
ring.rotate(bytes.fromhex(sys.argv[3]))
"""


def test_a_rotation_that_was_killed_can_be_repeated(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    sealed = ring.make(ADA).seal("answer", "1", b"calm")
    new = new_key()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, urls.keys, master.hex(), new.hex()], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    ring._sealers.clear()
    assert ring.sealer(ADA).open("answer", "1", sealed) == b"calm"
    assert ring.rotate(new) == 1
    other = KeyRing(urls.keys, new, expected=ring.id)
    assert other.sealer(ADA).open("answer", "1", sealed) == b"calm"
    other.close()


MAKES = """
import sys
from bot.trust.keyring import KeyRing
ring = KeyRing(sys.argv[1], bytes.fromhex(sys.argv[2]))
for number in range(20):
    ring.make(sys.argv[3] + f"{number:031}")
"""


def test_two_processes_may_make_keys_in_a_blank_store_at_once(urls: Urls, master: bytes) -> None:
    makers = [
        subprocess.Popen([sys.executable, "-c", MAKES, urls.keys, master.hex(), letter])
        for letter in "ab"
    ]
    assert [maker.wait(60) for maker in makers] == [0, 0]
    ring = KeyRing(urls.keys, master)
    assert len(ring.owners()) == 40
    assert all(ring.sealer(owner) for owner in ring.owners())
    ring.close()


def test_keys_made_while_a_rotation_runs_open_with_the_new_master_key(
    ring: KeyRing, urls: Urls, master: bytes
) -> None:
    new = new_key()
    making = KeyRing(urls.keys, master, reload=lambda: [new], expected=ring.id)
    with ThreadPoolExecutor(2) as pool:
        made = pool.submit(lambda: [making.make(f"{number:032}") for number in range(40)])
        ring.rotate(new)
        made.result()
    other = KeyRing(urls.keys, new, expected=ring.id)
    assert all(other.sealer(owner) for owner in other.owners())
    assert len(other.owners()) == 40
    for each in (making, other):
        each.close()


def test_somebody_faster_with_the_same_key_wins(
    ring: KeyRing, urls: Urls, master: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = KeyRing(urls.keys, master)
    sealed = other.make(ADA).seal("answer", "1", b"calm")
    look = keystore.key_of
    answers = iter([None])
    monkeypatch.setattr(keystore, "key_of", lambda conn, owner: next(answers, look(conn, owner)))
    assert ring.make(ADA).open("answer", "1", sealed) == b"calm"
    other.close()


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_the_driver_alone_sees_no_bare_key(ring: KeyRing, urls: Urls) -> None:
    ring.make(ADA)
    with create_engine(urls.keys).connect() as conn:
        (row,) = conn.execute(text("SELECT length(wrapped) FROM wrapped_key")).all()
    assert row[0] == 60
