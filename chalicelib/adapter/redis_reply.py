"""The error replies of Redis and Valkey that are not our bugs, and what each means.

The wording differs: Redis 7 and Valkey start every reply with its code. Redis 6.2 wraps an error inside a script in
"ERR Error running script (call to f_...): @user_script:20: @user_script: 20: -READONLY ...".

A reply that is not listed is our own bug and stays visible: WRONGTYPE, EXECABORT, "ERR syntax error" and the like.
"""

import re
from dataclasses import dataclass
from enum import Enum

from redis.exceptions import InvalidResponse, RedisClusterException


class Meaning(Enum):
    """What a reply says about the server.

    In every case a request is answered with 503 and Retry-After, a worker keeps its results and writes them later, a
    long poll continues while it has time left, and the health check says that Redis is down.
    """

    #: Another server has taken over, or is about to: close the connection, reconnect, retry.
    MOVED = "moved"
    #: Temporary; the connection stays usable.
    PASSES = "passes"
    #: Permanent until somebody changes a setting: logged as an error.
    SET_UP = "set-up"


@dataclass(frozen=True, slots=True)
class Reply:
    meaning: Meaning
    #: For the log: what is wrong, and what to check.
    advice: str


_PASSWORD = Reply(
    Meaning.SET_UP,
    "it rejects the user or the password. Check both in REDIS_URL: was the password rotated? "
    "Characters such as @ / # ? : % must be percent-encoded there.",
)
_RIGHTS = Reply(Meaning.SET_UP, "its user may not run a command that is needed. Check the ACL of REDIS_URL's user.")
_CLUSTER = Reply(Meaning.SET_UP, "it is a node of a cluster. Set REDIS_CLUSTER=true.")
_DATABASE = Reply(Meaning.SET_UP, "it does not have this database. Check the number at the end of REDIS_URL.")
_COMMANDS = Reply(
    Meaning.SET_UP,
    "it does not have a command that is needed. REDIS_URL must lead to Redis 6.2 or later or to Valkey, "
    "without renamed commands.",
)
_NO_REDIS = Reply(Meaning.SET_UP, "it does not speak the Redis protocol. Check the host, port and scheme of REDIS_URL.")
_CLIENTS = Reply(Meaning.PASSES, "it has too many connections. Check its maxclients and REDIS_MAX_CONNECTIONS.")

#: By the first word of the reply.
BY_CODE = {
    "READONLY": Reply(Meaning.MOVED, "it is a replica."),
    "MASTERDOWN": Reply(Meaning.MOVED, "it is a replica without its primary."),
    "LOADING": Reply(Meaning.MOVED, "it is loading its data."),
    "UNBLOCKED": Reply(Meaning.MOVED, "it ended a blocking read, as a primary does when it becomes a replica."),
    "REDIRECT": Reply(Meaning.MOVED, "it is a replica."),
    "NOREPLICAS": Reply(Meaning.PASSES, "it has fewer replicas than its min-replicas-to-write requires."),
    "CLUSTERDOWN": Reply(Meaning.PASSES, "no node of the cluster serves the key."),
    "TRYAGAIN": Reply(Meaning.PASSES, "the key is being moved between nodes of the cluster."),
    "BUSY": Reply(Meaning.PASSES, "it is running a script that does not end. SCRIPT KILL stops it."),
    "OOM": Reply(Meaning.PASSES, "it is full. Check its maxmemory; jobs expire by themselves after JOB_TTL_S."),
    "MISCONF": Reply(Meaning.PASSES, "it cannot write to its disk and refuses writes. Check its disk and its log."),
    "NOAUTH": _PASSWORD,
    "WRONGPASS": _PASSWORD,
    "NOPERM": _RIGHTS,
    "DENIED": Reply(Meaning.SET_UP, "it is in protected mode and refuses connections from here. Set a password on it."),
    "NOPROTO": Reply(Meaning.SET_UP, "it is too old: Redis 6.2 or later or Valkey is needed."),
    "MOVED": _CLUSTER,
    "ASK": _CLUSTER,
}
#: By the text after "ERR ", or by the whole text of an error without a code inside a script on Redis 6.2.
BY_TEXT = {
    "max number of clients": _CLIENTS,
    "AUTH <password> called without any password": _PASSWORD,
    "Client sent AUTH, but no password is set": _PASSWORD,
    "invalid password": _PASSWORD,
    "The user executing the script can't run": _RIGHTS,
    "ACL failure in script": _RIGHTS,
    "SELECT is not allowed in cluster mode": _DATABASE,
    "DB index is out of range": _DATABASE,
    "invalid DB index": _DATABASE,
    "unknown command": _COMMANDS,
    "Unknown Redis command called from": _COMMANDS,
    "Unknown command called from": _COMMANDS,
    "This instance has cluster support disabled": Reply(
        Meaning.SET_UP, "it is not a cluster. Set REDIS_CLUSTER=false."
    ),
}

_IN_SCRIPT = re.compile(r"(?:ERR )?Error running script \(call to f_[0-9a-f]{40}\): @user_script:\d+: ")
_LINE_OF_SCRIPT = re.compile(r"@user_script: ?\d+: ")
#: How redis-py wraps the reply to a command in a pipeline.
_IN_PIPELINE = re.compile(r"(?:ERR )?Command # \d+ \(.*\) of pipeline caused error: \(['\"]")


def reply_of(error: BaseException) -> Reply | None:
    """What the server's answer means; None if there was no answer, or if it shows one of our bugs."""
    if isinstance(error, InvalidResponse):
        return _NO_REDIS
    if isinstance(error, RedisClusterException) and (first := error.__cause__ or error.__context__):
        # Its own text is always "Redis Cluster cannot be connected", whatever the nodes answered.
        return reply_of(first)
    return reply_to(_text_of(error))


def reply_to(text: str) -> Reply | None:
    """The same for a raw reply, without the leading "-"."""
    text = _unwrapped(text)
    if known := BY_CODE.get(text.partition(" ")[0]):
        return known
    said = text.removeprefix("ERR ")
    return next((reply for start, reply in BY_TEXT.items() if said.startswith(start)), None)


def _unwrapped(text: str) -> str:
    text = _IN_PIPELINE.sub("", text, count=1)
    inner, is_wrapped = _IN_SCRIPT.subn("", text, count=1)
    return _LINE_OF_SCRIPT.sub("", inner, count=1).removeprefix("-") if is_wrapped else text


def _text_of(error: BaseException) -> str:
    """redis-py strips the code if it has an exception class for it."""
    code = getattr(error, "status_code", None)
    return f"{code} {error}" if code else str(error)
