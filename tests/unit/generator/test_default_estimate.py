"""The default estimate of a job fits the prompts."""

import pytest

from chalicelib.domain.estimate import default_estimate
from generator_service.llm.ask import Ask, Deliver, Patience, Spend
from generator_service.llm.usage import Usage, estimated_tokens
from tests.unit.generator.attempt import KINDS, Attempt
from tests.unit.generator.scripted_llm import COST, ScriptedLlm


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
