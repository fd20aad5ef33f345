//! Final answers of the recorded traces: how many are right, and where their sources say otherwise.

use judge::Judge;
use tables::Verdict;

use super::share::Share;
use super::traces::Trace;
use crate::say;

pub(super) fn report(judge: &dyn Judge, traces: &[Trace], list: bool) -> anyhow::Result<()> {
    let (mut agreed, mut own, mut right, mut unknown) =
        (Share::default(), Share::default(), Share::default(), 0);
    say("final answers of the recorded traces");
    for trace in traces {
        let grade = trace.grade(&trace.problem);
        let equal = grade.verdict == Verdict::Right;
        right.add(equal);
        unknown += usize::from(grade.verdict == Verdict::Undecided);
        if grade.extracted.is_some() {
            own.add(trace.judged(judge, &[]).own_step.is_some());
        }
        let Some(graded) = trace.graded else { continue };
        agreed.add(graded == equal);
        if graded != equal && list {
            let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
            let [raw, rule, how] = [&grade.extracted, &grade.rule, &grade.how].map(shown);
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
