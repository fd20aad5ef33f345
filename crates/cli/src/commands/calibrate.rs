//! `thinkmeter calibrate`: judges held against labelled traces.

use std::io::Write;
use std::path::Path;

use calibrate::{
    FIRST_WRONG, Flaws, LabelledPairs, Material, Report, Target, agreement, grade_pairs, material, views,
};
use grade::GRADERS;
use judge::{JUDGES, Judge};
use pipeline::{Document, PipelineError, open_tokenizer};
use plugin::{Configured, Value};
use serde_json::json;
use tempfile::NamedTempFile;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{CalibrateArgs, Format, Global};
use crate::exit::{Exit, Result, Usage};
use crate::output;

/// The key of whom a judge asks.
const ADDRESS: &str = "base_url";
/// The key of what it asks.
const PROMPT: &str = "prompt_file";

pub(crate) fn run(args: CalibrateArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, args.offline)?;
    if let Some(path) = &args.pairs {
        return pairs(path, &args, &session);
    }
    let tokenizer = open_tokenizer(args.tokenizer.as_deref(), &session.tokenizers())
        .map_err(|reason| PipelineError::Tokenizer { model: "--tokenizer".to_owned(), reason })?;
    let material = material(&args.labelled, &tokenizer)?;
    let question = question(&material)?;
    let judges = tables(&args)?
        .into_iter()
        .map(|table| judge::parse(&asking(table, question.as_ref()), "judge").map_err(invalid))
        .collect::<Result<Vec<Configured<dyn Judge>>, _>>()?;
    let flaws = flaws(&args, &material)?;
    let judges = judges.iter().map(|judge| judge.built.as_ref());
    let all = judges.chain(flaws.iter().map(|flaws| flaws as &dyn Judge));
    let reports =
        all.map(|judge| held(judge, &material, &args, &session)).collect::<Result<Vec<Report>>>()?;
    let agreements = agreement(&reports);
    let text = match args.format {
        Format::Table => views::terminal(&material, &reports, &agreements),
        Format::Md => views::markdown(&material, &reports, &agreements),
        Format::Json => views::json(&material, &reports, &agreements),
        _ => return Err(Usage("--format: calibrate prints table, md or json".to_owned()).into()),
    };
    output::data_to(None, &text, args.format)?;
    if let (Some(path), Some(first)) = (&args.output, reports.first()) {
        calibrate::write(first, path)?;
    }
    Ok(Exit::Done)
}

/// Holds a grader against pairs that people labelled.
fn pairs(path: &Path, args: &CalibrateArgs, session: &Session) -> Result<Exit> {
    let base_url = [(ADDRESS, args.base_url.clone().map(Value::from))];
    let table = table(Some(&args.grader), &base_url, &args.set)?;
    let grader = GRADERS.build(&table, "grader").map_err(invalid)?.built;
    let labelled = LabelledPairs::read(path)?;
    let watch = session.progress.watch(&grader.name());
    let asks = grader.endpoints();
    let execution = session.execution(&args.calls, !asks.is_empty())?;
    let asking = llm::Session::new(asks.iter().copied(), &execution, session.runtime.handle(), &watch)?;
    let ask = (!asks.is_empty()).then_some(&asking as &dyn chat::Ask);
    let report = grade_pairs(&*grader, &labelled, ask, &watch)?;
    let text = match args.format {
        Format::Table => report.to_text(),
        Format::Json => format!("{:#}\n", json!(report)),
        _ => return Err(Usage("--format: of pairs, calibrate prints table or json".to_owned()).into()),
    };
    output::data_to(None, &text, args.format)?;
    Ok(Exit::Done)
}

fn held(judge: &dyn Judge, material: &Material, args: &CalibrateArgs, session: &Session) -> Result<Report> {
    let execution = session.execution(&args.calls, !judge.endpoints().is_empty())?;
    let watch = session.progress.watch(&judge.name());
    let asks = judge.endpoints();
    let session = llm::Session::new(asks.iter().copied(), &execution, session.runtime.handle(), &watch)?;
    let ask = (!asks.is_empty()).then_some(&session as &dyn chat::Ask);
    Ok(calibrate::run(judge, material, ask, &watch)?)
}

/// The tables of the judges that were named; the one by rule if none was.
fn tables(args: &CalibrateArgs) -> Result<Vec<Value>> {
    if args.base_url.is_some()
        && args.verifier.is_empty()
        && !args.judge.iter().any(|kind| takes(kind, ADDRESS))
    {
        return Err(Usage("--base-url: no judge that is named by --judge asks a server".to_owned()).into());
    }
    let base_url = [(ADDRESS, args.base_url.clone().map(Value::from))];
    let mut tables = Vec::new();
    for (at, kind) in args.judge.iter().enumerate() {
        let keys = base_url.get(..usize::from(takes(kind, ADDRESS))).unwrap_or(&[]);
        tables.push(table(Some(kind), keys, &of_judge(&args.set, at, named(args)))?);
    }
    for name in &args.judge_of {
        let document = Document::open(name)?;
        tables.push(document.value.get("judge").cloned().unwrap_or_else(|| JUDGES.usual_table()));
    }
    if tables.is_empty() && args.verifier.is_empty() {
        tables.push(table(Some(JUDGES.usual), &[], &args.set)?);
    }
    Ok(tables)
}

/// Judges and verifiers that are named by their kind.
fn named(args: &CalibrateArgs) -> usize {
    args.judge.len() + args.verifier.len()
}

/// The verifiers that were named, as judges of errors.
fn flaws(args: &CalibrateArgs, material: &Material) -> Result<Vec<Flaws>> {
    if !args.verifier.is_empty() && material.target != Target::FirstError {
        return Err(Usage(
            "--verifier: these traces are not labelled with their first wrong step".to_owned(),
        )
        .into());
    }
    let one = |(at, kind): (usize, &String)| {
        let keys = [(ADDRESS, args.base_url.clone().map(Value::from))];
        let set = of_judge(&args.set, args.judge.len() + at, named(args));
        let table = table(Some(kind), &keys, &set)?;
        let verifier = verify::VERIFIERS.build(&table, "verifier").map_err(invalid)?;
        let whole = || {
            Usage(format!(
                "--verifier: `{kind}` looks at whole replies; take one that looks at steps: steps, prm"
            ))
        };
        Ok(Flaws::of(verifier.built).ok_or_else(whole)?)
    };
    args.verifier.iter().enumerate().map(one).collect()
}

/// The settings of one of several judges: those with its place in front, and those without any.
fn of_judge(set: &[String], at: usize, judges: usize) -> Vec<String> {
    let own = |text: &String| match text.split_once('.') {
        Some((place, rest)) if judges > 1 && place.parse::<usize>().is_ok() => {
            (place.parse() == Ok(at)).then(|| rest.to_owned())
        }
        _ => Some(text.clone()),
    };
    set.iter().filter_map(own).collect()
}

/// The question about errors as a file, if that is what is labelled.
fn question(material: &Material) -> Result<Option<NamedTempFile>> {
    if material.target != Target::FirstError {
        return Ok(None);
    }
    let mut file = NamedTempFile::new()?;
    file.write_all(FIRST_WRONG.as_bytes())?;
    Ok(Some(file))
}

/// A judge that asks a model asks for what is labelled, unless it brings a question of its own.
fn asking(mut table: Value, question: Option<&NamedTempFile>) -> Value {
    let asks = table.get("kind").and_then(Value::as_str).is_some_and(|kind| takes(kind, PROMPT));
    if let (Some(file), Some(keys), true) = (question, table.as_object_mut(), asks) {
        keys.entry(PROMPT).or_insert_with(|| Value::from(file.path().display().to_string()));
    }
    table
}

/// Judges of this kind have such a key.
fn takes(kind: &str, key: &str) -> bool {
    JUDGES.get(kind).is_some_and(|judge| judge.takes(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_may_name_the_judge_by_its_place() {
        let set = ["model=a".to_owned(), "1.model=b".to_owned(), "extra_body.top_k=5".to_owned()];
        assert_eq!(of_judge(&set, 0, 2), ["model=a", "extra_body.top_k=5"]);
        assert_eq!(of_judge(&set, 1, 2), ["model=a", "model=b", "extra_body.top_k=5"]);
        assert_eq!(of_judge(&set, 0, 1), set);
    }
}
