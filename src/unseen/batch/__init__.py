"""Many files at once: which become which, what is done already, what went wrong."""

from unseen.batch.names import Job, plan_jobs
from unseen.batch.run import Outcome, run, unexpected, worst

__all__ = ["Job", "Outcome", "plan_jobs", "run", "unexpected", "worst"]
