//! What a cascade would gain: which share of the traces is sent on, what that asks in tokens, and how many verdicts more lie
//! inside for it. The readers' labels, or the recorded verdicts of a judge, stand for the model's word.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, anyhow};
use chat::Next;
use judge::{JUDGES, Judge};
use serde_json::{Value, json};
use tokens::Tokenizer;

use super::share::Share;
use super::traces::{Label, Trace, rows};
use crate::say;

/// Confidences below which traces are sent on; 0.6 is what the cascade does of itself.
const DOUBTED: [f64; 5] = [0.5, 0.6, 0.7, 0.8, 0.9];

/// The steps that a judge named, by trace.
pub(super) type Verdicts = BTreeMap<String, Option<u32>>;

/// Recorded verdicts: `trace` (or `problem_id`) and `step`, -1 or null for none.
pub(super) fn verdicts(path: &Path) -> anyhow::Result<Verdicts> {
    let verdict = |row: Value| {
        let trace = row["trace"].as_str().or_else(|| row["problem_id"].as_str());
        let step = row["step"].as_u64().and_then(|step| u32::try_from(step).ok());
        Ok((trace.with_context(|| format!("no trace in {row:.60}"))?.to_owned(), step))
    };
    rows(path)?.into_iter().map(verdict).collect()
}

pub(super) fn report(
    rule: &dyn Judge,
    traces: &[Trace],
    labels: &[Label],
    recorded: Option<&Verdicts>,
) -> anyhow::Result<()> {
    let tokenizer = Tokenizer::builtin().map_err(|error| anyhow!("{error}"))?;
    let stand_in = if recorded.is_some() { "recorded verdicts" } else { "the readers' labels" };
    say(&format!("cascade, with {stand_in} in place of a model"));
    for confidence in DOUBTED {
        let table = json!({
            "kind": "cascade", "llm": {"model": "m", "base_url": "http://127.0.0.1:9/v1"},
            "doubt": {"confidence": confidence},
        });
        let cascade = JUDGES.build(&table, "judge").map_err(|faults| anyhow!("{faults}"))?;
        let mut gain = Gain::default();
        for label in labels {
            let Some(trace) = traces.iter().find(|trace| trace.id == label.trace) else { continue };
            let told = recorded.map_or(Some(label.step), |verdicts| verdicts.get(&label.trace).copied());
            gain.add((rule, cascade.built.as_ref()), (trace, label), told, &tokenizer);
        }
        say(&gain.line(confidence));
    }
    Ok(())
}

#[derive(Default)]
struct Gain {
    sent: Share,
    /// Right verdicts of the rules alone, and of the cascade.
    alone: Share,
    both: Share,
    /// Tokens of the questions.
    tokens: usize,
}

impl Gain {
    fn add(
        &mut self,
        (rule, cascade): (&dyn Judge, &dyn Judge),
        (trace, label): (&Trace, &Label),
        told: Option<Option<u32>>,
        tokenizer: &Tokenizer,
    ) {
        let own = trace.judged(rule, &trace.problem.gold).step;
        let asked = trace.with_item(&trace.problem.gold, |item| match cascade.open(item).next(&[]) {
            Next::Ask(questions) => Some(questions),
            Next::Done(_) => None,
        });
        self.sent.add(asked.is_some());
        self.alone.add(label.is_met_by(own));
        let questions = asked.iter().flatten();
        let texts = questions.flat_map(|question| &question.request.messages).map(|message| &message.content);
        self.tokens += texts.map(|text| tokenizer.count(text) as usize).sum::<usize>();
        // Whom nobody judged stays with the rules.
        let final_word = if asked.is_some() { told.unwrap_or(own) } else { own };
        self.both.add(label.is_met_by(final_word));
    }

    fn line(&self, confidence: f64) -> String {
        let gained = self.both.count as f64 - self.alone.count as f64;
        let thousands = self.tokens as f64 / 1000.0;
        let each = if self.tokens > 0 { gained / thousands } else { 0.0 };
        format!(
            "  below {confidence:.1}: sent on {}, right {} → {}, {thousands:.0} thousand tokens asked, {each:+.3} right \
             verdicts a thousand",
            self.sent, self.alone, self.both,
        )
    }
}
