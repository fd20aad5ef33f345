//! One trace for the terminal: steps with tokens in the margin, the answer's arrival, rounds and switches.

use report::{Unit, clean, whole, wrap};
use run_reader::{Entry, Phase, Run, Segment, Trace};

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";
/// Columns of the margin: step, tokens so far, mark.
const MARGIN: usize = 16;

pub(super) fn told(run: &Run, trace: &Trace, others: &[&Entry], width: u16, color: bool) -> String {
    let mut page = Page { out: String::new(), width: usize::from(width).max(60), color };
    page.head(trace);
    for segment in &trace.segments {
        page.segment(segment);
    }
    if trace.segments.is_empty() {
        page.line(DIM, "There is no thinking.");
    }
    page.tail(run, trace, others);
    page.out
}

struct Page {
    out: String,
    width: usize,
    color: bool,
}

impl Page {
    fn head(&mut self, trace: &Trace) {
        let score = &trace.score;
        self.line(BOLD, &format!("{} · {} · sample {}", score.problem_id, score.model, score.sample));
        self.block("", &trace.problem.problem, 0);
        for (letter, choice) in ('A'..).zip(&trace.problem.choices) {
            self.block("", &format!("({letter}) {choice}"), 2);
        }
        let gold = if trace.problem.gold.is_empty() {
            "not known".to_owned()
        } else {
            trace.problem.gold.join(" or ")
        };
        self.line(BOLD, &format!("answer: {gold}"));
        self.out.push('\n');
    }

    fn segment(&mut self, segment: &Segment) {
        let (style, mark) = match segment.phase {
            Phase::Before => ("", "│"),
            Phase::Answer => (GREEN, "┃"),
            Phase::After => (DIM, "┊"),
        };
        let margin = format!("{:>4} {:>8} {mark} ", segment.step, whole(u64::from(segment.tokens_through)));
        let blank = format!("{:>14}{mark} ", "");
        let mut first = true;
        for line in lines(&segment.text, self.width - MARGIN) {
            let margin = if first { &margin } else { &blank };
            self.line(style, &format!("{margin}{line}"));
            first = false;
        }
        self.marks(segment, &blank);
    }

    /// What was found in a step, below its text.
    fn marks(&mut self, segment: &Segment, blank: &str) {
        if segment.phase == Phase::Answer {
            self.line(GREEN, &format!("{blank}▲ the first step that asserts the right answer"));
        }
        for (_, thought) in &segment.thoughts {
            let genuine = match thought.genuine {
                Some(true) => ", a genuine change of thought",
                Some(false) => ", no change of thought",
                None => "",
            };
            let marker = thought.marker.as_deref().unwrap_or_default();
            self.line(YELLOW, &format!("{blank}↷ switch: {marker}{genuine}"));
        }
        if let (Some(solution), Some(number)) = (&segment.solution, segment.solution_number) {
            let verdict = match solution.correct {
                Some(true) => " ✓",
                Some(false) => " ✗",
                None => "",
            };
            let strategy = solution.strategy.map(|at| format!(", strategy {}", at + 1)).unwrap_or_default();
            let answer = solution.answer.as_deref().unwrap_or("no answer read");
            self.line(YELLOW, &format!("{blank}■ solution {} ends: {answer}{verdict}{strategy}", number + 1));
        }
    }

    fn tail(&mut self, run: &Run, trace: &Trace, others: &[&Entry]) {
        self.out.push('\n');
        if let Some(error) = &trace.error {
            self.block(YELLOW, &format!("no reply: {error}"), 0);
        }
        if !trace.answer.trim().is_empty() {
            self.line(BOLD, "Answer");
            self.block("", trace.answer.trim(), 0);
            self.out.push('\n');
        }
        for fact in facts(trace) {
            self.block(DIM, &fact, 0);
        }
        if let Some(raw) = trace.judgment.raw.as_deref().filter(|raw| !raw.trim().is_empty()) {
            self.block(DIM, &format!("judge's own words: {}", raw.trim()), 0);
        }
        for other in others.iter().take(12) {
            let model = run.models().get(usize::from(other.model)).map(|model| model.name.as_str());
            let model = model.unwrap_or_default();
            let tokens = whole(u64::from(other.tokens));
            self.line(
                DIM,
                &format!("also: {model}, sample {}: {}, {tokens} tokens", other.sample, other.ended()),
            );
        }
    }

    fn block(&mut self, style: &str, text: &str, indent: usize) {
        for line in lines(text, self.width - indent) {
            self.line(style, &format!("{:indent$}{line}", ""));
        }
    }

    fn line(&mut self, style: &str, text: &str) {
        let text = clean(text.trim_end());
        if self.color && !style.is_empty() && !text.is_empty() {
            self.out.push_str(&format!("{style}{text}{PLAIN}\n"));
        } else {
            self.out.push_str(&format!("{text}\n"));
        }
    }
}

fn facts(trace: &Trace) -> Vec<String> {
    let score = &trace.score;
    let tokens = |value: Option<u32>| value.map_or_else(|| "–".to_owned(), |value| whole(u64::from(value)));
    let mut facts = vec![format!(
        "graded {}{}; {} tokens of thinking, {} until the answer was there, {} after it, efficiency {}",
        score.grade,
        score.extracted.as_deref().map(|answer| format!(" ({answer})")).unwrap_or_default(),
        whole(u64::from(score.reasoning_tokens)),
        tokens(score.first_correct_tokens.filter(|_| score.located)),
        tokens(score.reflection_tokens.filter(|_| score.located)),
        score.token_efficiency.map_or_else(|| "–".to_owned(), |value| Unit::Share.show(value)),
    )];
    let sure = trace.judgment.confidence.map(|sure| format!(", confidence {sure:.2}")).unwrap_or_default();
    let why = trace.judgment.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    facts.push(format!("judged by {}{sure}{why}", trace.judgment.judge));
    if score.found_then_lost {
        facts.push("the right answer was found and is not the final one".to_owned());
    }
    if let Some(note) = &trace.note {
        facts.push(format!("splitter: {note}"));
    }
    facts
}

/// A text in lines of at most `width`; lines keep their indent where they fit, and an empty one stays one.
fn lines(text: &str, width: usize) -> Vec<String> {
    let wrapped = |line: String| if line.chars().count() <= width { vec![line] } else { wrap(&line, width) };
    text.lines().map(clean).flat_map(wrapped).collect()
}
