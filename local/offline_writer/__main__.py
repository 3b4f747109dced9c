"""`python -m local.offline_writer --port N`: an OpenAI-compatible server that writes lore without an LLM."""

import argparse
import os
import sys
from random import Random

from foundation.masking.output import mask_output
from foundation.settings import SettingsError
from local.http_server import serve
from local.offline_writer.settings import OfflineWriterSettings
from local.offline_writer.wire.abort import AbortableProtocol
from local.offline_writer.wire.app import OfflineWriter
from local.offline_writer.wire.completion import AnswerWriter
from local.offline_writer.wire.fault import Faults


def main() -> int:
    mask_output(os.environ)
    parser = argparse.ArgumentParser(prog="python -m local.offline_writer", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    port = parser.parse_args().port
    try:
        settings = OfflineWriterSettings.read(os.environ)
    except SettingsError as error:
        print(f"The offline writer cannot start:\n{error}", file=sys.stderr)  # noqa: T201
        return 2
    seed = settings.offline_writer_seed
    faults = Faults(settings.offline_llm_latency_s, settings.offline_llm_faults, Random(seed))  # noqa: S311 - no secrets
    app = OfflineWriter(AnswerWriter(seed), faults).app()
    serve(app, port, path="/v1", protocol=AbortableProtocol)
    return 0


if __name__ == "__main__":
    sys.exit(main())
