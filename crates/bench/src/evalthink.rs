//! `bench evalthink`: the peer's recorded run of 100 traces, judged by a model that answers at once.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use testkit::{Behaviour, Replies, Script, ScriptedServer};

use crate::process::{Usage, measure, program};
use crate::say;

/// What the peer took on a machine like this, from the notes beside its recorded run.
const PEER: &str = "peer: 10 s CPU for the run and 7 s to start, 470 MB";

/// What the peer does: cut, ask the judge, count, and the figures of each level.
const ITS_WORK: [&str; 6] =
    ["--to", "measure", "--set", "tasks.solutions.kind=off", "--set", "tasks.thoughts.kind=off"];
/// With what it does not do: rounds of solutions, changes of thought, and a report with all traces to read.
const ALL: [&str; 0] = [];

/// Where the recorded run lies.
#[derive(clap::Args)]
pub(crate) struct EvalThink {
    /// The folder with the peer's `reviews` and `tokenizer.json`
    #[arg(long, default_value = "../shared/reference/evalthink")]
    reference: PathBuf,
    /// How often to measure
    #[arg(long, default_value_t = 5)]
    repeat: usize,
}

impl EvalThink {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        if !self.reference.is_dir() {
            say(&format!("skipped: {} is not there", self.reference.display()));
            return Ok(());
        }
        let program = program()?;
        // In a thread of this process, so that its time is not counted as the program's.
        let behaviour =
            Behaviour { replies: Replies::Judge { known: Default::default() }, ..Behaviour::default() };
        let server = ScriptedServer::start(Script::of(behaviour))?;
        let place = tempfile::tempdir()?;
        let pipeline = place.path().join("peer.toml");
        let own = self.reference.join("tokenizer.json").display().to_string();

        say(PEER);
        say(&format!("{:<44} {:>8} {:>8} {:>9}", "thinkmeter", "wall s", "cpu s", "peak MB"));
        fs::write(&pipeline, self.pipeline(&server.base_url(), &own)?)?;
        let first = self.once(&program, &pipeline, place.path(), &ALL)?;
        say(&line("first run, its tokenizer converted", &first));
        let works: [(&str, &[&str]); 2] =
            [("the peer's work (bars 0.15 s, 80 MB)", &ITS_WORK), ("all, report included", &ALL)];
        for (what, more) in works {
            for _ in 0..self.repeat {
                say(&line(what, &self.afresh(&program, &pipeline, place.path(), more)?));
            }
        }
        say(&line("the same again, up to date", &self.once(&program, &pipeline, place.path(), &ALL)?));
        say(&format!("judge calls: {}", server.count()));
        Ok(())
    }

    /// A run that finds neither results nor replies of an earlier one.
    fn afresh(&self, program: &Path, pipeline: &Path, place: &Path, more: &[&str]) -> anyhow::Result<Usage> {
        fs::remove_dir_all(place.join("runs"))?;
        fs::remove_file(place.join("cache/replies.sqlite")).context("no reply cache was written")?;
        self.once(program, pipeline, place, more)
    }

    fn once(&self, program: &Path, pipeline: &Path, place: &Path, more: &[&str]) -> anyhow::Result<Usage> {
        let (runs, cache) = (place.join("runs"), place.join("cache"));
        let args = [
            OsStr::new("run"),
            pipeline.as_os_str(),
            OsStr::new("--quiet"),
            OsStr::new("-o"),
            runs.as_os_str(),
        ];
        let args = args.into_iter().chain(more.iter().map(OsStr::new));
        measure(program, args, &[("THINKMETER_CACHE", cache.as_os_str())])
    }

    fn pipeline(&self, judge: &str, tokenizer: &str) -> anyhow::Result<String> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.reference.join("reviews")).context("no folder `reviews`")? {
            files.push(entry?.path().display().to_string());
        }
        files.sort();
        Ok(format!(
            "description = \"the peer's recorded run\"\n\
             [dataset]\npreset = \"evalscope\"\npath = {files:?}\nmodel = \"synthetic\"\n\
             [[models]]\nname = \"synthetic\"\nkind = \"recorded\"\ntokenizer = {:?}\n\
             [judge]\nkind = \"llm\"\nmodel = \"scripted\"\nbase_url = {judge:?}\n",
            tokenizer,
        ))
    }
}

fn line(what: &str, usage: &Usage) -> String {
    let (wall, cpu) = (usage.wall.as_secs_f64(), usage.cpu.as_secs_f64());
    format!("{what:<44} {wall:>8.2} {cpu:>8.2} {:>9.0}", usage.peak_mb())
}
