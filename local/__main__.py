"""The entry point of `make run`, `make demo`, `make stack` and `make token`."""

import os

from foundation.masking.output import mask_output
from local.command_line.cli import app
from local.stack.settings import read_dotenv

# stdout is not masked, because the `token` command prints a token there.
mask_output({name: value or "" for name, value in read_dotenv().items()} | os.environ, stdout=False)
app(prog_name="python -m local")
