"""A release record as a report for people: one page in HTML or PDF, with no picture out of the footage.

What lays it out is imported when a report is made: no other command should wait for it.
"""

from __future__ import annotations

from unseen.record.report.contents import report
from unseen.record.report.disclosures import SUFFIX, Disclosed, DisclosureLog, read_log
from unseen.record.report.paper import Paper

__all__ = ["FORMATS", "SUFFIX", "Disclosed", "DisclosureLog", "Paper", "read_log", "report", "write"]

FORMATS = (".html", ".pdf")


def write(paper: Paper, suffix: str) -> bytes:
    """The bytes of a report in one of FORMATS; the same paper always gives the same bytes."""
    if suffix == ".pdf":
        from unseen.record.report.pdf import to_pdf

        return to_pdf(paper)
    from unseen.record.report.page import to_html

    return to_html(paper)
