"""The fields and stages that a job type names are those of the generator's kind."""

import pytest

from chalicelib.domain.job_type import JOB_TYPES, WRITING_TYPES, JobType
from generator_service.llm.schema import strict_schema
from generator_service.registry import load_kinds
from tests.unit.generator.answering import Answering

KINDS = load_kinds()
TYPES = {job_type.kind: job_type for job_type in WRITING_TYPES.values()}


def test_every_kind_has_a_type_that_names_its_fields() -> None:
    assert set(TYPES) == set(KINDS)


@pytest.mark.parametrize("job_type", TYPES.values(), ids=TYPES)
def test_each_field_of_a_piece_is_named_with_the_stage_that_writes_it(job_type: JobType) -> None:
    """Otherwise a field cannot be rewritten, or its rewriting runs the wrong stage."""
    kind = KINDS[job_type.kind]
    shown = {} if kind.document else {kind.title: "name", kind.description: "description"}
    written = {
        shown.get(field, field): stage.key
        for stage in kind.stages
        for field in stage.as_details(stage.output.model_validate(Answering().fill(strict_schema(stage.output))))
    }
    assert dict(job_type.fields) == dict(kind.fields) == written


@pytest.mark.parametrize("job_type", TYPES.values(), ids=TYPES)
def test_the_stages_are_named_in_the_order_of_the_kind(job_type: JobType) -> None:
    assert job_type.stages == tuple(stage.key for stage in KINDS[job_type.kind].stages)


def test_a_type_that_changes_what_exists_has_no_fields_and_stages_of_its_own() -> None:
    """So nothing takes what it writes for a new piece."""
    others = [job_type for name, job_type in JOB_TYPES.items() if name not in WRITING_TYPES]
    assert [(job_type.is_rewriting, job_type.stages) for job_type in others] == [(True, ())] * 2
    assert not any(job_type.is_rewriting for job_type in WRITING_TYPES.values())
