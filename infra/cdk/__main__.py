"""`python -m infra.cdk`: the program that the CDK command line runs to get the stack. STAGE says which one.

Writes to CDK_OUTDIR, which the command line sets, or else to `cdk.out`.
"""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import aws_cdk as cdk

from foundation.settings import SettingsError
from infra.cdk.deviation import enforce_rules
from infra.cdk.settings import InfraSettings
from infra.cdk.stack import JobsStack


def main() -> int:
    """Synthesize. Exits with 1 and the reasons if settings are wrong or a rule is broken."""
    try:
        settings = InfraSettings.read(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"The stack cannot be synthesized:\n{error}\n")
        return 1
    synthesize(settings, Path(os.environ.get("CDK_OUTDIR") or "cdk.out").resolve())
    return 0


def synthesize(settings: InfraSettings, out: Path) -> None:
    """Write the stage's template and packages to the folder `out`, an absolute path."""
    os.environ.setdefault("AWS_DEFAULT_REGION", settings.region)  # Chalice's construct looks for it
    # Chalice's construct leaves its package in the current folder.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        app = cdk.App(analytics_reporting=False, outdir=str(out))
        enforce_rules(app, JobsStack(app, settings), settings)
        app.synth()


if __name__ == "__main__":
    sys.exit(main())
