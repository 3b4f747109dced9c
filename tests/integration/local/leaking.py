"""Makes real programs leak every secret in their environment through every output channel."""

import json
from pathlib import Path
from typing import Any

import jwt

#: Each has a mark, so that a search finds it or a part of it.
SECRETS = {
    "OPENAI_API_KEY": "sk-MARKED-openai",
    "JWT_KEY": "MARKED-jwt-secret-of-more-than-32-characters",
    "AWS_SECRET_ACCESS_KEY": "MARKED/aws+secret",
    "AWS_SESSION_TOKEN": "MARKED//aws-session==",
    "LLM_EXTRA_HEADERS": json.dumps({"api-key": 'MARKED-extra-"header"'}),
    "OTEL_EXPORTER_OTLP_HEADERS": "x-key=MARKED-otlp-header",
    "https_proxy": "http://user:MARKED-proxy%40word@127.0.0.1:9",
}
MARK = "MARKED"
CALLERS_TOKEN = f"{jwt.encode({'sub': MARK}, 's' * 32)}.{MARK}"

#: The text of `sitecustomize.py`, which every Python process imports at its start.
_SITECUSTOMIZE = """
import asyncio, contextlib, gc, json, logging, os, pathlib, sys, threading, time, traceback, urllib.parse, warnings

FOLDER = pathlib.Path(os.environ["LEAK"])
NAMES = json.loads(os.environ["LEAK_NAMES"])


def quoted():
    values = [os.environ[name] for name in NAMES if name in os.environ]
    values += [urllib.parse.unquote(value) for value in values]
    for value in [*values, os.environ["LEAK_TOKEN"]]:
        for form in (value, repr(value), repr(value.encode()), json.dumps({"body": json.dumps(value)})):
            yield form
        yield urllib.parse.quote(value, safe="")


def fail(way):
    try:
        raise ValueError(way + " " + " ".join(quoted()))
    except ValueError as error:
        raise ExceptionGroup("several", [error])


async def forget():
    task = asyncio.ensure_future(coroutine())
    await asyncio.wait([task])
    del task
    gc.collect()


async def coroutine():
    fail("asyncio")


class Unraisable:
    def __del__(self):
        raise ValueError("unraisable " + " ".join(quoted()))


def leak():
    for name in ("urllib3.connectionpool", "chalicelib.somewhere", "generator_service.somewhere", "local"):
        try:
            fail("logging")
        except ExceptionGroup:
            logging.getLogger(name).exception("quoted %s", list(quoted()), extra={"quoted": list(quoted())})
    try:
        fail("print_exc")
    except ExceptionGroup:
        traceback.print_exc()
    failing = threading.Thread(target=fail, args=("thread",))
    failing.start()
    failing.join()
    sys.excepthook(*caught())
    asyncio.run(forget())
    Unraisable()
    warnings.warn(" ".join(quoted()))
    for value in quoted():
        logging.getLogger("urllib3").error("x" * 3992 + value)
    with contextlib.suppress(TypeError):  # AWS's handler does not catch it
        logging.getLogger("urllib3").error("%d", "not a number " + next(quoted()))
    print("leaked everything", file=sys.stderr, flush=True)


def caught():
    try:
        fail("excepthook")
    except ExceptionGroup:
        return sys.exc_info()


def wait():
    # A Lambda function may start later. Before its code is loaded, it has nothing to leak.
    while not (FOLDER / "now").exists() or type(sys.stderr).__name__ != "MaskedStream":
        time.sleep(0.05)
    # The stack also starts third-party programs, which are not tested.
    if not any(name in " ".join(sys.orig_argv) for name in ("moto", "tether.py", "ministack")):
        leak()


threading.Thread(target=wait, daemon=True).start()
"""


def environment(folder: Path, **secrets: str) -> dict[str, Any]:
    """Variables that make a program leak these secrets once `leak` is called."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_SITECUSTOMIZE)
    names = json.dumps([*secrets, "REDIS_URL", "GENERATOR_TOKEN"])
    leaking = {"LEAK": str(folder), "LEAK_NAMES": names, "LEAK_TOKEN": CALLERS_TOKEN, "PYTHONPATH": str(folder)}
    return secrets | leaking


def leak(folder: Path) -> None:
    (folder / "now").touch()
