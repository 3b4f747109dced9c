"""One call for three stages of a character: its question, its answer, and what happens during it."""

import json
from collections.abc import Collection
from typing import Any

import pytest

from generator_service.error import LoreError
from generator_service.llm.ask import Answer, Ask, Part, Patience
from generator_service.llm.usage import Usage
from generator_service.registry import load_kinds
from tests.unit.generator.scripted_provider import QUESTION, Provider

CHARACTER = load_kinds()["character"]
TRAITS = {"traits": ["loud", "kind", "late"], "flaw": {"name": "Pride", "description": "Never asks."}}
SKILLS = ["rope", "lies", "bread"]
STATS = dict.fromkeys(CHARACTER.stage["stats"].output.model_fields, 10) | {"health": 90, "stress": 5}
WHOLE = {"traits": TRAITS, "skills": SKILLS, "stats": STATS}
J = json.dumps(WHOLE)
#: The answer up to the middle of the skills, and of the stats.
TO_SKILLS, TO_STATS = J[: J.index("lies")], J[: J.index("stress")]


def question(*keys: str) -> Ask:
    stages = [CHARACTER.stage[key] for key in keys]
    parts = tuple(Part(stage.key, stage.output, stage.max_words) for stage in stages)

    def rest(delivered: Collection[str]) -> Ask:
        return question(*(key for key in keys if key not in delivered))

    return Ask(f"character_{'_'.join(keys)}", parts, QUESTION, rest if len(keys) > 1 else None)


class Call:
    """Asks for traits, skills and stats, and keeps what is delivered and what is spent, in order."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.llm = provider.llm()
        self.happened: list[str | Usage] = []
        self.answers: dict[str, Answer] = {}

    async def ask(self, *answers: Any, patience: Patience | None = None) -> None:
        self.provider.answers = list(answers)
        await self.llm.complete(
            question("traits", "skills", "stats"), patience or Patience(), self.happened.append, self._deliver
        )

    async def fail(self, *answers: Any, patience: Patience | None = None) -> LoreError:
        with pytest.raises(LoreError) as raised:
            await self.ask(*answers, patience=patience)
        return raised.value

    def _deliver(self, key: str, answer: Answer) -> None:
        assert key not in self.answers
        self.answers[key] = answer
        self.happened.append(key)

    @property
    def outputs(self) -> dict[str, Any]:
        """What was delivered, in the form of the whole answer."""
        found = {key: answer.output.model_dump() for key, answer in self.answers.items()}
        return {key: value["skills"] if key == "skills" else value for key, value in found.items()}

    @property
    def forms(self) -> list[str]:
        """The names of the forms of the requests."""
        return [request["response_format"]["json_schema"]["name"] for request in self.provider.requests]

    @property
    def spent(self) -> Usage:
        return sum((each for each in self.happened if isinstance(each, Usage)), Usage())
