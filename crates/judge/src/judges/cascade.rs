//! The rule judge first, a model where the rules are unsure: most traces cost nothing, the doubtful ones a call each.

use chat::{Dialogue, Endpoint, Next, Replies};
use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tables::{JudgeState, Judgment, Step, Verdict};

use super::llm::Llm;
use super::rule::Rule;
use crate::{Item, Judge, at_once, known};

/// Judges by rule, and sends on to a model what the rules leave in doubt: a wide band, little confidence, no assertion
/// found, or a final answer that cannot be compared with the known one. A failed call is a failed judgment: the rules'
/// doubtful verdict never takes its place, but stands in `raw`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Cascade {
    /// The keys of the judge `rule`.
    #[serde(default)]
    rule: Rule,
    /// The keys of the judge `llm`.
    llm: Llm,
    /// When to send on.
    #[serde(default)]
    doubt: Doubt,
}

/// What counts as doubt.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Doubt {
    /// A band is wide if its last step is more than so many steps behind its first…
    band_steps: u32,
    /// …and the steps behind its first hold more than this share of the thinking's tokens (0 to 1).
    band_share: f64,
    /// Less confidence than this is little (0 to 1).
    confidence: f64,
    /// Which traces to send on in which the rules find no assertion.
    absent: Absent,
    /// Send on traces whose final answer can neither be called right nor wrong.
    undecided: bool,
}

/// Which traces without an assertion are doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Absent {
    /// All of them.
    Always,
    /// Those whose final answer is right, for it must have come from somewhere. Where it is wrong, no assertion is what
    /// one expects.
    EndsRight,
    /// None.
    Never,
}

impl Default for Doubt {
    /// On traces labelled by hand, little confidence finds most of what the rules place wrong in a third of the traces.
    /// The width of the band alone finds no more in two thirds, for it is wide in most long traces: only the widest
    /// count.
    fn default() -> Self {
        Self { band_steps: 2, band_share: 0.5, confidence: 0.6, absent: Absent::EndsRight, undecided: true }
    }
}

impl Component for Cascade {
    const KIND: &'static str = "cascade";
    const ABOUT: &'static str = "judges by rule, and asks a model where the rules are unsure";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!(in "llm."; "llm.prompt_file");
    type Built = dyn Judge;

    fn build(self, content: &mut Content) -> Result<Box<dyn Judge>, ConfigErrors> {
        let Self { rule, llm, doubt } = self;
        for (key, share) in [("band_share", doubt.band_share), ("confidence", doubt.confidence)] {
            if !(0.0..=1.0).contains(&share) {
                return Err(ConfigError::new(format!("doubt.{key}"), "must be from 0 to 1").into());
            }
        }
        let versions = json!({Rule::KIND: Rule::VERSION, Llm::KIND: Llm::VERSION});
        content.note("versions", versions.to_string());
        let rule = rule.build(content).map_err(|faults| within("rule", faults))?;
        let llm = llm.build(content).map_err(|faults| within("llm", faults))?;
        Ok(Box::new(CascadeJudge { rule, llm, doubt }))
    }
}

/// What is wrong in a table inside ours.
fn within(table: &str, faults: ConfigErrors) -> ConfigErrors {
    let inside = |fault: ConfigError| ConfigError { path: format!("{table}.{}", fault.path), ..fault };
    ConfigErrors(faults.0.into_iter().map(inside).collect())
}

struct CascadeJudge {
    rule: Box<dyn Judge>,
    llm: Box<dyn Judge>,
    doubt: Doubt,
}

impl CascadeJudge {
    fn by_rule(&self, item: &Item<'_>) -> Judgment {
        let judgment = at_once(self.rule.as_ref(), item);
        Judgment { judge: format!("cascade:{}", self.rule.name()), ..judgment }
    }

    /// The rules' verdict is not to be trusted.
    fn doubtful(&self, item: &Item<'_>, judgment: &Judgment) -> bool {
        let doubt = &self.doubt;
        let undecided = doubt.undecided && item.grade.verdict == Verdict::Undecided;
        match judgment.state {
            JudgeState::Skipped => false,
            // The rules gave up on it.
            JudgeState::Failed => true,
            JudgeState::Absent => {
                let ends_right = item.grade.verdict == Verdict::Right;
                undecided || doubt.absent == Absent::Always || doubt.absent == Absent::EndsRight && ends_right
            }
            JudgeState::Found => {
                undecided
                    || judgment.confidence.is_none_or(|confidence| confidence < doubt.confidence)
                    || self.is_wide(item.steps, judgment)
            }
        }
    }

    fn is_wide(&self, steps: &[Step], judgment: &Judgment) -> bool {
        let (Some(first), Some(last)) = (judgment.band_first, judgment.band_last) else { return false };
        last.saturating_sub(first) > self.doubt.band_steps
            && share(steps, first, last) > self.doubt.band_share
    }

    /// The model's word on a doubtful trace, with what only the rules can say.
    fn merged(&self, ruled: &Judgment, told: Judgment) -> Judgment {
        let judge = format!("cascade:{}", self.llm.name());
        let kept = Judgment { judge, own_step: ruled.own_step, solutions: ruled.solutions.clone(), ..told };
        match kept.state {
            JudgeState::Found => banded(ruled, kept),
            JudgeState::Failed => Judgment { raw: Some(both(ruled, kept.raw.as_deref())), ..kept },
            _ => kept,
        }
    }
}

/// The model's conversation about a trace that the rules leave in doubt.
struct SentOn<'a> {
    cascade: &'a CascadeJudge,
    ruled: Judgment,
    asked: Box<dyn Dialogue<Judgment> + 'a>,
}

impl Dialogue<Judgment> for SentOn<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Judgment> {
        match self.asked.next(replies) {
            Next::Ask(questions) => Next::Ask(questions),
            Next::Done(told) => Next::Done(self.cascade.merged(&self.ruled, told)),
        }
    }
}

/// The share of the tokens that stand behind step `first` up to the end of step `last`: how far apart the shares of
/// thinking before the answer are at the ends of the band. By bytes where tokens were not counted.
fn share(steps: &[Step], first: u32, last: u32) -> f64 {
    let counted = steps.iter().any(|step| step.tokens > 0);
    let size = |step: &Step| if counted { step.tokens } else { step.end.saturating_sub(step.start) };
    let sum = |steps: &[Step]| steps.iter().map(|step| f64::from(size(step))).sum::<f64>();
    // A band of one step leaves nothing open.
    let band = steps.get(first as usize + 1..=last as usize).unwrap_or_default();
    sum(band) / sum(steps).max(1.0)
}

/// The rules' band around the model's step, stretched if the step lies outside; what the rules say about their own
/// step holds only if both mean the same.
fn banded(ruled: &Judgment, told: Judgment) -> Judgment {
    let same = ruled.step == told.step;
    Judgment {
        band_first: ruled.band_first.min(told.step).or(told.step),
        band_last: ruled.band_last.max(told.step),
        score: ruled.score.filter(|_| same),
        later_changed: ruled.later_changed.filter(|_| same),
        ..told
    }
}

/// What both said, for a row on which the model gave no verdict.
fn both(ruled: &Judgment, said: Option<&str>) -> String {
    let rule: Value = json!({
        "state": ruled.state, "step": ruled.step, "band_first": ruled.band_first, "band_last": ruled.band_last,
        "confidence": ruled.confidence,
    });
    json!({"rule": rule, "llm": said}).to_string()
}

impl Judge for CascadeJudge {
    fn name(&self) -> String {
        format!("cascade:{}+{}", self.rule.name(), self.llm.name())
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        let ruled = self.by_rule(item);
        if !self.doubtful(item, &ruled) {
            return known(ruled);
        }
        Box::new(SentOn { cascade: self, ruled, asked: self.llm.open(item) })
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        self.llm.endpoints()
    }

    fn needs_gold(&self) -> bool {
        self.rule.needs_gold()
    }

    fn sent_on(&self, judgment: &Judgment) -> Option<bool> {
        Some(judgment.judge == format!("cascade:{}", self.llm.name()))
    }
}

#[cfg(test)]
mod labelled;
#[cfg(test)]
mod tests;
