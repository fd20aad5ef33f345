"""Stages one by one give what the meter gives, and a meter pickles."""

import pickle

import pytest

import thinkmeter as tm


def one_by_one(rows):
    problems, replies = tm.load(rows)
    generations = tm.generations(replies)
    grades = tm.grade(problems, generations)
    splits = tm.split(generations, tokenizer="builtin")
    judgments = tm.judge(problems, generations, splits, grades=grades)
    return tm.score(problems, generations, splits, judgments, grades=grades, tokenizer="builtin")


def test_stages_give_what_the_meter_gives(rows):
    assert one_by_one(rows) == tm.Meter(tokenizer="builtin")(rows)


def test_a_meter_pickles(rows):
    meter = tm.Meter(split="sentence", tokenizer="builtin", think={"open_in_prompt": "no"}, threads=1)
    again = pickle.loads(pickle.dumps(meter))
    assert again(rows) == meter(rows)
    assert pickle.loads(pickle.dumps(tm.Tokenizer("builtin"))).count("one two") == tm.Tokenizer("builtin").count("one two")


def test_batches_completed_are_as_one(rows):
    rows = [row | {"sample": at} for at, row in enumerate(rows)]
    meter = tm.Meter(tokenizer="builtin")
    whole = meter(rows)
    parts = [score for row in rows for score in meter([row])]
    assert parts != whole and tm.complete(parts) == whole
    assert tm.measure(whole) == meter.measure(whole)
    assert {row["metric"] for row in tm.measure(whole)} >= {"accuracy", "token_efficiency"}


def test_options_that_are_kept_tell_answers_apart():
    pyarrow = pytest.importorskip("pyarrow")
    row = {"problem": "How many?", "answer": "B", "choices": ["four", "five"], "model": "m"}
    said = ["The answer is (B).", "The answer is five.", "The answer is (A)."]
    table = pyarrow.Table.from_pylist([row | {"response": text, "sample": at} for at, text in enumerate(said)])
    meter = tm.Meter(keep=["choices"])
    parts = pyarrow.concat_tables([meter(table.slice(at, 1)) for at in range(3)])
    classes = tm.complete(parts).column("answer_class").to_pylist()
    assert classes == [0, 0, 1] == meter(table).column("answer_class").to_pylist()
    assert classes == [row["answer_class"] for row in tm.complete(parts.to_pylist())]


def test_think_is_learnt_once_and_passed(rows):
    opened = [row | {"response": row["response"].removeprefix("<think>")} for row in rows]
    cut = rows[0] | {"response": "and so on and on", "finish": "length", "sample": 9}
    settled = tm.think_format([*opened, cut])
    assert settled["open_in_prompt"] == "yes"
    meter = tm.Meter(think=settled)
    alone, among = meter([cut])[0], meter([*opened, cut])[-1]
    assert alone["reasoning_source"] == among["reasoning_source"] == "unclosed"
    assert tm.Meter()([cut])[0]["reasoning_source"] == "none"


def test_faults_have_paths_and_hints():
    with pytest.raises(tm.ConfigError) as refused:
        tm.Meter(split="seperator", judge={"kind": "rule", "wat": 1}, dataset={"limit": 3})
    paths = {fault.path: fault.hint for fault in refused.value.faults}
    assert paths["split.kind"] == "did you mean `separator`?"
    assert {"judge.wat", "dataset.limit"} <= set(paths)


def test_whoever_asks_a_model_is_refused():
    llm = {"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1"}
    for part in ("split", "judge", "grade"):
        with pytest.raises(tm.ConfigError, match="asks a model.*retried") as refused:
            tm.Meter(**{part: llm})
        assert refused.value.faults[0].path == part
        assert "thinkmeter run" in refused.value.faults[0].hint
    with pytest.raises(tm.ConfigError, match="asks a model"):
        tm.Meter(tasks={"solutions": llm})


def test_tables_that_do_not_belong_together(rows):
    problems, replies = tm.load(rows)
    generations = tm.generations(replies)
    splits = tm.split(generations)
    with pytest.raises(tm.DataError, match="2 rows, and there are 3 generations"):
        tm.judge(problems, generations, splits[:2])
    with pytest.raises(tm.DataError, match="splits: row 1 is"):
        tm.judge(problems, generations, splits[::-1])
    with pytest.raises(tm.DataError, match="names problem .* which the problems do not hold"):
        tm.judge(problems[:1], generations, splits)
    without = [{name: value for name, value in row.items() if name != "reasoning"} for row in generations]
    with pytest.raises(tm.DataError, match="generations: row 1: missing field `reasoning`"):
        tm.split(without)


def test_a_column_that_is_missing_in_arrow_is_named(rows):
    pyarrow = pytest.importorskip("pyarrow")
    _, replies = tm.load(pyarrow.Table.from_pylist(rows))
    assert len(tm.generations(replies.drop_columns(["trace_id"]))) == 3
    with pytest.raises(tm.DataError, match="replies: no column `content` in a table of replys?; its columns: problem_id"):
        tm.generations(replies.drop_columns(["content"]))


def test_tokenizers():
    assert tm.Tokenizer("builtin").exact and not tm.Tokenizer().exact
    assert tm.Tokenizer("builtin").count_many(["a b", ""]) == [tm.Tokenizer("builtin").count("a b"), 0]
    with pytest.raises(tm.DataError, match="no tokenizer at `/nowhere/x.json`"):
        tm.Tokenizer("/nowhere/x.json")
    with pytest.raises(TypeError, match="expected a tokenizer"):
        tm.Tokenizer(5)
