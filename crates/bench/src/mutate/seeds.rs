//! Whole files of every kind, made here, that are damaged.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use serde_json::{Value, json};
use tables::{Finish, Generation, Provenance, Row, TableWriter, row};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::train_tokenizer;

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Recorded replies, an object a line
    Jsonl,
    /// The same as values with a header
    Csv,
    /// The same as somebody's Parquet
    Parquet,
    /// A log of inspect
    Eval,
    /// A table of our own
    Table,
    /// A pipeline
    Toml,
    /// A tokenizer.json
    Tokenizer,
}

pub(super) const KINDS: [Kind; 7] =
    [Kind::Jsonl, Kind::Csv, Kind::Parquet, Kind::Eval, Kind::Table, Kind::Toml, Kind::Tokenizer];

impl Kind {
    /// How names of such files end.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Jsonl => ".jsonl",
            Self::Csv => ".csv",
            Self::Parquet => ".foreign.parquet",
            Self::Eval => ".eval",
            Self::Table => ".parquet",
            Self::Toml => ".toml",
            Self::Tokenizer => ".tokenizer.json",
        }
    }
}

/// A thinking with a bit of everything.
pub(super) const THINKING: &str = "So $x = 4$.\n\nWait, 4 × 2 = 8, is it? Yes. 等等，答案是4。\n\n\\boxed{4}";
/// The name of a table of generations that is whole.
pub(super) const WHOLE_TABLE: &str = "whole.parquet";

row! {
    /// A recorded reply as somebody may keep it.
    struct Recorded is "recorded", version 1 {
        id: String,
        problem: String,
        answer: String,
        choices: Vec<String>,
        level: Option<u32>,
        seconds: Option<f64>,
        response: String,
    }
}

/// Whole files of a kind. A table that is whole is left in `folder` too.
pub(super) fn of(kind: Kind, folder: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let table = table(&folder.join(WHOLE_TABLE), (0..40).map(generation))?;
    Ok(match kind {
        Kind::Jsonl => vec![lines(&(0..20).map(recorded).collect::<Vec<_>>()), lines(&chats())],
        Kind::Csv => vec![csv()],
        Kind::Parquet => {
            let of = |rows: std::ops::Range<u32>| table_of(&folder.join("foreign.parquet"), rows);
            vec![of(0..3)?, of(0..400)?]
        }
        Kind::Eval => vec![eval(CompressionMethod::Stored)?, eval(CompressionMethod::Deflated)?],
        Kind::Table => vec![table],
        Kind::Toml => TOML.iter().map(|text| text.as_bytes().to_vec()).collect(),
        Kind::Tokenizer => {
            vec![train_tokenizer::train(&[THINKING.repeat(3), "What is 3 + 1? ".repeat(5)])?.into_bytes()]
        }
    })
}

fn row_of(number: u32) -> Recorded {
    Recorded {
        id: format!("p{}", number / 2),
        problem: format!("What is {} + 4?", number / 2),
        answer: (number / 2 + 4).to_string(),
        choices: match number % 8 {
            2 | 3 => vec!["4".to_owned(), (number / 2 + 4).to_string()],
            6 | 7 => vec![(number / 2 + 4).to_string(), "4".to_owned()],
            _ => vec![],
        },
        level: (!number.is_multiple_of(3)).then_some(number % 5),
        seconds: Some(f64::from(number) / 7.0),
        response: format!("<think>\n{THINKING} {number}</think>\nIt is {}.", number / 2 + 4),
    }
}

fn recorded(number: u32) -> Value {
    let row = row_of(number);
    json!({"id": row.id, "problem": row.problem, "answer": row.answer, "level": row.level, "seconds": row.seconds,
        "response": row.response, "model": format!("m{}", number % 2)})
}

fn chats() -> Vec<Value> {
    let chat = |number: u32| {
        let row = row_of(number * 2);
        json!({"messages": [{"role": "user", "content": row.problem}, {"role": "assistant",
            "reasoning_content": THINKING, "content": row.answer}], "model": "m"})
    };
    (0..10).map(chat).collect()
}

fn lines(rows: &[Value]) -> Vec<u8> {
    rows.iter().map(|row| format!("{row}\n")).collect::<String>().into_bytes()
}

fn csv() -> Vec<u8> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let line = |number: u32| {
        let row = row_of(number * 2);
        format!("{},{},{},{}\n", row.id, quoted(&row.problem), row.answer, quoted(&row.response))
    };
    let lines: String = (0..12).map(line).collect();
    format!("id,problem,answer,response\n{lines}").into_bytes()
}

fn generation(number: u32) -> Generation {
    Generation {
        problem_id: format!("p{number}"),
        model: "m".to_owned(),
        reasoning: format!("{THINKING} {number}"),
        reasoning_source: "tags".to_owned(),
        answer_text: "It is 4.".to_owned(),
        finish: Finish::Stop,
        ..Generation::default()
    }
}

fn table_of(path: &Path, rows: std::ops::Range<u32>) -> anyhow::Result<Vec<u8>> {
    table(path, rows.map(|number| row_of(number * 2)))
}

fn table<R: Row>(path: &Path, rows: impl Iterator<Item = R>) -> anyhow::Result<Vec<u8>> {
    let mut writer = TableWriter::create(path, &Provenance::default())?;
    for row in rows {
        writer.push(row)?;
    }
    writer.finish()?;
    Ok(fs::read(path)?)
}

fn eval(method: CompressionMethod) -> anyhow::Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    let mut add = |name: &str, value: &Value| -> anyhow::Result<()> {
        zip.start_file(name, options)?;
        Ok(zip.write_all(value.to_string().as_bytes())?)
    };
    add("_journal/start.json", &json!({"version": 2, "eval": {"task": "sums", "model": "m"}}))?;
    for epoch in 1..4 {
        add(&format!("samples/add_epoch_{epoch}.json"), &sample(epoch))?;
    }
    add("header.json", &json!({"version": 2, "eval": {"task": "sums", "model": "m"}, "results": {}}))?;
    Ok(zip.finish()?.into_inner())
}

fn sample(epoch: u32) -> Value {
    let content = json!([{"type": "reasoning", "reasoning": THINKING}, {"type": "text", "text": "4"}]);
    json!({"id": "add", "epoch": epoch, "input": "What is 3 + 1?", "target": ["4"],
        "messages": [{"role": "user", "content": "What is 3 + 1?"}, {"role": "assistant", "content": content}],
        "output": {"model": "m", "choices": [{"message": {"role": "assistant", "content": content}, "stop_reason": "stop"}],
            "usage": {"input_tokens": 9, "output_tokens": 20}, "time": 1.5},
        "scores": {"match": {"value": "C", "answer": "4"}}, "uuid": format!("uuid-{epoch}")})
}

const TOML: [&str; 2] = [
    r#"description = "sums"
secrets = ["session"]

[dataset]
kind = "jsonl"
path = "sums.jsonl"
limit = 4

[[models]]
name = "m"
kind = "openai"
model = "org/m"
base_url = "http://127.0.0.1:9/v1?key=x"
extra_body = { top_k = 20, session = "s" }
samples = 3
price = { prompt = 1.0, completion = 2.5 }

[split]
kind = "keywords"
phrases = ["wait", "but"]

[judge]
kind = "llm"
model = "judge"
base_url = "http://127.0.0.1:9/v1"

[tasks.solutions]
kind = "rule"
"#,
    r#"[dataset]
kind = "jsonl"
path = ["a.jsonl", "b.jsonl"]
columns = { problem = "question" }

[[models]]
name = "m"
kind = "recorded"
tokenizer = "builtin"
think = { open = "<think>", close = "</think>" }

[judge]
kind = "rule"
threshold = 1.75

[score]
bootstrap = { seed = 1, resamples = 200 }
"#,
];
