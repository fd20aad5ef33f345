//! The `[score]` table of a pipeline.

use std::collections::BTreeMap;
use std::path::Path;

use plugin::{ConfigError, ConfigErrors, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stage::RunLayout;

use stats::Weighing;

use crate::judge_error::JudgeErrors;
use crate::selecting;
use crate::selector::Selector;
use crate::switches::{self, Matcher};
use crate::{RewardConfig, ScoreError};

/// Raised whenever the same configuration gives other scores.
const SCORE_VERSION: u32 = 8;
/// Raised whenever the same scores give other metrics.
const MEASURE_VERSION: u32 = 8;

/// Selectors that are used where they say something of a reply.
const USUAL_SELECTORS: [&str; 4] = ["answer_logprob", "logprob", "stated", "token_confidence"];

/// How generations are graded and measured, and how figures over them are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ScoreConfig {
    /// Which phrases count as a switch to another line of thought.
    pub switch_markers: SwitchMarkers,
    /// How the 95 % intervals are made.
    pub bootstrap: Bootstrap,
    /// The k of figures over k samples of a problem, such as pass@k; if not given, 1, 2, 4, … up to the samples that there
    /// are.
    pub k: Option<Vec<u32>>,
    /// The budgets of the budget curve, in tokens of thinking; if not given, 128, 256, … up to the longest thinking.
    pub budgets: Option<Vec<u32>>,
    /// Tokens of thinking at which overthinking-adjusted accuracy ends.
    #[schemars(range(min = 1))]
    pub t_max: u32,
    /// So many positions of solutions are told apart.
    #[schemars(range(min = 1, max = 100))]
    pub positions: u32,
    /// A recorded column with a verifier's score of each reply, the higher the better: short for the selector `verifier`.
    pub verifier: Option<String>,
    /// What picks among the samples of a problem and weighs their votes, see `thinkmeter list selectors`; if not given, those
    /// of `answer_logprob`, `logprob`, `stated`, `token_confidence` and `verifier` that say something of a reply.
    pub selectors: Option<Vec<Value>>,
    /// What the tokens of the verifier cost, from its own table.
    #[serde(skip)]
    #[schemars(skip)]
    pub verifier_price: Option<chat::Price>,
    /// What a vote weighs; if not given, what suits its selector.
    #[schemars(with = "Option<String>", extend("enum" = ["raw", "softmax", "rank", "top_share"]))]
    pub weighting: Option<Weighting>,
    /// The temperature of `softmax`.
    pub temperature: f64,
    /// The share of samples that vote under `top_share`.
    #[schemars(range(max = 1))]
    pub top_share: f64,
    /// Rules to stop sampling early, priced over the samples that there are, see `thinkmeter list stopping`; if not given,
    /// `beta` at 0.9, 0.95 and 0.99 where a problem has four samples.
    pub stopping: Option<Vec<Value>>,
    /// The constants of length rewards.
    pub rewards: RewardConfig,
    /// The measured error that the intervals of what the judge found carry: `measured` is that of the judge `rule`, by kind
    /// of answer, as it comes with the program (other judges have none); else a file of `thinkmeter calibrate` for whoever
    /// judges; `none` carries none.
    pub judge_error: String,
    /// What that says.
    #[serde(skip)]
    #[schemars(skip)]
    pub judge_errors: JudgeErrors,
    /// Also compute another tool's figures, by its own rules: `evalthink`.
    // Spelled out because a one-word enumeration has no list of words in its schema to suggest from.
    #[schemars(with = "Option<String>", extend("enum" = ["evalthink"]))]
    pub compat: Option<Compat>,
}

impl Default for ScoreConfig {
    fn default() -> Self {
        Self {
            switch_markers: SwitchMarkers::default(),
            bootstrap: Bootstrap::default(),
            k: None,
            budgets: None,
            t_max: 1000,
            positions: 4,
            verifier: None,
            verifier_price: None,
            selectors: None,
            weighting: None,
            temperature: 1.0,
            top_share: 0.1,
            stopping: None,
            rewards: RewardConfig::default(),
            judge_error: JudgeErrors::MEASURED.to_owned(),
            judge_errors: JudgeErrors::measured(),
            compat: None,
        }
    }
}

/// Which phrases count as a switch to another line of thought; matched case-insensitively on word boundaries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SwitchMarkers {
    /// Lists of markers to count, see `thinkmeter list cues`: one a language, and some for families of models.
    pub sets: Vec<String>,
    /// Further markers.
    pub add: Vec<String>,
    /// Markers of these lists that do not count.
    pub remove: Vec<String>,
    /// Lists for single models in place of `sets`, by the model's name in the pipeline.
    pub models: BTreeMap<String, Vec<String>>,
}

impl Default for SwitchMarkers {
    fn default() -> Self {
        let sets = vec!["english".to_owned(), "chinese".to_owned()];
        Self { sets, add: Vec::new(), remove: Vec::new(), models: BTreeMap::new() }
    }
}

/// How the 95 % intervals of means are made: a bootstrap over problems. Those of shares need no draws.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Bootstrap {
    /// How often problems are drawn anew; 0 makes no intervals of means.
    #[schemars(range(max = 100_000))]
    pub resamples: u32,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { resamples: 1000, seed: 0 }
    }
}

/// What a vote weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// As much as the selector's value.
    Raw,
    /// exp(value / temperature).
    Softmax,
    /// Its place from below.
    Rank,
    /// One, for the best share of the samples alone.
    TopShare,
}

/// Another tool whose figures can be computed by its own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compat {
    /// EvalScope's EvalThink: six figures per sample and their plain means over all samples.
    Evalthink,
}

impl ScoreConfig {
    /// Reads and checks the `[score]` table; `path` is its place in the pipeline.
    pub fn parse(table: &Value, path: &str) -> Result<Self, ConfigErrors> {
        if table.get("policy").is_some() {
            let fault = ConfigError::new(format!("{path}.policy"), "replies are graded by the stage `grade`");
            return Err(fault.hint("write it into the table [grade]").into());
        }
        let mut config: Self = plugin::parse(table, path)?;
        let mut faults = config.faults(path);
        match JudgeErrors::named(&config.judge_error) {
            Ok(errors) => config.judge_errors = errors,
            Err(why) => faults.0.push(ConfigError::new(format!("{path}.judge_error"), why)),
        }
        if faults.0.is_empty() { Ok(config) } else { Err(faults) }
    }

    /// How a run was scored, by the pipeline file in its folder; the usual way where there is none.
    ///
    /// # Errors
    /// The file cannot be read, or its table `[score]` is wrong.
    pub fn of_run(folder: &Path) -> Result<Self, ScoreError> {
        let path = RunLayout::new(folder).pipeline();
        let wrong = |reason: String| ScoreError::Pipeline { path: path.clone(), reason };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(error.to_string())),
        };
        let document: Value = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let table = document.get("score").cloned().unwrap_or_else(|| json!({}));
        Self::parse(&table, "score").map_err(|errors| wrong(errors.to_string()))
    }

    /// Everything that the schema cannot see: marker lists that do not exist, markers without text, k = 0.
    pub fn faults(&self, path: &str) -> ConfigErrors {
        let markers = &self.switch_markers;
        let place = format!("{path}.switch_markers");
        let mut faults = parameter_faults(&self.k, &format!("{path}.k"), 512);
        faults.extend(parameter_faults(&self.budgets, &format!("{path}.budgets"), u32::MAX));
        faults.extend(reward_faults(&self.rewards, &format!("{path}.rewards")));
        faults.extend(self.vote_faults(path));
        faults.extend(unknown_sets(&markers.sets, &format!("{place}.sets")));
        for (model, sets) in &markers.models {
            faults.extend(unknown_sets(sets, &format!("{place}.models.{model}")));
        }
        let blank = markers.add.iter().position(|marker| marker.trim().is_empty());
        faults.extend(blank.map(|at| ConfigError::new(format!("{place}.add[{at}]"), "must not be empty")));
        if faults.is_empty() {
            let built = std::iter::once(None).chain(markers.models.keys().map(|model| Some(model.as_str())));
            faults.extend(
                built
                    .filter_map(|model| self.matcher(model).err())
                    .map(|why| ConfigError::new(place.clone(), why)),
            );
        }
        ConfigErrors(faults)
    }

    fn vote_faults(&self, path: &str) -> Vec<ConfigError> {
        let selectors = selecting::parse(&self.selector_tables(), &format!("{path}.selectors")).err();
        let rules =
            stopping::parse(self.stopping.as_deref().unwrap_or(&[]), &format!("{path}.stopping")).err();
        let above = |key: &str, value: f64| {
            let fault = || ConfigError::new(format!("{path}.{key}"), format!("{value} is not above 0"));
            (!(value.is_finite() && value > 0.0)).then(fault)
        };
        let shares = [above("temperature", self.temperature), above("top_share", self.top_share)];
        selectors
            .into_iter()
            .chain(rules)
            .flat_map(|faults| faults.0)
            .chain(shares.into_iter().flatten())
            .collect()
    }

    /// The selectors as they are asked for, or all that need no more than there may be.
    fn selector_tables(&self) -> Vec<Value> {
        let verifier = self.verifier.as_ref().map(|column| json!({"kind": "verifier", "column": column}));
        let short = |item: &Value| match (item.as_str(), &verifier) {
            (Some("verifier"), Some(full)) => full.clone(),
            _ => item.clone(),
        };
        match &self.selectors {
            Some(given) => given.iter().map(short).collect(),
            None => {
                let whole = verifier.clone().unwrap_or_else(|| json!("verifier"));
                let of_steps =
                    |aggregate: &verify::Aggregate| json!({"kind": "verifier", "aggregate": aggregate});
                let usual = USUAL_SELECTORS.iter().map(|kind| json!(kind)).chain([whole]);
                usual.chain(verify::Aggregate::ALL.iter().map(of_steps)).collect()
            }
        }
    }

    /// What picks and weighs samples.
    pub(crate) fn selectors(&self) -> Result<Vec<Box<dyn Selector>>, ConfigErrors> {
        selecting::parse(&self.selector_tables(), "score.selectors")
    }

    /// What a vote weighs where the configuration says so.
    pub(crate) fn weighing(&self) -> Option<Weighing> {
        Some(match self.weighting? {
            Weighting::Raw => Weighing::Raw,
            Weighting::Softmax => Weighing::Softmax { temperature: self.temperature },
            Weighting::Rank => Weighing::Rank,
            Weighting::TopShare => Weighing::Top { share: self.top_share },
        })
    }

    /// Name and content of every marker list that is in use: what a fingerprint has to hash besides the
    /// table.
    pub fn ingredients(&self) -> Vec<(String, String)> {
        let markers = &self.switch_markers;
        let used = |name: &str| {
            let mut lists = std::iter::once(&markers.sets).chain(markers.models.values());
            lists.any(|sets| sets.iter().any(|set| set == name))
        };
        let lists = switches::SETS.iter().filter(|(name, _)| used(name));
        lists.map(|(name, text)| (format!("switches/{name}.txt"), (*text).to_owned())).collect()
    }

    /// All that scores depend on besides their input tables.
    pub fn score_identity(&self) -> Value {
        let ingredients: BTreeMap<String, String> = self.ingredients().into_iter().collect();
        json!({
            "version": SCORE_VERSION, "switch_markers": self.switch_markers,
            "compat": self.compat, "ingredients": ingredients, "selectors": self.selector_tables(), "rewards": self.rewards,
        })
    }

    /// All that metrics depend on besides the scores: another seed does not touch the scores.
    pub fn measure_identity(&self) -> Value {
        json!({
            "version": MEASURE_VERSION, "bootstrap": self.bootstrap, "compat": self.compat, "k": self.k,
            "budgets": self.budgets, "t_max": self.t_max, "positions": self.positions, "selectors": self.selector_tables(),
            "given": self.selectors.is_some(), "weighing": self.weighing().map(|weighing| format!("{weighing:?}")),
            "stopping": self.stopping, "judge_errors": self.judge_errors,
        })
    }

    /// Finds the markers that count for `model`, or for the models without lists of their own.
    pub(crate) fn matcher(&self, model: Option<&str>) -> Result<Matcher, String> {
        let markers = &self.switch_markers;
        let sets = model.and_then(|model| markers.models.get(model)).unwrap_or(&markers.sets);
        Matcher::new(&switches::markers(sets, &markers.add, &markers.remove))
    }
}

/// Parameters count from 1.
fn parameter_faults(values: &Option<Vec<u32>>, path: &str, most: u32) -> Vec<ConfigError> {
    let Some(values) = values else { return Vec::new() };
    if values.is_empty() {
        return vec![ConfigError::new(path, "must not be empty").hint("leave the key out for the default")];
    }
    let outside = values.iter().enumerate().filter(|(_, value)| !(1..=most).contains(*value));
    outside
        .map(|(at, value)| {
            ConfigError::new(format!("{path}[{at}]"), format!("{value} is not from 1 to {most}"))
        })
        .collect()
}

fn reward_faults(rewards: &RewardConfig, path: &str) -> Vec<ConfigError> {
    let keys = [("alpha", rewards.alpha), ("delta", rewards.delta), ("lambda", rewards.lambda)];
    let outside = keys.into_iter().filter(|(_, value)| !(value.is_finite() && *value >= 0.0));
    outside.map(|(key, _)| ConfigError::new(format!("{path}.{key}"), "must not be negative")).collect()
}

fn unknown_sets(sets: &[String], path: &str) -> Vec<ConfigError> {
    let known: Vec<&str> = switches::SETS.iter().map(|(name, _)| *name).collect();
    let strangers = sets.iter().enumerate().filter(|(_, set)| !known.contains(&set.as_str()));
    strangers
        .map(|(at, set)| ConfigError::unknown(format!("{path}[{at}]"), "marker list", set, &known))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(table: Value) -> String {
        ScoreConfig::parse(&table, "score").map_or_else(|faults| faults.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn faults_name_the_key() {
        let check = |table, expect: &str| assert_eq!(parsed(table), expect);
        check(json!({}), "fine");
        check(json!({"compat": "evalthink", "bootstrap": {"seed": 7}}), "fine");
        check(json!({"switch_markers": {"models": {"qwq": ["r1"]}, "add": ["anders gesagt"]}}), "fine");
        check(
            json!({"policy": {"decimal_digits": 4}}),
            "score.policy: replies are graded by the stage `grade` (write it into the table [grade])",
        );
        check(
            json!({"compat": "evalthnk"}),
            "score.compat: unknown value `evalthnk` (did you mean `evalthink`?)",
        );
        check(
            json!({"switch_markers": {"sets": ["englisch"], "models": {"qwq": ["r2"]}, "add": [" "]}}),
            "score.switch_markers.sets[0]: unknown marker list `englisch` (did you mean `english`?)\n\
             score.switch_markers.models.qwq[0]: unknown marker list `r2` (did you mean `r1`?)\n\
             score.switch_markers.add[0]: must not be empty",
        );
        check(
            json!({"k": [1, 0], "budgets": [], "rewards": {"alpha": -1.0}, "judge_error": "/no/such.json"}),
            "score.k[1]: 0 is not from 1 to 512\n\
             score.budgets: must not be empty (leave the key out for the default)\n\
             score.rewards.alpha: must not be negative\n\
             score.judge_error: /no/such.json is neither `measured` nor `none`, and cannot be read as a file: No such file or directory (os error 2)",
        );
        check(
            json!({"verifier": "reward", "selectors": ["verifier", {"kind": "column", "column": "r"}]}),
            "fine",
        );
        check(
            json!({"selectors": ["shortst", "verifier", "stated", "stated", {"kind": "column", "column": "a@b"}]}),
            "score.selectors[0].kind: unknown selector `shortst` (did you mean `shortest`?)\n\
             score.selectors[3]: `stated` stands there already\n\
             score.selectors[4].column: `a@b` cannot name a figure (give it a name without `:` and `@`)",
        );
        check(
            json!({"stopping": ["beta", "beta"], "temperature": 0.0, "top_share": -1.0}),
            "score.stopping[1]: `beta95` stands there already\n\
             score.temperature: 0 is not above 0\n\
             score.top_share: -1 is not above 0",
        );
        check(
            json!({"weighting": "softmx"}),
            "score.weighting: unknown value `softmx` (did you mean `softmax`?)",
        );
        check(
            json!({"bootstrap": {"resamples": 200_000, "sed": 1}}),
            "score.bootstrap.resamples: 200000 is too large, the most is 100000\n\
             score.bootstrap.sed: unknown key `sed` (did you mean `seed`?)",
        );
    }

    #[test]
    fn a_default_written_out_is_the_same_configuration() {
        let spelled = serde_json::to_value(ScoreConfig::default()).unwrap();
        let back: ScoreConfig = serde_json::from_value(spelled).unwrap();
        assert_eq!(back, ScoreConfig::default());
    }

    #[test]
    fn identities_change_with_what_they_cover_and_with_nothing_else() {
        let plain = ScoreConfig::default();
        let mut seeded = plain.clone();
        seeded.bootstrap.seed = 9;
        assert_eq!(seeded.score_identity(), plain.score_identity());
        assert_ne!(seeded.measure_identity(), plain.measure_identity());
        let mut marked = plain.clone();
        marked.switch_markers.models.insert("qwq".into(), vec!["r1".into()]);
        assert_ne!(marked.score_identity(), plain.score_identity());
        assert_eq!(marked.measure_identity(), plain.measure_identity());
        let mut tried = plain.clone();
        tried.k = Some(vec![4]);
        tried.judge_errors = JudgeErrors::from(vec![0.1]);
        assert_eq!(tried.score_identity(), plain.score_identity());
        assert_ne!(tried.measure_identity(), plain.measure_identity());
        let names = |config: &ScoreConfig| -> Vec<String> {
            config.ingredients().into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&plain), ["switches/chinese.txt", "switches/english.txt"]);
        assert_eq!(names(&marked), ["switches/chinese.txt", "switches/english.txt", "switches/r1.txt"]);
    }
}
