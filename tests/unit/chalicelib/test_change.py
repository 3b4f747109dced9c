"""Advances that arrive together are stored in few writes."""

from chalicelib.domain.change import Change, advance, in_few_writes
from chalicelib.domain.job import Checkpoint


def step(item: int, stage: str, text: str = "a") -> Change:
    return advance("token", 30, f"Generated {stage}...", Checkpoint(item, stage, {"text": text}))


def test_different_stages_are_stored_in_one_write() -> None:
    steps = [step(0, "name"), step(1, "name"), step(0, "history"), advance("token", 90, "Finalizing...")]
    (write,) = in_few_writes(steps)
    assert [checkpoint.stage for checkpoint in write.checkpoints] == ["name", "name", "history"]
    assert len(write.passed) == 3


def test_two_versions_of_a_stage_are_stored_one_after_the_other() -> None:
    """A write whose answer is lost is repeated. It must not count both versions again."""
    writes = in_few_writes([step(0, "name"), step(0, "name", "b"), step(1, "name")])
    assert [len(write.checkpoints) for write in writes] == [1, 2]


def test_a_write_says_which_model_wrote_its_newest_stage() -> None:
    """Whatever came after that stage."""
    written = advance("token", 30, "Generated names...", Checkpoint(0, "name", {}), model="m", prompt_version=3)
    (write,) = in_few_writes([step(0, "history"), written, advance("token", 90, "Finalizing...")])
    assert write.set == {"message": "Finalizing...", "model": "m", "prompt_version": 3}
