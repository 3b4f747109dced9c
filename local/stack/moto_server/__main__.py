"""The entry point: `python -m local.stack.moto_server -H HOST -p PORT --data FILE`."""

import argparse
from pathlib import Path

from werkzeug.serving import run_simple

from local.stack.moto_server import database, queue
from local.stack.moto_server.application import make_application
from local.stack.moto_server.journal import Journal
from local.stack.moto_server.keep_alive import KeepAliveHandler

parser = argparse.ArgumentParser()
parser.add_argument("-H", "--host", required=True)
parser.add_argument("-p", "--port", type=int, required=True)
parser.add_argument("--data", required=True, type=Path, help="the file that keeps the items of the tables")
given = parser.parse_args()
queue.improve()
database.improve(Journal(given.data))
run_simple(given.host, given.port, make_application(), threaded=True, request_handler=KeepAliveHandler)
