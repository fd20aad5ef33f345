//! One trace, cut where something was found.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use tables::{
    ForcedAnswer, Generation, JudgeState, Judgment, Problem, Rollout, Score, Solution, Split, Thought, Tree,
};

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
    /// What completions from its end came to.
    pub rollout: Option<Rollout>,
    /// The answer that was demanded behind it.
    pub forced: Option<ForcedAnswer>,
}

impl Segment {
    /// How many completions came right from its end, with Wilson's interval, in words.
    pub fn value(&self) -> Option<String> {
        let rollout = self.rollout.as_ref()?;
        let Some((low, high)) = stats::wilson(rollout.right, rollout.decided()) else {
            return Some("right from here: nobody could tell".to_owned());
        };
        let early = if rollout.early { ", then no more were drawn" } else { "" };
        let cut = if rollout.cut > 0 { format!(", {} cut", rollout.cut) } else { String::new() };
        let (right, of) = (rollout.right, rollout.decided());
        Some(format!(
            "right from here: {right} of {of} ({:.0}–{:.0} %){cut}{early}",
            100.0 * low,
            100.0 * high
        ))
    }

    /// The answer that was demanded behind it, in words.
    pub fn answer_here(&self) -> Option<String> {
        let forced = self.forced.as_ref()?;
        let answer = forced.answer.as_deref().unwrap_or("none");
        let right = match forced.right {
            Some(true) => ", right",
            Some(false) => ", wrong",
            None => "",
        };
        Some(format!("answer if it ended here: {answer}{right}"))
    }
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
    /// The tree that it is a path of, where a search grew one; all of its paths share it.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "shared")]
    pub tree: Option<Arc<Tree>>,
}

fn shared<S: Serializer>(tree: &Option<Arc<Tree>>, serializer: S) -> Result<S::Ok, S::Error> {
    tree.as_deref().serialize(serializer)
}

impl Trace {
    /// Puts together what the tables of a run say about one reply; nothing if the steps are not those of its thinking.
    pub fn of(
        problem: Problem,
        generation: Generation,
        split: &Split,
        judgment: Judgment,
        score: Score,
    ) -> Option<Self> {
        let segments = segments(generation.thought(), split, &judgment)?;
        // The whole reply of a model that does not think is measured, and is no answer besides.
        let thinks = generation.reasoning_source != Generation::NO_REASONING;
        let answer = if thinks { generation.answer_text } else { String::new() };
        let (error, note) = (generation.error, split.note.clone());
        Some(Self { problem, segments, answer, score, judgment, error, note, tree: None })
    }

    /// What completions tell of the whole: where the answer was lost for good, or won.
    pub fn turning(&self) -> Option<String> {
        let rollouts = self.judgment.rollouts.as_ref().filter(|rollouts| !rollouts.is_empty())?;
        let from = |holds: fn(&Rollout) -> bool| rollouts.iter().rev().take_while(|one| holds(one)).last();
        let right = self.score.grade.correct()?;
        let (step, what) = match right {
            true => (
                from(|one| one.decided() > 0 && one.right == one.decided())?.step,
                "every completion comes to",
            ),
            false => (self.judgment.first_error?, "no completion comes to"),
        };
        let surprises = self.judgment.surprises().filter(|count| *count > 0);
        let but = surprises.map(|count| format!(", but for {count} later steps")).unwrap_or_default();
        Some(format!("From the end of step {step} on {what} the right answer{but}"))
    }

    /// The step that first asserts the right answer.
    pub fn first_correct(&self) -> Option<u32> {
        self.judgment.step.filter(|_| self.judgment.state == JudgeState::Found)
    }
}

fn segments(text: &str, split: &Split, judgment: &Judgment) -> Option<Vec<Segment>> {
    let found = judgment.step.filter(|_| judgment.state == JudgeState::Found);
    let slice = |from: u32, to: Option<u32>| match to {
        Some(to) => text.get(from as usize..to as usize).map(str::to_owned),
        None => text.get(from as usize..).map(str::to_owned),
    };
    let nexts = split.steps.iter().skip(1).map(|next| Some(next.start)).chain([None]);
    let mut through = 0;
    let mut segments = Vec::with_capacity(split.steps.len());
    for ((number, step), next) in (0_u32..).zip(&split.steps).zip(nexts) {
        through += step.tokens;
        let mut solutions = (0_u32..).zip(judgment.solutions.iter().flatten());
        let solution = solutions.find(|(_, solution)| solution.end == number);
        segments.push(Segment {
            step: number,
            phase: phase(number, found),
            lead: if number == 0 { slice(0, Some(step.start))? } else { String::new() },
            text: slice(step.start, Some(step.end))?,
            gap: slice(step.end, next)?,
            tokens_through: through,
            thoughts: thoughts(judgment, step.start, step.end),
            solution: solution.map(|(_, solution)| solution.clone()),
            solution_number: solution.map(|(at, _)| at),
            rollout: judgment.rollouts.iter().flatten().find(|one| one.step == number).cloned(),
            forced: judgment.forced.iter().flatten().find(|one| one.step == number).cloned(),
        });
    }
    Some(segments)
}

fn phase(step: u32, found: Option<u32>) -> Phase {
    match found {
        Some(found) if step == found => Phase::Answer,
        Some(found) if step > found => Phase::After,
        _ => Phase::Before,
    }
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
        let segments = segments(text, &split, &judgment).unwrap();
        let phases: Vec<Phase> = segments.iter().map(|segment| segment.phase).collect();
        assert_eq!(phases, [Phase::Before, Phase::Answer, Phase::After]);
        assert_eq!((segments[0].lead.as_str(), segments[0].gap.as_str()), ("\n", "\n\n"));
        assert_eq!((segments[1].solution.as_ref(), segments[1].solution_number), (Some(&solution), Some(0)));
        assert_eq!(segments[2].thoughts, [(0, thought)]);
        assert_eq!(segments[2].tokens_through, 12 + 10 + 15);
    }

    #[test]
    fn values_and_turning_points_are_told_in_words() {
        let rollout = |step, right| Rollout { step, asked: 8, right, ..Rollout::default() };
        let of = |right: &[u32], grade, first_error| {
            let rollouts = Some((0..).zip(right).map(|(step, right)| rollout(step, *right)).collect());
            let judgment = Judgment { rollouts, first_error, ..judged(None) };
            let score = Score { grade, ..Score::default() };
            let generation = Generation {
                reasoning: "a b c".into(),
                reasoning_source: "tags".into(),
                ..Generation::default()
            };
            Trace::of(Problem::default(), generation, &split(&[(0, 1), (2, 3), (4, 5)]), judgment, score)
                .unwrap()
        };
        let wrong = of(&[5, 0, 1], tables::Verdict::Wrong, Some(1));
        let value = |at: usize| wrong.segments[at].value().unwrap();
        assert_eq!(
            (value(0).as_str(), value(1).as_str()),
            ("right from here: 5 of 8 (31–86 %)", "right from here: 0 of 8 (0–32 %)")
        );
        let expect =
            "From the end of step 1 on no completion comes to the right answer, but for 1 later steps";
        assert_eq!(wrong.turning().as_deref(), Some(expect));
        let right = of(&[5, 8, 8], tables::Verdict::Right, None);
        let expect = "From the end of step 1 on every completion comes to the right answer";
        assert_eq!(right.turning().as_deref(), Some(expect));
        assert_eq!(of(&[5, 8, 7], tables::Verdict::Right, None).turning(), None);
        assert_eq!(of(&[], tables::Verdict::Right, None).turning(), None);
    }

    #[test]
    fn without_a_verdict_everything_stands_before() {
        let segments = segments("a b", &split(&[(0, 1), (2, 3)]), &judged(None)).unwrap();
        assert!(segments.iter().all(|segment| segment.phase == Phase::Before));
    }

    #[test]
    fn steps_of_another_thinking_are_refused() {
        let check = |text: &str, spans: &[(u32, u32)]| {
            assert_eq!(segments(text, &split(spans), &judged(None)), None, "{text}");
        };
        check("a b", &[(0, 1), (2, 4)]);
        check("é b", &[(0, 1), (3, 4)]);
        check("a b", &[(2, 3), (0, 1)]);
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
                .unwrap()
                .into_iter()
                .map(|segment| segment.lead + &segment.text + &segment.gap)
                .collect();
            prop_assert_eq!(whole, text);
        }
    }
}
