"""Unseen removes who people are from photos, video and audio, for good, and proves it.

The same verbs as on the command line, with the same options:

    from pathlib import Path
    import unseen

    options = unseen.RedactOptions(style=unseen.Style.SOLID)
    released = unseen.redact(Path("clip.mp4"), Path("clip-redacted.mp4"), options)
    print(released.record.standing)
"""

from __future__ import annotations

__version__ = "0.1.0"

from unseen.errors import UnseenError
from unseen.find import FacesAs
from unseen.options import ApplyOptions, Audio, FindOptions, RedactOptions, SampleOptions
from unseen.pipeline import Inspection, Released, apply, find, inspect, redact, sample, verify
from unseen.plan import Plan, Style, read_plan
from unseen.record import ReleaseRecord, read_record

__all__ = [
    "ApplyOptions",
    "Audio",
    "FacesAs",
    "FindOptions",
    "Inspection",
    "Plan",
    "RedactOptions",
    "ReleaseRecord",
    "Released",
    "SampleOptions",
    "Style",
    "UnseenError",
    "__version__",
    "apply",
    "find",
    "inspect",
    "read_plan",
    "read_record",
    "redact",
    "sample",
    "verify",
]
