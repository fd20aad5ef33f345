//! One trace, cut where something was found.

use serde::Serialize;
use tables::{Generation, JudgeState, Judgment, Problem, Score, Solution, Split, Thought};

/// Where a piece of the thinking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the first step that asserts the right answer; the whole thinking where there is none.
    Before,
    /// That step.
    Answer,
    /// Behind it.
    After,
}

/// A step of the thinking with what stands behind it up to the next one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// The step's number, from 0.
    pub step: u32,
    /// Where it stands.
    pub phase: Phase,
    /// Blank text before the first step, which belongs to no step; empty for all others.
    pub lead: String,
    /// Its text.
    pub text: String,
    /// The separator behind it.
    pub gap: String,
    /// Tokens from the start of the thinking through its end.
    pub tokens_through: u32,
    /// Thoughts that start in it, with the byte in `text` at which each does.
    pub thoughts: Vec<(u32, Thought)>,
    /// The round of solution that ends with it.
    pub solution: Option<Solution>,
    /// Its place among the rounds, from 0.
    pub solution_number: Option<u32>,
}

/// A trace with everything that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// The problem.
    pub problem: Problem,
    /// The thinking, step by step; empty where there is none.
    pub segments: Vec<Segment>,
    /// What follows the thinking.
    pub answer: String,
    /// Its measures.
    pub score: Score,
    /// The judge's words.
    pub judgment: Judgment,
    /// Why there is no reply.
    pub error: Option<String>,
    /// What the splitter has to say.
    pub note: Option<String>,
}

impl Trace {
    /// Puts together what the tables of a run say about one reply.
    pub fn of(
        problem: Problem,
        generation: Generation,
        split: &Split,
        judgment: Judgment,
        score: Score,
    ) -> Self {
        let segments = segments(generation.thought(), split, &judgment);
        // The whole reply of a model that does not think is measured, and is no answer besides.
        let answer = if generation.reasoning_source == Generation::NO_REASONING {
            String::new()
        } else {
            generation.answer_text
        };
        Self { problem, segments, answer, score, judgment, error: generation.error, note: split.note.clone() }
    }

    /// The step that first asserts the right answer.
    pub fn first_correct(&self) -> Option<u32> {
        self.judgment.step.filter(|_| self.judgment.state == JudgeState::Found)
    }
}

fn segments(text: &str, split: &Split, judgment: &Judgment) -> Vec<Segment> {
    let found = judgment.step.filter(|_| judgment.state == JudgeState::Found);
    let mut through = 0;
    let mut segments = Vec::with_capacity(split.steps.len());
    for (at, step) in split.steps.iter().enumerate() {
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        let next = split.steps.get(at + 1).map_or(text.len(), |next| next.start as usize);
        through += step.tokens;
        let solutions = judgment.solutions.as_deref().unwrap_or_default();
        let solution = solutions.iter().position(|solution| solution.end == number);
        segments.push(Segment {
            step: number,
            phase: phase(number, found),
            lead: if at == 0 { slice(text, 0, step.start as usize) } else { String::new() },
            text: slice(text, step.start as usize, step.end as usize),
            gap: slice(text, step.end as usize, next),
            tokens_through: through,
            thoughts: thoughts(judgment, step.start, step.end),
            solution: solution.and_then(|at| solutions.get(at).cloned()),
            solution_number: solution.and_then(|at| u32::try_from(at).ok()),
        });
    }
    segments
}

fn phase(step: u32, found: Option<u32>) -> Phase {
    match found {
        Some(found) if step == found => Phase::Answer,
        Some(found) if step > found => Phase::After,
        _ => Phase::Before,
    }
}

fn slice(text: &str, from: usize, to: usize) -> String {
    text.get(from..to).unwrap_or_default().to_owned()
}

/// Thoughts but the first one, which no marker opens.
fn thoughts(judgment: &Judgment, start: u32, end: u32) -> Vec<(u32, Thought)> {
    let all = judgment.thoughts.iter().flatten().filter(|thought| thought.marker.is_some());
    let here = all.filter(|thought| (start..end).contains(&thought.start));
    here.map(|thought| (thought.start - start, thought.clone())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tables::Step;

    use super::*;

    fn judged(step: Option<u32>) -> Judgment {
        let state = if step.is_some() { JudgeState::Found } else { JudgeState::Absent };
        Judgment { state, step, ..Judgment::default() }
    }

    fn split(spans: &[(u32, u32)]) -> Split {
        let steps = spans.iter().map(|(start, end)| Step { start: *start, end: *end, tokens: end - start });
        Split { steps: steps.collect(), ..Split::default() }
    }

    #[test]
    fn steps_stand_before_at_and_behind_the_answer() {
        let text = "\nTwo and two.\n\nThat is 4.\n\nWait, again: 4.\n";
        let split = split(&[(1, 13), (15, 25), (27, 42)]);
        let solution = Solution { correct: Some(true), ..Solution::ending_at(1) };
        let thought = Thought { start: 27, step: 2, marker: Some("Wait".into()), ..Thought::default() };
        let first = Thought::default();
        let judgment = Judgment {
            solutions: Some(vec![solution.clone()]),
            thoughts: Some(vec![first, thought.clone()]),
            ..judged(Some(1))
        };
        let segments = segments(text, &split, &judgment);
        let phases: Vec<Phase> = segments.iter().map(|segment| segment.phase).collect();
        assert_eq!(phases, [Phase::Before, Phase::Answer, Phase::After]);
        assert_eq!((segments[0].lead.as_str(), segments[0].gap.as_str()), ("\n", "\n\n"));
        assert_eq!((segments[1].solution.as_ref(), segments[1].solution_number), (Some(&solution), Some(0)));
        assert_eq!(segments[2].thoughts, [(0, thought)]);
        assert_eq!(segments[2].tokens_through, 12 + 10 + 15);
    }

    #[test]
    fn without_a_verdict_everything_stands_before() {
        let segments = segments("a b", &split(&[(0, 1), (2, 3)]), &judged(None));
        assert!(segments.iter().all(|segment| segment.phase == Phase::Before));
    }

    proptest! {
        #[test]
        fn nothing_of_the_thinking_is_lost(parts in proptest::collection::vec("[a-zé]{1,5}", 1..8), found in 0_u32..8) {
            let text = format!("\n{}\n", parts.join("\n\n"));
            let mut spans = Vec::new();
            let mut at = 1;
            for part in &parts {
                spans.push((at as u32, (at + part.len()) as u32));
                at += part.len() + 2;
            }
            let whole: String = segments(&text, &split(&spans), &judged(Some(found)))
                .into_iter()
                .map(|segment| segment.lead + &segment.text + &segment.gap)
                .collect();
            prop_assert_eq!(whole, text);
        }
    }
}
