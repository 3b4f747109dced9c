"""One event loop for all threads of a process. Connections to Redis belong to it."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

import pytest

from chalicelib.loop import SharedLoop


@pytest.fixture
def shared() -> Iterator[SharedLoop]:
    """The loop of a process, which otherwise ends with the process."""
    made = SharedLoop()
    yield made
    loop, thread = made._loop, made._thread
    assert loop is not None
    if thread is not None:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
    loop.close()


async def whose() -> tuple[threading.Thread, asyncio.AbstractEventLoop]:
    return threading.current_thread(), asyncio.get_running_loop()


def test_the_main_thread_runs_the_loop_itself(shared: SharedLoop) -> None:
    """As in Lambda: a second thread would cost more than a read of Redis."""
    first, second = shared.run(whose()), shared.run(whose())
    assert first == second
    assert first[0] is threading.main_thread()


def test_other_threads_share_a_loop_and_work_at_the_same_time(shared: SharedLoop) -> None:
    """As in the local server, where each long poll occupies a thread."""
    arrived: list[asyncio.Event] = []

    async def meet() -> asyncio.AbstractEventLoop:
        arrived.append(asyncio.Event())
        if len(arrived) == 2:
            arrived[0].set()
        await arrived[0].wait()
        return asyncio.get_running_loop()

    with ThreadPoolExecutor(2) as pool:
        first, second = [pool.submit(shared.run, meet()) for _ in range(2)]
        assert first.result(60) is second.result(60)


def test_the_main_thread_joins_the_loop_of_the_others(shared: SharedLoop) -> None:
    """What it has opened stays usable, since the loop is the same."""
    _, before = shared.run(whose())
    with ThreadPoolExecutor(1) as pool:
        thread, among = pool.submit(shared.run, whose()).result(60)
    later, after = shared.run(whose())
    assert before is among is after
    assert thread is later is not threading.main_thread()


def test_a_server_shares_its_loop_with_the_threads_that_it_starts() -> None:
    """A second loop would need another thread, and each request more switches between threads."""
    shared = SharedLoop()

    async def serve() -> None:
        own = await whose()
        assert await asyncio.to_thread(shared.run, whose()) == own
        assert own[0] is threading.current_thread()

    shared.host(serve())


def test_a_server_that_ends_cancels_what_its_threads_wait_for() -> None:
    """Otherwise, the thread of a long poll would keep the process from ending."""
    shared = SharedLoop()
    with ThreadPoolExecutor(1) as pool:

        async def serve() -> Future[None]:
            waits = asyncio.Event()

            async def wait() -> None:
                waits.set()
                await asyncio.Event().wait()

            poll = pool.submit(shared.run, wait())
            await waits.wait()
            return poll

        with pytest.raises(CancelledError):
            shared.host(serve()).result(60)


def test_an_error_reaches_the_caller(shared: SharedLoop) -> None:
    async def fail() -> None:
        raise LookupError("not there")

    with pytest.raises(LookupError):
        shared.run(fail())
    with ThreadPoolExecutor(1) as pool, pytest.raises(LookupError):
        pool.submit(shared.run, fail()).result(60)
