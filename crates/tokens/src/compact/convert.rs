//! From a `tokenizer.json` to the compact form, for every tokenizer whose form is certain to count the same.
//!
//! None of the library's tables are needed for this, which is why a file of 150,000 tokens is converted in a
//! fraction of the time that the library takes to load it. What is not certain (two tokens with one id, two
//! spellings of one token, merges of unknown tokens …) gives no form, and the library decides.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use tokenizers::utils::byte_level::{BYTES_CHAR_LOOKUP, char_to_byte};

use super::file::{File, Merge};
use super::form::{Form, Parts};
use super::merge::Merger;
use super::pairs::{Pairs, Table, join};
use crate::support;

/// The form of the text of a `tokenizer.json`, if it has one.
pub(crate) fn convert(text: &str) -> Option<Form> {
    let File { rest, mut model } = File::parse(text)?;
    let vocab = Vocabulary::of(&model.vocab)?;
    let skeleton = skeleton(rest, std::mem::take(&mut model.rest), &vocab)?;
    if support::obstacle(&skeleton).is_some() || !added_tokens_keep_apart(&skeleton, &vocab) {
        return None;
    }
    let table = merges(&model.merges, &vocab)?;
    let symbols = vocab.bytes()?;
    let whole = {
        let bytes: Vec<u8> = table.bytes().collect();
        let pairs = Pairs::over(&bytes, table.homes())?;
        let always = skeleton.pointer("/model/ignore_merges") == Some(&Value::Bool(true));
        let mut merger = Merger::default();
        whole_words(&model.vocab, always, |word| merger.merge(pairs, &symbols, word).count())
    };
    let parts = Parts { skeleton: without_vocabulary(skeleton).to_string(), symbols, table, whole };
    Form::read(parts.bytes()?, 0)
}

/// Tokens by their spelling.
struct Vocabulary<'a> {
    ids: HashMap<&'a str, u32>,
}

impl<'a> Vocabulary<'a> {
    fn of(tokens: &'a [(Cow<'a, str>, u32)]) -> Option<Self> {
        let ids: HashMap<&str, u32> = tokens.iter().map(|(token, id)| (&**token, *id)).collect();
        let different: HashSet<u32> = ids.values().copied().collect();
        let vocabulary = Self { ids };
        let sound = vocabulary.ids.len() == tokens.len() && different.len() == tokens.len();
        (sound && vocabulary.spells_each_token_once()).then_some(vocabulary)
    }

    /// The library takes characters outside of the byte alphabet for themselves, so one token may be spelled
    /// in two ways; it keeps one of them.
    fn spells_each_token_once(&self) -> bool {
        let mut foreign = HashSet::new();
        self.ids.keys().filter(|token| token.chars().any(|c| char_to_byte(c).is_none())).all(|token| {
            let bytes = bytes(token);
            let spelled: String = bytes.iter().map(|byte| BYTES_CHAR_LOOKUP[usize::from(*byte)]).collect();
            !self.ids.contains_key(&*spelled) && foreign.insert(bytes)
        })
    }

    fn id(&self, token: &str) -> Option<u32> {
        self.ids.get(token).copied()
    }

    /// The symbol of each byte.
    fn bytes(&self) -> Option<[u32; 256]> {
        let mut symbols = [0; 256];
        for (symbol, spelled) in symbols.iter_mut().zip(BYTES_CHAR_LOOKUP.iter()) {
            *symbol = self.id(spelled.encode_utf8(&mut [0; 4]))?;
        }
        Some(symbols)
    }
}

/// The bytes that a token stands for.
fn bytes(token: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(token.len());
    for c in token.chars() {
        match char_to_byte(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// The file in canonical form with a vocabulary of single bytes.
fn skeleton(
    mut file: Map<String, Value>,
    mut model: Map<String, Value>,
    vocab: &Vocabulary,
) -> Option<Value> {
    let known = |c: &&char| vocab.id(c.encode_utf8(&mut [0; 4])).is_some();
    let single = BYTES_CHAR_LOOKUP.iter().filter(known).zip(0..);
    let single: Map<String, Value> = single.map(|(c, id)| (c.to_string(), Value::from(id))).collect();
    model.insert("vocab".to_owned(), Value::Object(single));
    model.insert("merges".to_owned(), json!([]));
    file.insert("model".to_owned(), Value::Object(model));
    let mut skeleton = Value::Object(file);
    tokenizers::canonicalize_value(&mut skeleton).ok()?;
    Some(skeleton)
}

/// What cuts a text needs no vocabulary, and the library takes milliseconds to build one of 256 bytes; it
/// insists on one token.
fn without_vocabulary(mut skeleton: Value) -> Value {
    if let Some(model) = skeleton.get_mut("model") {
        *model = json!({"type": "BPE", "byte_level": false, "vocab": {"a": 0}, "merges": []});
    }
    skeleton
}

/// The library numbers added tokens on from the size of the vocabulary. If one of them has a higher number
/// in the vocabulary already, another may get the same one and push it out.
fn added_tokens_keep_apart(skeleton: &Value, vocab: &Vocabulary) -> bool {
    let added = skeleton.get("added_tokens").and_then(Value::as_array).into_iter().flatten();
    let mut ids = added.filter_map(|token| vocab.id(token.get("content")?.as_str()?));
    ids.all(|id| (id as usize) < vocab.ids.len())
}

fn merges(merges: &[Merge], vocab: &Vocabulary) -> Option<Table> {
    let mut table = Table::for_pairs(merges.len())?;
    let (mut rank, mut joined) = (0, String::new());
    for merge in merges {
        let Some((left, right)) = merge.tokens()? else { continue };
        joined.clear();
        joined.push_str(left);
        joined.push_str(right);
        table.put(join(vocab.id(left)?, vocab.id(right)?), join(rank, vocab.id(&joined)?));
        rank += 1;
    }
    Some(table)
}

/// Words that the library takes for one token without merging them, and that merging does not make one:
/// with `ignore_merges` every token, otherwise those of a single character.
fn whole_words(
    tokens: &[(Cow<'_, str>, u32)],
    always: bool,
    mut count: impl FnMut(&[u8]) -> usize,
) -> Vec<Vec<u8>> {
    let words = tokens.iter().map(|(token, _)| bytes(token));
    let mut words: Vec<Vec<u8>> = words
        .filter(|word| std::str::from_utf8(word).is_ok_and(|text| always || text.chars().count() == 1))
        .filter(|word| count(word) > 1)
        .collect();
    words.sort_unstable();
    words
}
