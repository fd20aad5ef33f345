//! What the pieces of a reply are labelled by.

use tables::{Generation, Rollout};

use crate::walk::Sample;
use crate::{CurateError, Piece};

/// Where labels come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelSource {
    /// Rounds of solution: each arrives at the right answer or not.
    #[default]
    Rounds,
    /// Steps by roll-outs: some completion from its end came right.
    Rollouts,
    /// The same as a share of the completions.
    Soft,
    /// Steps by a verifier's score of each.
    Verifier,
    /// The same read as a critic's first error: all before the first low score is right, all from it on wrong.
    Judge,
    /// Replies of which roll-outs and the critic name the same first error, or none.
    Consensus,
}

/// How pieces are labelled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Labels {
    /// Where they come from.
    pub source: LabelSource,
    /// From this share or score on a step is right: of roll-outs else from one completion on, of scores else from a half on.
    pub threshold: Option<f64>,
    /// Behind a wrong piece all are wrong.
    pub monotone: bool,
}

/// A score below this is low unless somebody says otherwise.
const HALF: f64 = 0.5;

/// A step's label.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Label {
    right: bool,
    value: Option<f64>,
    n: Option<u32>,
}

impl Label {
    fn hard(right: bool) -> Self {
        Self { right, value: None, n: None }
    }

    /// The outcome of the reply, which nobody estimates.
    fn known(right: bool) -> Self {
        Self { value: Some(f64::from(u8::from(right))), ..Self::hard(right) }
    }
}

impl LabelSource {
    /// What of a judgment it needs, and what to do where no judgment has it.
    pub(crate) fn needs(self) -> (&'static str, &'static str) {
        match self {
            Self::Rounds => ("rounds of solution", "judge again with the task `solutions`"),
            Self::Rollouts | Self::Soft => ("roll-outs", "judge again with the task `rollouts`"),
            Self::Verifier | Self::Judge => {
                ("scores of steps", "judge again with the task `verify` and a verifier of steps")
            }
            Self::Consensus => {
                ("both roll-outs and scores of steps", "judge again with the tasks `rollouts` and `verify`")
            }
        }
    }

    /// The judgment of a sample has that.
    pub(crate) fn is_in(self, sample: &Sample) -> bool {
        match self {
            Self::Rounds => sample.rounds.is_some(),
            Self::Rollouts | Self::Soft => sample.rollouts.is_some(),
            Self::Verifier | Self::Judge => sample.step_scores.is_some(),
            Self::Consensus => sample.rollouts.is_some() && sample.step_scores.is_some(),
        }
    }
}

impl Labels {
    /// # Errors
    /// The threshold is no share.
    pub(crate) fn check(&self) -> Result<(), CurateError> {
        match self.threshold.filter(|threshold| !(*threshold > 0.0 && *threshold <= 1.0)) {
            None => Ok(()),
            Some(wrong) => {
                let fault =
                    plugin::ConfigError::new("threshold", format!("{wrong} is not above 0 and at most 1"));
                Err(CurateError::Settings(fault.into()))
            }
        }
    }

    /// The pieces of a sample; last the answer behind its thinking. The error is the reason to leave it out.
    pub(crate) fn pieces(&self, sample: &Sample) -> Result<Vec<Piece>, &'static str> {
        let mut pieces = match self.source {
            LabelSource::Rounds => rounds(sample)?,
            _ => steps(sample, self.of_steps(sample)?)?,
        };
        if self.monotone {
            let first = pieces.iter().position(|piece| !piece.right).unwrap_or(pieces.len());
            pieces[first..].iter_mut().for_each(|piece| piece.right = false);
        }
        if pieces.is_empty() { Err("empty") } else { Ok(pieces) }
    }

    fn of_steps(&self, sample: &Sample) -> Result<Vec<Label>, &'static str> {
        match self.source {
            LabelSource::Soft => self.by_rollouts(sample, true),
            LabelSource::Verifier => {
                let label = |score: &Option<f64>| {
                    let value = score.ok_or("no_step_score")?;
                    Ok(Label { right: self.is_high(value), value: Some(value), n: None })
                };
                sample.step_scores.as_ref().ok_or("no_step_scores")?.iter().map(label).collect()
            }
            LabelSource::Judge => Ok(before(self.first_low(sample)?, sample)),
            LabelSource::Consensus => {
                let first = self.first_low(sample)?;
                sample.rollouts.as_ref().ok_or("no_rollouts")?;
                if first == sample.first_error { Ok(before(first, sample)) } else { Err("no_consensus") }
            }
            LabelSource::Rollouts | LabelSource::Rounds => self.by_rollouts(sample, false),
        }
    }

    fn is_high(&self, score: f64) -> bool {
        score >= self.threshold.unwrap_or(HALF)
    }

    /// The first step with a low score.
    fn first_low(&self, sample: &Sample) -> Result<Option<u32>, &'static str> {
        let scores = sample.step_scores.as_ref().ok_or("no_step_scores")?;
        for (step, score) in (0..).zip(scores) {
            if !self.is_high(score.ok_or("no_step_score")?) {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    /// The last step's label is the outcome; of one that halving left out it follows from the first error.
    fn by_rollouts(&self, sample: &Sample, soft: bool) -> Result<Vec<Label>, &'static str> {
        let rollouts = sample.rollouts.as_ref().ok_or("no_rollouts")?;
        let count = sample.split.steps.len() as u32;
        let outcome = sample.correct.ok_or("undecided")?;
        let label = |step: u32| match rollouts.iter().find(|rollout| rollout.step == step) {
            Some(rollout) => self.by_rollout(rollout, soft),
            None if step + 1 == count => Ok(Label::known(outcome)),
            None if soft => Err("no_value_of_a_step"),
            None => Ok(Label::hard(step < sample.first_error.ok_or("no_rollouts_of_a_step")?)),
        };
        (0..count).map(label).collect()
    }

    fn by_rollout(&self, rollout: &Rollout, soft: bool) -> Result<Label, &'static str> {
        let (value, n) = (rollout.value(), Some(rollout.decided()));
        let reached = rollout.reached().ok_or("undecided_rollouts")?;
        let right = match self.threshold {
            None if soft => value.ok_or("stopped_early")? > 0.0,
            None => reached,
            Some(threshold) => value.ok_or("stopped_early")? >= threshold,
        };
        Ok(Label { right, value, n })
    }
}

/// All steps before the first error are right.
fn before(first: Option<u32>, sample: &Sample) -> Vec<Label> {
    let steps = 0..sample.split.steps.len() as u32;
    steps.map(|step| Label::hard(first.is_none_or(|first| step < first))).collect()
}

/// The steps with their labels, and the answer behind the thinking.
fn steps(sample: &Sample, labels: Vec<Label>) -> Result<Vec<Piece>, &'static str> {
    let (thought, steps) = (sample.generation.thought(), &sample.split.steps);
    if labels.len() != steps.len() {
        return Err("other_number_of_labels");
    }
    let piece = |(step, label): (&tables::Step, &Label)| {
        // Walking has refused steps that do not fit their text.
        let text = thought.get(step.start as usize..step.end as usize).unwrap_or_default().to_owned();
        Piece { text, right: label.right, value: label.value, n: label.n }
    };
    let mut pieces: Vec<Piece> = steps.iter().zip(&labels).map(piece).collect();
    let answer = sample.generation.answer_text.trim();
    if sample.generation.reasoning_source != Generation::NO_REASONING && !answer.is_empty() {
        let outcome = Label::known(sample.correct == Some(true));
        pieces.push(Piece { text: answer.to_owned(), right: outcome.right, value: outcome.value, n: None });
    }
    Ok(pieces)
}

/// The rounds, blanks between them left out, and last what follows them: the rest of the thinking and the answer.
fn rounds(sample: &Sample) -> Result<Vec<Piece>, &'static str> {
    let rounds = sample.rounds.as_deref().ok_or("no_solutions")?;
    let thought = sample.generation.thought();
    let (mut pieces, mut begin) = (Vec::new(), 0);
    for round in rounds {
        let end = sample.end_of(round.end).ok_or("no_solutions")?;
        // Walking has refused steps that do not fit their text.
        let text = thought.get(begin..end).unwrap_or_default().trim().to_owned();
        pieces.push(Piece::hard(text, round.correct.ok_or("solution_undecided")?));
        begin = end;
    }
    // The last round ends within the text.
    let mut rest = thought.get(begin..).unwrap_or_default().trim().to_owned();
    if sample.generation.reasoning_source != Generation::NO_REASONING {
        let answer = sample.generation.answer_text.trim();
        if !rest.is_empty() && !answer.is_empty() {
            rest.push_str("\n\n");
        }
        rest.push_str(answer);
    }
    if !rest.is_empty() {
        pieces.push(Piece::hard(rest, sample.correct == Some(true)));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tables::{Problem, Split, Step};

    use super::*;

    /// A wrong reply of six steps `s1` … `s6` that does not think, drawn from as in the golden: c = 8 6 5 0 1 of 8.
    fn sample() -> Sample {
        let text = "s1\n\ns2\n\ns3\n\ns4\n\ns5\n\ns6".to_owned();
        let steps = (0..6).map(|at| Step { start: 4 * at, end: 4 * at + 2, tokens: 1 });
        let rollout = |(step, right): (u32, u32)| Rollout { step, asked: 8, right, ..Rollout::default() };
        let reasoning_source = Generation::NO_REASONING.to_owned();
        Sample {
            problem: Arc::new(Problem::default()),
            generation: Generation { answer_text: text, reasoning_source, ..Generation::default() },
            split: Split { steps: steps.collect(), ..Split::default() },
            rounds: None,
            rollouts: Some((0..).zip([8, 6, 5, 0, 1]).map(rollout).collect()),
            first_error: Some(3),
            step_scores: Some([0.9, 0.8, 0.9, 0.2, 0.7, 0.1].map(Some).to_vec()),
            correct: Some(false),
        }
    }

    fn right(labels: Labels, sample: &Sample) -> Result<Vec<u8>, &'static str> {
        Ok(labels.pieces(sample)?.iter().map(|piece| u8::from(piece.right)).collect())
    }

    /// Soft c/8, hard c ≥ 1, by the threshold ½, and what stays wrong; the last step's label is the outcome.
    #[test]
    fn labels_of_the_golden_rollouts() {
        use LabelSource::{Consensus, Judge, Rollouts, Soft, Verifier};
        let check = |source, threshold, monotone, expect: [u8; 6]| {
            assert_eq!(
                right(Labels { source, threshold, monotone }, &sample()),
                Ok(expect.to_vec()),
                "{source:?}"
            );
        };
        check(Rollouts, None, false, [1, 1, 1, 0, 1, 0]);
        check(Rollouts, Some(0.5), false, [1, 1, 1, 0, 0, 0]);
        check(Rollouts, Some(0.7), false, [1, 1, 0, 0, 0, 0]);
        check(Rollouts, None, true, [1, 1, 1, 0, 0, 0]);
        check(Verifier, None, false, [1, 1, 1, 0, 1, 0]);
        check(Judge, None, false, [1, 1, 1, 0, 0, 0]);
        check(Consensus, None, false, [1, 1, 1, 0, 0, 0]);
        let soft = Labels { source: Soft, ..Labels::default() }.pieces(&sample()).unwrap();
        let values: Vec<_> = soft.iter().map(|piece| (piece.value.unwrap(), piece.n)).collect();
        assert_eq!(
            values.iter().map(|(value, _)| *value).collect::<Vec<_>>(),
            [1.0, 0.75, 0.625, 0.0, 0.125, 0.0]
        );
        assert_eq!((values[0].1, values[5].1), (Some(8), None));
        assert_eq!((soft[0].text.as_str(), soft[5].text.as_str()), ("s1", "s6"));
    }

    #[test]
    fn what_has_no_label_says_why() {
        let check = |change: &dyn Fn(&mut Sample), source, expect| {
            let mut sample = sample();
            change(&mut sample);
            assert_eq!(right(Labels { source, ..Labels::default() }, &sample), Err(expect), "{source:?}");
        };
        use LabelSource::{Consensus, Rollouts, Soft, Verifier};
        let rollouts = |sample: &mut Sample| sample.rollouts.take().unwrap();
        check(&|sample| drop(rollouts(sample)), Rollouts, "no_rollouts");
        check(&|sample| sample.first_error = Some(2), Consensus, "no_consensus");
        check(&|sample| sample.step_scores = None, Verifier, "no_step_scores");
        check(&|sample| sample.step_scores.as_mut().unwrap()[2] = None, Verifier, "no_step_score");
        check(&|sample| sample.step_scores.as_mut().unwrap().truncate(5), Verifier, "other_number_of_labels");
        check(&|sample| sample.rollouts.as_mut().unwrap()[0].early = true, Soft, "stopped_early");
        check(&|sample| sample.rollouts.as_mut().unwrap()[0].undecided = 8, Rollouts, "undecided_rollouts");
        let without_first = |sample: &mut Sample| {
            sample.rollouts.as_mut().unwrap().remove(0);
        };
        check(&without_first, Soft, "no_value_of_a_step");
    }

    #[test]
    fn steps_that_halving_left_out_follow_from_the_first_error() {
        let mut halved = sample();
        halved.rollouts.as_mut().unwrap().retain(|rollout| [2, 3, 4].contains(&rollout.step));
        halved.rollouts.as_mut().unwrap()[2].right = 0;
        let labels = Labels { source: LabelSource::Rollouts, ..Labels::default() };
        assert_eq!(right(labels, &halved), Ok(vec![1, 1, 1, 0, 0, 0]));
    }

    #[test]
    fn a_threshold_is_a_share() {
        let check = |threshold| Labels { threshold, ..Labels::default() }.check().is_ok();
        assert!(check(None) && check(Some(0.5)) && check(Some(1.0)));
        assert!(!check(Some(0.0)) && !check(Some(1.5)) && !check(Some(f64::NAN)));
    }
}
