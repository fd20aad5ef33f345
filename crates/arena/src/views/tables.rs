//! Ratings, what is held equal, and pairs, as tables.

use report::{Cell, Column, TableSet, Unit, View, ViewRow, places, points_interval, points_of, whole};
use serde_json::{Value, json};

use super::words::{notes, probability};
use crate::result::{Arena, Coefficient, Controlled, EloPlace, Island, Moved, Pair, Rating};

const NOTHING: &str = "–";
/// Pairs that a terminal shows: those that fit worst.
const PAIRS_SHOWN: usize = 15;

const KEYS: &[&str] = &[
    "group",
    "model",
    "votes",
    "wins",
    "ties",
    "score",
    "se",
    "low",
    "high",
    "at_least",
    "at_most",
    "rank",
    "rank_high",
    "rank_overlap",
    "elo",
    "elo_sd",
    "elo_least",
    "elo_most",
    "controlled",
    "controlled_se",
    "equal_thinking",
    "equal_thinking_se",
    "thinking_tokens",
    "points_per_thousand",
    "points_per_thousand_se",
];

/// Tables for people, and a record a model for programs.
pub(crate) fn tables(arena: &Arena) -> TableSet {
    let views =
        arena.islands.iter().enumerate().flat_map(|(at, island)| of_island(arena, at, island, PAIRS_SHOWN));
    let records =
        arena.islands.iter().enumerate().flat_map(|(at, island)| {
            island.ratings.iter().map(move |rating| record(arena, at, island, rating))
        });
    TableSet {
        views: views.collect(),
        keys: KEYS,
        records: records.collect(),
        nothing: "No two models met.",
        notes: notes(arena),
    }
}

/// Ratings, what is held equal and what that changes, thinking, and so many pairs.
pub(crate) fn of_island(arena: &Arena, at: usize, island: &Island, pairs: usize) -> Vec<View> {
    let caption = match arena.islands.len() {
        1 => format!("{} models, {} votes", island.ratings.len(), whole(arena.votes)),
        _ => format!("Group {}: {} models", at + 1, island.ratings.len()),
    };
    let mut views = vec![of_models(arena, island, caption, &RATINGS)];
    let control = island.control.iter().filter(|control| !control.coefficients.is_empty());
    views.extend(control.flat_map(|control| [coefficients(control), moved(control)]));
    if island.thinking_reference.is_some() {
        views.push(of_models(arena, island, "Points and thinking".to_owned(), &THINKING));
    }
    views.push(of_pairs(island, pairs));
    views
}

/// A column of a table of models.
struct Shown {
    title: &'static str,
    cell: fn(&Arena, &Island, &Rating) -> Cell,
}

const RATINGS: [Shown; 5] = [
    Shown { title: "points", cell: |_, _, rating| score(rating) },
    Shown { title: "rank", cell: |_, _, rating| rank(rating) },
    Shown { title: "votes", cell: |_, _, rating| Cell::text(whole(rating.votes)) },
    Shown { title: "won", cell: |_, _, rating| share_won(rating) },
    Shown { title: "Elo", cell: |arena, _, rating| elo(arena, rating) },
];

const THINKING: [Shown; 4] = [
    Shown { title: "points", cell: |_, _, rating| score(rating) },
    Shown { title: "at equal thinking", cell: |_, island, rating| after(island.efficiency.as_ref(), rating) },
    Shown { title: "thinking tokens", cell: |_, _, rating| tokens(rating) },
    Shown { title: "points per 1,000", cell: |_, _, rating| rate(rating) },
];

/// A row a model; a column in which nothing stands is left out.
fn of_models(arena: &Arena, island: &Island, caption: String, all: &[Shown]) -> View {
    let cell = |shown: &Shown, rating: &Rating| (shown.cell)(arena, island, rating);
    let says = |shown: &&Shown| island.ratings.iter().any(|rating| cell(shown, rating).text != NOTHING);
    let shown: Vec<&Shown> = all.iter().filter(says).collect();
    let row = |rating: &Rating| ViewRow {
        label: rating.model.clone(),
        cells: shown.iter().map(|shown| cell(shown, rating)).collect(),
        ..ViewRow::default()
    };
    let titles = std::iter::once("model").chain(shown.iter().map(|shown| shown.title));
    View {
        caption,
        columns: titles.map(Column::plain).collect(),
        rows: island.ratings.iter().map(row).collect(),
    }
}

fn with_interval(text: String, ends: Option<(f64, f64)>) -> Cell {
    let interval = ends.map(|(low, high)| points_interval(low, high));
    Cell { short_interval: interval.clone(), interval, ..Cell::text(text) }
}

fn score(rating: &Rating) -> Cell {
    match (rating.score, rating.bound) {
        (Some(score), _) => with_interval(points_of(score), rating.low.zip(rating.high)),
        (None, Some(bound)) => {
            let sign = if bound.above { "≥" } else { "≤" };
            Cell::text(
                bound.points.map_or(NOTHING.to_owned(), |points| format!("{sign} {}", points_of(points))),
            )
        }
        (None, None) => Cell::text(NOTHING),
    }
}

fn rank(rating: &Rating) -> Cell {
    let ranks = rating.rank.zip(rating.rank_high);
    Cell::text(ranks.map_or(NOTHING.to_owned(), |(low, high)| places(low, high)))
}

fn share_won(rating: &Rating) -> Cell {
    let won = rating.wins as f64 + 0.5 * rating.ties as f64;
    Cell::text(Unit::Share.show(won / rating.votes as f64))
}

fn after(control: Option<&Controlled>, rating: &Rating) -> Cell {
    let moved = control.and_then(|control| control.models.iter().find(|moved| moved.model == rating.model));
    moved
        .map_or(Cell::text(NOTHING), |moved| with_interval(points_of(moved.after), moved.low.zip(moved.high)))
}

fn tokens(rating: &Rating) -> Cell {
    Cell::text(rating.thinking_tokens.map_or(NOTHING.to_owned(), |tokens| whole(tokens.round() as u64)))
}

fn rate(rating: &Rating) -> Cell {
    let Some(points) = rating.points_per_thousand else { return Cell::text(NOTHING) };
    let ends = rating.points_per_thousand_se.map(|se| (points - 1.96 * se, points + 1.96 * se));
    with_interval(points_of(points), ends)
}

fn elo(arena: &Arena, rating: &Rating) -> Cell {
    let place = of_elo(arena, rating);
    place.map_or(Cell::text(NOTHING), |place| {
        with_interval(points_of(place.elo), Some((place.least, place.most)))
    })
}

fn of_elo<'a>(arena: &'a Arena, rating: &Rating) -> Option<&'a EloPlace> {
    arena.elo.iter().find(|place| place.model == rating.model)
}

fn coefficients(control: &Controlled) -> View {
    let row = |found: &Coefficient| {
        let ends = found.low.zip(found.high);
        let interval = ends.map(|(low, high)| Unit::Number.interval(low, high, false));
        let gamma =
            Cell { short_interval: interval.clone(), interval, ..Cell::text(Unit::Number.show(found.gamma)) };
        let p = found.p.map_or(NOTHING.to_owned(), probability);
        let points = Unit::Tokens.difference(found.points);
        ViewRow {
            label: found.name.clone(),
            cells: vec![gamma, Cell::text(points), Cell::text(p)],
            ..ViewRow::default()
        }
    };
    View {
        caption: format!("What is held equal, over {} votes", whole(control.votes)),
        columns: ["held equal", "γ", "one sd is worth", "p"].map(Column::plain).to_vec(),
        rows: control.coefficients.iter().map(row).collect(),
    }
}

fn moved(control: &Controlled) -> View {
    let mut order: Vec<&Moved> = control.models.iter().collect();
    order.sort_by(|one, other| other.after.total_cmp(&one.after));
    let row = |moved: &&Moved| {
        let ranks = moved.rank_before.zip(moved.rank_after);
        let cells = vec![
            Cell::text(points_of(moved.before)),
            with_interval(points_of(moved.after), moved.low.zip(moved.high)),
            Cell::text(Unit::Tokens.difference(moved.after - moved.before)),
            Cell::text(ranks.map_or(NOTHING.to_owned(), |(before, after)| format!("{before} → {after}"))),
        ];
        ViewRow { label: moved.model.clone(), cells, ..ViewRow::default() }
    };
    View {
        caption: "What control changes".to_owned(),
        columns: ["model", "without", "with", "change", "rank"].map(Column::plain).to_vec(),
        rows: order.iter().map(row).collect(),
    }
}

fn of_pairs(island: &Island, most: usize) -> View {
    let mut order: Vec<&Pair> = island.pairs.iter().collect();
    // Pairs without an expectation come last.
    let misfit = |pair: &Pair| pair.chi_square.unwrap_or(-1.0);
    order.sort_by(|one, other| misfit(other).total_cmp(&misfit(one)));
    let of_all = if order.len() > most {
        format!("the {most} of {} that fit worst", order.len())
    } else {
        "worst fit first".to_owned()
    };
    let row = |pair: &&Pair| {
        let share = |value: Option<f64>| value.map_or(NOTHING.to_owned(), |value| Unit::Share.show(value));
        let cells = [
            whole(pair.votes),
            whole(pair.wins),
            whole(pair.ties),
            share(Some(pair.observed)),
            share(pair.fitted),
            pair.chi_square.map_or(NOTHING.to_owned(), |chi| Unit::Number.show(chi)),
        ];
        ViewRow {
            label: format!("{} : {}", pair.a, pair.b),
            cells: cells.map(Cell::text).to_vec(),
            ..ViewRow::default()
        }
    };
    View {
        caption: format!("Pairs, {of_all}"),
        columns: ["pair", "votes", "first won", "ties", "share", "expected", "χ²"]
            .map(Column::plain)
            .to_vec(),
        rows: order.iter().take(most).map(row).collect(),
    }
}

fn record(arena: &Arena, at: usize, island: &Island, rating: &Rating) -> Vec<Value> {
    let points =
        |above: bool| rating.bound.filter(|bound| bound.above == above).and_then(|bound| bound.points);
    let elo = of_elo(arena, rating);
    let of = |control: &Option<Controlled>| {
        let found = control
            .as_ref()
            .and_then(|control| control.models.iter().find(|moved| moved.model == rating.model));
        (found.map(|moved| moved.after), found.and_then(|moved| moved.se))
    };
    let (control, efficiency) = (of(&island.control), of(&island.efficiency));
    vec![
        json!(at + 1),
        json!(rating.model),
        json!(rating.votes),
        json!(rating.wins),
        json!(rating.ties),
        json!(rating.score),
        json!(rating.se),
        json!(rating.low),
        json!(rating.high),
        json!(points(true)),
        json!(points(false)),
        json!(rating.rank),
        json!(rating.rank_high),
        json!(rating.rank_overlap),
        json!(elo.map(|place| place.elo)),
        json!(elo.map(|place| place.sd)),
        json!(elo.map(|place| place.least)),
        json!(elo.map(|place| place.most)),
        json!(control.0),
        json!(control.1),
        json!(efficiency.0),
        json!(efficiency.1),
        json!(rating.thinking_tokens),
        json!(rating.points_per_thousand),
        json!(rating.points_per_thousand_se),
    ]
}
