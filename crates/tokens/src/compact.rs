//! Byte-level BPE from a form that loads in no time.
//!
//! The library decides what is a word: its added tokens, normaliser and pre-tokenizer run as they are, without
//! a vocabulary. What it would do with a word (look it up, or merge its bytes) is done here, over tables that
//! are never built but read. Both count the same; the tests hold them against each other.

mod convert;
mod file;
mod form;
mod merge;
mod pairs;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

pub(crate) use convert::convert;
pub(crate) use form::Form;
use merge::Merger;
use tokenizers::pipeline::{PipelineTokenizer, PreTokenizer, PreTokenizerScratch, Span, normalize_all};
use words::{Key, LONGEST, Words};

use crate::clusters::Clusters;
use crate::pieces::{Piece, Pieces};
use crate::to_u32;

/// A tokenizer in its compact form.
pub(crate) struct CompactBpe {
    skeleton: PipelineTokenizer,
    form: Form,
    /// Buffers that no thread is using.
    idle: Mutex<Vec<Buffers>>,
}

/// What a thread needs while it counts.
struct Buffers {
    split: PreTokenizerScratch,
    spans: Vec<Span>,
    merger: Merger,
    words: Words,
}

/// Why a text was not counted.
pub(crate) enum Failure {
    /// The pre-tokenizer gave up.
    Encode(String),
    /// The words do not cover the text.
    Misaligned(String),
}

impl CompactBpe {
    /// None where the library does not read what the form keeps of the file.
    pub(crate) fn open(form: Form) -> Option<Self> {
        let skeleton = tokenizers::from_json(form.skeleton()).ok()?;
        Some(Self { skeleton, form, idle: Mutex::default() })
    }

    /// What it was opened from.
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }

    /// Appends the byte at which each token starts.
    pub(crate) fn starts(&self, text: &str, starts: &mut Vec<u32>) -> Result<(), Failure> {
        let mut buffers = self.take();
        let outcome = self.walk(text, &mut buffers, starts);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(buffers);
        outcome
    }

    fn take(&self) -> Buffers {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Buffers {
            split: PreTokenizerScratch::default(),
            spans: Vec::new(),
            merger: Merger::default(),
            words: Words::new(),
        })
    }

    fn walk(&self, text: &str, buffers: &mut Buffers, starts: &mut Vec<u32>) -> Result<(), Failure> {
        for piece in Pieces::of(self.skeleton.get_added_vocabulary(), text, false) {
            match piece {
                Piece::Added { start, .. } => starts.push(to_u32(start)),
                Piece::Text { start, text } => self.raw(text, start, buffers, starts)?,
            }
        }
        Ok(())
    }

    /// Text between added tokens that stand in the raw text.
    fn raw(
        &self,
        raw: &str,
        offset: usize,
        buffers: &mut Buffers,
        starts: &mut Vec<u32>,
    ) -> Result<(), Failure> {
        // NFC, the only normaliser, leaves ASCII as it is.
        let normalized = if raw.is_ascii() {
            Cow::Borrowed(raw)
        } else {
            normalize_all(self.skeleton.get_normalizers(), raw, offset)
                .map_err(|error| Failure::Encode(error.to_string()))?
        };
        if *normalized == *raw {
            return self.normalized(raw, offset, buffers, starts);
        }
        let first = starts.len();
        self.normalized(&normalized, 0, buffers, starts)?;
        let mut clusters = Clusters::new(raw);
        for start in starts.iter_mut().skip(first) {
            *start = to_u32(offset + clusters.raw_of(*start as usize));
        }
        if clusters.normalized_len() == normalized.len() {
            Ok(())
        } else {
            Err(Failure::Misaligned("normalising its clusters one by one gives another text".to_owned()))
        }
    }

    fn normalized(
        &self,
        text: &str,
        offset: usize,
        buffers: &mut Buffers,
        starts: &mut Vec<u32>,
    ) -> Result<(), Failure> {
        for piece in Pieces::of(self.skeleton.get_added_vocabulary(), text, true) {
            match piece {
                Piece::Added { start, .. } => starts.push(to_u32(offset + start)),
                Piece::Text { start, text } => {
                    buffers.spans.clear();
                    let pre_tokenizer = self.skeleton.get_pre_tokenizer();
                    pre_tokenizer
                        .pre_tokenize(text, &mut buffers.split, &mut buffers.spans)
                        .map_err(|error| Failure::Encode(error.to_string()))?;
                    self.words(text.as_bytes(), to_u32(offset + start), buffers, starts)?;
                }
            }
        }
        Ok(())
    }

    /// The words that a text was cut into.
    fn words(
        &self,
        text: &[u8],
        offset: u32,
        buffers: &mut Buffers,
        starts: &mut Vec<u32>,
    ) -> Result<(), Failure> {
        let Buffers { spans, merger, words, .. } = buffers;
        starts.reserve(spans.len());
        let mut end = 0;
        for span in spans.iter().filter(|span| span.start != span.end) {
            if span.start != end {
                return Err(Failure::Misaligned(format!("no word covers byte {}", offset + end)));
            }
            end = span.end;
            let key = Key::of(text, span.start as usize, (span.end - span.start) as usize);
            match key.and_then(|key| words.short(key)) {
                Some(set) => push(set, offset + span.start, starts),
                None => {
                    let word = text.get(span.range()).unwrap_or_default();
                    self.word(word, key, offset + span.start, merger, words, starts);
                }
            }
        }
        if end as usize == text.len() {
            Ok(())
        } else {
            Err(Failure::Misaligned(format!("no word covers byte {}", offset + end)))
        }
    }

    /// A word that is long, or not among those seen last.
    fn word(
        &self,
        word: &[u8],
        key: Option<Key>,
        at: u32,
        merger: &mut Merger,
        words: &mut Words,
        starts: &mut Vec<u32>,
    ) {
        if word.len() > LONGEST {
            self.merge(word, merger, |start| starts.push(at + start));
            return;
        }
        let known = if key.is_none() { words.long(word) } else { None };
        let set = known.unwrap_or_else(|| {
            let mut set = 0;
            self.merge(word, merger, |start| set |= 1 << start);
            match key {
                Some(key) => words.keep_short(key, set),
                None => words.keep_long(word, set),
            }
            set
        });
        push(set, at, starts);
    }

    fn merge(&self, word: &[u8], merger: &mut Merger, mut each: impl FnMut(u32)) {
        if !self.form.whole.is_empty() && self.form.whole.contains(word) {
            each(0);
        } else if let Some(pairs) = self.form.pairs() {
            merger.merge(pairs, &self.form.symbols, word).for_each(each);
        }
    }
}

/// Appends the members of a set of starts, moved by `at`.
fn push(mut set: u64, at: u32, starts: &mut Vec<u32>) {
    while set != 0 {
        starts.push(at + set.trailing_zeros());
        set &= set - 1;
    }
}
