"""How many tokens an answer may have: enough for the longest answer that its schema accepts.

This limits the cost of a model that never stops.
"""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from generator_service.llm.schema import Schema, full_schema

#: Tokens per character. English needs 0.25; many other scripts need up to 1 with today's tokenizers.
_TOKENS_PER_CHARACTER = 1
#: Tokens per word that the prompt asks for. English needs 1.4; the rest is for answers that are longer than requested.
_TOKENS_PER_WORD = 6
#: Quotes, colon, comma, line break and indentation around a field, besides its name.
_TOKENS_PER_FIELD = 12
#: A fence or a sentence around the JSON.
_TOKENS_AROUND = 64
#: For texts and lists that neither the schema nor the prompt limits.
_UNBOUNDED_CHARACTERS = 2000
_UNBOUNDED_ENTRIES = 10


@lru_cache(maxsize=512)
def output_limit(model: type[BaseModel], max_words: int | None = None) -> int:
    """The most tokens that an answer in the form of `model` may have.

    `max_words`: how long a single text may be, in English words, if the prompt says so.
    """
    schema = full_schema(model)
    return _TOKENS_AROUND + _tokens(schema, schema.get("$defs", {}), max_words)


def _tokens(node: Schema, definitions: Schema, max_words: int | None) -> int:
    if "$ref" in node:
        return _tokens(definitions[node["$ref"].rpartition("/")[2]], definitions, max_words)
    match node.get("type"):
        case "object":
            fields: dict[str, Any] = node.get("properties", {})
            return sum(
                _TOKENS_PER_FIELD + len(name) // 3 + _tokens(field, definitions, max_words)
                for name, field in fields.items()
            )
        case "array":
            entry = _TOKENS_PER_FIELD + _tokens(node.get("items", {}), definitions, max_words)
            return entry * int(node.get("maxItems", _UNBOUNDED_ENTRIES))
        case "string":
            characters = int(node.get("maxLength", _UNBOUNDED_CHARACTERS)) * _TOKENS_PER_CHARACTER
            return characters if max_words is None else min(characters, max_words * _TOKENS_PER_WORD)
    return _TOKENS_PER_FIELD
