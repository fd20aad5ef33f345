//! The table `[arena]` of a pipeline.

use std::collections::BTreeMap;
use std::path::PathBuf;

use plugin::{Component, ConfigError, ConfigErrors, Content, Registry, entry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::judge::{Judge, JudgeKeys};
use super::meeting::Show;
use super::pairing::{Pairing, Pairs};
use super::written::FEATURES;
use crate::fit::{Anchor, POSITION, SAME_FAMILY, Settings, Ties};
use crate::vote::Cluster;

/// The one way to configure it; a registry brings its faults, its defaults and what is hashed of it.
pub(crate) static ARENA: Registry<Made> = Registry::new("arena", &[entry::<Keys>()]).usually(Keys::KIND);

/// Votes between the models of a run, and their ratings.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Keys {
    /// Who is asked which of two answers is better; without one only pairs count whose grades tell.
    judge: Option<JudgeKeys>,
    /// A file of votes in place of made ones, see `thinkmeter list votes`.
    votes: Option<PathBuf>,
    /// Which models meet on each problem: `all`, `against:MODEL`, or `{ most = 2000, seed = 0 }` of all.
    pairs: Pairs,
    /// The judge is shown the right answer, where one is known.
    gold: bool,
    /// What of a reply is shown: `answer`, what follows the thinking, or `thinking`, both. Another question with another outcome.
    show: Show,
    /// Where exactly one of two replies is right, that one wins and nobody is asked.
    graded: bool,
    /// What is held equal, such as `thinking_tokens`.
    control: Vec<String>,
    /// A model whose points are given; the mean has 1000 if not given.
    anchor: Option<AnchorKeys>,
    /// What a tie is: `half` a win for both, or no vote (`drop`).
    ties: Ties,
    /// What counts as one observation, if not the problem: `problem`, `voter` or `vote`.
    cluster: Option<Cluster>,
    /// Virtual ties for each pair that met, so that a model that won everything gets a number.
    prior: f64,
    /// The family of a model or a judge by its name, for `same_family`.
    families: BTreeMap<String, String>,
}

/// A model that holds the scale.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct AnchorKeys {
    /// Its name.
    model: String,
    /// Its points.
    #[serde(default = "middle")]
    score: f64,
}

fn middle() -> f64 {
    1000.0
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            judge: None,
            votes: None,
            pairs: Pairs::default(),
            gold: true,
            show: Show::Answer,
            graded: true,
            control: Vec::new(),
            anchor: None,
            ties: Ties::Half,
            cluster: None,
            prior: 0.0,
            families: BTreeMap::new(),
        }
    }
}

/// How votes come about and what is made of them.
pub(crate) struct Made {
    /// Who is asked.
    pub(crate) judge: Option<Judge>,
    /// A file of votes in place of made ones.
    pub(crate) votes: Option<PathBuf>,
    /// Which models meet.
    pub(crate) pairing: Pairing,
    /// What of a reply is shown.
    pub(crate) show: Show,
    /// Grades decide where they can.
    pub(crate) graded: bool,
    /// How votes become ratings.
    pub(crate) settings: Settings,
}

impl Component for Keys {
    const KIND: &'static str = "arena";
    const ABOUT: &'static str = "votes between the models of a run, and their ratings";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!(in "judge."; "judge.prompt_file");
    type Built = Made;

    fn build(self, content: &mut Content) -> Result<Box<Made>, ConfigErrors> {
        self.check()?;
        let pairing = Pairing::of(&self.pairs)?;
        let judge =
            self.judge.clone().map(|keys| Judge::build(keys, self.gold, self.show, content)).transpose()?;
        let (votes, show, graded) = (self.votes.clone(), self.show, self.graded);
        Ok(Box::new(Made { judge, votes, pairing, show, graded, settings: self.settings() }))
    }
}

impl Keys {
    fn check(&self) -> Result<(), ConfigErrors> {
        let fault = |path: &str, what: &str| Err(ConfigError::new(path, what).into());
        if self.judge.is_some() && self.votes.is_some() {
            return fault("votes", "give either `judge` or `votes`");
        }
        if self.judge.is_none() && self.votes.is_none() && !self.graded {
            return fault("judge", "missing: nobody votes where neither a judge nor grades do");
        }
        if !(self.prior >= 0.0 && self.prior.is_finite()) {
            return fault("prior", "expected a number of 0 or more");
        }
        // What votes of others know is not known before they are read.
        let strange = self.control.iter().find(|name| self.votes.is_none() && !self.knows(name));
        strange.map_or(Ok(()), |name| {
            let known: Vec<&str> = FEATURES.iter().copied().chain([POSITION, SAME_FAMILY]).collect();
            Err(ConfigError::unknown("control", "column", name, &known).into())
        })
    }

    fn knows(&self, name: &str) -> bool {
        FEATURES.contains(&name) || name == POSITION || (name == SAME_FAMILY && !self.families.is_empty())
    }

    fn settings(self) -> Settings {
        let anchor = self.anchor.map(|anchor| Anchor { model: anchor.model, points: anchor.score });
        Settings {
            ties: self.ties,
            cluster: self.cluster,
            prior: self.prior,
            anchor,
            control: self.control,
            families: self.families,
            ..Settings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_named_with_its_key() {
        let check = |mut table: serde_json::Value, expect: &str| {
            table["kind"] = json!("arena");
            let built = ARENA.build(&table, "arena");
            let said = built.map_or_else(|faults| faults.to_string(), |_| "fine".to_owned());
            assert!(said.starts_with(expect), "{table}: {said}");
        };
        check(json!({}), "fine");
        check(json!({"votes": "v.jsonl", "control": ["whatever"]}), "fine");
        check(json!({"judge": {"model": "j"}, "pairs": "against:m"}), "fine");
        check(json!({"judge": {"model": "j"}, "pairs": {"most": 10}}), "fine");
        check(json!({"pairs": "some"}), "arena.pairs: expected `all`, `against:MODEL` or a table");
        check(json!({"pairs": "against:"}), "arena.pairs: names no model");
        check(json!({"pairs": {"most": 0}}), "arena.pairs");
        check(json!({"judge": {"model": ""}}), "arena.judge.model: must name the model that judges");
        check(json!({"judge": {"model": "j"}, "votes": "v"}), "arena.votes: give either");
        check(json!({"graded": false}), "arena.judge: missing");
        check(json!({"control": ["thinking"]}), "arena.control: unknown column `thinking`");
        check(json!({"control": ["same_family"]}), "arena.control: unknown column `same_family`");
        check(json!({"prior": -1}), "arena.prior: expected a number of 0 or more");
        check(json!({"jugde": {}}), "arena.jugde: unknown key `jugde` (did you mean `judge`?)");
        check(json!({"ties": "whole"}), "arena.ties");
    }
}
