"""Certificates and keys made on the spot, as somebody who signs C2PA manifests has them."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

SIGNER = "Signer of Tests"
DAY = datetime.timedelta(days=1)
USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
MORE_USES = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")


@dataclass(frozen=True)
class Papers:
    """The files of a chain and of its first certificate's key."""

    chain: Path
    key: Path

    @property
    def options(self) -> list[str]:
        return ["--c2pa-cert", str(self.chain), "--c2pa-key", str(self.key)]


def new_key(kind: str = "p256") -> Any:
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key({"p256": ec.SECP256R1, "p384": ec.SECP384R1, "k256": ec.SECP256K1}[kind]())


def write_papers(
    folder: Path,
    kind: str = "p256",
    *,
    use: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION,
    lasts: datetime.timedelta = DAY,
    asks: str | None = None,
) -> Papers:
    """A chain of a signer and of who vouches for it, and the signer's key.

    `lasts`: from now on; `asks`: where to ask whether the certificate is revoked.
    """
    root, key = new_key(), new_key(kind)
    vouching = _certificate("Root of Tests", root, "Root of Tests", root, DAY)
    vouching = vouching.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    vouching = vouching.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    signing = _certificate(SIGNER, key, "Root of Tests", root, lasts)
    signing = signing.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    signing = signing.add_extension(_usage("digital_signature"), critical=True)
    signing = signing.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    if asks is not None:
        where = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(asks))
        signing = signing.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
    papers = Papers(folder / "chain.pem", folder / "key.pem")
    chain = (made.sign(root, hashes.SHA256()).public_bytes(Encoding.PEM) for made in (signing, vouching))
    papers.chain.write_bytes(b"".join(chain))
    write_key(papers.key, key)
    return papers


def write_key(path: Path, key: Any) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _usage(*wanted: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in wanted for use in (*USES, *MORE_USES)})


def _certificate(who: str, key: Any, by: str, with_key: Any, lasts: datetime.timedelta) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(with_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_name(who))
        .issuer_name(_name(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + lasts)
        .add_extension(identifier, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(who: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, "Tests"), (NameOID.COMMON_NAME, who))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])
