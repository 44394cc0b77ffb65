"""The key that signs records: made on first use, readable by its owner only, never leaving the machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from unseen.errors import DestinationExistsError, StorageError, UsageError
from unseen.media.publish import draft, publish_alone, sweep

VARIABLE = "UNSEEN_KEY"
"""Names the key's file where it is not the usual one."""
_PREFIX = "unseen-ed25519:"
_PUBLIC = re.compile(rf"{_PREFIX}([0-9a-f]{{64}})")
_ANOTHER = "Move it away: a new one is made."
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key (RFC 8032), 32 bytes in hexadecimal digits."""

    raw: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key in groups of four digits, to be compared by people."""
        digits = hashlib.sha256(bytes.fromhex(self.raw)).hexdigest()
        return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))

    def __str__(self) -> str:
        return _PREFIX + self.raw

    def verifies(self, signature: str, data: bytes) -> bool:
        """Whether `signature`, in hexadecimal digits, is this key's for these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.raw)).verify(bytes.fromhex(signature), data)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key in use."""

    _key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        return PublicKey(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex())

    def sign(self, data: bytes) -> str:
        """The signature in hexadecimal digits."""
        return self._key.sign(data).hex()


def key_file() -> Path:
    """Where the key lies: as the variable UNSEEN_KEY says, else with the user's data (XDG Base Directory)."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    windows = os.environ.get("APPDATA") if sys.platform == "win32" else None
    data = os.environ.get("XDG_DATA_HOME") or windows or Path.home() / ".local" / "share"
    return Path(data) / "unseen" / "signing-key.pem"


def own_key(path: Path | None = None) -> SigningKey:
    """The key in a file, by default the usual one, made where there is none.

    Raises UsageError where it is no such key or others can read it, StorageError where it cannot be read or made.
    """
    path = path or key_file()
    try:
        sweep(path.parent)  # a run killed while it made the key has left it under another name
        with contextlib.suppress(FileNotFoundError):
            return _read(path)
        return _make(path)
    except (OSError, StorageError) as error:
        reason = error.what if isinstance(error, StorageError) else error.strerror
        what = f"the key that signs records cannot be read or made: {reason}"
        step = f"Name a file in a folder of yours: --key-file FILE, or {VARIABLE}=FILE"
        raise StorageError(what, path=path, next_step=step) from error


def read_public(text: str) -> PublicKey:
    """A public key from what `unseen keys show` prints. Raises UsageError."""
    found = set(_PUBLIC.findall(text))
    if len(found) != 1:
        step = "Use the line that `unseen keys show` prints on the machine that released, or a file that holds it."
        raise UsageError("there is not one public key in what was given", next_step=step)
    return PublicKey(found.pop())


def read_private(path: Path) -> bytes:
    """The text of a private key. Raises OSError; UsageError where others can read it."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(descriptor, "rb") as file:
        if os.name == "posix" and os.fstat(descriptor).st_mode & _OTHERS:
            what = "this key can be read by others, who could sign in your name"
            step = f"Make a new one, and tell who has the old: move the file away. If nobody read it: chmod 600 {path}"
            raise UsageError(what, path=path, next_step=step)
        return file.read(1 << 16)


def _read(path: Path) -> SigningKey:
    text = read_private(path)
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError) as error:
        raise UsageError("is no key that Unseen made", path=path, next_step=_ANOTHER) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("is a key, but none for Ed25519", path=path, next_step=_ANOTHER)
    return SigningKey(key)


def _make(path: Path) -> SigningKey:
    """Written whole under another name first, so that of several processes the first makes it and all use that one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with draft(path) as ready:
        ready.file.write(text)
        with contextlib.suppress(DestinationExistsError):
            publish_alone(ready, replace=False)
    return _read(path)
