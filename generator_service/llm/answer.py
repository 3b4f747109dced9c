"""Reads the parts of an answer in the form that was asked for, or says why one is unusable."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ValidationError

from foundation.validation import faults_of
from generator_service.error import AnswerError, InvalidOutput, Refused, Truncated
from generator_service.llm.ask import Answer, Part
from generator_service.llm.early import closed_parts
from generator_service.llm.fitting import clamp, fields_in, fit, is_schema
from generator_service.llm.form import as_object, form_of
from generator_service.llm.json_text import Found, find_json, without_tags, without_thoughts
from generator_service.llm.reply import Ending, Reply
from generator_service.llm.salvage import salvaged
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


@dataclass(frozen=True, slots=True)
class Rejected:
    """A part of an answer that cannot be used as it is."""

    #: `InvalidOutput` and `Truncated` say what to tell the model. `Refused` is final.
    error: AnswerError
    #: What to take if no better part comes: with numbers set to the nearest bound, long texts cut, and an unfinished
    #: end left out.
    fallback: Answer | None = None


Verdict = Answer | Rejected


def judge(part: Part, value: object, content: str = "") -> Verdict:
    """Whether the value of a part is in the form that was asked for. `content` is quoted to the model if it is not."""
    schema = full_schema(part.schema)
    try:
        fitted = fit(value, schema)
        output = part.schema.model_validate(fitted)
    except RecursionError:
        return Rejected(InvalidOutput(_NO_JSON, content))
    except ValidationError as fault:
        sentences = " ".join(f"{line}." for line in faults_of(fault, "answer")[:_MOST_FAULTS])
        return Rejected(InvalidOutput(sentences, content), _adjusted(part, fitted, fault))
    if any(_REFUSAL.match(_with_straight_apostrophes(text)) for text in _short_texts(output)):
        return Rejected(Refused())
    return Answer(output)


def read_parts(reply: Reply, parts: Sequence[Part], missing: Sequence[Part]) -> dict[str, Verdict]:
    """The verdict on each part that is missing. `parts` are all that were asked for.

    Raises `Refused` if the model or a content filter refused to answer.
    """
    if reply.ending is Ending.REFUSED:
        raise Refused
    is_whole = reply.ending is Ending.WHOLE
    text = without_thoughts(reply.text)
    found = find_json(text, is_whole=is_whole)
    if not found.values and not found.is_cut_off and not text and is_whole:
        found = _in_thoughts(reply)
    saved = salvaged(text, parts) if found.is_cut_off else {}
    values = [value for value in found.values if not is_schema(value)]
    if len(parts) == 1:
        (part,) = parts
        verdicts = [] if found.is_cut_off else [judge(part, value, reply.text) for value in values]
        return {part.key: _decided(verdicts, reply) or _unusable(part, reply, found, saved)}
    if found.is_cut_off:
        answers = [closed_parts(text, [part.key for part in parts])]
    else:
        answers = [fields_in(value, full_schema(form_of(parts))) for value in values]
    return {
        part.key: _decided(_verdicts(part, answers), reply) or _absent(part, answers, reply, found, saved)
        for part in missing
    }


def _verdicts(part: Part, answers: Sequence[Mapping[str, object]]) -> list[Verdict]:
    given = [answer[part.key] for answer in answers if part.key in answer]
    return [judge(part, as_object(part, value), _quoted(part, value)) for value in given]


def _quoted(part: Part, value: object) -> str:
    text = json.dumps({part.key: value}, ensure_ascii=False, default=str)
    return text.encode(errors="replace").decode()  # JSON can contain unpaired surrogates


def _decided(verdicts: Sequence[Verdict], reply: Reply) -> Verdict | None:
    """The verdict on a part that was written once or several times. None if it was never written."""
    accepted = _distinct(verdict for verdict in verdicts if isinstance(verdict, Answer))
    rejected = [verdict for verdict in verdicts if isinstance(verdict, Rejected)]
    if len(accepted) == 1:
        return accepted[0]
    if not rejected and not accepted:
        return None
    if accepted:
        return Rejected(InvalidOutput(_AMBIGUOUS, reply.text))
    fallbacks = _distinct(verdict.fallback for verdict in rejected if verdict.fallback)
    return Rejected(rejected[-1].error, fallbacks[0] if len(fallbacks) == 1 else None)


def _distinct(answers: Iterable[Answer]) -> list[Answer]:
    found: list[Answer] = []
    for answer in answers:
        if answer not in found:
            found.append(answer)
    return found


def _absent(
    part: Part, answers: Sequence[Mapping[str, object]], reply: Reply, found: Found, saved: Mapping[str, object]
) -> Rejected:
    if any(answers) and not found.is_cut_off:
        return Rejected(InvalidOutput(f"{part.key}: is required."))
    return _unusable(part, reply, found, saved)


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


def _adjusted(part: Part, fitted: object, fault: ValidationError) -> Answer | None:
    """The part with numbers set to the nearest bound, and long texts and lists cut, if nothing else is wrong."""
    if any(each["type"] not in _OUT_OF_BOUNDS for each in fault.errors(include_url=False)):
        return None
    clamped, changed = clamp(fitted, full_schema(part.schema))
    try:
        return Answer(part.schema.model_validate(clamped), tuple(changed))
    except ValidationError:
        return None


def _without_end(part: Part, value: object) -> Answer | None:
    """The part that was cut off, if what is left of it has the right form."""
    match judge(part, as_object(part, value)):
        case (Answer() as answer) | Rejected(fallback=Answer() as answer):
            return replace(answer, adjusted=(*answer.adjusted, f"{part.key} was cut off before its end."))
    return None


def _unusable(part: Part, reply: Reply, found: Found, saved: Mapping[str, object]) -> Rejected:
    """Why there is no whole part. `saved`: what can be used of the part at which the answer was cut off, by its key."""
    text = reply.text
    if reply.ending is Ending.CUT_OFF or found.is_cut_off:
        return Rejected(Truncated(_CUT_OFF, text), _without_end(part, saved[part.key]) if part.key in saved else None)
    words = without_thoughts(text)
    if not words:
        return Rejected(InvalidOutput(_EMPTY))
    if len(words) <= _MAX_REFUSAL_CHARACTERS and _REFUSAL.match(_with_straight_apostrophes(words)):
        return Rejected(Refused())
    return Rejected(InvalidOutput(_NO_JSON, text))
