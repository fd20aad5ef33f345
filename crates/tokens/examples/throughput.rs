//! Measures a tokenizer on the strings of a JSONL column: speed, beside that of the library's encoder, and how
//! far the approximation is off.
//!
//! ```text
//! cargo run --release -p thinkmeter-tokens --example throughput -- TOKENIZER COLUMN FILE.jsonl…
//! ```
#![expect(clippy::print_stdout, reason = "a program that prints what it measured")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use thinkmeter_tokens::Tokenizer;
use tokenizers::pipeline::{EncodeOptions, PipelineTokenizer};

/// As often as it takes to encode about this much.
const ENOUGH_BYTES: usize = 100 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [tokenizer, column, files @ ..] = arguments.as_slice() else {
        return Err("usage: throughput TOKENIZER COLUMN FILE.jsonl…".into());
    };
    let cache = tempfile::tempdir()?;
    for state in ["cold", "cached"] {
        let begun = Instant::now();
        Tokenizer::open_cached(Path::new(tokenizer), Some(cache.path()))?;
        println!("open, {state}: {:.2} s", begun.elapsed().as_secs_f64());
    }
    let exact = Tokenizer::open(Path::new(tokenizer))?;
    let approximate = Tokenizer::approximate();
    let mut all = Vec::new();
    for file in files {
        let texts = texts(Path::new(file), column)?;
        println!("{file}: {} texts, {}", texts.len(), deviation(&exact, &approximate, &texts)?);
        all.extend(texts);
    }
    println!("all: {}", deviation(&exact, &approximate, &all)?);
    let begun = Instant::now();
    let library = library(Path::new(tokenizer))?;
    println!("library, open: {:.2} s", begun.elapsed().as_secs_f64());
    for round in 1..=3 {
        let own = speed(&all, |text| exact.try_count_between(text, &[0, text.len() as u32]).map(drop))?;
        let mut ids = Vec::new();
        let its = speed(&all, |text| {
            ids.clear();
            library
                .encode_into(text, &EncodeOptions::no_specials(), &mut ids)
                .map_err(|error| error.to_string())
        })?;
        println!("round {round}, MB/s on one thread: {own:.1} starts, {its:.1} ids of the library");
    }
    let rough = speed(&all, |text| approximate.try_count(text).map(drop))?;
    println!("approximate: {rough:.1} MB/s");
    Ok(())
}

fn library(path: &Path) -> Result<PipelineTokenizer, Box<dyn Error>> {
    let file = if path.is_dir() { path.join("tokenizer.json") } else { path.to_owned() };
    let canonical = tokenizers::canonicalize_file(file)?;
    Ok(tokenizers::from_json(&canonical).map_err(|error| error.to_string())?)
}

fn texts(file: &Path, column: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut texts = Vec::new();
    for line in std::fs::read_to_string(file)?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        texts.extend(row.get(column).and_then(serde_json::Value::as_str).map(str::to_owned));
    }
    Ok(texts)
}

/// Error of the approximation: of the total, and its mean size over the texts.
fn deviation(exact: &Tokenizer, approximate: &Tokenizer, texts: &[String]) -> Result<String, Box<dyn Error>> {
    let (mut counted, mut guessed, mut errors) = (0.0, 0.0, Vec::new());
    for text in texts.iter().filter(|text| !text.is_empty()) {
        let (truth, guess) = (f64::from(exact.try_count(text)?), f64::from(approximate.try_count(text)?));
        counted += truth;
        guessed += guess;
        errors.push((guess / truth - 1.0).abs());
    }
    errors.sort_by(f64::total_cmp);
    let mean = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
    let worst = errors.last().copied().unwrap_or_default();
    let total = guessed / counted - 1.0;
    Ok(format!(
        "{counted} tokens, approximation {:+.1} % in total, {:.1} % a text, at most {:.1} %",
        100.0 * total,
        100.0 * mean,
        100.0 * worst
    ))
}

/// Megabytes a second.
fn speed<E: Into<Box<dyn Error>>>(
    texts: &[String],
    mut work: impl FnMut(&str) -> Result<(), E>,
) -> Result<f64, Box<dyn Error>> {
    let bytes: usize = texts.iter().map(String::len).sum();
    let rounds = ENOUGH_BYTES / bytes.max(1) + 1;
    let begun = Instant::now();
    for _ in 0..rounds {
        for text in texts {
            work(text).map_err(Into::into)?;
        }
    }
    Ok((rounds * bytes) as f64 / 1e6 / begun.elapsed().as_secs_f64())
}
