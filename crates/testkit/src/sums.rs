//! Sums: found in a prompt, and solved.

use crate::said::{Said, hashed};

/// Solves the last `a + b`, `a - b`, `a * b` (also `×`, `·`, `x`) of a prompt, then doubts: it checks itself
/// up to three times more, how often follows from the prompt and the seed.
pub fn solve(prompt: &str, seed: Option<i64>) -> Said {
    let Some((left, operator, right)) = last_sum(prompt) else {
        return Said::thought("I see no sum in this.", "I cannot tell.");
    };
    let result = match operator {
        '+' => left.saturating_add(right),
        '-' => left.saturating_sub(right),
        _ => left.saturating_mul(right),
    };
    let doubts = [
        format!("Wait, let me check that: {left} {operator} {right} = {result}, as before."),
        format!("Alternatively, I could count in another order, and I get {result} again."),
        format!("Hmm, is it really {result}? Yes, it is."),
    ];
    let mut steps = vec![
        "I have to work out the sum that the question asks for.".to_owned(),
        format!("{left} {operator} {right} = {result}."),
    ];
    steps.extend(doubts.into_iter().take((hashed((prompt, seed)) % 4) as usize));
    Said::thought(steps.join("\n\n"), format!("The answer is \\boxed{{{result}}}."))
}

/// The result of the last sum of a prompt.
pub(crate) fn solution(prompt: &str) -> i64 {
    number_in(&solve(prompt, None).content)
}

/// The number in the box of an answer.
pub(crate) fn number_in(answer: &str) -> i64 {
    let digits: String = boxed(answer).chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
    digits.parse().unwrap_or_default()
}

/// The box in an answer.
pub(crate) fn boxed(answer: &str) -> &str {
    let start = answer.find("\\boxed").unwrap_or(0);
    answer[start..].trim_end_matches('.')
}

/// The last two integers of a text with nothing but an operator between them.
pub(crate) fn last_sum(text: &str) -> Option<(i64, char, i64)> {
    let numbers = integers(text);
    let pairs = numbers.windows(2).rev();
    pairs.filter_map(|pair| sum_of(text, &pair[0], &pair[1])).next()
}

struct Integer {
    start: usize,
    end: usize,
    value: i64,
}

fn sum_of(text: &str, left: &Integer, right: &Integer) -> Option<(i64, char, i64)> {
    let between = text[left.end..right.start].replace("\\times", "*").replace("\\cdot", "*");
    let mut between = between.trim().chars();
    let operator = match (between.next()?, between.next()) {
        ('+', None) => '+',
        ('-' | '−', None) => '-',
        ('*' | '×' | '·' | 'x', None) => '*',
        _ => return None,
    };
    Some((left.value, operator, right.value))
}

fn integers(text: &str) -> Vec<Integer> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit()).map(|at| from + at) {
        let rest = &text[start..];
        let end = start + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if let Ok(value) = text[start..end].parse() {
            found.push(Integer { start, end, value });
        }
        from = end;
    }
    found
}
