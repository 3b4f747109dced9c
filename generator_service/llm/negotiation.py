"""Finds out which variant of a request the provider accepts.

A call tries other variants when the provider rejects one. A variant that was answered is kept for all calls of the
process. A rejection is not remembered, because its cause may be a single prompt.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator_service.error import ProviderBadRequest, ProviderUnavailable
from generator_service.llm.complaint import Complaint
from generator_service.llm.dialect import Dialect
from generator_service.llm.json_text import has_thoughts
from generator_service.llm.provider_error import hint_of, translate
from generator_service.llm.reply import Ending, Reply

log = logging.getLogger(__name__)

#: How many other variants one call may try.
_MAX_CHANGES = 6
#: A guess is kept when it has worked this many times; a single success may be chance.
_MIN_SUCCESSES = 2
#: If an answer exceeds its limit by this factor, the provider ignores the limit under that name. A smaller excess says
#: nothing: some providers count one token more.
_LIMIT_TOLERANCE = 1.25


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant of a call's request."""

    dialect: Dialect
    #: The output limit, if the prompt nearly fills the context.
    room_tokens: int | None = None
    #: How many variants the call has tried before.
    changes: int = 0
    #: Whether it was tried because nothing else worked, rather than because the provider said what it rejects.
    is_guess: bool = False


class Negotiator:
    """The dialect that the provider is known to accept, and the search for it."""

    def __init__(self, dialect: Dialect, *, reasoning_tokens: int, log_fields: Mapping[str, object]) -> None:
        """`dialect` is tried first. `reasoning_tokens` are added to the limit once a model turns out to reason."""
        self._dialect = dialect
        self._reasoning_tokens = reasoning_tokens
        self._log_fields = dict(log_fields)
        #: How many guesses worked after a server error.
        self._successful_guesses = 0
        #: Whether the provider has accepted a variant that was not a guess, and a stream.
        self._is_confirmed = False
        self._has_streamed = False

    def first_variant(self) -> Variant:
        """The variant with which a call starts."""
        return Variant(self._dialect)

    def next_variant(
        self, variant: Variant, complaint: Complaint, body: Mapping[str, Any], *, is_last_attempt: bool
    ) -> Variant | None:
        """The variant to try after the provider rejected this one; None if the variant was not the cause.

        `is_last_attempt`: the same request cannot be repeated any more, so guess. Some servers fail on unknown
        parameters instead of rejecting them.
        """
        if variant.changes >= _MAX_CHANGES:
            return None
        if not isinstance(translate(complaint), ProviderBadRequest | ProviderUnavailable):
            return None
        other = self._adapted(variant, complaint, body)
        if other is None and self._may_guess(complaint, body, is_last_attempt=is_last_attempt):
            other = self._guessed(variant, complaint, body)
        if other is not None:
            detail = {"status": complaint.status, "provider": complaint.text[:2000], "form": repr(other.dialect)}
            log.warning("Provider rejected the form of a request, trying another", extra=self._log_fields | detail)
        return other

    def _adapted(self, variant: Variant, complaint: Complaint, body: Mapping[str, Any]) -> Variant | None:
        """The variant without what the provider says it rejects."""
        dialect = variant.dialect.after(complaint, body)
        room = variant.dialect.room(complaint, body) if variant.room_tokens is None else None
        if dialect is None and room is None:
            return None
        return replace(variant, dialect=dialect or variant.dialect, room_tokens=room, changes=variant.changes + 1)

    def _may_guess(self, complaint: Complaint, body: Mapping[str, Any], *, is_last_attempt: bool) -> bool:
        if (self._is_confirmed and not self._may_reject_streams(body)) or hint_of(complaint) is not None:
            return False
        return is_last_attempt or self._successful_guesses > 0 or complaint.status < 500

    def _guessed(self, variant: Variant, complaint: Complaint, body: Mapping[str, Any]) -> Variant | None:
        if self._is_confirmed and self._may_reject_streams(body):
            plainest = variant.dialect.without_stream(complaint)
        else:
            plainest = variant.dialect.plainest(complaint, body)
        if plainest is None:
            return None
        return Variant(plainest, changes=variant.changes + 1, is_guess=complaint.status >= 500)

    def _may_reject_streams(self, body: Mapping[str, Any]) -> bool:
        return "stream" in body and not self._has_streamed

    def learn(self, start: Dialect, variant: Variant, reply: Reply, body: Mapping[str, Any]) -> None:
        """Keep what an answer shows: the accepted dialect, whether the model reasons, and the name of its limit.

        `start` is the dialect of the call's first variant.
        """
        self._successful_guesses += variant.is_guess
        self._is_confirmed = self._is_confirmed or not variant.is_guess
        self._has_streamed = self._has_streamed or "stream" in body
        is_chance = variant.is_guess and self._successful_guesses < _MIN_SUCCESSES
        dialect = self._with_reasoning(start if is_chance else variant.dialect, reply)
        dialect = _with_working_limit(dialect, reply, body)
        if self._dialect != start:
            # Another call has changed the dialect in the meantime.
            most = max(dialect.reasoning_tokens, self._dialect.reasoning_tokens)
            dialect = replace(self._dialect, reasoning_tokens=most)
        if dialect != self._dialect:
            log.info("Learned about the provider: %r", dialect, extra=self._log_fields)
            self._dialect = dialect

    def _with_reasoning(self, dialect: Dialect, reply: Reply) -> Dialect:
        reasons = reply.reasoning_tokens or reply.has_reasoning or has_thoughts(reply.text)
        is_silent = reply.ending is Ending.CUT_OFF and not reply.text.strip()
        if (reasons or is_silent) and not dialect.reasoning_tokens:
            return replace(dialect, reasoning_tokens=self._reasoning_tokens)
        return dialect


def _with_working_limit(dialect: Dialect, reply: Reply, body: Mapping[str, Any]) -> Dialect:
    """The dialect, with the other name for the output limit if the answer exceeded the limit."""
    limit = body.get(dialect.limit_name or "", math.inf)
    answer_tokens = reply.usage.completion_tokens - reply.reasoning_tokens
    if reply.is_stopped or answer_tokens <= limit * _LIMIT_TOLERANCE or "limit" in dialect.fixed:
        return dialect
    other = dialect.with_other_limit_name()
    return other if other.limit_name else dialect
