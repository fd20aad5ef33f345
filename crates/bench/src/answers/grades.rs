//! Final answers of the recorded traces: how many are right, and where their sources say otherwise.

use answer::{Outcome, Policy, compare, extract};
use judge::Judge;

use super::share::Share;
use super::traces::Trace;
use crate::say;

pub(super) fn report(judge: &dyn Judge, traces: &[Trace], list: bool) -> anyhow::Result<()> {
    let (mut agreed, mut own, mut right, mut unknown) =
        (Share::default(), Share::default(), Share::default(), 0);
    say("final answers of the recorded traces");
    for trace in traces {
        let found = (!trace.generation.unclosed()).then(|| extract(&trace.generation.answer_text)).flatten();
        let verdict =
            found.as_ref().map(|found| compare(&trace.problem.gold[0], &found.raw, &Policy::default()));
        let equal = verdict.as_ref().is_some_and(|verdict| verdict.is_equal());
        right.add(equal);
        unknown += usize::from(verdict.as_ref().is_some_and(|verdict| verdict.outcome == Outcome::Unknown));
        if found.is_some() {
            own.add(trace.judged(judge, &[]).own_step.is_some());
        }
        let Some(graded) = trace.graded else { continue };
        agreed.add(graded == equal);
        if graded != equal && list {
            let (raw, rule) = found.as_ref().map_or(("", "none"), |found| (&found.raw, found.rule));
            let how = verdict.as_ref().map_or("no final answer", |verdict| &verdict.how);
            let gold = &trace.problem.gold[0];
            say(&format!(
                "  {}: gold {gold:?}, given {raw:?} ({rule}), source {graded}, ours {equal}: {how}",
                trace.id
            ));
        }
    }
    say(&format!("  right {right}, undecided {unknown}, as their source grades them {agreed}"));
    say(&format!("  own answer located in the thinking {own}"));
    Ok(())
}
