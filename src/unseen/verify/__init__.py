"""The audit: it opens the finished bytes again, with eyes of its own, and says check by check what it saw."""

from unseen.verify.apart import audit_apart, warm
from unseen.verify.audit import TITLES, audit
from unseen.verify.glances import INTERVAL
from unseen.verify.report import SECOND_LOOK, AuditReport, CheckResult, Status

__all__ = ["INTERVAL", "SECOND_LOOK", "TITLES", "AuditReport", "CheckResult", "Status", "audit", "audit_apart", "warm"]
