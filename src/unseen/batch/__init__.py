"""Many files at once: which become which, what is done already, what went wrong, which originals have to go."""

from unseen.batch.names import Job, plan_jobs
from unseen.batch.purge import Removed, purge
from unseen.batch.retention import Fate, Held, Survey, survey
from unseen.batch.run import Outcome, run, unexpected, worst

__all__ = [
    "Fate",
    "Held",
    "Job",
    "Outcome",
    "Removed",
    "Survey",
    "plan_jobs",
    "purge",
    "run",
    "survey",
    "unexpected",
    "worst",
]
