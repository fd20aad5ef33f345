//! `thinkmeter doctor`: one look at a server, and what to write into the pipeline.

mod sandbox;

use std::io;

use doctor::{Diagnosis, Examination, Finding, Mark};
use pipeline::{PipelineError, open_tokenizer};
use plugin::Value;
use tokens::Tokenizer;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{DoctorArgs, Format, Global};
use crate::exit::{Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: DoctorArgs, global: &Global) -> Result<Exit> {
    if !matches!(args.format, Format::Table | Format::Json) {
        return Err(Usage("--format: doctor prints table or json".to_owned()).into());
    }
    if args.sandbox {
        return told(&sandbox::look(), args.format, global, "");
    }
    let session = Session::new(global, false)?;
    let Some(model) = &args.model else { return look_around(&args, &session, global) };
    let keys = [
        ("name", Some(Value::from(model.clone()))),
        ("model", Some(Value::from(model.clone()))),
        ("base_url", args.base_url.clone().map(Value::from)),
        ("serve", args.serve.clone().map(Value::from)),
    ];
    let model = generate::parse(&table(Some(generate::GENERATORS.usual), &keys, &args.set)?, "model")
        .map_err(invalid)?;
    let examination = Examination {
        endpoint: model
            .endpoint()
            .cloned()
            .ok_or_else(|| Usage("--set kind: doctor looks at a server".to_owned()))?,
        max_tokens: args.max_tokens,
        continues: args.continues,
        tokenizer: args.tokenizer.as_deref().map(|name| open(name, &session)).transpose()?,
        tokenizer_name: args.tokenizer.clone(),
        servers: Some(session.servers(1)?),
    };
    let diagnosis = session.runtime.block_on(examination.run())?;
    let text = match args.format {
        Format::Json => format!("{:#}", serde_json::to_value(&diagnosis).map_err(io::Error::from)?),
        _ => render(&diagnosis, output::colored(global)),
    };
    output::data_to(None, &text, args.format)?;
    Ok(if diagnosis.is_ill() { Exit::Failed } else { Exit::Done })
}

/// Without a model: what there is to ask.
fn look_around(args: &DoctorArgs, session: &Session, global: &Global) -> Result<Exit> {
    let findings = match &args.base_url {
        Some(address) => vec![session.runtime.block_on(doctor::server(address))],
        None => session.runtime.block_on(doctor::survey()).findings,
    };
    let next = "\nNext: thinkmeter doctor --base-url URL --model NAME, or thinkmeter init\n";
    told(&findings, args.format, global, next)
}

fn told(findings: &[Finding], format: Format, global: &Global, next: &str) -> Result<Exit> {
    let text = match format {
        Format::Json => format!("{:#}", serde_json::to_value(findings).map_err(io::Error::from)?),
        _ => lines(findings, output::colored(global)) + next,
    };
    output::data_to(None, &text, format)?;
    Ok(if findings.iter().any(|finding| finding.mark == Mark::Bad) { Exit::Failed } else { Exit::Done })
}

fn open(name: &str, session: &Session) -> Result<Tokenizer, PipelineError> {
    let unusable = |reason| PipelineError::Tokenizer { model: "--tokenizer".to_owned(), reason };
    open_tokenizer(Some(name), &session.tokenizers()).map_err(unusable)
}

fn render(diagnosis: &Diagnosis, color: bool) -> String {
    let advice = secrets::visible(&diagnosis.advice);
    format!("{}\nWrite into your pipeline:\n\n{advice}", lines(&diagnosis.findings, color))
}

fn lines(findings: &[Finding], color: bool) -> String {
    let widest = findings.iter().map(|finding| finding.about.len()).max().unwrap_or(0);
    let mut out = String::new();
    for finding in findings {
        let (sign, style) = match finding.mark {
            Mark::Good => ("✓", "\u{1b}[32m"),
            Mark::Note => ("·", "\u{1b}[33m"),
            Mark::Bad => ("✗", "\u{1b}[31m"),
        };
        let sign = if color { format!("{style}{sign}\u{1b}[0m") } else { sign.to_owned() };
        let text = secrets::on_one_line(&finding.text);
        out.push_str(&format!("{sign} {:widest$}  {text}\n", finding.about));
    }
    out
}
