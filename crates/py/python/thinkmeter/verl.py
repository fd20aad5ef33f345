"""Rewards as verl calls them: `custom_reward_function.path=pkg://thinkmeter.verl`, `custom_reward_function.name=compute_score`.

`compute_score` is for the managers that look at one reply at a time, `compute_scores` for `reward_manager=batch`, which alone can
compare the lengths of a prompt's samples. Arguments beyond verl's own come from `custom_reward_function.reward_kwargs`.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Optional, Sequence

from . import rewards
from ._answers import extract, verify_many

__all__ = ["compute_score", "compute_scores"]

_RULES = {"kimi": rewards.Kimi, "relative": rewards.Relative, "o1_pruner": rewards.O1Pruner, "lcpo": rewards.Lcpo}


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Optional[Mapping[str, Any]] = None,
    *,
    policy: Optional[Mapping[str, Any]] = None,
    **_: Any,
) -> Dict[str, Any]:
    """`score` and `acc` are 1 for a right answer, else 0; `undecided` is 1 where that could not be told."""
    right = verify_many([rewards.gold_of(ground_truth)], [solution_str], reply=True, policy=policy, threads=1)[0]
    return _told(right, solution_str)


def compute_scores(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[Any],
    extra_infos: Optional[Sequence[Optional[Mapping[str, Any]]]] = None,
    *,
    length: Optional[str] = None,
    weight: float = 1.0,
    group: str = "index",
    policy: Optional[Mapping[str, Any]] = None,
    **options: Any,
) -> List[Dict[str, Any]]:
    """The same for a batch. With `length` (`kimi`, `relative`, `o1_pruner`, `lcpo`) that rule over the samples of a prompt is added,
    `weight` times; `extra_info[group]` tells whose samples they are, and `options` are the rule's own."""
    golds = [rewards.gold_of(truth) for truth in ground_truths]
    right = verify_many(golds, solution_strs, reply=True, policy=policy)
    told = [_told(one, text) for one, text in zip(right, solution_strs)]
    if length is not None:
        _add(told, _lengths(length, solution_strs, ground_truths, extra_infos, group, policy, options), weight)
    return told


def _told(right: Optional[bool], text: str) -> Dict[str, Any]:
    found = extract(text)
    score = float(bool(right))
    return {"score": score, "acc": score, "undecided": float(right is None), "extracted": found.text if found else ""}


def _lengths(
    length: str, texts: Sequence[str], truths: Sequence[Any], infos: Any, group: str, policy: Any, options: Dict[str, Any]
) -> Dict[int, float]:
    """The rule's reward of each place that has one. verl may mix the samples of a batch."""
    if length not in _RULES:
        raise ValueError(f"unknown length rule `{length}`; known: {', '.join(sorted(_RULES))}")
    if infos is None or any(info is None or group not in info for info in infos):
        raise ValueError(f"the rule `{length}` compares the samples of a prompt, and extra_info has no `{group}`; name the key with `group`")
    keys = [json.dumps(info[group], default=str) for info in infos]
    order = sorted(range(len(texts)), key=lambda at: keys[at])
    rule = _RULES[length]("truth", policy=policy, **options)
    given = rule([texts[at] for at in order], prompts=[keys[at] for at in order], truth=[truths[at] for at in order])
    return {at: one for at, one in zip(order, given) if one is not None}


def _add(told: List[Dict[str, Any]], given: Mapping[int, float], weight: float) -> None:
    for at, row in enumerate(told):
        row["length_reward"] = given.get(at, 0.0)
        row["score"] += weight * row["length_reward"]
