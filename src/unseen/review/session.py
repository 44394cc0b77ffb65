"""One plan under review: what it says now, and every step that led there."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from unseen.media.documents import load_plan
from unseen.plan import Plan, decisions_digest, dumps
from unseen.review.clock import Clock, clock_of
from unseen.review.document import Summary, summary_of
from unseen.review.doubts import doubts, file_risk


class Session:
    """The plan of one file, as it is on the disk."""

    def __init__(self, source: Path, path: Path) -> None:
        self._source, self._path = source, path
        self._lock = threading.RLock()
        self.plan = load_plan(path)

    @property
    def revision(self) -> str:
        """A name for what the plan says now."""
        return hashlib.sha256(dumps(self.plan)).hexdigest()[:16]

    @property
    def clock(self) -> Clock | None:
        """When each picture is shown; None where there is none."""
        times = self.plan.source.media.frame_times
        return None if times is None else clock_of(times)

    @staticmethod
    def summarised(plan: Plan) -> Summary:
        """What the list of files says about a plan."""
        found = doubts(plan)
        return summary_of(plan, file_risk(found), len(found))

    @staticmethod
    def state_of(plan: Plan) -> str:
        """Whether somebody has signed for it."""
        signed = plan.review is not None and plan.review.decisions_sha256 == decisions_digest(plan)
        return "signed" if signed else "open"
