"""The answer to `GET /models`: the names in it, and whether OPENAI_MODEL is one of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelList:
    names: Sequence[str]
    #: Whether a model that is not in the list does not exist.
    is_complete: bool = True

    def offers(self, model: str) -> bool:
        """Whether the list has this model.

        Ignores what providers add to names, such as Google's "models/", Ollama's ":latest" and OpenRouter's ":nitro".
        Supports LiteLLM's wildcards.
        """
        wanted = {model, model.partition(":")[0], f"{model}:latest"}
        return any(_is_named(name.removeprefix("models/"), wanted) for name in self.names)

    def closest(self, model: str, count: int) -> list[str]:
        """The names most similar to this one, the closest first."""
        return sorted(self.names, key=lambda name: -_likeness(name, model))[:count]


def read(body: bytes) -> ModelList | None:
    """The list in an answer's body; None if it is anything else."""
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    entries = given.get("data") if isinstance(given, dict) else given
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    names = [entry["id"] for entry in entries if isinstance(entry.get("id"), str)]
    if entries and not names:
        return None
    has_more = isinstance(given, dict) and bool(given.get("has_more"))
    return ModelList(names, is_complete=not has_more and not _takes_any_name(entries))


def _takes_any_name(entries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the server accepts any name, as llama.cpp does with a single model."""
    return len(entries) == 1 and entries[0].get("owned_by") == "llamacpp"


def _is_named(name: str, wanted: set[str]) -> bool:
    return name in wanted or ("*" in name and any(fnmatchcase(each, name) for each in wanted))


def _likeness(name: str, model: str) -> float:
    """The similarity of the whole name or its last part: "gpt-4o-mini" is "openai/gpt-4o-mini" elsewhere."""
    forms = (name.casefold(), name.casefold().rpartition("/")[2])
    return max(SequenceMatcher(None, form, model.casefold()).ratio() for form in forms)
