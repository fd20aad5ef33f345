//! Whether the token starts of a tokenizer can be known exactly, told from its canonical form.
//!
//! Accepted is what provably neither drops nor invents text: a BPE over bytes that holds all 256 of them,
//! pre-tokenizers that cut but remove nothing, and no normaliser but NFC, which [`crate::align`] can follow.

use serde_json::Value;
use tokenizers::utils::byte_level::BYTES_CHAR_LOOKUP;

/// What makes the tokenizer unsuitable, as the end of "the tokenizer has …".
pub(crate) fn obstacle(canonical: &Value) -> Option<String> {
    let model = canonical.get("model").unwrap_or(&Value::Null);
    model_obstacle(model)
        .or_else(|| normalizer_obstacle(canonical.get("normalizer").unwrap_or(&Value::Null)))
        .or_else(|| pre_tokenizer_obstacle(canonical.get("pre_tokenizer").unwrap_or(&Value::Null)))
}

/// One past the highest id of the model's vocabulary.
pub(crate) fn id_space(canonical: &Value) -> u32 {
    let vocab = canonical.pointer("/model/vocab").and_then(Value::as_object);
    let ids = vocab.into_iter().flatten().filter_map(|(_, id)| u32::try_from(id.as_u64()?).ok());
    ids.max().map_or(0, |highest| highest.saturating_add(1))
}

/// The model's kind, for files that the canonical form does not admit.
pub(crate) fn foreign_model(original: &Value) -> Option<String> {
    let kind = kind(original.get("model")?)?;
    (kind != "BPE").then(|| format!("a {kind} model"))
}

fn model_obstacle(model: &Value) -> Option<String> {
    let is_true = |key: &str| model.get(key) == Some(&Value::Bool(true));
    match kind(model) {
        Some("BPE") => {}
        other => return Some(format!("a {} model", other.unwrap_or("nameless"))),
    }
    if !is_true("byte_level") {
        let fallback =
            if is_true("byte_fallback") { " with byte fallback (as SentencePiece makes it)" } else { "" };
        return Some(format!("a BPE model over characters{fallback}"));
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
        if let Some(affix) = model.get(key).and_then(Value::as_str).filter(|affix| !affix.is_empty()) {
            return Some(format!("a `{key}` of `{affix}`"));
        }
    }
    if model.get("dropout").and_then(Value::as_f64).is_some_and(|share| share > 0.0) {
        return Some("a dropout, so that it counts differently each time".to_owned());
    }
    let missing = BYTES_CHAR_LOOKUP.iter().position(|spelled| {
        let mut buffer = [0; 4];
        model.get("vocab").and_then(|vocab| vocab.get(&*spelled.encode_utf8(&mut buffer))).is_none()
    })?;
    Some(format!("no token for the byte 0x{missing:02x}, so that text can get lost"))
}

fn normalizer_obstacle(normalizer: &Value) -> Option<String> {
    let members = flat(normalizer, "normalizers");
    let other = members.into_iter().find(|member| kind(member) != Some("NFC"))?;
    Some(format!("a {} normaliser that changes the text", kind(other).unwrap_or("nameless")))
}

fn pre_tokenizer_obstacle(pre_tokenizer: &Value) -> Option<String> {
    let removes = |member: &&Value| match kind(member) {
        Some("Split" | "Punctuation") => member.get("behavior").and_then(Value::as_str) == Some("Removed"),
        Some("Digits" | "FixedLength" | "UnicodeScripts") => false,
        _ => true,
    };
    let other = flat(pre_tokenizer, "pretokenizers").into_iter().find(removes)?;
    Some(format!("a {} pre-tokenizer that removes text", kind(other).unwrap_or("nameless")))
}

fn kind(component: &Value) -> Option<&str> {
    component.get("type").and_then(Value::as_str)
}

/// A component's members, or itself; none for null.
fn flat<'a>(component: &'a Value, members: &str) -> Vec<&'a Value> {
    match (component, kind(component)) {
        (Value::Null, _) => vec![],
        (_, Some("Sequence")) => {
            let inner = component.get(members).and_then(Value::as_array).into_iter().flatten();
            inner.flat_map(|member| flat(member, members)).collect()
        }
        _ => vec![component],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn byte_level() -> Value {
        let vocab: serde_json::Map<String, Value> =
            BYTES_CHAR_LOOKUP.iter().zip(0..).map(|(c, id)| (c.to_string(), Value::from(id))).collect();
        json!({
            "model": {"type": "BPE", "byte_level": true, "vocab": vocab, "merges": []},
            "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}]},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": "\\d"}, "behavior": "Isolated"}, {"type": "Digits"}
            ]},
        })
    }

    #[test]
    fn what_is_refused_and_why() {
        let check = |pointer: &str, value: Value, expect: Option<&str>| {
            let mut tokenizer = byte_level();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            tokenizer.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
            assert_eq!(obstacle(&tokenizer).as_deref(), expect, "{pointer}");
        };
        check("/any", json!(1), None);
        check("/normalizer", Value::Null, None);
        check("/normalizer", json!({"type": "NFKC"}), Some("a NFKC normaliser that changes the text"));
        check(
            "/normalizer",
            json!({"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]}),
            Some("a Lowercase normaliser that changes the text"),
        );
        check("/model/type", json!("Unigram"), Some("a Unigram model"));
        check("/model/byte_level", json!(false), Some("a BPE model over characters"));
        check("/model/dropout", json!(0.0), None);
        check("/model/dropout", json!(0.1), Some("a dropout, so that it counts differently each time"));
        check("/model/end_of_word_suffix", json!(""), None);
        check("/model/end_of_word_suffix", json!("</w>"), Some("a `end_of_word_suffix` of `</w>`"));
        check("/model/vocab", json!({}), Some("no token for the byte 0x00, so that text can get lost"));
        check(
            "/pre_tokenizer",
            json!({"type": "Split", "pattern": {"String": " "}, "behavior": "Removed"}),
            Some("a Split pre-tokenizer that removes text"),
        );
        check(
            "/pre_tokenizer",
            json!({"type": "Whitespace"}),
            Some("a Whitespace pre-tokenizer that removes text"),
        );
    }

    #[test]
    fn ids_may_be_sparse() {
        let mut tokenizer = byte_level();
        tokenizer["model"]["vocab"]["zz"] = json!(900);
        assert_eq!(id_space(&tokenizer), 901);
        assert_eq!(id_space(&json!({})), 0);
    }
}
