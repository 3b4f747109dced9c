"""The offline writer's prose, for a reader of ten pieces: correct English, in the tone, and never the same twice."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from generator_service.registry import load_kinds
from local.offline_writer.lore.grammar import Literal, parts_of
from local.offline_writer.lore.theme import grammar_of, theme_of
from local.offline_writer.lore.tone import TONES
from local.offline_writer.lore.word_file import WORD_DIR, parse_rules
from local.offline_writer.wire.completion import AnswerWriter
from tests.offline_job import names, pieces, texts

KINDS = load_kinds()
#: Kinds of which a job has ten pieces.
KINDS_OF_TEN = [kind for kind in KINDS if kind != "world"]
#: What callers may type: word sets, plurals, adjectives, articles, other languages, and words that fit no sentence.
THEMES = [
    "fantasy", "cyberpunk", "steampunk", "haunted lighthouse keepers", "space opera", "western", "bees", "a", "lonely",
    "the sea", "A Drowned Library", "1920s Chicago noir", "love hurts", "Drachen und Nebel", "灯台守", "cats & dogs!",
    "norse sagas", "post-apocalyptic",
]  # fmt: skip
CONTEXT: dict[str, dict[str, Any]] = {
    "setting": {
        "name": "Low Tarn",
        "description": "It is a drowned market town. Nobody swims.",
        "details": {"concept": "a drowned market town where debts are sung"},
    },
    "event": {"name": "The Night of Unlit Lamps", "description": "Every flame went out at once."},
    "faction": {"name": "The Silent Choir", "description": "The Silent Choir are a guild of deaf singers."},
    "relic": {"name": "The Hollow Key", "description": "A small iron key."},
    "character": {"name": "Maren Ashwick", "description": "She pilots the ferry and owes everybody money."},
}
CONTEXTS: dict[str, dict[str, Any]] = {
    "none": {},
    "two": {role: CONTEXT[role] for role in ("setting", "event")},
    "all": CONTEXT,
}
#: Each theme with a tone and a context, so that every tone and every context occurs.
JOBS = [
    (theme, ["", "dark", *TONES][place % (len(TONES) + 2)], ["none", "two", "all"][place % 3])
    for place, theme in enumerate(THEMES)
]
#: The words that the prompts ask for: kind, stage and field → least and most. Entries of lists are named "field[]".
LENGTHS = {
    (kind.name, stage.key, field): (words.least, words.most)
    for kind in KINDS.values()
    for stage in kind.stages
    for field, words in stage.standard.lengths.items()
}
#: A text may miss its length by this share. Names of a caller's pieces can be long, and a text must use them.
MARGIN = 0.1
#: The stage of each kind that ties the piece to its context.
MAIN = {
    "character": "backstory",
    "faction": "summary",
    "setting": "summary",
    "event": "description",
    "relic": "history",
}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\w+(?:'\w+)?")

over_jobs = pytest.mark.parametrize(("theme", "tone", "context"), JOBS)
over_kinds = pytest.mark.parametrize("kind", KINDS)
over_kinds_of_ten = pytest.mark.parametrize("kind", KINDS_OF_TEN)


@cache
def job(kind: str, theme: str, tone: str, context: str) -> list[dict[str, dict[str, Any]]]:
    """The ten pieces of a job, or one world."""
    params = {"theme": theme, "count": 1 if kind == "world" else 10, "context": CONTEXTS[context]}
    return pieces(AnswerWriter(seed=len(theme)), KINDS[kind], params | ({"tone": tone} if tone else {}))


def prose(piece: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The stage and the text of each text that has whole sentences."""
    for stage, output in piece.items():
        for text in texts(output):
            if text.endswith((".", "!", "?")):
                yield stage, text


def fields_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The path and the text of each field, as in `LENGTHS`: "flaw.name", "traits[]"."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from fields_of(part, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for part in value:
            yield from fields_of(part, f"{path}[]")


def sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text)


def words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


@cache
def frames(theme: str, tone: str) -> dict[str, str]:
    """The longest stretch of plain words in each sentence of the grammar, and a pattern of the whole sentence."""
    found = {}
    for option in {option for options in theme_of(theme, tone).grammar.rules.values() for option in options}:
        stretches = [part.text.casefold() for part in parts_of(option) if isinstance(part, Literal)]
        longest = max(stretches, key=len, default="").strip(" .,;:")
        if option.endswith(".") and len(longest.split()) >= 3 and len(" ".join(stretches).split()) >= 5:
            found[longest] = ".{0,120}?".join(re.escape(each.strip()) for each in stretches)
    return found


@over_kinds_of_ten
@over_jobs
def test_no_sentence_frame_stands_twice_in_ten_pieces(kind: str, theme: str, tone: str, context: str) -> None:
    """A reader of ten pieces notices the pattern long before the words."""
    whole = "\n".join(texts(job(kind, theme, tone, context))).casefold()
    seen = {longest: pattern for longest, pattern in frames(theme, tone).items() if longest in whole}
    assert len(seen) > 50, "the test does not recognise the frames"
    often = {longest: seen[longest] for longest in seen if whole.count(longest) > 1}
    assert [longest for longest, pattern in often.items() if len(re.findall(pattern, whole)) > 1] == []


@over_kinds
@over_jobs
def test_nothing_is_said_twice(kind: str, theme: str, tone: str, context: str) -> None:
    """Not in a text, not between the fields of a piece, not between the pieces of a job."""
    made = job(kind, theme, tone, context)
    said = [sentence for piece in made for text in texts(piece) for sentence in sentences(text) if len(words(text)) > 3]
    assert [sentence for sentence, times in Counter(said).items() if times > 1] == []
    runs: Counter[tuple[str, ...]] = Counter()
    for text in texts(made):
        spoken = words(text)
        runs.update({tuple(spoken[start : start + 12]) for start in range(len(spoken) - 11)})
    assert [" ".join(run) for run, times in runs.items() if times > 1] == []


@over_kinds_of_ten
@over_jobs
def test_names_concepts_traits_and_openings_differ(kind: str, theme: str, tone: str, context: str) -> None:
    made = job(kind, theme, tone, context)
    for field in ("name", "concept"):
        assert len({piece["name"][field] for piece in made}) == len(made)
    for stage, field in (("traits", "traits"), ("skills", "skills")):
        entries = [entry for piece in made for entry in piece.get(stage, {}).get(field, ())]
        assert len(set(entries)) == len(entries)
    for key in (stage.key for stage in KINDS[kind].stages[1:]):
        openings = [tuple(words(text)[:5]) for piece in made for stage, text in prose(piece) if stage == key]
        assert len(set(openings)) == len(openings), key


@over_kinds
@over_jobs
def test_the_english_is_right(kind: str, theme: str, tone: str, context: str) -> None:
    for text in texts(job(kind, theme, tone, context)):
        assert text == text.strip()
        assert not re.search(r"[{}|\[\]<>*_#\\]|  |\s[.,;:!?]|[,;:][.,;:]|\.\.|\bNone\b|^[,.;]", text), text
        assert not re.search(r"\b[Aa] (?=[aeiou])(?!one\b|once\b|use|uni(?!m)|eu|u-)", text), text
        assert not re.search(r"\b[Aa]n (?![aeiouAEIOU8]|hour|heir|honest|honou?r|11\b|18)", text), text
        assert not re.search(r"\b(\w+) \1\b", text, re.IGNORECASE), text


@over_kinds
@over_jobs
def test_sentences_begin_with_a_capital_and_end(kind: str, theme: str, tone: str, context: str) -> None:
    for piece in job(kind, theme, tone, context):
        fields = {stage.key for stage in KINDS[kind].stages if stage.standard.sentences}
        assert {stage for stage, _ in prose(piece)} >= fields
        for _, text in prose(piece):
            for sentence in sentences(text):
                assert sentence[0].isupper() or sentence[0].isdigit(), text


@over_kinds
@over_jobs
def test_lengths_are_those_that_the_prompts_ask_for(kind: str, theme: str, tone: str, context: str) -> None:
    for piece in job(kind, theme, tone, context):
        for stage, output in piece.items():
            for field, text in fields_of(output):
                if (kind, stage, field) in LENGTHS:
                    least, most = LENGTHS[kind, stage, field]
                    assert (1 - MARGIN) * least <= len(words(text)) <= (1 + MARGIN) * most, (stage, field, text)


@over_kinds_of_ten
@pytest.mark.parametrize("theme", THEMES[:8])
def test_context_is_used_by_name_and_by_what_it_is(kind: str, theme: str) -> None:
    """A long description is in one piece only, because the pieces would repeat each other."""
    for place, piece in enumerate(job(kind, theme, "", "all")):
        told = " ".join(texts(piece[MAIN[kind]]))
        for given in CONTEXT.values():
            assert given["name"].removeprefix("The ") in told
        for phrase in ("a drowned market town", "a guild of deaf singers", "a small iron key"):
            assert phrase in told
        assert ("when every flame went out at once" in told) == (place == 0)


def test_an_event_happens_in_the_setting_of_its_job() -> None:
    """Each event names the setting early, and none is moved to a place that the grammar invents."""
    for piece in job("event", "fantasy", "", "two"):
        opening = " ".join(sentences(piece["description"]["description"])[:3])
        assert "Low Tarn" in opening


@pytest.mark.parametrize("theme", THEMES)
def test_a_world_ties_all_pieces_together(theme: str) -> None:
    (world,) = job("world", theme, "epic", "all")
    for given in CONTEXT.values():
        name = given["name"].removeprefix("The ")
        assert name in " ".join(texts(world["story"])), name
    quest = " ".join(texts(world["quest"]))
    assert sum(given["name"].removeprefix("The ") in quest for given in CONTEXT.values()) >= 3


def test_a_world_keeps_to_what_its_pieces_are() -> None:
    """An event in which every flame went out does not become a flood."""
    for seed in range(20):
        (world,) = pieces(AnswerWriter(seed), KINDS["world"], {"count": 1, "context": CONTEXT})
        story = " ".join(texts(world["story"]))
        inventions = [each for each in grammar_of("fantasy").rules["calamity"] if "{" not in each and each in story]
        assert inventions == []


@over_kinds
@pytest.mark.parametrize("tone", TONES)
def test_a_tone_shows(kind: str, tone: str) -> None:
    """Each piece has several sentences and details that only this tone has. Without the tone, none has any."""
    own = {
        option.casefold()
        for options in parse_rules((WORD_DIR / "tone" / f"{tone}.txt").read_text("utf-8"), tone).values()
        for option in options
        if "{" not in option and len(option) > 8
    }
    for piece in job(kind, "bees", tone, "none"):
        told = json.dumps(piece, ensure_ascii=False).casefold()
        assert sum(option.rstrip(".") in told for option in own) >= 2, told
    for piece in job(kind, "bees", "", "none"):
        told = json.dumps(piece, ensure_ascii=False).casefold()
        assert [option for option in own if option.endswith(".") and option in told] == []


def test_ten_pieces_of_a_second_job_are_new() -> None:
    writer = AnswerWriter(seed=3)
    jobs = [
        [each["concept"] for each in names(writer, KINDS["event"], {"theme": "western", "count": 10})] for _ in range(2)
    ]
    assert len({concept for concepts in jobs for concept in concepts}) > 14
