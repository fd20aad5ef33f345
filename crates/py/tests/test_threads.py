"""Nothing hangs: threads, asyncio, a forked child, Ctrl-C."""

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import thinkmeter as tm

PAIRS = [("1/2", "0.5"), ("42", "41"), (r"\sqrt{4}", "2"), ("x+1", "1+x"), ("5 m", "500 cm"), ("B", "C")]
COUNT = 3_000


def verdicts():
    return [tm.verify(gold, given) for gold, given in PAIRS]


def test_threads_give_the_same_verdicts():
    expect = verdicts()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: verdicts(), range(COUNT // len(PAIRS))))
    assert all(one == expect for one in found)


def test_asyncio_gives_the_same_verdicts():
    async def all_of_them():
        return await asyncio.gather(*(asyncio.to_thread(verdicts) for _ in range(100)))

    assert all(one == verdicts() for one in asyncio.run(all_of_them()))


def in_child(queue, rows):
    golds, given = zip(*PAIRS * 50)
    queue.put((verdicts(), tm.verify_many(golds, given), tm.Meter()(rows)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_has_threads_of_its_own(rows):
    golds, given = zip(*PAIRS * 50)
    expect = verdicts(), tm.verify_many(golds, given), tm.Meter()(rows)
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            tm.verify_many(golds, given)

    threads = [threading.Thread(target=busy) for _ in range(3)]
    [thread.start() for thread in threads]
    try:
        context = multiprocessing.get_context("fork")
        for _ in range(5):
            queue = context.Queue()
            child = context.Process(target=in_child, args=(queue, rows))
            child.start()
            assert queue.get(timeout=60) == expect
            child.join(10)
            assert child.exitcode == 0
    finally:
        stop.set()
        [thread.join() for thread in threads]


def test_work_is_done_without_the_lock(rows):
    ticks = 0
    done = threading.Event()

    def work():
        tm.Meter(threads=1)([row | {"response": row["response"] * 200, "sample": n} for n in range(60) for row in rows[:1]])
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        ticks += 1
        time.sleep(0.001)
    thread.join()
    assert ticks > 3


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
def test_ctrl_c_is_heard_in_the_middle(rows):
    long = [row | {"response": row["response"] * 100, "sample": n} for n in range(2_000) for row in rows[:1]]
    # Whoever starts the tests in the background may have them ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            for _ in range(20):
                tm.Meter(threads=1, tokenizer="builtin")(long)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - started < 30
