"""What a run will cost, before it starts."""

from collections.abc import Sequence

from benchmarks.eval.order import Order
from chalicelib.domain.estimate import Estimate, default_estimate
from chalicelib.domain.price import Price


def forecast(jobs: Sequence[Order], price: Price | None) -> str:
    """Calls, tokens and cost in one sentence. Few models need more: the estimate is that of the most expensive kind."""
    estimates = [default_estimate(order.count) for order in jobs]
    total = Estimate(
        sum(estimate.llm_calls for estimate in estimates),
        sum(estimate.prompt_tokens for estimate in estimates),
        sum(estimate.completion_tokens for estimate in estimates),
    )
    cost = "set LLM_PROMPT_USD_PER_MILLION and LLM_COMPLETION_USD_PER_MILLION to see the cost"
    if price is not None:
        cost = f"about {price.of(total):.2f} USD"
    return (
        f"{len(jobs)} jobs: up to {total.llm_calls:,} calls, {total.prompt_tokens:,} prompt and "
        f"{total.completion_tokens:,} completion tokens; {cost}."
    )
