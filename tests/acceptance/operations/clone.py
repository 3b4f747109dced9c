"""A clone from which a reader deploys to the emulator with `make deploy`.

The recipe, infra/deploy.sh, its steps and the command line of CDK are the real ones. Three parts are replaced: the app
that CDK runs gives CDK the stack that was synthesized for the emulator, npm does not build the page, and
`GENERATOR_IMAGE` names an image, so that none is built.
"""

import os
import shutil
import sys
from pathlib import Path

from local.project import ROOT
from local.stack.aws_emulator import ministack_argv
from tests.infra.conftest import EMULATED, INFRA_BIN
from tests.infra.emulated.cloud import Cloud
from tests.snippet.make_target import link_environment

_APP = """
import os, shutil

shutil.copytree({assembly!r}, os.environ["CDK_OUTDIR"], dirs_exist_ok=True)
"""
#: The real npm installs the command line of CDK.
_NPM = """#!/usr/bin/env bash
set -e
case "$*" in
  "ci "*frontend) ;;
  "run build "*frontend) mkdir -p frontend/dist && echo "the page" > frontend/dist/index.html ;;
  *) exec {npm} "$@" ;;
esac
"""
#: CDK's bucket refuses requests without TLS. So those of CDK say that a proxy has received them with TLS.
_TLS = """
const http = require("http");
const request = http.request;
const withTls = (options) => ({...options, headers: {...options.headers, "x-forwarded-proto": "https"}});
if (process.argv[1]?.endsWith("cdk")) http.request = (options, ...others) => request(withTls(options), ...others);
"""


def make_clone(folder: Path, cloud: Cloud) -> dict[str, str]:
    """Make it in the folder. Returns the variables with which `make deploy` runs in it."""
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.name not in ("infra", "frontend", "node_modules"):
            (folder / path.name).symlink_to(path)
    infra, programs, assembly = folder / "infra", folder / "programs", folder / "assembly"
    shutil.copytree(ROOT / "infra", infra, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    (infra / "cdk/__main__.py").write_text(_APP.format(assembly=str(assembly)), encoding="utf-8")
    cloud.write_assembly(assembly)
    ministack = Path(ministack_argv()[0]).parents[1]
    for name, real in ((".venv", Path(sys.prefix)), (".venv-infra", INFRA_BIN.parent), (".venv-ministack", ministack)):
        link_environment(real, folder / name)
    programs.mkdir()
    (programs / "npm").write_text(_NPM.format(npm=shutil.which("npm")), encoding="utf-8")
    (programs / "npm").chmod(0o700)
    (programs / "tls.cjs").write_text(_TLS, encoding="utf-8")
    (folder / ".env.emulated").write_text(f"GENERATOR_IMAGE={EMULATED['GENERATOR_IMAGE']}\n", encoding="utf-8")
    found_first = os.pathsep.join([str(programs), os.environ["PATH"]])
    return {"NODE_OPTIONS": f"--require {programs / 'tls.cjs'}", "PATH": found_first}
