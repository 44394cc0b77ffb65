"""The release record that goes with every output."""

from unseen.record.agreement import require_agreement
from unseen.record.canonical import as_written
from unseen.record.chain import Sealing
from unseen.record.history import History, read_history
from unseen.record.keys import PublicKey, SigningKey, key_file, own_key, read_public
from unseen.record.record import (
    SCHEMA,
    SUFFIX,
    Output,
    ReleaseRecord,
    make_record,
    read_record,
)
from unseen.record.signature import Signature, signer
from unseen.record.standing import CheckOutcome, Reason, Standing, Why, compute_standing

__all__ = [
    "SCHEMA",
    "SUFFIX",
    "CheckOutcome",
    "History",
    "Output",
    "PublicKey",
    "Reason",
    "ReleaseRecord",
    "Sealing",
    "Signature",
    "SigningKey",
    "Standing",
    "Why",
    "as_written",
    "compute_standing",
    "key_file",
    "make_record",
    "own_key",
    "read_history",
    "read_public",
    "read_record",
    "require_agreement",
    "signer",
]
