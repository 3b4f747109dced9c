"""A Redis in cluster mode, as ElastiCache Serverless is one: commands whose keys are of several slots are refused."""

import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from local.stack import redis_server
from local.stack.tcp_port import assign_ports


@pytest.fixture(scope="session")
def redis_cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One node with all the slots."""
    ports, folder = assign_ports(["redis", "bus"], {}), tmp_path_factory.mktemp("redis-cluster")
    command = redis_server.server_argv(redis_server.find_binary(), ports["redis"], folder)
    command += ["--cluster-enabled", "yes", "--cluster-port", str(ports["bus"])]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _until(lambda: redis_server.answers(ports["redis"]))
            with Redis(port=ports["redis"], decode_responses=True) as node:
                node.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
                _until(lambda: node.execute_command("CLUSTER INFO")["cluster_state"] == "ok")
            yield f"redis://127.0.0.1:{ports['redis']}/0"
        finally:
            server.kill()


def _until(holds: Callable[[], bool], timeout_s: float = 10) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "the cluster did not start"
        time.sleep(0.02)
