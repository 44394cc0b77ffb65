"""The audit of a finished file: ten numbered checks, read from top to bottom."""

from __future__ import annotations

from pathlib import Path

from unseen.media import Limits, SourceFile
from unseen.models import ModelStore
from unseen.plan import Plan
from unseen.verify.belonging import original_untouched, plan_belongs
from unseen.verify.outcome import Outcome, unless
from unseen.verify.report import AuditReport, CheckResult
from unseen.verify.sound import listen, planned_silence, sound_timing
from unseen.verify.streams import only_planned
from unseen.verify.structure import Structure, inspect_structure
from unseen.verify.traces import SourceTraces
from unseen.verify.watch import OnFrame, watch

TITLES = {
    1: "decodes to the last frame, with the source's frame times",
    2: "only the planned streams",
    3: "every planned region is its fill in every frame and plane",
    4: "nothing of the original's pixels correlates inside a cover",
    5: "metadata is inside the allow-list",
    6: "no thumbnail, attachment, trailing byte or hidden frame",
    7: "planned silence is silent in every channel",
    8: "a different detector finds nothing that was not deliberately kept",
    9: "the plan belongs to this source",
    10: "the original still has its digest",
}
"""The numbered list of DESIGN.md."""


def audit(
    output: Path,
    plan: Plan,
    *,
    source: Path | SourceFile | None,
    models: ModelStore | None = None,
    on_frame: OnFrame | None = None,
    limits: Limits | None = None,
) -> AuditReport:
    """Open the finished bytes again and hold them against the plan.

    `source` allows checks 4, 9 and 10, and is opened within `limits`; `models` holds the second detector, by default
    the one built in; `on_frame` is called after each picture looked at. Whatever the bytes of `output` are, the result
    is a report: a check that cannot be carried out on them has failed. Raises OSError where a file cannot be read at
    all.
    """
    structure = inspect_structure(output)
    belongs = plan_belongs(source, plan)
    watched = watch(output, plan, SourceTraces(plan, source, limits), models, on_frame)
    heard = listen(output, plan, watched.shift)
    sound = plan.source.media.sound
    outcomes = {
        1: sound_timing(heard, sound) if sound is not None else watched.timing,
        2: only_planned(output, plan, structure),
        3: watched.covers,
        4: watched.traces,
        5: unless(structure.metadata, f"nothing but what showing the {structure.container} file needs"),
        6: _nothing_hidden(structure, watched.pictures),
        7: planned_silence(heard, plan),
        8: watched.second_look,
        9: belongs,
        10: original_untouched(source, plan),
    }
    results = tuple(CheckResult(n, TITLES[n], o.status, o.detail, o.trouble) for n, o in sorted(outcomes.items()))
    return AuditReport(results, watched.findings)


def _nothing_hidden(structure: Structure, shown: int) -> Outcome:
    """Check 6, and that every coded picture is one that a player shows."""
    stored = structure.pictures
    unshown = [] if stored in (None, shown) else [f"{stored} pictures are stored and {shown} are shown"]
    return unless(unshown + structure.hidden, "every byte belongs to a picture, a sound or a known field")
