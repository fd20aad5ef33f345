//! Ratings from votes: a table, and how points are written.

use tables::Rating;

use super::numbers::{NOTHING, whole};
use super::table::{Cell, Column, View, ViewRow};
use super::table_set::TableSet;

/// The page about the votes, beside the report.
pub(crate) const PAGE: &str = "arena.html";

/// The models as votes rate them; `voter` is who voted.
pub(crate) fn tables(ratings: &[Rating], voter: &str) -> TableSet {
    let says = |(_, cell): &&Shown| ratings.iter().any(|rating| cell(rating).text != NOTHING);
    let shown: Vec<&Shown> = COLUMNS.iter().filter(says).collect();
    let row = |rating: &Rating| ViewRow {
        label: rating.model.clone(),
        cells: shown.iter().map(|(_, cell)| cell(rating)).collect(),
        ..ViewRow::default()
    };
    let view = View {
        caption: format!("Who is preferred, by {voter}"),
        columns: std::iter::once("model")
            .chain(shown.iter().map(|(title, _)| *title))
            .map(Column::plain)
            .collect(),
        rows: ratings.iter().map(row).collect(),
    };
    let groups = ratings.iter().map(|rating| rating.group).max().map_or(0, |last| last + 1);
    let apart =
        (groups > 1).then(|| "Models of different groups never met: their points share no scale.".to_owned());
    let about = format!("Points: ten to one is 400. Pairs, places and what is held equal stand in {PAGE}.");
    TableSet { views: vec![view], notes: apart.into_iter().chain([about]).collect(), ..TableSet::default() }
}

/// Titles and cells; a column in which nothing stands is left out.
type Shown = (&'static str, fn(&Rating) -> Cell);
const COLUMNS: [Shown; 6] = [
    ("points", points),
    ("rank", |rating| {
        let ends = rating.rank.zip(rating.rank_high);
        Cell::text(ends.map_or(NOTHING.to_owned(), |(low, high)| places(low as usize, high as usize)))
    }),
    ("votes", |rating| Cell::text(whole(rating.votes))),
    ("won", |rating| Cell::text(whole(rating.wins))),
    ("ties", |rating| Cell::text(whole(rating.ties))),
    ("at equal thinking", |rating| Cell::text(rating.equal_thinking.map_or(NOTHING.to_owned(), points_of))),
];

fn points(rating: &Rating) -> Cell {
    let text = match (rating.score, rating.at_least, rating.at_most) {
        (Some(score), ..) => points_of(score),
        (None, Some(least), _) => format!("≥ {}", points_of(least)),
        (None, None, Some(most)) => format!("≤ {}", points_of(most)),
        _ => NOTHING.to_owned(),
    };
    let interval = rating.low.zip(rating.high).map(|(low, high)| points_interval(low, high));
    Cell { short_interval: interval.clone(), interval, ..Cell::text(text) }
}

/// Points, whole.
pub fn points_of(points: f64) -> String {
    let text = whole(points.abs().round() as u64);
    if points < -0.5 { format!("−{text}") } else { text }
}

/// `low–high`, in points.
pub fn points_interval(low: f64, high: f64) -> String {
    let dash = if low < -0.5 || high < -0.5 { " to " } else { "–" };
    format!("{}{dash}{}", points_of(low), points_of(high))
}

/// `2` or `2–3`.
pub fn places(low: usize, high: usize) -> String {
    if low == high { low.to_string() } else { format!("{low}–{high}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_without_a_number_has_a_bound() {
        let rating = Rating { model: "a".into(), votes: 4, ..Rating::default() };
        let check = |rating: &Rating, text: &str, interval: Option<&str>| {
            let cell = points(rating);
            assert_eq!((cell.text.as_str(), cell.interval.as_deref()), (text, interval));
        };
        let (score, low, high) = (Some(1044.4), Some(-3.0), Some(1100.0));
        check(&Rating { score, low, high, ..rating.clone() }, "1,044", Some("−3 to 1,100"));
        check(&Rating { at_least: Some(1200.0), ..rating.clone() }, "≥ 1,200", None);
        check(&Rating { at_most: Some(800.0), ..rating.clone() }, "≤ 800", None);
        check(&rating, NOTHING, None);
        let shown = tables(&[rating], "j");
        let titles: Vec<&str> = shown.views[0].columns.iter().map(|column| column.title.as_str()).collect();
        assert_eq!(titles, ["model", "votes", "won", "ties"]);
    }
}
