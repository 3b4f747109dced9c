"""The rules that judge one text by itself. Each yields what is wrong with the text."""

from collections.abc import Iterator

from foundation.language_tag import primary
from generator_service.judging.forbidden_word import forbidden_names, forbidden_phrases
from generator_service.judging.leaf import Leaf
from generator_service.judging.name import similar
from generator_service.judging.plain import not_plain
from generator_service.judging.repetition import repeated_within
from generator_service.judging.sentence import is_finished
from generator_service.judging.standard import Standard
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Rule, Weakness
from generator_service.judging.word import count_words

#: Languages in Latin script in which the family name comes first. Many people share one.
_FAMILY_NAME_FIRST = frozenset({"hu", "vi"})


def judge_field(leaf: Leaf, standard: Standard, around: Surroundings) -> Iterator[Weakness]:
    """What is wrong with one text, by every rule."""
    yield from _judge_length(leaf, standard)
    yield from _judge_form(leaf, standard)
    yield from _judge_words(leaf, around)
    if leaf.field in standard.names:
        yield from _judge_name(leaf, standard, around)


def _judge_length(leaf: Leaf, standard: Standard) -> Iterator[Weakness]:
    wanted = standard.lengths.get(leaf.field)
    if wanted is None:
        return
    count = count_words(leaf.text)
    written = f"{count} {'word' if count == 1 else 'words'}"
    for rule, how, is_broken in (
        (Rule.TOO_SHORT, "short", count < wanted.floor),
        (Rule.TOO_LONG, "long", count > wanted.ceiling),
    ):
        if is_broken:
            yield Weakness(
                rule,
                leaf.path,
                f"`{leaf.path}` has {written}; write {wanted.allowed}.",
                f"{leaf.label} is too {how}: {written} instead of {wanted.allowed}.",
            )


def _judge_form(leaf: Leaf, standard: Standard) -> Iterator[Weakness]:
    if leaf.field in standard.sentences and not is_finished(leaf.text):
        yield Weakness(
            Rule.UNFINISHED,
            leaf.path,
            f"`{leaf.path}` stops in the middle of a sentence; end it with a finished sentence.",
            f"{leaf.label} stops in the middle of a sentence.",
        )
    if passage := repeated_within(leaf.text):
        yield Weakness(
            Rule.REPEATS_ITSELF,
            leaf.path,
            f'`{leaf.path}` says this twice: "{passage}". Say each thing once.',
            f"{leaf.label} says the same thing twice.",
        )
    for fault in not_plain(leaf.text):
        yield Weakness(
            Rule.NOT_PLAIN,
            leaf.path,
            f"`{leaf.path}` contains {fault}; write plain prose only.",
            f"{leaf.label} contains {fault}.",
        )


def _judge_words(leaf: Leaf, around: Surroundings) -> Iterator[Weakness]:
    for rule, kind, found in (
        (Rule.FORBIDDEN_NAME, "name", forbidden_names(leaf.text, around.given, around.language)),
        (Rule.FORBIDDEN_PHRASE, "phrase", forbidden_phrases(leaf.text, around.given)),
    ):
        for words in found:
            yield Weakness(
                rule,
                leaf.path,
                f'`{leaf.path}` contains the forbidden {kind} "{words}"; replace it.',
                f'{leaf.label} contains "{words}", a {kind} that language models write too often.',
            )


def _judge_name(leaf: Leaf, standard: Standard, around: Surroundings) -> Iterator[Weakness]:
    of_people = standard.of_people and primary(around.language or "") not in _FAMILY_NAME_FIRST
    alike = (name for name in around.taken if similar(leaf.text, name, of_people=of_people))
    if taken := next(alike, None):
        yield Weakness(
            Rule.SIMILAR_NAME,
            leaf.path,
            f'`{leaf.path}` can be mistaken for "{taken}", which is taken; find another name.',
            f'{leaf.label} "{leaf.text}" can be mistaken for "{taken}".',
        )
