"""The plan of one source: the document in the middle, which people and programs exchange."""

from unseen.plan.document import dumps, json_schema, loads, read_plan
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
    "Cover",
    "Decision",
    "MetadataDecision",
    "ModelUsed",
    "Place",
    "Plan",
    "PlannedTrack",
    "Risk",
    "RuleSetUsed",
    "Sample",
    "Source",
    "Stratum",
    "StreamAction",
    "StreamDecision",
    "Style",
    "Subject",
    "dumps",
    "json_schema",
    "loads",
    "read_plan",
]
