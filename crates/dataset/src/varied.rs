//! `[dataset] vary`: each problem, and beside it the same in new clothes.

use std::collections::{BTreeMap, BTreeSet};

use plugin::{ConfigError, ConfigErrors, Configured, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stage::{Observer, Summary};
use tables::Problem;
use vary::{Draws, VARIATIONS, Variation};

/// What a problem is among its variants where it stands as it was.
pub(crate) const ORIGINAL: &str = "original";
/// Draws for one variant, until one differs from those that are there.
const TRIES: u64 = 20;

/// Which variants of each problem are made: their ways alone, or all keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Vary {
    /// The ways, by their words.
    Kinds(Vec<Value>),
    /// All keys.
    Keys(VaryKeys),
}

impl Vary {
    /// All keys, with what is usual of those that are not given.
    pub(crate) fn keys(&self) -> VaryKeys {
        match self {
            Self::Kinds(kinds) => VaryKeys { kinds: kinds.clone(), ..VaryKeys::default() },
            Self::Keys(keys) => keys.clone(),
        }
    }
}

/// Which variants of each problem are made.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VaryKeys {
    /// The ways to change a problem, words or tables with `kind`; see `thinkmeter list variations`.
    pub kinds: Vec<Value>,
    /// Variants of each way.
    pub instances: u32,
    /// From which they are drawn.
    pub seed: u64,
    /// The problem as it was stays beside them.
    pub keep_original: bool,
}

impl Default for VaryKeys {
    fn default() -> Self {
        Self { kinds: vec![json!("names"), json!("numbers")], instances: 3, seed: 1, keep_original: true }
    }
}

/// Makes variants, and counts those that could not be made.
pub(crate) struct Varying {
    keys: VaryKeys,
    kinds: Vec<Configured<dyn Variation>>,
    /// The variant is the problem's group.
    grouped: bool,
}

/// What became of the problems: for each way how many variants there are, and why how many problems have none.
#[derive(Default)]
pub(crate) struct Made {
    variants: BTreeMap<&'static str, u64>,
    declined: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
}

impl Varying {
    /// Built from its keys, whose place is `path`; every fault at once.
    pub(crate) fn new(keys: &VaryKeys, path: &str, grouped: bool) -> Result<Self, ConfigErrors> {
        let (mut kinds, mut faults) = (Vec::new(), Vec::new());
        for (at, kind) in keys.kinds.iter().enumerate() {
            match VARIATIONS.build_named(kind, &format!("{path}.kinds[{at}]")) {
                Ok(built) => kinds.push(built),
                Err(found) => faults.extend(found.0),
            }
        }
        let names: BTreeSet<&str> = kinds.iter().map(|kind| kind.kind).collect();
        if names.len() < kinds.len() {
            faults.push(ConfigError::new(format!("{path}.kinds"), "names one way twice"));
        }
        if keys.instances == 0 || (keys.kinds.is_empty() && !keys.keep_original) {
            faults.push(
                ConfigError::new(format!("{path}.instances"), "leaves no problem").hint("give at least 1"),
            );
        }
        if faults.is_empty() {
            Ok(Self { keys: keys.clone(), kinds, grouped })
        } else {
            Err(ConfigErrors(faults))
        }
    }

    /// What results depend on beside the keys.
    pub(crate) fn fingerprint_input(&self) -> Value {
        self.kinds.iter().map(|kind| kind.fingerprint_input.clone()).collect()
    }

    /// The problem, if it stays, and its variants.
    pub(crate) fn expand(&self, problem: Problem, made: &mut Made) -> Vec<Problem> {
        let mut all = Vec::new();
        let mut known = BTreeSet::from([key(&problem)]);
        for kind in &self.kinds {
            for number in 0..self.keys.instances {
                match self.variant(kind, &problem, number, &mut known) {
                    Ok(variant) => {
                        *made.variants.entry(kind.kind).or_default() += 1;
                        all.push(variant);
                    }
                    Err(why) => {
                        *made.declined.entry(kind.kind).or_default().entry(why).or_default() += 1;
                        break;
                    }
                }
            }
        }
        if self.keys.keep_original {
            let cluster = Some(problem.id.clone());
            all.insert(0, self.labelled(Problem { cluster, ..problem }, ORIGINAL));
        }
        all
    }

    /// A variant that is none of those that are there.
    fn variant(
        &self,
        kind: &Configured<dyn Variation>,
        problem: &Problem,
        number: u32,
        known: &mut BTreeSet<(String, Vec<String>)>,
    ) -> Result<Problem, &'static str> {
        let name = format!("{}/{}/{number}", kind.kind, problem.id);
        for draw in 0..TRIES {
            let mut draws = Draws::new(self.keys.seed, &name, draw);
            let varied = kind.built.apply(problem, &mut draws).map_err(|declined| declined.0)?;
            if known.insert(key(&varied)) {
                let id = format!("{}~{}{}", problem.id, kind.kind, number + 1);
                let origin = Some(problem.id.clone());
                return Ok(
                    self.labelled(Problem { id, cluster: origin.clone(), origin, ..varied }, kind.kind)
                );
            }
        }
        Err("no further variant that differs")
    }

    fn labelled(&self, problem: Problem, variant: &str) -> Problem {
        let subset = if self.grouped { variant.to_owned() } else { problem.subset };
        Problem { variant: Some(variant.to_owned()), subset, ..problem }
    }
}

/// What is asked, options in their order.
fn key(problem: &Problem) -> (String, Vec<String>) {
    (problem.problem.clone(), problem.choices.clone())
}

impl Made {
    /// Says it to whoever runs the stage, and in its counts.
    pub(crate) fn tell(&self, observer: &dyn Observer, summary: &mut Summary) {
        for (kind, count) in &self.variants {
            observer.note(&format!("{kind}: {count} variants"));
            summary.counts.insert(format!("varied_{kind}"), *count);
        }
        for (kind, reasons) in &self.declined {
            let all: u64 = reasons.values().sum();
            let mut order: Vec<(&&str, &u64)> = reasons.iter().collect();
            order.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
            let told: Vec<String> = order.iter().map(|(why, count)| format!("{count} × {why}")).collect();
            observer.note(&format!(
                "{kind}: {all} problems are not varied, or not as often: {}",
                told.join("; ")
            ));
            summary.counts.insert(format!("declined_{kind}"), all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Problem {
        Problem {
            id: "q".into(),
            subset: "s".into(),
            problem: text.into(),
            gold: vec!["7".into()],
            ..Problem::default()
        }
    }

    fn varying(keys: Value, grouped: bool) -> Varying {
        Varying::new(&serde_json::from_value(keys).unwrap(), "dataset.vary", grouped).unwrap()
    }

    #[test]
    fn variants_stand_behind_their_original() {
        let varying = varying(json!({"kinds": ["names", "spelling"], "instances": 2}), true);
        let mut made = Made::default();
        let all = varying.expand(problem("Tom has 3 pears. How many has he?"), &mut made);
        let shown: Vec<String> = all
            .iter()
            .map(|p| {
                format!(
                    "{} {:?} {:?} {:?} {}",
                    p.id,
                    p.cluster.as_deref(),
                    p.variant.as_deref(),
                    p.origin.as_deref(),
                    p.subset
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "q Some(\"q\") Some(\"original\") None original",
                "q~names1 Some(\"q\") Some(\"names\") Some(\"q\") names",
                "q~names2 Some(\"q\") Some(\"names\") Some(\"q\") names",
                "q~spelling1 Some(\"q\") Some(\"spelling\") Some(\"q\") spelling",
            ]
        );
        assert_eq!(made.variants, BTreeMap::from([("names", 2), ("spelling", 1)]));
        assert_eq!(made.declined["spelling"], BTreeMap::from([("no further variant that differs", 1)]));
        let again = varying.expand(problem("Tom has 3 pears. How many has he?"), &mut Made::default());
        assert_eq!(again, all, "the same seed, the same variants");
    }

    #[test]
    fn groups_stay_where_the_problems_have_them_and_originals_go_where_nobody_wants_them() {
        let varying = varying(json!({"kinds": ["names"], "instances": 1, "keep_original": false}), false);
        let all = varying.expand(problem("Tom has 3 pears."), &mut Made::default());
        assert_eq!((all.len(), all[0].subset.as_str()), (1, "s"));
    }

    #[test]
    fn faults_are_told_at_once() {
        let keys =
            serde_json::from_value(json!({"kinds": ["nmaes", "names", "names"], "instances": 0})).unwrap();
        let Err(faults) = Varying::new(&keys, "dataset.vary", true) else { panic!("accepted") };
        assert_eq!(
            faults.to_string(),
            "dataset.vary.kinds[0].kind: unknown variation `nmaes` (did you mean `names`?)\n\
             dataset.vary.kinds: names one way twice\n\
             dataset.vary.instances: leaves no problem (give at least 1)"
        );
    }
}
