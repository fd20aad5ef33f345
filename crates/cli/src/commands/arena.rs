//! `thinkmeter arena`: votes, and ratings from votes.

use std::path::{Path, PathBuf};

use arena::{Anchor, ArenaError, Field, Intervals, ReadOptions, Settings, Ties, views};
use plugin::{ConfigError, Value};
use serde_json::json;
use stage::{Manifest, table};

use super::component::table as component;
use super::report::as_text;
use super::stage::{Alone, run as perform};
use crate::args::{ArenaAction, ArenaArgs, FitArgs, Global, IntervalsWord, MakeArgs, TiesWord, VoteArgs};
use crate::exit::{Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: ArenaArgs, global: &Global) -> Result<Exit> {
    match args.action {
        ArenaAction::Fit(args) => fit(&args, global),
        ArenaAction::Make(args) => perform(args.alone(), global),
    }
}

impl MakeArgs {
    /// The stage, over the tables of a run.
    fn alone(self) -> Result<Alone> {
        let table = json!({"arena": self.table()?});
        let output = self.place()?;
        let problems = self.run.join(table::PROBLEMS.file);
        if self.run.is_dir() && !problems.is_file() {
            let what =
                format!("{} is no folder of a run: it has no {}", self.run.display(), table::PROBLEMS.file);
            return Err(ArenaError::Setting(what).into());
        }
        let models = compare::model_runs(std::slice::from_ref(&self.run))?;
        let alone = Alone::new(&arena::ArenaStage, table, output)
            .reading(table::PROBLEMS, problems)
            .asking(self.calls, self.batch, self.offline, self.failures)
            .looking(self.dry_run);
        Ok(models.into_iter().fold(alone, |alone, model| {
            let generations = model.scores.with_file_name(table::GENERATIONS.file);
            alone.reading(table::GENERATIONS, generations).reading(table::SCORES, model.scores)
        }))
    }

    /// The table `[arena]` that its flags stand for.
    fn table(&self) -> Result<Value> {
        let keys = [
            ("judge.model", self.judge.clone().map(Value::from)),
            ("judge.base_url", self.base_url.clone().map(Value::from)),
            ("pairs", Some(pairs(&self.pairs))),
            ("gold", self.no_gold.then(|| Value::from(false))),
            ("graded", self.ask_all.then(|| Value::from(false))),
        ];
        component(None, &keys, &self.set)
    }

    /// Where the votes go. Those that a run's own pipeline made are not replaced behind its back.
    fn place(&self) -> Result<Option<PathBuf>> {
        let manifest = Manifest::read(&self.run)?;
        if self.output.is_none() && manifest.stages.contains_key("arena") {
            let run = self.run.display();
            let what =
                format!("{run} has votes that its own pipeline makes; say with --output where others go");
            return Err(ArenaError::Setting(what).into());
        }
        let only_looks = self.dry_run || self.batch.batch_out.is_some();
        let beside = || (!only_looks).then(|| self.run.join(table::VOTES.file));
        Ok(self.output.clone().or_else(beside))
    }
}

/// `all`, `against:MODEL`, or `N@SEED` as the table that it stands for.
fn pairs(text: &str) -> Value {
    let (most, seed) = text.split_once('@').unwrap_or((text, "0"));
    match (most.parse::<u64>(), seed.parse::<u64>()) {
        (Ok(most), Ok(seed)) => json!({"most": most, "seed": seed}),
        _ => Value::from(text),
    }
}

/// A file of votes, or that of a run.
fn votes_in(path: &Path) -> Result<PathBuf, ArenaError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let votes = path.join(table::VOTES.file);
    let none = || format!("{}: it has no votes; `thinkmeter arena make` makes some", path.display());
    if votes.is_file() { Ok(votes) } else { Err(ArenaError::Setting(none())) }
}

fn fit(args: &FitArgs, global: &Global) -> Result<Exit> {
    let files = args.files.iter().map(|path| votes_in(path)).collect::<Result<Vec<_>, ArenaError>>()?;
    let votes = arena::read(&files, &reading(&args.reading)?)?;
    let arena = arena::rate(&votes, &settings(args)?)?;
    let text = match as_text(args.format) {
        Some(format) => views::text(&arena, format, output::width(), output::colored(global))?,
        None => views::html(&arena)?,
    };
    output::data_to(args.output.as_deref(), &text, args.format)?;
    Ok(Exit::Done)
}

fn reading(args: &VoteArgs) -> Result<ReadOptions> {
    let known = Field::ALL.map(Field::word);
    let field = |(word, column): &(String, String)| {
        let field = Field::ALL.into_iter().find(|field| field.word() == word);
        let unknown = || Usage(ConfigError::unknown("--column", "field of a vote", word, &known).to_string());
        Ok((field.ok_or_else(unknown)?, column.clone()))
    };
    if !(args.strong_weight > 0.0 && args.strong_weight.is_finite()) {
        return Err(Usage("--strong-weight: expected a number above 0".to_owned()).into());
    }
    Ok(ReadOptions {
        format: args.votes_format.clone(),
        columns: args.column.iter().map(field).collect::<Result<_, Usage>>()?,
        known_models: args.known_models,
        strong_weight: args.strong_weight,
    })
}

fn settings(args: &FitArgs) -> Result<Settings> {
    Ok(Settings {
        ties: match args.ties {
            TiesWord::Half => Ties::Half,
            TiesWord::Drop => Ties::Drop,
        },
        cluster: args.cluster.map(Into::into),
        intervals: match args.intervals {
            IntervalsWord::Sandwich => Intervals::Sandwich,
            IntervalsWord::Bootstrap => Intervals::Bootstrap,
        },
        resamples: args.resamples,
        seed: args.seed,
        prior: args.prior,
        anchor: args.anchor.as_deref().map(anchor).transpose()?,
        control: args.control.clone(),
        families: args.family.iter().cloned().collect(),
        k: args.k,
        shuffles: args.shuffles,
    })
}

/// `model`, or `model=points`.
fn anchor(text: &str) -> Result<Anchor, Usage> {
    let Some((model, points)) = text.rsplit_once('=') else {
        return Ok(Anchor { model: text.to_owned(), points: 1000.0 });
    };
    let number = points.trim().parse::<f64>().ok().filter(|points| points.is_finite());
    let points =
        number.ok_or_else(|| Usage(format!("--anchor {text}: `{points}` is no number of points")))?;
    Ok(Anchor { model: model.to_owned(), points })
}
