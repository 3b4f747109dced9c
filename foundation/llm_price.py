"""The settings of the LLM's price, on AWS and in the functions."""

from typing import Self

from pydantic import Field, model_validator

from foundation.settings import EnvironmentSettings


class LlmPriceSettings(EnvironmentSettings):
    """What the LLM costs, in USD per million tokens. If unset, no cost is estimated."""

    llm_prompt_usd_per_million: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    llm_completion_usd_per_million: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _check_price(self) -> Self:
        if (self.llm_prompt_usd_per_million is None) is not (self.llm_completion_usd_per_million is None):
            raise ValueError("LLM_PROMPT_USD_PER_MILLION, LLM_COMPLETION_USD_PER_MILLION: set both or neither")
        return self
