"""The event loop of this process. Chalice's synchronous handlers run their coroutines in it.

A single loop keeps the connections to Redis open between Lambda invocations and lets the local server's threads share
them.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class SharedLoop:
    """An event loop for all threads of a process.

    Lambda calls every handler in the main thread, which then runs the loop itself: a second thread would cost more than
    a read of Redis. A local program calls the handlers in several threads. Its server runs the loop (`host`), or the
    first thread that calls `run` starts a daemon thread that runs the loop from then on.
    """

    def __init__(self) -> None:
        #: Held while the main thread runs the loop.
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the coroutine in the loop and wait for its result, or raise what it raises."""
        with self._lock:
            self._loop = loop = self._loop or asyncio.new_event_loop()
            if self._thread is None and threading.current_thread() is threading.main_thread():
                return loop.run_until_complete(work)
            if self._thread is None:
                self._thread = threading.Thread(target=loop.run_forever, name="event-loop", daemon=True)
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    def host(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a server in the loop, in this thread, until it ends. Call it before any `run`.

        Work that other threads pass to `run` runs in the same loop. It is cancelled when the server ends.
        """
        with asyncio.Runner() as runner:
            self._loop, self._thread = runner.get_loop(), threading.current_thread()
            return runner.run(work)


#: The loop of this process.
LOOP = SharedLoop()
