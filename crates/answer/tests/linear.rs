//! Models loop, and traces hold such loops: reading one costs what it is long. Work is counted, no clock is read.

use proptest::prelude::*;
use thinkmeter_answer::{AssertionFinder, CUES, Policy, Work, cue_sections, switches};

/// Bytes of the short and of the long loop.
const SHORT: usize = 512;
const LONG: usize = 6 << 10;

/// Signs that formulas, lists, boxes and sentences are made of.
const SIGNS: &[&str] = &[
    "=4",
    "≈4",
    "x=4≈",
    "≡4",
    "4",
    "4 ",
    "4, ",
    "4is",
    "x=",
    "\\boxed{",
    "\\boxed{4} ",
    "\\text{",
    "{",
    "}",
    "(",
    "(4) ",
    "$4$ ",
    "\\(4\\) ",
    "\\frac{1}{4} ",
    "1,234,",
    "a ",
    "A ",
    "I ",
    "(B) ",
    "option B ",
    "answer B ",
    "B",
    "B is ",
    "yes ",
    "- ",
    ". ",
    "4. ",
    "? ",
    "**4** ",
    "4\n",
    " ",
    "，",
    "4，",
    "答案是4",
    "如果4",
    "\\",
    "'",
    "x + 3 ",
    "1/4 ",
    "9^{9^9} ",
];

/// Every cue word and every switch.
fn cues() -> impl Iterator<Item = &'static str> {
    let phrases = CUES.iter().flat_map(|(_, text)| cue_sections(text)).flat_map(|section| section.phrases);
    phrases.chain(switches::SETS.iter().flat_map(|(_, text)| switches::phrases(text)))
}

fn clauses() -> Vec<String> {
    cues().map(|cue| format!("{cue} 4 ")).chain(SIGNS.iter().map(|sign| (*sign).to_owned())).collect()
}

fn finders() -> Vec<AssertionFinder> {
    let finder = |problem: &str, choices: &[&str], gold: &str| {
        let choices: Vec<String> = choices.iter().map(|choice| (*choice).to_owned()).collect();
        AssertionFinder::new(problem, &choices, &[gold.to_owned()], &Policy::default())
    };
    vec![
        finder("If $x + 1 = 5$, find $x$.", &[], "4"),
        finder("What is $\\frac{1}{2} - \\frac{1}{4}$?", &[], "\\frac{1}{4}"),
        finder("Which pair solves it?", &[], "4, 4"),
        finder("Does it hold?", &["no", "yes", "4 m"], "B"),
    ]
}

fn looped(clause: &str, bytes: usize) -> String {
    clause.repeat(bytes.div_ceil(clause.len()))
}

/// Units of work a byte.
fn cost(finder: &AssertionFinder, text: &str) -> f64 {
    let work = Work::unbounded();
    finder.assertions_within(text, &work);
    work.done() as f64 / text.len() as f64
}

fn check(finder: &AssertionFinder, clause: &str) {
    let (short, long) = (cost(finder, &looped(clause, SHORT)), cost(finder, &looped(clause, LONG)));
    assert!(long <= 2.0 * short + 8.0, "{clause:?}: {short:.1} units a byte, then {long:.1}");
}

#[test]
fn every_cue_and_sign_in_a_loop_is_read_in_linear_work() {
    for finder in finders() {
        clauses().iter().for_each(|clause| check(&finder, clause));
    }
    let choices = &finders()[3];
    cues().for_each(|cue| check(choices, &format!("B {cue}, ")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn mixtures_in_a_loop_are_read_in_linear_work(
        parts in proptest::collection::vec(proptest::sample::select(clauses()), 1..5),
    ) {
        finders().iter().for_each(|finder| check(finder, &parts.concat()));
    }
}

/// The short loops of one problem, a work each: more than one trace may take is left unread.
#[test]
fn spent_work_ends_the_reading() {
    let finder = &finders()[0];
    let text = looped("So x = 4. ", LONG);
    let work = Work::within(1_000);
    let found = finder.assertions_within(&text, &work);
    assert!(work.is_spent() && found.len() < 100, "{} of {}", found.len(), work.done());
    assert_eq!(finder.assertions(&text).len(), LONG.div_ceil(10));
}

#[test]
fn switches_are_found_in_every_loop() {
    let all: Vec<String> = switches::SETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let matcher = switches::Matcher::new(&switches::markers(&all, &[], &[])).unwrap();
    for clause in clauses() {
        let count = |bytes| {
            let (text, work) = (looped(&clause, bytes), Work::unbounded());
            let found = matcher.find_counted(&text, &work).len() as f64;
            (found / text.len() as f64, work.done() as f64 / text.len() as f64)
        };
        let (short, long) = (count(SHORT), count(LONG));
        assert!((long.0 - short.0).abs() <= 0.01, "{clause:?}: {} and {} switches a byte", short.0, long.0);
        assert!(long.1 <= 1.5 * short.1 + 1.0, "{clause:?}: {} and {} looks a byte", short.1, long.1);
    }
}
