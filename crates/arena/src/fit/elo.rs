//! Elo, vote by vote, and what the order of the votes makes of it.

use rayon::prelude::*;
use stats::{draw, generator};

use crate::result::EloPlace;
use crate::vote::{Vote, Votes};

const START: f64 = 1000.0;
/// Streams of shuffles, apart from those of the bootstrap.
const SHUFFLES: u64 = 1 << 41;

/// Ratings after these votes in this order: from 1000 on, each vote moves both by `k` times what surprised.
fn online(votes: &[Vote], order: &[usize], models: usize, k: f64) -> Vec<f64> {
    let mut ratings = vec![START; models];
    for vote in order.iter().map(|at| &votes[*at]) {
        let expected = 1.0 / (1.0 + 10_f64.powf((ratings[vote.b] - ratings[vote.a]) / 400.0));
        let moved = k * vote.weight * (vote.share - expected);
        ratings[vote.a] += moved;
        ratings[vote.b] -= moved;
    }
    ratings
}

/// The order of the votes: by their time if all have one, else as they stand; and which of the two.
fn order(votes: &[Vote]) -> (Vec<usize>, &'static str) {
    let mut order: Vec<usize> = (0..votes.len()).collect();
    let Some(times) = votes.iter().map(|vote| vote.at).collect::<Option<Vec<f64>>>() else {
        return (order, "file");
    };
    order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
    (order, "at")
}

/// Elo of each model, best first, over so many shuffles besides; and the order that was taken.
pub(crate) fn elo(votes: &Votes, k: f64, shuffles: u32, seed: u64) -> (Vec<EloPlace>, &'static str) {
    let count = votes.models.len();
    let (given, by) = order(&votes.votes);
    let ratings = online(&votes.votes, &given, count, k);
    let shuffled = |number: u32| {
        let mut generator = generator(seed, SHUFFLES + u64::from(number));
        let mut order = given.clone();
        (1..order.len()).rev().for_each(|at| order.swap(at, draw(&mut generator, at + 1)));
        online(&votes.votes, &order, count, k)
    };
    let others: Vec<Vec<f64>> = (0..shuffles).into_par_iter().map(shuffled).collect();
    let place = |(model, name): (usize, &String)| {
        let column: Vec<f64> = others.iter().map(|ratings| ratings[model]).collect();
        place(name, ratings[model], &column)
    };
    let mut places: Vec<EloPlace> = votes.models.iter().enumerate().map(place).collect();
    places.sort_by(|one, other| other.elo.total_cmp(&one.elo));
    (places, by)
}

fn place(model: &str, elo: f64, shuffled: &[f64]) -> EloPlace {
    let count = shuffled.len().max(1) as f64;
    // Without shuffles there is no spread, and nothing else to say.
    let mean = if shuffled.is_empty() { elo } else { shuffled.iter().sum::<f64>() / count };
    let squares: f64 = shuffled.iter().map(|rating| (rating - mean).powi(2)).sum();
    EloPlace {
        model: model.to_owned(),
        elo,
        mean,
        // The sum of nothing is −0.
        sd: (squares.abs() / (count - 1.0).max(1.0)).sqrt(),
        least: shuffled.iter().copied().fold(elo, f64::min),
        most: shuffled.iter().copied().fold(elo, f64::max),
    }
}
