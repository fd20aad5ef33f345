"""What scripts use of Math-Verify, by our engine: `from thinkmeter.math_verify import parse, verify`.

The same names and parameters. There is no time-out, because nothing here can hang, so it works in any thread, in asyncio and in
workers. These have no meaning here and are accepted: `extraction_config`, `fallback_mode`, `extraction_mode`, `parsing_timeout`,
`timeout_seconds`, `raise_on_error`, `float_rounding`, `numeric_precision`, `strict`, `allow_set_relation_comp`.
"""

from __future__ import annotations

from typing import Any, List

from ._answers import extract
from ._native import Parsed

__all__ = ["ExprExtractionConfig", "LatexExtractionConfig", "StringExtractionConfig", "parse", "verify"]

_WORDS = 3
"""A text of so few words is an answer itself."""


class _Config:
    """Accepted, and without meaning here."""

    def __init__(self, *_: Any, **options: Any) -> None:
        self.__dict__.update(options)


class ExprExtractionConfig(_Config):
    """Accepted, and without meaning here."""


class LatexExtractionConfig(_Config):
    """Accepted, and without meaning here."""


class StringExtractionConfig(_Config):
    """Accepted, and without meaning here."""


def parse(pred: str, extraction_config: Any = None, *_: Any, **__: Any) -> List[Parsed]:
    """The final answer of a text as a list of one; `[]` if there is none."""
    found = extract(pred)
    if found is not None:
        return [Parsed(found.text)]
    text = pred.strip()
    return [Parsed(text)] if 0 < len(text.split()) <= _WORDS else []


def verify(gold: Any, target: Any, *_: Any, **__: Any) -> bool:
    """Any answer of `target` is surely the same as any of `gold`. What cannot be decided is `False`, as there."""
    golds, targets = _answers(gold), _answers(target)
    return any(one == other for one in golds for other in targets)


def _answers(given: Any) -> List[Parsed]:
    """Lists as `parse` gives them, and whatever can be written down."""
    if isinstance(given, (list, tuple, set)):
        return [answer for one in given for answer in _answers(one)]
    if given is None:
        return []
    return [given if isinstance(given, Parsed) else Parsed(str(given))]
