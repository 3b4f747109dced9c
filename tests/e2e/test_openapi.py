"""The API does what its OpenAPI document says, for thousands of requests that schemathesis generates."""

import os
import re
import subprocess
import sys
from pathlib import Path

from local.stack.local_stack import LocalStack

_EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "10")
#: It may have made up fewer only if it no longer does its work.
_LEAST_CASES = 800
#: The same requests each time, so that a failure is the change's; another number makes others.
_SEED = os.environ.get("SCHEMATHESIS_SEED", "1")


def run(url: str, *options: str) -> str:
    """Run schemathesis and return its output. Fail if it finds anything."""
    hooks = "tests.e2e.schemathesis_hooks"
    command = [sys.executable, "-m", "schemathesis.cli", *options, "run", f"{url}/openapi.json", "--no-color"]
    command += [
        "--max-examples",
        _EXAMPLES,
        "--seed",
        _SEED,
        "--request-timeout",
        "30",
        "--generation-database",
        "none",
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": hooks, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    cases = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert cases is not None, done.stdout[-2000:]
    assert int(cases[2]) >= _LEAST_CASES
    return done.stdout


def test_the_api_without_tokens_conforms_to_its_document(stack: LocalStack) -> None:
    print(run(stack.urls.api)[-600:])


def test_the_api_with_tokens_conforms_to_its_document(guarded: LocalStack, tmp_path: Path) -> None:
    """Schemathesis also checks that requests without a valid token are refused."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(f'[auth.openapi.bearer]\nbearer = "{guarded.token("alice")}"\n')
    print(run(guarded.urls.api, "--config-file", str(config))[-600:])
