"""The audit: it opens the finished bytes again, with eyes of its own, and says check by check what it saw."""

from unseen.verify.apart import audit_apart, warm
from unseen.verify.audit import TITLES, audit
from unseen.verify.glances import INTERVAL
from unseen.verify.report import SECOND_LOOK, AuditReport, CheckResult, Status, Trouble

__all__ = [
    "INTERVAL",
    "SECOND_LOOK",
    "TITLES",
    "AuditReport",
    "CheckResult",
    "Status",
    "Trouble",
    "audit",
    "audit_apart",
    "warm",
]
