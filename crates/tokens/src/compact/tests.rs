//! The compact form against the library: equal starts, or no compact form.

use proptest::prelude::*;
use serde_json::{Value, json};
use tokenizers::utils::byte_level::BYTES_CHAR_LOOKUP;

use super::{CompactBpe, convert};
use crate::byte_level::ByteLevelBpe;
use crate::oracle::{real_texts, real_tokenizer_files};
use crate::{Engine, Tokenizer};

const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const QWEN: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const O200K: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// A pattern that the library has no engine of its own for.
const OTHER: &str = r"[a-f]+|\d|[^a-f\d]+";

fn byte_level(use_regex: bool) -> Value {
    json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": use_regex})
}

fn split(pattern: &str, behavior: &str) -> Value {
    json!({"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": false})
}

/// What today's byte-level tokenizers cut their texts with, and a few things they might.
fn pre_tokenizers() -> Vec<Value> {
    let sequence = |mut members: Vec<Value>| {
        members.push(byte_level(false));
        json!({"type": "Sequence", "pretokenizers": members})
    };
    vec![
        byte_level(true),
        byte_level(false),
        sequence(vec![split(GPT2, "Isolated")]),
        sequence(vec![split(QWEN, "Isolated")]),
        sequence(vec![split(LLAMA3, "Isolated")]),
        sequence(vec![split(O200K, "Isolated")]),
        sequence(vec![
            split(r"\p{N}{1,3}", "Isolated"),
            split("[一-龥\u{3040}-ゟ゠-ヿ]+", "Isolated"),
            split(QWEN, "Isolated"),
        ]),
        sequence(vec![split(OTHER, "MergedWithNext")]),
        sequence(vec![json!({"type": "Digits", "individual_digits": true}), split(GPT2, "Isolated")]),
        sequence(vec![json!({"type": "Punctuation", "behavior": "Isolated"})]),
    ]
}

/// The same tokenizer in its compact form and as the library runs it.
fn both(json: &str) -> (Tokenizer, Tokenizer) {
    let compact = CompactBpe::open(convert(json).expect("a compact form")).expect("that the library reads");
    (tokenizer(Engine::Compact(compact)), library(json))
}

fn library(json: &str) -> Tokenizer {
    tokenizer(Engine::Library(ByteLevelBpe::load(json, "library").unwrap()))
}

fn tokenizer(engine: Engine) -> Tokenizer {
    Tokenizer::new("test".to_owned(), "test".to_owned(), engine)
}

/// What either says about a text: starts, or that it cannot.
fn said(tokenizer: &Tokenizer, text: &str) -> Option<Vec<u32>> {
    let starts = tokenizer.try_starts(text).ok()?;
    assert_eq!(starts.len(), tokenizer.count(text) as usize);
    Some(starts)
}

/// A tokenizer.json over the bytes: pairs of earlier tokens merge, in this order; more tokens that nothing
/// merges into.
fn file(merges: &[(usize, usize)], others: &[&str]) -> Value {
    let mut tokens: Vec<String> = BYTES_CHAR_LOOKUP.iter().map(char::to_string).collect();
    let mut list = Vec::new();
    for (left, right) in merges {
        let pick = |index: usize| tokens[PLACES[index % PLACES.len()] as usize].clone();
        // Two of three merges build on the last products.
        let recent = |index: usize| tokens[tokens.len() - 1 - index % 8.min(tokens.len())].clone();
        let (left, right) = match left % 3 {
            0 => (pick(*left), pick(*right)),
            1 => (recent(*left), pick(*right)),
            _ => (pick(*left), recent(*right)),
        };
        let joined = format!("{left}{right}");
        if !tokens.contains(&joined) {
            tokens.push(joined);
        }
        list.push(json!([left, right]));
    }
    for other in others {
        let spelled: String = other.bytes().map(|byte| BYTES_CHAR_LOOKUP[usize::from(byte)]).collect();
        if !tokens.contains(&spelled) {
            tokens.push(spelled);
        }
    }
    let vocab: serde_json::Map<String, Value> =
        tokens.into_iter().zip(0..).map(|(token, id)| (token, Value::from(id))).collect();
    json!({
        "version": "1.0",
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": byte_level(true),
        "added_tokens": [],
        "model": {"type": "BPE", "vocab": vocab, "merges": list},
    })
}

/// Bytes that occur in the random texts, those of `é`, `e` with an accent, 汉 and 🙂 among them.
const PLACES: &[u8] = b"aab  eth1\n.<\xc3\xa9\xcc\x81\xe6\xb1\x89\xf0\x9f\x99\x82";

fn text() -> impl Strategy<Value = String> {
    "([ab th]{1,12}|[e1]|\u{e9}|e\u{301}|\u{301}|汉{1,3}|🙂|[ \n\t]{1,5}|<t>|<n>|'s|\u{212a}|\\PC|[a]{50,130}){0,12}"
}

fn added(id: u32, content: &str, flags: u8) -> Value {
    let flag = |bit: u8| flags >> bit & 1 == 1;
    json!({
        "id": id, "content": content, "lstrip": flag(0), "rstrip": flag(1), "normalized": flag(2),
        "single_word": flag(3), "special": flag(4),
    })
}

#[test]
fn random_tokenizers_on_random_texts() {
    let pre_tokenizers = pre_tokenizers();
    let merges = prop::collection::vec((any::<usize>(), any::<usize>()), 0..60);
    let rest = (0..pre_tokenizers.len(), any::<bool>(), any::<bool>(), any::<[u8; 3]>());
    let texts = prop::collection::vec(text(), 1..6);
    // Most of the time goes into the library's loading.
    proptest!(ProptestConfig::with_cases(48), |(merges in merges, (cut, ignore, nfc, flags) in rest, texts in texts)| {
        let mut file = file(&merges, &["é", "汉", "the", " the", "aaaa", "🙂", "汉汉"]);
        file["model"]["ignore_merges"] = json!(ignore);
        file["pre_tokenizer"] = pre_tokenizers[cut].clone();
        if !nfc {
            file["normalizer"] = Value::Null;
        }
        file["added_tokens"] =
            json!([added(1000, "<t>", flags[0]), added(1001, "<n>", flags[1]), added(1002, "<é>", flags[2])]);
        let (compact, library) = both(&file.to_string());
        for text in &texts {
            prop_assert_eq!(said(&compact, text), said(&library, text), "{:?}", text);
        }
    });
}

#[test]
fn words_that_only_a_look_up_makes_one_token() {
    let check = |ignore: bool, word: &str, expect: usize| {
        let mut file = file(&[], &["the", "é"]);
        file["model"]["ignore_merges"] = json!(ignore);
        let (compact, library) = both(&file.to_string());
        assert_eq!(compact.starts(word).len(), expect, "{word}");
        assert_eq!(compact.starts(word), library.starts(word), "{word}");
    };
    check(true, "the", 1);
    check(false, "the", 3);
    check(true, "thes", 4);
    check(true, "é", 1);
    check(false, "é", 1);
    check(false, "éé", 4);
}

#[test]
fn merges_as_lines_and_pairs() {
    let mut file = file(&[(0, 7), (3, 5), (4, 4)], &[]);
    let pairs = both(&file.to_string()).0;
    let lines: Vec<String> = file["model"]["merges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| format!("{} {}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
        .collect();
    file["model"]["merges"] = json!([vec!["#version: 0.2".to_owned()], lines].concat());
    let (compact, library) = both(&file.to_string());
    for text in ["a the aa ab", "ethe eth aba"] {
        assert_eq!(compact.starts(text), library.starts(text), "{text}");
        assert_eq!(compact.starts(text), pairs.starts(text), "{text}");
    }
}

#[test]
fn what_is_not_certain_has_no_compact_form() {
    let good = file(&[(0, 7)], &["the"]);
    assert!(convert(&good.to_string()).is_some());
    let check = |what: &str, change: &dyn Fn(&mut Value)| {
        let mut file = good.clone();
        change(&mut file);
        assert!(convert(&file.to_string()).is_none(), "{what}");
    };
    check("two tokens with one id", &|file| file["model"]["vocab"]["the"] = json!(3));
    check("one token in two spellings", &|file| file["model"]["vocab"][" "] = json!(400));
    check("a merge of an unknown token", &|file| file["model"]["merges"] = json!([["a", "zz"]]));
    check("a merge into an unknown token", &|file| file["model"]["merges"] = json!([["z", "z"]]));
    check("a missing byte", &|file| drop(file["model"]["vocab"].as_object_mut().unwrap().remove("a")));
    check("a foreign model", &|file| file["model"]["type"] = json!("Unigram"));
    check("a dropout", &|file| file["model"]["dropout"] = json!(0.5));
    check("a normaliser", &|file| file["normalizer"] = json!({"type": "NFKC"}));
    check("no byte level", &|file| file["pre_tokenizer"] = json!({"type": "Digits"}));
    check("a prefix space", &|file| file["pre_tokenizer"]["add_prefix_space"] = json!(true));
    check("an added token with a number that another may get", &|file| {
        file["model"]["vocab"]["<t>"] = json!(5000);
        file["added_tokens"] = json!([added(5000, "<t>", 0)]);
    });
    // Unused numbers alone are no reason.
    let mut sparse = good.clone();
    sparse["model"]["vocab"]["zz"] = json!(5000);
    sparse["model"]["merges"].as_array_mut().unwrap().push(json!(["z", "z"]));
    sparse["added_tokens"] = json!([added(5001, "<t>", 0)]);
    let (compact, library) = both(&sparse.to_string());
    assert_eq!(compact.starts("azz<t>zzz"), library.starts("azz<t>zzz"));
}

#[test]
fn without_a_compact_form_the_library_counts() {
    let mut file = file(&[(0, 7)], &["the"]);
    file["model"]["vocab"]["<t>"] = json!(5000);
    file["added_tokens"] = json!([added(5000, "<t>", 0)]);
    let engine = Engine::of(&file.to_string(), "test").unwrap();
    assert!(matches!(engine, Engine::Library(_)));
    assert_eq!(tokenizer(engine).starts("abc<t>d"), [0, 1, 2, 3, 6]);
}

#[test]
fn the_built_in_tokenizer() {
    let (compact, library) = both(crate::BUILTIN);
    assert!(matches!(Tokenizer::builtin().unwrap().0.engine, Engine::Compact(_)));
    proptest!(|(text in "(\\PC|[ \r\n\t]|[a-z ]{1,30}|[0-9]{1,5}|<think>){0,30}")| {
        prop_assert_eq!(compact.starts(&text), library.starts(&text));
    });
}

#[test]
fn real_tokenizers_on_real_and_random_texts() {
    let mut texts = real_texts();
    texts.extend(
        ["", " ", "\n\n", "\u{0}", "<think>", "a<|im_start|>b</think>", "\u{feff}\u{200b}"]
            .map(str::to_owned),
    );
    for (name, file) in real_tokenizer_files() {
        let (compact, library) = both(&file);
        for text in &texts {
            assert_eq!(compact.starts(text), library.starts(text), "{name} on {text:.80}");
        }
        let text = "(\\PC|[\\p{M}\\p{Han}\\p{Hangul}]|[ \r\n\t]|[a-z]{1,9}|[A-Z']{1,4}|[0-9]{1,5}|[ ,.{}$\\\\]{1,6}|<think>|<\\|im_start\\|>){0,30}";
        proptest!(|(text in text)| {
            prop_assert_eq!(compact.starts(&text), library.starts(&text));
        });
    }
}

#[test]
fn threads_share_a_tokenizer() {
    let (compact, library) = both(crate::BUILTIN);
    let texts: Vec<String> =
        (0..40).map(|number| format!("the {number} words of a longer text, {number}")).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for text in &texts {
                    assert_eq!(compact.starts(text), library.starts(text));
                }
            });
        }
    });
}
