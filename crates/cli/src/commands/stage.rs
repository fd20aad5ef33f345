//! One stage alone, over files that are named on the command line: the same command for all of them.

use std::path::{Path, PathBuf};

use chat::Endpoint;
use llm::Execution;
use pipeline::{PipelineError, forecast_stage};
use plugin::{ConfigError, Value};
use secrets::Names;
use serde_json::json;
use stage::{
    About, ConfiguredStage, Cost, Document, Files, Model, ModelTable, Run, Stage, Summary, Table, Target,
    table,
};
use tables::Provenance;

use super::batch::{BatchIo, Out, nothing_to_ask, table as batch_table, tell_deferred};
use super::component::{invalid, table as component};
use super::session::Session;
use super::{chosen, forecast, money};
use crate::args::{
    BatchArgs, CallArgs, FailureArgs, GenerateArgs, Global, GradeArgs, JudgeArgs, LoadArgs, MeasureArgs,
    ScoreArgs, SplitArgs, StageArgs,
};
use crate::exit::{Exit, Result, Usage};
use crate::output;
use crate::progress;

/// A stage with what the command line says about it.
pub(crate) struct Alone {
    stage: &'static dyn Stage,
    document: Document,
    model: String,
    price: Option<chat::Price>,
    tokenizer: Option<String>,
    files: Files,
    /// For a stage without flags of its own: what is read and what is written, each by the name of its table.
    named: Option<[Vec<(String, PathBuf)>; 2]>,
    output: Option<PathBuf>,
    asks: Option<Asks>,
    dry_run: bool,
}

/// How it asks, for a stage that may.
struct Asks {
    calls: CallArgs,
    batch: BatchArgs,
    offline: bool,
    /// The share of its rows that may fail.
    tolerated: f64,
}

impl Alone {
    pub(super) fn new(stage: &'static dyn Stage, tables: Value, output: Option<PathBuf>) -> Self {
        Self {
            stage,
            document: Document { value: tables, ..Document::default() },
            model: String::new(),
            price: None,
            tokenizer: None,
            files: Files::default(),
            named: None,
            output,
            asks: None,
            dry_run: false,
        }
    }

    pub(super) fn reading(mut self, table: Table, path: PathBuf) -> Self {
        self.files = self.files.reading(table, path);
        self
    }

    /// Takes in the files that are known by the names of their tables.
    fn place(&mut self, configured: &dyn ConfiguredStage) -> Result<()> {
        let [read, written] = self.named.clone().unwrap_or([vec![], vec![]]);
        let (reads, writes) = (configured.reads(), configured.writes());
        for (name, path) in read {
            self.files = std::mem::take(&mut self.files).reading(find(&reads, "--read", &name)?, path);
        }
        for (name, path) in written {
            self.files = std::mem::take(&mut self.files).writing(find(&writes, "--write", &name)?, path);
        }
        Ok(())
    }

    /// What says where a further table goes.
    fn flag(&self, table: &str) -> String {
        let named = self.named.as_ref().map(|_| format!("--write {table}=FILE"));
        named.unwrap_or_else(|| format!("--{table} FILE"))
    }

    /// Only to see what it would ask.
    pub(super) fn looking(self, dry_run: bool) -> Self {
        Self { dry_run, ..self }
    }

    pub(super) fn asking(
        self,
        calls: CallArgs,
        batch: BatchArgs,
        offline: bool,
        failures: FailureArgs,
    ) -> Self {
        let tolerated = failures.fail_on_error;
        Self { asks: Some(Asks { calls, batch, offline, tolerated }), ..self }
    }

    /// Who asks nobody has no row that fails.
    fn tolerated(&self) -> f64 {
        self.asks.as_ref().map_or(0.0, |asks| asks.tolerated)
    }
}

/// The table of this name.
fn find(tables: &[Table], flag: &str, name: &str) -> Result<Table> {
    let known = || tables.iter().map(Table::name).collect::<Vec<_>>();
    let found = tables.iter().find(|table| table.name() == name).copied();
    Ok(found.ok_or_else(|| invalid(ConfigError::unknown(flag, "table", name, &known()).into()))?)
}

pub(crate) fn run(alone: Result<Alone>, global: &Global) -> Result<Exit> {
    let mut alone = alone?;
    let session = Session::new(global, alone.asks.as_ref().is_some_and(|asks| asks.offline))?;
    let configured = alone.stage.configure(&alone.document).map_err(invalid)?;
    alone.place(&*configured)?;
    let counter = session.tokenizers().counter(alone.tokenizer.as_deref());
    let unusable = |reason| PipelineError::Tokenizer { model: "--tokenizer".to_owned(), reason };
    let tokenizer = counter.map_err(unusable)?;
    let models = [Model { name: alone.model.clone(), tokenizer, price: alone.price }];
    let about = About::default();
    let at = alone.stage.per_model().then_some(0);
    let target = Target { models: &models, included: &[true], at, about: &about };
    output::hide(&secrets_of(&alone.document, &configured.endpoints(target)));
    Performing { alone: &alone, configured: &*configured, target, session: &session, global }.run()
}

/// What is secret in the tables of a stage and, of those whom it asks, in the environment.
fn secrets_of(document: &Document, asked: &[&Endpoint]) -> Vec<String> {
    let tables = document.models.iter().map(|model| &model.table).chain([&document.value]);
    let said = tables.flat_map(|table| secrets::found(table, &Names::default()));
    chosen::keys(asked).into_iter().chain(said).collect()
}

struct Performing<'a> {
    alone: &'a Alone,
    configured: &'a dyn ConfiguredStage,
    target: Target<'a>,
    session: &'a Session,
    global: &'a Global,
}

impl Performing<'_> {
    fn run(&self) -> Result<Exit> {
        let Some(Asks { calls, batch, .. }) = &self.alone.asks else {
            // Without the flags of one that asks, the place for the table is asked for.
            let out = self.alone.output.as_deref().unwrap_or(Path::new(""));
            let summary = self.perform(&self.files(out.to_owned())?, &Execution::default())?;
            return self.done(&summary, out);
        };
        let asked = self.configured.endpoints(self.target);
        if self.alone.dry_run {
            return self.look(calls, !asked.is_empty());
        }
        money::check(calls, asked.iter().copied())?;
        let io = BatchIo::open(batch, Out::File, Names::default())?;
        let execution = io.over(self.session.execution(calls, !asked.is_empty())?);
        let out = batch_table(self.alone.output.as_deref(), batch);
        let result = self.perform(&self.files(out.clone())?, &execution);
        io.finish(self.global)?;
        if let Some(questions) = result.as_ref().err().and_then(stage::StageError::deferred) {
            tell_deferred(questions);
            return Ok(Exit::Done);
        }
        let summary = result?;
        if self.alone.output.is_none() {
            return nothing_to_ask(&out);
        }
        self.tell_money(&summary, &execution);
        self.done(&summary, &out)
    }

    /// The files as they were named; the first table goes to `out`.
    fn files(&self, out: PathBuf) -> Result<Files> {
        let (name, writes) = (self.alone.stage.name(), self.configured.writes());
        let first = writes.iter().take(1);
        let files = first.fold(self.alone.files.clone(), |files, table| files.writing(*table, out.clone()));
        let spared = self.configured.by_the_way();
        let unplaced = |table: &&Table| files.optional_output(**table).is_none() && !spared.contains(table);
        let unplaced = writes.iter().find(unplaced);
        let stray = files.outputs().find(|table| !writes.contains(table));
        let wrong = match (unplaced, stray) {
            (None, None) => return Ok(files),
            (Some(table), _) => {
                let word = table.name();
                format!("this {name} writes {word} too: say where with {}", self.alone.flag(word))
            }
            (None, Some(table)) => format!("--{}: this {name} writes none", table.name()),
        };
        Err(Usage(wrong).into())
    }

    fn perform(
        &self,
        files: &Files,
        execution: &Execution,
    ) -> std::result::Result<Summary, stage::StageError> {
        let watch = self.session.progress.watch(self.alone.stage.name());
        let run = self.of(files, &watch);
        stage::guarded(self.configured, run, self.alone.tolerated(), |run| {
            llm::perform(self.configured, run, execution, self.session.runtime.handle())
        })
    }

    fn of<'r>(&'r self, files: &'r Files, observer: &'r dyn stage::Observer) -> Run<'r> {
        static BY_HAND: Provenance =
            Provenance { fingerprint: String::new(), notes: std::collections::BTreeMap::new() };
        Run { target: self.target, files, ask: None, provenance: &BY_HAND, observer }
    }

    /// What would be asked, and what it would cost.
    fn look(&self, calls: &CallArgs, asks: bool) -> Result<Exit> {
        let execution = self.session.onlooker(calls, asks)?;
        let runtime = self.session.runtime.handle();
        let run = self.of(&self.alone.files, &stage::Silent);
        let forecast = forecast_stage(self.configured, run, &execution, runtime)?;
        output::data(&forecast::lines(&forecast).join("\n"))?;
        Ok(Exit::Done)
    }

    fn tell_money(&self, summary: &Summary, execution: &Execution) {
        if self.global.quiet {
            return;
        }
        let price = self.configured.model_facts().first().and_then(|facts| facts.price);
        let cost = price.and_then(|price| Cost::of(summary, &price));
        let told = cost.map(|cost| money::render(&cost, summary.rows - summary.failed));
        told.into_iter().chain(money::spent(execution)).for_each(|line| output::say(&line));
    }

    /// Tells what the stage came to.
    fn done(&self, summary: &Summary, out: &Path) -> Result<Exit> {
        if !self.global.quiet {
            output::say(&format!("{}: {}", out.display(), progress::render(summary)));
        }
        let too_many = summary.failed_share() > self.alone.tolerated();
        Ok(if too_many { Exit::TooManyErrors } else { Exit::Done })
    }
}

impl LoadArgs {
    pub(crate) fn alone(self) -> Result<Alone> {
        let keys = [("preset", self.preset.map(Value::from)), ("path", self.path.map(Value::from))];
        let dataset = component(self.dataset.as_deref(), &keys, &self.set)?;
        let mut alone = Alone::new(&dataset::LoadStage, json!({"dataset": dataset}), Some(self.output));
        if let Some(replies) = self.replies {
            alone.files = alone.files.writing(table::REPLIES, replies);
        }
        if let Some(tests) = self.tests {
            alone.files = alone.files.writing(table::TESTS, tests);
        }
        Ok(alone)
    }
}

impl GenerateArgs {
    pub(crate) fn alone(self) -> Result<Alone> {
        // Who asks needs the model's name at the server too; who only takes recordings knows no such key.
        let asks = generate::GENERATORS.get(&self.generator).is_some_and(|kind| kind.takes("model"));
        let keys = [
            ("name", Some(Value::from(self.model.clone()))),
            ("model", asks.then(|| Value::from(self.model.clone()))),
            ("base_url", self.base_url.map(Value::from)),
            ("samples", self.samples.map(Value::from)),
        ];
        let table = component(Some(&self.generator), &keys, &self.set)?;
        let mut alone = Alone::new(&generate::GenerateStage, json!({}), self.output)
            .reading(table::PROBLEMS, self.problems)
            .asking(self.calls, self.batch, self.offline, self.failures);
        alone.document.models = vec![ModelTable { place: "model".to_owned(), table }];
        if let Some(replies) = self.replies {
            alone = alone.reading(table::REPLIES, replies);
        }
        Ok(Alone { model: self.model, tokenizer: self.tokenizer, dry_run: self.dry_run, ..alone })
    }
}

impl SplitArgs {
    pub(crate) fn alone(self) -> Result<Alone> {
        let split = component(Some(&self.splitter), &[], &self.set)?;
        let alone = Alone::new(&split::SplitStage, json!({"split": split}), Some(self.output))
            .reading(table::GENERATIONS, self.generations)
            .asking(self.calls, BatchArgs::default(), self.offline, self.failures);
        Ok(Alone { tokenizer: self.tokenizer, ..alone })
    }
}

/// Where the keys of tasks begin.
const TASKS: &str = "tasks.";

/// The `[tasks]` table that `--task NAME=KIND --set tasks.NAME.key=value …` stands for.
fn tasks(named: &[String], set: &[String]) -> Result<Value> {
    let kind = |task: &String| {
        let (name, kind) = task.split_once('=').unwrap_or((task, ""));
        let entry = judge::TASKS.iter().find(|entry| entry.name == name);
        // A task that is not there is refused by its name, whatever its kind.
        let usual = entry.map_or("", |entry| entry.usual_kind());
        format!("{name}.kind={}", if kind.is_empty() { usual } else { kind })
    };
    let kinds = named.iter().map(kind);
    let keys = set.iter().map(|set| set.strip_prefix(TASKS).unwrap_or(set).to_owned());
    component(None, &[], &kinds.chain(keys).collect::<Vec<String>>())
}

impl GradeArgs {
    /// The stage, where tables are named and not pairs.
    pub(crate) fn alone(self) -> Result<Alone> {
        let (Some(problems), Some(generations)) = (self.problems, self.generations) else {
            return Err(Usage("name a file of pairs, or --problems and --generations".to_owned()).into());
        };
        let grade = component(Some(&self.grader), &[], &self.set)?;
        let alone = Alone::new(&grade::GradeStage, json!({"grade": grade}), self.output)
            .reading(table::PROBLEMS, problems)
            .reading(table::GENERATIONS, generations);
        Ok(match self.tests {
            Some(tests) => alone.reading(table::TESTS, tests),
            None => alone,
        })
    }
}

impl JudgeArgs {
    pub(crate) fn alone(self) -> Result<Alone> {
        let (of_tasks, own): (Vec<String>, Vec<String>) =
            self.set.into_iter().partition(|set| set.starts_with(TASKS));
        let judge = component(Some(&self.judge), &[], &own)?;
        let tables = json!({"judge": judge, "tasks": tasks(&self.task, &of_tasks)?});
        Ok(Alone::new(&judge::JudgeStage, tables, self.output)
            .reading(table::PROBLEMS, self.tables.problems)
            .reading(table::GENERATIONS, self.tables.generations)
            .reading(table::GRADES, self.tables.grades)
            .reading(table::SPLITS, self.tables.splits)
            .asking(self.calls, self.batch, self.offline, self.failures))
    }
}

impl ScoreArgs {
    pub(crate) fn alone(self) -> Result<Alone> {
        let score = component(None, &[], &self.set)?;
        let alone = Alone::new(&score::ScoreStage, json!({"score": score}), Some(self.output))
            .reading(table::PROBLEMS, self.tables.problems)
            .reading(table::GENERATIONS, self.tables.generations)
            .reading(table::GRADES, self.tables.grades)
            .reading(table::SPLITS, self.tables.splits)
            .reading(table::JUDGMENTS, self.judgments);
        let (prompt, completion) = (self.prompt_price, self.completion_price);
        // A price that is half given is free for the other half, as in a pipeline file.
        let price = (prompt.is_some() || completion.is_some()).then(|| chat::Price {
            prompt: prompt.unwrap_or(0.0),
            completion: completion.unwrap_or(0.0),
            cached_prompt: None,
        });
        Ok(Alone { tokenizer: self.tokenizer, price, ..alone })
    }
}

impl MeasureArgs {
    pub(crate) fn alone(self) -> Result<Alone> {
        let score = component(None, &[], &self.set)?;
        let alone = Alone::new(&score::MeasureStage, json!({"score": score}), Some(self.output));
        Ok(self.scores.into_iter().fold(alone, |alone, path| alone.reading(table::SCORES, path)))
    }
}

impl StageArgs {
    /// Any stage that has no flags of its own.
    pub(crate) fn alone(self, stage: &'static dyn Stage) -> Result<Alone> {
        let tables = component(None, &[], &self.set)?;
        let mut keys = tables.as_object().into_iter().flatten().map(|(key, _)| key);
        if let Some(key) = keys.find(|key| !stage.keys().contains(&key.as_str())) {
            return Err(invalid(ConfigError::unknown(key, "key", key, stage.keys()).into()).into());
        }
        let alone = Alone::new(stage, tables, self.output).asking(
            self.calls,
            self.batch,
            self.offline,
            self.failures,
        );
        let named = Some([self.read, self.write]);
        Ok(Alone { model: self.model, tokenizer: self.tokenizer, named, ..alone })
    }
}

#[cfg(test)]
mod tests {
    use pipeline::Stages;
    use tables::{Generation, TableReader};
    use toys::{Length, LengthsStage};

    use super::*;
    use crate::args::{Command, Typed};

    const STAGES: Stages = Stages(&[&dataset::LoadStage, &generate::GenerateStage, &LengthsStage]);

    /// What a command line that begins with `--quiet` and a stage comes to.
    fn typed(line: &str) -> std::result::Result<Exit, String> {
        let words = "thinkmeter --quiet ".split(' ').chain(line.split(' ')).filter(|word| !word.is_empty());
        let done = match Typed::parse(STAGES, words.map(Into::into)).map_err(|error| error.to_string())? {
            Typed::Stage(stage, args, global) => run(args.alone(stage), &global),
            Typed::Own(cli) => match cli.command {
                Command::Load(args) => run(args.alone(), &cli.global),
                Command::Generate(args) => run(args.alone(), &cli.global),
                other => panic!("{other:?}"),
            },
        };
        done.map_err(|failure| failure.message())
    }

    #[test]
    fn a_stage_without_flags_of_its_own_has_a_command() {
        let folder = tempfile::tempdir().unwrap();
        let at = |file: &str| folder.path().join(file).display().to_string();
        let [problems, replies, generations, lengths] = ["p", "r", "g", "l"].map(at);
        typed(&format!("load --dataset builtin --output {problems} --replies {replies}")).unwrap();
        let generate = "generate --generator recorded --model overthinker";
        typed(&format!("{generate} --problems {problems} --replies {replies} --output {generations}"))
            .unwrap();

        let read = format!("lengths --read problems={problems} --read generations={generations}");
        typed(&format!("{read} --set lengths.blanks=true --output {lengths}")).unwrap();
        let rows = |at: &str| TableReader::<Length>::open(Path::new(at)).unwrap().map(Result::unwrap);
        let read_from = TableReader::<Generation>::open(Path::new(&generations)).unwrap();
        let mut both = rows(&lengths).zip(read_from.map(Result::unwrap));
        assert!(rows(&lengths).count() == 47 && both.all(|(a, b)| a.thinking == b.reasoning.len() as u64));

        let check = |line: &str, expect: &str| {
            let said = typed(line).unwrap_err();
            assert!(said.contains(expect), "{line}: {said}");
        };
        check(&format!("{read} --set lengths.blank=true --output {lengths}"), "did you mean `blanks`?");
        check(&format!("{read} --set length.blanks=true --output {lengths}"), "did you mean `lengths`?");
        check(&format!("lengths --read problem=x --output {lengths}"), "did you mean `problems`?");
        check(
            &format!("lengths --read problems={problems} --output {lengths}"),
            "no generations.parquet to read",
        );
        check("lengths --read problems --output x", "expected TABLE=FILE");
        check("lengths", "--output <FILE>");
        check(&format!("{read} --write grades=x --output {lengths}"), "unknown table `grades`");
        check("lenghts --output x", "a similar subcommand exists: 'lengths'");
    }
}
