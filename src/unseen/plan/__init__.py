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

__all__ = [
    "SCHEMA",
    "Action",
    "BlindSpot",
    "Cover",
    "Decision",
    "MetadataDecision",
    "ModelUsed",
    "Plan",
    "PlannedTrack",
    "RuleSetUsed",
    "Source",
    "StreamAction",
    "StreamDecision",
    "Style",
    "dumps",
    "json_schema",
    "loads",
    "read_plan",
]
