"""thinkmeter: how economically a reasoning model thinks.

Answers: `verify`, `verify_many`, `compare`, `extract`, `parse`. Stages over batches: `Meter`, or `load`, `generations`, `grade`,
`split`, `judge`, `score`, `complete`, `measure` one by one. Finished runs: `read`. For trainers: `thinkmeter.rewards`,
`thinkmeter.verl`, `thinkmeter.math_verify`; for clusters: `thinkmeter.ray`.

Nothing here asks a model or needs a clock: every call ends, in any thread, in asyncio, in a forked child.
"""

import os as _os

from . import _native
from ._answers import Extracted, Verdict, compare, extract, parse, verify, verify_many
from ._errors import ConfigError, DataError, Fault
from ._meter import Meter, Tokenizer, complete, generations, grade, judge, load, measure, score, split, think_format
from ._native import Parsed
from ._runs import Report, Run, read
from ._tables import Table

__version__ = _native.__version__

__all__ = [
    "ConfigError",
    "DataError",
    "Extracted",
    "Fault",
    "Meter",
    "Parsed",
    "Report",
    "Run",
    "Table",
    "Tokenizer",
    "Verdict",
    "compare",
    "complete",
    "extract",
    "generations",
    "grade",
    "judge",
    "load",
    "measure",
    "parse",
    "read",
    "score",
    "split",
    "think_format",
    "verify",
    "verify_many",
]

if hasattr(_os, "register_at_fork"):
    # A child must not wait for what another thread was about to prepare when it was forked.
    _os.register_at_fork(before=_native.warm_up)
