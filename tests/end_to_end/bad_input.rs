//! Bad input: a clear message, the right exit code, and what was finished stays.

use std::fs;

use crate::support::{Done, Place};

const PROBLEMS: &str = "{\"id\": \"a\", \"problem\": \"What is 1 + 1?\", \"answer\": \"2\"}\n\
                        {\"id\": \"b\", \"problem\": \"What is 2 + 2?\", \"answer\": \"4\"}\n";

fn refused(done: &Done, code: i32, expected: &[&str]) {
    assert_eq!(done.code, code, "stderr:\n{}", done.stderr);
    assert!(done.stderr.contains("error: "), "no error in\n{}", done.stderr);
    assert!(!done.stderr.contains("panicked"), "{}", done.stderr);
    for words in expected {
        assert!(done.stderr.contains(words), "no `{words}` in\n{}", done.stderr);
    }
}

/// Loads one file that holds `content` and expects to be refused.
fn load_refused(name: &str, content: &[u8], kind: &str, expected: &[&str]) {
    let place = Place::new();
    fs::write(place.path(name), content).unwrap();
    let done = place.run(&["load", "--dataset", kind, "--path", name, "-o", "problems.parquet"]);
    refused(&done, 3, expected);
    assert!(!place.path("problems.parquet").exists(), "a table was published all the same");
}

#[test]
fn a_missing_file() {
    let done = Place::new().run(&["load", "--path", "nowhere.jsonl", "-o", "p.parquet"]);
    refused(&done, 3, &["nowhere.jsonl"]);
}

#[test]
fn a_missing_column_names_those_that_exist() {
    load_refused(
        "p.jsonl",
        b"{\"id\": 1, \"text\": \"x\", \"answer\": 2}\n",
        "jsonl",
        &["p.jsonl", "problem", "text"],
    );
}

#[test]
fn a_missing_answer_names_the_line() {
    let content = "{\"id\": 1, \"problem\": \"x\", \"answer\": \"2\"}\n{\"id\": 2, \"problem\": \"y\"}\n";
    load_refused("p.jsonl", content.as_bytes(), "jsonl", &["p.jsonl", "2", "answer"]);
}

#[test]
fn a_json_line_cut_in_the_middle() {
    let content = format!("{PROBLEMS}{{\"id\": \"c\", \"prob");
    load_refused("p.jsonl", content.as_bytes(), "jsonl", &["p.jsonl", "3"]);
}

#[test]
fn ids_that_are_there_twice() {
    let content = PROBLEMS.replace("\"b\"", "\"a\"");
    load_refused("p.jsonl", content.as_bytes(), "jsonl", &["`a`", "1", "2"]);
}

#[test]
fn a_csv_with_a_wrong_header() {
    load_refused("p.csv", b"id,txt,ans\n1,What is 1 + 1?,2\n", "csv", &["p.csv", "problem", "txt"]);
}

#[test]
fn text_that_is_not_utf8() {
    load_refused(
        "p.jsonl",
        b"{\"id\": 1, \"problem\": \"\xff\xfe\", \"answer\": 2}\n",
        "jsonl",
        &["p.jsonl"],
    );
}

#[test]
fn a_truncated_parquet_file() {
    let place = Place::new();
    place.write("p.jsonl", PROBLEMS);
    place.succeed(&["load", "--path", "p.jsonl", "-o", "p.parquet"]);
    let whole = fs::read(place.path("p.parquet")).unwrap();
    fs::write(place.path("cut.parquet"), &whole[..whole.len() / 2]).unwrap();
    let done = place.run(&["load", "--dataset", "parquet", "--path", "cut.parquet", "-o", "q.parquet"]);
    refused(&done, 3, &["cut.parquet"]);
    let done = place.run(&["split", "--generations", "cut.parquet", "-o", "s.parquet"]);
    refused(&done, 3, &["cut.parquet", "not a complete Parquet file"]);
}

#[test]
fn a_table_of_another_schema_or_version() {
    let place = Place::new();
    place.write("p.jsonl", PROBLEMS);
    place.succeed(&["load", "--path", "p.jsonl", "-o", "p.parquet"]);
    let done = place.run(&["split", "--generations", "p.parquet", "-o", "s.parquet"]);
    refused(&done, 3, &["p.parquet holds a `problem` table; expected a `generation` table"]);

    write_foreign(&place.path("foreign.parquet"), &[]);
    let done = place.run(&["split", "--generations", "foreign.parquet", "-o", "s.parquet"]);
    refused(&done, 3, &["foreign.parquet", "no table of thinkmeter"]);

    write_foreign(
        &place.path("old.parquet"),
        &[("thinkmeter.schema", "generation"), ("thinkmeter.version", "0")],
    );
    let done = place.run(&["split", "--generations", "old.parquet", "-o", "s.parquet"]);
    refused(
        &done,
        3,
        &["old.parquet holds version 0 of the `generation` table, this program reads version 6"],
    );
}

fn write_foreign(path: &std::path::Path, footer: &[(&str, &str)]) {
    use std::sync::Arc;

    use arrow_array::{Int32Array, RecordBatch};
    use parquet::arrow::ArrowWriter;
    use parquet::file::metadata::KeyValue;
    use parquet::file::properties::WriterProperties;

    let pairs =
        footer.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned())).collect();
    let properties = WriterProperties::builder().set_key_value_metadata(Some(pairs)).build();
    let batch = RecordBatch::try_from_iter([("x", Arc::new(Int32Array::from(vec![1])) as _)]).unwrap();
    let mut writer =
        ArrowWriter::try_new(fs::File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn unknown_keys_splitters_and_stages_are_all_named_at_once() {
    let place = Place::new();
    place.write(
        "p.toml",
        "descripton = \"x\"\n[dataset]\nkind = \"builtin\"\n[split]\nkind = \"separator\"\n",
    );
    refused(&place.run(&["run", "p.toml"]), 3, &["p.toml", "did you mean `description`?"]);

    place.write(
        "q.toml",
        "[dataset]\nkind = \"builtin\"\n[split]\nkind = \"seperator\"\n[judge]\nkind = \"rule\"\ntreshold = 1\n",
    );
    let done = place.run(&["run", "q.toml"]);
    refused(&done, 3, &["did you mean `separator`?", "judge.treshold"]);

    refused(&place.run(&["run", "--from", "jugde"]), 2, &["did you mean `judge`?"]);
    refused(&place.run(&["run", "full-evil"]), 3, &["no pipeline `full-evil`", "full-eval"]);
    refused(&place.run(&["run", "nowhere.toml"]), 3, &["cannot read nowhere.toml"]);
}

#[test]
fn toml_that_is_none() {
    let place = Place::new();
    place.write("p.toml", "[dataset\nkind = 1");
    refused(&place.run(&["run", "p.toml"]), 3, &["p.toml is not valid TOML"]);
}

#[test]
fn a_missing_tokenizer() {
    let place = Place::new();
    let done = place.run(&["run", "--set", "models.0.tokenizer=no/such/place/tokenizer.json"]);
    refused(&done, 3, &["no/such/place/tokenizer.json", "tokenizer"]);
    place.write("broken.json", "{\"model\": 5");
    let done = place.run(&["run", "--set", "models.0.tokenizer=broken.json"]);
    refused(&done, 3, &["broken.json"]);
}

#[test]
fn a_wrong_flag_is_usage() {
    let place = Place::new();
    for args in
        [&["run", "--nonsense"][..], &["fly"], &["run", "--limit", "many"], &["run", "--fail-on-error", "2"]]
    {
        let done = place.run(args);
        assert_eq!(done.code, 2, "{args:?}: {}", done.stderr);
    }
}

#[test]
fn a_run_folder_in_use() {
    let place = Place::new();
    place.succeed(&["run"]);
    let lock = fs::File::options().append(true).open(place.path("runs/full-eval/.lock")).unwrap();
    lock.lock().unwrap();
    refused(&place.run(&["run"]), 3, &["in use by another process"]);
    drop(lock);
    place.succeed(&["run"]);
}

#[test]
fn a_damaged_manifest() {
    let place = Place::new();
    place.succeed(&["run"]);
    place.write("runs/full-eval/manifest.json", "{\"version\": 1, \"stages\":");
    refused(&place.run(&["run"]), 3, &["manifest.json is damaged", "remove it"]);
}

#[test]
fn an_endpoint_that_refuses_leaves_what_was_finished() {
    let place = Place::new();
    place.succeed(&["run"]);
    let before = place.contents("runs");
    let dead = ["run", "--set", "judge.kind=llm", "--set", "judge.model=m", "--set", "judge.retries=0"];
    let address = ["--set", "judge.base_url=http://127.0.0.1:9/v1"];
    let done = place.run(&[&dead[..], &address[..]].concat());
    refused(&done, 4, &["127.0.0.1:9"]);
    let after = place.contents("runs");
    for (name, content) in before.iter().filter(|(name, _)| name.ends_with(".parquet")) {
        assert!(after.get(name) == Some(content), "{name} was touched");
    }
}

/// Permissions mean nothing to a superuser, so the folder is one where nobody may write.
#[cfg(target_os = "linux")]
#[test]
fn no_permission() {
    let place = Place::new();
    let done = place.run(&["run", "-o", "/proc/thinkmeter"]);
    refused(&done, 1, &["/proc/thinkmeter"]);
}

/// A limit on the size of files stands in for a disk without room: the write fails in the middle.
#[cfg(unix)]
#[test]
fn a_full_disk() {
    let place = Place::new();
    place.succeed(&["run"]);
    let before = place.contents("runs");
    let run = env!("CARGO_BIN_EXE_thinkmeter");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec {run} run --force load --force generate");
    let done = crate::support::done(place.shell(&script).spawn().unwrap());
    refused(&done, 1, &["runs/full-eval", "File too large"]);
    assert!(place.contents("runs") == before, "something finished was touched");
}
