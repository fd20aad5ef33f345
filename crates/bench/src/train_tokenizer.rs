//! `cargo xtask train-tokenizer`: the built-in tokenizer, trained on the built-in data.
//!
//! A byte-level BPE without special tokens, written in the form that every version of the `tokenizers` library reads. The training is a
//! pure function of `data/problems.jsonl` and `data/traces.jsonl`: pairs are merged by frequency, equal frequencies by the ids of the pair.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde_json::Value;
use tokenizers::pipeline::{PreTokenizer, PreTokenizerScratch};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::trainers::BpeTrainer;
use tokenizers::{SplitDelimiterBehavior, Trainer};

/// Tokens in all, the 256 single bytes among them.
const VOCABULARY: usize = 4096;

/// Words with their leading space, single digits, runs of punctuation, line ends; the pattern of the Qwen family, which the library
/// recognises and runs without a regex engine.
const WORDS: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Train the built-in tokenizer.
#[derive(Args)]
pub(crate) struct TrainTokenizer {
    /// Write nothing; fail unless the file would come out as it is
    #[arg(long)]
    check: bool,
}

impl TrainTokenizer {
    /// Trains, then writes or compares.
    pub(crate) fn run(&self) -> Result<()> {
        let data = data_folder();
        let file = tokenizer_file(&data);
        let json = train(&texts(&data)?)?;
        if self.check { compare(&file, &json) } else { write(&file, &json) }
    }
}

fn data_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn tokenizer_file(data: &Path) -> PathBuf {
    data.join("tokenizer/tokenizer.json")
}

fn compare(file: &Path, json: &str) -> Result<()> {
    let committed = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    if committed != json {
        bail!("{} is not what the data gives; run `cargo xtask train-tokenizer`", file.display());
    }
    Ok(())
}

fn write(file: &Path, json: &str) -> Result<()> {
    let folder = file.parent().context("the tokenizer file has no folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(file, json).with_context(|| format!("cannot write {}", file.display()))
}

/// Every text that a run over the built-in data counts or shows.
fn texts(data: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for (file, keys) in
        [("problems.jsonl", &["problem", "choices", "solution"][..]), ("traces.jsonl", &["response"])]
    {
        let path = data.join(file);
        let lines = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for (number, line) in lines.lines().enumerate() {
            let row: Value = serde_json::from_str(line)
                .with_context(|| format!("{}, line {}: not JSON", path.display(), number + 1))?;
            keys.iter().for_each(|key| strings(&row[*key], &mut texts));
        }
    }
    Ok(texts)
}

fn strings(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| strings(value, texts)),
        _ => {}
    }
}

/// The whole tokenizer.json.
pub(crate) fn train(texts: &[String]) -> Result<String> {
    let alphabet: HashSet<char> = ByteLevel::alphabet().into_iter().collect();
    let mut trainer = BpeTrainer::builder()
        .vocab_size(VOCABULARY)
        .min_frequency(2)
        .initial_alphabet(alphabet)
        .show_progress(false)
        .build();
    let pattern = SplitPattern::Regex(WORDS.to_owned());
    let words =
        Split::native(pattern, SplitDelimiterBehavior::Isolated, false).map_err(|error| anyhow!(error))?;
    trainer.feed(texts.iter(), |text| byte_words(&words, text)).map_err(|error| anyhow!(error))?;
    let (vocabulary, merges, _) = trainer.train_vocab().map_err(|error| anyhow!(error))?;
    let mut tokens: Vec<(String, u32)> = vocabulary.into_iter().collect();
    tokens.sort_by_key(|(_, id)| *id);
    Ok(render(&tokens, &merges))
}

/// The words of a text, each written in the byte alphabet: one visible character a byte.
fn byte_words(words: &Split, text: &str) -> tokenizers::Result<Vec<String>> {
    let alphabet = ByteLevel::alphabet();
    let mut spans = Vec::new();
    words.pre_tokenize(text, &mut PreTokenizerScratch::default(), &mut spans)?;
    let bytes = text.as_bytes();
    let spell = |word: &[u8]| word.iter().map(|byte| alphabet[usize::from(*byte)]).collect();
    Ok(spans.iter().map(|span| spell(&bytes[span.start as usize..span.end as usize])).collect())
}

/// One token and one merge a line, so that a change can be read in a diff.
fn render(tokens: &[(String, u32)], merges: &[(String, String)]) -> String {
    // Written out, since the order of keys in a JSON value depends on how serde_json was built.
    let byte_level =
        r#"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}"#;
    let pattern = quoted(WORDS);
    let split = format!(
        r#"{{"type": "Split", "pattern": {{"Regex": {pattern}}}, "behavior": "Isolated", "invert": false}}"#
    );
    let vocabulary: Vec<String> =
        tokens.iter().map(|(token, id)| format!("      {}: {id}", quoted(token))).collect();
    let merges: Vec<String> =
        merges.iter().map(|(left, right)| format!("      [{}, {}]", quoted(left), quoted(right))).collect();
    [
        "{".to_owned(),
        r#"  "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,"#.to_owned(),
        format!(r#"  "pre_tokenizer": {{"type": "Sequence", "pretokenizers": [{split}, {byte_level}]}},"#),
        format!(r#"  "post_processor": null, "decoder": {byte_level},"#),
        r#"  "model": {"#.to_owned(),
        r#"    "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,"#
            .to_owned(),
        r#"    "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,"#.to_owned(),
        format!("    \"vocab\": {{\n{}\n    }},", vocabulary.join(",\n")),
        format!("    \"merges\": [\n{}\n    ]", merges.join(",\n")),
        "  }\n}\n".to_owned(),
    ]
    .join("\n")
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::{VOCABULARY, compare, data_folder, texts, tokenizer_file, train};
    use tokenizers::pipeline::{EncodeOptions, PipelineTokenizer};

    #[test]
    fn training_again_gives_the_committed_bytes_and_the_library_reads_them() {
        let texts = texts(&data_folder()).unwrap();
        let json = train(&texts).unwrap();
        compare(&tokenizer_file(&data_folder()), &json).unwrap();

        let folder = std::env::temp_dir().join(format!("thinkmeter-tokenizer-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("tokenizer.json");
        std::fs::write(&file, &json).unwrap();
        let canonical = tokenizers::canonicalize_file(file.to_str().unwrap()).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        let tokenizer: PipelineTokenizer = tokenizers::from_json(&canonical).unwrap();

        let row: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(row["model"]["vocab"].as_object().unwrap().len() <= VOCABULARY);
        for text in texts.iter().map(String::as_str).chain(["<think>\n½ 🦀 \u{0}</think>"]) {
            let ids = encode(&tokenizer, text);
            assert_eq!(tokenizer.decode(&ids, false).unwrap(), text);
        }
    }

    fn encode(tokenizer: &PipelineTokenizer, text: &str) -> Vec<u32> {
        let mut tokens = Vec::new();
        tokenizer.encode_into(text, &EncodeOptions::no_specials(), &mut tokens).unwrap();
        tokens.iter().map(|token| token.id()).collect()
    }
}
