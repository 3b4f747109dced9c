"""The price of the model, from the environment."""

from collections.abc import Mapping

from chalicelib.domain.price import Price
from foundation.llm_price import LlmPriceSettings


def read_price(environment: Mapping[str, str]) -> Price | None:
    """None if it is not set. Raises `SettingsError`."""
    settings = LlmPriceSettings.read(environment)
    prompt, completion = settings.llm_prompt_usd_per_million, settings.llm_completion_usd_per_million
    return None if prompt is None or completion is None else Price(prompt, completion)
