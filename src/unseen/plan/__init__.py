"""The plan of one source: the document in the middle, which people and programs exchange."""

from unseen.plan.case import Case, Consent, Exemption, Minors, Review, Statement, Verdict
from unseen.plan.document import dumps, json_schema, loads, read_plan, tracks_digest
from unseen.plan.papers import read_consent, read_papers
from unseen.plan.plan import (
    SCHEMA,
    Action,
    BlindSpot,
    Cover,
    Decision,
    MetadataDecision,
    ModelUsed,
    Plan,
    PlannedTrack,
    RuleSetUsed,
    Source,
    StreamAction,
    StreamDecision,
    Style,
)
from unseen.plan.sample import Answer, Place, Risk, Sample, Stratum, Subject

__all__ = [
    "SCHEMA",
    "Action",
    "Answer",
    "BlindSpot",
    "Case",
    "Consent",
    "Cover",
    "Decision",
    "Exemption",
    "MetadataDecision",
    "Minors",
    "ModelUsed",
    "Place",
    "Plan",
    "PlannedTrack",
    "Review",
    "Risk",
    "RuleSetUsed",
    "Sample",
    "Source",
    "Statement",
    "Stratum",
    "StreamAction",
    "StreamDecision",
    "Style",
    "Subject",
    "Verdict",
    "dumps",
    "json_schema",
    "loads",
    "read_consent",
    "read_papers",
    "read_plan",
    "tracks_digest",
]
