"""A generator whose client is loaded when it is first called."""

from collections.abc import AsyncGenerator, Callable
from functools import cached_property

from chalicelib.port.generator import GenerationEvent, GenerationRequest, Generator


class LateGenerator:
    """`port.Generator`: the one that `load` returns."""

    def __init__(self, load: Callable[[], Generator]) -> None:
        self._load = load

    @cached_property
    def _generator(self) -> Generator:
        return self._load()

    def generate(self, request: GenerationRequest) -> AsyncGenerator[GenerationEvent, None]:
        return self._generator.generate(request)

    async def provider_pause_s(self) -> float:
        return await self._generator.provider_pause_s()

    async def ping(self) -> None:
        await self._generator.ping()
