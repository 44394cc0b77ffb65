"""The audit: it opens the finished bytes again, with eyes of its own, and says check by check what it saw."""

from unseen.verify.audit import TITLES, audit
from unseen.verify.report import AuditReport, CheckResult, Status

__all__ = ["TITLES", "AuditReport", "CheckResult", "Status", "audit"]
