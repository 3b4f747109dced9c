"""Synthesizes several stages in one process, since most of the time goes into the start of CDK.

Runs in CDK's virtual environment. Standard input is a JSON object: folder → the stage's settings.
"""

import json
import sys
from pathlib import Path

from infra.cdk.__main__ import synthesize
from infra.cdk.settings import InfraSettings

if __name__ == "__main__":
    for folder, settings in json.load(sys.stdin).items():
        synthesize(InfraSettings.read(settings), Path(folder))
        del sys.modules["app"]  # Chalice imports it, and it keeps what it read from this stage's environment
