//! `thinkmeter compare`: paired differences between models or runs.

use std::path::PathBuf;

use compare::{Comparisons, Gate, GateResult, Settings, model_runs, views};

use plugin::ConfigError;

use crate::args::{CompareArgs, Format, Global};
use crate::exit::{Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: CompareArgs, global: &Global) -> Result<Exit> {
    if let Some(kinds) = &args.variants {
        return variants(&args, kinds, global);
    }
    let gates = args.gate.iter().map(|text| Gate::parse(text)).collect::<Result<Vec<_>, _>>();
    let gates = gates.map_err(|error| Usage(error.to_string()))?;
    let settings = Settings {
        measures: with_those_of(&gates, &args.measure),
        baseline: args.baseline.clone(),
        allowed: args.allow.clone(),
        resamples: args.resamples,
        seed: args.seed,
    };
    let comparisons = compare::compare(&model_runs(&args.runs)?, &settings)?;
    let results: Vec<GateResult> = gates.iter().flat_map(|gate| gate.results(&comparisons)).collect();
    let text = render(&comparisons, &results, args.format, global)?;
    output::data_to(args.output.as_deref(), &text, args.format)?;
    let missed: Vec<&GateResult> = results.iter().filter(|result| !result.met).collect();
    for result in &missed {
        let value =
            result.value.map_or_else(|| "there is no value".to_owned(), |value| format!("it is {value:.4}"));
        output::say(&format!("gate not met: {} for {}: {value}", result.gate, result.other));
    }
    Ok(if missed.is_empty() { Exit::Done } else { Exit::GateNotMet })
}

/// Originals against their variants.
fn variants(args: &CompareArgs, kinds: &[String], global: &Global) -> Result<Exit> {
    let kinds: Vec<String> = kinds.iter().filter(|kind| !kind.is_empty()).cloned().collect();
    let ways = vary::VARIATIONS.entries.iter().map(|entry| entry.kind);
    let known: Vec<&str> = ways.chain([vary::Varied::default().word()]).collect();
    if let Some(kind) = kinds.iter().find(|kind| !known.contains(&kind.as_str())) {
        return Err(Usage(ConfigError::unknown("--variants", "variation", kind, &known).to_string()).into());
    }
    let runs = model_runs(&args.runs)?;
    let folder = runs.first().and_then(|run| run.scores.parent()?.parent());
    let problems =
        folder.map(|folder| folder.join(stage::table::PROBLEMS.file)).filter(|path| path.is_file());
    let problems =
        problems.ok_or_else(|| Usage("--variants needs a run folder with its problems".to_owned()))?;
    let scores: Vec<PathBuf> = runs.into_iter().map(|run| run.scores).collect();
    let text = super::report::draw(&report::variants(&problems, &scores, &kinds)?, args.format, global)?;
    output::data_to(args.output.as_deref(), &text, args.format)?;
    Ok(Exit::Done)
}

/// A measure that a gate looks at is compared too.
fn with_those_of(gates: &[Gate], named: &[String]) -> Vec<String> {
    let mut all = named.to_vec();
    if gates.is_empty() || all.iter().any(|name| name == "all") {
        return all;
    }
    if all.is_empty() {
        all = compare::usual_measures();
    }
    for gate in gates.iter().map(Gate::measure) {
        if !all.iter().any(|name| name == gate) {
            all.push(gate.to_owned());
        }
    }
    all
}

fn render(
    comparisons: &Comparisons,
    gates: &[GateResult],
    format: Format,
    global: &Global,
) -> Result<String> {
    Ok(match format {
        Format::Table => views::terminal(comparisons, gates, output::width(), output::colored(global)),
        Format::Md => views::markdown(comparisons, gates),
        Format::Csv => views::csv(comparisons)?,
        Format::Json => views::json(comparisons, gates),
        Format::Jsonl => views::jsonl(comparisons),
        Format::Html => views::html(comparisons, gates)?,
    })
}
