//! The form in which a byte-level BPE is kept: bytes that are used as they lie there.
//!
//! Counting needs neither ids nor spellings, only which symbols merge. What cuts a text into words (added
//! tokens, normaliser, pre-tokenizer) is kept as a small `tokenizer.json` without a vocabulary.
//!
//! Little-endian numbers of 32 bits: places of the pair table, and the bytes of the pair table, of the small
//! JSON and of the whole words; the symbols of the 256 bytes; then those parts. Each whole word is its length
//! and its bytes.

use std::collections::HashSet;
use std::ops::Range;

use super::pairs::{Pairs, Table};

const NUMBERS: usize = 4;
const SYMBOLS: usize = 256;

/// What a form is made of.
pub(super) struct Parts {
    pub(super) skeleton: String,
    pub(super) symbols: [u32; SYMBOLS],
    pub(super) table: Table,
    /// Words that are one token although merging does not make them one.
    pub(super) whole: Vec<Vec<u8>>,
}

impl Parts {
    /// The bytes of the form; none if it is too large to be numbered.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        let table: Vec<u8> = self.table.bytes().collect();
        let mut whole = Vec::new();
        for word in &self.whole {
            whole.extend(u32::try_from(word.len()).ok()?.to_le_bytes());
            whole.extend(word);
        }
        let mut bytes = Vec::with_capacity(table.len() + self.skeleton.len() + whole.len() + 2048);
        bytes.extend(self.table.homes().to_le_bytes());
        for length in [table.len(), self.skeleton.len(), whole.len()] {
            bytes.extend(u32::try_from(length).ok()?.to_le_bytes());
        }
        bytes.extend(self.symbols.iter().flat_map(|symbol| symbol.to_le_bytes()));
        bytes.extend(table);
        bytes.extend(self.skeleton.as_bytes());
        bytes.extend(whole);
        Some(bytes)
    }
}

/// A form that was read.
pub(crate) struct Form {
    bytes: Vec<u8>,
    homes: u32,
    table: Range<usize>,
    skeleton: Range<usize>,
    pub(super) symbols: Box<[u32; SYMBOLS]>,
    pub(super) whole: HashSet<Box<[u8]>>,
}

impl Form {
    /// Reads what [`Parts::bytes`] gave, behind `from` bytes of something else; none if it is anything else.
    pub(crate) fn read(bytes: Vec<u8>, from: usize) -> Option<Self> {
        let (numbers, _) = bytes.get(from..)?.as_chunks::<4>();
        let mut numbers = numbers.iter().map(|number| u32::from_le_bytes(*number));
        let homes = numbers.next()?;
        let lengths = [numbers.next()?, numbers.next()?, numbers.next()?];
        let mut symbols = Box::new([0; SYMBOLS]);
        for symbol in symbols.iter_mut() {
            *symbol = numbers.next()?;
        }
        let mut at = from + 4 * (NUMBERS + SYMBOLS);
        let [table, skeleton, whole] = lengths.map(|length| {
            let part = at..at.saturating_add(length as usize);
            at = part.end;
            part
        });
        let whole = words(bytes.get(whole)?)?;
        Pairs::over(bytes.get(table.clone())?, homes)?;
        std::str::from_utf8(bytes.get(skeleton.clone())?).ok()?;
        (at == bytes.len()).then_some(Self { bytes, homes, table, skeleton, symbols, whole })
    }

    /// The small `tokenizer.json`.
    pub(super) fn skeleton(&self) -> &str {
        // [`Form::read`] has looked at the place and found text.
        let bytes = self.bytes.get(self.skeleton.clone()).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// What merges; none only for a form that [`Form::read`] would not have given out.
    pub(super) fn pairs(&self) -> Option<Pairs<'_>> {
        Pairs::over(self.bytes.get(self.table.clone())?, self.homes)
    }

    /// What [`Form::read`] read, for whoever keeps it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn words(mut bytes: &[u8]) -> Option<HashSet<Box<[u8]>>> {
    let mut words = HashSet::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (word, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        words.insert(word.into());
        bytes = rest;
    }
    bytes.is_empty().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::super::pairs::join;
    use super::*;

    fn bytes() -> Vec<u8> {
        let mut table = Table::for_pairs(1).unwrap();
        table.put(join(1, 2), join(0, 3));
        let symbols = std::array::from_fn(|byte| byte as u32);
        let whole = vec![b"one".to_vec(), b"another".to_vec()];
        Parts { skeleton: "{}".to_owned(), symbols, table, whole }.bytes().unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let mut framed = b"header".to_vec();
        framed.extend(bytes());
        let form = Form::read(framed, 6).unwrap();
        assert_eq!((form.skeleton(), form.symbols[255], form.whole.len()), ("{}", 255, 2));
        assert!(form.whole.contains(&b"another"[..]));
        assert_eq!(form.pairs().unwrap().get(1, 2), 3);
    }

    #[test]
    fn nothing_else_is_read() {
        let good = bytes();
        assert!(Form::read(good.clone(), 0).is_some());
        for cut in 0..good.len() {
            assert!(Form::read(good[..cut].to_vec(), 0).is_none(), "cut at {cut}");
        }
        let mut longer = good.clone();
        longer.push(0);
        assert!(Form::read(longer, 0).is_none());
        assert!(Form::read(good.clone(), 4).is_none());
        assert!(Form::read(good, usize::MAX).is_none());
    }
}
