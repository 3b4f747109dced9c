"""Takes the parts of an answer as they come, and knows what is still missing and why."""

from collections.abc import Iterable, Mapping

from generator_service.error import InvalidOutput, LoreError, Refused
from generator_service.llm.answer import Rejected, Verdict, judge
from generator_service.llm.ask import Answer, Ask, Deliver, Part
from generator_service.llm.form import as_object
from generator_service.llm.request import Repair, repair_of


class Intake:
    """The parts of the answer to one question. Each is delivered once."""

    def __init__(self, ask: Ask, deliver: Deliver) -> None:
        self._ask = ask
        self._deliver = deliver
        self._taken: set[str] = set()
        #: The last verdict on each part that is missing.
        self._rejected: dict[str, Rejected] = {}
        self._fallbacks: dict[str, Answer] = {}

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
        return repair_of([fault for fault in self._errors() if isinstance(fault, InvalidOutput)])

    def take_early(self, values: Iterable[tuple[str, object]]) -> bool:
        """Take parts of an answer that is still being written. Return whether any part was right.

        One that is not right is judged again when the answer has ended.
        """
        parts = {part.key: part for part in self.missing}
        found = False
        for key, value in values:
            if key in parts:
                verdict = judge(parts[key], as_object(parts[key], value))
                if isinstance(verdict, Answer):
                    self._take(key, verdict)
                    found = True
        return found

    def take(self, verdicts: Mapping[str, Verdict]) -> None:
        """Take the parts of an answer that has ended. Raises `Refused`."""
        for part in self.missing:
            match verdicts.get(part.key):
                case Answer() as answer:
                    self._take(part.key, answer)
                case Rejected() as rejected:
                    self._rejected[part.key] = rejected
                    if rejected.fallback:
                        self._fallbacks[part.key] = rejected.fallback
        for error in self._errors():
            if isinstance(error, Refused):
                raise error

    def settle(self, cause: LoreError | None) -> None:
        """Take what the missing parts fall back to. Raises `cause`, or the fault of the first part without a fallback.

        `cause` is why the last question was not answered.
        """
        for part in self.missing:
            if part.key in self._fallbacks:
                self._take(part.key, self._fallbacks[part.key])
        if errors := self._errors():
            raise cause or errors[0]

    def _errors(self) -> list[LoreError]:
        return [self._rejected[part.key].error for part in self.missing if part.key in self._rejected]

    def _take(self, key: str, answer: Answer) -> None:
        self._taken.add(key)
        self._deliver(key, answer)
