"""Synthesizes several stages in one process, since each start of CDK takes seconds.

Runs in CDK's virtual environment. Standard input is a JSON object: folder → the stage's settings.
"""

import json
import sys
from pathlib import Path

from infra.cdk import chalice_app
from infra.cdk.__main__ import synthesize
from infra.cdk.bytecode import finish
from infra.cdk.settings import InfraSettings

#: A package as Chalice packed it → the finished one.
_finished: dict[bytes, bytes] = {}


def finish_once(package: Path) -> None:
    """Finish each package once. Stages for one processor share a package, and finishing it takes seconds."""
    packed = package.read_bytes()
    if packed in _finished:
        package.write_bytes(_finished[packed])
        return
    finish(package)
    _finished[packed] = package.read_bytes()


if __name__ == "__main__":
    chalice_app.finish = finish_once  # type: ignore[attr-defined, assignment]
    for folder, settings in json.load(sys.stdin).items():
        print(folder, file=sys.stderr)
        synthesize(InfraSettings.read(settings), Path(folder))
        del sys.modules["app"]  # so that Chalice imports it again: it reads CORS_ALLOW_ORIGIN at import
