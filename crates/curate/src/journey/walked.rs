//! A route as text: byte-exact steps, sentences at the joints, and what each stretch is.

use tables::{Problem, Tree};

use super::JourneySettings;
use super::feedback::reason;
use super::route::{Route, steps_in};
use crate::correct::correct;
use crate::{Journey, Said, Span, SpanKind};

/// Between two steps.
const SEPARATOR: &str = "\n\n";

/// What became of a tree.
pub(super) struct Walked {
    pub(super) said: Said,
    pub(super) journey: Journey,
    pub(super) route: Route,
    /// Steps of the thinking, wrong ones too.
    pub(super) steps: u32,
    /// Returns with a verifier's reason.
    pub(super) reasons: u32,
    /// Steps are numbered by the model.
    pub(super) numbered: bool,
}

/// Puts the text together.
///
/// # Errors
/// Why it is no example.
pub(super) fn walked(
    tree: &Tree,
    problem: &Problem,
    route: Route,
    thinks: bool,
    settings: &JourneySettings,
) -> Result<Walked, &'static str> {
    let mut text = Text::default();
    let (last, before) = route.path.split_last().ok_or("no_right_path")?;
    let thought = if thinks { before } else { &route.path[..] };
    for (behind, node) in thought.iter().enumerate() {
        for detour in route.detours.iter().filter(|detour| detour.behind == behind) {
            detour.nodes.iter().for_each(|at| text.push(&tree.nodes[*at].text, SpanKind::Wrong));
            let begin = detour.nodes.first().copied().unwrap_or_default();
            let step = Some(text.right_steps).filter(|steps| *steps > 0);
            let drawn = settings.hash(tree, &format!("node {begin}"));
            text.returns += 1;
            let why = detour.nodes.last().and_then(|at| reason(tree.nodes[*at].said.as_deref()?));
            let why = why.filter(|_| settings.feedback);
            text.reasons += u32::from(why.is_some());
            let back = settings.connectives.sentence(problem, step, drawn);
            text.say(&why.map_or_else(|| back.clone(), |why| format!("{why} {back}")));
        }
        text.push(&tree.nodes[*node].text, SpanKind::Right);
    }
    let Text { text: thought, spans, right_steps, wrong_steps, returns, reasons } = text;
    let answer = tree.nodes[*last].text.clone();
    let said = if thinks {
        Said { thinking: Some(thought), answer }
    } else {
        Said { thinking: None, answer: thought }
    };
    refuse(&said, problem, settings)?;
    let from = begins(&said, settings);
    let spans = spans
        .into_iter()
        .map(|span| Span { start: span.start + from, end: span.end + from, ..span })
        .collect();
    let numbered = said.thinking.as_ref().unwrap_or(&said.answer).contains("Step ");
    let journey = Journey { detours: returns, wrong_steps, spans };
    Ok(Walked { said, journey, route, steps: right_steps + wrong_steps, reasons, numbered })
}

/// The last word is the answer engine's, and thinking and answer have to be told apart again.
fn refuse(said: &Said, problem: &Problem, settings: &JourneySettings) -> Result<(), &'static str> {
    let generation = tables::Generation {
        reasoning: said.thinking.clone().unwrap_or_default(),
        answer_text: said.answer.clone(),
        reasoning_source: if said.thinking.is_some() { "tags" } else { tables::Generation::NO_REASONING }
            .to_owned(),
        finish: tables::Finish::Stop,
        ..tables::Generation::default()
    };
    if settings.embedding.confuses(&generation) {
        return Err("holds_think_tag");
    }
    if correct(problem, &generation) == Some(true) { Ok(()) } else { Err("answer_not_right") }
}

/// Where the text begins within the whole response.
fn begins(said: &Said, settings: &JourneySettings) -> u32 {
    let Some(thinking) = said.thinking.as_ref().filter(|thinking| !thinking.is_empty()) else { return 0 };
    let whole = settings.embedding.text(said);
    let open = settings.embedding.open.trim_end_matches('\n').len();
    let behind = whole.get(open..).and_then(|rest| rest.find(thinking.as_str()));
    u32::try_from(open + behind.unwrap_or_default()).unwrap_or(u32::MAX)
}

/// A text in the making.
#[derive(Default)]
struct Text {
    text: String,
    spans: Vec<Span>,
    right_steps: u32,
    wrong_steps: u32,
    returns: u32,
    reasons: u32,
}

impl Text {
    /// A step as it stands.
    fn push(&mut self, step: &str, kind: SpanKind) {
        let count = if kind == SpanKind::Right { &mut self.right_steps } else { &mut self.wrong_steps };
        *count += steps_in(step);
        self.add(step, kind);
    }

    /// A sentence of ours, a paragraph of its own.
    fn say(&mut self, sentence: &str) {
        let before = if self.text.ends_with(SEPARATOR) { "" } else { SEPARATOR };
        self.add(&format!("{before}{sentence}{SEPARATOR}"), SpanKind::Feedback);
    }

    fn add(&mut self, text: &str, kind: SpanKind) {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        let end = self.text.len() as u32;
        match self.spans.last_mut().filter(|last| last.kind == kind) {
            Some(last) => last.end = end,
            None if start < end => self.spans.push(Span { start, end, kind }),
            None => {}
        }
    }
}
