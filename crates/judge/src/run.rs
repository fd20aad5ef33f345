//! The stage `judge`: generations, their grades and steps in, one judgment of each out.

use chat::{Ask, Endpoint};
use plugin::{ConfigErrors, Configured, Value};
use serde_json::json;
use stage::{
    About, ConfiguredStage, Document, Files, Observer, Run, Stage, StageError, Summary, Table, Target, Walk,
    drive, table,
};
use tables::{
    Aligned, Generation, JudgeState, Judgment, Provenance, TableError, TableReader, TableWriter, Tree,
};

use crate::drawn::Drawn;
use crate::judging::Judging;
use crate::together::{ByProblem, Together};
use crate::{JUDGES, Judge, JudgeError, Judged, judges, tasks};

/// The stage.
pub struct JudgeStage;

impl Stage for JudgeStage {
    fn name(&self) -> &'static str {
        "judge"
    }

    fn about(&self) -> &'static str {
        "finds the first step that asserts the right answer"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["judge", "tasks"]
    }

    fn known_keys(&self, table: &str, kind: &str) -> Option<Vec<String>> {
        let keys = match table.strip_prefix("tasks.") {
            Some(task) => tasks::keys(task, kind),
            None if table == "judge" => JUDGES.get(kind).map(plugin::Entry::keys),
            None => None,
        };
        Some(keys?.into_iter().map(|key| key.name).collect())
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        Ok(Box::new(Judges::configured(document)?))
    }
}

/// The judge of a pipeline, with what follows it.
pub struct Judges {
    /// The judge, with the tasks that follow it.
    pub judge: Configured<dyn Judge>,
    /// The tasks, and who does each.
    tasks: Vec<String>,
    /// Where each model of the pipeline is asked, for who asks the model that replied.
    own: Vec<Option<Endpoint>>,
}

impl Judges {
    /// Reads the tables `judge` and `tasks`.
    ///
    /// # Errors
    /// Every fault at once, each with its key's path.
    pub fn configured(document: &Document) -> Result<Self, ConfigErrors> {
        let judge = judges::parse(&document.table("judge", JUDGES.usual_table()), "judge");
        let tasks = tasks::build(&document.table("tasks", json!({})), "tasks");
        match (judge, tasks) {
            (Ok(judge), Ok(tasks)) => {
                let own = own_servers(document, &tasks)?;
                let told = |(task, judge): (&str, String)| format!("{task} ({judge})");
                let names = tasks.names().into_iter().map(told).collect();
                Ok(Self { judge: tasks.after(judge), tasks: names, own })
            }
            (judge, tasks) => {
                let faults = judge.err().into_iter().chain(tasks.err());
                Err(ConfigErrors(faults.flat_map(|faults| faults.0).collect()))
            }
        }
    }
}

impl Judges {
    fn own_server(&self, target: Target<'_>) -> Option<&Endpoint> {
        self.own.get(target.at?)?.as_ref()
    }
}

/// It stands for the model that replied.
fn is_own(endpoint: &Endpoint) -> bool {
    endpoint.model.is_empty()
}

/// Where each model of the pipeline is asked.
///
/// # Errors
/// A task asks the model that replied, and that is recorded.
fn own_servers(
    document: &Document,
    tasks: &tasks::Configured,
) -> Result<Vec<Option<Endpoint>>, ConfigErrors> {
    let server = |table: &stage::ModelTable| serde_json::from_value::<Endpoint>(table.table.clone()).ok();
    let own: Vec<Option<Endpoint>> = document.models.iter().map(server).collect();
    let asks = |task: &&dyn crate::Task| task.endpoints().into_iter().any(is_own);
    match tasks.built.iter().map(|task| task.as_ref()).find(asks) {
        Some(task) if own.is_empty() || own.iter().any(Option::is_none) => {
            let fault = "it asks the model that replied, and nobody can be asked whose replies are recorded";
            let path = format!("tasks.{}.kind", task.task());
            Err(plugin::ConfigError::new(path, fault).hint("take `yes_no`, which names a model").into())
        }
        _ => Ok(own),
    }
}

impl ConfiguredStage for Judges {
    fn reads(&self) -> Vec<Table> {
        vec![table::PROBLEMS, table::GENERATIONS, table::GRADES, table::SPLITS]
    }

    fn writes(&self) -> Vec<Table> {
        let trees = self.judge.built.keeps_trees().then_some(table::ROLLOUTS);
        [table::JUDGMENTS].into_iter().chain(trees).collect()
    }

    fn by_the_way(&self) -> Vec<Table> {
        vec![table::ROLLOUTS]
    }

    fn fingerprint_input(&self, target: Target<'_>) -> Value {
        let mut input = self.judge.fingerprint_input.clone();
        let asks = |endpoint: &&Endpoint| is_own(endpoint);
        if let Some(own) = self.own_server(target).filter(|_| self.judge.built.endpoints().iter().any(asks)) {
            let Endpoint { model, base_url, extra_body, .. } = own;
            input["own"] = json!({"model": model, "base_url": base_url, "extra_body": extra_body});
        }
        input
    }

    fn endpoints(&self, target: Target<'_>) -> Vec<&Endpoint> {
        let own = self.own_server(target);
        let asked = self.judge.built.endpoints().into_iter();
        // As long as no model is named, whoever asks one asks nobody.
        asked.filter_map(|endpoint| if is_own(endpoint) { own } else { Some(endpoint) }).collect()
    }

    fn may_fail(&self, _target: Target<'_>) -> bool {
        true
    }

    fn describe(&self, about: &mut About) {
        about.labels.insert("judge", self.judge.built.name());
        if !self.tasks.is_empty() {
            about.labels.insert("tasks", self.tasks.join(", "));
        }
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        judge(&*self.judge.built, run.files, run.provenance, run.ask, run.observer)
    }
}

/// Judges every generation of `files` and writes the judgments in the same order, all or nothing. A judge with endpoints
/// needs somebody to `ask`.
///
/// # Errors
/// See [`StageError`].
pub fn judge(
    judge: &dyn Judge,
    files: &Files,
    provenance: &Provenance,
    ask: Option<&dyn Ask>,
    observer: &dyn Observer,
) -> Result<Summary, StageError> {
    let grades = Aligned::new(TableReader::open(files.input(table::GRADES)?)?);
    let splits = Aligned::new(TableReader::open(files.input(table::SPLITS)?)?);
    let walk = Walk::open(files.input(table::PROBLEMS)?, files.input(table::GENERATIONS)?, (grades, splits))?;
    let total = walk.len();
    if let Some(ask) = ask {
        try_out(judge, files, ask)?;
    }
    let mut counted = Counted::create(files, judge, provenance)?;
    let work = Judging::new(judge);
    let rows = walk.map(|walked| Ok(work.row(walked?)));
    let mut write = |written| Ok::<(), StageError>(counted.push(written)?);
    if judge.compares() {
        let problems = ByProblem::new(rows);
        let each = |found: Vec<(Judged, bool)>| found.into_iter().try_for_each(&mut write);
        drive(&Together(&work), problems, total, ask, observer, each)?;
    } else {
        drive(&work, rows, total, ask, observer, &mut write)?;
    }
    counted.drawn.notes().iter().for_each(|note| observer.note(note));
    let summary = counted.finish()?;
    if let Some(share) = share_sent_on(&summary) {
        observer.note(&share);
    }
    Ok(summary)
}

/// Whether servers that have to go on with replies do, seen before anything that costs is asked. What they are to go on with is
/// told by the first thinking that there is.
fn try_out(judge: &dyn Judge, files: &Files, ask: &dyn Ask) -> Result<(), StageError> {
    let mut generations = TableReader::<Generation>::open(files.input(table::GENERATIONS)?)?;
    let thinking = |row: &Result<Generation, TableError>| {
        row.as_ref().map_or(true, |row| !row.failed() && !row.thought().is_empty())
    };
    let Some(like) = generations.find(thinking).transpose()? else { return Ok(()) };
    for needs in judge.trials(&like) {
        if let Some(why) = needs.trial.refused(needs.to, ask) {
            return Err(StageError::own(JudgeError::CannotGoOn {
                task: needs.task,
                model: needs.model,
                why,
            }));
        }
    }
    Ok(())
}

/// How much the dearer of two judges in a row had to do.
fn share_sent_on(summary: &Summary) -> Option<String> {
    let sent = *summary.counts.get("sent_on")?;
    let skipped = summary.counts.get("skipped").copied().unwrap_or_default();
    let judged = summary.rows - skipped;
    let share = 100.0 * sent as f64 / judged.max(1) as f64;
    Some(format!("{sent} of {judged} traces ({share:.1} %) were sent on to the model"))
}

/// Writes judgments and counts them.
struct Counted<'a> {
    judge: &'a dyn Judge,
    writer: TableWriter<Judgment>,
    /// What tasks drew and keep, if there is a place for it.
    trees: Option<TableWriter<Tree>>,
    drawn: Drawn,
    summary: Summary,
}

impl<'a> Counted<'a> {
    fn create(files: &Files, judge: &'a dyn Judge, provenance: &Provenance) -> Result<Self, StageError> {
        let provenance = provenance.clone().with("judge", judge.name());
        let writer = TableWriter::create(files.output(table::JUDGMENTS)?, &provenance)?;
        let trees = files.optional_output(table::ROLLOUTS).map(|path| TableWriter::create(path, &provenance));
        let trees = trees.transpose()?;
        let mut summary = Summary::default();
        for count in ["found", "absent", "failed", "skipped", "model_calls"] {
            summary.counts.insert(count.to_owned(), 0);
        }
        if judge.sent_on(&Judgment::default()).is_some() {
            summary.counts.insert("sent_on".to_owned(), 0);
        }
        Ok(Self { judge, writer, trees, drawn: Drawn::default(), summary })
    }

    /// A row with a verdict counts as failed too if a task beside it lost a call (`broken`): it is worth another try.
    fn push(&mut self, (Judged { judgment, tree }, broken): (Judged, bool)) -> Result<(), TableError> {
        let word = match judgment.state {
            JudgeState::Found => "found",
            JudgeState::Absent => "absent",
            JudgeState::Failed => "failed",
            JudgeState::Skipped => "skipped",
        };
        *self.summary.counts.entry(word.to_owned()).or_default() += 1;
        *self.summary.counts.entry("model_calls".to_owned()).or_default() += u64::from(judgment.calls);
        if self.judge.sent_on(&judgment) == Some(true) {
            *self.summary.counts.entry("sent_on".to_owned()).or_default() += 1;
        }
        for task in judgment.tasks.iter().filter(|task| task.state == "failed") {
            *self.summary.counts.entry(format!("{}_failed", task.task)).or_default() += 1;
        }
        let lost_task = broken && judgment.tasks.iter().any(|task| task.state == "failed");
        self.summary.failed += u64::from(judgment.state == JudgeState::Failed || lost_task);
        self.summary.skipped += u64::from(judgment.state == JudgeState::Skipped && !lost_task);
        self.summary.rows += 1;
        self.drawn.add(&judgment);
        if let Some(trees) = &mut self.trees {
            trees.push(tree.map_or_else(|| no_tree(&judgment), |tree| *tree))?;
        }
        self.writer.push(judgment)
    }

    fn finish(self) -> Result<Summary, TableError> {
        self.writer.finish_having_failed(self.summary.failed)?;
        if let Some(trees) = self.trees {
            trees.finish_having_failed(self.summary.failed)?;
        }
        Ok(self.summary)
    }
}

/// The tree of a generation of which nothing was drawn.
fn no_tree(judgment: &Judgment) -> Tree {
    let Judgment { problem_id, sample, .. } = judgment;
    Tree { problem_id: problem_id.clone(), run: *sample, ..Tree::default() }
}
