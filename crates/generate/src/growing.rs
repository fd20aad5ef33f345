//! The conversation that grows a tree: steps are drawn, looked at by a verifier, and gone on with as a policy says.
//!
//! It goes in rounds. A round is looked at when all of it is there, in the order in which it was asked, so neither who answers first
//! nor how many are asked at once changes what grows. Whatever was drawn is in the tree, and counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use chat::{
    CallError, ChatReply, ChatRequest, Continuation, Dialogue, MOST_ROUNDS, Message, Next, Question, Replies,
    Sampling, Usage, foretell, metered,
};
use tables::{Finish, Problem};
use verify::{Case, Outcome};

use crate::grown::{Grown, Limits, Node};
use crate::policy::Expansion;
use crate::reading::explicit_answer;
use crate::returned::{self, Gotten, Spending};
use crate::searching::Searching;

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
    ahead: BTreeMap<usize, Vec<String>>,
    /// Each of them, by what it stands behind.
    greedy: Vec<(Continuation, String)>,
    /// What the verifier has said of paths that may come up again.
    judged: Vec<(Case, f64)>,
    /// Rounds of them that are still to be drawn.
    left_ahead: u32,
}

/// What is waited for.
enum Phase<'a> {
    /// Nothing was asked yet, or everything is known: what grows next?
    Choosing,
    /// Steps behind these.
    Drawing(Vec<Expansion>),
    /// Steps further on behind these beginnings, which are only looked at.
    Ahead(Vec<Continuation>),
    /// Verdicts on these paths, each that of some nodes.
    Verifying(Vec<(Case, Vec<usize>)>, Verdicts<'a>),
}

type Verdicts<'a> = Box<dyn Dialogue<(Vec<Outcome>, Usage)> + 'a>;

/// Why a search ended before its policy had enough.
const SPEND: &str = "spend";
const DEPTH: &str = "depth";
const TOKENS: &str = "tokens";
const FAILED: &str = "failed";

impl<'a> Growing<'a> {
    pub(crate) fn new(searching: &'a Searching, messages: Arc<Vec<Message>>, problem: Arc<Problem>) -> Self {
        let limits = Limits { steps: searching.policy.bounds().depth, tokens: searching.most_tokens };
        Self {
            searching,
            messages,
            problem,
            tree: Grown { limits, ..Grown::default() },
            spending: Spending::default(),
            phase: Phase::Choosing,
            tells_stop: false,
            ahead: BTreeMap::new(),
            greedy: Vec::new(),
            judged: Vec::new(),
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
                Phase::Ahead(beginnings) => {
                    self.take_ahead(beginnings, replies)?;
                    self.look()
                }
                Phase::Verifying(paths, mut verdicts) => match verdicts.next(replies) {
                    Next::Ask(questions) => {
                        self.phase = Phase::Verifying(paths, verdicts);
                        self.to_verifier(questions)
                    }
                    Next::Done((outcomes, usage)) => {
                        self.spending.verdicts.merge(usage);
                        self.judge(paths, outcomes)?;
                        Vec::new()
                    }
                },
            };
            if !asked.is_empty() {
                return Ok(Next::Ask(self.foretold(asked)));
            }
            replies = &[];
        }
    }

    /// Tells the questions of a round how many may follow: the least is always that a path is over.
    fn foretold(&self, mut asked: Vec<Question>) -> Vec<Question> {
        let bounds = self.searching.policy.bounds();
        let most = *self.searching.policy.steps().end();
        let left = most.saturating_sub(self.tree.draws);
        let ahead = most.saturating_mul(bounds.lookahead.into());
        let verdicts = self.searching.verifier.most_questions((bounds.depth + bounds.lookahead).into());
        // What is drawn now, or was and is not looked at yet, waits for a verdict too.
        let waiting = match &self.phase {
            Phase::Drawing(_) => asked.len(),
            _ => self.tree.round.len(),
        };
        let verdicts = verdicts.map(|each| each.saturating_mul(left + waiting as u64));
        let draws = left.saturating_add(ahead);
        let (own, others) = match (self.searching.verifier.asks_own_model(), &self.phase) {
            (true, _) => (verdicts.map(|verdicts| draws.saturating_add(verdicts)), Some(0)),
            (false, Phase::Verifying(..)) => (verdicts, Some(draws)),
            (false, _) => (Some(draws), verdicts),
        };
        // Who cannot say how much may follow says nothing.
        if let Some(own) = own {
            foretell(&mut asked, own, others);
        }
        asked
    }

    /// The questions of the next round, or what ended the search.
    fn choose(&mut self) -> Result<Vec<Question>, &'static str> {
        let bounds = self.searching.policy.bounds();
        if let (Some(most), Some(spent)) = (bounds.spend, self.spending.generated())
            && spent >= most
        {
            return Err(SPEND);
        }
        let mut expansions = self.searching.policy.next(&self.tree);
        let chosen = expansions.len();
        expansions.retain(|one| !one.node.is_some_and(|at| self.tree.is_deep(at)));
        let fit = expansions.len();
        expansions.retain(|one| !one.node.is_some_and(|at| self.tree.is_long(at)));
        if expansions.is_empty() {
            return Err(match (chosen, fit) {
                (0, _) => self.ended(),
                (_, 0) => DEPTH,
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
    fn ended(&self) -> &'static str {
        let any = |is: fn(&Grown, usize) -> bool| (0..self.tree.nodes.len()).any(|at| is(&self.tree, at));
        if self.tree.finished().next().is_some() {
            "finished"
        } else if any(Grown::is_long) {
            TOKENS
        } else if any(Grown::is_deep) {
            DEPTH
        } else {
            "cut"
        }
    }

    /// The question for a step behind a node.
    fn draw(&self, node: Option<usize>, sample: u32) -> Question {
        let (Searching { sampling, step, .. }, messages) = (self.searching, self.messages.to_vec());
        let left = self.searching.most_tokens.map(|most| {
            let so_far = self.tree.tokens_through(node, Some(0)).unwrap_or(0);
            most.saturating_sub(so_far).max(1)
        });
        let most = left.map_or(step.max_tokens, |left| left.min(step.max_tokens));
        let sampling = Sampling { max_tokens: Some(most), stop: step.until.clone(), ..sampling.clone() };
        let request = ChatRequest::new(messages, sampling, sample);
        Question::new(ChatRequest { continues: self.tree.beginning(node), ..request })
    }

    /// Puts what was drawn into the tree; equal steps behind one node are one node.
    fn take(&mut self, expansions: &[Expansion], replies: &Replies) -> Result<(), String> {
        self.spending.drew(replies);
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
            Some(known) => known.multiplicity += 1,
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
        let ended = !cut && self.ends(&self.tree.written(expansion.node).1, reply, &text);
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
            path_tokens: self.tree.tokens_through(expansion.node, reply.completion_tokens),
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

    /// The model has ended its reply behind `before`: the server says so, or nothing came, or the final answer is there.
    fn ends(&self, before: &str, reply: &ChatReply, text: &str) -> bool {
        if reply.stopped_by.is_some() {
            return false;
        }
        let whole = || format!("{before}{}", reply.content);
        self.tells_stop
            || text.trim().is_empty()
            || explicit_answer(&whole(), &self.problem, &self.searching.reading.policy)
    }

    /// Looks at what was drawn: a few steps further on where that is wanted, then by the verifier.
    fn look(&mut self) -> Vec<Question> {
        while self.left_ahead > 0 {
            self.left_ahead -= 1;
            let (keys, questions) = self.unknown_ahead();
            if !keys.is_empty() {
                self.phase = Phase::Ahead(keys);
                return questions;
            }
            self.lengthen();
        }
        let paths = self.unjudged();
        let cases = paths.iter().map(|(case, _)| case.clone()).collect();
        self.phase = Phase::Verifying(paths, Box::new(metered(self.searching.verifier.open_together(cases))));
        Vec::new()
    }

    /// The paths of this round that the verifier has not seen, each with its nodes: trees that do not compete may hold the same one.
    fn unjudged(&mut self) -> Vec<(Case, Vec<usize>)> {
        let mut paths: Vec<(Case, Vec<usize>)> = Vec::new();
        for at in self.tree.round.clone() {
            let case = self.case(at);
            let seen = self.judged.iter().find(|(known, _)| *known == case);
            match (seen, paths.iter_mut().find(|(known, _)| *known == case)) {
                (Some((_, score)), _) => self.tree.nodes[at].step_score = Some(*score),
                (None, Some((_, nodes))) => nodes.push(at),
                (None, None) => paths.push((case, vec![at])),
            }
        }
        paths
    }

    /// The nodes of this round that are looked at further on.
    fn looked_ahead(&self) -> Vec<usize> {
        let ends = |at: usize| {
            let until = &self.searching.step.until;
            let last = self.ahead.get(&at).and_then(|steps| steps.last());
            last.is_some_and(|text| !until.iter().any(|until| text.ends_with(until)))
        };
        self.tree.round.clone().filter(|at| self.tree.is_open(*at) && !ends(*at)).collect()
    }

    /// How the reply begins behind which the next step is drawn ahead.
    fn beginning_ahead(&self, at: usize) -> Continuation {
        let mut beginning = self.tree.beginning(Some(at)).unwrap_or_default();
        let ahead = self.ahead.get(&at).map(|steps| steps.concat()).unwrap_or_default();
        let place = if beginning.text.is_some() { &mut beginning.text } else { &mut beginning.thinking };
        place.get_or_insert_default().push_str(&ahead);
        beginning
    }

    /// The steps ahead that nobody has drawn yet. They are greedy, so behind one beginning there is one.
    fn unknown_ahead(&self) -> (Vec<Continuation>, Vec<Question>) {
        let mut asked: (Vec<Continuation>, Vec<Question>) = Default::default();
        for at in self.looked_ahead() {
            let beginning = self.beginning_ahead(at);
            if asked.0.contains(&beginning) || self.greedy.iter().any(|(known, _)| *known == beginning) {
                continue;
            }
            let mut question = self.draw(Some(at), 0);
            question.request.sampling.temperature = Some(0.0);
            question.request.continues = Some(beginning.clone());
            asked.0.push(beginning);
            asked.1.push(question);
        }
        asked
    }

    fn take_ahead(&mut self, beginnings: Vec<Continuation>, replies: &Replies) -> Result<(), String> {
        self.spending.drew(replies);
        let mut longest = Some(0);
        for (beginning, reply) in beginnings.into_iter().zip(replies) {
            let text = match reply {
                Ok(reply) => {
                    longest = longest.zip(reply.completion_tokens).map(|(most, tokens)| most.max(tokens));
                    self.step_ahead(&beginning, reply)
                }
                Err(CallError::ContextTooLong { .. }) => String::new(),
                Err(error) => return Err(error.reason()),
            };
            self.greedy.push((beginning, text));
        }
        self.spending.wait(longest);
        self.lengthen();
        Ok(())
    }

    /// A step ahead, with its separator unless the reply ended.
    fn step_ahead(&self, beginning: &Continuation, reply: &ChatReply) -> String {
        let text = reply.joined();
        let before = beginning.text.as_deref().unwrap_or_default();
        let ended = self.ends(before, reply, &text) || reply.finish == Finish::Length;
        let separator = reply.stopped_by.clone().or_else(|| self.searching.step.until.first().cloned());
        if ended { text } else { text + &separator.unwrap_or_default() }
    }

    /// Adds to what is looked at of each node the step that is known to follow.
    fn lengthen(&mut self) {
        for at in self.looked_ahead() {
            let beginning = self.beginning_ahead(at);
            let known = self.greedy.iter().find(|(known, _)| *known == beginning);
            if let Some(text) = known.map(|(_, text)| text.clone()) {
                self.ahead.entry(at).or_default().push(text);
            }
        }
    }

    /// What the verifier sees of a path. The known answer has no place in it.
    fn case(&self, at: usize) -> Case {
        let mut steps = self.tree.steps(at);
        steps.extend(self.ahead.get(&at).into_iter().flatten().cloned());
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
    fn judge(&mut self, paths: Vec<(Case, Vec<usize>)>, outcomes: Vec<Outcome>) -> Result<(), String> {
        let aggregate = self.searching.policy.bounds().aggregate;
        let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
        if failed == outcomes.len()
            && let Some(Err(first)) = outcomes.first()
        {
            return Err(format!("the verifier gave no verdict: {}", first.reason));
        }
        self.spending.without_verdict += failed as u64;
        for ((case, nodes), outcome) in paths.into_iter().zip(outcomes) {
            let Ok(verdict) = outcome else { continue };
            let last = verdict.steps.as_deref().and_then(|steps| steps.last().copied().flatten());
            let score = if verdict.steps.is_some() { last } else { verdict.score };
            let said = Some(verdict.raw.trim()).filter(|said| !said.is_empty());
            for at in nodes {
                let node = &mut self.tree.nodes[at];
                (node.step_score, node.said) = (score, said.map(str::to_owned));
            }
            // Only steps ahead bring the same path up again.
            let again = self.searching.policy.bounds().lookahead > 0 && !self.searching.verifier.compares();
            self.judged.extend(score.filter(|_| again).map(|score| (case, score)));
        }
        for at in self.tree.round.clone() {
            let steps: Vec<Option<f64>> =
                self.tree.path(at).into_iter().map(|at| self.tree.nodes[at].step_score).collect();
            let judged = self.tree.nodes[at].step_score.is_some();
            self.tree.nodes[at].score = aggregate.of(&steps).filter(|_| judged);
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
            Err(reason) => Next::Done(self.over(FAILED, Some(reason))),
        }
    }

    /// A level takes a round of steps, some of steps ahead, and those of the verifier.
    fn most_rounds(&self) -> usize {
        let levels = *self.searching.policy.steps().end() as usize;
        levels.saturating_mul(MOST_ROUNDS)
    }
}
