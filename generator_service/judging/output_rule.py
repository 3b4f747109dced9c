"""The rules that compare the texts of an output with one another, with other texts, and with what the caller wants."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from foundation.language_tag import english_name
from generator_service.judging.language import other_language
from generator_service.judging.leaf import Leaf, all_texts, leaves
from generator_service.judging.mention import can_judge, mentions
from generator_service.judging.repetition import can_repeat, is_nearly_equal, repeated_from, with_joined
from generator_service.judging.standard import Standard
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Rule, Weakness
from generator_service.judging.word import count_words, tokens

#: Equal texts count as a repetition from this many words on: a quest may have the title of its story.
_MIN_EQUAL_WORDS = 4


def judge_output(texts: Sequence[Leaf], standard: Standard, around: Surroundings) -> Iterator[Weakness]:
    """What is wrong with the texts of one output together, by every rule."""
    names = tuple(around.context.values())
    yield from _judge_fields(_with_joined(texts, names), _with_joined(leaves(around.piece), names), standard)
    yield from _judge_pieces(_with_joined(texts, names), around, names)
    yield from _judge_context(texts, standard, around)
    yield from _judge_language(texts, standard, around)


def _with_joined(found: Iterable[Leaf], names: tuple[str, ...]) -> list[Leaf]:
    return [leaf._replace(text=with_joined(leaf.text, names)) for leaf in found] if names else list(found)


def _judge_fields(texts: Sequence[Leaf], earlier: list[Leaf], standard: Standard) -> Iterator[Weakness]:
    """At most one repetition for each text."""
    for leaf in texts:
        found = (weakness for other in earlier if (weakness := _repetition(leaf, other, standard)))
        yield from islice(found, 1)
        earlier.append(leaf)


def _repetition(leaf: Leaf, other: Leaf, standard: Standard) -> Weakness | None:
    """What is wrong with a text that comes after another of the same piece."""
    is_same_list = leaf.field == other.field and leaf.field in standard.distinct_entries
    if is_same_list and is_nearly_equal(leaf.text, other.text):
        return Weakness(
            Rule.REPEATS_ITSELF,
            leaf.path,
            f"`{leaf.path}` says the same as `{other.path}`; each entry must differ from the others.",
            f"{leaf.label} says the same as {other.label}.",
        )
    if passage := _shared(leaf.text, other.text):
        return Weakness(
            Rule.REPEATS_OTHER_FIELD,
            leaf.path,
            f'`{leaf.path}` repeats `{other.path}`: "{passage}". Say something new.',
            f"{leaf.label} repeats {other.label}.",
        )
    return None


def _judge_pieces(texts: Sequence[Leaf], around: Surroundings, names: tuple[str, ...]) -> Iterator[Weakness]:
    long = [leaf for leaf in texts if can_repeat(leaf.text)]
    written = (text for piece in around.others for text in all_texts(piece)) if long else ()
    others = list(filter(can_repeat, (with_joined(text, names) if names else text for text in written)))
    for leaf in long:
        passages = (passage for other in others if (passage := repeated_from(leaf.text, other)))
        if passage := next(passages, None):
            yield Weakness(
                Rule.REPEATS_OTHER_PIECE,
                leaf.path,
                f'`{leaf.path}` repeats another piece: "{passage}". Write it differently.',
                f"{leaf.label} repeats a passage of another piece.",
            )


def _shared(text: str, other: str) -> str | None:
    """What two fields of one piece have in common, if it is a repetition."""
    if tokens(text) == tokens(other) and count_words(text) >= _MIN_EQUAL_WORDS:
        return text
    return repeated_from(text, other)


def _judge_context(texts: Sequence[Leaf], standard: Standard, around: Surroundings) -> Iterator[Weakness]:
    text = "\n".join(leaf.text for leaf in texts)
    names = {role: name for role, name in around.context.items() if can_judge(name, text)}
    missing = {role: name for role, name in names.items() if not mentions(text, name)}
    if standard.context == "any":
        missing = missing if missing == names == dict(around.context) else {}
    elif standard.context != "all":
        missing = {role: name for role, name in missing.items() if role in standard.context}
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing.values())
        at_least = "at least one of " if standard.context == "any" and len(missing) > 1 else ""
        yield Weakness(
            Rule.IGNORES_CONTEXT,
            "",
            f"The text must use {at_least}these pieces of the context by name: {listed}.",
            f"The text does not mention {listed}.",
        )


def _judge_language(texts: Sequence[Leaf], standard: Standard, around: Surroundings) -> Iterator[Weakness]:
    text = "\n".join(leaf.text for leaf in texts if leaf.field not in standard.names)
    if around.language is None or around.identify is None:
        return
    if other := other_language(text, around.language, around.identify):
        yield Weakness(
            Rule.WRONG_LANGUAGE,
            "",
            f"The text must be in {english_name(around.language)}, not in {english_name(other)}.",
            f"The text is in {english_name(other)} instead of {english_name(around.language)}.",
        )
