"""Keys, signatures and the history file, whatever was killed in between."""

from __future__ import annotations

import json
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from unseen.cli.app import run
from unseen.errors import ExitCode, PlanError, StorageError, TamperedError, UsageError
from unseen.plan import dumps
from unseen.record.canonical import as_written, canonical
from unseen.record.chain import CHAIN, Head, Pending, recovered
from unseen.record.keys import PublicKey, key_file, own_key, read_public
from unseen.record.signature import signed, signer

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "key.pem"
    first = own_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert own_key(path).public == first.public
    assert [p.name for p in path.parent.iterdir()] == ["key.pem"]


def test_many_that_start_at_once_use_one_key(tmp_path: Path) -> None:
    found: list[PublicKey] = []
    threads = [threading.Thread(target=lambda: found.append(own_key(tmp_path / "key.pem").public)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    own_key(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o640)
    with pytest.raises(UsageError, match="could sign in your name"):
        own_key(tmp_path / "key.pem")


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.touch(0o600)
    with pytest.raises(UsageError, match="no key that Unseen made"):
        own_key(path)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(StorageError, match="cannot be read"):
        own_key(tmp_path / "link")


def test_where_the_key_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNSEEN_KEY", "/keys/mine.pem")
    assert key_file() == Path("/keys/mine.pem")
    monkeypatch.delenv("UNSEEN_KEY")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert key_file() == tmp_path / "unseen" / "signing-key.pem"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert key_file() == tmp_path / ".local" / "share" / "unseen" / "signing-key.pem"


def test_what_keys_show_prints_is_what_verify_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "key.pem"
    assert run(["keys", "show", "--key-file", str(path)]) == ExitCode.OK
    said = capsys.readouterr().out
    assert read_public(said) == own_key(path).public
    assert own_key(path).public.fingerprint in said
    assert path.read_text().splitlines()[1] not in said
    assert run(["keys", "show", "--key-file", str(path), "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["public_key"] == str(own_key(path).public)
    with pytest.raises(UsageError, match="not one public key"):
        read_public("unseen-ed25519:12")


@given(values)
def test_signing_is_over_content_and_not_over_layout(value: object) -> None:
    assert canonical(json.loads(canonical(value))) == canonical(value)
    assert as_written(dumps({"v": value}))["v"] == json.loads(dumps({"v": value}))["v"]


def test_the_canonical_form_is_the_standards() -> None:
    # the example of RFC 8785 section 3.2.2 and 3.2.3
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    wanted = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(value) == wanted.encode()
    with pytest.raises(PlanError, match="cannot be signed"):
        canonical({"n": 2**60})
    assert issubclass(rfc8785.IntegerDomainError, rfc8785.CanonicalizationError)


def test_a_signature_is_for_one_document_and_one_key(tmp_path: Path) -> None:
    key = own_key(tmp_path / "key.pem")
    head = signed(Head(3, "aa"), key)
    assert signer(as_written(dumps(head))) == key.public
    with pytest.raises(TamperedError, match="does not fit"):
        signer(as_written(dumps(replace(head, length=4))))
    other = own_key(tmp_path / "other.pem").public.raw
    assert head.signature is not None
    with pytest.raises(TamperedError, match="does not fit"):
        signer(as_written(dumps(replace(head, signature=replace(head.signature, public_key=other)))))


@pytest.mark.parametrize("data", [b"", b"[]\n", b"{", b"\xff", b'{"\x86": 1}', b"[" * 100_000])
def test_what_is_no_document_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(PlanError, match="not a JSON document"):
        as_written(data)


@pytest.mark.parametrize(("came", "length"), [("both", 3), ("record", 2), ("other", 2), ("nothing", 2)])
def test_what_was_about_to_come_counts_if_it_came(tmp_path: Path, came: str, length: int) -> None:
    import hashlib

    record = tmp_path / "out.png.record.json"
    content = b"the record"
    if came in ("both", "record", "other"):
        record.write_bytes(b"another" if came == "other" else content)
    if came in ("both", "other"):
        (tmp_path / "out.png").write_bytes(b"the file")
    found = hashlib.sha256(content).hexdigest()
    head = signed(Head(2, "bb", pending=Pending(record.name, found)), own_key())
    (tmp_path / CHAIN).write_bytes(dumps(head))
    now = recovered(tmp_path)
    assert (now.length, now.last, now.pending) == (length, found if length == 3 else "bb", None)


def test_a_damaged_history_stops_the_next_release(tmp_path: Path) -> None:
    (tmp_path / CHAIN).write_bytes(dumps(replace(signed(Head(2, "bb"), own_key()), length=1)))
    with pytest.raises(TamperedError, match="changed after it was signed") as refused:
        recovered(tmp_path)
    assert refused.value.path == os.fspath(tmp_path / CHAIN)
    assert "unseen verify" in refused.value.next_step


def test_what_did_not_get_its_name_is_forgotten(tmp_path: Path) -> None:
    from unseen.errors import DestinationExistsError
    from unseen.media.publish import draft, publish

    out, slip = tmp_path / "out.png", tmp_path / "out.png.record.json"

    class Taken:
        """Somebody takes the name between sealing and naming."""

        forgotten = False

        def seal(self) -> bytes:
            out.write_bytes(b"somebody's")
            return b"{}"

        def settle(self) -> None:
            raise AssertionError

        def forget(self) -> None:
            self.forgotten = True

    paper = Taken()
    with draft(out) as ready, draft(slip) as record, pytest.raises(DestinationExistsError):
        publish(ready, record, paper, replace=False)
    assert paper.forgotten
    assert out.read_bytes() == b"somebody's" and not slip.exists()
