"""Every error reply, exactly as Redis 6.2, 7.0 and Valkey send it."""

import re
from pathlib import Path

import pytest
from redis.exceptions import InvalidResponse, NoPermissionError, ResponseError

from chalicelib.adapter.redis_reply import BY_CODE, BY_TEXT, Meaning, reply_of, reply_to
from tests.redis_server import binaries

SHA = "db8d8f6383e1a67ce23db65efd679a334c123806"
IN_62 = f"ERR Error running script (call to f_{SHA}): @user_script:1: @user_script: 1: "
IN_7 = f" script: {SHA}, on @user_script:1."

MOVED = [
    "READONLY You can't write against a read only replica.",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "LOADING Redis is loading the dataset in memory",
    "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
    "UNBLOCKED client unblocked via CLIENT UNBLOCK",
    "REDIRECT 10.0.0.7:6379",
]
PASSES = [
    "NOREPLICAS Not enough good replicas to write.",
    "OOM command not allowed when used memory > 'maxmemory'.",
    "MISCONF Errors writing to the AOF file: No space left on device",
    "BUSY Valkey is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "CLUSTERDOWN Hash slot not served",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "ERR max number of clients reached",
    "ERR max number of clients + cluster connections reached",
]
SET_UP = [
    "NOAUTH Authentication required.",
    "WRONGPASS invalid username-password pair or user is disabled.",
    "ERR AUTH <password> called without any password configured for the default user. Are you sure ...?",
    "ERR Client sent AUTH, but no password is set",
    "NOPERM this user has no permissions to run the 'set' command or its subcommand",
    "NOPERM User u has no permissions to run the 'set' command",
    "ERR The user executing the script can't run this command or subcommand" + IN_7,
    "ERR ACL failure in script: User u has no permissions to run the 'set' command script: on @user_script:1.",
    IN_62 + "The user executing the script can't run this command or subcommand",
    "DENIED Running in protected mode because protected mode is enabled",
    "NOPROTO unsupported protocol version",
    "ERR DB index is out of range",
    "ERR SELECT is not allowed in cluster mode",
    "ERR unknown command 'EVALSHA', with args beginning with: '0000' '0' ",
    "ERR unknown command `EVALSHA`, with args beginning with: `0000`, `0`, ",
    IN_62 + "Unknown Redis command called from Lua script",
    "ERR Unknown command called from script script: on @user_script:1.",
    "MOVED 3999 127.0.0.1:6381",
    "ASK 3999 127.0.0.1:6381",
]
OURS = [
    "WRONGTYPE Operation against a key holding the wrong kind of value",
    f"ERR Error running script (call to f_{SHA}): @user_script:1: WRONGTYPE Operation against a key of the wrong kind",
    "CROSSSLOT Keys in request don't hash to the same slot",
    "EXECABORT Transaction discarded because of previous errors.",
    "NOSCRIPT No matching script. Please use EVAL.",
    "ERR syntax error",
    "ERR user_script:1: attempt to perform arithmetic on a nil value" + IN_7,
    "ERR the text of somebody's job: READONLY, unknown command, max number of clients",
]


@pytest.mark.parametrize(
    ("meaning", "text"),
    [(meaning, text) for meaning, texts in zip(Meaning, (MOVED, PASSES, SET_UP), strict=True) for text in texts],
)
def test_a_reply_means_the_same_directly_in_a_script_and_in_a_pipeline(meaning: Meaning, text: str) -> None:
    annotated = f"Command # 2 (HMGET job:{{1}} status (x)) of pipeline caused error: ({text!r},)"
    for said in (text, text + IN_7, annotated):
        reply = reply_to(said)
        assert reply is not None, said
        assert reply.meaning is meaning


@pytest.mark.parametrize("text", MOVED[:1] + PASSES[:3])
def test_an_error_in_a_script_on_redis_6_2_is_unwrapped(text: str) -> None:
    assert reply_to(text) is not None
    assert reply_to(f"{IN_62}-{text}") == reply_to(text)


@pytest.mark.parametrize("text", OURS)
def test_our_own_bug_stays_visible(text: str) -> None:
    assert reply_to(text) is None


def test_a_code_that_redis_py_strips_is_restored() -> None:
    assert reply_of(NoPermissionError("this user has no permissions", status_code="NOPERM")) == BY_CODE["NOPERM"]
    assert reply_of(ResponseError("DB index is out of range", status_code="ERR")) == BY_TEXT["DB index is out of range"]


def test_a_server_that_does_not_speak_the_protocol_is_a_wrong_setting() -> None:
    reply = reply_of(InvalidResponse("Protocol Error: b'HTTP/1.1 400 Bad Request'"))
    assert reply is not None
    assert (reply.meaning, "REDIS_URL" in reply.advice) == (Meaning.SET_UP, True)


def test_an_error_without_an_answer_has_no_reply() -> None:
    for error in (ConnectionError("READ"), TimeoutError(), OSError(111, "Connection refused")):
        assert reply_of(error) is None


def test_advice_on_settings_names_what_to_check() -> None:
    replies = [*BY_CODE.values(), *BY_TEXT.values()]
    for reply in replies:
        if reply.meaning is Meaning.SET_UP:
            assert re.search(r"REDIS_|Set a password|6\.2", reply.advice), reply


#: Replies to commands that are never sent: transactions, consumer groups, replicas, Sentinel, MIGRATE, SCRIPT KILL ...
_NEVER_SENT = {"BUSYGROUP", "BUSYKEY", "EXECABORT", "INPROG", "INVALIDOBJ", "IOERR", "NOGOODSLAVE", "NOGOODPRIMARY"} | {
    "NOGROUP", "NOMASTERLINK", "NOQUORUM", "NOTBUSY", "UNKILLABLE",
}  # fmt: skip
#: Our own bugs, or not an error (NOSCRIPT).
_VISIBLE = {"ERR", "WRONGTYPE", "CROSSSLOT", "NOSCRIPT"}


@pytest.mark.parametrize("path", list(binaries().values()), ids=list(binaries()))
def test_every_code_of_the_server_is_classified(path: str) -> None:
    """The codes are read from the program itself: a new version with a new code fails here."""
    codes = {code.decode() for code in re.findall(rb"\0-([A-Z]{3,}) [A-Za-z%]", Path(path).read_bytes())}
    assert "READONLY" in codes
    assert codes - BY_CODE.keys() - _NEVER_SENT - _VISIBLE == set()
