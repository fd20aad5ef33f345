//! The findings in sentences.

use std::collections::BTreeMap;

use tables::MetricValue;

use super::measures::{headline_measures, is_headline};
use super::numbers::{Unit, counted, whole};
use super::strategies;
use crate::model::{Group, ModelKind, Report};

/// One model's result in plain words, such as "Right in 86 % of 44 replies. Where it was right, the answer
/// stood after 41 % of the thinking, and 59 % was spent afterwards. 2 of 44 replies were cut."
pub(crate) fn summary(report: &Report, group: &Group) -> String {
    let sentences =
        [vote(report, group), accuracy(report, group), efficiency(report, group), cut(group), failed(group)];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn overall<'a>(report: &'a Report, group: &Group, metric: &str) -> Option<&'a MetricValue> {
    report.overall(group, metric).filter(|row| row.n > 0)
}

/// Where a rule ended the drawing of samples its vote is the result, and what a single reply is worth comes second.
fn vote(report: &Report, group: &Group) -> Option<String> {
    let row = overall(report, group, "vote")?;
    let (value, samples) = (row.value?, overall(report, group, "vote_samples")?.value?);
    Some(format!(
        "Its vote is right in {} % of {}, with {samples:.1} samples each, drawn until a rule had enough; other figures are over the \
         samples that were drawn before its first look, and accuracy over the first one.",
        Unit::Share.compact(value),
        counted(row.problems, "problem", "problems")
    ))
}

fn accuracy(report: &Report, group: &Group) -> Option<String> {
    let Some(row) = overall(report, group, "accuracy") else {
        return Some("No reply could be graded.".to_owned());
    };
    let replies = counted(row.n, "reply", "replies");
    row.value.map(|value| format!("Right in {} % of {replies}.", Unit::Share.compact(value)))
}

fn efficiency(report: &Report, group: &Group) -> Option<String> {
    let before = overall(report, group, "token_efficiency")?.value?;
    let mark = if report.approximate(group) { "≈" } else { "" };
    let ledger = group.total();
    let thinks = ledger.without_thinking == 0 || ledger.without_thinking + ledger.errors < ledger.generations;
    let whole = if thinks { "thinking" } else { "reply" };
    // Rounding both would let them add up to 101.
    let before = (before * 100.0).round();
    Some(format!(
        "Where it was right, the answer stood after {mark}{before:.0} % of the {whole}, \
         and {mark}{:.0} % was spent afterwards.",
        100.0 - before
    ))
}

fn cut(group: &Group) -> Option<String> {
    let ledger = group.total();
    let cut = ledger.truncated;
    let of = whole(ledger.generations);
    match cut {
        0 => None,
        1 => Some(format!("1 of {of} replies was cut by the token limit.")),
        _ => Some(format!("{} of {of} replies were cut by the token limit.", whole(cut))),
    }
}

fn failed(group: &Group) -> Option<String> {
    let ledger = group.total();
    let of = whole(ledger.generations);
    let calls = counted(ledger.errors, "call", "calls");
    (ledger.errors > 0).then(|| format!("{calls} of {of} failed for good."))
}

/// Which figures leave replies out, and why: a sentence for each headline measure that does so.
pub(crate) fn left_out(report: &Report, group: &Group) -> Vec<String> {
    let rows = headline_measures(&report.about).filter_map(|measure| {
        let row = report.overall(group, measure.name)?;
        (row.left_out > 0).then_some((measure.heads.title, row))
    });
    let mut sentences: Vec<(String, Vec<&str>)> = Vec::new();
    for (title, row) in rows {
        let why = row.left_out_why.as_deref().filter(|why| !why.is_empty());
        let rest = format!(
            "{} of {}{}",
            whole(row.left_out),
            whole(row.left_out + row.n),
            why.map_or_else(String::new, |why| format!(": {why}"))
        );
        match sentences.iter_mut().find(|(known, _)| *known == rest) {
            Some((_, titles)) => titles.push(title),
            None => sentences.push((rest, vec![title])),
        }
    }
    let say = |(rest, titles): (String, Vec<&str>)| {
        let verb = if titles.len() == 1 { "leaves" } else { "leave" };
        format!("{} {verb} out {rest}", capital(&list(&titles)))
    };
    sentences.into_iter().map(say).collect()
}

/// What must be known about a model's figures before they are believed.
pub(crate) fn caveats(report: &Report, group: &Group) -> Vec<String> {
    let mut caveats = without_interval(report, group);
    caveats.extend(strategies::disobeyed(report, group));
    let Some(model) = report.model(group) else { return caveats };
    if model.kind == ModelKind::Demonstration && report.about.notices.is_empty() {
        caveats
            .push("These replies were written for demonstration; no model's behaviour is claimed".to_owned());
    }
    if !model.tokenizer_exact {
        caveats.push(format!(
            "≈ marks figures from an approximate count of tokens (`{}`), not from the model's own tokenizer",
            model.tokenizer
        ));
    }
    caveats
}

/// How many headline figures have no interval, a sentence for each reason.
fn without_interval(report: &Report, group: &Group) -> Vec<String> {
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    let rows = report
        .of(group)
        .filter(|row| row.scope == MetricValue::ALL && is_headline(&report.about, &row.metric));
    for why in rows.filter_map(|row| row.interval.as_deref()?.strip_prefix(MetricValue::NO_INTERVAL)) {
        *reasons.entry(why).or_default() += 1;
    }
    let say = |(why, count)| match count {
        1 => format!("1 figure has no interval: {why}"),
        more => format!("{} figures have no interval: {why}", whole(more)),
    };
    reasons.into_iter().map(say).collect()
}

fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.collect::<String>() + chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_model_is_summed_up_in_plain_words() {
        let report = fixture::report();
        assert_eq!(
            summary(&report, &report.groups[0]),
            "Right in 86 % of 44 replies. Where it was right, the answer stood after 41 % of the thinking, \
             and 59 % was spent afterwards. 2 of 44 replies were cut by the token limit."
        );
        assert_eq!(summary(&report, &Group::default()), "No reply could be graded.");
    }

    #[test]
    fn a_model_that_does_not_think_is_measured_on_its_replies() {
        let mut report = fixture::report();
        for (_, ledger) in &mut report.groups[1].ledgers {
            ledger.without_thinking = ledger.generations;
        }
        let words = summary(&report, &report.groups[1]);
        assert!(words.contains("after 87 % of the reply, and 13 % was spent"), "{words}");
    }

    #[test]
    fn figures_that_leave_out_the_same_share_a_sentence() {
        let report = fixture::report();
        assert_eq!(
            left_out(&report, &report.groups[0]),
            [
                "First-correct tokens and reflection tokens leave out 1 of 44: 1 judge failed",
                "Token efficiency leaves out 7 of 44: 6 wrong, 1 judge failed",
            ]
        );
    }
}
