//! Reading: the metrics whole, the scores as a stream.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tables::{Aligned, Keyed, MetricValue, OperatingPoint, Rating, Row, Score, TableReader, Term};

use super::about::{About, AboutModel};
use super::choices::Choices;
use super::health::{Health, JudgingColumns};
use super::ledger::Ledger;
use super::positions::Positions;
use super::strategy::Strategy;
use super::variants::{Varied, read as read_variants};
use crate::error::ReportError;

/// Everything that the formats need; its size does not depend on the number of replies.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What the pipeline says about itself.
    pub about: About,
    /// The rows of the metrics table in their order.
    pub metrics: Vec<MetricValue>,
    /// Ways to answer with what they cost; none in a run of an earlier version, or where runs were put together.
    pub points: Vec<OperatingPoint>,
    /// One group for every model and dataset, in the order of the metrics table.
    pub groups: Vec<Group>,
    /// The run's folder, if its traces can be shown.
    pub folder: Option<PathBuf>,
    /// Replies to problems and to their variants, where there are variants.
    pub(crate) variants: Vec<Varied>,
    /// What votes say of the models, in a pipeline with an `[arena]`.
    pub(crate) ratings: Vec<Rating>,
    /// The folders of its models there.
    pub model_folders: Vec<PathBuf>,
    /// The group that was looked for last: rows of one come one after the other.
    current: usize,
}

/// One model's replies to one dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// The dataset.
    pub dataset: String,
    /// The model.
    pub model: String,
    /// The names of its groups of problems in their order, without [`MetricValue::OVERALL`].
    pub subsets: Vec<String>,
    /// The ledger of each group of problems, in the order of the scores.
    pub ledgers: Vec<(String, Ledger)>,
    /// The right replies that thought longest after the answer was there, the longest first.
    pub extremes: Vec<Extreme>,
    /// Where in their thinking the replies first assert the right answer.
    pub positions: Positions,
    /// Where options stood, and which letters were answered.
    pub(crate) choices: Choices,
    /// How judging went.
    pub health: Health,
    /// The strategy that asked, and what came of it.
    pub(crate) strategy: Option<Strategy>,
    /// The budget at which its thinking was ended.
    pub(crate) forced_at: Option<u32>,
    /// Its place among the groups.
    number: usize,
    /// The places of its figures in the metrics table.
    rows: Vec<usize>,
}

/// A reply that went on for long.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Extreme {
    /// The problem.
    pub problem_id: String,
    /// The sample.
    pub sample: u32,
    /// The problem's group.
    pub subset: String,
    /// Tokens of the thinking.
    pub reasoning_tokens: u32,
    /// Tokens through the step that first asserts the right answer.
    pub first_correct_tokens: u32,
    /// Tokens after it.
    pub reflection_tokens: u32,
    /// Switches of thought.
    pub thought_switches: u32,
}

/// So many replies are named per model.
const EXTREMES: usize = 5;

impl Report {
    /// Reads the metrics and streams the scores of every model once.
    pub fn read(metrics: &Path, scores: &[PathBuf], about: About) -> Result<Self, ReportError> {
        let rows: Vec<MetricValue> = TableReader::open(metrics)?.collect::<Result<_, _>>()?;
        let mut report = Self::from_metrics(rows, about);
        report.points = rows_beside(metrics, stage::table::POINTS)?;
        for path in scores {
            for score in TableReader::<Score>::open(path)? {
                report.add(&score?);
            }
        }
        report.finish();
        Ok(report)
    }

    /// Reads the tables of a run's folder: the metrics, and the scores of every model with the judgments beside them.
    pub fn read_run(
        folder: &Path,
        metrics: &Path,
        scores: &[PathBuf],
        about: About,
    ) -> Result<Self, ReportError> {
        let rows: Vec<MetricValue> = TableReader::open(metrics)?.collect::<Result<_, _>>()?;
        let mut report = Self::from_metrics(rows, about);
        report.points = rows_beside(metrics, stage::table::POINTS)?;
        report.folder = Some(folder.to_owned());
        report.model_folders = scores.iter().filter_map(|path| Some(path.parent()?.to_owned())).collect();
        // No more tables under way than cores: a report of thousands of models needs no more memory than its figures.
        for tables in scores.chunks(rayon::current_num_threads()) {
            let read: Vec<_> = tables.par_iter().map(|path| Self::of_replies(path)).collect();
            for replies in read {
                report.take(replies?);
            }
        }
        report.finish();
        report.variants = read_variants(&folder.join(stage::table::PROBLEMS.file), scores, &[])?;
        if !report.about.arena.is_empty() {
            report.ratings = rows_beside(metrics, stage::table::RATINGS)?;
        }
        Ok(report)
    }

    /// What a model's replies say, without its figures.
    fn of_replies(scores: &Path) -> Result<Self, ReportError> {
        let mut report = Self::default();
        let judgments = scores.with_file_name(stage::table::JUDGMENTS.file);
        let mut verdicts = Aligned::<JudgingColumns>::new(TableReader::open(&judgments)?);
        for score in TableReader::<Score>::open(scores)? {
            let score = score?;
            let verdict = verdicts.next_for(&score.key(), scores)?;
            report.add(&score);
            report.group_mut(&score.dataset, &score.model).health.add(verdict);
        }
        verdicts.finish(scores)?;
        Ok(report)
    }

    /// Puts what replies say beside the figures; no other table has replies of the same models.
    fn take(&mut self, replies: Self) {
        for said in replies.groups {
            let group = self.group_mut(&said.dataset, &said.model);
            let (number, rows) = (group.number, std::mem::take(&mut group.rows));
            *group = Group { number, rows, subsets: std::mem::take(&mut group.subsets), ..said };
        }
    }

    /// A report that has not seen any scores yet.
    pub(crate) fn from_metrics(metrics: Vec<MetricValue>, about: About) -> Self {
        let mut report = Self::new(about);
        for (row, metric) in metrics.iter().enumerate() {
            let group = report.group_mut(&metric.dataset, &metric.model);
            group.rows.push(row);
            if metric.subset != MetricValue::OVERALL && !group.subsets.contains(&metric.subset) {
                group.subsets.push(metric.subset.clone());
            }
        }
        report.metrics = metrics;
        report
    }

    /// A report of nothing yet.
    pub fn new(about: About) -> Self {
        Self { about, ..Self::default() }
    }

    /// Adds the models, figures and groups of another report, whose models are `called` otherwise here.
    pub fn append(&mut self, other: Self, called: impl Fn(&str) -> String) {
        let (groups, rows) = (self.groups.len(), self.metrics.len());
        // The points of two runs were never held against each other, problem by problem: whoever puts them together does it.
        self.points = if groups == 0 { other.points } else { Vec::new() };
        let models = other.about.models.into_iter();
        self.about.models.extend(models.map(|model| AboutModel { name: called(&model.name), ..model }));
        let metrics = other.metrics.into_iter();
        self.metrics.extend(metrics.map(|row| MetricValue { model: called(&row.model), ..row }));
        self.groups.extend(other.groups.into_iter().map(|group| Group {
            model: called(&group.model),
            number: group.number + groups,
            rows: group.rows.iter().map(|row| row + rows).collect(),
            ..group
        }));
    }

    /// Counts one reply.
    pub(crate) fn add(&mut self, score: &Score) {
        let group = self.group_mut(&score.dataset, &score.model);
        group.ledger_mut(&score.subset).add(score);
        group.positions.add(score);
        group.choices.add(score);
        group.consider(score);
        // A budget beyond that ends nobody's thinking.
        group.forced_at = score.forced_at.and_then(|budget| u32::try_from(budget).ok()).or(group.forced_at);
        if let Some(label) = &score.strategy {
            group.strategy.get_or_insert_with(|| Strategy::new(label)).add(score);
        }
    }

    /// All replies are counted.
    pub(crate) fn finish(&mut self) {
        self.groups.iter_mut().for_each(|group| group.choices.finish());
    }

    /// Some problems ask for the letter of an option.
    pub(crate) fn has_choices(&self) -> bool {
        self.groups.iter().any(|group| !group.choices.is_empty())
    }

    fn group_mut(&mut self, dataset: &str, model: &str) -> &mut Group {
        let is = |group: &Group| group.dataset == dataset && group.model == model;
        if !self.groups.get(self.current).is_some_and(is) {
            self.current = self.groups.iter().position(is).unwrap_or_else(|| {
                let number = self.groups.len();
                let (dataset, model) = (dataset.to_owned(), model.to_owned());
                self.groups.push(Group { dataset, model, number, ..Group::default() });
                number
            });
        }
        &mut self.groups[self.current]
    }

    /// Some of its replies were asked for by a strategy.
    pub fn has_strategies(&self) -> bool {
        self.groups.iter().any(|group| group.strategy.is_some())
    }

    /// A figure of a group.
    pub(crate) fn metric(
        &self,
        group: &Group,
        subset: &str,
        metric: &str,
        scope: &str,
    ) -> Option<&MetricValue> {
        let mut rows = group.rows.iter().filter_map(|row| self.metrics.get(*row));
        rows.find(|row| row.metric == metric && row.subset == subset && row.scope == scope)
    }

    /// A figure of a group over all problems and replies.
    pub(crate) fn overall(&self, group: &Group, metric: &str) -> Option<&MetricValue> {
        self.metric(group, MetricValue::OVERALL, metric, MetricValue::ALL)
    }

    /// Every figure of a group in the table's order.
    pub(crate) fn of<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a MetricValue> {
        group.rows.iter().filter_map(|row| self.metrics.get(*row))
    }

    /// The glossary's entries of figures that the report has.
    pub(crate) fn glossary(&self) -> impl Iterator<Item = &Term> {
        let figures: HashSet<&str> = self.metrics.iter().map(|row| row.metric.as_str()).collect();
        let used = move |term: &&Term| figures.iter().any(|figure| term.covers(figure));
        self.about.glossary.iter().filter(used)
    }

    /// The datasets in order, each with its groups.
    pub fn datasets(&self) -> Vec<(&str, Vec<&Group>)> {
        let mut datasets: Vec<(&str, Vec<&Group>)> = Vec::new();
        for group in &self.groups {
            match datasets.iter_mut().find(|(name, _)| *name == group.dataset) {
                Some((_, groups)) => groups.push(group),
                None => datasets.push((&group.dataset, vec![group])),
            }
        }
        datasets
    }

    /// The ways to answer of these models over all problems of their dataset.
    pub(crate) fn points_of(&self, groups: &[&Group]) -> Vec<&OperatingPoint> {
        let wanted: HashSet<(&str, &str)> =
            groups.iter().map(|group| (&*group.dataset, &*group.model)).collect();
        let overall = self.points.iter().filter(|point| point.subset == MetricValue::OVERALL);
        overall.filter(|point| wanted.contains(&(&*point.dataset, &*point.model))).collect()
    }

    /// What is known about a group's model.
    pub(crate) fn model(&self, group: &Group) -> Option<&AboutModel> {
        // Most runs have one dataset, and its groups are the models in their order.
        let likely = self.about.models.get(group.number).filter(|model| model.name == group.model);
        likely.or_else(|| self.about.model(&group.model))
    }

    /// The same with its first groups alone, and a notice of that: for a page that a person reads.
    pub(crate) fn first(&self, most: usize) -> Self {
        let all = self.groups.len();
        let dropped: HashSet<&str> =
            self.groups.iter().skip(most).map(|group| group.model.as_str()).collect();
        let mut about = self.about.clone();
        let of_dropped =
            |stage: &str| stage.split_once(' ').is_some_and(|(_, model)| dropped.contains(model));
        about.fingerprints.retain(|stage| !of_dropped(&stage.stage));
        about.configuration.iter_mut().for_each(|same| same.stages.retain(|stage| !of_dropped(stage)));
        about.configuration.retain(|same| !same.stages.is_empty());
        about.models.retain(|model| !dropped.contains(model.name.as_str()));
        about.notices.push(format!(
            "This page shows the first {most} of {all} models; report.csv and report.json hold the figures of all."
        ));
        let (folder, mut model_folders) = (self.folder.clone(), self.model_folders.clone());
        model_folders.truncate(most);
        let kept = self.points.iter().filter(|point| !dropped.contains(point.model.as_str()));
        let points = kept.cloned().collect();
        let kept = self.variants.iter().filter(|varied| !dropped.contains(varied.model.as_str()));
        let variants = kept.cloned().collect();
        let ratings = self.ratings.clone();
        let mut few = Self { about, folder, model_folders, points, variants, ratings, ..Self::default() };
        for group in self.groups.iter().take(most) {
            let start = few.metrics.len();
            few.metrics.extend(self.of(group).cloned());
            few.groups.push(Group { rows: (start..few.metrics.len()).collect(), ..group.clone() });
        }
        few
    }

    /// The group's token counts are not those of the model's own tokenizer.
    pub(crate) fn approximate(&self, group: &Group) -> bool {
        self.model(group).is_some_and(|model| !model.tokenizer_exact)
    }

    /// The model's name, with the dataset where the report has several.
    pub(crate) fn heading(&self, group: &Group) -> String {
        let several = self.groups.iter().any(|other| other.dataset != group.dataset);
        if several { format!("{} on {}", group.model, group.dataset) } else { group.model.clone() }
    }
}

/// The rows of a table that lies beside these figures; none where there is no such table.
fn rows_beside<R: Row>(metrics: &Path, table: stage::Table) -> Result<Vec<R>, ReportError> {
    let path = metrics.with_file_name(table.file);
    if path.is_file() { Ok(TableReader::open(&path)?.collect::<Result<_, _>>()?) } else { Ok(Vec::new()) }
}

impl Group {
    /// Replies in which a step asserts the right answer.
    pub(crate) fn positions_found(&self) -> u64 {
        self.positions.tenths.iter().sum()
    }

    /// The ledger over all groups of problems.
    pub fn total(&self) -> Ledger {
        let mut total = Ledger::default();
        for (_, ledger) in &self.ledgers {
            total.merge(ledger);
        }
        total
    }

    /// The ledger of one group of problems, or of all for [`MetricValue::OVERALL`].
    pub fn ledger(&self, subset: &str) -> Ledger {
        if subset == MetricValue::OVERALL {
            return self.total();
        }
        // A group without a reply has nothing to count.
        let found = self.ledgers.iter().find(|(name, _)| name == subset);
        found.map_or_else(Ledger::default, |(_, ledger)| ledger.clone())
    }

    /// The groups of problems in order, then all together.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &str> {
        self.subsets.iter().map(String::as_str).chain([MetricValue::OVERALL])
    }

    fn ledger_mut(&mut self, subset: &str) -> &mut Ledger {
        let found = self.ledgers.iter().position(|(name, _)| name == subset);
        let index = found.unwrap_or_else(|| {
            self.ledgers.push((subset.to_owned(), Ledger::default()));
            self.ledgers.len() - 1
        });
        &mut self.ledgers[index].1
    }

    /// Keeps the reply if it is among the longest; the first of equals stays first.
    fn consider(&mut self, score: &Score) {
        let (Some(true), true) = (score.correct, score.located) else { return };
        // Whoever saw the step saw all of the thinking.
        let (Some(first), Some(after)) = (score.first_correct_tokens, score.reflection_tokens) else {
            return;
        };
        let (Some(all), Some(switches)) = (score.reasoning_tokens, score.thought_switches) else { return };
        let place = self.extremes.partition_point(|kept| kept.reflection_tokens >= after);
        if after == 0 || place >= EXTREMES {
            return;
        }
        let extreme = Extreme {
            problem_id: score.problem_id.clone(),
            sample: score.sample,
            subset: score.subset.clone(),
            reasoning_tokens: all,
            first_correct_tokens: first,
            reflection_tokens: after,
            thought_switches: switches,
        };
        self.extremes.insert(place, extreme);
        self.extremes.truncate(EXTREMES);
    }
}

#[cfg(test)]
mod tests {
    use tables::{Blame, Blamed};

    use super::*;
    use crate::fixture;

    #[test]
    fn groups_follow_the_metrics_and_scores_fill_their_ledgers() {
        let report = fixture::report();
        let names: Vec<&str> = report.groups.iter().map(|group| group.model.as_str()).collect();
        assert_eq!(names, ["overthinker", "terse", "<script>alert(1)</script>"]);
        let group = &report.groups[0];
        assert_eq!(group.subsets, ["Level 1", "Level 2", "Level 3"]);
        assert_eq!(group.ledger("Level 3").truncated, 2);
        assert_eq!(group.total().generations, 44);
    }

    #[test]
    fn the_longest_afterthoughts_are_kept_in_order() {
        let mut group = Group::default();
        for (index, after) in [5, 9, 9, 0, 1, 30, 2, 7].into_iter().enumerate() {
            group.consider(&Score {
                problem_id: format!("p{index}"),
                correct: Some(true),
                located: true,
                reasoning_tokens: Some(1 + after),
                thought_switches: Some(0),
                first_correct_tokens: Some(1),
                reflection_tokens: Some(after),
                ..Score::default()
            });
        }
        let kept: Vec<&str> = group.extremes.iter().map(|extreme| extreme.problem_id.as_str()).collect();
        assert_eq!(kept, ["p5", "p1", "p2", "p7", "p0"]);
    }

    #[test]
    fn tables_on_disk_make_the_same_report() {
        let folder = tempfile::tempdir().unwrap();
        let (metrics, scores) = fixture::write(folder.path());
        let read = Report::read(&metrics, &scores, fixture::about()).unwrap();
        let expect = fixture::report();
        assert_eq!(
            (&read.about, &read.metrics, &read.groups),
            (&expect.about, &expect.metrics, &expect.groups)
        );
    }

    #[test]
    fn a_wrong_table_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let (metrics, scores) = fixture::write(folder.path());
        let error = Report::read(&scores[0], &[metrics], About::default()).unwrap_err();
        assert!(error.to_string().contains("holds a `score` table; expected a `metric` table"), "{error}");
        assert_eq!(error.blame(), Blame::Input);
    }
}
