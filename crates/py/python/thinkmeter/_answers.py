"""Answers: parsed, extracted, compared, verified."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Union

from . import _native
from ._native import Parsed

Gold = Union[str, Sequence[Optional[str]], Parsed, None]
"""One acceptable answer, several, one that was parsed, or none that is known."""


@dataclass(frozen=True)
class Verdict:
    """Whether two answers are the same, and how that was decided. True only if they surely are."""

    outcome: str
    """`equal`, `different`, or `unknown`: it could not be decided."""
    how: str
    """How it was decided, or why it could not be."""

    @property
    def equal(self) -> Optional[bool]:
        """`True`, `False`, or `None` where it could not be decided."""
        return {"equal": True, "different": False}.get(self.outcome)

    def __bool__(self) -> bool:
        return self.outcome == "equal"


@dataclass(frozen=True)
class Extracted:
    """The final answer of a reply."""

    text: str
    """As it is written, without the delimiters around it."""
    rule: str
    """The rule that found it."""
    start: int
    """Its first character in the reply."""
    end: int
    """One past its last character."""
    weak: bool
    """Found for want of anything better: it may not be the answer at all."""


def parse(text: str) -> Parsed:
    """Reads an answer once, to compare it many times: `parse("1/2") == "0.5"`."""
    return Parsed(text)


def extract(reply: str) -> Optional[Extracted]:
    """The final answer of a reply; what a `<think>` block holds is not looked at."""
    found = _native.extract(reply)
    return None if found is None else Extracted(*found)


def compare(
    gold: Gold, given: Union[str, Parsed], *, policy: Optional[Mapping[str, Any]] = None, choices: Optional[Sequence[str]] = None
) -> Verdict:
    """Whether an answer is the same as an acceptable one. `policy` is the table `grade.policy` of a pipeline, `choices` are the
    options of multiple choice."""
    if isinstance(gold, Parsed):
        return Verdict(*gold.compare(given, _policy(policy)))
    if isinstance(given, Parsed):
        given = given.text
    return Verdict(*_native.compare([] if gold is None else gold, given, _policy(policy), _listed(choices)))


def verify(
    gold: Gold,
    given: Union[str, Parsed, None],
    *,
    reply: bool = False,
    policy: Optional[Mapping[str, Any]] = None,
    choices: Optional[Sequence[str]] = None,
) -> Optional[bool]:
    """Whether an answer is right: `True`, `False`, or `None` where it cannot be decided (never a guess), no answer is known, or none
    was given. With `reply`, the final answer is taken out of a whole reply first, and a reply without one is wrong."""
    if given is None:
        return None
    if isinstance(gold, Parsed):
        if not reply and choices is None:
            return compare(gold, given, policy=policy).equal
        gold = gold.text
    if isinstance(given, Parsed):
        given = given.text
    return _native.verify(gold, given, reply, _policy(policy), _listed(choices))


def verify_many(
    golds: Iterable[Gold],
    given: Iterable[Optional[str]],
    *,
    reply: bool = False,
    policy: Optional[Mapping[str, Any]] = None,
    choices: Optional[Sequence[str]] = None,
    threads: Optional[int] = None,
) -> List[Optional[bool]]:
    """`verify` of each pair, on all processors or on so many `threads`."""
    golds = [gold.text if isinstance(gold, Parsed) else gold for gold in _values(golds)]
    return _native.verify_many(golds, _values(given), reply, _policy(policy), _listed(choices), threads)


def _values(column: Iterable[Any]) -> List[Any]:
    """A column of any library as a list; numbers of a float column that are none are nulls."""
    for name in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, name):
            column = getattr(column, name)()
            break
    return [None if value != value else value for value in column]


def _policy(policy: Optional[Mapping[str, Any]]) -> Optional[str]:
    return None if policy is None else json.dumps(policy)


def _listed(choices: Optional[Sequence[str]]) -> Optional[List[str]]:
    return None if choices is None else list(choices)
