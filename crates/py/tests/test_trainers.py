"""Rewards, called as trainers call them."""

import inspect
import pickle

import pytest

import thinkmeter.math_verify as math_verify
import thinkmeter.verl as verl
from thinkmeter import rewards

PROMPTS = ["p"] * 3 + ["q"] * 2
TEXTS = ["\\boxed{4}", "so, so, so and so it is \\boxed{4}", "\\boxed{5}", "\\boxed{1}", "no idea at all"]
SOLUTIONS = ["4"] * 3 + ["$1$"] * 2
IDS = [[0] * 10, [0] * 30, [0] * 20, [0] * 5, [0] * 15]


def trl(reward, **more):
    columns = {"prompts": PROMPTS, "completions": TEXTS, "completion_ids": IDS, "solution": SOLUTIONS}
    return reward(**columns | more, trainer_state=None)


def near(found, expect):
    assert [None if one is None else round(one, 6) for one in found] == expect


def test_accuracy():
    assert trl(rewards.Accuracy()) == [1.0, 1.0, 0.0, 1.0, 0.0]
    chats = [[{"role": "assistant", "content": text}] for text in TEXTS]
    assert trl(rewards.Accuracy(), completions=chats) == [1.0, 1.0, 0.0, 1.0, 0.0]
    assert trl(rewards.Accuracy(), solution=[None] * 5) == [None] * 5
    assert trl(rewards.Accuracy(answer="gold"), gold=SOLUTIONS) == trl(rewards.Accuracy())
    worked = ["We add and get \\boxed{4}."] * 3 + ["It follows.\n#### 1"] * 2
    assert trl(rewards.Accuracy(), solution=worked) == trl(rewards.Accuracy())


def test_length_rules_compare_the_samples_of_a_prompt():
    near(trl(rewards.Kimi()), [0.5, -0.5, 0.0, 0.5, -0.5])
    near(trl(rewards.Relative()), [0.5, -0.5, 0.0, 0.5, -0.5])
    near(trl(rewards.Lcpo(target=20)), [1 - 0.003, 1 - 0.003, 0.0, 1 - 0.0045, -0.0015])
    near(trl(rewards.Lcpo(target=20, max=True)), [0.503, 0.497, 0.0, 0.5045, 0.0])
    near(trl(rewards.Lcpo(target="asked"), asked=[10, 10, 10, 5, 5]), [1.0, 1 - 0.006, -0.003, 1.0, -0.003])
    assert trl(rewards.O1Pruner())[0] > trl(rewards.O1Pruner())[1]
    assert trl(rewards.Kimi(), solution=[None] * 3 + ["1"] * 2)[:3] == [None] * 3


def test_ms_swift_calls_with_texts_first():
    reward = rewards.Kimi(args=object())
    assert reward(TEXTS, solution=SOLUTIONS, prompt_id=PROMPTS)[0] == 0.5
    messages = [[{"role": "user", "content": p}, {"role": "assistant", "content": t}] for p, t in zip(PROMPTS, TEXTS)]
    assert reward(TEXTS, solution=SOLUTIONS, messages=messages)[0] == 0.5


def test_efficiency():
    long = "<think>\nIt is 4.\n\nWait, is it? Yes, I think so, for two and two make it, and so on, and so on.\n</think>\n\\boxed{4}"
    short = "<think>\nIt is 4.\n</think>\n\\boxed{4}"
    found = rewards.Efficiency(tokenizer="builtin")([short, long, "\\boxed{5}", long], solution=["4", "4", "4", None])
    assert found[0] == 1.0 and 0 < found[1] < 0.6 and found[2:] == [0.0, None]
    opened = rewards.Efficiency(tokenizer="builtin", think={"open_in_prompt": "yes"})
    assert opened([long.removeprefix("<think>")], solution=["4"]) == [found[1]]


def test_what_is_missing_is_named():
    with pytest.raises(ValueError, match="no column `solution` .*; columns: prompts"):
        rewards.Accuracy()(completions=["a"], prompts=["p"])
    with pytest.raises(ValueError, match="which completions belong to one prompt"):
        rewards.Kimi()(completions=["a"], solution=["1"])
    with pytest.raises(ValueError, match="no column `asked`"):
        rewards.Lcpo(target="asked")(completions=["a"], prompts=["p"], solution=["1"])


@pytest.mark.parametrize("name", ["Accuracy", "Efficiency", "Kimi", "Lcpo", "O1Pruner", "Relative"])
def test_rewards_have_a_name_pickle_and_take_empty_batches(name):
    reward = getattr(rewards, name)()
    assert reward.__name__ == name.lower()
    again = pickle.loads(pickle.dumps(reward))
    assert again(completions=[], prompts=[], solution=[], completion_ids=[]) == []
    assert "kwargs" in str(inspect.signature(reward)) or "columns" in str(inspect.signature(reward))


def test_verl():
    told = verl.compute_score("math", "so \\boxed{4}", "4", extra_info={"index": 1})
    assert told == {"score": 1.0, "acc": 1.0, "undecided": 0.0, "extracted": "4"}
    assert verl.compute_score(data_source="math", solution_str="hm", ground_truth=None)["undecided"] == 1.0
    infos = [{"index": at} for at in [0, 1, 0, 1, 0]]
    batch = dict(data_sources=["m"] * 5, solution_strs=TEXTS, ground_truths=["4", "4", "4", "1", "4"], extra_infos=infos)
    plain = verl.compute_scores(**batch)
    assert [row["score"] for row in plain] == [1.0, 1.0, 0.0, 1.0, 0.0]
    long = verl.compute_scores(**batch, length="kimi", weight=0.5)
    assert long[3]["score"] == 1.0 + 0.5 * 0.5 and long[1]["score"] == 1.0 - 0.5 * 0.5
    with pytest.raises(ValueError, match="unknown length rule `x`"):
        verl.compute_scores(**batch, length="x")
    with pytest.raises(ValueError, match="extra_info has no `uid`"):
        verl.compute_scores(**batch, length="kimi", group="uid")


def test_math_verify_drop_in():
    gold = math_verify.parse("$\\frac{1}{2}$", extraction_config=[math_verify.LatexExtractionConfig(boxed_match_priority=0)])
    answer = math_verify.parse("The answer is 0.5.", parsing_timeout=None, raise_on_error=True)
    assert math_verify.verify(gold, answer, strict=False, timeout_seconds=None) is True
    assert math_verify.verify(gold, math_verify.parse("\\boxed{0.6}")) is False
    assert math_verify.parse("I have no idea what to say about it") == []
    assert math_verify.verify([], answer) is False and math_verify.verify(0.5, "1/2") is True
