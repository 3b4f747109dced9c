"""Replication between two of a test's own Redis servers, and failover from one to the other."""

import uuid

from local.project import LOOPBACK
from tests.redis_server import Address, RedisServer, until


def follow(replica: RedisServer, primary: RedisServer) -> None:
    """Make it a replica and let it catch up, so that it receives all later writes."""
    replica.ask("REPLICAOF", LOOPBACK, primary.port)
    until(lambda: replica_state(primary, replica) == "online")
    # Even then it receives nothing until its first acknowledgement, up to a second later.
    # The snapshot that it starts with may contain an old value, so the value is new each time.
    mark = str(uuid.uuid4())
    primary.ask("SET", "followed", mark)
    until(lambda: replica.ask("GET", "followed") == mark)


def promote(replica: RedisServer) -> None:
    """Make it a primary."""
    replica.ask("REPLICAOF", "NO", "ONE")


def offset(server: RedisServer) -> int:
    """The server's position in the replication stream."""
    return int(server.ask("INFO", "replication")["master_repl_offset"])


def replica_state(primary: RedisServer, replica: RedisServer) -> str | None:
    """What the primary says about its replica; None if it does not know it."""
    about = primary.ask("INFO", "replication")
    replicas = [value for name, value in about.items() if name.startswith("slave") and isinstance(value, dict)]
    return next((str(each["state"]) for each in replicas if each["port"] == replica.port), None)


def fail_over(address: Address, old: RedisServer, new: RedisServer) -> None:
    """Fail over like a managed Redis: promote the replica, move the address, make the old primary a replica.

    The old primary's connections stay open.
    """
    promote(new)
    address.lead_to(new)
    old.ask("REPLICAOF", LOOPBACK, new.port)
