"""A job type that this client has never heard of."""

from typing import Any

from loresmith.model import JobType

_PIECE: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "details": {"type": "object"}},
}
_SCHEMA: dict[str, Any] = {
    "$defs": {"Piece": _PIECE},
    "properties": {
        "theme": {"type": "string", "maxLength": 1000, "default": "fantasy"},
        "count": {"type": "integer", "minimum": 1, "maximum": 10},
        "difficulty": {"enum": ["easy", "hard"], "type": "string"},
        "is_secret": {"type": "boolean"},
        "weight": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "avoid": {"type": "array", "items": {"type": "string"}, "maxItems": 100},
        "selectedSetting": {"anyOf": [{"$ref": "#/$defs/Piece"}, {"type": "null"}]},
        "selectedLore": {"type": "object", "properties": {"relic": {"$ref": "#/$defs/Piece"}}},
    },
    "required": ["difficulty"],
}


def quests() -> JobType:
    return JobType(
        type="generate_quests",
        label="Generate quests",
        description="Quests with an objective.",
        kind="quest",
        singular="quest",
        plural="quests",
        question="What must be done?",
        delivers="pieces",
        fields=[],
        context=[],
        payload_schema=_SCHEMA,
        example={},
    )
