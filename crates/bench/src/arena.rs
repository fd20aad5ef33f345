//! `bench arena`: ratings from very many votes between very many models.

use std::time::Instant;

use arena::{Intervals, Settings, Vote, Votes, rate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::say;

/// How many votes.
#[derive(clap::Args)]
pub(crate) struct Arena {
    /// Votes
    #[arg(long, default_value_t = 100_000)]
    votes: usize,
    /// Models
    #[arg(long, default_value_t = 100)]
    models: usize,
    /// Problems that the votes are about
    #[arg(long, default_value_t = 5_000)]
    problems: usize,
    /// Replicates of the bootstrap
    #[arg(long, default_value_t = 1_000)]
    resamples: u32,
}

impl Arena {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let votes = self.drawn();
        say(&format!("{} votes, {} models, {} problems", self.votes, self.models, self.problems));
        let plain = Settings { shuffles: 0, ..Settings::default() };
        let sandwich = timed(&votes, &plain)?;
        say(&format!("{sandwich:>6.2} s fit and errors by problem (bar 1)"));
        let intervals = Intervals::Bootstrap;
        let bootstrap = timed(&votes, &Settings { intervals, resamples: self.resamples, ..plain.clone() })?;
        say(&format!("{bootstrap:>6.2} s with {} bootstraps of problems (bar 10)", self.resamples));
        let elo = timed(&votes, &Settings { shuffles: 100, ..plain })?;
        say(&format!("{elo:>6.2} s with 100 shuffles of Elo"));
        Ok(())
    }

    fn drawn(&self) -> Votes {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let strengths: Vec<f64> = (0..self.models).map(|_| random.random_range(-2.0..2.0)).collect();
        let mut vote = |at: usize| {
            let a = random.random_range(0..self.models);
            let b = (a + random.random_range(1..self.models)) % self.models;
            let chance = 1.0 / (1.0 + (strengths[b] - strengths[a]).exp());
            let share = match random.random::<f64>() {
                drawn if drawn < 0.15 => 0.5,
                drawn => f64::from(u8::from((drawn - 0.15) / 0.85 < chance)),
            };
            Vote {
                a,
                b,
                share,
                weight: 1.0,
                both_bad: false,
                placed: true,
                problem: Some(at % self.problems),
                cluster: None,
                voter: None,
                judge: None,
                at: None,
            }
        };
        let votes = (0..self.votes).map(&mut vote).collect();
        Votes { models: (0..self.models).map(|at| format!("m{at:03}")).collect(), votes, ..Votes::default() }
    }
}

/// Seconds that the ratings take.
fn timed(votes: &Votes, settings: &Settings) -> anyhow::Result<f64> {
    let started = Instant::now();
    rate(votes, settings)?;
    Ok(started.elapsed().as_secs_f64())
}
