"""Stages over batches, and all of them in one object."""

from __future__ import annotations

import functools
import json
import os
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple, Union

from . import _native
from ._tables import given, like

Kind = Union[str, Mapping[str, Any], None]
"""A part of a pipeline: its kind (`"keywords"`), its table (`{"kind": "keywords", "anywhere": True}`), or the default."""


class Tokenizer:
    """The evaluated model's tokenizer: `builtin`, `approximate`, a path to a `tokenizer.json` or its folder, a model on the hub, or a
    fast tokenizer of `transformers` or `tokenizers`."""

    def __init__(self, source: Any = "approximate") -> None:
        word, content = _source(source)
        self._source = (word, content)
        self._native = _opened(word, content)

    @property
    def name(self) -> str:
        """What reports call it."""
        return self._native.name

    @property
    def exact(self) -> bool:
        """It counts what the model counts; only `approximate` does not."""
        return self._native.exact

    def count(self, text: str) -> int:
        """Tokens of a text; nothing is added around it."""
        return self._native.count(text)

    def count_many(self, texts: Sequence[str], threads: Optional[int] = None) -> list:
        """Tokens of each text."""
        return self._native.count_many(list(texts), threads)

    def __repr__(self) -> str:
        return f"thinkmeter.Tokenizer({self.name!r})"

    def __reduce__(self):
        return _tokenizer, self._source


def _source(source: Any) -> Tuple[Optional[str], Optional[str]]:
    """A word, or a name and the content of a `tokenizer.json`."""
    if isinstance(source, Tokenizer):
        return source._source
    if source is None or isinstance(source, (str, os.PathLike)):
        return (None if source is None else os.fspath(source)), None
    inner = getattr(source, "backend_tokenizer", source)
    if not hasattr(inner, "to_str"):
        raise TypeError(f"expected a tokenizer's name or path, or a fast tokenizer; this is {type(source).__name__}")
    return str(getattr(source, "name_or_path", "") or "tokenizer"), inner.to_str()


@functools.lru_cache(maxsize=8)
def _opened(word: Optional[str], content: Optional[str]) -> _native.Tokenizer:
    """A process opens each tokenizer once, however many meters use it."""
    return _native.Tokenizer(word, content, _cache_folder())


def _tokenizer(word: Optional[str], content: Optional[str]) -> Tokenizer:
    made = Tokenizer.__new__(Tokenizer)
    made._source = (word, content)
    made._native = _opened(word, content)
    return made


def _cache_folder() -> Optional[str]:
    """The folder of converted tokenizers that the program uses too."""
    home = os.environ.get("HOME")
    user = os.environ.get("XDG_CACHE_HOME") or (home and os.path.join(home, ".cache"))
    return os.environ.get("THINKMETER_CACHE") or (os.path.join(user, "thinkmeter") if user else None)


class Meter:
    """Measures rows that hold a problem and a reply together: `meter(batch)` gives one score a reply, and no text is left in it.

    Every argument is a table of a pipeline, or its kind, and has the pipeline's default. `columns` says which column holds what
    (`{"answer": "gold", "response": "text"}`) where the names do not tell; `model` whose replies all are; `dataset` is the
    collection's name or the whole table `[dataset]`. `think` says how thinking is marked: in a cluster, what `think_format` gave for
    a sample, since a batch alone may show less. Columns in `keep` stand beside the scores. It pickles: a worker builds its own.
    """

    def __init__(
        self,
        *,
        split: Kind = None,
        judge: Kind = None,
        grade: Kind = None,
        tasks: Optional[Mapping[str, Any]] = None,
        score: Optional[Mapping[str, Any]] = None,
        tokenizer: Any = None,
        think: Optional[Mapping[str, Any]] = None,
        columns: Optional[Mapping[str, str]] = None,
        model: Optional[str] = None,
        dataset: Union[str, Mapping[str, Any], None] = None,
        price: Optional[Mapping[str, Any]] = None,
        keep: Sequence[str] = (),
        threads: Optional[int] = None,
    ) -> None:
        parts = {"split": _table(split), "judge": _table(judge), "grade": _table(grade), "tasks": tasks, "score": score}
        parts |= {"think": think, "price": price, "dataset": _dataset(dataset, columns, model)}
        tables = {name: table for name, table in parts.items() if table is not None}
        self._setup(json.dumps(tables), _source(tokenizer), tuple(keep), threads)

    def _setup(self, tables: str, tokenizer: Tuple[Optional[str], Optional[str]], keep: Tuple[str, ...], threads: Optional[int]) -> None:
        self._parts = (tables, tokenizer, keep, threads)
        self._native = _meter(tables, tokenizer, threads)

    def __call__(self, batch: Any) -> Any:
        return like(batch, self._native.measure_rows(given(batch), list(self._parts[2])))

    def with_options(self, *, keep: Optional[Sequence[str]] = None, threads: Optional[int] = None) -> "Meter":
        """The same with other columns to keep, or on another number of threads."""
        tables, tokenizer, own, count = self._parts
        return _rebuilt(tables, tokenizer, own if keep is None else tuple(keep), threads or count)

    def complete(self, scores: Any, choices: str = "choices") -> Any:
        """Scores of several batches, with what needs all samples of a problem: classes of answers, and rewards. The options of
        multiple choice are in the column `choices`, if that was kept."""
        return like(scores, self._native.complete(given(scores), choices))

    def measure(self, scores: Any) -> Any:
        """Figures with intervals, as a run's `metrics` has them."""
        return like(scores, self._native.measure(given(scores)))

    def __repr__(self) -> str:
        return f"thinkmeter.Meter({self._parts[0]})"

    def __reduce__(self):
        return _rebuilt, self._parts


def _rebuilt(tables: str, tokenizer: Tuple[Optional[str], Optional[str]], keep: Tuple[str, ...], threads: Optional[int]) -> Meter:
    meter = Meter.__new__(Meter)
    meter._setup(tables, tokenizer, tuple(keep), threads)
    return meter


@functools.lru_cache(maxsize=8)
def _meter(tables: str, tokenizer: Tuple[Optional[str], Optional[str]], threads: Optional[int]) -> _native.Meter:
    """A process builds each configuration once: tasks of a cluster come by the thousand."""
    return _native.Meter(tables, _opened(*tokenizer), threads)


def _table(part: Kind) -> Optional[Mapping[str, Any]]:
    return {"kind": part} if isinstance(part, str) else part


def _dataset(
    dataset: Union[str, Mapping[str, Any], None], columns: Optional[Mapping[str, str]], model: Optional[str]
) -> Dict[str, Any]:
    """The table `[dataset]` from its parts."""
    table = {"name": dataset} if isinstance(dataset, str) else dict(dataset or {})
    given = {"columns": None if columns is None else dict(columns), "model": model}
    return table | {name: value for name, value in given.items() if value is not None}


def think_format(
    replies: Any,
    think: Optional[Mapping[str, Any]] = None,
    *,
    columns: Optional[Mapping[str, str]] = None,
    model: Optional[str] = None,
    dataset: Union[str, Mapping[str, Any], None] = None,
) -> Dict[str, Any]:
    """How the replies of one model mark their thinking, learnt from a sample of rows; pass it as `think` to every batch."""
    meter = Meter(think=think, columns=columns, model=model, dataset=dataset)
    return json.loads(meter._native.think_format(given(replies)))


def load(batch: Any, **options: Any) -> Tuple[Any, Any]:
    """Rows of problem and reply together, as a table of problems and one of replies. Options as `Meter`'s `columns`, `model`,
    `dataset`."""
    problems, replies = Meter(**options)._native.load(given(batch))
    return like(batch, problems), like(batch, replies)


def generations(replies: Any, think: Optional[Mapping[str, Any]] = None) -> Any:
    """Replies with thinking and answer told apart."""
    return like(replies, Meter(think=think)._native.generations(given(replies)))


def grade(problems: Any, generations: Any, grade: Kind = None) -> Any:
    """Whether each reply is right, and which samples of a problem answer alike."""
    return like(generations, Meter(grade=grade)._native.grade(given(problems), given(generations)))


def split(generations: Any, split: Kind = None, tokenizer: Any = None) -> Any:
    """The steps of each thinking, and their tokens."""
    return like(generations, Meter(split=split, tokenizer=tokenizer)._native.split(given(generations)))


def judge(
    problems: Any,
    generations: Any,
    splits: Any,
    judge: Kind = None,
    *,
    grades: Any = None,
    tasks: Optional[Mapping[str, Any]] = None,
) -> Any:
    """The first step of each that asserts the right answer. Without `grades` the answer engine grades."""
    native = Meter(judge=judge, tasks=tasks)._native
    problems, rows = given(problems), given(generations)
    graded = native.grade(problems, rows) if grades is None else given(grades)
    return like(generations, native.judge(problems, rows, graded, given(splits)))


def score(
    problems: Any,
    generations: Any,
    splits: Any,
    judgments: Any,
    score: Optional[Mapping[str, Any]] = None,
    *,
    grades: Any = None,
    tokenizer: Any = None,
    price: Optional[Mapping[str, Any]] = None,
) -> Any:
    """The measures of each reply. Without `grades` the answer engine grades."""
    native = Meter(score=score, tokenizer=tokenizer, price=price)._native
    problems, rows = given(problems), given(generations)
    graded = native.grade(problems, rows) if grades is None else given(grades)
    return like(generations, native.score(problems, rows, (graded, given(splits), given(judgments))))


def complete(scores: Any, score: Optional[Mapping[str, Any]] = None, choices: str = "choices") -> Any:
    """Scores of several batches, with what needs all samples of a problem; see `Meter.complete`."""
    return Meter(score=score).complete(scores, choices)


def measure(scores: Any, score: Optional[Mapping[str, Any]] = None) -> Any:
    """Figures with intervals over scores, as a run's `metrics` has them."""
    return Meter(score=score).measure(scores)
