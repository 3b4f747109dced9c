"""What the other job systems are given to do."""

import json

import pytest
from pydantic import ValidationError

from benchmarks.performance.peers.plan import Call, Plan, progress
from benchmarks.performance.peers.schema import STAGES
from generator_service.registry import load_kinds

FLAW = {"name": "Too proud", "description": "It has cost her a ship."}
TRAITS = {"traits": ["counts the exits", "pays at once", "hums"], "flaw": FLAW}


def call(*stages: str, piece: int = 0) -> Call:
    return Call(piece, stages, {})


def test_an_answer_with_one_stage_is_the_stage() -> None:
    assert call("appearance").read('{"appearance": "Tall."}') == {"appearance": {"appearance": "Tall."}}


def test_a_stage_with_one_field_is_the_value_of_that_field_in_an_answer_with_several() -> None:
    answer = {"traits": TRAITS, "skills": ["a", "b", "c"]}
    found = call("traits", "skills").read(json.dumps(answer))
    assert found == {"traits": TRAITS, "skills": {"skills": ["a", "b", "c"]}}


def test_an_answer_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError):
        call("skills").read('{"skills": ["only one"]}')


def test_each_piece_has_the_levels_of_its_own_calls() -> None:
    first, second, later = call("traits"), call("traits", piece=1), call("skills", piece=1)
    plan = Plan({}, [[first, second], [later]])
    assert plan.pieces == [[[first], []], [[second], [later]]]


def test_the_schemas_of_the_peers_have_the_fields_of_the_kind() -> None:
    """They are written again, because a peer does not import the system. This keeps them the same."""
    kind = load_kinds()["character"]
    assert set(STAGES) == {stage.key for stage in kind.stages if not stage.together}
    for key, schema in STAGES.items():
        assert set(schema.model_fields) == set(kind.stage[key].output.model_fields), key


def test_progress_has_the_output_of_the_stage() -> None:
    assert progress(8, 16, {"0:skills": {"skills": []}})["0:skills"] == '{"skills": []}'
    assert progress(8, 16, {"0:skills": {}})["progress"] == 55
