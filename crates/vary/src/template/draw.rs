//! Instances of a template: drawn, none of them the original, none twice.

use std::collections::BTreeSet;

use num_traits::Signed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Filling, Instance, Template, TemplateError};
use crate::draws::Draws;
use crate::lists::Member;
use crate::number::Number;

/// What is drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Varied {
    /// Names and other words.
    pub words: bool,
    /// Numbers.
    pub numbers: bool,
}

impl Varied {
    /// What instances are called that differ from the original by it.
    pub fn word(self) -> &'static str {
        match (self.words, self.numbers) {
            (true, false) => "names",
            (false, true) => "numbers",
            _ => "names_numbers",
        }
    }
}

impl Default for Varied {
    fn default() -> Self {
        Self { words: true, numbers: true }
    }
}

/// How large drawn numbers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Magnitude {
    /// With as many digits as the original's, so that variants are no harder to compute.
    #[default]
    Keep,
    /// Whatever the template allows.
    Free,
}

/// How instances are drawn.
#[derive(Clone, Copy, Debug)]
pub struct DrawSettings {
    /// How many.
    pub instances: u32,
    /// From which seed.
    pub seed: u64,
    /// Tries for each.
    pub draws: u32,
    /// What is drawn anew; the rest stays as it is in the original.
    pub varied: Varied,
    /// How large drawn numbers are.
    pub magnitude: Magnitude,
}

impl Default for DrawSettings {
    fn default() -> Self {
        Self { instances: 5, seed: 1, draws: 10_000, varied: Varied::default(), magnitude: Magnitude::Keep }
    }
}

impl Template {
    /// So many instances. Each has random numbers of its own, by seed, name and number, so neither another template nor more
    /// instances change it; one that is the original, or was there already, is drawn again.
    ///
    /// # Errors
    /// Nothing that was drawn meets the conditions, or too little of it is distinct.
    pub fn instances(&self, settings: &DrawSettings) -> Result<Vec<Instance>, TemplateError> {
        let refuse = |reason: String| TemplateError { id: self.id.clone(), line: None, reason };
        let original = self.original().map_err(&refuse)?.problem;
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for number in 0..settings.instances {
            let mut draws = Draws::new(settings.seed, &self.id, u64::from(number));
            let tries =
                std::iter::repeat_with(|| self.draw(settings, &mut draws)).take(settings.draws as usize);
            let mut fresh = None;
            for instance in tries.flatten() {
                if seen.insert(instance.problem.clone()) && instance.problem != original {
                    fresh = Some(instance);
                    break;
                }
            }
            match fresh {
                Some(instance) => found.push(instance),
                None if seen.is_empty() => {
                    let draws = grouped(settings.draws);
                    return Err(refuse(format!("no instance met the conditions in {draws} draws")));
                }
                None => {
                    let (distinct, wanted) = (seen.len(), settings.instances);
                    return Err(refuse(format!("{distinct} distinct instances, {wanted} wanted")));
                }
            }
        }
        Ok(found)
    }

    fn draw(&self, settings: &DrawSettings, draws: &mut Draws) -> Option<Instance> {
        let mut filling = Filling::new();
        for binding in &self.bindings {
            let is_number = binding.is_number();
            let varies = if is_number { settings.varied.numbers } else { settings.varied.words };
            let members = if varies {
                binding.draw(&filling, draws)?
            } else {
                binding.names().map(|name| self.original.get(name).cloned()).collect::<Option<_>>()?
            };
            for (name, member) in binding.names().zip(members) {
                if settings.magnitude == Magnitude::Keep && !self.is_as_large(name, &member) {
                    return None;
                }
                // Two people of one name are one.
                if !is_number && filling.values().any(|other| *other == member) {
                    return None;
                }
                filling.insert(name.to_owned(), member);
            }
        }
        self.filled(&filling).ok().filter(|instance| instance.allowed)
    }

    fn is_as_large(&self, name: &str, member: &Member) -> bool {
        let original = self.original.get(name).and_then(|member| member.number.as_ref());
        match (original, &member.number) {
            (Some(original), Some(number)) => digits(original) == digits(number),
            _ => true,
        }
    }
}

/// Digits before the point.
fn digits(number: &Number) -> usize {
    number.abs().to_integer().to_string().len()
}

fn grouped(number: u32) -> String {
    tables::thousands(u64::from(number))
}
