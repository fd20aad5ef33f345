"""Like in, like out; and what is wrong with a table is told."""

import pytest

import thinkmeter as tm

pyarrow = pytest.importorskip("pyarrow")


def measured(batch, **options):
    return tm.Meter(tokenizer="builtin", **options)(batch)


def test_lists_and_dicts(rows):
    scores = measured(rows)
    assert [row["correct"] for row in scores] == [True, False, None]
    assert [row["sample"] for row in scores] == [0, 1, 0]
    assert scores[0]["first_correct_step"] == 1 and scores[0]["token_efficiency"] < 1
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    assert measured(columns) == {name: [row[name] for row in scores] for name in scores[0]}


def test_every_library_gives_the_same(rows):
    expect = measured(rows)
    table = pyarrow.Table.from_pylist(rows)
    found = measured(table)
    assert type(found) is pyarrow.Table and found.to_pylist() == expect
    batch = measured(table.to_batches()[0])
    assert type(batch) is pyarrow.RecordBatch and batch.to_pylist() == expect
    assert isinstance(measured(tm.Table(tm._native.Table(table))), tm.Table)


def test_polars(rows):
    polars = pytest.importorskip("polars")
    found = measured(polars.DataFrame(rows))
    assert isinstance(found, polars.DataFrame) and found.to_dicts() == measured(rows)
    categories = polars.DataFrame(rows).with_columns(polars.col("model").cast(polars.Categorical))
    assert measured(categories).to_dicts() == measured(rows)


def test_pandas(rows):
    pandas = pytest.importorskip("pandas")
    found = measured(pandas.DataFrame(rows))
    assert isinstance(found, pandas.DataFrame) and list(found["sample"]) == [0, 1, 0]


def test_duckdb(rows):
    duckdb = pytest.importorskip("duckdb")
    table = pyarrow.Table.from_pylist(rows)
    connection = duckdb.connect()
    found = measured(connection.from_arrow(table))
    assert type(found).__module__.lstrip("_").startswith("duckdb")
    names = found.columns
    assert [dict(zip(names, values))["correct"] for values in found.fetchall()] == [True, False, None]


def test_a_table_of_ours_is_read_by_others(rows):
    table = measured(tm.Table(tm._native.Table(pyarrow.Table.from_pylist(rows))))
    assert table.to_dicts() == table.to_pyarrow().to_pylist()
    assert len(table) == 3 and "token_efficiency" in table.column_names and "3 rows" in repr(table)
    import pickle

    assert pickle.loads(pickle.dumps(table)).to_dicts() == table.to_dicts()


def test_columns_are_kept(rows):
    rows = [row | {"level": at} for at, row in enumerate(rows)]
    found = measured(pyarrow.Table.from_pylist(rows), keep=["level"])
    assert found.column("level").to_pylist() == [0, 1, 2]
    with pytest.raises(tm.DataError, match="no column `nope`"):
        measured(pyarrow.Table.from_pylist(rows), keep=["nope"])


def test_empty_batches(rows):
    table = pyarrow.Table.from_pylist(rows).slice(0, 0)
    assert len(measured(table)) == 0 and measured([]) == []
    assert len(tm.measure(measured(table))) == 0


@pytest.mark.parametrize(
    "change, expect",
    [
        (lambda row: row.pop("response"), "batch:1: no column for `response`"),
        (lambda row: row.pop("model"), "no column for `model`"),
        (lambda row: row.pop("problem"), "batch:1: column `problem` is empty"),
        (lambda row: row.update(response={"a": 1}), "column `response`"),
        (lambda row: row.update(sample="three"), "column `sample`"),
    ],
)
def test_a_missing_or_wrong_column_is_named(rows, change, expect):
    change(rows[0])
    with pytest.raises(tm.DataError, match=expect):
        measured(rows[:1])
    with pytest.raises(tm.DataError, match=expect):
        measured(pyarrow.Table.from_pylist(rows[:1]))


def test_no_table_at_all():
    for wrong in [5, "text", object(), [1, 2]]:
        with pytest.raises(tm.DataError, match="expected a table"):
            measured(wrong)
    with pytest.raises(tm.DataError, match="not the same length"):
        measured({"a": [1], "b": [1, 2]})


def test_odd_values_of_lists_and_dicts(rows):
    numpy = pytest.importorskip("numpy")
    import datetime

    more = {"when": datetime.date(2026, 1, 2), "n": numpy.int64(3), "list": numpy.array([1.5]), "big": 10**30, "bad": float("inf")}
    assert measured([rows[0] | more])[0]["correct"] is True
    with pytest.raises(tm.DataError, match="rows: row 1: a value of type `object` cannot be read"):
        measured([rows[0] | {"x": object()}])
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(tm.DataError, match="nested deeper"):
        measured([rows[0] | {"x": deep}])


def test_a_float_keeps_its_last_bit(rows):
    scores = measured(rows)
    scores[0]["token_efficiency"] = 0.45454545454545453
    assert tm.complete(scores)[0]["token_efficiency"] == 0.45454545454545453
