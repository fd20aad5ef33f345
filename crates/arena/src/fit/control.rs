//! Ratings that hold something equal, such as length, thinking or place.

use std::collections::BTreeMap;

use stats::{REACH, Square, normal_tails};

use super::errors::{Errors, covariance};
use super::graph::strong;
use super::newton::maximum;
use super::rated::Rated;
use super::sample::Sample;
use super::scale::{POINTS, strengths};
use crate::result::{Coefficient, Controlled, LeftOut, Moved};
use crate::vote::{Vote, Votes};

/// Being shown first: 1 in every vote, so its worth is that of the first place.
pub(crate) const POSITION: &str = "position";
/// Being of the family of the judge.
pub(crate) const SAME_FAMILY: &str = "same_family";
/// The control of ratings at equal thinking.
pub(crate) const THINKING: &str = "thinking_tokens";

/// What is held equal, by a value for each vote.
struct Column {
    name: String,
    values: Vec<Option<f64>>,
}

/// By name of a model or judge: its family.
pub(crate) type Families = BTreeMap<String, String>;

/// Names that may be held equal in these votes.
pub(crate) fn known(votes: &Votes, families: &Families) -> Vec<String> {
    let own = [(POSITION, true), (SAME_FAMILY, !families.is_empty())];
    let own = own.into_iter().filter(|(_, there)| *there).map(|(name, _)| name.to_owned());
    votes.features.keys().cloned().chain(own).collect()
}

/// Ratings with these controls beside those without, over the votes that know all of them; or why there are none.
pub(crate) fn controlled(
    rated: &Rated<'_>,
    names: &[String],
    families: &Families,
) -> Result<Controlled, String> {
    let mut left_out = Vec::new();
    let mut columns = Vec::new();
    for name in names {
        let column = column(rated, name, families);
        if column.values.iter().all(Option::is_none) {
            left_out.push(LeftOut { name: column.name, reason: "no vote knows it".to_owned() });
        } else {
            columns.push(column);
        }
    }
    let kept: Vec<usize> = (0..rated.rows.len())
        .filter(|at| columns.iter().all(|column| column.values[*at].is_some()))
        .collect();
    let chosen = standardised(rated, &kept, columns, &mut left_out);
    let plain = rated.part(&kept);
    if strong(&plain.beaten()).len() != 1 {
        return Err(format!("with the {} votes that know them, not every model can be rated", kept.len()));
    }
    let sample = with_controls(&plain, chosen, &mut left_out);
    let model = Fitted { rated, names, left_out, without: rated.rows.len() - kept.len(), kept: kept.len() };
    model.told(&plain, &sample.0, &sample.1)
}

fn column(rated: &Rated<'_>, name: &str, families: &Families) -> Column {
    let votes = rated.votes;
    let family = |name: Option<&String>| name.and_then(|name| families.get(name));
    let of_judge = |vote: &Vote| family(vote.judge.map(|judge| &votes.judges[judge]));
    let value = |at: &usize| {
        let vote = &votes.votes[*at];
        match name {
            POSITION => vote.placed.then_some(1.0),
            SAME_FAMILY => {
                let judge = of_judge(vote)?;
                let own = |model: usize| family(Some(&votes.models[model])) == Some(judge);
                Some(contrast([vote.a, vote.b].map(|model| f64::from(u8::from(own(model))))))
            }
            _ => votes.features.get(name)?.get(*at).copied().flatten().map(contrast),
        }
    };
    Column { name: name.to_owned(), values: rated.rows.iter().map(value).collect() }
}

/// How much more the first has, as a part of what both have: −1 to 1, and 0 where both have nothing.
fn contrast([first, second]: [f64; 2]) -> f64 {
    let both = first.abs() + second.abs();
    if both == 0.0 { 0.0 } else { (first - second) / both }
}

/// Values of the kept votes with mean 0 and standard deviation 1; what says nothing is left out. The first place is 1 in all.
fn standardised(
    rated: &Rated<'_>,
    kept: &[usize],
    columns: Vec<Column>,
    left_out: &mut Vec<LeftOut>,
) -> Vec<(String, Vec<f64>)> {
    let mut chosen = Vec::new();
    for column in columns {
        let values: Vec<f64> = kept.iter().filter_map(|at| column.values[*at]).collect();
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let sd = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        let reason = match column.name.as_str() {
            POSITION if rated.one_sided(kept) => "a model stands on one side only",
            POSITION => "",
            _ if sd < 1e-12 => "it is the same in all votes",
            _ => "",
        };
        if !reason.is_empty() {
            left_out.push(LeftOut { name: column.name, reason: reason.to_owned() });
            continue;
        }
        let is_place = column.name == POSITION;
        let scaled = |value: f64| if is_place { value } else { (value - mean) / sd };
        chosen.push((column.name, values.into_iter().map(scaled).collect()));
    }
    chosen
}

/// The sample with its controls and their names, without those that the models and other controls already say.
fn with_controls(
    plain: &Sample,
    chosen: Vec<(String, Vec<f64>)>,
    left_out: &mut Vec<LeftOut>,
) -> (Sample, Vec<String>) {
    let all = Sample { controls: by_row(plain, &chosen), ..plain.clone() };
    let mut gram = Square::zero(all.parameters());
    let mut cells = Vec::new();
    for at in 0..all.rows.len() {
        all.cells(at, &mut cells);
        gram.add_outer(&cells, 1.0);
    }
    let dependent = gram.dependent();
    let (mut names, mut kept) = (Vec::new(), Vec::new());
    for (at, column) in chosen.into_iter().enumerate() {
        if dependent.contains(&(plain.models - 1 + at)) {
            let reason = "the models and the controls before it already say what it says".to_owned();
            left_out.push(LeftOut { name: column.0, reason });
        } else {
            names.push(column.0.clone());
            kept.push(column);
        }
    }
    (Sample { controls: by_row(plain, &kept), ..plain.clone() }, names)
}

/// The values of each row; virtual votes are between equals.
fn by_row(sample: &Sample, columns: &[(String, Vec<f64>)]) -> Vec<Vec<f64>> {
    let value = |at: usize, values: &[f64]| values.get(at).copied().unwrap_or(0.0);
    (0..sample.rows.len()).map(|at| columns.iter().map(|(_, values)| value(at, values)).collect()).collect()
}

struct Fitted<'a> {
    rated: &'a Rated<'a>,
    names: &'a [String],
    left_out: Vec<LeftOut>,
    kept: usize,
    without: usize,
}

impl Fitted<'_> {
    fn told(self, plain: &Sample, sample: &Sample, used: &[String]) -> Result<Controlled, String> {
        let endless = |_| format!("{} tell winners from losers without fail", self.names.join(", "));
        let plainly = maximum(&plain.by_pair(), &vec![0.0; plain.parameters()]).map_err(endless)?;
        let found = maximum(sample, &vec![0.0; sample.parameters()]).map_err(endless)?;
        let spread = covariance(sample, &found).map_err(endless)?;
        let plain_spread = covariance(plain, &plainly).map_err(endless)?;
        let trusted = self.rated.trusted();
        let se = |place: usize| {
            let at = sample.models + place;
            trusted.then(|| spread.at(at, at).max(0.0).sqrt())
        };
        let coefficients = used
            .iter()
            .enumerate()
            .map(|(place, name)| coefficient(name, found[sample.models - 1 + place], se(place)));
        let [before, after] = [(&plainly, &plain_spread), (&found, &spread)].map(|(found, spread)| {
            let strengths = strengths(found, sample.models);
            let errors = trusted.then(|| Errors::normal(&strengths, spread, self.rated.gauge));
            (self.rated.gauge.scores(&strengths), errors)
        });
        Ok(Controlled {
            votes: self.kept as u64,
            without: self.without as u64,
            coefficients: coefficients.collect(),
            models: (0..sample.models).map(|model| self.moved(model, &before, &after)).collect(),
            left_out: self.left_out,
        })
    }

    fn moved(&self, model: usize, before: &Scores, after: &Scores) -> Moved {
        let rank = |scores: &Scores| scores.1.as_ref().map(|errors| errors.rank(model));
        let ends = after.1.as_ref().map(|errors| errors.ends[model]);
        Moved {
            model: self.rated.name(model).to_owned(),
            before: before.0[model],
            after: after.0[model],
            se: after.1.as_ref().map(|errors| errors.se[model]),
            low: ends.map(|ends| ends[0]),
            high: ends.map(|ends| ends[1]),
            rank_before: rank(before),
            rank_after: rank(after),
        }
    }
}

/// Points with their errors, where these can be trusted.
type Scores = (Vec<f64>, Option<Errors>);

fn coefficient(name: &str, gamma: f64, se: Option<f64>) -> Coefficient {
    Coefficient {
        name: name.to_owned(),
        gamma,
        se,
        low: se.map(|se| gamma - REACH * se),
        high: se.map(|se| gamma + REACH * se),
        points: POINTS * gamma,
        p: se.filter(|se| *se > 0.0).map(|se| normal_tails(gamma / se)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_are_parts_of_both() {
        let check = |pair: [f64; 2], expect: f64| assert_eq!(contrast(pair), expect, "{pair:?}");
        check([0.0, 0.0], 0.0);
        check([3.0, 1.0], 0.5);
        check([0.0, 5.0], -1.0);
    }
}
