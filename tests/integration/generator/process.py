"""A generator as a process."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from tests.unit.generator.until import until

_LISTENING = '"The generator is listening"'


class Process:
    """A generator process. Its log is read continuously."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            self.lines.append(line.decode())

    @property
    def log(self) -> str:
        return "".join(self.lines)

    async def listening(self) -> str:
        """Wait until the generator listens, and return its address."""
        await until(lambda: _LISTENING in self.log or self.process.returncode is not None)
        (line,) = [line for line in self.lines if _LISTENING in line]
        return str(json.loads(line)["address"])

    async def ended(self) -> int:
        async with asyncio.timeout(120):
            await self._reader
            return await self.process.wait()


Start = Callable[..., Awaitable[Process]]
