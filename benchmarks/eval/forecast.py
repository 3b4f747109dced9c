"""What a run will cost, before it starts."""

from collections.abc import Sequence

from benchmarks.eval.order import Order
from benchmarks.eval.price import Prices
from chalicelib.domain.estimate import default_estimate


def forecast(jobs: Sequence[Order], prices: Prices) -> str:
    """Calls, tokens and cost in one sentence. Few models need more: the estimate is that of the most costly kind."""
    estimates = [default_estimate(order.count) for order in jobs]
    calls = sum(estimate.llm_calls for estimate in estimates)
    prompt = sum(estimate.prompt_tokens for estimate in estimates)
    completion = sum(estimate.completion_tokens for estimate in estimates)
    cost = (
        f"about {prices.cost_usd(prompt, completion):.2f} USD"
        if prices.are_set
        else "a cost that LLM_PROMPT_USD_PER_MILLION and LLM_COMPLETION_USD_PER_MILLION would show"
    )
    return f"{len(jobs)} jobs: up to {calls:,} calls, {prompt:,} prompt and {completion:,} completion tokens, {cost}."
