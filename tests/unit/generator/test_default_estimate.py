"""The default estimate of a job fits the prompts."""

import pytest

from chalicelib.domain.estimate import default_estimate, default_rewrite_estimate
from generator_service.llm.ask import Ask, Deliver, Patience, Spend
from generator_service.llm.usage import Usage, estimated_tokens
from tests.unit.generator.attempt import KINDS, Attempt
from tests.unit.generator.scripted_llm import COST, ScriptedLlm

#: As long as a usual text of a piece.
TEXT = "The bell rings at low water, and nobody counts the strokes. " * 12


class CountingLlm(ScriptedLlm):
    """Each call costs the tokens of its prompt."""

    async def complete(self, ask: Ask, patience: Patience, spend: Spend, deliver: Deliver) -> None:
        prompt = Usage(1, prompt_tokens=sum(estimated_tokens(message["content"]) for message in ask.messages))
        await super().complete(ask, patience, lambda usage: spend(prompt if usage == COST else usage), deliver)


@pytest.mark.parametrize("count", [1, 3, 10])
async def test_the_default_is_about_what_the_most_expensive_kind_needs(count: int) -> None:
    """The scripted answers are short, so that the prompts that contain them are too."""
    spent = []
    for kind in KINDS:
        attempt = Attempt(kind, CountingLlm(), count=1 if KINDS[kind].document else count)
        await attempt.run()
        spent.append(attempt.spent)
    expected = default_estimate(count)
    assert max(usage.llm_calls for usage in spent) == expected.llm_calls
    assert 0.6 < max(usage.prompt_tokens for usage in spent) / expected.prompt_tokens <= 1


@pytest.mark.parametrize("count", [1, 3])
async def test_the_default_of_a_rewrite_is_about_what_the_most_expensive_fields_need(count: int) -> None:
    """Those are fields with a call for each. The rest of the piece, here three long texts, is in the prompt."""
    spent = []
    for kind in (kind for kind in KINDS.values() if not kind.document):
        of_stage = {stage: field for field, stage in kind.fields.items()}
        fields = [of_stage[call[0].key] for call in kind.calls][-count:]
        piece = {"name": "Osk", "description": TEXT, "details": dict.fromkeys(["landscape", "history"], TEXT)}
        rewrite = {"piece": piece, "fields": fields, "instruction": "Shorter."}
        attempt = Attempt(kind.name, CountingLlm(), count=1, rewrite=rewrite)
        await attempt.run()
        spent.append(attempt.spent)
    expected = default_rewrite_estimate(count)
    assert max(usage.llm_calls for usage in spent) == expected.llm_calls
    assert 0.6 < max(usage.prompt_tokens for usage in spent) / expected.prompt_tokens <= 1
