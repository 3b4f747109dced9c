"""Reads the LLM's answer, and tells apart the ways in which it can be unusable."""

import re

from openai.types.chat import ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from pydantic import ValidationError

from generator_service.error import InvalidOutput, ProviderUnavailable, Refused, Truncated
from generator_service.llm.ask import M
from generator_service.llm.usage import Usage

#: Servers that do not enforce the schema like to wrap JSON in a Markdown fence.
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)

_EMPTY = "It was empty."
_CUT_OFF = "It was cut off before its end. Write less."


def choice_of(completion: object) -> Choice:
    """The one answer in a completion. Raises `ProviderUnavailable` where there is none.

    The SDK builds its models without checking them: a gateway's error page arrives here as text or as a hollow model.
    """
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, Choice) or not isinstance(choice.message, ChatCompletionMessage):
        raise ProviderUnavailable
    if not isinstance(choice.message.content, str | None):
        raise ProviderUnavailable
    return choice


def read_answer(choice: Choice, schema: type[M]) -> M:
    """The answer as the model that was asked for.

    Raises `Refused` (the model's refusal or a content filter), `Truncated`, and `InvalidOutput` (empty, not JSON, or
    not the schema).
    """
    content = (choice.message.content or "").encode(errors="replace").decode()  # JSON can smuggle in half a character
    if getattr(choice.message, "refusal", None) or choice.finish_reason == "content_filter":
        raise Refused
    if choice.finish_reason == "length":
        raise Truncated(_CUT_OFF, content)
    if not content.strip():
        raise InvalidOutput(_EMPTY)
    try:
        return schema.model_validate_json(_FENCED.sub(r"\1", content))
    except ValidationError as error:
        raise InvalidOutput(_faults(error), content) from error


def usage_of(completion: object) -> Usage:
    """What the provider says the call cost. Servers that say nothing, or nonsense, count as 0 tokens."""
    usage = getattr(completion, "usage", None)
    prompt, written = (getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens"))
    return Usage(1, _count(prompt), _count(written))


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _faults(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return " ".join(_fault(fault["type"], fault["loc"], fault["msg"]) for fault in faults[:10])


def _fault(kind: str, place: tuple[int | str, ...], words: str) -> str:
    """Names of the schema alone: those that the model has made up are its words, and no part of the task."""
    if kind == "extra_forbidden":
        place, words = place[:-1], "It has fields that the schema does not have"
    return f"{'.'.join(map(str, place)) or 'answer'}: {words}."
