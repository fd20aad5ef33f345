//! What may stand in gaps.

use num_traits::{Signed, ToPrimitive, Zero};

use super::{Filling, numbers};
use crate::draws::Draws;
use crate::expression::Expression;
use crate::lists::Member;
use crate::number::{Number, fixed, show, whole};

/// Names that are drawn together, and from what.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) targets: Vec<String>,
    pub(crate) source: Source,
}

#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Members of a list, no one twice.
    Members(Vec<Member>),
    /// Members that follow each other in a list.
    Sequence(Vec<Member>),
    /// Numbers from one to another, by steps, no one twice.
    Range(Range),
    /// A number that others give.
    Computed(Expression),
}

/// Numbers from `low` to `high` by `step`.
#[derive(Clone, Debug)]
pub(crate) struct Range {
    pub(crate) low: Expression,
    pub(crate) high: Expression,
    pub(crate) step: Expression,
    /// `high` may be drawn.
    pub(crate) closed: bool,
    /// So many decimals are shown.
    pub(crate) places: Option<u32>,
}

impl Binding {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().map(String::as_str)
    }

    /// Draws its members, by what was drawn before. None where there are too few.
    pub(crate) fn draw(&self, before: &Filling, draws: &mut Draws) -> Option<Vec<Member>> {
        self.source.draw(self.targets.len(), before, draws)
    }

    /// It draws numbers, not words.
    pub(crate) fn is_number(&self) -> bool {
        match &self.source {
            Source::Members(all) | Source::Sequence(all) => all.iter().all(|member| member.number.is_some()),
            Source::Range(_) | Source::Computed(_) => true,
        }
    }

    /// A member that is shown like this; a list of names takes names that are not in it.
    pub(crate) fn member(&self, text: &str) -> Member {
        let known = match &self.source {
            Source::Members(all) | Source::Sequence(all) => all.iter().find(|member| member.text == text),
            Source::Range(_) | Source::Computed(_) => None,
        };
        known.cloned().unwrap_or_else(|| Member::of(text))
    }
}

impl Source {
    /// What it computes with.
    pub(crate) fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Range(range) => vec![&range.low, &range.high, &range.step],
            Self::Computed(expression) => vec![expression],
            Self::Members(_) | Self::Sequence(_) => vec![],
        }
    }

    fn draw(&self, count: usize, before: &Filling, draws: &mut Draws) -> Option<Vec<Member>> {
        match self {
            Self::Members(all) => {
                let places = distinct(all.len() as u64, count, draws)?;
                places.into_iter().map(|place| all.get(usize::try_from(place).ok()?).cloned()).collect()
            }
            Self::Sequence(all) => {
                let starts = (all.len() + 1).checked_sub(count).filter(|starts| *starts > 0)?;
                let start = draws.place(starts);
                Some(all[start..start + count].to_vec())
            }
            Self::Range(range) => range.draw(count, before, draws),
            Self::Computed(expression) => {
                let number = expression.number(&numbers(before)).ok()?;
                Some(vec![Member { text: show(&number), number: Some(number) }])
            }
        }
    }
}

impl Range {
    fn draw(&self, count: usize, before: &Filling, draws: &mut Draws) -> Option<Vec<Member>> {
        let values = numbers(before);
        let number = |expression: &Expression| expression.number(&values).ok();
        let (low, high, step) = (number(&self.low)?, number(&self.high)?, number(&self.step)?);
        let steps = steps(&low, &high, &step, self.closed)?;
        let member = |place: u64| {
            let number = &low + &step * whole(i64::try_from(place).ok()?);
            let text = self.places.map_or_else(|| show(&number), |places| fixed(&number, places));
            Some(Member { text, number: Some(number) })
        };
        distinct(steps, count, draws)?.into_iter().map(member).collect()
    }
}

/// How many numbers there are from `low` on.
fn steps(low: &Number, high: &Number, step: &Number, closed: bool) -> Option<u64> {
    if step.is_zero() {
        return None;
    }
    let reach = (high - low) / step;
    if reach.is_negative() {
        return None;
    }
    let whole_steps = reach.floor().to_integer().to_u64()?;
    let ends_on_high = reach.is_integer();
    if ends_on_high && !closed { Some(whole_steps) } else { whole_steps.checked_add(1) }
}

/// So many different numbers below a bound.
fn distinct(bound: u64, count: usize, draws: &mut Draws) -> Option<Vec<u64>> {
    if bound < count as u64 {
        return None;
    }
    let mut found: Vec<u64> = Vec::new();
    while found.len() < count {
        let place = draws.below(bound);
        if !found.contains(&place) {
            found.push(place);
        }
    }
    Some(found)
}
