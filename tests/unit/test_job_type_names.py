"""The hooks derive payloads and results from a job type's name (`Names` in packages/jobs/src/api/wire.ts)."""

import re
from pathlib import Path

from chalicelib.domain.job_type import JOB_TYPES

WIRE = Path(__file__).parents[2] / "packages/jobs/src/api/wire.ts"


def names_of_the_hooks() -> dict[str, str]:
    """What a job type delivers → the pattern of its name."""
    (body,) = re.findall(r"interface Names \{\n(.*?)\n\}", WIRE.read_text(encoding="utf-8"), re.DOTALL)
    names = dict(re.findall(r"(\w+): [`\"](.+?)[`\"];", body))
    return {delivery: re.escape(name).replace(re.escape("${string}"), ".+") for delivery, name in names.items()}


def test_the_name_of_each_job_type_says_what_it_delivers() -> None:
    names = names_of_the_hooks()
    assert set(names) == {job_type.delivery.value for job_type in JOB_TYPES.values()}
    for job_type in JOB_TYPES.values():
        matching = [delivery for delivery, pattern in names.items() if re.fullmatch(pattern, job_type.name)]
        assert matching == [job_type.delivery.value], job_type.name
