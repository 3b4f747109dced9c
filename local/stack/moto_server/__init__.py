"""moto's server with a queue that stays fast while many messages are in flight.

    python -m local.stack.moto_server -H HOST -p PORT

moto looks at every message of a queue several times for each one that it sends, receives or deletes, and lists its own
folder for each request. While 300 messages are in flight, a receive of ten costs 250 ms of CPU, here 3 ms. On an empty
queue, a send, a receive and a delete cost 1 ms each instead of 3 to 4.
"""
