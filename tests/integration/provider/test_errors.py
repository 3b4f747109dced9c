"""The generator distinguishes errors: a final one ends the job at once, a temporary one is retried."""

import pytest

from tests.integration.provider import error_cases
from tests.integration.provider.case import Case, right
from tests.integration.provider.conftest import Fresh
from tests.integration.provider.run import generate, judge
from tests.integration.provider.server import Provider


@pytest.mark.parametrize("case", error_cases.ALL, ids=str)
async def test_an_error_is_told_apart_from_the_others(
    fresh: Fresh, provider: Provider, caplog: pytest.LogCaptureFixture, case: Case
) -> None:
    """The log names the setting to check. Callers never see the provider's message."""
    outcome = await generate(await fresh(**case.settings), provider, case)
    judge(case, outcome)
    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert all(word in logged for word in case.logs)
    for secret in ("127.0.0.1", "sk-a-very", "moderation", "organization"):
        assert secret not in outcome.error


async def test_a_trailing_slash_in_the_address_makes_no_difference(fresh: Fresh, provider: Provider) -> None:
    case = Case(name="slash", behave=right, extra=0)
    judge(case, await generate(await fresh(OPENAI_BASE_URL=provider.url + "/"), provider, case))
