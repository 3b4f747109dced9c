"""The entry point."""

import sys

from moto.server import main

from local.stack.moto_server.queue import quicken

quicken()
main(sys.argv[1:])
