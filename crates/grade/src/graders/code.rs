//! Programs: runs what a reply ends in against the tests of its problem, in a sandbox.

mod compare;
mod numbers;
mod program;
mod suite;

use std::sync::{OnceLock, RwLock};

use ::answer::Policy;
use chat::{Dialogue, done};
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use sandbox::{Limits, NoSandbox, Python, Sandbox, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stage::StageError;
use tables::{Block, Generation, Grade, Problem, Test, Verdict};

use self::program::{Program, in_reply, in_thinking};
use self::suite::{Found, Suite};
use crate::{Grader, Item};

/// Blocks of one thinking that are run; what follows is not.
const BLOCKS: usize = 32;

/// Runs the program that a reply ends in against the tests of its problem. What a program must write stays outside of the sandbox
/// that it runs in. A problem without tests has no right answer.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Code {
    /// The interpreter: a name or a path.
    python: String,
    /// Seconds of CPU that a test may take, the start of the interpreter included.
    cpu_seconds: u32,
    /// MiB of memory that a test may take.
    memory_mb: u32,
    /// Runs the tests behind the first failure, too; they only change how many are passed.
    all_tests: bool,
    /// Numbers that differ by no more than this, relative to the larger of 1 and the expected one, are the same; 0 for exactly.
    tolerance: f64,
    /// Installed packages, such as numpy, can be imported.
    packages: bool,
    /// Runs the programs inside the thinking, too, which tells when the right one was first there (the judge `checked`).
    thinking: bool,
    #[serde(skip)]
    policy: Policy,
    #[serde(skip)]
    sandbox: OnceLock<Sandbox>,
    /// The interpreter, where only that is asked for; null if there is none.
    #[serde(skip)]
    known: OnceLock<Option<Python>>,
    /// Tests that are tried again alone wait for the others to end.
    #[serde(skip)]
    alone: RwLock<()>,
}

impl Default for Code {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            python: "python3".to_owned(),
            cpu_seconds: limits.cpu_seconds,
            memory_mb: limits.memory_mb,
            all_tests: false,
            tolerance: 0.0,
            packages: true,
            thinking: false,
            policy: Policy::default(),
            sandbox: OnceLock::new(),
            known: OnceLock::new(),
            alone: RwLock::default(),
        }
    }
}

impl Component for Code {
    const KIND: &'static str = "code";
    const ABOUT: &'static str =
        "runs the program that a reply ends in against the problem's tests, in a sandbox";
    type Built = dyn Grader;

    fn build(self, _: &mut Content) -> Result<Box<dyn Grader>, ConfigErrors> {
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, key: &str, why: &str| {
            faults.extend(wrong.then(|| ConfigError::new(key, why)));
        };
        refuse(self.cpu_seconds == 0, "cpu_seconds", "leaves no time");
        refuse(self.cpu_seconds > 3600, "cpu_seconds", "is more than an hour a test");
        refuse(self.memory_mb < 64, "memory_mb", "is less than an interpreter needs: give at least 64");
        refuse(!(0.0..1.0).contains(&self.tolerance), "tolerance", "must be from 0 to below 1");
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(ConfigErrors(faults)) }
    }
}

impl Grader for Code {
    fn name(&self) -> String {
        Self::KIND.to_owned()
    }

    fn caution(&self) -> Option<&'static str> {
        sandbox::is_unconfined_allowed()
            .then_some("Programs that a model wrote ran unconfined, with the rights of whoever started them.")
    }

    fn open<'a>(&'a self, item: Item<'a>) -> Box<dyn Dialogue<Grade> + 'a> {
        Box::new(done(self.grade(item)))
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }

    fn ready(&self) -> Result<(), StageError> {
        self.find().map(drop).map_err(StageError::own)
    }

    fn identity(&self) -> Option<Value> {
        let found = || self.sandbox.get().map(|found| found.python().clone());
        let python =
            self.known.get_or_init(|| found().or_else(|| Python::find(&self.python).ok())).as_ref()?;
        let numpy = python.numpy.as_ref().filter(|_| self.packages);
        Some(json!({ "python": python.version, "numpy": numpy }))
    }

    fn may_fail(&self) -> bool {
        true
    }

    /// Programs are the same if they are written the same: what they do is not compared.
    fn number(&self, _problem: &Problem, samples: &mut [Grade]) {
        crate::classes::number_by_text(samples);
    }
}

impl Code {
    /// The sandbox of this machine, looked for once.
    fn find(&self) -> Result<&Sandbox, NoSandbox> {
        if let Some(found) = self.sandbox.get() {
            return Ok(found);
        }
        let unconfined = sandbox::is_unconfined_allowed();
        let found = Sandbox::find(&Wanted { python: self.python.clone(), unconfined })?;
        Ok(self.sandbox.get_or_init(|| found))
    }

    fn grade(&self, item: Item<'_>) -> Grade {
        let Item { problem, generation, tests } = item;
        let begun = Grade {
            problem_id: problem.id.clone(),
            sample: generation.sample,
            grader: Self::KIND.to_owned(),
            tests: u32::try_from(tests.len()).ok(),
            ..Grade::default()
        };
        let graded = match unanswerable(generation, tests) {
            Some((verdict, why)) => Ok(Grade { verdict, how: Some(why), ..begun.clone() }),
            None => self.run(generation, tests, begun.clone()),
        };
        graded.unwrap_or_else(|why| Grade { verdict: Verdict::Undecided, reason: Some(why), ..begun })
    }

    /// The inner error is the sandbox's, never the program's.
    fn run(&self, generation: &Generation, tests: &[Test], begun: Grade) -> Result<Grade, String> {
        let suite = self.suite(tests).map_err(|error| error.to_string())?;
        let program = in_reply(&generation.answer_text, generation.truncated(), generation.unclosed());
        let grade = match &program {
            Ok(program) => ran(program, &suite.run(&program.text)?, begun),
            Err(why) => no_code(why, begun),
        };
        let blocks = self.thinking.then(|| blocks(generation, &suite, &program, &grade)).transpose()?;
        Ok(Grade { blocks, ..grade })
    }

    fn suite<'a>(&'a self, tests: &'a [Test]) -> Result<Suite<'a>, NoSandbox> {
        Ok(Suite {
            sandbox: self.find()?,
            tests,
            limits: Limits { cpu_seconds: self.cpu_seconds, memory_mb: self.memory_mb, ..Limits::default() },
            packages: self.packages,
            all_tests: self.all_tests,
            tolerance: self.tolerance,
            alone: &self.alone,
        })
    }
}

/// A reply that no test can say anything about.
fn unanswerable(generation: &Generation, tests: &[Test]) -> Option<(Verdict, String)> {
    if generation.failed() {
        return Some((Verdict::Failed, generation.error.clone().unwrap_or_default()));
    }
    if tests.is_empty() {
        return Some((Verdict::NoGold, "the problem has no tests".to_owned()));
    }
    let kept = tests.iter().all(|test| test.output.is_none());
    kept.then(|| (Verdict::NoGold, "the tests keep to themselves what is right".to_owned()))
}

fn no_code(why: &str, begun: Grade) -> Grade {
    let outcome = Some("no_code".to_owned());
    Grade { verdict: Verdict::NoAnswer, how: Some(why.to_owned()), outcome, passed: Some(0), ..begun }
}

fn ran(program: &Program, found: &Found, begun: Grade) -> Grade {
    Grade {
        verdict: if found.is_right() { Verdict::Right } else { Verdict::Wrong },
        how: Some(found.in_words()),
        extracted: Some(program.text.clone()),
        rule: Some(program.rule.to_owned()),
        passed: Some(found.passed),
        failed_at: found.failed_at,
        outcome: Some(found.outcome.name().to_owned()),
        cpu_ms: found.cpu_ms,
        near_limit: Some(found.near_limit),
        raw: found.about.clone(),
        ..begun
    }
}

/// The programs inside the thinking, each once. One that is the reply's own has its verdict already.
fn blocks(
    generation: &Generation,
    suite: &Suite<'_>,
    answer: &Result<Program, &'static str>,
    grade: &Grade,
) -> Result<Vec<Block>, String> {
    let block = |program: Program| {
        let right = match answer {
            Ok(answer) if answer.text == program.text => grade.verdict == Verdict::Right,
            _ => suite.stopping_early().run(&program.text)?.is_right(),
        };
        Ok(Block { start: program.start, end: program.end, right })
    };
    in_thinking(generation.thought()).into_iter().take(BLOCKS).map(block).collect()
}
