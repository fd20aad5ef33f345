//! Reports for people and for programs.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use report::{RULED, clean, whole};
use serde_json::json;
use stats::Proportion;

use crate::curve::cascades;
use crate::{Agreement, Cascade, Material, Report, Target};

/// A column per judge, a line per figure; then how far the judges agree.
pub fn terminal(material: &Material, reports: &[Report], agreements: &[Agreement]) -> String {
    let mut out = format!("{}\n\n", basis(material));
    let header = std::iter::once("judge").chain(reports.iter().map(|report| report.judge.as_str()));
    out.push_str(&table(header.map(clean).collect(), figures(material.target, reports)));
    for agreement in agreements {
        out.push_str(&format!("\n{}\n", render_agreement(agreement)));
    }
    for cascade in cascades(reports) {
        out.push_str(&format!("\n{}:\n\n", titled(&cascade)));
        out.push_str(&table(SENT_ON.map(str::to_owned).to_vec(), sent_on(&cascade)));
    }
    out
}

/// The same as Markdown.
pub fn markdown(material: &Material, reports: &[Report], agreements: &[Agreement]) -> String {
    let mut out = format!("{}\n\n| judge |", basis(material));
    reports.iter().for_each(|report| out.push_str(&format!(" {} |", report.judge.replace('|', "\\|"))));
    out.push_str(&format!("\n| --- |{}\n", " ---: |".repeat(reports.len())));
    for row in figures(material.target, reports) {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    agreements.iter().for_each(|agreement| out.push_str(&format!("\n- {}\n", render_agreement(agreement))));
    for cascade in cascades(reports) {
        out.push_str(&format!(
            "\n{}:\n\n| {} |\n| --- |{}\n",
            titled(&cascade),
            SENT_ON.join(" | "),
            " ---: |".repeat(4)
        ));
        sent_on(&cascade).iter().for_each(|row| out.push_str(&format!("| {} |\n", row.join(" | "))));
    }
    out
}

/// Everything, verdict by verdict.
pub fn json(material: &Material, reports: &[Report], agreements: &[Agreement]) -> String {
    let value = json!({
        "target": material.target, "traces": material.cases.len(), "left_out": material.left_out,
        "judges": reports, "agreement": agreements, "cascades": cascades(reports),
    });
    format!("{value:#}\n")
}

fn basis(material: &Material) -> String {
    let what = match material.target {
        Target::FirstAssertion => "the first step that asserts the answer",
        Target::FirstError => "the first wrong step",
    };
    let mut text = format!("{} traces labelled with {what}", whole(material.cases.len() as u64));
    if material.left_out > 0 {
        text.push_str(&format!(
            "; {} without such a label, or without an answer, left out",
            whole(material.left_out)
        ));
    }
    for (reason, rows, first) in &material.unusable {
        text.push_str(&format!("; {} not usable: {reason} (first: {first})", whole(*rows)));
    }
    text.push('.');
    text
}

type Figure = (&'static str, fn(&Report) -> Option<String>);

fn figures(target: Target, reports: &[Report]) -> Vec<Vec<String>> {
    let own: &[Figure] = match target {
        Target::FirstAssertion => &ASSERTIONS,
        Target::FirstError => &ERRORS,
    };
    let cell = |figure: &Figure, report: &Report| figure.1(report).unwrap_or_else(|| "–".to_owned());
    let row = |figure: &Figure| {
        std::iter::once(figure.0.to_owned())
            .chain(reports.iter().map(|report| cell(figure, report)))
            .collect()
    };
    let steps = reports.iter().any(|report| report.step_auc.is_some()).then_some(&STEP_AUC);
    own.iter().chain(steps).map(row).chain(curve(reports)).chain(COSTS.iter().map(row)).collect()
}

/// How often the judges are right where they are how sure.
fn curve(reports: &[Report]) -> Vec<Vec<String>> {
    let Some(longest) = reports.iter().map(|report| &report.curve).max_by_key(|curve| curve.len()) else {
        return vec![];
    };
    let row = |(at, bin): (usize, &crate::Bin)| {
        let name = format!("defended, of confidence {:.1}–{:.1}", bin.from, bin.to);
        let cell = |report: &Report| {
            report.curve.get(at).and_then(|bin| share(&bin.inside)).unwrap_or_else(|| "–".to_owned())
        };
        std::iter::once(name).chain(reports.iter().map(cell)).collect()
    };
    longest.iter().enumerate().map(row).collect()
}

const SENT_ON: [&str; 5] = ["below", "sent on", "right", "thousand tokens", "gained a thousand"];

fn titled(cascade: &Cascade) -> String {
    let (first, second) = (clean(&cascade.first), clean(&cascade.second));
    format!("{first}, and {second} where it is less sure")
}

fn sent_on(cascade: &Cascade) -> Vec<Vec<String>> {
    let shown = |one: &Proportion| share(one).unwrap_or_else(|| "–".to_owned());
    let row = |sent: &crate::SentOn| {
        let gained =
            sent.gained.map_or_else(|| "–".to_owned(), |gained| format!("{gained:+.3}").replace('-', "−"));
        let thousands = format!("{:.1}", sent.tokens as f64 / 1000.0);
        vec![format!("{:.1}", sent.confidence), shown(&sent.sent), shown(&sent.right), thousands, gained]
    };
    cascade.below.iter().map(row).collect()
}

const ASSERTIONS: [Figure; 10] = [
    ("the labelled step", |report| share(&report.assertions.as_ref()?.exact)),
    ("a step that can be defended", |report| share(&report.assertions.as_ref()?.inside)),
    ("within one step of that", |report| share(&report.assertions.as_ref()?.within_one)),
    ("too early", |report| share(&report.assertions.as_ref()?.early)),
    ("too late", |report| share(&report.assertions.as_ref()?.late)),
    ("missed", |report| share(&report.assertions.as_ref()?.missed)),
    ("left alone where there is none", |report| share(&report.assertions.as_ref()?.left_alone)),
    ("tokens apart, mean", |report| Some(format!("{:.0}", report.assertions.as_ref()?.tokens_apart?))),
    ("T̂/T too high by, mean", |report| Some(points(report.assertions.as_ref()?.bias?))),
    ("|error| of T̂/T, mean", |report| Some(points(report.assertions.as_ref()?.mean_error?))),
];

const ERRORS: [Figure; 5] = [
    ("F1", |report| Some(format!("{:.1}", 100.0 * report.errors.as_ref()?.f1?))),
    ("erroneous: the labelled step", |report| share(&report.errors.as_ref()?.erroneous)),
    ("erroneous: within one step", |report| share(&report.errors.as_ref()?.within_one)),
    ("erroneous: noticed", |report| share(&report.errors.as_ref()?.noticed)),
    ("correct: left alone", |report| share(&report.errors.as_ref()?.correct)),
];

/// Of verifiers, which give every step a score.
const STEP_AUC: Figure =
    ("steps: a right one outranks a wrong one", |report| Some(format!("{:.3}", report.step_auc?)));

const COSTS: [Figure; 4] = [
    ("no readable verdict", |report| share(&report.failed)),
    ("model calls", |report| Some(whole(report.calls))),
    ("tokens asked / said", |report| {
        Some(format!("{} / {}", whole(report.prompt_tokens?), whole(report.completion_tokens?)))
    }),
    ("cost", |report| Some(format!("{:.4}", report.cost?))),
];

fn share(share: &Proportion) -> Option<String> {
    let percent = |value: Option<f64>| value.map(|value| format!("{:.1}", 100.0 * value));
    Some(format!(
        "{} % ({}–{}, n {})",
        percent(share.value)?,
        percent(share.low)?,
        percent(share.high)?,
        whole(share.of)
    ))
}

fn points(value: f64) -> String {
    format!("{:+.1} pp", 100.0 * value).replace('-', "−")
}

fn render_agreement(agreement: &Agreement) -> String {
    let kappa = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
    let shown = |one: &Proportion| share(one).unwrap_or_else(|| "–".to_owned());
    format!(
        "{} and {}: the same verdict {}, within one step {}; Cohen's κ {} of the step, {} of whether there is one",
        clean(&agreement.first),
        clean(&agreement.second),
        shown(&agreement.same),
        shown(&agreement.within_one),
        kappa(agreement.kappa),
        kappa(agreement.kappa_found),
    )
}

fn table(header: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
