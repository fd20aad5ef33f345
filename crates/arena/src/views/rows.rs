//! Ratings as rows of a table.

use tables::Rating as Row;

use crate::result::{Arena, Controlled, Island, Rating};

/// A row a model, in the order in which they are shown.
pub fn ratings(arena: &Arena) -> Vec<Row> {
    let islands = (0..).zip(&arena.islands);
    islands
        .flat_map(|(group, island)| island.ratings.iter().map(move |rating| row(group, island, rating)))
        .collect()
}

fn row(group: u32, island: &Island, rating: &Rating) -> Row {
    let after = |control: &Option<Controlled>| {
        let models = control
            .iter()
            .filter(|control| !control.coefficients.is_empty())
            .flat_map(|control| &control.models);
        models.into_iter().find(|moved| moved.model == rating.model).map(|moved| moved.after)
    };
    let bound =
        |above: bool| rating.bound.filter(|bound| bound.above == above).and_then(|bound| bound.points);
    let place = |rank: Option<usize>| rank.and_then(|rank| u32::try_from(rank).ok());
    Row {
        model: rating.model.clone(),
        group,
        votes: rating.votes,
        wins: rating.wins,
        ties: rating.ties,
        score: rating.score,
        low: rating.low,
        high: rating.high,
        at_least: bound(true),
        at_most: bound(false),
        rank: place(rating.rank),
        rank_high: place(rating.rank_high),
        controlled: after(&island.control),
        equal_thinking: after(&island.efficiency),
        thinking_tokens: rating.thinking_tokens,
    }
}
