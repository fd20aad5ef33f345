"""Tables as they are given and as they are given back: like in, like out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Dict, List

from . import _native
from ._errors import DataError

_EXPECTED = (
    "expected a table: of pyarrow, polars, pandas or DuckDB, anything with `__arrow_c_stream__`, a list of dicts, "
    "or a dict of lists"
)


class Table:
    """Columns of equal length, held as Arrow holds them. pyarrow, polars, pandas, DuckDB and others read it as it lies
    (`pyarrow.table(t)`, `polars.DataFrame(t)`); none of them is needed for `to_dicts()`."""

    def __init__(self, native: _native.Table) -> None:
        self._native = native

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._native.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self._native.__arrow_c_schema__()

    def __len__(self) -> int:
        return len(self._native)

    def __repr__(self) -> str:
        return repr(self._native)

    def __reduce__(self):
        return _of_stream, (self.to_pyarrow(),)

    @property
    def column_names(self) -> List[str]:
        """The names of its columns."""
        return self._native.column_names

    def to_dicts(self) -> List[Dict[str, Any]]:
        """Its rows, each as a dict."""
        return json.loads(self._native.to_json())

    def to_dict(self) -> Dict[str, List[Any]]:
        """Its columns, each as a list."""
        rows = self.to_dicts()
        return {name: [row[name] for row in rows] for name in self.column_names}

    def to_pyarrow(self) -> Any:
        """The same as a `pyarrow.Table`, without a copy."""
        return _wanted("pyarrow").table(self)

    def to_polars(self) -> Any:
        """The same as a `polars.DataFrame`."""
        return _wanted("polars").DataFrame(self)

    def to_pandas(self) -> Any:
        """The same as a `pandas.DataFrame`; through pyarrow where that is installed."""
        pandas = _wanted("pandas")
        try:
            return self.to_pyarrow().to_pandas()
        except ImportError:
            return pandas.DataFrame(self.to_dicts(), columns=self.column_names)


def _of_stream(table: Any) -> Table:
    return Table(_native.Table(table))


def _wanted(library: str) -> Any:
    """A library that only some callers need."""
    try:
        return __import__(library)
    except ImportError as error:
        raise ImportError(f"this needs {library}: pip install {library}") from error


def given(table: Any) -> Any:
    """What the native half takes: something with `__arrow_c_stream__`, or a list of dicts."""
    if isinstance(table, Table):
        return table._native
    if isinstance(table, Mapping):
        return _rows_of(table)
    if isinstance(table, (str, bytes)):
        raise DataError(f"{_EXPECTED}; this is a text")
    if isinstance(table, Sequence):
        return _rows(table)
    library = _library(table)
    if library == "pandas":
        return _of_pandas(table)
    if library == "duckdb" and not hasattr(table, "__arrow_c_stream__"):
        return table.arrow()
    if not hasattr(table, "__arrow_c_stream__"):
        raise DataError(f"{_EXPECTED}; this is {type(table).__name__}")
    return table


def like(asked: Any, native: _native.Table) -> Any:
    """A table of the kind that was asked with."""
    table = Table(native)
    if isinstance(asked, Mapping):
        return table.to_dict()
    if isinstance(asked, Sequence):
        return table.to_dicts()
    library = _library(asked)
    if library == "pyarrow":
        whole = table.to_pyarrow()
        if type(asked).__name__ != "RecordBatch":
            return whole
        return whole.combine_chunks().to_batches()[0] if len(whole) else _empty_batch(whole)
    if library == "polars":
        return table.to_polars()
    if library == "pandas":
        return table.to_pandas()
    if library == "duckdb":
        return _wanted("duckdb").from_arrow(table.to_pyarrow())
    return table


def _empty_batch(table: Any) -> Any:
    pyarrow = _wanted("pyarrow")
    return pyarrow.RecordBatch.from_pylist([], schema=table.schema)


def _library(table: Any) -> str:
    return type(table).__module__.partition(".")[0].lstrip("_")


def _of_pandas(frame: Any) -> Any:
    """Through Arrow where pyarrow is installed, which pandas needs for it."""
    try:
        import pyarrow

        return pyarrow.Table.from_pandas(frame, preserve_index=False)
    except ImportError:
        return frame.to_dict("records")


def _rows_of(columns: Mapping) -> List[Dict[str, Any]]:
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(f"the columns have not the same length: {lengths}")
    names = list(columns)
    return [dict(zip(names, values)) for values in zip(*columns.values())]


def _rows(rows: Sequence) -> List[Any]:
    for at, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise DataError(f"row {at + 1} is {type(row).__name__}; {_EXPECTED}")
    return list(rows)
