"""Who signs a C2PA manifest: an X.509 certificate chain of the user's, and its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from unseen.errors import UsageError
from unseen.record.keys import read_private

_MOST = 1 << 20
_CURVES = {SECP256R1.name: "es256", SECP384R1.name: "es384", SECP521R1.name: "es512"}
_CHAIN = "Give the signer's certificate first, then those that vouch for it, as PEM: --c2pa-cert CHAIN.pem"
_KEY = "Give the key of the first certificate as PEM, without a password: --c2pa-key KEY.pem"

_Key = EllipticCurvePrivateKey | Ed25519PrivateKey | RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Credential:
    """A chain of certificates and the key of the first, as PEM; `algorithm` as C2PA names it (specification, 13.2)."""

    algorithm: str
    chain: bytes
    key: bytes = field(repr=False)


def read_credential(chain: Path, key: Path) -> Credential:
    """The chain and the key in these files.

    Raises UsageError where they cannot be read, do not belong together, or others can read the key.
    """
    certificates = _certificates(chain)
    private = _key(key)
    if _public(private) != certificates[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        raise UsageError("is not the key of the first certificate", path=key, next_step=f"{_CHAIN} {_KEY}")
    return Credential(
        _algorithm(private, key),
        b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates),
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        with path.open("rb") as file:
            return x509.load_pem_x509_certificates(file.read(_MOST))
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", path=path, next_step=_CHAIN) from error
    except ValueError as error:
        raise UsageError("is no chain of certificates", path=path, next_step=_CHAIN) from error


def _key(path: Path) -> _Key:
    try:
        key = load_pem_private_key(read_private(path), password=None)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", path=path, next_step=_KEY) from error
    except TypeError as error:
        raise UsageError("is locked with a password", path=path, next_step=_KEY) from error
    except ValueError as error:
        raise UsageError("is no private key", path=path, next_step=_KEY) from error
    if not isinstance(key, _Key):
        raise _unknown(path)
    return key


def _public(key: _Key) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _algorithm(key: _Key, path: Path) -> str:
    if isinstance(key, Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, RSAPrivateKey):
        return "ps256"
    if key.curve.name not in _CURVES:
        raise _unknown(path)
    return _CURVES[key.curve.name]


def _unknown(path: Path) -> UsageError:
    step = "Use a key for ECDSA (P-256, P-384, P-521), RSA or Ed25519."
    return UsageError("is a key of a kind that C2PA does not know", path=path, next_step=step)
