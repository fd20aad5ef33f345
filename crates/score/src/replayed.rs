//! What stopping early would have made of a problem's samples: asked by several figures, worked out once.

use std::sync::OnceLock;

use stats::{Heap, Says, Stopped};
use tables::Score;

use crate::Plan;
use crate::reasons::output_tokens;

/// Of each rule of the plan, once somebody asks.
#[derive(Debug)]
pub struct Replays(Vec<OnceLock<Stopped>>);

impl Replays {
    /// For one problem.
    pub fn of(plan: &Plan) -> Self {
        Self(plan.rules.iter().map(|_| OnceLock::new()).collect())
    }

    /// What the plan's rule at this place would have drawn of these samples, which are the same whoever asks.
    pub(crate) fn stopped(&self, plan: &Plan, rule: usize, samples: &[&Score]) -> Stopped {
        let effort = || plan.effort(samples.first().map_or("", |score| score.problem_id.as_str()));
        *self.0[rule].get_or_init(|| plan.rules[rule].replay(&heaps(samples), effort()))
    }
}

/// The samples that give the same answer; `right` is of the first of them, by which the others joined.
struct Class<'a> {
    samples: Vec<&'a Score>,
    right: bool,
}

/// Samples that no vote and no rule can tell apart: each answer, all lone right and all lone wrong answers, silence.
fn heaps(samples: &[&Score]) -> Vec<Heap> {
    let (classes, silent) = classes(samples);
    let (shared, lone): (Vec<Class<'_>>, Vec<Class<'_>>) =
        classes.into_iter().partition(|class| class.samples.len() > 1);
    let mut heaps: Vec<Heap> =
        shared.iter().map(|class| heap(Says::One { right: class.right }, &class.samples)).collect();
    for right in [true, false] {
        let alike = lone.iter().filter(|class| class.right == right);
        let alike: Vec<&Score> = alike.flat_map(|class| class.samples.iter().copied()).collect();
        heaps.push(heap(Says::Many { right }, &alike));
    }
    heaps.push(heap(Says::Nothing, &silent));
    heaps
}

fn classes<'a>(samples: &[&'a Score]) -> (Vec<Class<'a>>, Vec<&'a Score>) {
    let mut classes: Vec<(u32, Class<'a>)> = Vec::new();
    let mut silent = Vec::new();
    for score in samples.iter().copied() {
        let Some(number) = score.answer_class else {
            silent.push(score);
            continue;
        };
        match classes.iter_mut().find(|(known, _)| *known == number) {
            Some((_, class)) => class.samples.push(score),
            None => {
                let right = score.correct == Some(true);
                classes.push((number, Class { samples: vec![score], right }));
            }
        }
    }
    (classes.into_iter().map(|(_, class)| class).collect(), silent)
}

fn heap(says: Says, samples: &[&Score]) -> Heap {
    let tokens: Option<f64> = samples.iter().map(|score| output_tokens(score)).sum();
    let size = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    Heap { says, size, tokens: tokens.map(|tokens| tokens / samples.len() as f64) }
}
