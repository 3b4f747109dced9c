"""What tokens cost, if the operators have set the prices."""

from typing import Annotated

from pydantic import Field

from foundation.settings import EnvironmentSettings

_Usd = Annotated[float, Field(ge=0)]


class Prices(EnvironmentSettings):
    """The variables are those of the functions, but have no default: a model's price is not assumed."""

    llm_prompt_usd_per_million: _Usd | None = None
    llm_completion_usd_per_million: _Usd | None = None

    @property
    def are_set(self) -> bool:
        return self.llm_prompt_usd_per_million is not None and self.llm_completion_usd_per_million is not None

    def cost_usd(self, prompt_tokens: int, completion_tokens: int) -> float:
        """0 for a price that is not set."""
        prompt = prompt_tokens * (self.llm_prompt_usd_per_million or 0)
        return (prompt + completion_tokens * (self.llm_completion_usd_per_million or 0)) / 1_000_000
