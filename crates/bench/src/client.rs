//! `bench client`: what asking a model costs this side of the wire.
//!
//! The server is scripted and sits in this process; what is measured is a child process: a bare loop around the
//! client for time, the whole program for memory. Replies are kept in a cache on the disk, as in every run. Where the wall
//! is measured, a loop around bare sockets stands beside it: server and machine share in what is lost.

mod bare;
mod load;

use std::ffi::{OsStr, OsString};
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};
use testkit::{Behaviour, Raw, Script, ScriptedServer, Stragglers};

pub(crate) use load::ClientLoad;

use crate::process::{Usage, measure, program};
use crate::say;

/// Bytes of a reply's text.
const REPLY: usize = 32 << 10;
/// Bytes of a short one: where the wall is measured, the machine must not be the limit.
const SHORT: usize = 512;
/// The server's write, as a server under load sends it.
const WRITE: usize = 16 << 10;
/// What the server waits before each reply where the wall is measured, in seconds.
const LATENCY: f64 = 0.05;
/// Replies that take twenty times as long, as long thinking does: they must not hold up the others.
const STRAGGLERS: Stragglers = Stragglers { every: 20, latency: 20.0 * LATENCY };
/// Calls in flight there.
const AT_ONCE: usize = 256;
/// What the process that asks is told: to ask by the client, or by bare sockets.
const CLIENT: &[&str] = &[];
const BARE: &[&str] = &["--bare"];

/// What asking costs.
#[derive(clap::Args)]
pub(crate) struct Client {
    /// Requests for processor and wall time
    #[arg(long, default_value_t = 5_000)]
    requests: usize,
    /// Replies for memory, which take 4 GB of disk for a while; 0 leaves it out
    #[arg(long, default_value_t = 100_000)]
    replies: usize,
}

impl Client {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        say(&format!("{:<52} {:>8} {:>8} {:>9}", "", "wall s", "cpu s", "peak MB"));
        // First, while the disk has nothing of the others' to write.
        self.wall()?;
        self.uneven()?;
        for (pieces, bar) in [(256, " (bar 0.3)"), (2_048, "")] {
            let usage = self.load(&behaviour(REPLY, pieces, 0.0), 64, CLIENT)?;
            say(&line(&format!("{} replies of 32 KB in {pieces} pieces", self.requests), &usage));
            let each = usage.cpu.as_secs_f64() * 1e3 / self.requests as f64;
            say(&format!("  {each:.3} ms of processor time a request{bar}"));
        }
        if self.replies > 0 {
            let usage = self.memory()?;
            say(&line(&format!("generate: {} replies of 32 KB, kept and written", self.replies), &usage));
            say(&format!("  {:.0} MB at most (bar 300)", usage.peak_mb()));
        }
        Ok(())
    }

    /// Wall time against that of a client without any cost: as many rounds of the server's wait as it takes.
    fn wall(&self) -> anyhow::Result<()> {
        let behaviour = behaviour(SHORT, 8, LATENCY);
        let bare = self.load(&behaviour, AT_ONCE, BARE)?;
        say(&line(&format!("{} short replies, 50 ms each, by bare sockets", self.requests), &bare));
        let usage = self.load(&behaviour, AT_ONCE, CLIENT)?;
        say(&line(&format!("{} short replies, 50 ms each, {AT_ONCE} at once", self.requests), &usage));
        let (wall, rounds) = (usage.wall.as_secs_f64(), self.requests.div_ceil(AT_ONCE));
        let ideal = LATENCY * rounds as f64;
        say(&format!(
            "  {:.3} of the ideal {ideal:.2} s, {rounds} rounds (bar 1.10); {:.3} of the bare sockets",
            wall / ideal,
            wall / bare.wall.as_secs_f64()
        ));
        Ok(())
    }

    /// Wall time where some replies take much longer than most, against sockets that need not keep an order.
    fn uneven(&self) -> anyhow::Result<()> {
        let behaviour = Behaviour { stragglers: Some(STRAGGLERS), ..behaviour(SHORT, 8, LATENCY) };
        let bare = self.load(&behaviour, AT_ONCE, BARE)?;
        let what = "1 in 20 in 1 s";
        say(&line(&format!("{} short replies, {what}, by bare sockets", self.requests), &bare));
        let usage = self.load(&behaviour, AT_ONCE, CLIENT)?;
        say(&line(&format!("{} short replies, {what}, {AT_ONCE} at once", self.requests), &usage));
        let ratio = usage.wall.as_secs_f64() / bare.wall.as_secs_f64();
        say(&format!("  {ratio:.3} of the bare sockets"));
        Ok(())
    }

    /// A loop around the client, or around bare sockets, in a process of its own.
    fn load(&self, behaviour: &Behaviour, concurrency: usize, how: &[&str]) -> anyhow::Result<Usage> {
        let server = ScriptedServer::start(Script::of(behaviour.clone()))?;
        let place = tempfile::tempdir()?;
        let args: Vec<OsString> = vec![
            "client-load".into(),
            server.base_url().into(),
            place.path().into(),
            self.requests.to_string().into(),
            concurrency.to_string().into(),
        ];
        let args = args.into_iter().chain(how.iter().map(Into::into));
        let usage = measure(&std::env::current_exe()?, args, &[])?;
        anyhow::ensure!(server.count() == self.requests, "the server saw {} requests", server.count());
        Ok(usage)
    }

    /// The program's own stage.
    fn memory(&self) -> anyhow::Result<Usage> {
        let program = program()?;
        let server = ScriptedServer::start(Script::of(behaviour(REPLY, 256, 0.0)))?;
        let place = tempfile::tempdir()?;
        let (rows, problems) = (place.path().join("rows.jsonl"), place.path().join("problems.parquet"));
        write_problems(&rows, self.replies)?;
        let cache = place.path().join("cache");
        let environment = [("THINKMETER_CACHE", cache.as_os_str())];
        let path = format!("path={}", rows.display());
        let load = ["load", "--quiet", "--dataset", "jsonl", "--set", &path, "--output"].map(OsStr::new);
        measure(&program, load.into_iter().chain([problems.as_os_str()]), &environment)?;
        let (url, out) = (server.base_url(), place.path().join("generations.parquet"));
        let generate = ["generate", "--quiet", "--model", "m", "--base-url", &url, "-j", "256", "--problems"]
            .map(OsStr::new);
        let files = [problems.as_os_str(), OsStr::new("--output"), out.as_os_str()];
        measure(&program, generate.into_iter().chain(files), &environment)
    }
}

/// The same reply to everybody but for a number, in so many pieces.
fn behaviour(bytes: usize, pieces: usize, latency: f64) -> Behaviour {
    let text: String =
        "So 17 + 25 = 42, and then I check \"that\" again.\n".chars().cycle().take(bytes).collect();
    let mut events = String::from("data: ");
    events += &format!("{}\n\n", event(json!({"role": "assistant", "content": "<number> "})));
    for piece in text.as_bytes().chunks(bytes.div_ceil(pieces)) {
        let piece = String::from_utf8_lossy(piece);
        events += &format!("data: {}\n\n", event(json!({"reasoning_content": piece})));
    }
    events += &format!("data: {}\n\n", event(json!({"content": "\\boxed{42}"})));
    let end = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":9,"completion_tokens":9000,"total_tokens":9009}}"#;
    events += &format!("data: {}\n\ndata: [DONE]\n\n", end.replace('\n', ""));
    let writes = events.as_bytes().chunks(WRITE).map(|part| String::from_utf8_lossy(part).into_owned());
    let raw = Raw { pieces: writes.collect(), numbered: true, ..Raw::default() };
    Behaviour { raw: Some(raw), latency, ..Behaviour::default() }
}

/// A chunk as vLLM writes it.
fn event(delta: Value) -> Value {
    json!({
        "id": "chatcmpl-6f9d3a5ab9c3429c8b3c8e8b4f0a7f51", "object": "chat.completion.chunk", "created": 1_760_000_000,
        "model": "m", "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": null, "token_ids": null}],
    })
}

fn write_problems(path: &Path, count: usize) -> anyhow::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for row in 0..count {
        writeln!(
            file,
            "{}",
            json!({"id": row.to_string(), "problem": format!("{row} + 1?"), "answer": "1"})
        )?;
    }
    Ok(file.flush()?)
}

fn line(what: &str, usage: &Usage) -> String {
    let (wall, cpu) = (usage.wall.as_secs_f64(), usage.cpu.as_secs_f64());
    format!("{what:<52} {wall:>8.2} {cpu:>8.2} {:>9.0}", usage.peak_mb())
}
