"""The release record that goes with every output."""

from unseen.record.agreement import require_agreement
from unseen.record.record import (
    SCHEMA,
    SUFFIX,
    Output,
    ReleaseRecord,
    make_record,
    read_record,
)
from unseen.record.standing import CheckOutcome, Reason, Standing, Why, compute_standing

__all__ = [
    "SCHEMA",
    "SUFFIX",
    "CheckOutcome",
    "Output",
    "Reason",
    "ReleaseRecord",
    "Standing",
    "Why",
    "compute_standing",
    "make_record",
    "read_record",
    "require_agreement",
]
