//! Models that can be compared: ratings, bounds, pairs, controls, and what has to be said of them.

use stats::{Draws, chi_square_tail};

use super::bias::both_ways;
use super::bootstrap::bootstrap;
use super::bound::{in_points, least_strength, most_strength};
use super::control::{POSITION, THINKING, controlled};
use super::errors::Errors;
use super::graph::{islands as connected, reached, strong};
use super::pairs::{Meeting, Meetings, cycles, meetings, told};
use super::rated::{Estimate, LEAST_CLUSTERS, Rated};
use super::scale::{Gauge, MIDDLE};
use super::thinking::Thinking;
use super::{Intervals, Settings};
use crate::result::{Bound, Coefficient, Controlled, Island, Rating};
use crate::vote::{Cluster, Votes};

/// With fewer clusters intervals are somewhat too narrow.
const FEW_CLUSTERS: usize = 30;

/// Each group of models that met, the largest first.
pub(crate) fn islands(votes: &Votes, settings: &Settings) -> Vec<Island> {
    let all = meetings(votes.votes.iter());
    let mut groups = connected(votes.models.len(), all.keys().copied());
    // A model without a vote left is no group.
    groups.retain(|group| group.len() > 1);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups.into_iter().map(|group| Work::new(votes, settings, &all, group).island()).collect()
}

/// What is known while one group is rated.
struct Work<'a> {
    votes: &'a Votes,
    settings: &'a Settings,
    group: Vec<usize>,
    meetings: Meetings,
    /// For each model those that it has beaten or tied.
    beaten: Vec<Vec<usize>>,
    notes: Vec<String>,
}

impl<'a> Work<'a> {
    fn new(votes: &'a Votes, settings: &'a Settings, all: &Meetings, group: Vec<usize>) -> Self {
        let own = |pair: &(usize, usize)| group.binary_search(&pair.0).is_ok();
        let meetings: Meetings =
            all.iter().filter(|(pair, _)| own(pair)).map(|(pair, meeting)| (*pair, *meeting)).collect();
        let mut beaten = vec![Vec::new(); votes.models.len()];
        for ((a, b), meeting) in &meetings {
            if meeting.share() > 0.0 || settings.prior > 0.0 {
                beaten[*a].push(*b);
            }
            if meeting.share() < 1.0 || settings.prior > 0.0 {
                beaten[*b].push(*a);
            }
        }
        Self { votes, settings, group, meetings, beaten, notes: Vec::new() }
    }

    fn island(mut self) -> Island {
        let cluster = self.settings.cluster.unwrap_or_else(|| self.votes.usual_cluster());
        let models = self.main();
        let gauge = self.gauge(&models);
        let rated = Rated::new(self.votes, models, cluster, self.settings.prior, gauge);
        let estimate = rated.estimate().ok().filter(|_| rated.models.len() > 1);
        let errors = estimate.as_ref().and_then(|estimate| self.errors(&rated, estimate));
        let control = estimate.as_ref().and_then(|_| self.controlled(&rated, &self.settings.control.clone()));
        let knows_thinking = self.votes.features.contains_key(THINKING);
        let efficiency = estimate
            .as_ref()
            .filter(|_| knows_thinking)
            .and_then(|_| self.controlled(&rated, &[THINKING.to_owned()]));
        self.said_of(&rated, cluster);
        let thinking = Thinking::of(&rated, estimate.as_ref(), self.settings);
        let ratings = self.ratings(&rated, estimate.as_ref(), errors.as_ref(), &thinking);
        let found = Found { rated: &rated, estimate: estimate.as_ref(), cluster };
        let place = estimate.as_ref().and_then(|_| self.place(&rated));
        let island = self.finished(&found, ratings, (control, efficiency), thinking.reference_name(&rated));
        Island { place, ..island }
    }

    fn finished(
        self,
        found: &Found<'_>,
        ratings: Vec<Rating>,
        (control, efficiency): (Option<Controlled>, Option<Controlled>),
        thinking_reference: Option<String>,
    ) -> Island {
        let place = |model: usize| found.rated.models.binary_search(&model).ok();
        let strength = |model: usize| Some(found.estimate?.strengths[place(model)?]);
        let pairs = told(&self.meetings, &self.votes.models, &strength);
        let fitted = pairs.iter().filter_map(|pair| pair.chi_square);
        let (chi_square, count) = fitted.fold((0.0, 0), |(sum, count), chi| (sum + chi, count + 1));
        let freedom = (count + 1_usize).saturating_sub(found.rated.models.len());
        Island {
            votes: found.rated.rows.len() as u64,
            cluster: found.cluster,
            clusters: found.rated.sample.clusters,
            ratings,
            pairs,
            chi_square,
            freedom,
            misfit_p: (freedom > 0).then(|| chi_square_tail(chi_square, freedom as f64)),
            cycles: cycles(&self.meetings, &self.votes.models),
            control,
            place: None,
            efficiency,
            thinking_reference,
            notes: self.notes,
        }
    }

    /// The models that are rated: the largest group of which each has beaten or tied each other one by way of others; of equal
    /// ones that with more votes.
    fn main(&self) -> Vec<usize> {
        let groups =
            strong(&self.beaten).into_iter().filter(|group| self.group.binary_search(&group[0]).is_ok());
        let votes = |group: &[usize]| -> u64 {
            let inside = |model: &usize| group.binary_search(model).is_ok();
            self.meetings.iter().filter(|((a, b), _)| inside(a) && inside(b)).map(|(_, m)| m.votes).sum()
        };
        let mut best = Vec::new();
        for group in groups {
            // Of those that are alike the first by name.
            if (group.len(), votes(&group)) > (best.len(), votes(&best)) {
                best = group;
            }
        }
        best
    }

    fn gauge(&mut self, models: &[usize]) -> Gauge {
        let Some(anchor) = &self.settings.anchor else { return Gauge { model: None, points: MIDDLE } };
        let place = models.iter().position(|model| self.votes.models[*model] == anchor.model);
        if place.is_none() {
            self.notes.push(format!(
                "{} has no rating here to hold the scale by; the mean has {MIDDLE} points.",
                anchor.model
            ));
            return Gauge { model: None, points: MIDDLE };
        }
        Gauge { model: place, points: anchor.points }
    }

    fn errors(&mut self, rated: &Rated<'_>, estimate: &Estimate) -> Option<Errors> {
        if !rated.trusted() {
            return None;
        }
        if self.settings.intervals == Intervals::Sandwich {
            return Some(Errors::normal(&estimate.strengths, &estimate.covariance, rated.gauge));
        }
        let draws = Draws { resamples: self.settings.resamples, seed: self.settings.seed };
        let drawn = bootstrap(&rated.sample, &estimate.parameters, rated.gauge, draws);
        let without = drawn.as_ref().map_or(draws.resamples as usize, |drawn| drawn.without);
        if without > 0 {
            self.notes.push(format!(
                "{without} of {} replicates are left out: a model won or lost everything in them, so intervals are too narrow.",
                draws.resamples
            ));
        }
        drawn.map(|drawn| drawn.errors)
    }

    fn controlled(&mut self, rated: &Rated<'_>, names: &[String]) -> Option<Controlled> {
        if names.is_empty() {
            return None;
        }
        match controlled(rated, names, &self.settings.families) {
            Ok(found) => Some(found),
            Err(why) => {
                self.notes.push(format!("No ratings that control for {}: {why}.", names.join(", ")));
                None
            }
        }
    }

    /// What the first place is worth beside what the models are. Where it decides everything there is no number, and what is said
    /// of the judge's places says enough.
    fn place(&self, rated: &Rated<'_>) -> Option<Coefficient> {
        if !both_ways(self.votes) {
            return None;
        }
        controlled(rated, &[POSITION.to_owned()], &self.settings.families).ok()?.coefficients.pop()
    }

    fn said_of(&mut self, rated: &Rated<'_>, cluster: Cluster) {
        let (clusters, word) = (rated.sample.clusters, cluster.word());
        if rated.models.len() < 2 {
            self.notes.push("No two models have both won against each other, directly or by way of others, so there is no rating; a virtual tie a pair (--prior 1) would give numbers.".to_owned());
        } else if clusters < LEAST_CLUSTERS {
            self.notes.push(format!(
                "No intervals and no ranks: votes on {clusters} {word}s are too few to see how far off the ratings are; it takes {LEAST_CLUSTERS}."
            ));
        } else if clusters < FEW_CLUSTERS || clusters <= rated.sample.parameters() {
            self.notes.push(format!("Intervals rest on {clusters} {word}s and are somewhat too narrow."));
        }
        if self.settings.prior > 0.0 {
            self.notes.push(format!(
                "Each pair that met has {} virtual ties besides, which draws ratings together.",
                self.settings.prior
            ));
        }
    }

    fn ratings(
        &self,
        rated: &Rated<'_>,
        estimate: Option<&Estimate>,
        errors: Option<&Errors>,
        thinking: &Thinking,
    ) -> Vec<Rating> {
        let scores = estimate.map(|estimate| rated.gauge.scores(&estimate.strengths));
        let rating = |model: &usize| {
            let mut rating = self.counted(*model);
            let place = rated.models.binary_search(model).ok();
            match place.zip(scores.as_ref()) {
                Some((at, scores)) => {
                    rating.score = Some(scores[at]);
                    if let Some(errors) = errors {
                        rate(&mut rating, errors, at);
                    }
                    thinking.tell(&mut rating, at);
                }
                None => rating.bound = self.bound(*model, rated, estimate),
            }
            rating
        };
        let mut all: Vec<Rating> = self.group.iter().map(rating).collect();
        all.sort_by(|one, other| standing(other).total_cmp(&standing(one)));
        all
    }

    fn counted(&self, model: usize) -> Rating {
        let mut rating = Rating { model: self.votes.models[model].clone(), ..Rating::default() };
        for ((a, b), meeting) in &self.meetings {
            let wins = match model {
                _ if model == *a => meeting.wins,
                _ if model == *b => meeting.losses(),
                _ => continue,
            };
            rating.votes += meeting.votes;
            rating.wins += wins;
            rating.ties += meeting.ties;
        }
        rating
    }

    /// Of a model outside of the rated ones: whether it stands above or below them, and where at least or at most. A model that
    /// neither leads to them nor is led to stands on no side.
    fn bound(&self, model: usize, rated: &Rated<'_>, estimate: Option<&Estimate>) -> Option<Bound> {
        let estimate = estimate?;
        let is_rated = |seen: &[bool]| rated.models.iter().any(|model| seen[*model]);
        let above = is_rated(&reached(&[model], &self.beaten));
        let below = !above && rated.models.iter().any(|other| reached(&[*other], &self.beaten)[model]);
        if !above && !below {
            return None;
        }
        let met = |at: usize| {
            let other = rated.models[at];
            let meeting: Option<&Meeting> = self.meetings.get(&(model.min(other), model.max(other)));
            meeting.map(|meeting| (estimate.strengths[at], meeting.votes))
        };
        let against: Vec<(f64, u64)> = (0..rated.models.len()).filter_map(met).collect();
        let weighed: Vec<(f64, f64)> =
            against.iter().map(|(strength, votes)| (*strength, *votes as f64)).collect();
        let found = if above { least_strength(&weighed) } else { most_strength(&weighed) };
        let zero = match rated.gauge.model {
            Some(held) => estimate.strengths[held],
            None => estimate.strengths.iter().sum::<f64>() / estimate.strengths.len() as f64,
        };
        let points = found.map(|strength| in_points(strength, zero, rated.gauge.points));
        Some(Bound { above, points, votes: against.iter().map(|(_, votes)| votes).sum() })
    }
}

/// What was found of a group.
struct Found<'a> {
    rated: &'a Rated<'a>,
    estimate: Option<&'a Estimate>,
    cluster: Cluster,
}

fn rate(rating: &mut Rating, errors: &Errors, at: usize) {
    rating.se = Some(errors.se[at]);
    [rating.low, rating.high] = errors.ends[at].map(Some);
    rating.rank = Some(errors.rank(at));
    rating.rank_high = Some(errors.rank_high(at));
    rating.rank_overlap = Some(errors.rank_overlap(at));
}

/// Where a model stands among the others: what won everything above all, what lost everything below all.
fn standing(rating: &Rating) -> f64 {
    const BEYOND: f64 = 1e9;
    match (rating.score, &rating.bound) {
        (Some(score), _) => score,
        (None, Some(bound)) => {
            let points = bound.points.unwrap_or(0.0);
            if bound.above { BEYOND + points } else { points - BEYOND }
        }
        (None, None) => -2.0 * BEYOND,
    }
}
