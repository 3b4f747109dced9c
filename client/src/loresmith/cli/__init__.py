"""The command line, `loresmith`. It needs the extra `cli`: pip install "loresmith[cli]"."""

import sys


def main() -> None:
    """Run the command line with the arguments of this process."""
    try:
        from loresmith.cli.command import app
    except ModuleNotFoundError as missing:
        sys.exit(f'{missing.name} is missing. Install the command line: pip install "loresmith[cli]"')
    app()
