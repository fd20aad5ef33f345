//! One program against all tests of its problem.

use std::sync::RwLock;
use std::time::Duration;

use sandbox::{End, Job, Limits, Outcome, Sandbox};
use tables::Test;

use super::compare::{same_lines, same_value};

/// What the interpreter is started with.
const BOOT: &str = include_str!("boot.py");
/// What it exits with where the program is none, lacks its function, or returns what JSON has no word for.
const NO_PROGRAM: i32 = 77;
const NO_FUNCTION: i32 = 76;
const NO_VALUE: i32 = 75;
/// Characters of a text that is told about a failure.
const TOLD: usize = 300;

/// What became of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Pass,
    WrongAnswer,
    RuntimeError,
    TimeLimit,
    MemoryLimit,
    OutputLimit,
    CompileError,
}

impl Word {
    /// The word in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::WrongAnswer => "wrong_answer",
            Self::RuntimeError => "runtime_error",
            Self::TimeLimit => "time_limit",
            Self::MemoryLimit => "memory_limit",
            Self::OutputLimit => "output_limit",
            Self::CompileError => "compile_error",
        }
    }
}

/// What the tests say of a program.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The first failure, or that there is none.
    pub(super) outcome: Word,
    pub(super) passed: u32,
    pub(super) failed_at: Option<u32>,
    /// Of the longest test.
    pub(super) cpu_ms: Option<u64>,
    pub(super) near_limit: u32,
    /// The first failure: what was read, expected and given.
    pub(super) about: Option<String>,
}

impl Found {
    /// It passed all of them.
    pub(super) fn is_right(&self) -> bool {
        self.outcome == Word::Pass
    }

    /// Without the number of the test: it is a label.
    pub(super) fn in_words(&self) -> String {
        match self.outcome {
            Word::Pass => "passed all tests".to_owned(),
            other => format!("failed a test: {}", other.name().replace('_', " ")),
        }
    }
}

/// Tests, and how programs are run against them.
#[derive(Clone, Copy)]
pub(super) struct Suite<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) tests: &'a [Test],
    pub(super) limits: Limits,
    pub(super) packages: bool,
    pub(super) all_tests: bool,
    pub(super) tolerance: f64,
    pub(super) alone: &'a RwLock<()>,
}

impl Suite<'_> {
    /// The same, but the first failure is enough.
    pub(super) fn stopping_early(&self) -> Self {
        Self { all_tests: false, ..*self }
    }

    /// Runs a program against the tests, one process a test.
    ///
    /// # Errors
    /// The sandbox's own, in words.
    pub(super) fn run(&self, program: &str) -> Result<Found, String> {
        let mut found = Found {
            outcome: Word::Pass,
            passed: 0,
            failed_at: None,
            cpu_ms: None,
            near_limit: 0,
            about: None,
        };
        for test in self.tests.iter().filter(|test| test.output.is_some()) {
            let (word, outcome) = self.confirmed(program, test)?;
            self.note(&mut found, test, word, &outcome);
            // A program that is none is none for every test.
            if word == Word::CompileError || (word != Word::Pass && !self.all_tests) {
                break;
            }
        }
        Ok(found)
    }

    fn note(&self, found: &mut Found, test: &Test, word: Word, outcome: &Outcome) {
        let used = outcome.cpu.map(|cpu| u64::try_from(cpu.as_millis()).unwrap_or(u64::MAX));
        found.cpu_ms = found.cpu_ms.max(used);
        if word == Word::Pass {
            found.passed += 1;
            let near = Duration::from_secs(self.limits.cpu_seconds.into()).mul_f64(0.8);
            found.near_limit += u32::from(outcome.cpu.is_some_and(|cpu| cpu >= near));
        } else if found.failed_at.is_none() {
            found.outcome = word;
            found.failed_at = Some(test.index);
            found.about = Some(about(test, word, outcome));
        }
    }

    /// A program that was too slow while others ran is tried once more, while none does.
    fn confirmed(&self, program: &str, test: &Test) -> Result<(Word, Outcome), String> {
        let first = {
            let _among_others = self.alone.read();
            self.once(program, test)?
        };
        if first.0 != Word::TimeLimit {
            return Ok(first);
        }
        let _alone = self.alone.write();
        self.once(program, test)
    }

    fn once(&self, program: &str, test: &Test) -> Result<(Word, Outcome), String> {
        let function = test.function.as_deref().unwrap_or_default();
        let head = format!("{} {}\n", program.len(), function.len());
        let input = [head.as_bytes(), program.as_bytes(), function.as_bytes(), test.input.as_bytes()];
        let job = Job { script: BOOT, input: &input, limits: self.limits, packages: self.packages };
        let outcome = self.sandbox.run(&job).map_err(|error| error.to_string())?;
        match &outcome.end {
            End::NotStarted(why) => Err(format!("sandbox: {why}")),
            end => Ok((self.word(end, &outcome, test), outcome)),
        }
    }

    fn word(&self, end: &End, outcome: &Outcome, test: &Test) -> Word {
        match end {
            End::Exited(0) if self.is_right(&outcome.stdout, test) => Word::Pass,
            End::Exited(0) => Word::WrongAnswer,
            End::Exited(NO_PROGRAM | NO_FUNCTION) => Word::CompileError,
            End::Exited(NO_VALUE) => Word::WrongAnswer,
            End::OutOfTime => Word::TimeLimit,
            End::TooMuchOutput => Word::OutputLimit,
            _ if last_line(&outcome.stderr).starts_with("MemoryError") => Word::MemoryLimit,
            _ => Word::RuntimeError,
        }
    }

    fn is_right(&self, stdout: &[u8], test: &Test) -> bool {
        let (Ok(given), Some(expected)) = (std::str::from_utf8(stdout), &test.output) else { return false };
        match test.function {
            Some(_) => same_value(given, expected, self.tolerance),
            None => same_lines(given, expected, self.tolerance),
        }
    }
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().next_back().unwrap_or_default()
}

/// What a person wants to know of a failure.
fn about(test: &Test, word: Word, outcome: &Outcome) -> String {
    let given = String::from_utf8_lossy(&outcome.stdout);
    let expected = test.output.as_deref().unwrap_or_default();
    let number = test.index + 1;
    let mut text = format!("test {number}: {}\ninput: {}", word.name().replace('_', " "), short(&test.input));
    match word {
        Word::WrongAnswer => {
            text.push_str(&format!("\nexpected: {}\ngiven: {}", short(expected), short(&given)));
        }
        _ => text.push_str(&format!("\nit said: {}", short(last_line(&outcome.stderr)))),
    }
    text
}

fn short(text: &str) -> String {
    let text = text.trim_end();
    match text.char_indices().nth(TOLD) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
    }
}
