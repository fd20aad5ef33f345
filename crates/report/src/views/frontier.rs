//! What accuracy costs: the ways to answer that are worth their cost, in a table and in words.

use serde_json::{Value, json};
use tables::{MetricValue, OperatingPoint};

use super::numbers::{NOTHING, Unit, counted};
use super::table::{Cell, Column, View, ViewRow};
use super::table_set::TableSet;

/// Two ways are told apart at this chance, or below.
const LEVEL: f64 = 0.05;
/// A way that is on the frontier in fewer draws than this is a coin toss.
const COIN: f64 = 0.6;

/// A table of the points of each dataset and group of problems, with all of them as records.
pub fn frontier(points: &[OperatingPoint], subsets: bool) -> TableSet {
    let mut groups: Vec<(&str, &str)> = Vec::new();
    for point in points {
        let group = (point.dataset.as_str(), point.subset.as_str());
        if (subsets || point.subset == MetricValue::OVERALL) && !groups.contains(&group) {
            groups.push(group);
        }
    }
    let several = groups.len() > 1;
    let view = |(dataset, subset): &(&str, &str)| {
        let shown = points.iter().filter(|point| point.dataset == *dataset && point.subset == *subset);
        let mut view = view(&shown.collect::<Vec<_>>())?;
        if several {
            view.caption = format!("{} · {dataset}, {subset}", view.caption);
        }
        Some(view)
    };
    TableSet {
        views: groups.iter().filter_map(view).collect(),
        keys: KEYS,
        records: points.iter().map(record).collect(),
        nothing: "There is nothing to weigh: no problem has a graded reply of every model.",
        notes: vec![],
    }
}

const KEYS: &[&str] = &[
    "dataset",
    "model",
    "subset",
    "rule",
    "samples",
    "asked",
    "problems",
    "missing",
    "accuracy",
    "low",
    "high",
    "generated_tokens",
    "generated_low",
    "generated_high",
    "prompt_tokens",
    "verifier_tokens",
    "waiting_tokens",
    "money",
    "cost",
    "undominated",
    "on_frontier",
    "behind",
    "behind_p",
    "drawn",
];

fn record(point: &OperatingPoint) -> Vec<Value> {
    let row = json!(point);
    KEYS.iter().map(|key| row[*key].clone()).collect()
}

/// The points that a table and a picture show: those that no other dominates, and one sample of every model. The cheapest
/// comes first, those of unknown cost last.
pub(crate) fn shown<'a>(points: &[&'a OperatingPoint]) -> Vec<&'a OperatingPoint> {
    let is_shown = |point: &&&OperatingPoint| point.undominated == Some(true) || is_single(&point.rule);
    let mut shown: Vec<&OperatingPoint> = points.iter().filter(is_shown).copied().collect();
    shown.sort_by(|a, b| {
        let price = |point: &OperatingPoint| point.price().unwrap_or(f64::INFINITY);
        price(a).total_cmp(&price(b))
    });
    shown
}

/// The rule of one sample.
const SINGLE: &str = "accuracy";
/// The rule of the best path of a search.
const SEARCHED: &str = "search";
/// The family of rules of one sample whose thinking was ended.
const FORCED: &str = "forced";

fn is_single(rule: &str) -> bool {
    rule == SINGLE || rule == SEARCHED || rule.split_once('@').is_some_and(|(family, _)| family == FORCED)
}

/// How a point is called beside others: its model where there are several, and how it answers.
pub(crate) fn name(point: &OperatingPoint, several: bool) -> String {
    let rule = rule_words(&point.rule);
    match (several, is_single(&point.rule)) {
        (true, true) => point.model.clone(),
        (true, false) => format!("{}, {rule}", point.model),
        (false, _) => rule,
    }
}

/// A rule in words: `maj:stated@4` is "vote of 4 by stated".
fn rule_words(rule: &str) -> String {
    let (family, count) = rule.split_once('@').map_or((rule, ""), |(family, count)| (family, count));
    let (kind, by) = family.split_once(':').map_or((family, None), |(kind, by)| (kind, Some(by)));
    let by_words = by.map(|by| format!(" by {by}")).unwrap_or_default();
    match kind {
        SINGLE => "one sample".to_owned(),
        SEARCHED => "search".to_owned(),
        FORCED => format!("one sample, forced at {count} tokens"),
        "maj" => format!("vote of {count}{by_words}"),
        "maj_top25" => format!("vote of the best quarter of {count}{by_words}"),
        "best_of" => format!("best of {count}{by_words}"),
        "laconic" => format!("shortest of {count}"),
        "adaptive" => format!("vote until {}", by.unwrap_or_default()),
        "vote" => "vote of a drawing that stopped early".to_owned(),
        _ => rule.to_owned(),
    }
}

pub(crate) fn several_models(points: &[&OperatingPoint]) -> bool {
    points.windows(2).any(|pair| pair[0].model != pair[1].model)
}

/// A row for each point that is shown; none where there is nothing to weigh.
pub(crate) fn view(points: &[&OperatingPoint]) -> Option<View> {
    let several = several_models(points);
    let shown = shown(points);
    let hidden = points.len() - shown.len();
    let problems = shown.first().filter(|point| point.problems > 0)?.problems;
    let titles = [
        "way to answer",
        "accuracy",
        "generated tokens",
        "waiting tokens",
        "prompt tokens",
        "verifier tokens",
        "money",
        "on the frontier",
        "behind the best",
    ];
    let row = |point: &&OperatingPoint| ViewRow {
        label: name(point, several),
        cells: cells(point),
        ..ViewRow::default()
    };
    let asked = shown.first().map_or(problems, |point| point.asked);
    let over = match asked.saturating_sub(problems) {
        0 => counted(problems, "problem", "problems"),
        missing => format!(
            "{} ({} of some model)",
            counted(problems, "problem", "problems"),
            counted(missing, "other lacks a graded reply", "others lack a graded reply")
        ),
    };
    let dominated = match hidden {
        0 => String::new(),
        hidden => format!("; {} not shown", counted(hidden as u64, "dominated way is", "dominated ways are")),
    };
    let view = View {
        caption: format!("What accuracy costs, a problem, over {over}{dominated}"),
        columns: titles.map(column).to_vec(),
        rows: shown.iter().map(row).collect(),
    };
    Some(without_empty(view))
}

/// A title of two words stands in two lines.
fn column(title: &str) -> Column {
    let lines = || title.replace("way to answer", "way").replacen(' ', "\n", 1);
    Column { header: lines(), short: lines(), ..Column::plain(title) }
}

/// Without columns that say nothing: no price is known, no prompt was counted, or nobody waits for less than is generated.
fn without_empty(mut view: View) -> View {
    let says = |column: usize| {
        let same = |row: &ViewRow| column == WAITING && row.cells[column].text == row.cells[column - 1].text;
        view.rows.iter().any(|row| row.cells[column].text != NOTHING && !same(row))
    };
    let kept: Vec<bool> = (0..view.columns.len() - 1).map(says).collect();
    let mut all = std::iter::once(true).chain(kept.iter().copied());
    view.columns.retain(|_| all.next().unwrap_or(true));
    for row in &mut view.rows {
        let mut kept = kept.iter();
        row.cells.retain(|_| kept.next().copied().unwrap_or(true));
    }
    view
}

/// The place of the waiting tokens among the cells, behind those that are generated.
const WAITING: usize = 2;

fn cells(point: &OperatingPoint) -> Vec<Cell> {
    let ends = |low: Option<f64>, high: Option<f64>| low.zip(high);
    let accuracy = figure(point.accuracy, ends(point.low, point.high), Unit::Share);
    let generated =
        figure(point.generated_tokens, ends(point.generated_low, point.generated_high), Unit::Tokens);
    let plain = |value, unit| figure(value, None, unit);
    let behind = match (point.behind, point.behind_p) {
        (Some(behind), Some(p)) => format!("{} (p {})", Unit::Share.show(behind), chance(p)),
        (Some(_), None) => "the best".to_owned(),
        _ => NOTHING.to_owned(),
    };
    let on = match point.undominated {
        Some(false) => Cell::text("dominated"),
        _ => plain(point.on_frontier, Unit::Share),
    };
    vec![
        accuracy,
        generated,
        plain(point.waiting_tokens, Unit::Tokens),
        plain(point.prompt_tokens, Unit::Tokens),
        plain(point.verifier_tokens.filter(|tokens| *tokens > 0.0), Unit::Tokens),
        plain(point.money, Unit::Number),
        on,
        Cell { exact: point.behind, ..Cell::text(behind) },
    ]
}

fn figure(value: Option<f64>, ends: Option<(f64, f64)>, unit: Unit) -> Cell {
    let Some(value) = value else { return Cell::text(NOTHING) };
    let interval = |short| ends.map(|(low, high)| unit.interval(low, high, short));
    Cell {
        exact: Some(value),
        interval: interval(false),
        short_interval: interval(true),
        ..Cell::text(unit.show(value))
    }
}

fn chance(p: f64) -> String {
    if p < 0.001 { "< .001".to_owned() } else { format!("{p:.3}").trim_start_matches('0').to_owned() }
}

/// Even if every problem went the same way, no difference would be told from chance: the least that a test of `problems` signs
/// can say is 2¹⁻ⁿ, times the number of tests.
fn too_few(problems: u64, points: &[&OperatingPoint]) -> bool {
    let tests = points.iter().filter(|point| point.behind_p.is_some()).count();
    let signs = i32::try_from(problems).unwrap_or(i32::MAX);
    2f64.powi(1_i32.saturating_sub(signs)) * tests as f64 > LEVEL
}

/// What the points say: the best way, the cheapest that is not told apart from it, and where the frontier is a coin toss.
pub(crate) fn words(points: &[&OperatingPoint]) -> Vec<String> {
    let several = several_models(points);
    let best = points.iter().find(|point| point.behind.is_some() && point.behind_p.is_none());
    let Some(best) = best else { return vec![] };
    let cost = |point: &OperatingPoint| {
        let price = point.price().map_or(NOTHING.to_owned(), |price| Unit::Tokens.show(price));
        match point.cost.as_str() {
            "money" => point.money.map_or(NOTHING.to_owned(), |money| Unit::Number.show(money)),
            "waiting" => format!("{price} tokens of waiting"),
            _ => format!("{price} tokens"),
        }
    };
    let accuracy =
        |point: &OperatingPoint| point.accuracy.map_or(NOTHING.to_owned(), |value| Unit::Share.show(value));
    let mut words = vec![format!(
        "The most accurate way is {}: {} for {} a problem.",
        name(best, several),
        accuracy(best),
        cost(best)
    )];
    let alike =
        |point: &&&OperatingPoint| point.behind_p.is_some_and(|p| p > LEVEL) && point.price() < best.price();
    let cheapest = points.iter().filter(alike).min_by(|a, b| {
        let price = |point: &OperatingPoint| point.price().unwrap_or(f64::INFINITY);
        price(a).total_cmp(&price(b))
    });
    words.push(match cheapest {
        _ if too_few(best.problems, points) => {
            let problems = counted(best.problems, "problem is", "problems are");
            format!("{problems} too few to tell these ways apart.")
        }
        Some(point) => format!(
            "The cheapest way that {} do not tell apart from it is {}: {} for {} (p {}).",
            counted(point.problems, "problem", "problems"),
            name(point, several),
            accuracy(point),
            cost(point),
            point.behind_p.map(chance).unwrap_or_default()
        ),
        None if points.iter().any(|point| point.price() < best.price() && point.price().is_some()) => {
            "Every cheaper way is less accurate, by more than chance.".to_owned()
        }
        None => "No other way is cheaper.".to_owned(),
    });
    let unsure = points.iter().filter(|point| point.undominated == Some(true));
    let unsure = unsure.filter(|point| point.on_frontier.is_some_and(|share| share < COIN)).count();
    if unsure > 0 {
        words.push(format!(
            "{} on the frontier here, but not in most draws of as many problems.",
            counted(unsure as u64, "way is", "ways are")
        ));
    }
    let unknown = points.iter().filter(|point| point.undominated.is_none()).count();
    if unknown > 0 {
        words.push(format!(
            "{} out of the comparison: of unknown cost, or without a value for some problem.",
            counted(unknown as u64, "way is", "ways are")
        ));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_told_in_words() {
        let check = |rule: &str, expect: &str| assert_eq!(rule_words(rule), expect);
        check("accuracy", "one sample");
        check("forced@256", "one sample, forced at 256 tokens");
        check("maj@4", "vote of 4");
        check("maj:stated@8", "vote of 8 by stated");
        check("maj_top25:stated@8", "vote of the best quarter of 8 by stated");
        check("best_of:verifier@2", "best of 2 by verifier");
        check("laconic@4", "shortest of 4");
        check("adaptive:beta95", "vote until beta95");
        check("vote", "vote of a drawing that stopped early");
        check("other@3", "other@3");
    }

    fn point(rule: &str, right: f64, tokens: f64, p: Option<f64>) -> OperatingPoint {
        OperatingPoint {
            model: "m".into(),
            subset: MetricValue::OVERALL.into(),
            rule: rule.into(),
            asked: 50,
            problems: 50,
            accuracy: Some(right),
            generated_tokens: Some(tokens),
            cost: "generated".into(),
            undominated: Some(true),
            on_frontier: Some(0.5),
            behind: Some(0.9 - right),
            behind_p: p,
            ..OperatingPoint::default()
        }
    }

    fn told(points: &[OperatingPoint]) -> String {
        words(&points.iter().collect::<Vec<_>>()).join(" ")
    }

    #[test]
    fn the_words_name_the_best_and_the_cheapest_that_is_no_worse() {
        let best = point("maj@4", 0.9, 400.0, None);
        let near = point("maj@2", 0.88, 200.0, Some(0.4));
        let far = point("accuracy", 0.5, 100.0, Some(0.001));
        insta::assert_snapshot!(told(&[far.clone(), near, best.clone()]));
        assert!(told(&[far, best.clone()]).contains("Every cheaper way is less accurate"));
        assert!(told(std::slice::from_ref(&best)).contains("No other way is cheaper"));
        let few = |mut point: OperatingPoint| {
            point.problems = 4;
            point
        };
        let few = [few(point("accuracy", 0.5, 100.0, Some(1.0))), few(best)];
        assert!(told(&few).contains("4 problems are too few to tell these ways apart"), "{}", told(&few));
        assert_eq!(told(&[]), "");
    }
}
