"""Reads the LLM's answer in the form that was asked for, or reports why it is unusable."""

import re
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ValidationError

from foundation.validation import faults_of
from generator_service.error import InvalidOutput, Refused, Truncated
from generator_service.llm.ask import Answer, M
from generator_service.llm.fitting import clamp, fit, is_schema
from generator_service.llm.json_text import Found, find_json, without_tags, without_thoughts
from generator_service.llm.reply import Ending, Reply
from generator_service.llm.schema import full_schema

_EMPTY = "It was empty."
_NO_JSON = "It contained no JSON object."
_CUT_OFF = "It was cut off before its end. Write less."
_AMBIGUOUS = "It contained several different answers. Give one."

#: How models begin a refusal in plain words.
_REFUSAL = re.compile(
    r"\A\W*(as an ai[^,]{0,40},)?\s*(i'?m|i am|i|we'?re|we are|we)?\s*(very |really )?(sorry|apologi[sz]e)?\W*(but )?"
    r"(i|we) ?((can'?t|cannot|can not|won'?t|will not|('m|am) (unable|not able) to) (\w+ ){0,2}"
    r"(help|assist|comply|write|create|generate|provide|produce|fulfil\w*|do (that|so|this)|continue with|engage)"
    r"|must decline)\b",
    re.IGNORECASE,
)
#: A longer text is not a refusal but an answer in the wrong form.
_MAX_REFUSAL_CHARACTERS = 600

_OUT_OF_BOUNDS = frozenset({"greater_than_equal", "less_than_equal", "too_long", "string_too_long"})
#: How many faults the model is told.
_MOST_FAULTS = 10


def read_answer(reply: Reply, schema: type[M], *, may_adjust: bool = False) -> Answer[M]:
    """The answer in the form that was asked for.

    `may_adjust`: set out-of-range numbers to the nearest bound, and cut texts and lists that are too long.

    Raises `Refused` (the model's refusal or a content filter), `Truncated`, and `InvalidOutput` (empty, no JSON, not
    the schema, or several different answers).
    """
    if reply.ending is Ending.REFUSED:
        raise Refused
    is_whole = reply.ending is Ending.WHOLE
    text = without_thoughts(reply.text)
    found = find_json(text, is_whole=is_whole)
    if not found.values and not found.is_cut_off and not text and is_whole:
        found = _in_thoughts(reply)
    fitting, fault = _fitting(found.values, schema, may_adjust=may_adjust)
    if len(fitting) > 1:
        raise InvalidOutput(_AMBIGUOUS, reply.text)
    if not fitting or found.is_cut_off:
        raise _unusable(reply, found, fault)
    if any(_REFUSAL.match(_with_straight_apostrophes(text)) for text in _short_texts(fitting[0].output)):
        raise Refused
    return fitting[0]


def _in_thoughts(reply: Reply) -> Found:
    """The value at the very end of the thinking, or of another field in which some servers put the answer.

    Earlier values are drafts.
    """
    for text in (reply.text, *reply.elsewhere):
        found = find_json(without_tags(text), is_whole=True)
        if found.values and found.ends_text:
            return Found(found.values[-1:])
    return Found([])


def _short_texts(output: BaseModel) -> Iterator[str]:
    return (
        value
        for value in output.model_dump().values()
        if isinstance(value, str) and len(value) <= _MAX_REFUSAL_CHARACTERS
    )


def _with_straight_apostrophes(text: str) -> str:
    return text.replace("\u2019", "'")


def _fitting(
    values: Sequence[object], schema: type[M], *, may_adjust: bool
) -> tuple[list[Answer[M]], ValidationError | None]:
    """The distinct answers among the values, and the fault of the last value that is not an answer."""
    answers: list[Answer[M]] = []
    fault: ValidationError | None = None
    for value in values:
        if is_schema(value):
            continue
        try:
            answer = _checked(value, schema, may_adjust=may_adjust)
        except ValidationError as error:
            fault = error
        except RecursionError:
            continue
        else:
            if answer not in answers:
                answers.append(answer)
    return answers, fault


def _checked(value: object, schema: type[M], *, may_adjust: bool) -> Answer[M]:
    fitted = fit(value, full_schema(schema))
    try:
        return Answer(schema.model_validate(fitted))
    except ValidationError as error:
        if not may_adjust or any(fault["type"] not in _OUT_OF_BOUNDS for fault in error.errors(include_url=False)):
            raise
    clamped, changed = clamp(fitted, full_schema(schema))
    return Answer(schema.model_validate(clamped), tuple(changed))


def _unusable(reply: Reply, found: Found, fault: ValidationError | None) -> InvalidOutput | Refused:
    text = reply.text
    if fault is not None and not found.is_cut_off:
        return InvalidOutput(" ".join(f"{line}." for line in faults_of(fault, "answer")[:_MOST_FAULTS]), text)
    if reply.ending is Ending.CUT_OFF or found.is_cut_off:
        return Truncated(_CUT_OFF, text)
    words = without_thoughts(text)
    if not words:
        return InvalidOutput(_EMPTY)
    if len(words) <= _MAX_REFUSAL_CHARACTERS and _REFUSAL.match(_with_straight_apostrophes(words)):
        return Refused()
    return InvalidOutput(_NO_JSON, text)
