"""Builds the page once, if npm is installed."""

import shutil
import subprocess
from collections.abc import Callable

from local.error import quoted_tail
from local.project import ROOT

DIST = ROOT / "frontend" / "dist"

_BUILD = (("npm", "ci", "--no-audit", "--no-fund"), ("npm", "run", "build", "--workspace", "frontend"))
_HOW_TO = "Install Node.js 20 or newer with npm (https://nodejs.org), or run `npm ci && npm run build -w frontend`."


def is_built() -> bool:
    return (DIST / "index.html").is_file()


def prepare(say: Callable[[str], None]) -> bool:
    """Build the page if necessary. Returns whether there is a page to serve; if not, calls `say` with the reason."""
    if is_built():
        return True
    if shutil.which("npm") is None:
        say(f"npm is not installed, so the page cannot be built and the stack starts without it. {_HOW_TO}")
        return False
    say("Building the page (once, about a minute) ...")
    return all(_succeeds(command, say) for command in _BUILD)


def _succeeds(command: tuple[str, ...], say: Callable[[str], None]) -> bool:
    done = subprocess.run(command, check=False, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        shown = f"Output of `{' '.join(command)}`:{quoted_tail(done.stdout)}"
        say(f"The page could not be built, so the stack starts without it. {shown}")
    return done.returncode == 0
