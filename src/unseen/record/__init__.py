"""The release record that goes with every output."""

from unseen.record.record import (
    SCHEMA,
    SUFFIX,
    CheckOutcome,
    Output,
    ReleaseRecord,
    Standing,
    make_record,
    read_record,
)

__all__ = [
    "SCHEMA",
    "SUFFIX",
    "CheckOutcome",
    "Output",
    "ReleaseRecord",
    "Standing",
    "make_record",
    "read_record",
]
