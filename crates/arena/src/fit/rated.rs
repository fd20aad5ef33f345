//! Models that can be rated against each other, and their votes.

use std::collections::BTreeSet;

use stats::Square;

use super::errors::covariance;
use super::newton::{Endless, maximum};
use super::sample::{Row, Sample};
use super::scale::{Gauge, strengths};
use crate::vote::{Cluster, Vote, Votes};

/// With fewer clusters nothing is said about errors.
pub(crate) const LEAST_CLUSTERS: usize = 10;

/// Models each of which has beaten or tied each other, directly or by way of others.
pub(crate) struct Rated<'a> {
    pub(crate) votes: &'a Votes,
    /// By their places among all models.
    pub(crate) models: Vec<usize>,
    /// Votes between them, by their places among all votes.
    pub(crate) rows: Vec<usize>,
    /// The same as a regression sees them, with virtual votes behind them.
    pub(crate) sample: Sample,
    pub(crate) gauge: Gauge,
}

/// The most likely strengths, and their covariance.
pub(crate) struct Estimate {
    pub(crate) parameters: Vec<f64>,
    pub(crate) strengths: Vec<f64>,
    pub(crate) covariance: Square,
}

impl<'a> Rated<'a> {
    /// Of these models, with so much weight of a virtual tie for each pair that met.
    pub(crate) fn new(
        votes: &'a Votes,
        models: Vec<usize>,
        cluster: Cluster,
        prior: f64,
        gauge: Gauge,
    ) -> Self {
        let mut place = vec![None; votes.models.len()];
        models.iter().enumerate().for_each(|(at, model)| place[*model] = Some(at));
        let both = |vote: &Vote| Some((place[vote.a]?, place[vote.b]?));
        let (mut rows, mut sample) = (Vec::new(), Sample { models: models.len(), ..Sample::default() });
        for (at, vote) in votes.votes.iter().enumerate() {
            let Some((a, b)) = both(vote) else { continue };
            rows.push(at);
            let (share, weight) = (vote.share, vote.weight);
            sample.rows.push(Row { a, b, share, weight, cluster: Some(named(vote, at, cluster)) });
        }
        sample.clusters = numbered(&mut sample.rows);
        let ties = virtual_ties(&sample, prior);
        sample.rows.extend(ties);
        Self { votes, models, rows, sample, gauge }
    }

    pub(crate) fn name(&self, model: usize) -> &str {
        &self.votes.models[self.models[model]]
    }

    /// There are enough clusters for errors.
    pub(crate) fn trusted(&self) -> bool {
        self.sample.clusters >= LEAST_CLUSTERS
    }

    /// The sample with these of the rows alone, and virtual votes.
    pub(crate) fn part(&self, kept: &[usize]) -> Sample {
        let own = kept.iter().map(|at| &self.sample.rows[*at]);
        let rows = own.chain(&self.sample.rows[self.rows.len()..]).cloned().collect();
        Sample { rows, controls: Vec::new(), ..self.sample.clone() }
    }

    /// A model is always the first, or never, in these of the rows.
    pub(crate) fn one_sided(&self, kept: &[usize]) -> bool {
        let rows = || kept.iter().map(|at| &self.sample.rows[*at]);
        let [first, second]: [BTreeSet<usize>; 2] =
            [rows().map(|row| row.a).collect(), rows().map(|row| row.b).collect()];
        first != second || first.len() < self.sample.models
    }

    pub(crate) fn estimate(&self) -> Result<Estimate, Endless> {
        let parameters = maximum(&self.sample.by_pair(), &vec![0.0; self.sample.parameters()])?;
        let covariance = covariance(&self.sample, &parameters)?;
        let strengths = strengths(&parameters, self.sample.models);
        Ok(Estimate { parameters, strengths, covariance })
    }
}

/// What a vote leans with. A vote that does not know its problem or voter is alone.
fn named(vote: &Vote, at: usize, cluster: Cluster) -> usize {
    let known = match cluster {
        Cluster::Problem => vote.cluster.or(vote.problem),
        Cluster::Voter => vote.voter,
        Cluster::Vote => None,
    };
    known.map_or(2 * at + 1, |number| 2 * number)
}

/// Gives clusters numbers from 0 on, and counts them.
fn numbered(rows: &mut [Row]) -> usize {
    let known: BTreeSet<usize> = rows.iter().filter_map(|row| row.cluster).collect();
    let known: Vec<usize> = known.into_iter().collect();
    for row in rows {
        row.cluster = row.cluster.and_then(|cluster| known.binary_search(&cluster).ok());
    }
    known.len()
}

fn virtual_ties(sample: &Sample, weight: f64) -> Vec<Row> {
    let pairs = sample.by_pair().rows.into_iter().filter(|_| weight > 0.0);
    pairs.map(|row| Row { share: 0.5, weight, cluster: None, ..row }).collect()
}
