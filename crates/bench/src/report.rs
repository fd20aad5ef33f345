//! `bench report`: the report stage alone, over a run that the program itself made.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use crate::process::{measure, program};
use crate::{say, synthetic};

/// How much is reported.
#[derive(clap::Args)]
pub(crate) struct Report {
    /// Problems
    #[arg(long, default_value_t = 500)]
    problems: u32,
    /// Models, each with one reply of about 2,000 tokens to each problem
    #[arg(long, default_value_t = 3)]
    models: u32,
    /// How often to measure
    #[arg(long, default_value_t = 3)]
    repeat: usize,
}

impl Report {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let program = program()?;
        let folder = tempfile::tempdir()?;
        let (pipeline, runs) = (folder.path().join("bench.toml"), folder.path().join("runs"));
        let traces = folder.path().join("traces.jsonl");
        self.write(&traces)?;
        fs::write(&pipeline, text(&traces))?;
        let run = |more: &[&str]| {
            let args = [OsStr::new("run"), pipeline.as_os_str(), OsStr::new("--quiet"), OsStr::new("-o")];
            let args = args.into_iter().chain([runs.as_os_str()]).chain(more.iter().map(OsStr::new));
            measure(&program, args, &[])
        };
        run(&[])?;
        say(&format!("report of {} problems by {} models", self.problems, self.models));
        for _ in 0..self.repeat {
            let usage = run(&["--only", "report", "--force", "report"])?;
            let bytes = fs::metadata(runs.join("bench/report.html"))?.len();
            let (wall, cpu) = (usage.wall.as_secs_f64(), usage.cpu.as_secs_f64());
            say(&format!(
                "{wall:>6.2} s (bar 1) {cpu:>6.2} s of processor time {:>5.0} MB; report.html has {:.2} MB (bar 3)",
                usage.peak_mb(),
                bytes as f64 / 1e6
            ));
        }
        Ok(())
    }

    fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let mut file = BufWriter::new(fs::File::create(path)?);
        for index in 0..self.problems {
            let (a, b) = (random.random_range(10..1000u32), random.random_range(10..1000u32));
            for model in 0..self.models {
                let reply = synthetic::generation(&mut random, &index.to_string(), 0, a, b);
                let row = json!({
                    "id": index.to_string(), "problem": format!("What is {a} times {b}?"), "answer": a * b,
                    "level": index % 5 + 1, "model": format!("model-{model}"),
                    "response": format!("<think>\n{}</think>\n{}", reply.reasoning, reply.answer_text),
                });
                writeln!(file, "{row}")?;
            }
        }
        Ok(file.flush()?)
    }
}

fn text(traces: &Path) -> String {
    format!(
        "description = \"bench\"\n[dataset]\nkind = \"recorded\"\npath = {traces:?}\nsubset = \"level\"\n\
         [[models]]\nname = \"*\"\nkind = \"recorded\"\ntokenizer = \"builtin\"\n\
         [split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n"
    )
}
