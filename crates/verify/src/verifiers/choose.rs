//! `choose`: which of several replies is best.

use chat::{ChatReply, Dialogue, Endpoint, Next, Question, Replies, abreast};
use plugin::{Component, ConfigErrors, Content};
use prompt::{Value, context, fenced};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asking::{Answered, Asker, Asking, Wordy};
use crate::{Case, Conversation, Outcome, Unverified, Verdict, Verifier, reading};

const QUESTION: &str = include_str!("../../prompts/choose.txt");

/// Shows some replies to a problem at once and asks for the best; those that were chosen meet again, until one is left. Its score is
/// 1, that of the others 0.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Choose {
    /// Whom to ask, and how; the temperature is 0 unless set.
    #[serde(flatten)]
    wordy: Wordy,
    /// Replies in one question.
    #[serde(default = "four")]
    #[schemars(range(min = 2, max = 26))]
    window: usize,
    /// Ask in both orders; where they disagree, both go on, and the last two are settled by lot.
    #[serde(default)]
    swap: bool,
    /// Draws the order and the lot.
    #[serde(default)]
    seed: u64,
}

fn four() -> usize {
    4
}

impl Component for Choose {
    const KIND: &'static str = "choose";
    const ABOUT: &'static str = "asks a model for the best of several replies, by knock-out";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Verifier;

    fn build(self, content: &mut Content) -> Result<Box<dyn Verifier>, ConfigErrors> {
        let Self { wordy, window, swap, seed } = self;
        let asker = wordy.build(0.0, QUESTION, &shown(&[Case::default()], &[0], 64), content)?;
        Ok(Box::new(Chooser { asker, window, swap, seed }))
    }
}

struct Chooser {
    asker: Asker,
    window: usize,
    swap: bool,
    seed: u64,
}

/// Some replies, in this order.
fn shown(cases: &[Case], order: &[usize], room: usize) -> Value {
    let room = (room / order.len().max(1)).max(64);
    let reply = |at: &usize| {
        let text = &cases[*at].reply;
        fenced("reply", &prompt::fitted(text, prompt::tokens(text, 0), room))
    };
    let replies: Vec<String> = order.iter().map(reply).collect();
    context! { replies, ..cases[order[0]].values() }
}

impl Verifier for Chooser {
    fn name(&self) -> String {
        self.asker.named(Choose::KIND)
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        self.asker.endpoint.iter().collect()
    }

    fn compares(&self) -> bool {
        true
    }

    /// Each question that is not asked in both orders sends one home.
    fn most_questions(&self, _steps: u64) -> Option<u64> {
        (!self.swap).then(|| self.asker.tries(1))
    }

    /// Alone it is the best there is.
    fn open<'a>(&'a self, _case: Case) -> Conversation<'a> {
        Box::new(chat::done(Ok(Verdict { score: Some(1.0), ..Verdict::default() })))
    }

    fn open_together<'a>(&'a self, cases: Vec<Case>) -> Box<dyn Dialogue<Vec<Outcome>> + 'a> {
        let mut left: Vec<usize> = (0..cases.len()).collect();
        left.sort_by_key(|at| self.lot(&cases[*at], *at));
        Box::new(KnockOut { chooser: self, cases, left, round: None, raws: Vec::new(), settled: false })
    }
}

impl Chooser {
    /// A place by lot, that depends on the seed, the problem and the reply.
    fn lot(&self, case: &Case, at: usize) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_le_bytes()).update(case.problem.as_bytes()).update(&at.to_le_bytes());
        *hasher.finalize().as_bytes()
    }

    /// The question about some of the cases, in this order.
    fn question<'a>(&'a self, cases: &[Case], order: Vec<usize>) -> Asking<'a, usize> {
        let cases = cases.to_vec();
        let places = order.clone();
        let read = move |reply: &ChatReply| {
            let best = reading::choice(&reply.content, places.len())?;
            Ok(places[best - 1])
        };
        self.asker.ask(move |room| shown(&cases, &order, room), read)
    }
}

/// The rounds of a knock-out.
struct KnockOut<'a> {
    chooser: &'a Chooser,
    cases: Vec<Case>,
    /// Who is not out, in the order of the lot.
    left: Vec<usize>,
    round: Option<Round<'a>>,
    raws: Vec<String>,
    /// The last ones met in both orders and neither won.
    settled: bool,
}

/// Questions that are under way; with both orders, two of each window.
type Round<'a> = Box<dyn Dialogue<Vec<Answered<usize>>> + 'a>;

impl Dialogue<Vec<Outcome>> for KnockOut<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Outcome>> {
        let mut replies = replies;
        loop {
            if self.left.len() <= 1 || self.settled {
                return Next::Done(self.outcomes());
            }
            match self.round(replies) {
                Next::Ask(questions) => return Next::Ask(questions),
                Next::Done(Err(failed)) => return Next::Done(vec![Err(failed); self.cases.len()]),
                Next::Done(Ok(chosen)) => self.settle(chosen),
            }
            replies = &[];
        }
    }
}

impl KnockOut<'_> {
    /// Who was chosen in each question of a round.
    fn round(&mut self, replies: &Replies) -> Next<Result<Vec<usize>, Unverified>> {
        if self.round.is_none() {
            self.round = Some(self.begin());
        }
        let Some(round) = &mut self.round else { return Next::Ask(Vec::<Question>::new()) };
        match round.next(replies) {
            Next::Ask(questions) => Next::Ask(questions),
            Next::Done(answers) => {
                self.round = None;
                let answers: Result<Vec<(usize, String)>, Unverified> = answers.into_iter().collect();
                Next::Done(answers.map(|answers| {
                    let (chosen, raws): (Vec<usize>, Vec<String>) = answers.into_iter().unzip();
                    self.raws.extend(raws);
                    chosen
                }))
            }
        }
    }
}

impl<'a> KnockOut<'a> {
    fn begin(&self) -> Round<'a> {
        let both = |window: &[usize]| {
            let swapped = self.chooser.swap.then(|| window.iter().rev().copied().collect());
            std::iter::once(window.to_vec()).chain(swapped).collect::<Vec<Vec<usize>>>()
        };
        let orders = self.left.chunks(self.chooser.window).filter(|window| window.len() > 1).flat_map(both);
        let questions: Vec<_> = orders.map(|order| self.chooser.question(&self.cases, order)).collect();
        Box::new(abreast(questions))
    }

    /// Those who were chosen stay, and whoever met nobody.
    fn settle(&mut self, chosen: Vec<usize>) {
        let before = self.left.len();
        let alone = self.left.chunks(self.chooser.window).filter(|window| window.len() == 1).flatten();
        let stay: Vec<usize> = alone.copied().chain(chosen).collect();
        self.left.retain(|at| stay.contains(at));
        // Where both orders disagree about the same ones, they would for ever.
        self.settled = self.left.len() == before;
    }

    fn outcomes(&mut self) -> Vec<Outcome> {
        let raw = std::mem::take(&mut self.raws).join("\n\n");
        let best = self.left.first().copied();
        let verdict = |at: usize| Verdict {
            score: Some(f64::from(u8::from(best == Some(at)))),
            raw: raw.clone(),
            ..Verdict::default()
        };
        (0..self.cases.len()).map(|at| Ok(verdict(at))).collect()
    }
}
