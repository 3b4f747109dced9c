"""The jobs of a grid."""

from dataclasses import replace
from itertools import islice

from benchmarks.eval.forecast import forecast
from benchmarks.eval.order import GRIDS, THEMES, TONES, Grid, orders
from benchmarks.eval.price import read_price
from chalicelib.domain.estimate import default_estimate
from chalicelib.domain.job_type import WRITING_TYPES
from generator_service.params import parse_params
from generator_service.registry import load_kinds


def test_a_run_that_is_stopped_has_jobs_of_every_type() -> None:
    first = [order.job_type.name for order in islice(orders(Grid(jobs=3, count=2)), len(WRITING_TYPES))]
    assert sorted(first) == sorted(WRITING_TYPES)


def test_every_job_has_its_own_key() -> None:
    keys = [order.key for order in orders(GRIDS["small"])]
    assert len(set(keys)) == len(keys) == 10 * len(WRITING_TYPES)


def test_every_theme_meets_every_tone_once() -> None:
    given = [order.params for order in orders(Grid(jobs=len(THEMES) * len(TONES), count=1), ["faction"])]
    assert len({(params["theme"], params.get("tone")) for params in given}) == len(THEMES) * len(TONES)


def test_a_larger_grid_contains_the_jobs_of_a_smaller_one() -> None:
    """So a run can be extended, and compared with a shorter one."""
    small = {order.key: order.params for order in orders(Grid(jobs=3, count=2))}
    large = {order.key: order.params for order in orders(Grid(jobs=12, count=2))}
    assert small.items() <= large.items()


def test_the_generator_accepts_every_job() -> None:
    kinds = load_kinds()
    for order in orders(Grid(jobs=4, count=10)):
        params = parse_params(kinds[order.job_type.kind].params, order.params_json)
        assert params.count == (1 if order.job_type.kind == "world" else 10)


def test_types_that_accept_a_language_have_jobs_in_each() -> None:
    accepting = {kind.kind for kind in WRITING_TYPES.values() if "language" in kind.payload.model_fields}
    found = orders(Grid(jobs=0, count=2, jobs_per_language=2, languages=("de", "ja")))
    assert {(order.job_type.kind, order.params["language"]) for order in found} == {
        (kind, language) for kind in accepting for language in ("de", "ja")
    }
    assert len({order.key for order in found}) == len(found) == 4 * len(accepting)


def test_a_full_grid_asks_for_a_thousand_names() -> None:
    grid = replace(GRIDS["full"], jobs_per_language=0)
    assert sum(order.count for order in orders(grid) if order.job_type.kind != "world") >= 1000


def test_the_forecast_adds_up_the_jobs_that_are_left() -> None:
    """Two jobs of three pieces at 1 and 2 USD a million tokens."""
    price = read_price({"LLM_PROMPT_USD_PER_MILLION": "1", "LLM_COMPLETION_USD_PER_MILLION": "2"})
    jobs, one = orders(Grid(jobs=2, count=3), ["relic"]), default_estimate(3)
    cost = 2 * (one.prompt_tokens + 2 * one.completion_tokens) / 1_000_000
    said = forecast(jobs, price)
    assert said.startswith(f"2 jobs: up to {2 * one.llm_calls} calls, {2 * one.prompt_tokens:,} prompt")
    assert said.endswith(f"about {cost:.2f} USD.")


def test_the_forecast_says_how_to_learn_the_cost() -> None:
    assert "LLM_PROMPT_USD_PER_MILLION" in forecast(orders(Grid(jobs=1, count=1)), None)
