"""Judges the output of one stage by all rules."""

from foundation.json_value import Json
from generator_service.judging.field_rule import judge_field
from generator_service.judging.leaf import leaves
from generator_service.judging.output_rule import judge_output
from generator_service.judging.standard import Standard
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Weakness


def judge(output: Json, standard: Standard, around: Surroundings) -> list[Weakness]:
    """Every rule that the output of a stage breaks. Empty if it is good.

    `output`: the stage's fields as JSON. Takes a few milliseconds for the longest texts.
    """
    texts = list(leaves(output))
    fields = [weakness for leaf in texts for weakness in judge_field(leaf, standard, around)]
    return [*fields, *judge_output(texts, standard, around)]
