//! The stage `generate`: problems in, replies of one model with thinking and answer told apart out.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use answer::Policy;
use chat::{Dialogue, Endpoint, Usage};
use plugin::{ConfigError, ConfigErrors, Value};
use serde_json::json;
use stage::{
    About, ConfiguredStage, DialogueEnd, Document, ModelFacts, ModelTable, Replies, RowWork, Run, Stage,
    StageError, Summary, Table, Target, Tick, drive, table,
};
use tables::{Finish, Problem, Provenance, Reply, TableReader, TableWriter, Tree};

use crate::assemble::{self, Source};
use crate::generators::{recorded_model, searches};
use crate::going_on::{self, Recorded};
use crate::returned::Gotten;
use crate::rows::{Row, Rows, open};
use crate::{GENERATORS, GenerateError, Model, strategy, worded};

/// The stage.
pub struct GenerateStage;

impl Stage for GenerateStage {
    fn name(&self) -> &'static str {
        "generate"
    }

    fn about(&self) -> &'static str {
        "gets a model's replies and tells thinking from answer"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["models"]
    }

    fn recorded_model(&self, name: &str) -> Option<Value> {
        Some(recorded_model(name))
    }

    fn each_model(&self, table: &ModelTable) -> Result<Vec<ModelTable>, ConfigErrors> {
        match searches(table) {
            Some(searches) => Ok(searches),
            None => strategy::each(table),
        }
    }

    fn known_keys(&self, table: &str, kind: &str) -> Option<Vec<String>> {
        GENERATORS.key_names(kind).filter(|_| table == "model")
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        let (mut models, mut faults) = (Vec::new(), Vec::new());
        let policy = policy(document);
        let graded = document.value.pointer("/grade/kind").and_then(Value::as_str);
        let grids = graded == Some("grid");
        for table in &document.models {
            match crate::parse(&worded::for_grader(&table.table, graded), &table.place) {
                Ok(model) => models.push(model.graded_by(policy.clone(), grids)),
                Err(more) => faults.extend(more.0),
            }
        }
        faults.extend(twice(&models));
        if faults.is_empty() { Ok(Box::new(Generates(models))) } else { Err(ConfigErrors(faults)) }
    }
}

/// What counts as the same answer is the stage `grade`'s to say, and who stops when answers agree goes by it.
fn policy(document: &Document) -> Policy {
    let given = document.value.pointer("/grade/policy").map(|table| plugin::parse(table, "grade.policy"));
    // Its faults are told by that stage.
    given.and_then(Result::ok).unwrap_or_default()
}

fn twice(models: &[Model]) -> Vec<ConfigError> {
    let mut seen = HashSet::new();
    let again = models.iter().enumerate().filter(|(_, model)| !seen.insert(model.name()));
    let fault = |(index, model): (usize, &Model)| {
        ConfigError::new(format!("models[{index}].name"), format!("`{}` is there twice", model.name()))
            .hint("give each model a name of its own")
    };
    again.map(fault).collect()
}

/// The models of a pipeline.
struct Generates(Vec<Model>);

impl Generates {
    fn model(&self, target: Target<'_>) -> Option<&Model> {
        self.0.get(target.at?)
    }
}

impl ConfiguredStage for Generates {
    fn reads(&self) -> Vec<Table> {
        vec![table::PROBLEMS, table::REPLIES]
    }

    fn writes(&self) -> Vec<Table> {
        let trees = self.0.iter().any(|model| model.generator().grows_trees()).then_some(table::TREES);
        std::iter::once(table::GENERATIONS).chain(trees).collect()
    }

    fn model_facts(&self) -> Vec<ModelFacts> {
        let facts = |model: &Model| ModelFacts {
            name: model.name().to_owned(),
            tokenizer: model.tokenizer().map(str::to_owned),
            price: model.price(),
            kind: model.kind().to_owned(),
            samples: model.samples(),
            endpoint: model.endpoint().cloned(),
        };
        self.0.iter().map(facts).collect()
    }

    fn fingerprint_input(&self, target: Target<'_>) -> Value {
        let Some(model) = self.model(target) else { return Value::Null };
        let mut input = model.fingerprint_input();
        // Who goes on with recorded thinking cuts it by the tokenizer.
        if model.generator().goes_on_with().is_some() {
            input["tokenizer"] = json!(target.model().map(|model| model.tokenizer.identity()));
        }
        input
    }

    fn endpoints(&self, target: Target<'_>) -> Vec<&Endpoint> {
        self.model(target).map(Model::endpoints).unwrap_or_default()
    }

    fn may_fail(&self, _target: Target<'_>) -> bool {
        true
    }

    /// A reply of a search is made of many.
    fn asks_once_a_row(&self, target: Target<'_>) -> bool {
        self.model(target).is_some_and(|model| !model.generator().grows_trees())
    }

    fn rows(&self, target: Target<'_>, problems: u64) -> Option<RangeInclusive<u64>> {
        let samples = self.model(target)?.samples()?;
        Some(problems * u64::from(*samples.start())..=problems * u64::from(*samples.end()))
    }

    fn describe(&self, about: &mut About) {
        let asked = self.0.iter().filter(|model| model.endpoint().is_some());
        let asked: HashSet<&str> = asked.map(Model::name).collect();
        for told in &mut about.models {
            let live = asked.contains(told.name.as_str());
            told.replies = if live { Replies::Live } else { Replies::Recorded };
        }
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        let Some(model) = self.model(run.target) else { return Ok(Summary::default()) };
        // A tokenizer that turns out to be broken should not be found out after hours of replies.
        run.target.tokenizer()?;
        let provenance = run.provenance.clone().with("model", model.name());
        // Models that grow none have an empty table beside those that do.
        let trees = run.files.optional_output(table::TREES);
        let mut trees = trees.map(|path| TableWriter::<Tree>::create(path, &provenance)).transpose()?;
        let source = source(model, run, &mut trees)?;
        let summary = assemble::run(run, &source, model, &provenance);
        source.discard();
        let summary = summary?;
        trees.map(|trees| trees.finish_having_failed(summary.failed)).transpose()?;
        Ok(summary)
    }
}

/// Where trees go, if anywhere.
type Trees = Option<TableWriter<Tree>>;

/// The table of the model's raw replies, made if it has to be.
fn source(model: &Model, run: &Run<'_>, trees: &mut Trees) -> Result<Source, StageError> {
    let Some(recording) = model.generator().recording() else { return fetch(model, run, trees) };
    let Some(path) = run.files.optional(table::REPLIES) else {
        return Err(StageError::own(GenerateError::NoRecording { model: model.name().to_owned() }));
    };
    Ok(Source {
        path: path.to_owned(),
        model: recording.model.clone().unwrap_or_else(|| model.name().to_owned()),
        samples: recording.samples,
        scratch: false,
        spent: None,
    })
}

/// Asks everything and keeps the raw replies next to the table to come: how thinking is marked may only show in the last
/// reply.
fn fetch(model: &Model, run: &Run<'_>, trees: &mut Trees) -> Result<Source, StageError> {
    let problems = TableReader::<Problem>::open(run.files.input(table::PROBLEMS)?)?;
    let left_out = AtomicU64::new(0);
    let generator = model.generator();
    let recorded = generator.goes_on_with().map(|of| Recorded::open(model, of, run)).transpose()?;
    if let (Some(trial), Some(ask)) = (generator.trial(), run.ask) {
        going_on::tried(model.name(), trial, ask)?;
    }
    let (at_once, by_problem) = (generator.at_once(), generator.draws());
    let asking = Asking { model: model.name(), at_once, by_problem, spent: Mutex::default() };
    let (rows, total): (Rows<'_>, u64) = match &recorded {
        None => {
            // How many samples a rule draws is not known before; how many problems it settles is.
            let most = model.samples().map_or(1, |samples| u64::from(*samples.end()));
            let total = problems.len() * if by_problem { 1 } else { most };
            (Box::new(problems.flat_map(|problem| open(model, problem, &left_out))), total)
        }
        Some(recorded) => (Box::new(recorded.rows(model, run, &left_out)?), recorded.replies),
    };
    let scratch = scratch(run.files.output(table::GENERATIONS)?);
    let mut writer = TableWriter::<Reply>::create(&scratch, &Provenance::default())?;
    drive(&asking, rows, total, run.ask, run.observer, |Gotten { replies, tree, .. }| {
        if let (Some(trees), Some(tree)) = (trees.as_mut(), tree) {
            trees.push(*tree)?;
        }
        Ok(replies.into_iter().try_for_each(|reply| writer.push(reply))?)
    })?;
    let left_out = left_out.into_inner();
    if left_out > 0 {
        run.observer.note(&format!(
            "{left_out} problems stand among the worked examples themselves; each was asked without that example"
        ));
    }
    writer.finish()?;
    let spent = (recorded.is_some() || generator.grows_trees()).then(|| asking.spent());
    Ok(Source { path: scratch, model: model.name().to_owned(), samples: None, scratch: true, spent })
}

/// Where raw replies stay until thinking and answer are told apart.
fn scratch(out: &Path) -> PathBuf {
    tables::unfinished(&out.with_extension("replies"))
}

/// What is done with each conversation.
struct Asking<'m> {
    model: &'m str,
    at_once: u32,
    /// A conversation is about all samples of a problem, and progress is told in problems.
    by_problem: bool,
    /// What all conversations took so far.
    spent: Mutex<Usage>,
}

impl Asking<'_> {
    fn spent(&self) -> Usage {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'m> RowWork for Asking<'m> {
    type Row = Row<'m>;
    type View<'a>
        = &'a mut Row<'m>
    where
        Self: 'a;
    type Found = Gotten;
    type Written = Gotten;

    fn who(&self) -> String {
        format!("model `{}`", self.model)
    }

    fn view<'a>(&'a self, row: &'a mut Row<'m>) -> &'a mut Row<'m> {
        row
    }

    fn open<'a>(&'a self, row: &'a mut &mut Row<'m>) -> Box<dyn Dialogue<Gotten> + 'a> {
        Box::new(&mut *row.conversation)
    }

    fn given_up(&self, _row: &Row<'m>, why: String) -> Gotten {
        vec![Reply { finish: Finish::Error, error: Some(why), ..Reply::default() }].into()
    }

    fn complete(&self, row: &Row<'m>, mut gotten: Gotten, end: DialogueEnd) -> Result<Gotten, StageError> {
        // What a verifier took has another price, and stands with each path.
        let spent = gotten.tree.as_deref().map_or(end.usage, |_| gotten.drawn);
        self.spent.lock().unwrap_or_else(PoisonError::into_inner).merge(spent);
        for reply in &mut gotten.replies {
            reply.problem_id.clone_from(&row.problem_id);
            self.model.clone_into(&mut reply.model);
        }
        Ok(gotten)
    }

    fn tick(&self, Gotten { replies, .. }: &Gotten, usage: &Usage) -> Tick {
        let failed = replies.iter().filter(|reply| reply.finish == Finish::Error).count() as u64;
        let one = |count: u64| if self.by_problem { count.min(1) } else { count };
        let rows = one(replies.len() as u64);
        Tick {
            rows,
            failed: one(failed),
            tokens: usage.completion_tokens.known(),
            cached: if usage.is_free() { rows } else { 0 },
        }
    }

    fn row_bytes(&self, row: &Row<'m>) -> usize {
        row.problem_id.len()
    }

    fn held_bytes(&self, _row: &Row<'m>, Gotten { replies, tree, .. }: &Gotten) -> usize {
        let texts =
            |reply: &Reply| reply.content.capacity() + reply.reasoning.as_ref().map_or(0, String::capacity);
        let steps = tree.iter().flat_map(|tree| &tree.nodes).map(|node| node.text.capacity());
        replies.iter().map(texts).chain(steps).sum()
    }

    /// Every conversation begins with a question.
    fn may_know(&self) -> bool {
        false
    }

    fn width(&self) -> usize {
        self.at_once as usize
    }
}
