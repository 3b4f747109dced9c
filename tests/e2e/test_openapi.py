"""The API does what its OpenAPI document says, for the requests that schemathesis generates."""

import os
import re
import subprocess
import sys
from pathlib import Path

from local.stack.local_stack import LocalStack
from tests.e2e.api import Api

_EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "5"))
#: The same requests each time, as far as they do not depend on answers; another number makes others.
_SEED = os.environ.get("SCHEMATHESIS_SEED", "1")
_CONFIG = """\
# A body of more than 64 KiB, or a batch of more than 1 MiB, gets 413, whatever is in it.
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "413", "429", "5xx"]
negative_data_rejection.expected-statuses = [
    "400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"
]
# What is deleted is in the trash, where it can still be read.
use_after_free.enabled = false

# Only a job makes worlds, a while after its request.
[parameters]
world_id = "{world_id}"

[generation]
max-examples = {examples}

# The coverage phase would make every case of every payload again, in a list. `POST /jobs` has them.
[[operations]]
include-path = "/jobs/batch"
phases.coverage.enabled = false
phases.fuzzing.generation.max-examples = {batches}
"""


def run(api: Api, folder: Path, config: str = "", *, user_id: str, phases: str, least_cases: int) -> None:
    """Run schemathesis. Fail if it finds anything, or makes up so few cases that it no longer does its work.

    `config` is added to its configuration. `user_id` is the caller.
    """
    world = api.finished(api.submit("create_world", {"theme": "fantasy", "user_id": user_id})["id"])["result"]
    file = folder / "schemathesis.toml"
    bounds = {"examples": _EXAMPLES, "batches": 10 * _EXAMPLES}
    file.write_text(_CONFIG.format(world_id=world["world_id"], **bounds) + config)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(file), "run", f"{api.url}/openapi.json"]
    command += [
        "--no-color",
        "--phases",
        phases,
        "--seed",
        _SEED,
        "--request-timeout",
        "120",
        "--generation-database",
        "none",
    ]
    hooks = "tests.e2e.schemathesis_hooks"
    environment = os.environ | {"SCHEMATHESIS_HOOKS": hooks, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    cases = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert cases is not None, done.stdout[-2000:]
    assert int(cases[2]) >= least_cases
    print(done.stdout[-600:])


def test_the_api_without_tokens_conforms_to_its_document(api: Api, tmp_path: Path) -> None:
    run(api, tmp_path, user_id="1", phases="examples,coverage,fuzzing,stateful", least_cases=800)


def test_the_api_with_tokens_conforms_to_its_document(guarded: LocalStack, tmp_path: Path) -> None:
    """Schemathesis also checks that requests without a valid token are refused.

    It needs few cases for that, so the phases that make most of them are left out.
    """
    name = "conformance"
    token = guarded.token(name)
    bearer = f'\n[auth.openapi.bearer]\nbearer = "{token}"\n'
    with Api(guarded.urls.api, token) as api:
        run(api, tmp_path, bearer, user_id=name, phases="examples,fuzzing", least_cases=80)
