//! Known problems in new clothes, as tables and sentences.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::numbers::{NOTHING, Unit, whole};
use super::table::{Cell, Column, View, ViewRow};
use super::table_set::TableSet;
use crate::error::ReportError;
use crate::model::{ALL_KINDS, Adjusted, Change, Paired, Varied, changes, drops_apart, read_variants};

const KEYS: &[&str] = &[
    "model",
    "kind",
    "problems",
    "original",
    "variants",
    "drop",
    "drop_low",
    "drop_high",
    "drop_se",
    "p",
    "p_holm",
    "wrong",
    "old_answer",
    "old_answer_by_chance",
    "old_answer_p",
    "arrival_change",
    "arrival_low",
    "arrival_high",
    "arrival_p",
    "own_arrival_change",
    "thinking_ratio",
    "thinking_low",
    "thinking_high",
    "thinking_p",
    "waste_change",
    "switches_change",
    "sets",
    "sets_mean",
    "sets_sd",
    "odds_ratio",
    "odds_ratio_at_equal_size",
    "numbers_drift",
    "numbers_distance",
];

/// Originals against their variants, of these kinds or of all, for each model with a table of scores.
///
/// # Errors
/// A table cannot be read.
pub fn variants(problems: &Path, scores: &[PathBuf], kinds: &[String]) -> Result<TableSet, ReportError> {
    Ok(tables(&read_variants(problems, scores, kinds)?))
}

/// All of it about these models; for programs a record a model and kind.
pub(crate) fn tables(models: &[Varied]) -> TableSet {
    let told: Vec<(&Varied, Vec<Change>)> = models.iter().map(|varied| (varied, changes(varied))).collect();
    let mut views: Vec<View> = told.iter().flat_map(|(varied, changes)| of_model(varied, changes)).collect();
    views.extend(against(models));
    let records =
        told.iter().flat_map(|(varied, changes)| changes.iter().map(|change| record(&varied.model, change)));
    TableSet {
        views,
        keys: KEYS,
        records: records.collect(),
        nothing: "There is no problem with variants: give `[dataset]` a table `vary`.",
        notes: notes(&told),
    }
}

fn of_model(varied: &Varied, changes: &[Change]) -> Vec<View> {
    let model = &varied.model;
    let view = |caption: String, columns: &[&str], row: &dyn Fn(&Change) -> Vec<Cell>| View {
        caption,
        columns: columns.iter().map(|title| Column::plain(title)).collect(),
        rows: changes
            .iter()
            .map(|change| ViewRow { label: change.kind.clone(), cells: row(change), ..ViewRow::default() })
            .collect(),
    };
    let drops = ["variants", "problems", "original", "on variants", "drop", "p (Holm)"];
    let ways = ["variants", "arrival T̂/T", "own answer", "thinking", "wasted tokens", "switches"];
    let recall = ["variants", "wrong replies", "the original's answer", "by chance", "p"];
    let sets = ["variants", "sets", "accuracy, mean ± sd", "original", "sets at or above it"];
    vec![
        view(format!("Known problems in new clothes: {model}"), &drops, &drop),
        view(format!("How {model} gets there, variants against originals"), &ways, &way),
        view(format!("Does {model} give the old answer?"), &recall, &old_answer),
        view(format!("{model} on each set of variants"), &sets, &of_sets),
    ]
}

fn text(value: Option<String>) -> Cell {
    Cell::text(value.unwrap_or_else(|| NOTHING.to_owned()))
}

/// A change with its interval.
fn changed(paired: Option<&Paired>, unit: Unit) -> Cell {
    let Some(paired) = paired else { return text(None) };
    let interval = paired.ends.ok().map(|[low, high]| ends(unit, low, high));
    Cell { short_interval: interval.clone(), interval, ..Cell::text(unit.difference(paired.change)) }
}

fn ends(unit: Unit, low: f64, high: f64) -> String {
    format!(
        "{} to {}",
        unit.difference(low).trim_end_matches(" pp"),
        unit.difference(high).trim_end_matches(" pp")
    )
}

fn probability(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

fn drop(change: &Change) -> Vec<Cell> {
    let right = change.right.as_ref();
    let share = |value: fn(&Paired) -> f64| text(right.map(|paired| Unit::Share.show(value(paired))));
    let drop = right.map(|paired| Paired {
        change: -paired.change,
        ends: paired.ends.map(|[low, high]| [-high, -low]),
        ..paired.clone()
    });
    vec![
        text(right.map(|paired| whole(paired.clusters as u64))),
        share(|paired| paired.original),
        share(|paired| paired.variants),
        changed(drop.as_ref(), Unit::Share),
        text(right.map(|paired| probability(paired.p_holm.unwrap_or(paired.p)))),
    ]
}

fn way(change: &Change) -> Vec<Cell> {
    vec![
        changed(change.arrival.as_ref(), Unit::Share),
        changed(change.own_arrival.as_ref(), Unit::Share),
        ratio(change.thinking.as_ref()),
        changed(change.waste.as_ref(), Unit::Tokens),
        changed(change.switches.as_ref(), Unit::Number),
    ]
}

/// A difference of logarithms as a quotient.
fn ratio(paired: Option<&Paired>) -> Cell {
    let times = |log: f64| format!("×{:.2}", log.exp());
    let Some(paired) = paired else { return text(None) };
    let interval = paired.ends.ok().map(|[low, high]| format!("{:.2}–{:.2}", low.exp(), high.exp()));
    Cell { short_interval: interval.clone(), interval, ..Cell::text(times(paired.change)) }
}

fn old_answer(change: &Change) -> Vec<Cell> {
    let recall = &change.recall;
    vec![
        Cell::text(whole(recall.wrong)),
        Cell::text(whole(recall.old)),
        text(recall.chance.map(|chance| format!("{chance:.1}"))),
        text(recall.p.map(probability)),
    ]
}

fn of_sets(change: &Change) -> Vec<Cell> {
    let sets = &change.sets;
    let above = sets.accuracies.iter().filter(|accuracy| **accuracy >= sets.original).count();
    vec![
        Cell::text(whole(sets.accuracies.len() as u64)),
        text(sets.spread().map(|[mean, sd]| format!("{} ± {:.1}", Unit::Share.show(mean), sd * 100.0))),
        text((!sets.accuracies.is_empty()).then(|| Unit::Share.show(sets.original))),
        Cell::text(whole(above as u64)),
    ]
}

/// Drops of models against the first one's, over the problems of both.
fn against(models: &[Varied]) -> Option<View> {
    let (first, others) = models.split_first()?;
    let row = |other: &Varied| {
        let apart = drops_apart(first, other);
        let p = text(apart.as_ref().map(|paired| probability(paired.p)));
        let count = text(apart.as_ref().map(|paired| whole(paired.clusters as u64)));
        let cells = vec![count, changed(apart.as_ref(), Unit::Share), p];
        ViewRow { label: other.model.clone(), cells, ..ViewRow::default() }
    };
    let rows: Vec<ViewRow> = others.iter().map(row).collect();
    (!rows.is_empty()).then(|| View {
        caption: format!("How much more than {} the others lose, over all variants", first.model),
        columns: ["model", "problems", "drop − drop", "p"].map(Column::plain).to_vec(),
        rows,
    })
}

fn notes(told: &[(&Varied, Vec<Change>)]) -> Vec<String> {
    if told.is_empty() {
        return Vec::new();
    }
    let mut notes = vec![
        "A problem with all its variants counts once. Drop: accuracy on the original − mean over its variants; 95 % intervals \
         over problems, p by sign flips of problems, corrected after Holm over the ways to change a problem."
            .to_owned(),
        "The old answer: wrong replies to a variant that give the original's answer, against those that give another variant's; \
         exact test over problems. Sets: the first variants of all problems, the second ones, and so on; no test."
            .to_owned(),
    ];
    for (varied, changes) in told {
        notes.extend(changes.iter().filter_map(|change| of_size(&varied.model, change)));
    }
    // What is said of texts is the same for all models.
    if let Some((_, changes)) = told.first() {
        notes.extend(changes.iter().filter_map(of_drift));
        let unproven = changes.iter().filter(|change| is_unproven(&change.kind));
        notes.extend(unproven.map(|change| {
            format!("{}: that the answer stays is how texts usually work, and not proven.", change.kind)
        }));
    }
    notes
}

/// The drop at equal size of numbers, where sizes differ.
fn of_size(model: &str, change: &Change) -> Option<String> {
    const ALIKE: f64 = 0.005;
    change.drift.filter(|[shift, _]| shift.abs() > ALIKE)?;
    Some(match &change.adjusted {
        Ok(Adjusted { clusters, plain, adjusted }) => {
            let odds = |[beta, low, high, p]: &[f64; 4]| {
                format!("{:.2} times ({:.2}–{:.2}, p {})", beta.exp(), low.exp(), high.exp(), probability(*p))
            };
            format!(
                "{model}, {}: a variant has {} the odds of the original; at equal size of numbers {}; over {clusters} problems \
                 with right and wrong replies.",
                change.kind,
                odds(plain),
                odds(adjusted)
            )
        }
        Err(why) => format!("{model}, {}: no drop at equal size of numbers: {why}.", change.kind),
    })
}

fn of_drift(change: &Change) -> Option<String> {
    const FAR: f64 = 0.05;
    let [shift, distance] = change.drift?;
    (distance > FAR && change.kind != ALL_KINDS).then(|| {
        format!(
            "{}: numbers are {:.2} times as large as in the originals, and their distributions are {distance:.2} apart (K–S); \
             some of the drop may be theirs.",
            change.kind,
            10_f64.powf(shift)
        )
    })
}

fn is_unproven(kind: &str) -> bool {
    let built = vary::VARIATIONS.build(&json!({"kind": kind}), "kind");
    built.is_ok_and(|variation| !variation.built.is_proven())
}

fn record(model: &str, change: &Change) -> Vec<Value> {
    let named = vec![json!(model), json!(change.kind)];
    [named, of_drop(change), of_ways(change), of_rest(change)].concat()
}

fn ends_of(paired: Option<&Paired>) -> Option<[f64; 2]> {
    paired.and_then(|paired| paired.ends.ok())
}

fn of_drop(change: &Change) -> Vec<Value> {
    let (right, recall) = (change.right.as_ref(), &change.recall);
    vec![
        json!(right.map(|paired| paired.clusters)),
        json!(right.map(|paired| paired.original)),
        json!(right.map(|paired| paired.variants)),
        json!(right.map(|paired| -paired.change)),
        json!(ends_of(right).map(|[_, high]| -high)),
        json!(ends_of(right).map(|[low, _]| -low)),
        json!(right.and_then(|paired| paired.se)),
        json!(right.map(|paired| paired.p)),
        json!(right.and_then(|paired| paired.p_holm)),
        json!(recall.wrong),
        json!(recall.old),
        json!(recall.chance),
        json!(recall.p),
    ]
}

fn of_ways(change: &Change) -> Vec<Value> {
    let of = |paired: &Option<Paired>| paired.as_ref().map(|paired| paired.change);
    let (arrival, thinking) = (change.arrival.as_ref(), change.thinking.as_ref());
    vec![
        json!(of(&change.arrival)),
        json!(ends_of(arrival).map(|[low, _]| low)),
        json!(ends_of(arrival).map(|[_, high]| high)),
        json!(arrival.map(|paired| paired.p)),
        json!(of(&change.own_arrival)),
        json!(of(&change.thinking).map(f64::exp)),
        json!(ends_of(thinking).map(|[low, _]| low.exp())),
        json!(ends_of(thinking).map(|[_, high]| high.exp())),
        json!(thinking.map(|paired| paired.p)),
        json!(of(&change.waste)),
        json!(of(&change.switches)),
    ]
}

fn of_rest(change: &Change) -> Vec<Value> {
    let spread = change.sets.spread();
    let odds =
        |which: fn(&Adjusted) -> &[f64; 4]| change.adjusted.as_ref().ok().map(|found| which(found)[0].exp());
    vec![
        json!(change.sets.accuracies.len()),
        json!(spread.map(|[mean, _]| mean)),
        json!(spread.map(|[_, sd]| sd)),
        json!(odds(|found| &found.plain)),
        json!(odds(|found| &found.adjusted)),
        json!(change.drift.map(|[shift, _]| shift)),
        json!(change.drift.map(|[_, distance]| distance)),
    ]
}
