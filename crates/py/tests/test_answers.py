import pickle

import pytest

import thinkmeter as tm


@pytest.mark.parametrize(
    "gold, given, expect",
    [
        (r"\frac{9}{5}", "1.8", True),
        ("42", "43", False),
        (["1", "2"], "2", True),
        ([None, "2"], "2", True),
        (None, "2", None),
        ([], "2", None),
        ("", "2", None),
        ("42", None, None),
        (r"x^2 - 1", "(x-1)(x+1)", True),
    ],
)
def test_verify(gold, given, expect):
    assert tm.verify(gold, given) is expect


def test_a_reply_is_read_first():
    assert tm.verify("42", "<think>43?</think> The answer is 42.", reply=True) is True
    assert tm.verify("42", "I do not know.", reply=True) is False
    assert tm.verify("B", "The answer is (B).", reply=True, choices=["four", "five"]) is True
    assert tm.verify("B", "five", choices=["four", "five"]) is True


def test_many_are_as_each(rows=None):
    golds, given = ["1/2", None, ["3", "4"], "x"], ["0.5", "1", "4", None]
    assert tm.verify_many(golds, given) == [True, None, True, None]
    assert tm.verify_many(golds, given, threads=2) == [tm.verify(g, a) for g, a in zip(golds, given)]
    assert tm.verify_many([], []) == []
    with pytest.raises(ValueError, match="2 golds and 1 answers"):
        tm.verify_many(["1", "2"], ["1"])


def test_wrong_types_are_told():
    with pytest.raises(TypeError):
        tm.verify("1", 2)
    with pytest.raises(TypeError):
        tm.verify(1, "2")
    with pytest.raises(TypeError):
        tm.verify_many(["1"], [1])


def test_parsed_answers_pickle_and_compare():
    gold = tm.parse("1/2")
    assert gold == "0.5" and gold == tm.parse("50%") and gold != "0.6"
    assert pickle.loads(pickle.dumps(gold)) == gold
    assert tm.verify(gold, "0.5") is True
    with pytest.raises(TypeError):
        hash(gold)


def test_a_verdict_says_how_and_is_true_only_if_equal():
    equal, other = tm.compare("1/2", "0.5"), tm.compare("1/2", "0.6")
    assert equal and equal.equal is True and equal.how
    assert not other and other.equal is False
    assert tm.compare("1 m", "100", policy={"units_optional": False}).outcome != "equal"


def test_extract_counts_characters():
    reply = "Größe: \\boxed{5}"
    found = tm.extract(reply)
    assert (found.text, found.rule, reply[found.start : found.end]) == ("5", "boxed", "5")
    assert tm.extract("no idea") is None


def test_a_policy_that_does_not_exist_is_refused_with_a_hint():
    with pytest.raises(tm.ConfigError, match="unit_optional") as refused:
        tm.compare("1", "1", policy={"unit_optional": True})
    fault = refused.value.faults[0]
    assert fault.path == "policy.unit_optional" and "units_optional" in fault.hint
    assert pickle.loads(pickle.dumps(refused.value)).faults == refused.value.faults


def test_nothing_is_too_much():
    for bad in ["(" * 100_000, "9" * 100_000, "\\frac{" * 5_000, "x^{" * 5_000, "2^{2^{2^{2^{2^2}}}}", "\0", "\ud7ff"]:
        assert tm.verify("1/3 + x", bad) in (None, False)
        assert tm.verify("5", bad, reply=True) in (None, False)
