//! How long the rule judge takes, on one thread.

use std::hint::black_box;
use std::time::Instant;

use judge::Judge;
use stats::quantile;

use super::traces::Trace;
use crate::say;

const REPEAT: usize = 3;

pub(super) fn report(judge: &dyn Judge, traces: &[Trace]) -> anyhow::Result<()> {
    let steps: usize = traces.iter().map(|trace| trace.steps.len()).sum();
    let bytes: usize = traces.iter().map(|trace| trace.generation.thought().len()).sum();
    let mut seconds = f64::INFINITY;
    let mut each = Vec::new();
    for _ in 0..REPEAT {
        each.clear();
        for trace in traces {
            let start = Instant::now();
            black_box(trace.judged(judge, &trace.problem.gold));
            each.push(start.elapsed().as_secs_f64());
        }
        seconds = seconds.min(each.iter().sum());
    }
    say(&format!(
        "rule judge: {:.1} µs a step, {:.1} MB/s on one thread ({} traces, {steps} steps, {:.1} MB); a trace takes {:.2} ms at the median, {:.1} ms at worst",
        seconds * 1e6 / steps.max(1) as f64,
        bytes as f64 / seconds / 1e6,
        traces.len(),
        bytes as f64 / 1e6,
        1e3 * quantile(&mut each, 0.5).unwrap_or_default(),
        1e3 * quantile(&mut each, 1.0).unwrap_or_default(),
    ));
    Ok(())
}
