//! What variants change: drops, recall, arrival, cost; the unit is the original with all its variants.

use stats::{
    Draws, Kind, Missing, REACH, Stratum, Unit, conditional_logistic, holm, kolmogorov_smirnov, mcnemar,
    mean_interval, normal_tails, permutation,
};

use super::variants::{Asked, Cluster, Measure, Varied};

/// All kinds together.
pub(crate) const ALL: &str = "all";
/// With fewer clusters that have right and wrong replies nothing is said of the size of numbers.
const LEAST_DISCORDANT: usize = 10;
pub(crate) const DRAWS: Draws = Draws { resamples: 2000, seed: 0 };

/// A mean of differences between originals and variants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Paired {
    /// Clusters behind it.
    pub(crate) clusters: usize,
    /// Means of both.
    pub(crate) original: f64,
    pub(crate) variants: f64,
    /// Mean of variants − original.
    pub(crate) change: f64,
    /// Its standard error; none of one cluster.
    pub(crate) se: Option<f64>,
    /// Its 95 % interval.
    pub(crate) ends: Result<[f64; 2], Missing>,
    /// By sign flips of clusters.
    pub(crate) p: f64,
    /// After Holm's correction for the number of kinds.
    pub(crate) p_holm: Option<f64>,
}

/// Wrong answers to variants that are the original's.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recall {
    /// Wrong replies whose right answer is not the original's.
    pub(crate) wrong: u64,
    /// Those that give the original's answer.
    pub(crate) old: u64,
    /// How many of them would by chance: by the share that gives another variant's answer. None where there is no other.
    pub(crate) chance: Option<f64>,
    /// Clusters in which the old answer is given more often than others', and less often.
    pub(crate) more: u64,
    pub(crate) less: u64,
    /// Of the exact test over these clusters.
    pub(crate) p: Option<f64>,
}

/// Accuracy of each set of variants, as GSM-Symbolic tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sets {
    pub(crate) accuracies: Vec<f64>,
    pub(crate) original: f64,
}

/// The drop with the size of numbers held equal, in log-odds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Adjusted {
    pub(crate) clusters: usize,
    /// Log-odds of a variant against its original, with 95 % ends and p: as it is, and at equal size of numbers.
    pub(crate) plain: [f64; 4],
    pub(crate) adjusted: [f64; 4],
}

/// All that is told of one kind of variants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) kind: String,
    pub(crate) right: Option<Paired>,
    pub(crate) arrival: Option<Paired>,
    pub(crate) own_arrival: Option<Paired>,
    /// Of logarithms.
    pub(crate) thinking: Option<Paired>,
    pub(crate) waste: Option<Paired>,
    pub(crate) switches: Option<Paired>,
    pub(crate) recall: Recall,
    pub(crate) sets: Sets,
    pub(crate) adjusted: Result<Adjusted, String>,
    /// How much larger numbers are, in powers of ten, and how far their distributions are apart.
    pub(crate) drift: Option<[f64; 2]>,
}

/// Each kind, and all of them together where there are several.
pub(crate) fn changes(varied: &Varied) -> Vec<Change> {
    let kinds = varied.kinds();
    let mut changes: Vec<Change> = kinds.iter().map(|kind| change(varied, kind)).collect();
    let p: Vec<Option<f64>> = changes.iter().map(|change| Some(change.right.as_ref()?.p)).collect();
    for (change, p) in changes.iter_mut().zip(holm(&p)) {
        if let Some(right) = &mut change.right {
            right.p_holm = p;
        }
    }
    if kinds.len() > 1 {
        changes.push(change(varied, ALL));
    }
    changes
}

fn change(varied: &Varied, kind: &str) -> Change {
    let own = |measure| paired(&pairs(varied, kind, measure, |value| value));
    Change {
        kind: kind.to_owned(),
        right: own(Measure::Right),
        arrival: own(Measure::Arrival),
        own_arrival: own(Measure::OwnArrival),
        thinking: paired(&pairs(varied, kind, Measure::Thinking, f64::ln)),
        waste: own(Measure::Waste),
        switches: own(Measure::Switches),
        recall: recall(varied, kind),
        sets: sets(varied, kind),
        adjusted: adjusted(varied, kind),
        drift: drift(varied, kind),
    }
}

/// The variants of a kind, or of all.
fn of_kind<'a>(cluster: &'a Cluster, kind: &'a str) -> impl Iterator<Item = &'a Asked> {
    cluster.variants.iter().filter(move |(name, _)| kind == ALL || *name == kind).flat_map(|(_, asked)| asked)
}

/// Original and mean of the variants, for each cluster that has both.
fn pairs(varied: &Varied, kind: &str, measure: Measure, of: fn(f64) -> f64) -> Vec<[f64; 2]> {
    let pair = |cluster: &Cluster| {
        let original = of(cluster.original.as_ref()?.mean(measure)?);
        let all: Vec<f64> = of_kind(cluster, kind).filter_map(|asked| asked.mean(measure)).map(of).collect();
        (!all.is_empty()).then(|| [original, all.iter().sum::<f64>() / all.len() as f64])
    };
    varied.clusters.values().filter_map(pair).collect()
}

/// The mean difference over clusters; none of none.
pub(crate) fn paired(pairs: &[[f64; 2]]) -> Option<Paired> {
    let count = pairs.len() as f64;
    let mean = |place: usize| pairs.iter().map(|pair| pair[place]).sum::<f64>() / count;
    if pairs.is_empty() {
        return None;
    }
    let units: Vec<Unit> = pairs.iter().map(|[o, v]| Unit { sum: v - o, n: 1.0 }).collect();
    let change = mean(1) - mean(0);
    let squares: f64 = units.iter().map(|unit| (unit.sum - change).powi(2)).sum();
    Some(Paired {
        clusters: pairs.len(),
        original: mean(0),
        variants: mean(1),
        change,
        se: (pairs.len() > 1).then(|| (squares / (count - 1.0) / count).sqrt()),
        ends: mean_interval(Kind::Signed, &units, DRAWS).map(|found| [found.low, found.high]),
        p: permutation(&units, DRAWS.seed),
        p_holm: None,
    })
}

/// How much more the second loses than the first, over the problems of both.
pub(crate) fn drops_apart(first: &Varied, second: &Varied) -> Option<Paired> {
    let drop = |cluster: &Cluster| {
        let all: Vec<f64> = of_kind(cluster, ALL).filter_map(|asked| asked.mean(Measure::Right)).collect();
        let original = cluster.original.as_ref()?.mean(Measure::Right)?;
        (!all.is_empty()).then(|| original - all.iter().sum::<f64>() / all.len() as f64)
    };
    let both = |(id, cluster): (&String, &Cluster)| Some([drop(cluster)?, drop(second.clusters.get(id)?)?]);
    paired(&first.clusters.iter().filter_map(both).collect::<Vec<_>>())
}

impl Sets {
    /// Mean and standard deviation over the sets.
    pub(crate) fn spread(&self) -> Option<[f64; 2]> {
        let count = self.accuracies.len() as f64;
        let mean = self.accuracies.iter().sum::<f64>() / count;
        let squares: f64 = self.accuracies.iter().map(|accuracy| (accuracy - mean).powi(2)).sum();
        (count > 1.0).then(|| [mean, (squares / (count - 1.0)).sqrt()])
    }
}

fn recall(varied: &Varied, kind: &str) -> Recall {
    let mut recall = Recall::default();
    let mut chance = Unit::default();
    for cluster in varied.clusters.values() {
        let replies = of_kind(cluster, kind).flat_map(|asked| &asked.recalled);
        let (mut old, mut others) = (Unit::default(), Unit::default());
        for (hit, other) in replies.filter_map(|(hit, other)| Some(((*hit)?, *other))) {
            old.add(f64::from(u8::from(hit)));
            if let Some(other) = other {
                others.add(other);
            }
        }
        recall.wrong += old.n as u64;
        recall.old += old.sum as u64;
        chance.sum += others.sum;
        chance.n += others.n;
        if old.n > 0.0 && others.n > 0.0 {
            let surplus = old.sum / old.n - others.sum / others.n;
            recall.more += u64::from(surplus > 0.0);
            recall.less += u64::from(surplus < 0.0);
        }
    }
    recall.chance = (chance.n > 0.0).then(|| chance.sum / chance.n * recall.wrong as f64);
    recall.p = recall.chance.map(|_| mcnemar(recall.more, recall.less));
    recall
}

/// The first variants of all clusters are a set, the second ones another.
fn sets(varied: &Varied, kind: &str) -> Sets {
    let mut all: Vec<Unit> = Vec::new();
    let mut original = Unit::default();
    for cluster in varied.clusters.values() {
        let Some(own) = cluster.original.as_ref().and_then(|asked| asked.mean(Measure::Right)) else {
            continue;
        };
        for (at, right) in of_kind(cluster, kind).filter_map(|asked| asked.mean(Measure::Right)).enumerate() {
            if all.len() <= at {
                all.push(Unit::default());
            }
            all[at].add(right);
        }
        original.add(own);
    }
    let accuracies = all.iter().map(|unit| unit.sum / unit.n).collect();
    Sets { accuracies, original: if original.n > 0.0 { original.sum / original.n } else { 0.0 } }
}

fn adjusted(varied: &Varied, kind: &str) -> Result<Adjusted, String> {
    let strata: Vec<Stratum> =
        varied.clusters.values().filter_map(|cluster| stratum(cluster, kind)).collect();
    let clusters = strata.iter().filter(|stratum| stratum.is_discordant()).count();
    if clusters < LEAST_DISCORDANT {
        return Err(format!(
            "only {clusters} problems have right and wrong replies; it takes {LEAST_DISCORDANT}"
        ));
    }
    let first = |stratum: &Stratum| Stratum {
        rows: stratum.rows.iter().map(|(row, right)| (vec![row[0]], *right)).collect(),
    };
    let plain: Vec<Stratum> = strata.iter().map(first).collect();
    let endless = || "right and wrong replies are told apart without fail".to_owned();
    let told = |strata: &[Stratum]| {
        let (beta, spread) = conditional_logistic(strata)?;
        let se = spread.at(0, 0).sqrt();
        Some([beta[0], beta[0] - REACH * se, beta[0] + REACH * se, normal_tails(beta[0] / se)])
    };
    Ok(Adjusted {
        clusters,
        plain: told(&plain).ok_or_else(endless)?,
        adjusted: told(&strata).ok_or("the size of numbers cannot be told from being a variant")?,
    })
}

/// Each reply with whether it is to a variant and how large the numbers are.
fn stratum(cluster: &Cluster, kind: &str) -> Option<Stratum> {
    let rows = |asked: &Asked, variant: f64| -> Option<Vec<(Vec<f64>, bool)>> {
        let magnitude = asked.magnitude?;
        Some(asked.right.iter().map(|right| (vec![variant, magnitude], *right)).collect())
    };
    let mut all = rows(cluster.original.as_ref()?, 0.0)?;
    all.extend(of_kind(cluster, kind).filter_map(|asked| rows(asked, 1.0)).flatten());
    Some(Stratum { rows: all })
}

fn drift(varied: &Varied, kind: &str) -> Option<[f64; 2]> {
    let (mut shift, mut before, mut after) = (Unit::default(), Vec::new(), Vec::new());
    for cluster in varied.clusters.values() {
        let Some(original) = &cluster.original else { continue };
        for variant in of_kind(cluster, kind) {
            if let Some((old, new)) = original.magnitude.zip(variant.magnitude) {
                shift.add(new - old);
            }
            before.extend(&original.numbers);
            after.extend(&variant.numbers);
        }
    }
    let distance = kolmogorov_smirnov(&before, &after)?;
    (shift.n > 0.0).then(|| [shift.sum / shift.n, distance])
}

#[cfg(test)]
mod tests {
    use stats::{draw, generator};

    use super::*;

    #[test]
    fn the_drop_has_its_golden_figures() {
        let drops = [0.0, 0.2, 0.6, 0.0, -0.2, 0.4, 0.0, 0.0];
        let pairs: Vec<[f64; 2]> = drops.iter().map(|drop| [1.0, 1.0 - drop]).collect();
        let found = paired(&pairs).unwrap();
        assert!((found.change + 0.125).abs() < 1e-12, "{found:?}");
        assert!((found.se.unwrap() - 0.092_099).abs() < 1e-6, "{found:?}");
        assert!((found.p - 0.375).abs() < 1e-12, "{found:?}");
        assert!(paired(&[]).is_none());
    }

    /// Replies to a problem, right or wrong.
    fn asked(right: &[bool]) -> Asked {
        let mut asked = Asked::default();
        right.iter().for_each(|right| asked.answered(*right));
        asked
    }

    /// A model whose chance of being right is drawn for each problem and is the same on all its variants.
    fn without_memory(clusters: u64, seed: u64) -> Varied {
        let mut generator = generator(seed, 0);
        let mut uniform = || draw(&mut generator, 1 << 20) as f64 / f64::from(1 << 20);
        let mut varied = Varied::default();
        for cluster in 0..clusters {
            let chance = uniform();
            let mut reply = || asked(&[uniform() < chance]);
            let original = Some(reply());
            let variants = [("numbers".to_owned(), (0..4).map(|_| reply()).collect())].into();
            varied.clusters.insert(cluster.to_string(), Cluster { original, variants });
        }
        varied
    }

    #[test]
    fn without_memory_the_interval_holds_nothing_as_often_as_it_says() {
        const SEEDS: u64 = 300;
        let held = (0..SEEDS).filter(|seed| {
            let changes = changes(&without_memory(50, *seed));
            let [low, high] = changes[0].right.as_ref().unwrap().ends.unwrap();
            low <= 0.0 && 0.0 <= high
        });
        let share = held.count() as f64 / SEEDS as f64;
        println!("no drop is within the interval in {:.1} %", share * 100.0);
        assert!((0.93..=0.97).contains(&share), "{share}");
    }

    #[test]
    fn who_knows_originals_by_heart_gives_the_old_answer() {
        let mut varied = Varied::default();
        for at in 0..40_u32 {
            let right = at % 2 == 0;
            let mut variant = asked(&[right]);
            if !right {
                variant.recalled.push((Some(at % 3 > 0), Some(0.0)));
            }
            let cluster = Cluster {
                original: Some(asked(&[true])),
                variants: [("numbers".to_owned(), vec![variant])].into(),
            };
            varied.clusters.insert(at.to_string(), cluster);
        }
        let found = &changes(&varied)[0];
        let right = found.right.as_ref().unwrap();
        assert!(
            (right.change + 0.5).abs() < 1e-12 && right.ends.unwrap()[1] < 0.0 && right.p < 0.001,
            "{right:?}"
        );
        assert_eq!((found.recall.wrong, found.recall.old, found.recall.chance), (20, 13, Some(0.0)));
        assert!(found.recall.p.unwrap() < 0.001, "{:?}", found.recall);
        assert_eq!((found.sets.accuracies.clone(), found.sets.original), (vec![0.5], 1.0));
    }

    #[test]
    fn two_drops_are_held_against_each_other_over_the_same_problems() {
        let (one, other) = (without_memory(30, 1), without_memory(30, 2));
        let apart = drops_apart(&one, &other).unwrap();
        assert_eq!(apart.clusters, 30);
        let own = drops_apart(&one, &one).unwrap();
        assert_eq!((own.change, own.p), (0.0, 1.0));
        assert!(drops_apart(&one, &Varied::default()).is_none());
    }
}
