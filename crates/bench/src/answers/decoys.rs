//! Another number of the trace as the known answer: the judge must not find it.

use std::collections::{BTreeMap, BTreeSet};

use answer::{Policy, compare};
use judge::Judge;

use super::share::Share;
use super::traces::Trace;
use crate::say;

/// So many numbers of each trace are tried besides its most frequent one.
const OTHERS: usize = 5;

pub(super) fn report(judge: &dyn Judge, traces: &[Trace], verbose: bool) -> anyhow::Result<()> {
    let mut shares: BTreeMap<(&str, &str), Share> = BTreeMap::new();
    let mut reached: BTreeMap<&str, Share> = BTreeMap::new();
    for trace in traces {
        let end = end(trace);
        let step = trace.judged(judge, &trace.problem.gold).step;
        reached.entry(end).or_default().add(step.is_some());
        for (kind, number) in decoys(trace).into_iter().chain(other_options(trace)) {
            let verdict = trace.judged(judge, std::slice::from_ref(&number));
            let fired = verdict.step.is_some();
            shares.entry((kind, end)).or_default().add(fired);
            shares.entry((kind, "all")).or_default().add(fired);
            if verbose && fired {
                let text = verdict.step.map_or("", |step| trace.step_text(step as usize));
                let (id, gold) = (&trace.id, &trace.problem.gold[0]);
                let text: String = text.replace('\n', " / ").chars().take(240).collect();
                say(&format!(
                    "  {id} {end}, gold {gold}, {kind} decoy {number}, {:?}: {text}",
                    verdict.score
                ));
            }
        }
    }
    say("the answer and decoys, by how the trace ends");
    reached.iter().for_each(|(end, share)| say(&format!("  answer found, {end:<28} {share}")));
    for ((kind, end), share) in &shares {
        say(&format!("  decoy fires, {kind:<18} {end:<10} {share}"));
    }
    Ok(())
}

fn end(trace: &Trace) -> &'static str {
    match trace.own() {
        None => "cut",
        Some(own) if is(trace, &own) => "right",
        Some(_) => "wrong",
    }
}

fn is(trace: &Trace, given: &str) -> bool {
    trace.problem.gold.iter().any(|gold| compare(gold, given, &Policy::default()).is_equal())
}

/// Options that are neither right nor the model's own answer.
fn other_options(trace: &Trace) -> Vec<(&'static str, String)> {
    let letters = ('A'..='Z').take(trace.problem.choices.len()).map(String::from);
    let own = trace.own();
    let other = |letter: &String| {
        let same = |text: &str| compare(text, letter, &Policy::default()).is_equal();
        !trace.problem.gold.iter().any(|gold| same(gold)) && !own.as_deref().is_some_and(same)
    };
    letters.filter(other).map(|letter| ("other option", letter)).collect()
}

/// Numbers that the trace mentions but neither the problem nor the answer holds, and that the model does not give as
/// its answer: the most frequent one, and some that are spread over the rest, in order of their digits.
pub(super) fn decoys(trace: &Trace) -> Vec<(&'static str, String)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for number in trace.generation.thought().split(|c: char| !c.is_ascii_digit()) {
        *counts.entry(number).or_default() += 1;
    }
    let (own, gold) = (trace.own(), trace.problem.gold.join(" "));
    let stated: BTreeSet<&str> = trace.problem.problem.split(|c: char| !c.is_ascii_digit()).collect();
    counts.retain(|number, _| {
        let whole = number.len() < 7
            && number.parse::<u32>().is_ok_and(|value| value > 12)
            && !number.starts_with('0');
        let known = gold.contains(number) || stated.contains(number) || is(trace, number);
        let given = own.as_ref().is_some_and(|own| compare(own, number, &Policy::default()).is_equal());
        whole && !known && !given
    });
    let best = counts.iter().max_by_key(|(number, count)| (**count, number.len())).map(|(number, _)| *number);
    let others: Vec<&str> = counts.keys().copied().filter(|number| Some(*number) != best).collect();
    let stride = others.len().div_ceil(OTHERS).max(1);
    let spread = others.into_iter().step_by(stride).map(|number| ("any other", number.to_owned()));
    best.map(|number| ("most frequent", number.to_owned())).into_iter().chain(spread).collect()
}
