"""The provider that writes: the one that the environment names, the offline writer, or SmolLM2."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.process.tether import tethered
from local.project import LOOPBACK, ROOT
from local.stack import probe
from local.stack.environment import ANY_KEY, OFFLINE_LANGUAGE
from local.stack.tcp_port import assign_ports
from tests.acceptance.real_llm.llama import PARALLEL, LlamaServer

PROVIDERS = ("auto", "environment", "offline", "smollm2")
#: The offline writer chooses the same words in every run.
_SEED = "13"
_START_S = 60
#: Enough time for a model on two cores that are shared with other programs.
_PATIENCE = {"LLM_TIMEOUT_S": "600", "LLM_LOAD_TIMEOUT_S": "600", "LLM_MAX_CONCURRENCY": str(PARALLEL)}


class ProviderFailed(Exception):
    """The provider's own program did not start."""


def chosen(name: str, environment: Mapping[str, str]) -> str:
    """The provider's name. `auto`: the environment's if it names one, or else the offline writer."""
    if name != "auto":
        return name
    is_named = any(environment.get(variable, "").strip() for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL"))
    return "environment" if is_named else "offline"


@contextmanager
def provider(name: str, environment: Mapping[str, str], folder: Path) -> Iterator[dict[str, str]]:
    """Run the provider and yield the generator's environment for it. Logs go to the folder."""
    match name:
        case "offline":
            with _offline_writer(folder) as url:
                languages = {"LLM_LANGUAGES": OFFLINE_LANGUAGE}
                yield environment_at(environment, url, "offline-writer") | languages
        case "smollm2":
            with LlamaServer(folder) as llama:
                yield _PATIENCE | environment_at(environment, llama.url, "SmolLM2-135M-Instruct")
        case _:
            yield {"OPENAI_API_KEY": ANY_KEY, **environment}


def environment_at(environment: Mapping[str, str], url: str, model: str) -> dict[str, str]:
    """The variables for a server on this machine. The operator's key and headers do not go to it."""
    others = {name: value for name, value in environment.items() if not name.startswith(("OPENAI_", "LLM_EXTRA_"))}
    return others | {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": ANY_KEY, "OPENAI_MODEL": model}


@contextmanager
def _offline_writer(folder: Path) -> Iterator[str]:
    port = assign_ports(["llm"], {})["llm"]
    argv = tethered([sys.executable, "-m", "local.offline_writer", "--port", str(port)])
    environment = dict(os.environ) | {"OFFLINE_WRITER_SEED": _SEED}
    log_path = folder / "offline-writer.log"
    with (
        log_path.open("ab") as log,
        subprocess.Popen(argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process,
    ):
        try:
            deadline = time.monotonic() + _START_S
            while not probe.http_ok(port, "/health"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ProviderFailed(f"The offline writer did not start. Its log: {log_path}")
                time.sleep(0.05)
            yield f"http://{LOOPBACK}:{port}/v1"
        finally:
            process.kill()
