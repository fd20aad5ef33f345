"""Ray Data gives what one process gives, also when a worker is killed in the middle. Skips without Ray."""

import os
import signal
import threading
import time

import pytest

import thinkmeter as tm

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'ray[data]'")
pyarrow = pytest.importorskip("pyarrow")

ROWS = 2_000
THOUGHT = "<think>\n{n} and {n} is a sum.\n\nSo it is {sum}.\n\n{more}</think>\n\nThe answer is \\boxed{{{said}}}."


def trace(n):
    said = 2 * n if n % 3 else 2 * n + 1
    text = THOUGHT.format(n=n, sum=2 * n, said=said, more="Let me check that again.\n\n" * (n % 40))
    return {"problem": f"What is {n} + {n}?", "gold": str(2 * n), "response": text, "model": "m", "sample": 0}


@pytest.fixture(scope="module")
def cluster():
    ray.init(address="local", num_cpus=3, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def by_problem(table):
    return table.sort_by([("model", "ascending"), ("problem_id", "ascending"), ("sample", "ascending")])


def mapping_workers():
    """Processes of this test's cluster that map batches right now."""
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                title = file.read()
        except OSError:
            continue
        if title.startswith(b"ray::") and b"MapBatches" in title and os.getpid() in ancestors(pid):
            yield pid


def ancestors(pid):
    found = []
    while pid > 1:
        try:
            with open(f"/proc/{pid}/stat") as file:
                pid = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            break
        found.append(pid)
    return found


def kill_a_worker(killed):
    """SIGKILL to one of them, as soon as there is one."""
    deadline = time.monotonic() + 120
    while not killed and time.monotonic() < deadline:
        for pid in mapping_workers():
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
            return
        time.sleep(0.01)


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="workers are found by /proc")
def test_a_killed_worker_changes_nothing(cluster):
    import thinkmeter.ray

    table = pyarrow.Table.from_pylist([trace(n) for n in range(ROWS)])
    meter = tm.Meter(tokenizer="builtin", think=tm.think_format(table.slice(0, 200)))
    expect = by_problem(meter(table))
    ds = ray.data.from_arrow(table).repartition(16)
    killed = []
    thread = threading.Thread(target=kill_a_worker, args=(killed,))
    thread.start()
    scores = thinkmeter.ray.score(ds, meter, batch_size=64).materialize()
    thread.join()
    found = by_problem(pyarrow.concat_tables(scores.iter_batches(batch_format="pyarrow", batch_size=None)))
    assert found.to_pylist() == expect.to_pylist()
    assert killed, "no worker was there to be killed"
    figures = thinkmeter.ray.measure(scores, meter)
    assert figures.to_dicts() == meter.measure(tm.Table(tm._native.Table(expect))).to_dicts()
