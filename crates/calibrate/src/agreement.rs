//! Against labels of the first assertion.

use dataset::labelled::Label;
use serde::Serialize;
use tables::Judgment;

use crate::material::Case;
use crate::step_of;
use stats::Proportion;

/// How well a judge finds the first step that asserts the answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Assertions {
    /// The labelled step, exactly; of the traces that hold one. A failed verdict is a miss.
    pub exact: Proportion,
    /// A step that can be defended.
    pub inside: Proportion,
    /// At most one step beside what can be defended.
    pub within_one: Proportion,
    /// Before what can be defended.
    pub early: Proportion,
    /// Behind it.
    pub late: Proportion,
    /// No step, where there is one.
    pub missed: Proportion,
    /// No step, of the traces in which there is none.
    pub left_alone: Proportion,
    /// Mean distance to the labelled step's end in tokens, of traces in which the judge found a step.
    pub tokens_apart: Option<f64>,
    /// Mean of judged − labelled T̂/T: above 0 the judge is late, and efficiency comes out too low.
    pub bias: Option<f64>,
    /// Mean of its absolute value.
    pub mean_error: Option<f64>,
}

impl Assertions {
    pub(crate) fn of(pairs: &[(&Case, &Judgment)]) -> Self {
        let held: Vec<(LabelledBand, Option<i64>)> = pairs
            .iter()
            .filter_map(|(case, judgment)| Some((LabelledBand::of(case)?, step_of(judgment))))
            .collect();
        let share = |hit: fn(&LabelledBand, i64) -> bool| {
            Proportion::count(held.iter().map(|(place, step)| step.is_some_and(|step| hit(place, step))))
        };
        let nowhere = pairs.iter().filter(|(case, _)| matches!(case.first_correct, Label::Nowhere));
        let errors = efficiency_errors(pairs);
        Self {
            exact: share(|place, step| step == place.step),
            inside: share(|place, step| (place.lo..=place.hi).contains(&step)),
            within_one: share(|place, step| step >= 0 && (place.lo - 1..=place.hi + 1).contains(&step)),
            early: share(|place, step| step >= 0 && step < place.lo),
            late: share(|place, step| step > place.hi),
            missed: share(|_, step| step < 0),
            left_alone: Proportion::count(nowhere.map(|(_, judgment)| step_of(judgment) == Some(-1))),
            tokens_apart: mean(&apart(pairs)),
            bias: mean(&errors),
            mean_error: mean(&errors.iter().map(|error| error.abs()).collect::<Vec<_>>()),
        }
    }
}

struct LabelledBand {
    step: i64,
    lo: i64,
    hi: i64,
}

impl LabelledBand {
    fn of(case: &Case) -> Option<Self> {
        let band = case.first_correct.at()?;
        let signed = |at: usize| i64::try_from(at).ok();
        Some(Self { step: signed(band.step)?, lo: signed(band.lo)?, hi: signed(band.hi)? })
    }
}

/// Tokens through the labelled step and through the judged one; through the end where the judge found none, as T̂ is
/// defined.
fn tokens(case: &Case, judgment: &Judgment) -> Option<(u32, u32)> {
    let label = u32::try_from(case.first_correct.at()?.step).ok()?;
    let judged = match step_of(judgment)? {
        step if step < 0 => case.split.tokens,
        _ => case.split.tokens_through(judgment.step?),
    };
    Some((case.split.tokens_through(label), judged))
}

fn apart(pairs: &[(&Case, &Judgment)]) -> Vec<f64> {
    let found = pairs.iter().filter(|(_, judgment)| judgment.step.is_some());
    let both = found.filter_map(|(case, judgment)| tokens(case, judgment));
    both.map(|(label, judged)| f64::from(label.abs_diff(judged))).collect()
}

/// Judged − labelled T̂/T of every trace that holds the answer and has a verdict.
pub(crate) fn efficiency_errors(pairs: &[(&Case, &Judgment)]) -> Vec<f64> {
    let error = |(case, judgment): &(&Case, &Judgment)| {
        let (label, judged) = tokens(case, judgment)?;
        let all = f64::from(case.split.tokens);
        (all > 0.0).then(|| (f64::from(judged) - f64::from(label)) / all)
    };
    pairs.iter().filter_map(error).collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
