"""The entry point of `make run`, `make demo` and `make stack`."""

from infra.local.cli import app

app(prog_name="python -m infra.local")
