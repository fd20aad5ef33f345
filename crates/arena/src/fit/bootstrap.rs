//! How far off ratings may be: clusters drawn with replacement.

use std::collections::HashMap;

use rayon::prelude::*;
use stats::{Draws, draw, generator, quantile};

use super::errors::{Errors, better};
use super::graph::strong;
use super::newton::maximum;
use super::sample::{Row, Sample};
use super::scale::{Gauge, strengths};

/// What was drawn.
pub(crate) struct Drawn {
    /// What the replicates say.
    pub(crate) errors: Errors,
    /// Replicates without a rating for every model: one won or lost everything in them.
    pub(crate) without: usize,
}

/// Errors by the percentiles of replicates, each of as many clusters as there are; `None` where no replicate has a rating.
pub(crate) fn bootstrap(sample: &Sample, parameters: &[f64], gauge: Gauge, draws: Draws) -> Option<Drawn> {
    let cells = Cells::of(sample);
    let replicate = |number: u32| {
        let drawn = cells.redrawn(sample.models, draws.seed, u64::from(number));
        (strong(&drawn.beaten()).len() == 1)
            .then(|| maximum(&drawn, parameters).ok())
            .flatten()
            .map(|found| strengths(&found, sample.models))
    };
    let found: Vec<Option<Vec<f64>>> = (0..draws.resamples).into_par_iter().map(replicate).collect();
    let all = found.len();
    let found: Vec<Vec<f64>> = found.into_iter().flatten().collect();
    let without = all - found.len();
    let mut ends = Vec::with_capacity(sample.models);
    let mut se = Vec::with_capacity(sample.models);
    let scores: Vec<Vec<f64>> = found.iter().map(|strengths| gauge.scores(strengths)).collect();
    for model in 0..sample.models {
        let mut column: Vec<f64> = scores.iter().map(|scores| scores[model]).collect();
        se.push(deviation(&column));
        ends.push([quantile(&mut column, 0.025)?, quantile(&mut column, 0.975)?]);
    }
    let is_better = |one: usize, than: usize| {
        let mut column: Vec<f64> = found.iter().map(|strengths| strengths[one] - strengths[than]).collect();
        quantile(&mut column, 0.025).is_some_and(|low| low > 0.0)
    };
    Some(Drawn { errors: Errors { se, ends, better: better(sample.models, is_better) }, without })
}

fn deviation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
}

/// What each cluster adds: to which pair, how much weight, and how much of it for the pair's first model.
struct Cells {
    /// Each with what is in every replicate: virtual votes.
    pairs: Vec<(Row, [f64; 2])>,
    of_cluster: Vec<Vec<(usize, [f64; 2])>>,
}

impl Cells {
    /// Of votes that no control tells apart.
    fn of(sample: &Sample) -> Self {
        let mut pairs: Vec<(Row, [f64; 2])> =
            sample.by_pair().rows.into_iter().map(|row| (row, [0.0; 2])).collect();
        let place: HashMap<(usize, usize), usize> =
            pairs.iter().enumerate().map(|(at, (row, _))| ((row.a, row.b), at)).collect();
        let mut of_cluster = vec![Vec::new(); sample.clusters];
        for row in &sample.rows {
            let turned = (row.b, row.a, 1.0 - row.share);
            let (a, b, share) = if row.a < row.b { (row.a, row.b, row.share) } else { turned };
            let (at, adds) = (place[&(a, b)], [row.weight, row.weight * share]);
            match row.cluster {
                Some(cluster) => of_cluster[cluster].push((at, adds)),
                None => add(&mut pairs[at].1, adds),
            }
        }
        Self { pairs, of_cluster }
    }

    fn redrawn(&self, models: usize, seed: u64, stream: u64) -> Sample {
        let mut generator = generator(seed, stream);
        let mut sums: Vec<[f64; 2]> = self.pairs.iter().map(|(_, fixed)| *fixed).collect();
        for _ in 0..self.of_cluster.len() {
            let cluster = &self.of_cluster[draw(&mut generator, self.of_cluster.len())];
            cluster.iter().for_each(|(at, adds)| add(&mut sums[*at], *adds));
        }
        let drawn = self.pairs.iter().zip(sums).filter(|(_, [weight, _])| *weight > 0.0);
        let rows = drawn.map(|((row, _), [weight, won])| Row { weight, share: won / weight, ..row.clone() });
        Sample { models, rows: rows.collect(), ..Sample::default() }
    }
}

fn add(sums: &mut [f64; 2], adds: [f64; 2]) {
    sums.iter_mut().zip(adds).for_each(|(sum, value)| *sum += value);
}
