//! What must hold for every answer, whatever it is.

use proptest::prelude::*;
use serde_json::Value;
use std::time::Instant;
use thinkmeter_answer::{Outcome, Policy, assertions, compare, extract, parse};

const PROBLEMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/problems");

fn outcome(gold: &str, given: &str) -> Outcome {
    compare(gold, given, &Policy::default()).outcome
}

/// The known answers of a file; none where it is not at hand.
fn golds(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(format!("{PROBLEMS}/{file}")).unwrap_or_default();
    let rows = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let gold = |row: Value| Some(row["answer"].as_str()?.rsplit("####").next()?.trim().to_owned());
    rows.filter_map(gold).collect()
}

#[test]
fn every_gold_is_itself_and_verdicts_are_symmetric() {
    for file in ["math500.jsonl", "gsm8k_test.jsonl"] {
        let golds = golds(file);
        if golds.is_empty() {
            println!("skipped: no {file} in {PROBLEMS}");
        }
        for gold in &golds {
            assert_eq!(outcome(gold, gold), Outcome::Equal, "{gold}");
            // A blank in front takes it past the shortcut for equal texts.
            let spaced = format!("{{{gold}}}");
            assert_ne!(outcome(gold, &spaced), Outcome::Different, "{gold}");
        }
        for pair in golds.windows(2) {
            assert_eq!(outcome(&pair[0], &pair[1]), outcome(&pair[1], &pair[0]), "{pair:?}");
        }
    }
}

/// Ways of writing the same answer that change nothing.
fn dressed(gold: &str) -> Vec<String> {
    let sized = gold.replace('(', "\\left(").replace(')', "\\right)");
    let mut all = vec![
        format!("${gold}$"),
        format!("  {gold} "),
        format!("\\boxed{{{gold}}}"),
        format!("\\displaystyle {gold}"),
        format!("\\({gold}\\)"),
        gold.replace("\\frac", "\\dfrac"),
        gold.replace(',', ", "),
        gold.replace('+', " + "),
    ];
    // Half-open intervals have no pair to size.
    if gold.matches('(').count() == gold.matches(')').count() && !gold.contains("\\left") {
        all.push(sized);
    }
    // A comma between digits may be one between thousands, where a blank would separate.
    all.retain(|text| text.len() == gold.len() || !grouped(gold) || !text.contains(", "));
    all
}

fn grouped(text: &str) -> bool {
    let digits = |w: &[u8]| w[0].is_ascii_digit() && w[1] == b',' && (w[2].is_ascii_digit() || w[2] == b'\\');
    text.as_bytes().windows(3).any(digits)
}

#[test]
fn styling_blanks_and_sizes_change_nothing() {
    for gold in golds("math500.jsonl") {
        for given in dressed(&gold) {
            let verdict = compare(&gold, &given, &Policy::default());
            assert_eq!(verdict.outcome, Outcome::Equal, "{gold} ~ {given}: {}", verdict.how);
        }
    }
}

/// The last digit of an answer changed.
fn perturbed(gold: &str) -> Option<String> {
    let at = gold.rfind(|c: char| c.is_ascii_digit())?;
    let digit = gold.as_bytes()[at] - b'0';
    Some(format!("{}{}{}", &gold[..at], (digit + 1) % 10, &gold[at + 1..]))
}

#[test]
fn another_digit_is_another_answer() {
    for file in ["math500.jsonl", "gsm8k_test.jsonl"] {
        for gold in golds(file) {
            let Some(given) = perturbed(&gold) else { continue };
            assert_ne!(outcome(&gold, &given), Outcome::Equal, "{gold} ~ {given}");
        }
    }
}

#[test]
fn hostile_input_ends_soon() {
    let nested = format!("{}1{}", "(".repeat(300), ")".repeat(300));
    let braces = format!("{}1{}", "\\sqrt{".repeat(300), "}".repeat(300));
    let long = "1+".repeat(2000) + "1";
    let bars = "|".repeat(2000);
    let signs = "-".repeat(3000) + "5";
    let powers = "2^".repeat(500) + "2";
    let marks = "5".to_owned() + &"!".repeat(2000);
    let hostile = [
        "9^{9^{9^{9}}}",
        "99999999^{99999999}",
        "(10^9)!",
        "((10^9)!)!",
        "\\binom{10^9}{5\\cdot 10^8}",
        "1e999999",
        "2^{-10^{50}}",
        "\\sqrt[1000000]{2}",
        "10^{10^{10}}",
        "\\frac{1}{0}",
        "0^0",
        "0^{-1}",
        "\\tan 90^\\circ",
        "\\log 0",
        "\\sum_{k=1}^{10^{12}} k^k",
        "\\prod_{k=1}^{10^9} k",
        "\\binom{99999999}{44444444}",
        "1/(1/(1/(1/(1/(1/0)))))",
        "\\sqrt{\\sqrt{\\sqrt{\\sqrt{10^{4000}}}}}",
        "(x+1)^{10000}",
        "0.\\overline{123456789012345678901234567890}",
        &nested,
        &braces,
        &long,
        &bars,
        &signs,
        &powers,
        &marks,
    ];
    for a in hostile {
        for b in ["1", "x+1", "(1,2)", "2^{2024}", "\\sin x", a] {
            let start = Instant::now();
            let forth = outcome(a, b);
            let took = start.elapsed();
            // 20 ms in release; unoptimised code is some ten times slower, and the machine may be busy.
            let limit = if cfg!(debug_assertions) { 400 } else { 20 };
            assert!(took.as_millis() < limit, "{took:?} for {a:.40} ~ {b:.40}");
            if a == b {
                assert_ne!(forth, Outcome::Different, "{a:.40}");
            } else {
                assert_eq!(forth, outcome(b, a), "{a:.40} ~ {b:.40}");
            }
        }
    }
    assert_ne!(outcome("99999999^{99999999}", "99999998^{99999999}"), Outcome::Equal);
    assert_eq!(outcome("\\frac{1}{2004!}", "\\frac{1}{2006!}"), Outcome::Different);
    assert_eq!(outcome("2^{2024}", "4^{1012}"), Outcome::Equal);
    assert_eq!(outcome("13535", "13535.001"), Outcome::Different);
    assert_eq!(outcome("10^{-7}", "2\\cdot 10^{-7}"), Outcome::Different);
}

/// Pieces that answers are made of, so that random texts get past the lexer.
fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "1",
        "2",
        "12",
        "0.5",
        "x",
        "y",
        "e",
        "i",
        "\\pi",
        "+",
        "-",
        "*",
        "/",
        "^",
        "_",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\\{",
        "\\}",
        ",",
        "\\frac",
        "\\sqrt",
        "\\sin",
        "\\log",
        "!",
        "%",
        "^\\circ",
        "=",
        "<",
        "\\le",
        "\\cup",
        "\\infty",
        "\\text{ cm}",
        "\\text{and}",
        "|",
        ":",
        "\\pm",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        "&",
        "\\\\",
        " ",
        "abc",
        "½",
        "√",
        "²",
        "\\overline{3}",
        "\\boxed{",
        "$",
        "中",
        "é",
    ])
}

/// What thinking is made of, with letters whose lower case is longer or shorter than they are.
fn prose() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "the answer is ",
        "So ",
        "Wait, ",
        "Find ",
        "What is ",
        "if ",
        "not ",
        "option ",
        "Let me check ",
        "答案是",
        "，",
        "求",
        "Blue",
        "İzmir ȺB",
        "blue",
        "twelve",
        "12",
        "3/4",
        "\\frac{3}{4}",
        "(C)",
        "x = ",
        "$",
        "\\boxed{",
        "}",
        " ",
        ". ",
        "? ",
        "\n\n",
        "Ⱥ",
        "İ",
        "\u{212a}",
        "ẞ",
        "−",
        "’",
        "é",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_safe(a in ".{0,60}", b in ".{0,60}") {
        let _ = extract(&a);
        let _ = outcome(&a, &b);
        let _ = assertions(&a, &b, &[], std::slice::from_ref(&b), &Policy::default());
    }

    #[test]
    fn any_formula_is_safe_and_equals_itself(pieces in prop::collection::vec(fragment(), 0..24), other in prop::collection::vec(fragment(), 0..12)) {
        let (text, other) = (pieces.concat(), other.concat());
        let _ = extract(&text);
        prop_assert_ne!(outcome(&text, &text), Outcome::Different);
        prop_assert_eq!(outcome(&text, &other), outcome(&other, &text), "{} ~ {}", text, other);
        let _ = parse(&text);
        let _ = assertions(&text, &other, &["B".to_owned()], &[other.clone(), "12".to_owned()], &Policy::default());
    }

    #[test]
    fn any_prose_is_read_and_mentions_are_parts_of_it(pieces in prop::collection::vec(prose(), 0..30), split in 0_usize..30) {
        let (problem, step) = pieces.split_at(split.min(pieces.len()));
        let (problem, step) = (problem.concat(), step.concat());
        let golds = ["blue", "İzmir ȺB", "12", "C", "\\frac{3}{4}"].map(str::to_owned);
        for found in assertions(&step, &problem, &["12".to_owned(), "blue".to_owned()], &golds, &Policy::default()) {
            prop_assert!(step.get(found.span.clone()).is_some_and(|said| !said.is_empty()), "{:?} in {}", found, step);
        }
    }

    #[test]
    fn other_integers_are_different(n in -10_000_000_i64..10_000_000, d in 1_i64..1000) {
        prop_assert_eq!(outcome(&n.to_string(), &(n + d).to_string()), Outcome::Different);
        let dressed = format!("$\\boxed{{{}}}$", n + d);
        prop_assert_eq!(outcome(&n.to_string(), &dressed), Outcome::Different);
        prop_assert_eq!(outcome(&n.to_string(), &format!("{n}.000{d}")), Outcome::Different);
    }

    #[test]
    fn fractions_compare_as_fractions(a in -500_i64..500, b in 1_i64..500, k in 1_i64..50) {
        let gold = format!("\\frac{{{a}}}{{{b}}}");
        prop_assert_eq!(outcome(&gold, &format!("{}/{}", a * k, b * k)), Outcome::Equal);
        prop_assert_eq!(outcome(&gold, &format!("\\frac{{{}}}{{{}}}", a * k + 1, b * k)), Outcome::Different);
    }
}
