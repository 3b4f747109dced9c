"""How much pieces differ from each other, computed by hand."""

from benchmarks.eval import variety
from benchmarks.eval.written import WrittenPiece, written_pieces
from generator_service.registry import load_kinds
from tests.unit.benchmarks.job import record, relic

_RELIC = load_kinds()["relic"]


def pieces(*given: dict[str, dict[str, str]]) -> list[WrittenPiece]:
    return written_pieces(record("job", *given), _RELIC)


def test_a_name_that_two_jobs_use_counts_half_in_each() -> None:
    """Three pieces, two different names: 2 of 3."""
    jobs = {"a": pieces(relic("Osk Bell")), "b": pieces(relic("osk bell"), relic("Tinder"))}
    assert variety.distinct_names(jobs) == {"a": (0.5, 1), "b": (1.5, 2)}


def test_names_that_differ_in_one_letter_are_nearly_equal() -> None:
    jobs = {"a": pieces(relic("Marrowbane"), relic("Tinder")), "b": pieces(relic("Marrowbone"))}
    assert variety.similar_names(jobs) == {"a": (1, 2), "b": (1, 1)}


def test_equal_names_are_not_nearly_equal() -> None:
    """They count as not distinct."""
    assert variety.similar_names({"a": pieces(relic("Marrowbane"), relic("Marrowbane"))}) == {"a": (0, 2)}


def test_openings_are_the_first_four_words_of_texts_of_one_field() -> None:
    """The descriptions open alike. The history too, but it is another field. A short text has no opening."""
    long = "It was old when the king was a boy"
    jobs = {
        "a": pieces(relic("A", long, long), relic("B", "It was old when nobody could read or write", "It was old."))
    }
    assert variety.distinct_openings(jobs) == {"a": (2.0, 3)}


def test_trigrams_are_shared_if_another_piece_has_them() -> None:
    """Each piece has two trigrams, and "a b c" is in both. The concept, "a thing", is too short for one."""
    jobs = {"a": pieces(relic("A", "a b c d"), relic("B", "a b c e"))}
    assert variety.trigrams_shared_in_job(jobs) == {"a": (2, 4)}
    assert variety.trigrams_shared_in_run(jobs) == {"a": (2, 4)}


def test_trigrams_of_other_jobs_count_only_for_the_run() -> None:
    jobs = {"a": pieces(relic("A", "a b c d")), "b": pieces(relic("B", "a b c e"))}
    assert variety.trigrams_shared_in_job(jobs) == {"a": (0, 2), "b": (0, 2)}
    assert variety.trigrams_shared_in_run(jobs) == {"a": (1, 2), "b": (1, 2)}


def test_a_piece_that_repeats_itself_shares_nothing_with_others() -> None:
    """That is another rule."""
    assert variety.trigrams_shared_in_run({"a": pieces(relic("A", "a b c", "a b c"))}) == {"a": (0, 1)}


def test_trigrams_do_not_run_from_one_text_into_the_next() -> None:
    (piece,) = pieces(relic("A", "one two", "three four"))
    assert piece.trigrams == frozenset()
