//! What a problem asks for: the words and the formula of its question.

use std::sync::LazyLock;

use regex::Regex;

use super::sentences::sentences;
use crate::Work;
use crate::pattern::pattern;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    /// Telling words of the question, lower case.
    pub(super) words: Vec<String>,
    /// The formulas that are asked for, without blanks: `f(x)`, `b`, `A+B+C`.
    pub(super) formulas: Vec<String>,
    /// The numbers that the problem states.
    pub(super) numbers: Vec<String>,
    /// The sentence that asks, squeezed.
    question: String,
}

/// Words that ask.
static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(find|compute|evaluate|determine|calculate|what|how|which|who|express|simplify|enter)\b|求|多少|几",
    )
});
/// Words that ask at times and at times only join clauses; a question of its own only where no other word asks.
static MAY_ASK: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(when|where|give)\b"));

/// Words and formulas of a question that are looked for in a trace; a longer question asks with its first ones too.
const MOST: usize = 64;

/// Words that any question may hold.
const COMMON: &[&str] = &[
    "what",
    "which",
    "find",
    "compute",
    "evaluate",
    "determine",
    "calculate",
    "does",
    "have",
    "that",
    "with",
    "from",
    "this",
    "there",
    "many",
    "much",
    "value",
    "answer",
    "express",
    "your",
    "form",
    "given",
    "such",
    "when",
    "where",
    "each",
    "their",
    "these",
    "then",
    "them",
    "they",
    "into",
    "only",
    "using",
    "must",
    "could",
    "would",
    "will",
    "been",
    "than",
    "more",
    "terms",
    "write",
    "following",
    "enter",
    "both",
    "some",
    "were",
    "integer",
    "integers",
    "number",
    "numbers",
    "positive",
    "real",
    "also",
];

impl Question {
    /// Reads a problem.
    pub(super) fn of(problem: &str) -> Self {
        let all = sentences(problem);
        let asks = |range: &&std::ops::Range<usize>| {
            let text = &problem[(*range).clone()];
            (ASKS.is_match(text) || MAY_ASK.is_match(text))
                && !text.contains("xpress your")
                && !text.contains("nter your")
        };
        let question = all.iter().rev().find(asks).or(all.last()).map_or("", |range| &problem[range.clone()]);
        // The clause that asks, behind what it presupposes ("If …, what is …").
        let asks = ASKS.find_iter(question).last().or_else(|| MAY_ASK.find_iter(question).last());
        let from = asks.map_or(0, |found| found.start());
        let clause = &question[clause_start(question, from)..];
        Self {
            words: words(clause),
            formulas: formulas(clause),
            numbers: numbers(problem),
            question: squeezed(without_drawings(question)),
        }
    }

    /// How many of the question's words a text holds: none, one, or two and more.
    pub(super) fn shared(&self, text: &str, work: &Work) -> usize {
        work.bytes(text.len());
        let lower = text.to_lowercase();
        self.words.iter().filter(|word| lower.contains(word.as_str())).take(2).count()
    }

    /// The question itself writes this formula, so that repeating it is no answer.
    pub(super) fn states(&self, formula: &str) -> bool {
        let formula = squeezed(formula);
        formula.chars().count() > 3 && self.question.contains(&formula)
    }

    /// The text is the formula that is asked for, or a whole calculation that the question spells out.
    pub(super) fn is_formula(&self, text: &str) -> bool {
        let text = squeezed(text);
        !text.is_empty() && (self.formulas.contains(&text) || self.spells_out(&text))
    }

    fn spells_out(&self, formula: &str) -> bool {
        let calculation = formula.len() > 2 && formula.contains(['+', '-', '*', '/', '^', '×', '!']);
        let goes_on = |c: char| c.is_ascii_digit() || "+-*/^×·!(){}[]=_".contains(c);
        let whole = |at: usize| {
            let before = self.question[..at].chars().next_back();
            let after = self.question[at + formula.len()..].chars().next();
            !before.is_some_and(goes_on) && !after.is_some_and(goes_on)
        };
        calculation && self.question.match_indices(formula).any(|(at, _)| whole(at))
    }
}

/// A text up to the source of its first figure.
fn without_drawings(text: &str) -> &str {
    text.split("[asy]").next().unwrap_or_default()
}

/// Chinese asks at the end of a clause: what is asked stands before the word that asks.
fn clause_start(question: &str, from: usize) -> usize {
    let chinese = question[from..].starts_with(is_chinese);
    let comma = question[..from].rfind(['，', '。', '；']).map_or(0, |at| at + '，'.len_utf8());
    if chinese { comma } else { from }
}

pub(super) fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Pairs of neighbouring characters, for Chinese has no blanks between words.
fn pairs(word: &str, found: &mut Vec<String>) {
    for part in word.split(['多', '少', '几', '求', '是', '的', '为', '哪', '请', '问']) {
        let chars: Vec<char> = part.chars().collect();
        for pair in chars.windows(2).map(|pair| pair.iter().collect::<String>()) {
            if found.len() >= MOST {
                return;
            }
            if !found.contains(&pair) {
                found.push(pair);
            }
        }
    }
}

fn words(clause: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let outside: String = clause.split('$').step_by(2).collect::<Vec<_>>().join(" ");
    for word in outside.split(|c: char| !c.is_alphabetic()) {
        if found.len() >= MOST {
            break;
        }
        if word.starts_with(is_chinese) {
            pairs(word, &mut found);
            continue;
        }
        let word = word.to_lowercase();
        // A stem, so that singular and plural meet.
        let stem = word.strip_suffix('s').unwrap_or(&word).to_owned();
        if word.len() >= 4 && !COMMON.contains(&word.as_str()) && !found.contains(&stem) {
            found.push(stem);
        }
    }
    found
}

/// The formulas that are asked for themselves: "find $x$", "the value of $b$", not "all numbers $x$ with …".
fn formulas(clause: &str) -> Vec<String> {
    let clause =
        ["\\(", "\\)", "\\[", "\\]"].iter().fold(clause.to_owned(), |text, mark| text.replace(mark, "$"));
    let parts: Vec<&str> = clause.split('$').collect();
    let mut found = Vec::new();
    for pair in parts.chunks_exact(2) {
        let (words, formula) = (pair[0].trim().to_lowercase(), squeezed(pair[1]));
        let asks = [
            "find",
            "compute",
            "evaluate",
            "determine",
            "calculate",
            "is",
            "value of",
            "values of",
            "simplify",
            "求",
        ];
        let directly =
            found.len() < MOST && (asks.iter().any(|ask| words.ends_with(ask)) || words.is_empty());
        if directly && !formula.is_empty() && !found.contains(&formula) {
            found.push(formula);
        }
    }
    found
}

/// Commands that a formula does without, and those that have a sign.
const COMMANDS: [(&str, &str); 6] =
    [("\\left", ""), ("\\right", ""), ("\\(", ""), ("\\[", ""), ("\\theta", "θ"), ("\\cdot", "*")];

/// A formula without blanks, delimiters and sizes.
pub(super) fn squeezed(text: &str) -> String {
    let drop = |c: char| c.is_whitespace() || matches!(c, '$' | '.' | ',' | '?' | '*');
    let mut squeezed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let command = COMMANDS.iter().find(|(command, _)| next == '\\' && rest.starts_with(command));
        match command {
            Some((_, short)) => squeezed.push_str(short),
            None if drop(next) => {}
            None => squeezed.push(next),
        }
        rest = &rest[command.map_or(next.len_utf8(), |(command, _)| command.len())..];
    }
    squeezed
}

pub(super) fn numbers(problem: &str) -> Vec<String> {
    let mut found: Vec<String> = problem
        .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .map(|number| number.trim_matches(['.', ',']).replace(',', ""))
        .filter(|number| !number.is_empty())
        .collect();
    found.sort();
    found.dedup();
    found
}
