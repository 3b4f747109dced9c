"""The entry point: `python -m local.stack.moto_server -H HOST -p PORT`."""

import argparse

from werkzeug.serving import run_simple

from local.stack.moto_server.application import make_application
from local.stack.moto_server.keep_alive import KeepAliveHandler
from local.stack.moto_server.queue import quicken

parser = argparse.ArgumentParser()
parser.add_argument("-H", "--host", required=True)
parser.add_argument("-p", "--port", type=int, required=True)
given = parser.parse_args()
quicken()
run_simple(given.host, given.port, make_application(), threaded=True, request_handler=KeepAliveHandler)
