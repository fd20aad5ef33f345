"""Machines that lack something: pyarrow, Ray, a run."""

import subprocess
import sys
import textwrap

import pytest

import thinkmeter as tm


def without(modules, code):
    """Runs Python with these modules out of reach."""
    hide = f"import sys\nfor name in {modules!r}: sys.modules[name] = None\n"
    done = subprocess.run([sys.executable, "-c", hide + textwrap.dedent(code)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_pyarrow_everything_but_its_tables_works():
    said = without(
        ["pyarrow"],
        """
        import thinkmeter as tm
        rows = [{"problem": "2+2?", "gold": "4", "response": "<think>It is 4.</think> \\\\boxed{4}", "model": "m"}]
        print(tm.verify("1/2", "0.5"), tm.Meter()(rows)[0]["correct"])
        table = tm.Table(tm.Meter()._native.measure_rows(tm._tables.given(rows), []))
        print(len(table), table.to_dicts()[0]["model"])
        try: table.to_pyarrow()
        except ImportError as error: print(error)
        """,
    )
    assert said.splitlines() == ["True True", "1 m", "this needs pyarrow: pip install pyarrow"]


def test_pandas_without_pyarrow():
    pytest.importorskip("pandas")
    said = without(
        ["pyarrow"],
        """
        import pandas, thinkmeter as tm
        frame = pandas.DataFrame({"problem": ["2+2?"], "gold": [None], "response": ["\\\\boxed{4}"], "model": ["m"], "seconds": [float("nan")]})
        found = tm.Meter()(frame)
        print(type(found).__name__, found["model"][0], found["correct"][0])
        """,
    )
    assert said.split() == ["DataFrame", "m", "None"]


def test_no_ray():
    said = without(
        ["ray"],
        """
        import thinkmeter as tm, thinkmeter.ray
        try: thinkmeter.ray.score(None, tm.Meter())
        except ImportError as error: print(error)
        """,
    )
    assert said.strip() == "thinkmeter.ray needs Ray Data: pip install 'ray[data]'"


def test_no_run(tmp_path):
    with pytest.raises(tm.DataError, match="there is no such folder"):
        tm.read(tmp_path / "nowhere")
    with pytest.raises(tm.DataError, match="holds no table"):
        tm.read(tmp_path)
    (tmp_path / "metrics.parquet").write_bytes(b"PAR1")
    with pytest.raises(tm.DataError, match="not a complete Parquet file"):
        tm.read(tmp_path).metrics
    with pytest.raises(tm.DataError, match="no table `scores`"):
        tm.read(tmp_path).table("scores")
