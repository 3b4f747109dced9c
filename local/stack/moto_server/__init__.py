"""moto's server with a queue that stays fast while many messages are in flight, connections that stay open, and tables
that keep their items.

    python -m local.stack.moto_server -H HOST -p PORT --data FILE

moto looks at every message of a queue several times for each one that it sends, receives or deletes. While 300 messages
are in flight, a receive of ten costs moto 250 ms of CPU, and 3 ms here. For each request, moto also looks up the
service and its methods again, and adds headers for browsers. On an empty queue, a send, a receive and a delete cost
less than 1 ms each instead of 3 to 4.

moto keeps everything in memory. Here, what is written to DynamoDB is also written to a file before it is answered, and
read from there at the next start.

moto's server starts a thread for each connection, and closes the connection after one answer. Open connections save a
quarter of moto's CPU for a job, and a fifth of the event source's.
"""
