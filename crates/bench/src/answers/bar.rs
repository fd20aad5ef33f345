//! What the bar costs that keeps decoys out: a trace that ends otherwise, or gives no answer, must say more before its
//! mention of the known answer counts. A looser bar finds more of what was found and lost, and more decoys.

use anyhow::anyhow;
use judge::{JUDGES, Judge};
use serde_json::json;
use tables::Verdict;

use super::decoys::decoys;
use super::share::Share;
use super::traces::{Label, Trace};
use crate::say;

/// Bars: whether a mention must tell what is asked, and the scores without an answer and against another one. The third is
/// what stands in the rules.
const BARS: [(bool, f64, f64); 5] =
    [(false, 1.75, 1.75), (false, 2.75, 3.25), (true, 2.75, 3.25), (true, 4.25, 4.75), (true, 5.0, 5.0)];

pub(super) fn report(traces: &[Trace], labels: &[Label]) -> anyhow::Result<()> {
    say("the bar against decoys, from loose to strict");
    for (telling, open, contradicted) in BARS {
        let table = json!({"kind": "rule", "telling": telling, "open": open, "contradicted": contradicted});
        let judge = JUDGES.build(&table, "judge").map_err(|faults| anyhow!("{faults}"))?;
        let told = if telling { "and asked for" } else { "any mention" };
        let name = format!("{open:.2} and {contradicted:.2}, {told}");
        say(&Price::of(judge.built.as_ref(), traces, labels).line(&name));
    }
    Ok(())
}

/// What a bar finds.
#[derive(Default)]
struct Price {
    decoys: Share,
    /// The known answer, in traces that end with another one.
    lost: Share,
    /// The same in traces that give none.
    open: Share,
    /// Labelled traces of both sorts that assert the answer: the verdict lies inside.
    inside: Share,
    /// Labelled traces that never assert it: left alone.
    left_alone: Share,
    /// How much of the thinking before the first right answer moves, over all traces that do not end right.
    efficiency: f64,
}

impl Price {
    fn of(judge: &dyn Judge, traces: &[Trace], labels: &[Label]) -> Self {
        let mut price = Self::default();
        for trace in traces {
            for (_, decoy) in decoys(trace) {
                price.decoys.add(trace.judged(judge, &[decoy]).step.is_some());
            }
            let verdict = trace.grade(&trace.problem).verdict;
            if verdict == Verdict::Right {
                continue;
            }
            let step = trace.judged(judge, &trace.problem.gold).step;
            if verdict == Verdict::Wrong { &mut price.lost } else { &mut price.open }.add(step.is_some());
            price.efficiency += trace.share_through(step);
            let of_trace = |label: &&Label| label.trace == trace.id;
            if let Some(label) = labels.iter().find(of_trace) {
                price.label(label, step);
            }
        }
        price
    }

    fn label(&mut self, label: &Label, step: Option<u32>) {
        let share = if label.step.is_some() { &mut self.inside } else { &mut self.left_alone };
        share.add(label.is_met_by(step));
    }

    fn line(&self, name: &str) -> String {
        let traces = (self.lost.of + self.open.of).max(1) as f64;
        format!(
            "  bar {name}: decoys fire {}; found, then lost {}; found without an answer {}; labelled: inside {}, \
             left alone {}; first-correct share of the thinking of these traces {:.3}",
            self.decoys,
            self.lost,
            self.open,
            self.inside,
            self.left_alone,
            self.efficiency / traces,
        )
    }
}
