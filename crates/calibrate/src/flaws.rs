//! A verifier of steps as a judge of errors: the first step that it thinks little of is the first wrong one.

use chat::{Dialogue, Endpoint, dialogue};
use dataset::labelled::Label;
use judge::{Item, Judge, absent, failed, found};
use stats::discrimination;
use tables::Judgment;
use verify::{Case as Shown, Outcome, Verifier};

use crate::material::Case;

/// A step that it gives less is called wrong.
const WRONG: f64 = 0.5;

/// A verifier that is held against labels.
pub struct Flaws(Box<dyn Verifier>);

impl Flaws {
    /// Of a verifier that looks at steps; one that does not has nothing to be held against.
    pub fn of(verifier: Box<dyn Verifier>) -> Option<Self> {
        verifier.looks_at_steps().then_some(Self(verifier))
    }
}

impl Judge for Flaws {
    fn name(&self) -> String {
        self.0.name()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        let shown = Shown {
            problem: item.problem.problem.clone(),
            choices: item.problem.choices.clone(),
            reply: item.generation.thought().to_owned(),
            steps: item.stretches(),
            finished: true,
        };
        Box::new(dialogue::then(self.0.open(shown), |outcome| chat::done(judged(outcome))))
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        self.0.endpoints()
    }

    fn needs_gold(&self) -> bool {
        false
    }
}

fn judged(outcome: Outcome) -> Judgment {
    let verdict = match outcome {
        Ok(verdict) => verdict,
        Err(unverified) => return Judgment { raw: unverified.raw, ..failed(unverified.reason) },
    };
    let steps = verdict.steps.unwrap_or_default();
    let first = (0..).zip(&steps).find(|(_, score)| score.is_some_and(|score| score < WRONG));
    let judgment = first.map_or_else(absent, |(step, _)| found(step));
    Judgment { verifier: verdict.score, step_scores: Some(steps), raw: Some(verdict.raw), ..judgment }
}

/// How often a right step has a higher score than a wrong one, equals half: the area under the curve over steps of all traces. Right are
/// those before the first error; what stands behind one is neither.
pub(crate) fn step_auc(pairs: &[(&Case, &Judgment)]) -> Option<f64> {
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    for (case, judgment) in pairs {
        let scores = judgment.step_scores.as_deref().unwrap_or_default();
        let first = match case.first_wrong {
            Label::At(first) => first,
            Label::Nowhere => scores.len(),
            Label::Unknown => continue,
        };
        right.extend(scores.iter().take(first).flatten().copied());
        wrong.extend(scores.get(first).copied().flatten());
    }
    discrimination(&right, &wrong)
}

#[cfg(test)]
mod tests {
    use tables::JudgeState;
    use verify::{Unverified, Verdict};

    use super::*;

    #[test]
    fn the_first_step_below_a_half_is_the_first_wrong_one() {
        let of = |steps: &[Option<f64>]| {
            judged(Ok(Verdict { steps: Some(steps.to_vec()), ..Verdict::default() })).step
        };
        assert_eq!(of(&[Some(0.9), Some(0.5), Some(0.4), Some(0.1)]), Some(2));
        assert_eq!(of(&[Some(0.9), None]), None);
        let failed = judged(Err(Unverified { reason: "down".into(), raw: None }));
        assert_eq!((failed.state, failed.step), (JudgeState::Failed, None));
    }
}
