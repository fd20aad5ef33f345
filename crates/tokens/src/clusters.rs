//! From places in a text that NFC changed back to places in the raw text.
//!
//! NFC composes characters, so there is no exact way back from inside of one; the convention is that what
//! starts anywhere in a composed character starts where its first raw character does.

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Maps places of a text in NFC back to the raw text, going forwards only.
///
/// A cluster is what NFC treats apart from its neighbours: a character that never composes with what stands
/// before it, and those behind it that might (Unicode Standard Annex 15, stable code points).
pub(crate) struct Clusters<'a> {
    rest: &'a str,
    raw: usize,
    normalized: usize,
    normalized_len: usize,
    unchanged: bool,
}

impl<'a> Clusters<'a> {
    pub(crate) fn new(raw: &'a str) -> Self {
        let mut clusters = Self { rest: raw, raw: 0, normalized: 0, normalized_len: 0, unchanged: true };
        clusters.measure();
        clusters
    }

    /// The raw byte that belongs to a byte of the normalised text; never asked for less than before.
    pub(crate) fn raw_of(&mut self, normalized: usize) -> usize {
        while normalized >= self.normalized + self.normalized_len && !self.rest.is_empty() {
            self.advance();
        }
        let inside = if self.unchanged { normalized.saturating_sub(self.normalized) } else { 0 };
        self.raw + inside
    }

    pub(crate) fn normalized_len(mut self) -> usize {
        while !self.rest.is_empty() {
            self.advance();
        }
        self.normalized
    }

    fn advance(&mut self) {
        let length = cluster_len(self.rest);
        self.rest = self.rest.get(length..).unwrap_or_default();
        self.raw += length;
        self.normalized += self.normalized_len;
        self.measure();
    }

    fn measure(&mut self) {
        let cluster = self.rest.get(..cluster_len(self.rest)).unwrap_or_default();
        self.normalized_len = cluster.nfc().map(char::len_utf8).sum();
        self.unchanged = cluster.nfc().eq(cluster.chars());
    }
}

fn cluster_len(text: &str) -> usize {
    text.char_indices().skip(1).find(|(_, c)| stands_alone(*c)).map_or(text.len(), |(at, _)| at)
}

fn stands_alone(c: char) -> bool {
    c.is_ascii()
        || (canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters() {
        let check = |text: &str, expect: &[&str]| {
            let (mut rest, mut found) = (text, Vec::new());
            while !rest.is_empty() {
                let (cluster, after) = rest.split_at(cluster_len(rest));
                found.push(cluster);
                rest = after;
            }
            assert_eq!(found, expect, "{text:?}");
        };
        check("ab", &["a", "b"]);
        check("e\u{301}\u{316}x", &["e\u{301}\u{316}", "x"]);
        check("\u{1100}\u{1161}\u{11a8}가", &["\u{1100}\u{1161}\u{11a8}", "가"]);
        check("汉字é", &["汉", "字", "é"]);
        check("\u{301}", &["\u{301}"]);
    }
}
