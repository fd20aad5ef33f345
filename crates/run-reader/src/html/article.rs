//! One trace.

use serde::Serialize;
use tables::{Generation, Score, Thought};

use super::growth::Growth;
use super::pictures::{Picture, pictures};
use super::template::{self, fill};
use crate::error::RunReaderError;
use crate::index::{TraceEntry, TraceIndex};
use crate::numbers::{maybe, percent, whole};
use crate::trace::{Phase, Segment, Trace};

/// Another trace of the same problem.
#[derive(Clone, Debug, Serialize)]
pub struct Neighbour {
    /// Where it is.
    pub href: String,
    /// Its model.
    pub model: String,
    /// Its sample.
    pub sample: u32,
    /// How it ended, in a word or two.
    pub ended: String,
    /// Tokens of its thinking.
    pub tokens: String,
}

impl Neighbour {
    /// A trace of the index, with where it is shown.
    pub fn of(index: &TraceIndex, entry: &TraceEntry, href: String) -> Self {
        let model = index.model_of(entry).to_owned();
        Self { href, model, sample: entry.sample, ended: entry.ended(), tokens: maybe(entry.tokens) }
    }
}

/// A trace as an `<article>` whose steps can be linked to, `#{id}-step-12`, and link to themselves.
///
/// # Errors
/// A broken template, which no data can make.
pub fn article(id: &str, trace: &Trace, neighbours: &[Neighbour]) -> Result<String, RunReaderError> {
    filled(id, trace, neighbours, true)
}

/// The same in fewer bytes: steps can be linked to, and do not link to themselves.
///
/// # Errors
/// A broken template, which no data can make.
pub fn short_article(id: &str, trace: &Trace, neighbours: &[Neighbour]) -> Result<String, RunReaderError> {
    filled(id, trace, neighbours, false)
}

fn filled(id: &str, trace: &Trace, neighbours: &[Neighbour], linked: bool) -> Result<String, RunReaderError> {
    let score = &trace.score;
    let located = score.located;
    fill(
        template::ARTICLE,
        Fields {
            id,
            linked,
            problem: &trace.problem.problem,
            problem_id: &score.problem_id,
            model: &score.model,
            sample: score.sample,
            subset: &score.subset,
            choices: letters(&trace.problem.choices),
            gold: &trace.problem.gold,
            pictures: pictures(trace),
            grade: score.grade.name(),
            extracted: score.extracted.as_deref(),
            facts: [
                ("thinking", thinking(score)),
                ("until the answer was there", maybe(score.first_correct_tokens.filter(|_| located))),
                ("after it", maybe(score.reflection_tokens.filter(|_| located))),
                ("efficiency", percent(score.token_efficiency)),
                ("switches", maybe(score.thought_switches)),
            ],
            lost: score.found_then_lost,
            first_correct: trace.first_correct(),
            turning: trace.turning(),
            steps: trace
                .segments
                .iter()
                // Thinking that is shown in steps was counted.
                .map(|segment| step(segment, score.reasoning_tokens.unwrap_or_default()))
                .collect(),
            answer: trace.answer.trim(),
            error: trace.error.as_deref(),
            note: trace.note.as_deref(),
            judge: &trace.judgment.judge,
            confidence: trace.judgment.confidence.map(|sure| format!("{sure:.2}")),
            reason: trace.judgment.reason.as_deref(),
            raw: trace.judgment.raw.as_deref().map(str::trim).filter(|raw| !raw.is_empty()),
            neighbours,
            growth: trace.tree.as_ref().map(|tree| Growth::of(tree, score.sample)),
        },
    )
}

#[derive(Serialize)]
struct Fields<'a> {
    id: &'a str,
    /// The article is a page of its own: steps link to themselves, headings begin at the top.
    linked: bool,
    problem: &'a str,
    problem_id: &'a str,
    model: &'a str,
    sample: u32,
    subset: &'a str,
    choices: Vec<(char, &'a str)>,
    gold: &'a [String],
    pictures: Vec<Picture>,
    grade: &'a str,
    extracted: Option<&'a str>,
    facts: [(&'static str, String); 5],
    lost: bool,
    first_correct: Option<u32>,
    turning: Option<String>,
    steps: Vec<Step<'a>>,
    answer: &'a str,
    error: Option<&'a str>,
    note: Option<&'a str>,
    judge: &'a str,
    confidence: Option<String>,
    reason: Option<&'a str>,
    raw: Option<&'a str>,
    neighbours: &'a [Neighbour],
    growth: Option<Growth<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    number: u32,
    phase: &'static str,
    tokens: String,
    /// How far through the thinking its end is, in percent.
    share: f64,
    pieces: Vec<Piece<'a>>,
    /// What was found by going on from here, in words.
    here: Vec<String>,
    solution: Option<Solution<'a>>,
}

/// A stretch of a step's text.
#[derive(Serialize)]
struct Piece<'a> {
    text: &'a str,
    /// It is a marker at which a thought begins: what is known of it, in words.
    switch: Option<&'static str>,
}

#[derive(Serialize)]
struct Solution<'a> {
    number: u32,
    answer: Option<&'a str>,
    correct: Option<bool>,
    strategy: Option<u32>,
}

fn letters(choices: &[String]) -> Vec<(char, &str)> {
    ('A'..='Z').zip(choices.iter().map(String::as_str)).collect()
}

/// T, and who counted it where that was not us.
fn thinking(score: &Score) -> String {
    let by = if score.reasoning_source == Generation::HIDDEN { " (hidden; the server's count)" } else { "" };
    score
        .reasoning_tokens
        .map_or_else(|| "– (hidden)".to_owned(), |tokens| format!("{}{by}", whole(tokens.into())))
}

fn step(segment: &Segment, total: u32) -> Step<'_> {
    let solution =
        segment.solution.as_ref().zip(segment.solution_number).map(|(solution, number)| Solution {
            number: number + 1,
            answer: solution.answer.as_deref(),
            correct: solution.correct,
            strategy: solution.strategy.map(|strategy| strategy + 1),
        });
    Step {
        number: segment.step,
        phase: match segment.phase {
            Phase::Before => "before",
            Phase::Answer => "answer",
            Phase::After => "after",
        },
        tokens: whole(segment.tokens_through.into()),
        share: 100.0 * f64::from(segment.tokens_through) / f64::from(total.max(1)),
        pieces: pieces(segment),
        here: [segment.value(), segment.answer_here()].into_iter().flatten().collect(),
        solution,
    }
}

/// The text of a step, cut around the markers that open a thought; one that overlaps the marker before it is part of that.
fn pieces(segment: &Segment) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut rest) = (0, segment.text.as_str());
    for (at, thought) in &segment.thoughts {
        let start = *at as usize;
        let before = start.checked_sub(from).and_then(|before| rest.split_at_checked(before));
        let length = thought.marker.as_deref().map_or(0, str::len);
        let Some((before, (marker, after))) =
            before.and_then(|(before, found)| Some((before, found.split_at_checked(length)?)))
        else {
            continue;
        };
        pieces.push(Piece { text: before, switch: None });
        pieces.push(Piece { text: marker, switch: Some(about(thought)) });
        (from, rest) = (start + length, after);
    }
    pieces.push(Piece { text: rest, switch: None });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

fn about(thought: &Thought) -> &'static str {
    match thought.genuine {
        Some(true) => "a genuine change of thought",
        Some(false) => "a marker, but no change of thought",
        None => "a switch marker",
    }
}

#[cfg(test)]
mod tests {
    use tables::{Generation, JudgeState, Judgment, Problem, Score, Solution, Split};

    use super::*;

    fn trace(text: &str) -> Trace {
        let end = u32::try_from(text.len()).unwrap();
        let split = Split { steps: vec![tables::Step { start: 0, end, tokens: 9 }], ..Split::default() };
        let judgment = Judgment {
            judge: "rule".into(),
            state: JudgeState::Found,
            step: Some(0),
            raw: Some("<b>sure</b>".into()),
            solutions: Some(vec![Solution {
                answer: Some("<5>".into()),
                correct: Some(true),
                ..Solution::ending_at(0)
            }]),
            thoughts: Some(vec![Thought { start: 0, marker: Some("Wait".into()), ..Thought::default() }]),
            ..Judgment::default()
        };
        let generation = Generation {
            reasoning: text.into(),
            reasoning_source: "tags".into(),
            answer_text: "<script>alert(2)</script>".into(),
            ..Generation::default()
        };
        let problem =
            Problem { problem: "Is 1 < 2 & 3?".into(), gold: vec!["5".into()], ..Problem::default() };
        let score = Score { problem_id: "p\"1".into(), model: "m".into(), located: true, ..Score::default() };
        Trace::of(problem, generation, &split, judgment, score).unwrap()
    }

    #[test]
    fn what_a_model_wrote_stays_text() {
        let html = article("t", &trace("Wait, <script>alert(1)</script></template>]]> is 5."), &[]).unwrap();
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("</template") && html.contains("]]&gt;"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)") && html.contains("&lt;script&gt;alert(2)"), "{html}");
        assert!(html.contains("&lt;b&gt;sure") && html.contains("1 &lt; 2 &amp; 3"), "{html}");
        assert!(!html.contains("p\"1"), "{html}");
    }

    #[test]
    fn steps_of_a_short_article_keep_their_names() {
        let html = short_article("t", &trace("Wait, it is 5."), &[]).unwrap();
        assert!(html.contains("id=\"t-step-0\"><b class=\"margin\">0 <i>9</i></b>"), "{html}");
    }

    #[test]
    fn steps_can_be_linked_to_and_say_what_they_are() {
        let html = article("t", &trace("Wait, it is 5."), &[]).unwrap();
        for expect in [
            "id=\"t-step-0\"",
            "class=\"step answer\"",
            "a switch marker",
            "first step that asserts",
            "solution 1",
        ] {
            assert!(html.contains(expect), "{expect}: {html}");
        }
    }
}
