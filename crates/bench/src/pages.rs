//! `bench view`: what a reader waits for, over a run that the program itself made.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use wait4::Wait4;

use crate::process::{measure, program};
use crate::{say, synthetic};

/// How many generations are browsed.
#[derive(clap::Args)]
pub(crate) struct View {
    /// Generations of about 2,000 tokens
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
}

impl View {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let program = program()?;
        let folder = tempfile::tempdir()?;
        finished(&program, folder.path(), self.rows)?;
        let started = Instant::now();
        let mut child = Command::new(&program)
            .arg("view")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the program")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let host = line.trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned();
        let up = started.elapsed();
        let pages = pages(&host, self.rows, started);
        child.kill()?;
        let used = child.wait4()?;
        say(&format!("{} generations, listening after {} ms", self.rows, up.as_millis()));
        for (path, bytes, took) in pages? {
            say(&format!("{path:<28} {:>6} ms {bytes:>9} bytes", took.as_millis()));
        }
        say(&format!("peak memory {:.0} MB", used.rusage.maxrss as f64 / 1e6));
        Ok(())
    }
}

type Answer = (String, usize, Duration);

/// The first page counts from the start of the process, the others from their request.
fn pages(host: &str, rows: u64, started: Instant) -> anyhow::Result<Vec<Answer>> {
    let trace = format!("/trace/0/{}", rows / 2);
    let mut answers = Vec::new();
    for path in ["/traces", &trace, "/traces?sort=tokens&q=7"] {
        let from = if answers.is_empty() { started } else { Instant::now() };
        let bytes = get(host, path)?;
        answers.push((path.to_owned(), bytes, from.elapsed()));
    }
    Ok(answers)
}

fn get(host: &str, path: &str) -> anyhow::Result<usize> {
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        bail!("{path}: {}", String::from_utf8_lossy(&answer[..answer.len().min(200)]));
    }
    Ok(answer.len())
}

/// A stage, its inputs, and its output.
type Stage<'a> = (&'a str, &'a [(&'a str, OsString)], OsString);

/// A run folder as `run` leaves it, made stage by stage.
fn finished(program: &Path, folder: &Path, rows: u64) -> anyhow::Result<()> {
    synthetic::write(folder, rows)?;
    let model = folder.join("synthetic");
    fs::create_dir(&model)?;
    fs::rename(folder.join("generations.parquet"), model.join("generations.parquet"))?;
    let own = |name: &str| model.join(format!("{name}.parquet")).into_os_string();
    let problems = folder.join("problems.parquet").into_os_string();
    let stages: [Stage<'_>; 4] = [
        ("split", &[("--generations", own("generations")), ("--tokenizer", "builtin".into())], own("splits")),
        (
            "judge",
            &[
                ("--problems", problems.clone()),
                ("--generations", own("generations")),
                ("--splits", own("splits")),
            ],
            own("judgments"),
        ),
        (
            "score",
            &[
                ("--problems", problems),
                ("--generations", own("generations")),
                ("--splits", own("splits")),
                ("--judgments", own("judgments")),
            ],
            own("scores"),
        ),
        ("measure", &[("--scores", own("scores"))], folder.join("metrics.parquet").into_os_string()),
    ];
    for (stage, inputs, output) in stages {
        let mut args: Vec<OsString> = vec![stage.into(), "--quiet".into()];
        args.extend(inputs.iter().flat_map(|(name, value)| [OsString::from(*name), value.clone()]));
        args.extend([OsString::from("--output"), output]);
        measure(program, args, &[])?;
    }
    Ok(())
}
