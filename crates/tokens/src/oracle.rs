//! A second, slow and plain byte-level BPE, to check the fast one against: merges the best pair, again and
//! again, and keeps the places. It shares nothing with the encoder but the cutting into words.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;
use tokenizers::pipeline::{PreTokenizer, PreTokenizerScratch};
use tokenizers::utils::byte_level::BYTES_CHAR_LOOKUP;

use crate::Tokenizer;
use crate::byte_level::ByteLevelBpe;

struct Oracle {
    ranks: HashMap<(String, String), usize>,
    library: ByteLevelBpe,
}

impl Oracle {
    fn open(file: &str) -> Self {
        let library = ByteLevelBpe::load(file, "library").unwrap();
        let file: Value = serde_json::from_str(file).unwrap();
        let merges = file["model"]["merges"].as_array().unwrap();
        let pair = |merge: &Value| match merge {
            Value::String(both) => both.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap(),
            pair => (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned()),
        };
        let ranks = merges.iter().enumerate().map(|(rank, merge)| (pair(merge), rank)).collect();
        Self { ranks, library }
    }

    /// Token starts of a text without added tokens that the normaliser leaves alone.
    fn starts(&self, text: &str) -> Vec<u32> {
        let mut words = Vec::new();
        let pre_tokenizer = self.library.spelling.pipeline.get_pre_tokenizer();
        pre_tokenizer.pre_tokenize(text, &mut PreTokenizerScratch::default(), &mut words).unwrap();
        words.iter().flat_map(|word| self.merge(&text[word.range()], word.range().start)).collect()
    }

    fn merge(&self, word: &str, offset: usize) -> Vec<u32> {
        let mut tokens: Vec<String> =
            word.bytes().map(|byte| BYTES_CHAR_LOOKUP[byte as usize].to_string()).collect();
        loop {
            let rank = |at: usize| self.ranks.get(&(tokens[at].clone(), tokens[at + 1].clone()));
            let best = (0..tokens.len().saturating_sub(1)).filter_map(|at| Some((rank(at)?, at))).min();
            let Some((_, at)) = best else { break };
            let right = tokens.remove(at + 1);
            tokens[at].push_str(&right);
        }
        let mut starts = vec![u32::try_from(offset).unwrap()];
        starts.extend(tokens.iter().map(|token| u32::try_from(token.chars().count()).unwrap()));
        starts.pop();
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        starts
    }
}

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(path);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// Names and contents.
pub(crate) fn real_tokenizer_files() -> Vec<(&'static str, String)> {
    let files = ["tokenizers/qwen3/tokenizer.json", "tokenizers/deepseek_v4_pypi/tokenizer.json"];
    let read = |file| Some((file, std::fs::read_to_string(shared(file)?).unwrap()));
    files.into_iter().filter_map(read).collect()
}

fn real_tokenizers() -> Vec<(String, Tokenizer)> {
    let open = |(name, file): (&str, String)| {
        let tokenizer = Tokenizer::from_json(&file, name.to_owned()).unwrap();
        (file, tokenizer)
    };
    real_tokenizer_files().into_iter().map(open).collect()
}

/// Every fifteenth trace of four files of different kinds.
pub(crate) fn real_texts() -> Vec<String> {
    let files = [
        "traces/math500_three_models.jsonl",
        "traces/math_25_samples_each.jsonl",
        "traces/math_r1_distill_1_5b.jsonl",
        "traces/trick_questions_no_gold.jsonl",
    ];
    let mut texts = Vec::new();
    for path in files.into_iter().filter_map(shared) {
        for line in std::fs::read_to_string(path).unwrap().lines().step_by(15) {
            let row: Value = serde_json::from_str(line).unwrap();
            texts.push(row["response"].as_str().unwrap().to_owned());
        }
    }
    texts
}

#[test]
fn real_tokenizers_on_real_traces_agree_with_the_plain_algorithm() {
    let texts = real_texts();
    for (file, tokenizer) in real_tokenizers() {
        let oracle = Oracle::open(&file);
        for text in &texts {
            let plain = text.replace("<think>", "think").replace("</think>", "/think");
            let starts = tokenizer.try_starts(&plain).unwrap();
            assert_eq!(starts, oracle.starts(&plain), "{} on {plain:.80}", tokenizer.name());

            let starts = tokenizer.try_starts(text).unwrap();
            assert!(starts.is_sorted_by(|a, b| a < b), "{} on {text:.80}", tokenizer.name());
            assert_eq!(starts.len(), tokenizer.count(text) as usize);
            for (tag, length) in [("<think>", 7), ("</think>", 8)] {
                let Some(at) = text.find(tag) else { continue };
                let inside = starts.iter().filter(|start| (at..at + length).contains(&(**start as usize)));
                assert_eq!(inside.count(), 1, "{tag} is one token of {}", tokenizer.name());
            }
        }
    }
}

#[test]
fn the_built_in_tokenizer_agrees_with_the_plain_algorithm() {
    let tokenizer = Tokenizer::builtin().unwrap();
    let oracle = Oracle::open(crate::BUILTIN);
    for text in ["", "the token of a text", "x = 3.14159\n\n  y", "汉字 und Grüße 🙂", "\r\n \t\u{a0}"]
    {
        assert_eq!(tokenizer.starts(text), oracle.starts(text), "{text:?}");
    }
}

#[test]
fn real_tokenizers_count_random_text_without_losing_a_byte() {
    let tokenizers = real_tokenizers();
    let text =
        "(\\PC|[\\p{M}\\p{Han}\\p{Hangul}]|[ \r\n\t]|[a-z]{1,9}|[0-9]{1,5}|<think>|<\\|im_start\\|>){0,30}";
    proptest!(|(text in text)| {
        for (_, tokenizer) in &tokenizers {
            let starts = tokenizer.try_starts(&text).unwrap();
            prop_assert!(starts.is_sorted() && starts.iter().all(|start| (*start as usize) < text.len()));
            prop_assert_eq!(starts.first().copied(), (!text.is_empty()).then_some(0));
            prop_assert_eq!(starts.len(), tokenizer.count(&text) as usize);
        }
    });
}

#[test]
fn the_approximation_is_as_far_off_as_its_documentation_says() {
    let texts = real_texts();
    let total =
        |tokenizer: &Tokenizer| texts.iter().map(|text| f64::from(tokenizer.count(text))).sum::<f64>();
    if texts.is_empty() {
        return;
    }
    for (_, tokenizer) in real_tokenizers() {
        let error = total(&Tokenizer::approximate()) / total(&tokenizer) - 1.0;
        assert!(error.abs() < 0.07, "{error} against {}", tokenizer.name());
    }
}
