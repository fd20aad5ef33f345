//! Files as people have them, through the program: lists, packed files, half characters, corrupt Parquet, bombs.

use std::io::Write;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use crate::support::{Place, shared};

const LIST: &str = r#"[
  {"gold": "1/2", "pred": "0.5"},
  {"gold": "1/2", "pred": "\ud835 1/3"}
]"#;

const TRACES: &str = r#"{"model": "m", "traces": [
  {"task": "What is 17 + 25?", "truth": "42", "thought": "17 + 25 = 42.", "said": "The answer is 42."},
  {"task": "What is 24 * 25?", "truth": "600", "thought": "24 * 25 = 600.", "said": "The answer is 600."}
]}"#;

fn zstd(content: &str) -> Vec<u8> {
    zstd::stream::encode_all(content.as_bytes(), 1).unwrap()
}

#[test]
fn grade_reads_lists_and_packed_files_and_tells_what_it_forgave() {
    let place = Place::new();
    place.write("list.json", LIST);
    std::fs::write(place.path("packed.jsonl"), zstd(LIST)).unwrap();
    for file in ["list.json", "packed.jsonl"] {
        let done = place.succeed(&["grade", file]);
        assert!(done.stderr.contains("2 rows: 1 equal, 0 different, 1 unknown"), "{file}: {}", done.stderr);
        let told = format!("half a character, read as U+FFFD (1 rows, the first {file}:3)");
        assert!(done.stderr.contains(&told), "{file}: {}", done.stderr);
        assert_eq!(done.stdout.lines().count(), 2);
    }
}

#[test]
fn named_columns_are_found_in_the_list_of_a_table_for_import_run_and_load() {
    let place = Place::new();
    place.write("traces.json", TRACES);
    std::fs::write(place.path("traces.json.zst"), zstd(TRACES)).unwrap();
    let columns = ["problem=task", "answer=truth", "reasoning=thought", "response=said"];
    for file in ["traces.json", "traces.json.zst"] {
        let set = columns.map(|column| format!("columns.{column}"));
        let flags: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
        let done = place.succeed(&[&["import", file, "-o", "in"][..], &flags].concat());
        assert!(done.stderr.contains("2 rows, 2 problems, 2 replies of m"), "{}", done.stderr);
        let load =
            [&["load", "--dataset", "jsonl", "--path", file, "-o", "p.parquet"][..], &flags[..4]].concat();
        place.succeed(&load);
        let set = columns.map(|column| format!("dataset.columns.{column}"));
        let path = format!("dataset.path={file}");
        let flags: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).chain(["--set", &path]).collect();
        let done = place
            .succeed(&[&["run", "recorded", "--set", "models.*.tokenizer=builtin"][..], &flags].concat());
        assert!(done.stdout.contains("100") || done.stderr.contains("100"), "{}{}", done.stdout, done.stderr);
    }
}

fn bomb() -> Vec<u8> {
    let keys = Int32Array::from(vec![0; 400]);
    let texts = Arc::new(StringArray::from(vec!["x".repeat(1 << 20)]));
    let column = DictionaryArray::<Int32Type>::try_new(keys, texts).unwrap();
    let batch =
        RecordBatch::try_from_iter([("response", Arc::new(column) as arrow_array::ArrayRef)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut packed = Vec::new();
    let mut packer = zstd::stream::Encoder::new(&mut packed, 3).unwrap();
    packer.write_all(&bytes).unwrap();
    packer.finish().unwrap();
    packed
}

#[test]
fn a_bomb_is_refused_by_a_bound_that_can_be_set() {
    let place = Place::new().with("THINKMETER_UNPACK_LIMIT", "8");
    std::fs::write(place.path("bomb.parquet"), bomb()).unwrap();
    std::fs::write(place.path("bomb.jsonl"), zstd(&format!("{{\"pred\": \"{}\"}}", "x".repeat(9 << 20))))
        .unwrap();
    for args in [
        &["import", "bomb.parquet", "--model", "m", "-o", "in", "--set", "columns.problem=response"][..],
        &["grade", "bomb.jsonl"],
    ] {
        let done = place.run(args);
        assert_eq!(done.code, 3, "{}", done.stderr);
        assert!(
            done.stderr.contains("unpack to more than 8 MB")
                && done.stderr.contains("THINKMETER_UNPACK_LIMIT"),
            "{}",
            done.stderr
        );
    }
}

#[test]
fn corrupt_parquet_is_bad_input() {
    let Some(folder) = shared("data/attacks") else { return };
    let place = Place::new();
    let refused = |args: &[&str]| {
        let done = place.run(args);
        assert_eq!(done.code, 3, "{args:?}: {}", done.stderr);
        assert!(done.stderr.starts_with("error: ") && !done.stderr.contains("panicked"), "{}", done.stderr);
    };
    for name in ["a.parquet", "c.parquet"] {
        refused(&["import", &folder.join(name).display().to_string(), "-o", "in", "--model", "m"]);
    }
    let generations = folder.join("generations.parquet").display().to_string();
    refused(&["split", "--generations", &generations, "-o", "s.parquet"]);
}
