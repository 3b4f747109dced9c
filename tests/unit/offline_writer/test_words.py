"""The words of the offline writer: how it reads a caller's theme and tone, and what no word file may contain."""

import re
from pathlib import Path

import pytest

from generator_service.forbidden import NAME_BEGINNINGS, NAME_ENDINGS, NAMES, PHRASES
from local.offline_writer.lore.aside import named
from local.offline_writer.lore.brief import ContextPiece
from local.offline_writer.lore.grammar import Slot, parts_of
from local.offline_writer.lore.prose import Token, assemble
from local.offline_writer.lore.theme import KEYWORDS, NEUTRAL, SHARED_FILES, grammar_of, theme_of
from local.offline_writer.lore.tone import TONES, tone_of
from local.offline_writer.lore.word_file import WORD_DIR, read_rules


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("dark", "dark"), ("Grim but hopeful", "dark"), ("hopeful, with dark moments", "hopeful"), ("COMEDY", "comic"),
        ("light-hearted", "comic"), ("a sense of mystery", "mysterious"), ("gritty realism", "gritty"),
        ("epic!", "epic"), ("whimsical", "whimsical"), ("cosmic horror", "horror"), ("", ""), ("beige", ""),
        ("düster", ""),
    ],
)  # fmt: skip
def test_a_tone_is_recognised_by_its_words(text: str, tone: str) -> None:
    assert tone_of(text) == tone


@pytest.mark.parametrize("path", [*WORD_DIR.glob("*.txt"), *WORD_DIR.glob("*/*.txt")], ids=lambda path: path.stem)
def test_no_word_file_has_what_the_prompt_forbids(path: Path) -> None:
    text = path.read_text("utf-8")
    compounds = [rf"\b{start}\w+" for start in NAME_BEGINNINGS] + [rf"\b[A-Z]\w+{end}\b" for end in NAME_ENDINGS]
    ideas = ("chosen one", "prophec", "ancient evil", "hooded", "lone wol")
    phrases = [rf"(?i:\b{re.escape(phrase)}\b)" for phrase in PHRASES] + [f"(?i:{idea})" for idea in ideas]
    patterns = [rf"\b{name}\b" for name in NAMES] + compounds + phrases
    assert [match[0] for pattern in patterns for match in re.finditer(pattern, text)] == []


@pytest.mark.parametrize("word_set", [*KEYWORDS, NEUTRAL])
def test_no_two_parts_of_a_name_make_a_forbidden_one(word_set: str) -> None:
    rules = grammar_of(word_set).rules
    made = {
        f"{front}{back}".casefold()
        for kind in ("family", "place")
        for front in rules[f"{kind}_front"]
        for back in rules[f"{kind}_back"]
    }
    assert made & {name.casefold() for name in NAMES} == set()
    assert [name for name in made if name.startswith(tuple(map(str.casefold, NAME_BEGINNINGS)))] == []
    assert [name for name in made if name.endswith(NAME_ENDINGS)] == []


def test_a_plural_theme_becomes_people_and_any_other_is_quoted() -> None:
    assert theme_of("haunted lighthouse keepers").given["theme_person"] == "haunted lighthouse keeper"
    assert theme_of("bees").given == {"theme_tales": "stories of bees", "theme_people": "bees"}
    assert theme_of("A Drowned Library").given == {"theme_tales": "stories of a Drowned Library"}
    assert theme_of("lonely").given == {"theme_tales": '"lonely" stories'}
    assert theme_of("the news").given == {"theme_tales": "stories of the news"}
    assert theme_of("🐝🐝🐝").given == {}


@pytest.mark.parametrize(
    ("role", "description", "named_so"),
    [
        ("setting", "It is a drowned market town. Nobody swims.", "Low Tarn, a drowned market town,"),
        ("setting", "Low Tarn is a mill town that nobody leaves.", "Low Tarn, a mill town,"),
        ("setting", "A king died here.", "Low Tarn"),
        ("setting", "Cold, wet, and proud of both.", "Low Tarn"),
        ("setting", "A town, once.", "Low Tarn, a town,"),
        ("event", "Every flame went out at once.", "Low Tarn, when every flame went out at once,"),
        ("event", "A plague of frogs.", "Low Tarn, a plague of frogs,"),
        ("event", "the night when the river ran backwards", "Low Tarn, when the river ran backwards,"),
        ("relic", "Eine kleine Glocke.", "Low Tarn"),
        ("faction", "", "Low Tarn"),
    ],
)
def test_a_piece_of_context_is_named_with_what_it_is(role: str, description: str, named_so: str) -> None:
    """Only if the caller's words are a short noun phrase or clause: a sentence that they break is worse than none."""
    assert named(role, ContextPiece(name="Low Tarn", description=description)) == named_so


def test_a_comma_after_a_name_gives_way_to_the_end_of_the_sentence() -> None:
    given = Token("Low Tarn, a town,", given=True)
    assert assemble([Token("They left "), given, Token(".")]) == "They left Low Tarn, a town."
    assert assemble([Token("They left "), given, Token(", and wept.")]) == "They left Low Tarn, a town, and wept."


def test_every_place_in_a_text_has_sentences_for_ten_pieces() -> None:
    """A job has up to ten pieces, and no two of them may share a sentence's frame."""
    few = {"tale_story"}
    rules = read_rules(*(name for name in SHARED_FILES if name not in {"world", "anything"}))
    sentences = {name: options for name, options in rules.items() if options[0].endswith(".") and name not in few}
    assert len(sentences) > 60
    assert {name: len(options) for name, options in sentences.items() if len(options) < 12} == {}


@pytest.mark.parametrize("tone", TONES)
def test_every_tone_has_closing_lines_for_ten_pieces(tone: str) -> None:
    rules = read_rules(f"tone/{tone}")
    assert len(rules["tone_scene"]) >= 12
    assert len(rules["tone_close"]) >= 12


def test_no_sentence_makes_a_name_possessive() -> None:
    """A name may end in s, or have more to follow: "the Silent Choir, a guild of singers,"."""
    rules = read_rules(*SHARED_FILES)
    sentences = [option for options in rules.values() for option in options if option.endswith(".")]
    slot = re.compile(r"\{(?:name|given|character|faction|setting|event|relic)\w*\}'s")
    assert [sentence for sentence in sentences if slot.search(sentence)] == []


@pytest.mark.parametrize("word_set", [*KEYWORDS, NEUTRAL])
def test_every_slot_can_be_filled(word_set: str) -> None:
    """A slot that nothing fills would silently remove its sentence."""
    rules = grammar_of(word_set).rules
    roles = {"character", "faction", "setting", "event", "relic"}
    given = {
        "name",
        "own",
        "head",
        "kind",
        "kind_title",
        "subject",
        "form",
        "room",
        "much_room",
        "tone_scene",
        "tone_close",
    }
    given |= {"they", "them", "their", "theirs", "theme_tales", "theme_people", "theme_person"}
    given |= roles | {f"{role}_so" for role in roles} | {f"{role}_is" for role in roles}
    parts = [part for options in rules.values() for option in options for part in parts_of(option)]
    slots = {part.symbol for part in parts if isinstance(part, Slot)}
    assert slots - rules.keys() - given == set()
