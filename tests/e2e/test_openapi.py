"""The API does what its OpenAPI document says, for the requests that schemathesis generates."""

import os
import re
import subprocess
import sys
from pathlib import Path

from local.stack.local_stack import LocalStack

_EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "5")
#: The same requests each time, so that a failure is the change's; another number makes others.
_SEED = os.environ.get("SCHEMATHESIS_SEED", "1")


def run(url: str, *options: str, phases: str, least_cases: int) -> None:
    """Run schemathesis. Fail if it finds anything, or makes up so few cases that it no longer does its work."""
    hooks = "tests.e2e.schemathesis_hooks"
    command = [sys.executable, "-m", "schemathesis.cli", *options, "run", f"{url}/openapi.json", "--no-color"]
    command += [
        "--phases",
        phases,
        "--max-examples",
        _EXAMPLES,
        "--seed",
        _SEED,
        "--request-timeout",
        "120",
        "--generation-database",
        "none",
        # What is deleted is in the trash, where it can still be read.
        "--exclude-checks",
        "use_after_free",
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": hooks, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    cases = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert cases is not None, done.stdout[-2000:]
    assert int(cases[2]) >= least_cases
    print(done.stdout[-600:])


def test_the_api_without_tokens_conforms_to_its_document(stack: LocalStack) -> None:
    run(stack.urls.api, phases="examples,coverage,fuzzing,stateful", least_cases=800)


def test_the_api_with_tokens_conforms_to_its_document(guarded: LocalStack, tmp_path: Path) -> None:
    """Schemathesis also checks that requests without a valid token are refused.

    It needs few cases for that, so the phase that makes most of them is left out.
    """
    config = tmp_path / "schemathesis.toml"
    config.write_text(f'[auth.openapi.bearer]\nbearer = "{guarded.token("alice")}"\n')
    run(guarded.urls.api, "--config-file", str(config), phases="examples,fuzzing,stateful", least_cases=80)
