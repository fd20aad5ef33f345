//! `bench sandbox`: a thousand tests of programs in the sandbox, beside what starting the interpreter alone takes.

use std::ffi::OsStr;
use std::path::Path;

use serde_json::json;

use crate::process::{Usage, measure, program};
use crate::say;

/// How much is run.
#[derive(clap::Args)]
pub(crate) struct Sandbox {
    /// Programs
    #[arg(long, default_value_t = 50)]
    programs: u32,
    /// Tests of each, one process a test
    #[arg(long, default_value_t = 20)]
    tests: u32,
    /// How often to measure
    #[arg(long, default_value_t = 3)]
    repeat: usize,
}

/// Starts of the plain interpreter that are measured.
const STARTS: u32 = 50;

impl Sandbox {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let program = program()?;
        let folder = tempfile::tempdir()?;
        let (rows, runs) = (folder.path().join("rows.jsonl"), folder.path().join("runs"));
        std::fs::write(&rows, self.rows())?;
        let dataset = format!("dataset.path={}", rows.display());
        let keys = [&*dataset, "dataset.tests=tests", "models.*.tokenizer=builtin", "grade.kind=code"];
        let run = |more: &[&str]| {
            let fixed = [
                OsStr::new("run"),
                OsStr::new("recorded"),
                OsStr::new("--quiet"),
                OsStr::new("-o"),
                runs.as_os_str(),
            ];
            let keys = keys.iter().flat_map(|key| ["--set", key]).chain(more.iter().copied());
            measure(&program, fixed.into_iter().chain(keys.map(OsStr::new)), &[])
        };
        run(&["--to", "generate"])?;
        let plain = plain()?;
        say(&format!("python3 alone: {:.1} ms of processor time a start", each(&plain, STARTS)));
        let tests = self.programs * self.tests;
        for _ in 0..self.repeat {
            let used = run(&["--only", "grade", "--force", "grade"])?;
            say(&format!(
                "{tests} tests: {:>6.2} s (bar 25) {:>6.1} ms of processor time a test, the program's own included (bar 40)",
                used.wall.as_secs_f64(),
                each(&used, tests)
            ));
        }
        Ok(())
    }

    /// Replies with a small program, each to a problem of its own.
    fn rows(&self) -> String {
        let tests: Vec<_> = (0..self.tests)
            .map(|at| json!({"input": format!("{at} {at}\n"), "output": format!("{}\n", 2 * at)}))
            .collect();
        let row = |at: u32| {
            let program = format!("a, b = map(int, input().split())\nprint(a + b)  # {at}");
            let row = json!({"problem_id": format!("sum-{at}"), "problem": format!("Add two numbers ({at})."), "model": "m",
                "tests": tests, "response": format!("```python\n{program}\n```")});
            format!("{row}\n")
        };
        (0..self.programs).map(row).collect()
    }
}

/// What starting the interpreter itself so often takes, and not a script that looks for it, with nothing to do and no package
/// that does something at the start.
fn plain() -> anyhow::Result<Usage> {
    let script = format!(
        "p=$(python3 -c 'import sys; print(sys.executable)'); for i in $(seq {STARTS}); do \"$p\" -I -B -S -c pass; done"
    );
    measure(Path::new("/bin/sh"), ["-c", &script], &[])
}

fn each(used: &Usage, of: u32) -> f64 {
    used.cpu.as_secs_f64() * 1000.0 / f64::from(of.max(1))
}
