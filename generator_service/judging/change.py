"""Whether a text that was rewritten differs from its old version."""

from collections.abc import Iterator, Mapping

from foundation.json_value import Json
from generator_service.judging.leaf import Leaf, all_texts, leaves
from generator_service.judging.repetition import share_from
from generator_service.judging.weakness import Rule, Weakness

#: Without a wish, at least this share of a text is new. Two texts about the same thing share far less.
_NEW_SHARE = 0.5


def judge_change(new: Mapping[str, Json], old: Mapping[str, Json], *, is_wished: bool) -> Iterator[Weakness]:
    """What is wrong with fields as a change of the old ones. A field without an old version has no fault.

    `is_wished`: the owner has said what should change, which may be one word. It is a fault only if everything stays.
    Without a wish, every field should change, and no text may be mostly the old one.
    """
    same = [name for name, value in new.items() if name in old and _spaced(value) == _spaced(old[name])]
    if is_wished and len(same) < len(new):
        return
    how = 'change it as "wish" says' if is_wished else "write something else"
    for name in same:
        yield Weakness(
            Rule.UNCHANGED, name, f'`{name}` is the same as under "before"; {how}.', f"{name} is the same as before."
        )
    if not is_wished:
        changed = {name: value for name, value in new.items() if name not in same}
        yield from _judge_texts(leaves(changed), "\n".join(all_texts(dict(old))))


def _judge_texts(texts: Iterator[Leaf], old: str) -> Iterator[Weakness]:
    for leaf in texts:
        if share_from(leaf.text, old) > 1 - _NEW_SHARE:
            yield Weakness(
                Rule.UNCHANGED,
                leaf.path,
                f'`{leaf.path}` is mostly the same as under "before"; write something else.',
                f"{leaf.label} is mostly the same as before.",
            )


def _spaced(value: Json) -> Json:
    """The value with single spaces between the words: line breaks are no change."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_spaced(each) for each in value]
    if isinstance(value, dict):
        return {name: _spaced(each) for name, each in value.items()}
    return value
