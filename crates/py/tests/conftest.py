"""Rows of our own that every test may use."""

import pytest


def row(problem, gold, response, **more):
    return {"problem": problem, "gold": gold, "response": response, "model": "m", **more}


THOUGHT = (
    "<think>\nThe tens give 30, the ones give 12.\n\nSo 17 + 25 = 42.\n\nLet me check: 42 - 25 = 17. Yes.\n</think>\n\n"
    "The answer is \\boxed{42}."
)


@pytest.fixture
def rows():
    """Two problems, two samples of the first: one right, one wrong; the second cannot be graded."""
    return [
        row("What is 17 + 25?", "42", THOUGHT),
        row("What is 17 + 25?", "42", "<think>\nSay 40.\n\nOr 41.\n</think>\n\nIt is \\boxed{41}."),
        row("What is your name?", None, "<think>\nA riddle.\n</think>\n\nNobody."),
    ]
