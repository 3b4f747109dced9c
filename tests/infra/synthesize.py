"""Synthesizes several stages in one process, since each start of CDK takes seconds.

Runs in CDK's virtual environment. Standard input is a JSON object: folder → the stage's settings.
"""

import json
import sys
from pathlib import Path

from infra.cdk.__main__ import synthesize
from infra.cdk.settings import InfraSettings

if __name__ == "__main__":
    for folder, settings in json.load(sys.stdin).items():
        print(folder, file=sys.stderr)
        synthesize(InfraSettings.read(settings), Path(folder))
        del sys.modules["app"]  # so that Chalice imports it again: it reads CORS_ALLOW_ORIGIN at import
