//! Long sources: what is interrupted leaves nothing, and memory does not grow with the text.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use stage::Observer;
use tables::{Blame, Blamed};

use super::*;

/// Asks to stop after some rows.
struct Impatient(AtomicU32);

impl Observer for Impatient {
    fn interrupted(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) == 0
    }
}

#[test]
fn an_interrupted_load_publishes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = LoadOutputs { problems: folder.path().join("p.parquet"), replies: None, tests: None };
    let load = parse(&json!({"kind": "builtin", "replies": false}), "dataset").unwrap();
    let error = load.run(&out, Provenance::default(), &Impatient(AtomicU32::new(5))).unwrap_err();
    assert_eq!(error.to_string(), "interrupted after 5 rows; run the same command again to go on");
    assert_eq!(error.blame(), Blame::Interrupted);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// 10,000 problems, five models, four samples each, 8 KB a reply, all of one model before the next.
#[test]
#[ignore = "writes 3.5 GB and takes minutes"]
fn two_hundred_thousand_replies_fit_into_200_mb() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    for round in 0..20 {
        for problem in 0..10_000 {
            let text = format!("{problem} {round} and on and on. ").repeat(330);
            let row = json!({"problem": format!("{problem}?"), "gold": problem, "model": format!("m{}", round % 5), "response": text});
            writeln!(file, "{row}").unwrap();
        }
    }
    file.into_inner().unwrap().sync_all().unwrap();
    let out = LoadOutputs {
        problems: folder.path().join("p.parquet"),
        replies: Some(folder.path().join("r.parquet")),
        tests: None,
    };
    let started = std::time::Instant::now();
    let load = parse(&json!({"kind": "recorded", "path": path}), "dataset").unwrap();
    let summary = load.run(&out, Provenance::default(), &Silent).unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB").trim().to_owned();
    println!("{:?}, peak {peak}, {summary:?}", started.elapsed());
    assert_eq!(summary.counts["replies"], 200_000);
    let kilobytes: u64 = peak.trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 200_000, "peak {peak}");
}
