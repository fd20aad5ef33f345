"""Rewards for GRPO and its kin, as TRL and ms-swift call them.

```python
from trl import GRPOTrainer
from thinkmeter.rewards import Accuracy, Kimi
GRPOTrainer(model=..., reward_funcs=[Accuracy(), Kimi()], ...)
```

A reward is called as `reward(prompts=..., completions=..., completion_ids=..., solution=..., **columns)` and gives a list with one
number for each completion, or `None` where it cannot be told whether the answer is right: both trainers leave such a row out.
Completions are texts, or lists of messages, whose last one counts. Lengths are those of `completion_ids`, else the tokenizer's.
The length rules compare the samples of a prompt, which are the completions that stand together with equal prompts. They never hang:
there is no time-out, and nothing that needs one.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from . import _native
from ._answers import extract, verify_many
from ._meter import Meter, Tokenizer

__all__ = ["Accuracy", "Efficiency", "Kimi", "Lcpo", "O1Pruner", "Relative", "gold_of", "text_of"]

Rewards = List[Optional[float]]

_RULES = ("kimi", "lcpo_exact", "lcpo_max", "o1_pruner", "relative")
"""In the order in which the native half gives them."""
_PROMPTS = ("prompts", "prompt", "prompt_id", "messages", "problem", "question")
"""Columns that tell the samples of one prompt from those of the next, best first."""


def text_of(completion: Any) -> str:
    """The text of a completion: itself, or the last of its messages."""
    if isinstance(completion, str):
        return completion
    if isinstance(completion, Mapping):
        return text_of(completion.get("content") or "")
    if isinstance(completion, Sequence) and completion:
        parts = [part.get("text", "") for part in completion if isinstance(part, Mapping) and "role" not in part]
        return "".join(parts) if parts else text_of(completion[-1])
    return ""


def gold_of(answer: Any) -> Any:
    """The known answer in a column: the answer itself, or what a worked solution ends in; `None` if there is none."""
    if answer is None or isinstance(answer, (list, tuple)):
        return None if answer is None else [gold_of(one) for one in answer]
    text = str(answer)
    found = extract(text)
    return found.text if found is not None and not found.weak else text


class _Reward:
    """What all rewards share. `answer` names the column with the known answer; `args` is what ms-swift gives to whatever it makes."""

    def __init__(
        self,
        answer: str = "solution",
        *,
        policy: Optional[Mapping[str, Any]] = None,
        threads: Optional[int] = None,
        args: Any = None,
    ) -> None:
        self.answer, self.policy, self.threads = answer, policy, threads
        self.__name__ = type(self).__name__.lower()

    def correct(self, completions: Sequence[Any], columns: Mapping[str, Any]) -> List[Optional[bool]]:
        """Whether each completion is right; `None` where it cannot be told."""
        if self.answer not in columns:
            known = ", ".join(sorted(columns)) or "none"
            raise ValueError(f"no column `{self.answer}` with the known answers; columns: {known}. Name it: {type(self).__name__}(answer=...)")
        golds = [gold_of(answer) for answer in columns[self.answer]]
        texts = [text_of(completion) for completion in completions]
        return verify_many(golds, texts, reply=True, policy=self.policy, threads=self.threads)


class Accuracy(_Reward):
    """1 for a right answer, 0 for a wrong one."""

    def __call__(self, completions: Sequence[Any] = (), **columns: Any) -> Rewards:
        return [None if right is None else float(right) for right in self.correct(completions, columns)]


class _LengthRule(_Reward):
    """A rule over the samples of a prompt."""

    rule = ""

    def __init__(self, answer: str = "solution", *, tokenizer: Any = None, **options: Any) -> None:
        super().__init__(answer, **options)
        self.tokenizer = Tokenizer(tokenizer)

    def constants(self) -> Dict[str, float]:
        """The rule's constants, the table `score.rewards` of a pipeline."""
        return {}

    def __call__(self, completions: Sequence[Any] = (), completion_ids: Optional[Sequence[Any]] = None, **columns: Any) -> Rewards:
        correct = self.correct(completions, columns)
        lengths = self.lengths(completions, completion_ids)
        rewards: Rewards = []
        for samples in samples_of(columns, len(completions)):
            rewards += self.of_prompt([correct[at] for at in samples], [lengths[at] for at in samples], self.constants())
        return rewards

    def lengths(self, completions: Sequence[Any], ids: Optional[Sequence[Any]]) -> List[int]:
        """Tokens of each completion."""
        if ids is not None:
            return [len(one) for one in ids]
        return self.tokenizer.count_many([text_of(one) for one in completions], self.threads)

    def of_prompt(self, correct: List[Optional[bool]], lengths: List[int], constants: Mapping[str, Any]) -> Rewards:
        """The rule over the samples of one prompt."""
        at = _RULES.index(self.rule)
        given = _native.rewards(correct, lengths, json.dumps(constants))
        return [None if one is None else one[at] for one in given]


class Kimi(_LengthRule):
    """The length reward of Kimi k1.5, from -0.5 to 0.5; in the paper it is added to the reward for being right, so use it beside
    `Accuracy`."""

    rule = "kimi"


class Relative(_LengthRule):
    """How much shorter than the mean of the prompt's samples; a wrong answer never gains by being short."""

    rule = "relative"


class O1Pruner(_LengthRule):
    """The length-harmonizing reward of O1-Pruner, with the prompt's samples as their own reference; `weight` is its lambda."""

    rule = "o1_pruner"

    def __init__(self, answer: str = "solution", *, weight: float = 2.0, **options: Any) -> None:
        super().__init__(answer, **options)
        self.weight = weight

    def constants(self) -> Dict[str, float]:
        return {"lambda": self.weight}


class Lcpo(_LengthRule):
    """LCPO of L1: exact, or a bound with `max=True`. `target` is a number of tokens for all, the name of a column with the number
    that each prompt asks for, or `None`: the mean of the prompt's samples."""

    def __init__(
        self,
        answer: str = "solution",
        *,
        target: Union[int, float, str, None] = None,
        max: bool = False,
        alpha: float = 0.0003,
        delta: float = 0.5,
        **options: Any,
    ) -> None:
        super().__init__(answer, **options)
        self.target, self.rule = target, "lcpo_max" if max else "lcpo_exact"
        self.numbers = {"alpha": alpha, "delta": delta}

    def constants(self) -> Dict[str, float]:
        return self.numbers if self.target is None or isinstance(self.target, str) else self.numbers | {"target_tokens": float(self.target)}

    def __call__(self, completions: Sequence[Any] = (), completion_ids: Optional[Sequence[Any]] = None, **columns: Any) -> Rewards:
        if not isinstance(self.target, str):
            return super().__call__(completions, completion_ids, **columns)
        if self.target not in columns:
            raise ValueError(f"no column `{self.target}` with the lengths that are asked for; columns: {', '.join(sorted(columns))}")
        rows = zip(self.correct(completions, columns), self.lengths(completions, completion_ids), columns[self.target])
        alone = [self.of_prompt([right], [length], self.numbers | {"target_tokens": float(asked)}) for right, length, asked in rows]
        return [one for rewards in alone for one in rewards]


class Efficiency(_Reward):
    """How much of the thinking was needed: the share of it until the right answer was first there, 1 where nothing came after (or
    nothing was thought), 0 for a wrong answer. `think` says how thinking is marked: `{"open_in_prompt": "yes"}` where the chat
    template opens it."""

    def __init__(self, answer: str = "solution", *, split: Any = None, judge: Any = None, tokenizer: Any = None, think: Any = None, **options: Any) -> None:
        super().__init__(answer, **options)
        grade = None if self.policy is None else {"kind": "answer", "policy": self.policy}
        self.meter = Meter(split=split, judge=judge, grade=grade, tokenizer=tokenizer, think=think, model="policy", threads=self.threads)

    def __call__(self, completions: Sequence[Any] = (), **columns: Any) -> Rewards:
        correct = self.correct(completions, columns)
        golds = [gold_of(answer) for answer in columns[self.answer]]
        # What was asked does not matter to the rules, and each completion stands for itself.
        rows = [
            {"problem_id": str(at), "problem": "", "gold": gold, "response": text_of(completion)}
            for at, (gold, completion) in enumerate(zip(golds, completions))
        ]
        return [_efficiency(right, score) for right, score in zip(correct, self.meter(rows))]


def _efficiency(right: Optional[bool], score: Mapping[str, Any]) -> Optional[float]:
    if not right:
        return None if right is None else 0.0
    efficiency = score["token_efficiency"]
    return efficiency if efficiency is not None else 1.0


def samples_of(columns: Mapping[str, Any], count: int) -> List[List[int]]:
    """The places of each prompt's samples: completions that stand together with equal prompts."""
    named = next((columns[name] for name in _PROMPTS if columns.get(name) is not None), None)
    if named is None:
        raise ValueError(f"nothing tells which completions belong to one prompt; give one of: {', '.join(_PROMPTS)}")
    return [list(group) for _, group in groupby(range(count), key=lambda at: _asked(named[at]))]


def _asked(prompt: Any) -> str:
    """A prompt as text; of a conversation what comes before the reply."""
    if isinstance(prompt, (list, tuple)):
        turns = list(prompt)
        while turns and isinstance(turns[-1], Mapping) and turns[-1].get("role") == "assistant":
            turns.pop()
        return json.dumps(turns, sort_keys=True, default=str)
    return str(prompt)
