//! Where tokens start in a text that the tokenizer changed before it encoded it.
//!
//! Two things make the tokens' bytes differ from the text's: NFC, which composes characters, and added tokens
//! that swallow the blanks beside them. Both are followed here exactly as the encoder does them: cut at the
//! added tokens of the raw text, normalise what lies between, cut at the added tokens of that, and let the
//! ids account for every byte. Only the way back from a composed character is a convention: tokens that
//! start anywhere in it start where its first raw character does.

use tokenizers::pipeline::{PipelinePatternMatcher, normalize_all};
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::byte_level::ByteLevelBpe;
use crate::to_u32;

/// Appends the byte at which each of `ids` starts in `text`, or says where ids and text part.
pub(crate) fn starts(
    bpe: &ByteLevelBpe,
    text: &str,
    ids: &[u32],
    starts: &mut Vec<u32>,
) -> Result<(), String> {
    let mut walk = Walk { bpe, ids, taken: 0, starts };
    for piece in pieces(bpe, text, false) {
        match piece {
            Piece::Added { start, id } => walk.take_added(id, start)?,
            Piece::Text { start, text } => walk.take_text(text, start)?,
        }
    }
    let left = ids.len() - walk.taken;
    if left == 0 { Ok(()) } else { Err(format!("{left} tokens are left at its end")) }
}

enum Piece<'a> {
    Added { start: usize, id: u32 },
    Text { start: usize, text: &'a str },
}

/// Cuts a raw or a normalised text at its added tokens, blanks that they swallow included.
fn pieces<'a>(bpe: &ByteLevelBpe, text: &'a str, normalized: bool) -> Vec<Piece<'a>> {
    let added = bpe.pipeline.get_added_vocabulary();
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(((start, end), id)) = added.extract_next(text.as_bytes(), at, normalized, false) {
        if let Some(before) = text.get(at..start).filter(|before| !before.is_empty()) {
            pieces.push(Piece::Text { start: at, text: before });
        }
        pieces.push(Piece::Added { start, id });
        at = end;
    }
    if let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        pieces.push(Piece::Text { start: at, text: rest });
    }
    pieces
}

struct Walk<'a> {
    bpe: &'a ByteLevelBpe,
    ids: &'a [u32],
    taken: usize,
    starts: &'a mut Vec<u32>,
}

impl Walk<'_> {
    fn take(&mut self, start: usize) -> Result<u32, String> {
        let id = self.ids.get(self.taken).copied();
        self.taken += 1;
        self.starts.push(to_u32(start));
        id.ok_or_else(|| format!("no token is left at byte {start}"))
    }

    fn take_added(&mut self, expect: u32, start: usize) -> Result<(), String> {
        let id = self.take(start)?;
        if id == expect { Ok(()) } else { Err(format!("token {id} instead of {expect} at byte {start}")) }
    }

    fn take_text(&mut self, raw: &str, offset: usize) -> Result<(), String> {
        let normalizers = self.bpe.pipeline.get_normalizers();
        let normalized = normalize_all(normalizers, raw, offset).map_err(|error| error.to_string())?;
        let mut clusters = Clusters::new(raw);
        for piece in pieces(self.bpe, &normalized, true) {
            match piece {
                Piece::Added { start, id } => self.take_added(id, offset + clusters.raw_of(start))?,
                Piece::Text { start, text } => {
                    let end = start + text.len();
                    let mut at = start;
                    while at < end {
                        let id = self.take(offset + clusters.raw_of(at))?;
                        at += self.bpe.len_of(id).max(1) as usize;
                    }
                    if at != end {
                        return Err(format!("a token reaches over byte {}", offset + clusters.raw_of(end)));
                    }
                }
            }
        }
        if clusters.normalized_len() == normalized.len() {
            Ok(())
        } else {
            Err("normalising its clusters one by one gives another text".to_owned())
        }
    }
}

/// Maps places of a text in NFC back to the raw text, going forwards only.
///
/// A cluster is what NFC treats apart from its neighbours: a character that never composes with what stands
/// before it, and those behind it that might (Unicode Standard Annex 15, stable code points).
struct Clusters<'a> {
    rest: &'a str,
    raw: usize,
    normalized: usize,
    normalized_len: usize,
    unchanged: bool,
}

impl<'a> Clusters<'a> {
    fn new(raw: &'a str) -> Self {
        let mut clusters = Self { rest: raw, raw: 0, normalized: 0, normalized_len: 0, unchanged: true };
        clusters.measure();
        clusters
    }

    /// The raw byte that belongs to a byte of the normalised text; never asked for less than before.
    fn raw_of(&mut self, normalized: usize) -> usize {
        while normalized >= self.normalized + self.normalized_len && !self.rest.is_empty() {
            self.advance();
        }
        let inside = if self.unchanged { normalized.saturating_sub(self.normalized) } else { 0 };
        self.raw + inside
    }

    fn normalized_len(mut self) -> usize {
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
    use serde_json::{Value, json};
    use tokenizers::utils::byte_level::BYTES_CHAR_LOOKUP;

    use super::*;
    use crate::Tokenizer;

    /// A token for every byte and no other, NFC, and added tokens of every sort.
    fn tokenizer() -> Tokenizer {
        let mut file: Value = serde_json::from_str(crate::BUILTIN).unwrap();
        let vocab = BYTES_CHAR_LOOKUP.iter().zip(0..).map(|(c, id)| (c.to_string(), Value::from(id)));
        file["model"] = json!({"type": "BPE", "vocab": serde_json::Map::from_iter(vocab), "merges": []});
        file["normalizer"] = json!({"type": "NFC"});
        file["added_tokens"] = json!([]);
        let added = file["added_tokens"].as_array_mut().unwrap();
        for (id, (content, lstrip, rstrip, normalized)) in (256..).zip([
            ("<think>", false, false, false),
            ("</think>", false, false, true),
            ("<left>", true, false, false),
            ("<right>", false, true, false),
            ("<both>", true, true, true),
            ("<é>", false, false, true),
        ]) {
            added.push(json!({
                "id": id, "content": content, "lstrip": lstrip, "rstrip": rstrip,
                "normalized": normalized, "single_word": false, "special": false,
            }));
        }
        Tokenizer::from_json(&file.to_string(), "test".to_owned(), None).unwrap()
    }

    #[test]
    fn added_tokens_in_the_text_are_one_token() {
        let tokenizer = tokenizer();
        let check = |text: &str, expect: &[u32]| assert_eq!(tokenizer.starts(text), expect, "{text:?}");
        check("<think>", &[0]);
        check("a<think></think>b", &[0, 1, 8, 16]);
        assert!(tokenizer.count("<thinks>") > 1);
    }

    #[test]
    fn swallowed_blanks_belong_to_the_token_that_swallows_them() {
        let tokenizer = tokenizer();
        let check = |text: &str, expect: &[u32]| assert_eq!(tokenizer.starts(text), expect, "{text:?}");
        check("a  <left>b", &[0, 1, 9]);
        check("a<right>  b", &[0, 1, 10]);
        check("a  <both>  b", &[0, 1, 11]);
        check("  <both>", &[0]);
        check("<left> <left>", &[0, 6]);
    }

    #[test]
    fn composed_characters_start_where_their_first_raw_character_does() {
        let tokenizer = tokenizer();
        let check = |text: &str, expect: &[u32]| assert_eq!(tokenizer.starts(text), expect, "{text:?}");
        check("é", &[0, 1]);
        check("e\u{301}", &[0, 0]);
        check("e\u{301}1", &[0, 0, 3]);
        check("1<e\u{301}>1", &[0, 1, 6]);
        check("e\u{301}<think>e\u{301}", &[0, 0, 3, 10, 10]);
        // Kelvin sign: three bytes become the one of K. Equal length, other bytes: a compatibility ideograph.
        check("\u{212a}1", &[0, 3]);
        assert_eq!(tokenizer.starts("\u{f900}").len(), tokenizer.starts("\u{8c48}").len());
        // A mark that composes with the end of an added token is never seen beside it by the normaliser.
        check("<think>\u{338}", &[0, 7, 8]);
    }

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
