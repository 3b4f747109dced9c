"""The entry point: `python -m local.stack.moto_server -H HOST -p PORT`."""

import argparse

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

from local.stack.moto_server.keep_alive import KeepAliveHandler
from local.stack.moto_server.queue import quicken

parser = argparse.ArgumentParser()
parser.add_argument("-H", "--host", required=True)
parser.add_argument("-p", "--port", type=int, required=True)
given = parser.parse_args()
quicken()
app = DomainDispatcherApplication(create_backend_app)
run_simple(given.host, given.port, app, threaded=True, request_handler=KeepAliveHandler)
