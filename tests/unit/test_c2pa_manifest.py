"""A C2PA manifest: what it says, all that it says, what it is good for, and that nobody is asked about it."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from certifying import SIGNER, Papers, new_key, write_key, write_papers
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import ExtendedKeyUsageOID
from PIL import Image

from unseen.errors import TamperedError, UnexpectedError, UsageError
from unseen.record.c2pa import (
    Credential,
    Verdict,
    apart,
    check_manifest,
    make_manifest,
    read_credential,
    refuse_unfit,
    sidecar_of,
    statement,
)

c2pa = pytest.importorskip("c2pa", reason="c2pa-python is not installed")
from unseen.record.c2pa import notary  # noqa: E402 - only where c2pa-python is there

VERSION = "1.2.3"
CANARY = "Ada-Example-at-home"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quicker, and the same but for the jail; the tests of the process ask for it."""
    monkeypatch.setattr(apart, "_APART", False)


@pytest.fixture
def in_its_process(in_this_process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_APART", True)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return write_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def credential(papers: Papers) -> Credential:
    return read_credential(papers.chain, papers.key)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / f"{CANARY}.jpg"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)).save(path)
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def made(photo: Path, credential: Credential) -> bytes:
    """A manifest, made in this process: quicker, and the same."""
    request = notary.Make(digest(photo), VERSION, credential.algorithm, credential.chain, credential.key)
    reply = notary.answer(request, io.BytesIO(photo.read_bytes()))
    assert isinstance(reply, notary.Made) and not reply.faults
    return reply.manifest


def faults_of(photo: Path, manifest: bytes, sha256: str | None = None) -> tuple[str, ...]:
    reply = notary.answer(notary.Check(sha256 or digest(photo), manifest), io.BytesIO(photo.read_bytes()))
    assert isinstance(reply, notary.Made)
    return reply.faults


def put(photo: Path, manifest: bytes) -> str:
    """Lay a manifest beside a file; gives its digest."""
    sidecar_of(photo).write_bytes(manifest)
    return digest(sidecar_of(photo))


def everything(photo: Path, manifest: bytes) -> str:
    """All that a validator reads in a manifest, as the file's own format."""
    with c2pa.Reader("image/jpeg", io.BytesIO(photo.read_bytes()), manifest_data=manifest) as reader:
        assert reader.get_validation_state() == "Valid"
        return str(reader.detailed_json())


@pytest.mark.parametrize("kind", ["p256", "p384", "ed25519", "rsa"])
@pytest.mark.usefixtures("in_its_process")
def test_what_was_made_apart_is_valid_for_the_file_and_leaves_it_alone(tmp_path: Path, photo: Path, kind: str) -> None:
    papers, before = write_papers(tmp_path, kind), photo.read_bytes()
    credential = read_credential(papers.chain, papers.key)
    manifest = make_manifest(photo, digest(photo), credential, VERSION)
    assert photo.read_bytes() == before
    assert check_manifest(photo, digest(photo), put(photo, manifest)) is Verdict.VALID
    assert everything(photo, manifest)


@pytest.mark.usefixtures("in_its_process")
def test_a_file_larger_than_the_library_takes_at_once_fits_into_the_jail(
    tmp_path: Path, credential: Credential
) -> None:
    long = tmp_path / "long.mp4"
    with long.open("wb") as file:
        file.truncate(600 << 20)
    with long.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    recorded = put(long, make_manifest(long, sha256, credential, VERSION))
    assert check_manifest(long, sha256, recorded) is Verdict.VALID


def test_a_manifest_says_that_the_file_was_redacted_and_by_which_program(photo: Path, credential: Credential) -> None:
    (said,) = json.loads(everything(photo, made(photo, credential)))["manifests"].values()
    created, edited = said["assertion_store"]["c2pa.actions.v2"]["actions"]
    assert created["action"] == "c2pa.created" and edited["action"] == "c2pa.edited"
    assert edited["description"].startswith("Redacted")
    assert edited["softwareAgent"] == {"name": "unseen", "version": VERSION}
    assert said["signature"]["common_name"] == SIGNER


def test_a_manifest_names_no_file_and_holds_no_picture_ingredient_or_time(photo: Path, credential: Credential) -> None:
    manifest = made(photo, credential)
    said = everything(photo, manifest)
    (parts,) = json.loads(said)["manifests"].values()
    assert set(parts["assertion_store"]) == {"c2pa.actions.v2", "c2pa.hash.data"}
    for word in (CANARY, "thumbnail", "ingredient", "title", "JFIF", str(datetime.datetime.now(datetime.UTC).year)):
        assert word not in said
        assert word.encode() not in manifest.replace(credential.chain, b"")
    assert "time" not in parts["signature"]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"title": CANARY}, "claim with what does not belong there: dc:title"),
        ({"thumbnail": {"format": "image/jpeg", "identifier": "small.jpg"}}, "assertion with what does not belong"),
        ({"more": {"label": "stds.exif", "data": {"@context": {}, "exif:GPSLatitude": "1,1N"}}}, "stds.exif"),
        ({"action": {"when": "2026-11-22T13:35:07Z"}}, "tells of other actions"),
        ({"action": {"description": CANARY}}, "tells of other actions"),
    ],
)
def test_more_than_that_is_seen_and_named(
    photo: Path, credential: Credential, change: dict[str, Any], seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The saboteurs of the allow-list: the manifest is valid to the library, and says more than it may."""
    said = statement.definition(digest(photo), VERSION)
    said |= {name: change[name] for name in ("title", "thumbnail") if name in change}
    said["assertions"] += [change["more"]] if "more" in change else []
    said["assertions"][0]["data"]["actions"][1] |= change.get("action", {})
    context = c2pa.Context(c2pa.Settings.from_dict(statement.SETTINGS))
    info = c2pa.C2paSignerInfo(credential.algorithm, credential.chain, credential.key, None)
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(said, context) as builder:
        if "thumbnail" in change:
            builder.add_resource("small.jpg", io.BytesIO(photo.read_bytes()))
        builder.set_no_embed()
        manifest = builder.sign(signer, "application/octet-stream", io.BytesIO(), io.BytesIO())
    assert everything(photo, manifest)
    assert any(seen in fault for fault in faults_of(photo, manifest))
    # Were the library to add such a thing by itself, nothing would be released.
    monkeypatch.setattr(notary, "definition", lambda *_: said)
    if "thumbnail" not in change:
        with pytest.raises(UnexpectedError, match="nothing was released"):
            make_manifest(photo, digest(photo), credential, VERSION)


@pytest.mark.parametrize("where", [0, 2, 300, -1])
def test_a_changed_byte_of_the_file_is_caught(photo: Path, credential: Credential, where: int) -> None:
    manifest, released = made(photo, credential), digest(photo)
    changed = bytearray(photo.read_bytes())
    changed[where] ^= 1
    photo.write_bytes(changed)
    assert "assertion.dataHash.mismatch" in faults_of(photo, manifest, released)
    with pytest.raises(TamperedError, match=r"assertion\.dataHash\.mismatch"):
        check_manifest(photo, released, put(photo, manifest))


def test_a_byte_more_is_caught(photo: Path, credential: Credential) -> None:
    manifest, released = made(photo, credential), digest(photo)
    photo.write_bytes(photo.read_bytes() + b"x")
    assert "assertion.dataHash.mismatch" in faults_of(photo, manifest, released)


def test_any_changed_byte_of_a_manifest_is_caught_by_its_digest(photo: Path, credential: Credential) -> None:
    manifest = bytearray(made(photo, credential))
    recorded = put(photo, bytes(manifest))
    manifest[len(manifest) // 2] ^= 1
    put(photo, bytes(manifest))
    with pytest.raises(TamperedError, match="its bytes differ") as caught:
        check_manifest(photo, digest(photo), recorded)
    assert caught.value.path == str(sidecar_of(photo))


def test_another_files_manifest_is_caught_whatever_the_record_says(photo: Path, credential: Credential) -> None:
    other = photo.with_name("other.jpg")
    Image.new("RGB", (64, 48)).save(other)
    recorded = put(photo, made(other, credential))
    with pytest.raises(TamperedError, match="is bound to other bytes"):
        check_manifest(photo, digest(photo), recorded)


def test_a_binding_that_leaves_bytes_out_is_caught(photo: Path, credential: Credential) -> None:
    """A manifest that fits any file whose middle was exchanged."""
    data = photo.read_bytes()
    said = statement.definition(hashlib.sha256(data[:100] + data[200:]).hexdigest(), VERSION)
    said["assertions"][1]["data"]["exclusions"] = [{"start": 100, "length": 100}]
    context = c2pa.Context(c2pa.Settings.from_dict(statement.SETTINGS))
    info = c2pa.C2paSignerInfo(credential.algorithm, credential.chain, credential.key, None)
    with c2pa.Signer.from_info(info) as signer, c2pa.Builder(said, context) as builder:
        builder.set_no_embed()
        manifest = builder.sign(signer, "application/octet-stream", io.BytesIO(), io.BytesIO())
    found = faults_of(photo, manifest)
    assert "is bound to other bytes" in found
    assert "binding with what does not belong there: exclusions" in found


@pytest.mark.parametrize("content", [b"", b"no manifest", bytes(10_000)])
def test_what_is_no_manifest_is_caught(photo: Path, content: bytes) -> None:
    recorded = put(photo, content)
    with pytest.raises(TamperedError, match=r"is no (valid )?C2PA manifest"):
        check_manifest(photo, digest(photo), recorded)


def test_a_manifest_that_the_record_does_not_name_is_no_part_of_the_release(
    photo: Path, credential: Credential
) -> None:
    assert check_manifest(photo, digest(photo), None) is None
    put(photo, made(photo, credential))
    with pytest.raises(TamperedError, match="no part of this release"):
        check_manifest(photo, digest(photo), None)


def test_a_manifest_that_is_not_there_is_said_to_be_missing(photo: Path) -> None:
    assert check_manifest(photo, digest(photo), "00" * 32) is Verdict.MISSING


def test_a_certificate_that_has_run_out_since_is_not_tampering(tmp_path: Path, photo: Path) -> None:
    end = time.time() + 4
    papers = write_papers(tmp_path, lasts=datetime.timedelta(seconds=3))
    manifest = made(photo, read_credential(papers.chain, papers.key))
    recorded = put(photo, manifest)
    time.sleep(max(0.0, end - time.time()))
    assert check_manifest(photo, digest(photo), recorded) is Verdict.RUN_OUT
    released = digest(photo)
    photo.write_bytes(photo.read_bytes() + b"x")
    with pytest.raises(TamperedError, match=r"assertion\.dataHash\.mismatch"):
        check_manifest(photo, released, recorded)


def test_without_the_library_nothing_is_said_to_be_checked(
    photo: Path, credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded = put(photo, made(photo, credential))
    monkeypatch.setattr(apart, "installed", lambda: False)
    assert check_manifest(photo, digest(photo), recorded) is Verdict.NOT_CHECKED
    refuse_unfit.cache_clear()
    with pytest.raises(UsageError, match="not installed") as refused:
        refuse_unfit(credential)
    assert refused.value.next_step == 'Install it: pip install "unseen[c2pa]"'


@pytest.mark.parametrize("use", ["1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1"])
def test_a_credential_that_can_sign_is_fit(tmp_path: Path, use: str) -> None:
    papers = write_papers(tmp_path, use=ObjectIdentifier(use))
    refuse_unfit(read_credential(papers.chain, papers.key))


@pytest.mark.parametrize("what", ["for web sites", "run out"])
def test_a_certificate_that_cannot_sign_is_refused_before_the_work(tmp_path: Path, what: str) -> None:
    if what == "run out":
        papers = write_papers(tmp_path, lasts=-datetime.timedelta(hours=1))
    else:
        papers = write_papers(tmp_path, use=ExtendedKeyUsageOID.SERVER_AUTH)
    credential = read_credential(papers.chain, papers.key)
    with pytest.raises(UsageError, match="cannot sign C2PA manifests") as refused:
        refuse_unfit(credential)
    assert credential.key.decode().splitlines()[1] not in str(refused.value)


def test_chain_and_key_have_to_belong_together_and_the_key_to_be_ones_own(tmp_path: Path, papers: Papers) -> None:
    other = tmp_path / "other.pem"
    write_key(other, new_key())
    with pytest.raises(UsageError, match="not the key of the first certificate"):
        read_credential(papers.chain, other)
    other.chmod(0o644)
    with pytest.raises(UsageError, match="can be read by others"):
        read_credential(papers.chain, other)
    locked = new_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    other.write_bytes(locked)
    other.chmod(0o600)
    with pytest.raises(UsageError, match="locked with a password"):
        read_credential(papers.chain, other)
    with pytest.raises(UsageError, match="no chain of certificates"):
        read_credential(papers.key, papers.key)
    with pytest.raises(UsageError, match="no private key"):
        read_credential(papers.chain, _private_copy(papers.chain, tmp_path))
    with pytest.raises(UsageError, match="cannot be read"):
        read_credential(tmp_path / "none.pem", papers.key)


def test_a_key_on_a_curve_that_c2pa_does_not_know_is_refused(tmp_path: Path) -> None:
    papers = write_papers(tmp_path, "k256")
    with pytest.raises(UsageError, match="does not know"):
        read_credential(papers.chain, papers.key)


def test_a_credential_does_not_show_its_key(credential: Credential) -> None:
    assert "key" not in repr(credential)
    assert credential.key.decode().splitlines()[1] not in repr(credential)


def _private_copy(path: Path, folder: Path) -> Path:
    copy = folder / "copy.pem"
    copy.write_bytes(path.read_bytes())
    copy.chmod(0o600)
    return copy


class Listener:
    """A place that could be asked about a certificate, and how often it was."""

    def __init__(self) -> None:
        self.asked = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            caller, _ = self._server.accept()
            with caller:
                caller.settimeout(5)
                if caller.recv(1) == b"!":
                    return
                self.asked += 1

    def close(self) -> None:
        with socket.create_connection(self._server.getsockname()) as last:
            last.sendall(b"!")
        self._thread.join()
        self._server.close()


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    try:
        yield listener
    finally:
        listener.close()


def talkative() -> dict[str, Any]:
    """Settings of somebody who minds no network."""
    verify = statement.SETTINGS["verify"] | {"ocsp_fetch": True, "remote_manifest_fetch": True}
    return statement.SETTINGS | {"verify": verify, "core": {}}


def test_nobody_is_asked_about_the_certificate(tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as listener:
        papers = write_papers(tmp_path, asks=listener.address)
        credential = read_credential(papers.chain, papers.key)
        manifest = made(photo, credential)
        assert not faults_of(photo, manifest)
        assert listener.asked == 0
        # The saboteur: with the library's settings opened up somebody is asked, so that the above can fail.
        monkeypatch.setattr(notary, "SETTINGS", talkative())
        faults_of(photo, manifest)
        assert listener.asked > 0


@pytest.mark.usefixtures("in_its_process")
@pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")
@pytest.mark.parametrize("jailed", [True, False])
def test_in_its_process_the_library_could_not_ask_if_it_wanted_to(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch, jailed: bool
) -> None:
    """With settings that let it ask, it does where it is not locked up, and reaches nobody where it is."""
    first = f"from unseen.record.c2pa import notary; notary.SETTINGS = {talkative()!r}; "
    if not jailed:
        first += "notary.jail.enter = lambda *_: None; "
    first = first.replace("{", "{{").replace("}", "}}")
    with listening() as listener:
        papers = write_papers(tmp_path, asks=listener.address)
        recorded = put(photo, made(photo, read_credential(papers.chain, papers.key)))
        monkeypatch.setattr(apart, "_COMMAND", apart._COMMAND.replace("from unseen", f"{first}from unseen"))
        with contextlib.suppress(TamperedError):  # that it got no answer
            check_manifest(photo, digest(photo), recorded)
        assert (listener.asked == 0) is jailed
