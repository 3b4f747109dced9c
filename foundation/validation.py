"""What pydantic found wrong with a value, in words for its sender. Pydantic's own messages are about Python."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

#: Pydantic's error type → what is wrong.
_SENTENCES = {
    "extra_forbidden": "is not a field of {whole}; remove it",
    "missing": "is required",
    "json_invalid": "must be JSON: {error}",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have at most {max_length} entries",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "greater_than": "must be greater than {gt:.15g}",
    "greater_than_equal": "must be greater than or equal to {ge:.15g}",
    "less_than": "must be less than {lt:.15g}",
    "less_than_equal": "must be less than or equal to {le:.15g}",
    "literal_error": "must be {expected}",
    "value_error": "{error}",
}


def sentence_of(problem: Any, whole: str, otherwise: str = "is not valid") -> str:
    """What is wrong with a value, without quoting it. `problem` is one of pydantic's `ValidationError.errors()`.

    `whole` is what the value belongs to, such as "the plan". `otherwise` is the sentence for any other error type.
    """
    context = problem.get("ctx", {})
    # Pydantic counts the entries of a text that a validator has changed.
    prefix = "string_" if context.get("field_type") == "Value" else ""
    return _SENTENCES.get(prefix + problem["type"], otherwise).format_map({**context, "whole": whole})


def path_of(steps: Iterable[str | int]) -> str:
    """The path of a field, such as "payload.canon[0]"; "" for the whole."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def faults_of(error: ValidationError, whole: str) -> list[str]:
    """Every fault as "place: what is wrong". `whole` names the place if the value as a whole is wrong.

    The faults do not quote the value.
    """
    problems = error.errors(include_url=False, include_input=False)
    return [f"{path_of(problem['loc']) or whole}: {sentence_of(problem, f'the {whole}')}" for problem in problems]
