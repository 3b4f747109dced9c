"""The machines of the stage: Redis and the generator. On the emulator they are processes, with the stage's secrets."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import redis

from local.project import LOOPBACK
from local.stack.redis_server import find_binary
from local.stack.tcp_port import is_listening
from tests.infra.emulated.processes import Process, Processes, stop, wait_for


class Machines:
    """`secret` returns the value that a secret of the stage has now."""

    def __init__(
        self, processes: Processes, ports: Mapping[str, int], folder: Path, secret: Callable[[str], str]
    ) -> None:
        self._processes = processes
        self._ports = ports
        self._folder = folder
        self._secret = secret

    def start(self) -> None:
        port, folder = str(self._ports["redis"]), str(self._folder)
        server = [find_binary().path, "--port", port, "--bind", LOOPBACK, "--save", "", "--dir", folder]
        self._processes.start("redis", [*server, "--requirepass", self._secret("redis-password")], {})
        writer = [sys.executable, "-m", "local.offline_writer", "--port", str(self._ports["llm"])]
        self._processes.start("llm", writer, {})
        self._generator = self._start_generator()
        for name in ("redis", "llm"):
            wait_for(name, lambda number=self._ports[name]: is_listening(number))  # type: ignore[misc]

    def replace_generator(self) -> None:
        """What ECS does for a new deployment of its service."""
        stop(self._generator)
        self._generator = self._start_generator()

    def _start_generator(self) -> Process:
        environment = {
            "GENERATOR_HOST": LOOPBACK,
            "GENERATOR_PORT": str(self._ports["generator"]),
            "GENERATOR_TOKEN": self._secret("generator-token"),
            "OPENAI_API_KEY": self._secret("openai-api-key"),
            "OPENAI_BASE_URL": f"http://{LOOPBACK}:{self._ports['llm']}/v1",
        }
        started = self._processes.start("generator", [sys.executable, "-m", "generator_service"], environment)
        wait_for("generator", lambda: is_listening(self._ports["generator"]))
        return started

    def change_redis_password(self, password: str, *, only: bool) -> None:
        """Redis accepts this password too, or (`only`) no other, as on ElastiCache.

        With `only`, all connections are closed too. Otherwise a sandbox could work on over one that it opened with the
        old password.
        """
        with redis.Redis(LOOPBACK, self._ports["redis"], password=self._secret("redis-password")) as client:
            client.execute_command("ACL", "SETUSER", "default", *(["resetpass"] if only else []), f">{password}")
            if only:
                client.client_kill_filter(_type="normal")

    def redis_accepts(self, password: str) -> bool:
        with redis.Redis(LOOPBACK, self._ports["redis"], password=password) as client:
            try:
                return bool(client.ping())
            except redis.AuthenticationError:
                return False
