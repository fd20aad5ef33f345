"""Ray Data: a meter over a dataset, and the figures of what it gives.

```python
meter = tm.Meter(tokenizer="Qwen/Qwen3-8B", think=tm.think_format(ds.take_batch(2000, batch_format="pyarrow")))
scores = thinkmeter.ray.score(ds, meter)
scores.write_parquet("scores")
thinkmeter.ray.measure(scores, meter).to_polars()
```

A task that dies is done again by Ray and gives the same rows. Nothing here asks a model, so nothing is paid twice.
"""

from __future__ import annotations

from typing import Any, Optional, Sequence

from ._meter import Meter
from ._tables import Table, given

__all__ = ["measure", "score"]

_BATCH_ROWS = 512


def score(
    ds: Any,
    meter: Meter,
    *,
    keep: Optional[Sequence[str]] = None,
    batch_size: Optional[int] = _BATCH_ROWS,
    num_cpus: float = 1,
    **options: Any,
) -> Any:
    """One score a reply, as `meter` gives it for a batch. Columns in `keep` stand beside it (`choices` among them where the problems
    have options, so that `measure` can tell answers apart). A task works on its `num_cpus` processors; `options` are those of
    `map_batches`, such as `compute=ray.data.ActorPoolStrategy(size=8)`.

    Samples of a problem that no column numbers are counted within a batch, so give a column `sample` (or `columns=`) where a
    problem has several."""
    _ray()
    own = meter.with_options(keep=keep, threads=max(1, int(num_cpus)))
    return ds.map_batches(own.__call__, batch_format="pyarrow", batch_size=batch_size, num_cpus=num_cpus, **options)


def measure(scores: Any, meter: Optional[Meter] = None) -> Table:
    """Figures with intervals over a dataset of scores, which comes to the driver: about 400 bytes a reply. Classes of answers and
    rewards, which need all samples of a problem, are made here."""
    _ray()
    import pyarrow

    meter = meter or Meter()
    batches = list(scores.iter_batches(batch_format="pyarrow", batch_size=None))
    if not batches:
        raise ValueError("the dataset of scores is empty")
    whole = pyarrow.concat_tables(batches, promote_options="permissive")
    # The order of rows is the cluster's; figures must not depend on it.
    whole = whole.sort_by([(name, "ascending") for name in ("model", "problem_id", "sample")])
    whole = meter.complete(whole)
    return Table(meter._native.measure(given(whole)))


def _ray() -> Any:
    try:
        import ray.data
    except ImportError as error:
        raise ImportError("thinkmeter.ray needs Ray Data: pip install 'ray[data]'") from error
    return ray.data
