//! The conversation that grows a tree: steps are drawn, looked at by a verifier, and gone on with as a policy says.
//!
//! It goes in rounds. A round is looked at when all of it is there, in the order in which it was asked, so neither who answers first
//! nor how many are asked at once changes what grows. Whatever was drawn is in the tree, and counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use chat::{
    CallError, ChatReply, ChatRequest, Dialogue, MOST_ROUNDS, Message, Next, Question, Replies, Sampling,
    Usage, metered,
};
use tables::{Finish, Problem};
use verify::{Case, Outcome, Verifier};

use crate::grown::{Grown, Node};
use crate::policy::{Expansion, Policy};
use crate::reading::{Reading, explicit_answer};
use crate::returned::{self, Gotten, Spending};

/// What a search is made of, for all problems.
pub(crate) struct Searching {
    pub(crate) policy: Box<dyn Policy>,
    pub(crate) verifier: Box<dyn Verifier>,
    pub(crate) sampling: Sampling,
    pub(crate) step: Step,
    /// The most tokens of a path.
    pub(crate) most_tokens: Option<u64>,
    pub(crate) votes: bool,
    pub(crate) reading: Reading,
}

/// What a step is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// Texts that end one.
    pub(crate) until: Vec<String>,
    pub(crate) max_tokens: u64,
}

/// The conversation about a problem.
pub(crate) struct Growing<'a> {
    searching: &'a Searching,
    messages: Arc<Vec<Message>>,
    problem: Arc<Problem>,
    tree: Grown,
    spending: Spending,
    phase: Phase<'a>,
    /// The server names the text that ended a step, so one that names none ended the reply.
    tells_stop: bool,
    /// Steps that were drawn only to be looked at, by the node that they stand behind.
    ahead: BTreeMap<usize, String>,
    /// Rounds of them that are still to be drawn.
    left_ahead: u32,
}

/// What is waited for.
enum Phase<'a> {
    /// Nothing was asked yet, or everything is known: what grows next?
    Choosing,
    /// Steps behind these.
    Drawing(Vec<Expansion>),
    /// Steps further on behind these nodes, which are only looked at.
    Ahead(Vec<usize>),
    /// Verdicts on these paths, each that of some nodes.
    Verifying(Vec<Vec<usize>>, Verdicts<'a>),
}

type Verdicts<'a> = Box<dyn Dialogue<(Vec<Outcome>, Usage)> + 'a>;

/// Why a search ended before its policy had enough.
const SPEND: &str = "spend";
const TOKENS: &str = "tokens";
const FAILED: &str = "failed";

impl<'a> Growing<'a> {
    pub(crate) fn new(searching: &'a Searching, messages: Arc<Vec<Message>>, problem: Arc<Problem>) -> Self {
        Self {
            searching,
            messages,
            problem,
            tree: Grown::default(),
            spending: Spending::default(),
            phase: Phase::Choosing,
            tells_stop: false,
            ahead: BTreeMap::new(),
            left_ahead: 0,
        }
    }

    /// Goes on until something has to be asked, or it is over.
    fn go_on(&mut self, replies: &Replies) -> Result<Next<Gotten>, String> {
        let mut replies = replies;
        loop {
            let asked = match std::mem::replace(&mut self.phase, Phase::Choosing) {
                Phase::Choosing => match self.choose() {
                    Ok(questions) => questions,
                    Err(ended) => return Ok(Next::Done(self.over(ended, None))),
                },
                Phase::Drawing(expansions) => {
                    self.take(&expansions, replies)?;
                    self.look()
                }
                Phase::Ahead(nodes) => {
                    self.take_ahead(&nodes, replies)?;
                    self.look()
                }
                Phase::Verifying(paths, mut verdicts) => match verdicts.next(replies) {
                    Next::Ask(questions) => {
                        self.phase = Phase::Verifying(paths, verdicts);
                        self.to_verifier(questions)
                    }
                    Next::Done((outcomes, usage)) => {
                        self.spending.verdicts.merge(usage);
                        self.judge(&paths, outcomes)?;
                        Vec::new()
                    }
                },
            };
            if !asked.is_empty() {
                return Ok(Next::Ask(asked));
            }
            replies = &[];
        }
    }

    /// The questions of the next round, or what ended the search.
    fn choose(&mut self) -> Result<Vec<Question>, &'static str> {
        let bounds = self.searching.policy.bounds();
        if let (Some(most), Some(spent)) = (bounds.spend, self.spending.generated(&self.tree))
            && spent >= most
        {
            return Err(SPEND);
        }
        let mut expansions = self.searching.policy.next(&self.tree);
        let chosen = expansions.len();
        let deep = |at: usize| self.tree.nodes[at].depth + 1 >= bounds.depth;
        expansions.retain(|one| !one.node.is_some_and(deep));
        let long = |at: usize| {
            let most = self.searching.most_tokens;
            most.zip(self.tree.tokens_of(at)).is_some_and(|(most, tokens)| tokens >= most)
        };
        let fit = expansions.len();
        expansions.retain(|one| !one.node.is_some_and(long));
        if expansions.is_empty() {
            return Err(match (chosen, fit) {
                (0, _) => self.ended(long),
                (_, 0) => "depth",
                _ => TOKENS,
            });
        }
        let mut questions = Vec::new();
        for expansion in &expansions {
            expansion.node.into_iter().for_each(|at| self.tree.nodes[at].kept = true);
            let samples = self.tree.samples(expansion.node, expansion.children);
            questions.extend(samples.map(|sample| self.draw(expansion.node, sample)));
        }
        self.phase = Phase::Drawing(expansions);
        Ok(questions)
    }

    /// What ended it where the policy has nothing to go on with.
    fn ended(&self, long: impl Fn(usize) -> bool) -> &'static str {
        if self.tree.finished().next().is_some() {
            "finished"
        } else if (0..self.tree.nodes.len()).any(long) {
            TOKENS
        } else {
            "cut"
        }
    }

    /// The question for a step behind a node.
    fn draw(&self, node: Option<usize>, sample: u32) -> Question {
        let (Searching { sampling, step, .. }, messages) = (self.searching, self.messages.to_vec());
        let left = self.searching.most_tokens.map(|most| {
            let so_far = node.and_then(|at| self.tree.tokens_of(at)).unwrap_or(0);
            most.saturating_sub(so_far).max(1)
        });
        let most = left.map_or(step.max_tokens, |left| left.min(step.max_tokens));
        let sampling = Sampling { max_tokens: Some(most), stop: step.until.clone(), ..sampling.clone() };
        let request = ChatRequest::new(messages, sampling, sample);
        Question::new(ChatRequest { continues: self.tree.beginning(node), ..request })
    }

    /// Puts what was drawn into the tree; equal steps behind one node are one node.
    fn take(&mut self, expansions: &[Expansion], replies: &Replies) -> Result<(), String> {
        let from = self.tree.nodes.len();
        self.tells_stop |= replies.iter().flatten().any(|reply| reply.stopped_by.is_some());
        let mut left = replies;
        let mut longest = Some(0);
        for expansion in expansions {
            let (own, rest) = left.split_at((expansion.children as usize).min(left.len()));
            left = rest;
            for reply in own {
                let Some(node) = self.node(expansion, reply)? else { continue };
                longest = longest.zip(node.tokens).map(|(most, tokens)| most.max(tokens));
                self.add(node, from);
            }
        }
        self.spending.wait(longest);
        self.spending.draws.add(replies);
        self.spending.add_cached(replies);
        self.tree.expanded += expansions.len() as u32;
        self.tree.round = from..self.tree.nodes.len();
        self.left_ahead = self.searching.policy.bounds().lookahead;
        self.ahead.clear();
        Ok(())
    }

    fn add(&mut self, node: Node, from: usize) {
        let same = |known: &&mut Node| {
            known.parent == node.parent
                && known.group == node.group
                && known.text == node.text
                && known.finished == node.finished
                && known.cut == node.cut
        };
        match self.tree.nodes[from..].iter_mut().find(same) {
            Some(known) => {
                // Servers may count the end of a reply now and then; what was paid is the sum.
                self.spending.extra(known.tokens, node.tokens);
                known.multiplicity += 1;
            }
            None => self.tree.nodes.push(node),
        }
    }

    /// What a reply adds behind a node. A beginning that has grown too long for the context is an end, and no step.
    fn node(
        &mut self,
        expansion: &Expansion,
        reply: &Result<ChatReply, CallError>,
    ) -> Result<Option<Node>, String> {
        let reply = match reply {
            Ok(reply) => reply,
            Err(CallError::ContextTooLong { .. }) if expansion.node.is_some() => {
                expansion.node.into_iter().for_each(|at| self.tree.nodes[at].cut = true);
                return Ok(None);
            }
            Err(error) => return Err(error.reason()),
        };
        let inside = self.tree.beginning(expansion.node).is_none_or(|beginning| beginning.inside_thinking());
        let kept_apart = reply.reasoning.as_deref().unwrap_or_default();
        // Servers file what goes on under either field: behind thinking that is over, all of it is text.
        let thinks = inside && (!kept_apart.is_empty() || self.thinks_at(expansion.node));
        let mut text = reply.joined();
        let thought = if thinks && reply.content.is_empty() {
            text.len()
        } else if thinks {
            kept_apart.len()
        } else {
            0
        };
        let cut = reply.finish == Finish::Length;
        let ended = !cut && self.ends(expansion.node, reply, &text);
        let whole_thought = thought == text.len() && thought > 0;
        if !ended && !cut {
            let separator = reply.stopped_by.clone().or_else(|| self.searching.step.until.first().cloned());
            text.push_str(&separator.unwrap_or_default());
        }
        Ok(Some(Node {
            parent: expansion.node,
            group: expansion.group,
            thought: if whole_thought { text.len() } else { thought },
            text,
            tokens: reply.completion_tokens,
            multiplicity: 1,
            depth: expansion.node.map_or(0, |at| self.tree.nodes[at].depth + 1),
            finished: ended,
            cut,
            ..Node::default()
        }))
    }

    fn thinks_at(&self, node: Option<usize>) -> bool {
        self.tree.beginning(node).is_some_and(|beginning| beginning.thinking.is_some())
    }

    /// The model has ended its reply: the server says so, or nothing came, or the final answer is there.
    fn ends(&self, node: Option<usize>, reply: &ChatReply, text: &str) -> bool {
        if reply.stopped_by.is_some() {
            return false;
        }
        let answered = || {
            let (_, before) = self.tree.written(node);
            explicit_answer(&(before + &reply.content), &self.problem, &self.searching.reading.policy)
        };
        self.tells_stop || text.trim().is_empty() || answered()
    }

    /// Looks at what was drawn: a few steps further on where that is wanted, then by the verifier.
    fn look(&mut self) -> Vec<Question> {
        if self.left_ahead > 0 {
            self.left_ahead -= 1;
            let open = self.tree.round.clone().filter(|at| self.tree.is_open(*at));
            let nodes: Vec<usize> = open.filter(|at| !self.ends_ahead(*at)).collect();
            if !nodes.is_empty() {
                let questions = nodes.iter().map(|at| self.draw_ahead(*at)).collect();
                self.phase = Phase::Ahead(nodes);
                return questions;
            }
        }
        // Trees that do not compete may hold the same path: it is looked at once.
        let (mut alike, mut cases): (Vec<Vec<usize>>, Vec<Case>) = (Vec::new(), Vec::new());
        for at in self.tree.round.clone() {
            let case = self.case(at);
            match cases.iter().position(|known| *known == case) {
                Some(place) => alike[place].push(at),
                None => {
                    alike.push(vec![at]);
                    cases.push(case);
                }
            }
        }
        self.phase = Phase::Verifying(alike, Box::new(metered(self.searching.verifier.open_together(cases))));
        Vec::new()
    }

    /// What was drawn ahead of a node came to an end.
    fn ends_ahead(&self, at: usize) -> bool {
        self.ahead
            .get(&at)
            .is_some_and(|text| !self.searching.step.until.iter().any(|until| text.ends_with(until)))
    }

    fn draw_ahead(&self, at: usize) -> Question {
        let mut question = self.draw(Some(at), 0);
        question.request.sampling.temperature = Some(0.0);
        if let (Some(beginning), Some(ahead)) = (&mut question.request.continues, self.ahead.get(&at)) {
            let place = if beginning.text.is_some() { &mut beginning.text } else { &mut beginning.thinking };
            place.get_or_insert_default().push_str(ahead);
        }
        question
    }

    fn take_ahead(&mut self, nodes: &[usize], replies: &Replies) -> Result<(), String> {
        let mut longest = Some(0);
        for (at, reply) in nodes.iter().zip(replies) {
            let reply = match reply {
                Ok(reply) => reply,
                Err(CallError::ContextTooLong { .. }) => continue,
                Err(error) => return Err(error.reason()),
            };
            longest = longest.zip(reply.completion_tokens).map(|(most, tokens)| most.max(tokens));
            let mut text = reply.joined();
            if !self.ends(Some(*at), reply, &text) && reply.finish != Finish::Length {
                let separator =
                    reply.stopped_by.clone().or_else(|| self.searching.step.until.first().cloned());
                text.push_str(&separator.unwrap_or_default());
            }
            self.ahead.entry(*at).or_default().push_str(&text);
        }
        self.spending.wait(longest);
        self.spending.ahead(replies);
        self.spending.draws.add(replies);
        self.spending.add_cached(replies);
        Ok(())
    }

    /// What the verifier sees of a path. The known answer has no place in it.
    fn case(&self, at: usize) -> Case {
        let mut steps = self.tree.steps(at);
        steps.extend(self.ahead.get(&at).cloned());
        Case {
            problem: self.problem.problem.clone(),
            choices: self.problem.choices.clone(),
            reply: steps.concat(),
            steps,
            finished: self.tree.nodes[at].finished,
        }
    }

    /// Questions of a verifier that is not the model itself go to the endpoints behind the model's.
    fn to_verifier(&self, questions: Vec<Question>) -> Vec<Question> {
        let by = usize::from(!self.searching.verifier.asks_own_model());
        questions.into_iter().map(|question| Question { to: question.to + by, ..question }).collect()
    }

    /// Gives nodes their scores. One without a verdict has none and comes last; where all of a round have none, nobody knows where to
    /// go on.
    fn judge(&mut self, paths: &[Vec<usize>], outcomes: Vec<Outcome>) -> Result<(), String> {
        let aggregate = self.searching.policy.bounds().aggregate;
        let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
        if failed == outcomes.len()
            && let Some(Err(first)) = outcomes.first()
        {
            return Err(format!("the verifier gave no verdict: {}", first.reason));
        }
        self.spending.without_verdict += failed as u64;
        for (nodes, outcome) in paths.iter().zip(outcomes) {
            let Ok(verdict) = outcome else { continue };
            let last = verdict.steps.as_deref().and_then(|steps| steps.last().copied().flatten());
            let score = if verdict.steps.is_some() { last } else { verdict.score };
            nodes.iter().for_each(|at| self.tree.nodes[*at].step_score = score);
        }
        for at in paths.iter().flatten() {
            let steps: Vec<Option<f64>> =
                self.tree.path(*at).into_iter().map(|at| self.tree.nodes[at].step_score).collect();
            let judged = self.tree.nodes[*at].step_score.is_some();
            self.tree.nodes[*at].score = aggregate.of(&steps).filter(|_| judged);
        }
        Ok(())
    }

    fn over(&mut self, ended: &'static str, error: Option<String>) -> Gotten {
        let tree = std::mem::take(&mut self.tree);
        returned::gotten(self.searching, &self.problem, tree, self.spending, (ended, error))
    }
}

impl Dialogue<Gotten> for Growing<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Gotten> {
        match self.go_on(replies) {
            Ok(next) => next,
            Err(reason) => {
                // What was drawn before was paid for, whatever came of it.
                if let Phase::Choosing = self.phase {
                    self.spending.draws.add(replies);
                }
                Next::Done(self.over(FAILED, Some(reason)))
            }
        }
    }

    /// A level takes a round of steps, some of steps ahead, and those of the verifier.
    fn most_rounds(&self) -> usize {
        let levels = *self.searching.policy.steps().end() as usize;
        levels.saturating_mul(MOST_ROUNDS)
    }
}
