//! What models pay for their points in thinking.

use super::Settings;
use super::control::THINKING;
use super::errors::difference_se;
use super::rated::{Estimate, Rated};
use crate::result::Rating;

/// Models whose mean thinking differs by less than so many tokens think alike.
const ALIKE: f64 = 1.0;

/// Mean thinking tokens of rated models, and what each 1,000 more than those of a reference bring in points.
pub(crate) struct Thinking {
    /// Of each model; none where no vote knows them.
    tokens: Vec<Option<f64>>,
    /// Against which model: the anchor, or the one that thinks least.
    reference: Option<usize>,
    /// Of each model: points for 1,000 tokens, and their standard error.
    rates: Vec<Option<[f64; 2]>>,
}

impl Thinking {
    pub(crate) fn of(rated: &Rated<'_>, estimate: Option<&Estimate>, settings: &Settings) -> Self {
        let tokens = means(rated);
        let anchor = settings.anchor.as_ref().map(|anchor| anchor.model.as_str());
        let known = || (0..tokens.len()).filter_map(|model| Some((model, tokens[model]?)));
        let anchored = known().find(|(model, _)| anchor == Some(rated.name(*model)));
        let least = known().min_by(|one, other| one.1.total_cmp(&other.1));
        let reference = anchored.or(least);
        let rate = |model: usize| {
            let ((zero, zero_tokens), estimate) = reference.zip(estimate)?;
            let thousands = (tokens[model]? - zero_tokens) / 1000.0;
            if model == zero || thousands.abs() * 1000.0 < ALIKE {
                return None;
            }
            let scores = rated.gauge.scores(&estimate.strengths);
            let se = difference_se(&estimate.covariance, model, zero);
            Some([(scores[model] - scores[zero]) / thousands, se / thousands.abs()])
        };
        let rates = (0..tokens.len()).map(rate).collect();
        Self { reference: reference.map(|(model, _)| model), rates, tokens }
    }

    pub(crate) fn tell(&self, rating: &mut Rating, model: usize) {
        rating.thinking_tokens = self.tokens[model];
        let rate = self.rates[model];
        rating.points_per_thousand = rate.map(|[points, _]| points);
        // Without a standard error of the rating there is none of this.
        rating.points_per_thousand_se = rating.se.and(rate).map(|[_, se]| se);
    }

    pub(crate) fn reference_name(&self, rated: &Rated<'_>) -> Option<String> {
        self.reference.map(|model| rated.name(model).to_owned())
    }
}

fn means(rated: &Rated<'_>) -> Vec<Option<f64>> {
    let mut sums = vec![[0.0, 0.0]; rated.models.len()];
    if let Some(column) = rated.votes.features.get(THINKING) {
        for (row, at) in rated.sample.rows.iter().zip(&rated.rows) {
            for (model, tokens) in
                column[*at].into_iter().flat_map(|pair| [row.a, row.b].into_iter().zip(pair))
            {
                sums[model][0] += tokens;
                sums[model][1] += 1.0;
            }
        }
    }
    sums.into_iter().map(|[sum, count]| (count > 0.0).then(|| sum / count)).collect()
}
