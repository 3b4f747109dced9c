"""The command line, `loresmith`. It needs the extra `cli`."""

import sys

#: What the command line needs besides the library.
_EXTRA = frozenset({"typer", "click", "rich"})


def main() -> None:
    """Run the command line with the arguments of this process."""
    try:
        from loresmith.cli.command import run
    except ModuleNotFoundError as missing:
        if missing.name not in _EXTRA:
            raise
        sys.exit(f'{missing.name} is missing. Install the command line, in a clone: pip install "./client[cli]"')
    sys.exit(run(sys.argv[1:]))
