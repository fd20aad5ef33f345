//! The stage `judge`: generations, their grades and steps in, one judgment of each out.

use chat::{Ask, Dialogue, Endpoint, Usage};
use plugin::{ConfigErrors, Configured, Value};
use serde_json::json;
use stage::{
    About, ConfiguredStage, DialogueEnd, Document, Files, Observer, RowWork, Run, Stage, StageError, Summary,
    Table, Target, Tick, Walk, Walked, drive, table,
};
use tables::{
    Aligned, Generation, Grade, JudgeState, Judgment, Provenance, Split, TableError, TableReader,
    TableWriter, Tree,
};

use crate::row::{Needs, Row};
use crate::{Item, JUDGES, Judge, JudgeError, Judged, failed, judges, tasks};

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
                let told = |(task, judge): (&str, String)| format!("{task} ({judge})");
                let names = tasks.names().into_iter().map(told).collect();
                Ok(Self { judge: tasks.after(judge), tasks: names })
            }
            (judge, tasks) => {
                let faults = judge.err().into_iter().chain(tasks.err());
                Err(ConfigErrors(faults.flat_map(|faults| faults.0).collect()))
            }
        }
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

    fn fingerprint_input(&self, _target: Target<'_>) -> Value {
        self.judge.fingerprint_input.clone()
    }

    fn endpoints(&self, _target: Target<'_>) -> Vec<&Endpoint> {
        self.judge.built.endpoints()
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
    drive(&work, rows, total, ask, observer, |written| Ok(counted.push(written)?))?;
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

/// What is done with each generation, wherever its rows come from.
pub struct Judging<'a> {
    judge: &'a dyn Judge,
    needs: Needs,
}

impl<'a> Judging<'a> {
    /// By this judge.
    pub fn new(judge: &'a dyn Judge) -> Self {
        let needs = Needs { gold: judge.needs_gold(), question: !judge.endpoints().is_empty() };
        Self { judge, needs }
    }

    /// A generation with its grade and steps, ready to be judged.
    pub fn row(&self, walked: Walked<(Grade, Split)>) -> Row {
        Row::new(walked, self.needs)
    }
}

impl RowWork for Judging<'_> {
    type Row = Row;
    /// What there is to judge, or why there is nothing.
    type View<'a>
        = Result<Item<'a>, Judgment>
    where
        Self: 'a;
    type Found = Judged;
    /// A judgment with what is kept, and whether one of its calls failed for a reason that may have passed by the next run.
    type Written = (Judged, bool);

    fn who(&self) -> String {
        format!("the judge `{}`", self.judge.name())
    }

    fn view<'a>(&'a self, row: &'a mut Row) -> Result<Item<'a>, Judgment> {
        match row.skipped() {
            Some(skipped) => Err(skipped),
            None => Ok(row.item()),
        }
    }

    fn open<'a>(&'a self, view: &'a mut Result<Item<'_>, Judgment>) -> Box<dyn Dialogue<Judged> + 'a> {
        match view {
            Ok(item) => self.judge.open_all(item),
            Err(skipped) => Box::new(chat::done(Judged { judgment: skipped.clone(), tree: None })),
        }
    }

    fn given_up(&self, _row: &Row, why: String) -> Judged {
        Judged { judgment: failed(why), tree: None }
    }

    fn complete(
        &self,
        row: Row,
        Judged { judgment, tree }: Judged,
        end: DialogueEnd,
    ) -> Result<(Judged, bool), StageError> {
        let judgment = paid(row.seal(judgment, &self.judge.name()), &end.usage);
        Ok((Judged { judgment, tree }, end.broken))
    }

    fn tick(&self, judged: &Judged, usage: &Usage) -> Tick {
        Tick {
            rows: 1,
            failed: u64::from(judged.judgment.state == JudgeState::Failed),
            tokens: usage.completion_tokens.known(),
            cached: u64::from(usage.is_free()),
        }
    }

    fn row_bytes(&self, row: &Row) -> usize {
        row.bytes()
    }

    /// What models said, by far the most of a judgment, and the row.
    fn held_bytes(&self, row: &Row, Judged { judgment, tree }: &Judged) -> usize {
        let drawn = tree.iter().flat_map(|tree| &tree.nodes).map(|node| node.text.capacity());
        let words = judgment.tasks.iter().map(|task| &task.raw).chain([&judgment.raw]);
        row.bytes() + drawn.chain(words.flatten().map(String::capacity)).sum::<usize>()
    }

    fn may_know(&self) -> bool {
        self.judge.may_know()
    }
}

fn paid(judgment: Judgment, usage: &Usage) -> Judgment {
    if usage.calls == 0 {
        return judgment;
    }
    let (prompt_tokens, completion_tokens) = (usage.prompt_tokens.total(), usage.completion_tokens.total());
    Judgment { calls: usage.calls, prompt_tokens, completion_tokens, ..judgment }
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
        Ok(Self { judge, writer, trees, summary })
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
