//! Files as people have them: however JSON lies in them, packed or not, with half characters and empty cells.

use std::io::Write;

use serde_json::{Value, json};

use super::*;

const ROWS: [&str; 2] = [
    r#"{"question": "What is 17 + 25?", "gold": "42", "model": "m", "text": "<think>17 + 25</think>42"}"#,
    r#"{"question": "What is 24 * 25?", "gold": "600", "model": "m", "text": "<think>24 * 25</think>600"}"#,
];

/// The same rows in every container.
fn containers() -> Vec<(&'static str, String)> {
    let spread: Vec<String> =
        ROWS.iter().map(|row| format!("{:#}", serde_json::from_str::<Value>(row).unwrap())).collect();
    vec![
        ("lines", ROWS.join("\n")),
        ("a list on one line", format!("[{}]", ROWS.join(", "))),
        ("a list, indented", format!("[\n  {}\n]\n", ROWS.join(",\n  "))),
        ("tables over several lines", spread.join("\n")),
        ("a list of such tables", format!("[{}]", spread.join(","))),
        ("tables on one line", ROWS.concat()),
        ("a list a line", format!("[{}]\n[{}]\n", ROWS[0], ROWS[1])),
        ("a table with a list", format!("{{\"version\": 1, \"results\": [{}]}}", ROWS.join(","))),
        (
            "the same, indented",
            format!("{{\n \"results\": [\n{}\n],\n \"version\": 1\n}}", spread.join(",\n")),
        ),
        ("a table of tables", format!("{{\"0\": {}, \"1\": {}}}", ROWS[0], ROWS[1])),
        ("a byte order mark", format!("\u{feff}{}", ROWS.join("\r\n"))),
    ]
}

fn packed(content: &[u8], by: &str) -> Vec<u8> {
    match by {
        "gz" => {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(content).unwrap();
            packer.finish().unwrap()
        }
        "zst" => zstd::stream::encode_all(content, 1).unwrap(),
        _ => content.to_vec(),
    }
}

fn loaded(name: &str, content: &[u8], mut table: Value) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    table["path"] = path.display().to_string().into();
    load(&table).map_err(|error| error.replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn a_container_is_told_by_its_content_whatever_the_source_the_columns_and_the_name() {
    let tables = [
        (kind("recorded", json!({"columns": {"response": "text"}})), 2),
        (kind("recorded", json!({"columns": {"response": "text"}, "format": "columns"})), 2),
        (kind("jsonl", json!({})), 0),
    ];
    for (lies, text) in containers() {
        for (table, replies) in &tables {
            for (name, by) in
                [("a.json", ""), ("a.jsonl", "gz"), ("a.jsonl.gz", "gz"), ("a.json.zst", "zst"), ("a", "zst")]
            {
                let case = format!("{lies}, {name} {by}, {table}");
                let found = loaded(name, &packed(text.as_bytes(), by), table.clone());
                let found = found.unwrap_or_else(|error| panic!("{case}: {error}"));
                let golds: Vec<&str> =
                    found.problems.iter().flat_map(|p| &p.gold).map(String::as_str).collect();
                assert_eq!((golds.as_slice(), found.replies.len()), (&["42", "600"][..], *replies), "{case}");
            }
        }
    }
}

#[test]
fn packed_columns_are_read_as_well() {
    let csv = "question,gold,model,response\nWhat is 17 + 25?,42,m,42\n";
    for (name, by) in [("a.csv", ""), ("a.csv.gz", "gz"), ("a.csv.zst", "zst"), ("a.csv", "gz")] {
        let found = loaded(name, &packed(csv.as_bytes(), by), kind("recorded", json!({}))).unwrap();
        assert_eq!((found.replies.len(), found.problems[0].dataset.as_str()), (1, "a"), "{name} {by}");
    }
}

#[test]
fn a_lone_row_with_a_list_in_it_stays_a_row() {
    let check = |row: Value, expect: &str| {
        let found =
            loaded("a.json", row.to_string().as_bytes(), kind("recorded", json!({"model": "m"}))).unwrap();
        assert_eq!(
            found.replies.iter().map(|reply| reply.content.as_str()).collect::<Vec<_>>(),
            [expect],
            "{row}"
        );
    };
    check(json!({"question": "q", "gold": "1", "response": "r", "steps": [{"text": "s"}]}), "r");
    check(json!({"question": "q", "gold": "1", "responses": [{"content": "r"}]}), "r");
    let turns = json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": "r"}]);
    check(json!({"messages": turns, "gold": "1"}), "r");
    check(json!({"gold": "1", "rows": [{"question": "q", "response": "r"}]}), "r");
}

#[test]
fn what_is_forgiven_is_counted_and_the_rest_of_the_row_is_kept() {
    let check = |lines: &str, expect: &str, mended: u64| {
        let found = load_files(&[("a.jsonl", lines)], kind("recorded", json!({"model": "m"}))).unwrap();
        assert_eq!(found.replies[0].content, expect, "{lines}");
        assert_eq!(found.summary.counts.get("mended"), Some(&mended).filter(|count| **count > 0), "{lines}");
    };
    check(r#"{"question": "q", "gold": "1", "response": "a\ud835b"}"#, "a\u{fffd}b", 1);
    check(r#"{"question": "q", "gold": "1", "response": "ab", "logprob": -1e400}"#, "ab", 1);
    check(r#"{"question": "q", "gold": "1", "response": "ab", "score": NaN}"#, "ab", 1);
    check(r#"{"question": "q", "gold": "1", "response": "\ud83d\ude00"}"#, "😀", 0);
}

#[test]
fn an_empty_cell_in_a_column_that_is_needed_says_so() {
    let row = json!({"question": "q", "gold": "1", "response": "r", "model": null});
    let reason = "holds nothing in this row; fill it in, leave the row out, or name another column with `columns.model = \
                  \"…\"`, or say whose replies all of these are with `model = \"…\"`";
    for more in [json!({}), json!({"columns": {"model": "model"}})] {
        refuse_lines(
            std::slice::from_ref(&row),
            kind("recorded", more),
            &format!("a.jsonl:1: column `model` {reason}"),
        );
    }
}
