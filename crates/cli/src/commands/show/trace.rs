//! One trace for the terminal: steps with tokens in the margin, the answer's arrival, rounds and switches.

use report::screen::{BOLD, DIM, GREEN, YELLOW};
use report::{Screen, Unit, clean, whole, wrap};
use run_reader::{Phase, Segment, Trace, TraceEntry, TraceIndex};
use tables::Generation;

/// Columns of the margin: step, tokens so far, mark.
const MARGIN: usize = 16;
/// Nothing is narrower than this, whatever the terminal says.
const NARROWEST: usize = 60;

pub(super) fn render(
    index: &TraceIndex,
    trace: &Trace,
    others: &[&TraceEntry],
    width: u16,
    color: bool,
) -> String {
    let mut screen = Screen::new(width, NARROWEST, color);
    head(&mut screen, trace);
    for segment in &trace.segments {
        step(&mut screen, segment);
    }
    if trace.segments.is_empty() {
        screen.line(DIM, "There is no thinking.");
    }
    tail(&mut screen, index, trace, others);
    screen.done()
}

fn head(screen: &mut Screen, trace: &Trace) {
    let score = &trace.score;
    screen.line(BOLD, &format!("{} · {} · sample {}", score.problem_id, score.model, score.sample));
    block(screen, "", &trace.problem.problem, 0);
    for (letter, choice) in ('A'..).zip(&trace.problem.choices) {
        block(screen, "", &format!("({letter}) {choice}"), 2);
    }
    let gold =
        if trace.problem.gold.is_empty() { "not known".to_owned() } else { trace.problem.gold.join(" or ") };
    screen.line(BOLD, &format!("answer: {gold}"));
    screen.blank();
}

fn step(screen: &mut Screen, segment: &Segment) {
    let (style, mark) = match segment.phase {
        Phase::Before => ("", "│"),
        Phase::Answer => (GREEN, "┃"),
        Phase::After => (DIM, "┊"),
    };
    let margin = format!("{:>4} {:>8} {mark} ", segment.step, whole(u64::from(segment.tokens_through)));
    let blank = format!("{:>14}{mark} ", "");
    let mut first = true;
    for line in lines(&segment.text, screen.width() - MARGIN) {
        let margin = if first { &margin } else { &blank };
        screen.line(style, &format!("{margin}{line}"));
        first = false;
    }
    marks(screen, segment, &blank);
}

/// What was found in a step, below its text.
fn marks(screen: &mut Screen, segment: &Segment, blank: &str) {
    if segment.phase == Phase::Answer {
        screen.line(GREEN, &format!("{blank}▲ the first step that asserts the right answer"));
    }
    for (_, thought) in &segment.thoughts {
        let genuine = match thought.genuine {
            Some(true) => ", a genuine change of thought",
            Some(false) => ", no change of thought",
            None => "",
        };
        let marker = thought.marker.as_deref().unwrap_or_default();
        screen.line(YELLOW, &format!("{blank}↷ switch: {marker}{genuine}"));
    }
    for told in [segment.value(), segment.answer_here()].into_iter().flatten() {
        screen.line(DIM, &format!("{blank}◆ {told}"));
    }
    if let (Some(solution), Some(number)) = (&segment.solution, segment.solution_number) {
        let verdict = match solution.correct {
            Some(true) => " ✓",
            Some(false) => " ✗",
            None => "",
        };
        let strategy = solution.strategy.map(|at| format!(", strategy {}", at + 1)).unwrap_or_default();
        let answer = solution.answer.as_deref().unwrap_or("no answer read");
        screen.line(YELLOW, &format!("{blank}■ solution {} ends: {answer}{verdict}{strategy}", number + 1));
    }
}

fn tail(screen: &mut Screen, index: &TraceIndex, trace: &Trace, others: &[&TraceEntry]) {
    screen.blank();
    if let Some(error) = &trace.error {
        block(screen, YELLOW, &format!("no reply: {error}"), 0);
    }
    if !trace.answer.trim().is_empty() {
        screen.line(BOLD, "Answer");
        block(screen, "", trace.answer.trim(), 0);
        screen.blank();
    }
    for fact in facts(trace) {
        block(screen, DIM, &fact, 0);
    }
    if let Some(raw) = trace.judgment.raw.as_deref().filter(|raw| !raw.trim().is_empty()) {
        block(screen, DIM, &format!("judge's own words: {}", raw.trim()), 0);
    }
    for other in others.iter().take(12) {
        let model = index.model_of(other);
        let tokens = counted(other.tokens);
        screen.line(
            DIM,
            &format!("also: {model}, sample {}: {}, {tokens} tokens", other.sample, other.ended()),
        );
    }
}

fn block(screen: &mut Screen, style: &str, text: &str, indent: usize) {
    for line in lines(text, screen.width() - indent) {
        screen.line(style, &format!("{:indent$}{line}", ""));
    }
}

/// A number of tokens; `–` where it is unknown.
fn counted(tokens: Option<u32>) -> String {
    tokens.map_or_else(|| "–".to_owned(), |tokens| whole(u64::from(tokens)))
}

fn facts(trace: &Trace) -> Vec<String> {
    let score = &trace.score;
    let mut facts = vec![format!(
        "graded {}{}; {} tokens of thinking{}, {} until the answer was there, {} after it, efficiency {}",
        score.grade.name(),
        score.extracted.as_deref().map(|answer| format!(" ({answer})")).unwrap_or_default(),
        counted(score.reasoning_tokens),
        if score.reasoning_source == Generation::HIDDEN { " (hidden; the server's count)" } else { "" },
        counted(score.first_correct_tokens.filter(|_| score.located)),
        counted(score.reflection_tokens.filter(|_| score.located)),
        score.token_efficiency.map_or_else(|| "–".to_owned(), |value| Unit::Share.show(value)),
    )];
    let sure = trace.judgment.confidence.map(|sure| format!(", confidence {sure:.2}")).unwrap_or_default();
    let why = trace.judgment.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    facts.push(format!("judged by {}{sure}{why}", trace.judgment.judge));
    facts.extend(trace.turning());
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
