"""Takes the parts of an answer as they arrive, and keeps track of what is missing and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from pydantic import BaseModel

from generator_service.error import AnswerError, BelowStandard, FaultyAnswer, LoreError, Refused
from generator_service.judging.weakness import Weakness
from generator_service.llm.answer import Rejected, Verdict, judge
from generator_service.llm.ask import Answer, Ask, Deliver, Part
from generator_service.llm.form import as_object, as_value
from generator_service.llm.request import Repair, repair_of


class Intake:
    """The parts of the answer to one question. Each is delivered once.

    A weak text is held back: it is delivered only if no better version comes.
    """

    def __init__(self, ask: Ask, deliver: Deliver) -> None:
        self._ask = ask
        self._deliver = deliver
        self._taken: dict[str, Answer] = {}
        #: What was wrong with each missing part in the last answer.
        self._errors: dict[str, AnswerError] = {}
        #: The best version so far of each part that has no good one.
        self._held: dict[str, Answer] = {}

    @property
    def missing(self) -> list[Part]:
        return [part for part in self._ask.parts if part.key not in self._taken]

    @property
    def ask(self) -> Ask:
        """The question for the missing parts."""
        return self._ask.rest(self._taken) if self._ask.rest and self._taken else self._ask

    @property
    def repair(self) -> Repair:
        """What to tell the model about the missing parts."""
        return repair_of([error for error in self._missing_errors if isinstance(error, FaultyAnswer)])

    @property
    def weak(self) -> list[BelowStandard]:
        """What is wrong with the texts that were held back last."""
        return [error for error in self._missing_errors if isinstance(error, BelowStandard)]

    def take_early(self, values: Sequence[tuple[str, object]]) -> bool:
        """Take parts of an answer that is still being written. Return whether any part had the right form.

        A part that is not taken is judged again when the answer has ended.
        """
        found = False
        parts = {part.key: part for part in self.missing} if values else {}
        for key, value in values:
            if key in parts:
                verdict = judge(parts[key], as_object(parts[key], value))
                if isinstance(verdict, Answer):
                    self._consider(parts[key], verdict)
                    found = True
        return found

    def take(self, verdicts: Mapping[str, Verdict]) -> None:
        """Take the parts of an answer that has ended. Raises `Refused`."""
        for part in self.missing:
            self._errors.pop(part.key, None)
            match verdicts.get(part.key):
                case Answer() as answer:
                    if weak := self._consider(part, answer):
                        self._errors[part.key] = weak
                case Rejected(error, fallback):
                    self._errors[part.key] = error
                    if fallback:
                        self._hold(part, _reviewed(part, fallback, self._others(part))[0])
        for error in self._missing_errors:
            if isinstance(error, Refused):
                raise error

    def settle(self, cause: LoreError | None) -> None:
        """Deliver the held versions. Raises `cause`, or the fault of the first part that has none.

        `cause`: why a question was not answered.
        """
        for part in self.missing:
            if part.key in self._held:
                self._taken[part.key] = self._held[part.key]
                self._deliver(part.key, self._held[part.key])
        if self.missing:
            raise cause or self._missing_errors[0]

    @property
    def _missing_errors(self) -> list[AnswerError]:
        return [self._errors[part.key] for part in self.missing if part.key in self._errors]

    def _consider(self, part: Part, answer: Answer) -> BelowStandard | None:
        """Take a good answer, and hold a weak one."""
        reviewed, to_fix = _reviewed(part, answer, self._others(part))
        if not to_fix:
            self._taken[part.key] = reviewed
            self._deliver(part.key, reviewed)
            return None
        self._hold(part, reviewed)
        return BelowStandard(" ".join(weakness.for_model for weakness in to_fix), _quoted(self._ask, part, answer))

    def _hold(self, part: Part, answer: Answer) -> None:
        """Keep the better version. Of two equally good ones, keep the newer: the model was told what to fix."""
        held = self._held.get(part.key, answer)
        if answer.fault_count <= held.fault_count and not (part.is_strict and answer.weaknesses):
            self._held[part.key] = answer

    def _others(self, part: Part) -> dict[str, BaseModel]:
        """What a text is judged beside: the parts that are taken, and the held ones that come before it."""
        before = takewhile(lambda other: other.key != part.key, self._ask.parts)
        held = {other.key: self._held[other.key] for other in before if other.key in self._held}
        return {key: answer.output for key, answer in (held | self._taken).items()}


def _reviewed(part: Part, answer: Answer, others: Mapping[str, BaseModel]) -> tuple[Answer, Sequence[Weakness]]:
    """The answer with its weaknesses, and those that the model should fix."""
    review = part.review(answer.output, others)
    return replace(answer, weaknesses=(*review.to_fix, *review.to_accept)), review.to_fix


def _quoted(ask: Ask, part: Part, answer: Answer) -> str:
    """A part in the form that was asked for."""
    fields = answer.output.model_dump(mode="json")
    return json.dumps(fields if len(ask.parts) == 1 else {part.key: as_value(part, fields)}, ensure_ascii=False)
