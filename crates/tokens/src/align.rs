//! Where tokens start in a text that the tokenizer changed before it encoded it.
//!
//! Two things make the tokens' bytes differ from the text's: NFC, which composes characters, and added tokens
//! that swallow the blanks beside them. Both are followed here exactly as the encoder does them: cut at the
//! added tokens of the raw text, normalise what lies between, cut at the added tokens of that, and let the
//! ids account for every byte. Only the way back from a composed character is a convention: tokens that
//! start anywhere in it start where its first raw character does.

use tokenizers::pipeline::{PipelineTokenizer, normalize_all};

use crate::clusters::Clusters;
use crate::pieces::{Piece, Pieces};
use crate::to_u32;

/// A tokenizer whose every id stands for fixed bytes.
pub(crate) struct Spelling {
    pub(crate) pipeline: PipelineTokenizer,
    /// Bytes of text that each id stands for; 0 for ids that do not exist.
    pub(crate) byte_len: Vec<u32>,
}

impl Spelling {
    pub(crate) fn len_of(&self, id: u32) -> u32 {
        self.byte_len.get(id as usize).copied().unwrap_or(0)
    }
}

/// Appends the byte at which each of `ids` starts in `text`, or says where ids and text part.
pub(crate) fn starts(
    spelling: &Spelling,
    text: &str,
    ids: &[u32],
    starts: &mut Vec<u32>,
) -> Result<(), String> {
    let mut walk = Walk { spelling, ids, taken: 0, starts };
    for piece in Pieces::of(spelling.pipeline.get_added_vocabulary(), text, false) {
        match piece {
            Piece::Added { start, id } => walk.take_added(id, start)?,
            Piece::Text { start, text } => walk.take_text(text, start)?,
        }
    }
    let left = ids.len() - walk.taken;
    if left == 0 { Ok(()) } else { Err(format!("{left} tokens are left at its end")) }
}

struct Walk<'a> {
    spelling: &'a Spelling,
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
        let normalizers = self.spelling.pipeline.get_normalizers();
        let normalized = normalize_all(normalizers, raw, offset).map_err(|error| error.to_string())?;
        let mut clusters = (*normalized != *raw).then(|| Clusters::new(raw));
        let mut raw_of =
            |place: usize| offset + clusters.as_mut().map_or(place, |clusters| clusters.raw_of(place));
        for piece in Pieces::of(self.spelling.pipeline.get_added_vocabulary(), &normalized, true) {
            match piece {
                Piece::Added { start, id } => self.take_added(id, raw_of(start))?,
                Piece::Text { start, text } => {
                    let end = start + text.len();
                    let mut at = start;
                    while at < end {
                        let id = self.take(raw_of(at))?;
                        at += self.spelling.len_of(id).max(1) as usize;
                    }
                    if at != end {
                        return Err(format!("a token reaches over byte {}", raw_of(end)));
                    }
                }
            }
        }
        if clusters.is_none_or(|clusters| clusters.normalized_len() == normalized.len()) {
            Ok(())
        } else {
            Err("normalising its clusters one by one gives another text".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokenizers::utils::byte_level::BYTES_CHAR_LOOKUP;

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
        Tokenizer::from_json(&file.to_string(), "test".to_owned()).unwrap()
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
}
