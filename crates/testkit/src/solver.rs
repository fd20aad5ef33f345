//! What scripted models say of sums: a function of what they are asked.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::{Asked, Said};

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

/// Solves the last sum of a prompt with this chance; else it is off by one or by two, as often the one as the other. Which follows
/// from the prompt and the seed. Its words are likelier where it is right.
pub fn doubtful(asked: &Asked, right: f64) -> Said {
    let seed = asked.body.get("seed").and_then(Value::as_i64);
    let solved = solve(&asked.prompt, seed);
    let drawn = drawn(hashed(("doubt", &asked.prompt, seed)));
    let off = if drawn < right { 0 } else { 1 + i64::from(drawn < (1.0 + right) / 2.0) };
    let content = match last_sum(&asked.prompt) {
        Some(_) if off > 0 => format!("The answer is \\boxed{{{}}}.", number_in(&solved.content) + off),
        _ => solved.content,
    };
    let words = (solved.reasoning.split_whitespace().count(), content.split_whitespace().count());
    let logprob = if off == 0 { -0.1 } else { -0.5 };
    Said::thought(solved.reasoning, content).with_logprobs(vec![logprob; words.0 + words.1])
}

/// A number that follows from these values alone.
pub(crate) fn hashed(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A hash as a number from 0 up to 1.
pub(crate) fn drawn(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1_u64 << 53) as f64
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

/// Words of the thinking of a model that nobody tells to be brief.
const LONG: usize = 400;

/// Solves the last sum of a prompt in the manner that prompt and body ask for. An answer at once is wrong wherever it is
/// divisible by 3.
pub fn by_strategy(asked: &Asked, ignores_budgets: bool) -> Said {
    let solved = solve(&asked.prompt, asked.body.get("seed").and_then(Value::as_i64));
    let asks = |words: &str| asked.prompt.contains(words);
    if asks("How many tokens would") {
        return Said::plain("120");
    }
    if asks("and nothing else") {
        return Said::plain(at_once(&solved.content));
    }
    if asks("Work in notes") {
        return Said::plain(format!("add both\n{}", boxed(&solved.content)));
    }
    let budgeted = asks("Finish within") || asked.body.get("thinking_token_budget").is_some();
    if budgeted && ignores_budgets {
        return Said::thought(vec!["again"; LONG].join(" "), solved.content);
    }
    let off = asked.body.pointer("/chat_template_kwargs/enable_thinking") == Some(&Value::Bool(false));
    if off || budgeted { Said::plain(format!("{}\n\n{}", solved.reasoning, solved.content)) } else { solved }
}

/// The box in an answer.
fn boxed(answer: &str) -> &str {
    let start = answer.find("\\boxed").unwrap_or(0);
    answer[start..].trim_end_matches('.')
}

fn at_once(answer: &str) -> String {
    let right = number_in(answer);
    let said = if right % 3 == 0 { right + 1 } else { right };
    format!("\\boxed{{{said}}}")
}

/// The last two integers of a text with nothing but an operator between them.
fn last_sum(text: &str) -> Option<(i64, char, i64)> {
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

/// Words behind which a prompt names the gold answer.
const GOLD: [&str; 5] = ["reference answer", "correct answer", "gold answer", "ground truth", "gold"];

/// The number of the first numbered step that holds the gold answer, or -1.
///
/// Steps are lines that begin with a number in some dress: `Step 3:`, `[3]`, `<step 3>`, `Paragraph 3:`,
/// `<paragraph_3>`, `3.`; their text goes on to the next such line or the gold answer's. The gold answer stands on the line of
/// one of the words "reference answer", "correct answer", "gold answer", "ground truth" or "gold", behind
/// it, or on the next line that is not empty.
pub fn judge(prompt: &str) -> i64 {
    let Some(gold) = gold_of(prompt) else { return -1 };
    let mut current = None;
    for line in prompt.lines() {
        let lower = line.to_ascii_lowercase();
        if GOLD.iter().any(|word| lower.contains(word)) {
            current = None;
            continue;
        }
        let (number, text) = match step_of(line) {
            Some((number, text)) => (Some(number), text),
            None => (current, line),
        };
        current = number;
        if let Some(number) = number.filter(|_| holds(text, &gold)) {
            return number;
        }
    }
    -1
}

fn gold_of(prompt: &str) -> Option<String> {
    let lower = prompt.to_ascii_lowercase();
    let behind = GOLD.iter().find_map(|word| lower.find(word).map(|at| at + word.len()))?;
    let lines = prompt[behind..].lines();
    let strip: &[char] = &[' ', '\t', ':', '*', '#', '$', '`', '"', '<', '>', '='];
    let mut texts = lines.map(|line| line.trim_matches(strip).trim_end_matches('.'));
    texts.find(|text| !text.is_empty()).map(str::to_owned)
}

/// The number and the rest of a line that begins a step.
fn step_of(line: &str) -> Option<(i64, &str)> {
    let dress: &[char] = &['<', '[', '(', '#', '*', ' ', '\t'];
    let line = line.trim_start_matches(dress);
    let lower = line.to_ascii_lowercase();
    let words = ["step", "paragraph", "segment"];
    let word = words.iter().find(|word| lower.starts_with(**word)).map_or(0, |word| word.len());
    let line = line[word..].trim_start_matches(['_', ' ', '-', '#']);
    let digits = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
    let number = line[..digits].parse().ok()?;
    let rest = &line[digits..];
    let closes = rest.starts_with([':', ']', ')', '>', '*'])
        || (rest.starts_with('.') && !rest[1..].starts_with(|c: char| c.is_ascii_digit()));
    closes.then_some((number, rest))
}

/// The text holds the gold answer, not merely a longer number around it.
fn holds(text: &str, gold: &str) -> bool {
    let is_number = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric());
    text.match_indices(gold).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + gold.len()..].chars();
        let next = after.next();
        let decimal = next == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit());
        !is_number(before) && !is_number(next) && !decimal
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_solved() {
        let check = |prompt, answer: &str| {
            let said = solve(prompt, None);
            assert_eq!(said.content, format!("The answer is \\boxed{{{answer}}}."), "{prompt}");
            assert!(said.reasoning.contains(&format!("= {answer}")));
        };
        check("What is 12 + 30?", "42");
        check("Problem 7: compute 9 \\times 8, please.", "72");
        check("5 - 8 for 3 friends", "-3");
        assert_eq!(solve("What is love?", None).content, "I cannot tell.");
    }

    #[test]
    fn seeds_change_how_much_is_doubted_and_nothing_else() {
        let said: Vec<Said> = (0..20).map(|seed| solve("1 + 1", Some(seed))).collect();
        assert!(said.iter().all(|said| said.content.contains("{2}")));
        assert!(said.iter().any(|other| other.reasoning != said[0].reasoning));
        assert_eq!(solve("1 + 1", Some(3)), solve("1 + 1", Some(3)));
    }

    #[test]
    fn a_doubtful_model_errs_as_often_as_it_is_said_to() {
        let said = |seed: i64| {
            let (model, prompt) = (String::new(), "What is 12 + 30?".to_owned());
            doubtful(
                &Asked { model, prompt, body: serde_json::json!({"seed": seed}), ..Asked::default() },
                0.6,
            )
        };
        let answers: Vec<i64> = (0..1000).map(|seed| number_in(&said(seed).content)).collect();
        let of = |answer: i64| answers.iter().filter(|known| **known == answer).count();
        assert!((550..650).contains(&of(42)) && (150..250).contains(&of(43)), "{} {}", of(42), of(43));
        assert_eq!(of(42) + of(43) + of(44), 1000);
        assert_eq!(said(3), said(3));
    }

    #[test]
    fn the_first_step_with_the_gold_answer_is_found() {
        let check = |prompt: &str, expect| assert_eq!(judge(prompt), expect, "{prompt}");
        check("Reference answer: 42\n\nStep 1: hm, 420\nStep 2: so 42.\nStep 3: 42 again", 2);
        check("<step 1>\nno\n</step 1>\n<step 2>\nit is 42\n</step 2>\nCorrect answer:\n42", 2);
        check("[0] a\n[1] 42.5\n[2] x = 42, yes\ngold: $42$", 2);
        check("<paragraph_1> 42 </paragraph_1>\n**Ground truth**: 42", 1);
        check("1. no\n2. never\nReference answer: 42", -1);
        check("1. 42", -1);
    }
}
