"""What a server does not take is found out once, by a generator that knows nothing of it yet."""

import pytest

from tests.provider import request_cases
from tests.provider.case import Case
from tests.provider.conftest import Fresh
from tests.provider.run import generate, judge
from tests.provider.server import Provider


@pytest.mark.parametrize("case", [*request_cases.REPORTED, *request_cases.KIN], ids=str)
async def test_a_refused_form_costs_a_call_and_another_form_is_found(
    fresh: Fresh, provider: Provider, case: Case
) -> None:
    client = await fresh(**case.settings)
    judge(case, await generate(client, provider, case))
    if case.is_remembered:
        again = await generate(client, provider, case)
        assert (again.ending, len(again.calls)) == ("completed", case.work.calls)
