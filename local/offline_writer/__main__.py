"""`python -m local.offline_writer --port N`: an OpenAI-compatible server that writes lore without an LLM."""

import argparse
import os
import sys

from foundation.masking.output import mask_output
from local.http_server import serve
from local.offline_writer import setup
from local.offline_writer.wire.abort import AbortableProtocol
from local.offline_writer.wire.app import OfflineWriter
from local.offline_writer.wire.completion import AnswerWriter


def main() -> int:
    mask_output(os.environ)
    parser = argparse.ArgumentParser(prog="python -m local.offline_writer", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    port = parser.parse_args().port
    if faults := list(setup.faults(os.environ)):
        print("\n".join(["The offline writer cannot start:", *faults]), file=sys.stderr)  # noqa: T201
        return 2
    seed = setup.seed(os.environ)
    app = OfflineWriter(AnswerWriter(seed), setup.plan(os.environ, seed)).app()
    serve(app, port, path="/v1", protocol=AbortableProtocol)
    return 0


if __name__ == "__main__":
    sys.exit(main())
