"""Finished runs, in a notebook."""

from __future__ import annotations

import html
import os
import pathlib
from typing import Any, Dict, List, Optional, Tuple, Union

from . import _native
from ._errors import DataError
from ._tables import Table


class Run:
    """A run folder: its tables, and its report."""

    def __init__(self, folder: Union[str, "os.PathLike[str]"]) -> None:
        self.folder = pathlib.Path(folder)
        if not self.folder.is_dir():
            raise DataError(f"{self.folder} is no run: there is no such folder")
        found: Dict[str, List[Tuple[Optional[str], str]]] = {}
        for name, model, path in _native.tables_of_run(self.folder):
            found.setdefault(name, []).append((model, path))
        if not found:
            raise DataError(f"{self.folder} is no run: it holds no table of thinkmeter")
        self._tables = found

    @property
    def tables(self) -> List[str]:
        """The names of the tables that there are."""
        return sorted(self._tables)

    @property
    def models(self) -> List[str]:
        """The folders of the models, by name."""
        return sorted({model for places in self._tables.values() for model, _ in places if model})

    def table(self, name: str, model: Optional[str] = None) -> Table:
        """A table: of one model's folder, or of all models, one behind the other."""
        places = self._tables.get(name)
        if places is None:
            raise DataError(f"{self.folder} has no table `{name}`; there are: {', '.join(self.tables)}")
        paths = [path for own, path in places if model is None or own == model]
        if not paths:
            raise DataError(f"no model `{model}` has a table `{name}`; models: {', '.join(self.models)}")
        return Table(_native.read_table(paths))

    def __getattr__(self, name: str) -> Table:
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(name)
        return self.table(name)

    def __dir__(self) -> List[str]:
        return [*super().__dir__(), *self._tables]

    def report(self) -> "Report":
        """The page that `thinkmeter report` wrote; a notebook shows it."""
        found = sorted(self.folder.glob("report*.html"))
        if not found:
            raise DataError(f"{self.folder} has no report yet; run `thinkmeter report {self.folder}`")
        return Report(found[0])

    def __repr__(self) -> str:
        return f"thinkmeter.read({str(self.folder)!r}): {', '.join(self.tables)}"


class Report:
    """A page with charts."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.html = path.read_text(encoding="utf-8")

    def _repr_html_(self) -> str:
        # A frame of its own: the page keeps its style and its policy, and the notebook keeps its own.
        page = html.escape(self.html, quote=True)
        return f'<iframe srcdoc="{page}" sandbox="allow-scripts" style="width:100%;height:80vh;border:0"></iframe>'

    def __repr__(self) -> str:
        return f"<report {self.path}>"


def read(folder: Union[str, "os.PathLike[str]"]) -> Run:
    """Opens a run folder: `read("runs/full-eval").metrics.to_polars()`."""
    return Run(folder)
