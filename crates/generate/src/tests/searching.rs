//! Searches with a simulated reasoner and a simulated verifier.

mod formulas;

use chat::dialogue::rehearse;
use chat::{CallError, Chance, ChatReply, Dialogue, Logprobs, Next, Question};
use serde_json::{Value, json};
use stage::ModelTable;
use tables::{Finish, Problem, Reply, SearchCost, Tree};
use testkit::{Asked, Chain, Doubter};

use crate::Model;
use crate::generators::searches;
use crate::returned::Gotten;

const BETWEEN: &str = "\n\n";

fn model(search: Value, more: Value) -> Model {
    let mut table = json!({
        "name": "m", "kind": "search", "model": "x", "base_url": "http://localhost:1/v1", "search": search, "seed": 3,
        "verifier": {"kind": "yes_no", "model": "critic", "base_url": "http://localhost:2/v1"},
    });
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    crate::parse(&table, "models[0]").map_err(|faults| faults.to_string()).unwrap()
}

fn problem(number: usize) -> Problem {
    let (a, b) = (number + 12, 3 * number + 1);
    Problem { id: format!("p{number}"), problem: format!("What is {a} + {b}?"), ..Problem::default() }
}

fn is_right(reply: &Reply, number: usize) -> bool {
    reply.content.contains(&format!("\\boxed{{{}}}", 4 * number + 13))
}

/// Both servers in one; the model tells what ended a step, or not.
struct World {
    chain: Chain,
    doubter: Doubter,
    tells_stop: bool,
}

impl Default for World {
    fn default() -> Self {
        Self { chain: Chain::default(), doubter: Doubter::default(), tells_stop: true }
    }
}

impl World {
    fn doubting(yes_to_right: f64, yes_to_wrong: f64) -> Self {
        Self { doubter: Doubter { yes_to_right, yes_to_wrong }, ..Self::default() }
    }

    fn asked(question: &Question) -> Asked {
        let request = &question.request;
        let seed = request.sampling.seed.map(|seed| seed + i64::from(request.sample));
        let prompt = request.messages.last().unwrap().content.clone();
        Asked { prompt, body: json!({"seed": seed}), ..Asked::default() }
    }

    fn answer(&self, question: &Question) -> Result<ChatReply, CallError> {
        let asked = Self::asked(question);
        Ok(if question.to == 0 { self.step(&asked, question) } else { self.verdict(&asked) })
    }

    fn step(&self, asked: &Asked, question: &Question) -> ChatReply {
        let beginning = question.request.continues.clone().and_then(|beginning| beginning.text);
        let said = match &beginning {
            Some(begun) => self.chain.behind(asked, &json!({"content": begun})),
            None => self.chain.reply(asked),
        };
        let rest = said.content;
        let ended = rest.find(BETWEEN);
        let text = &rest[..ended.unwrap_or(rest.len())];
        let most = question.request.sampling.max_tokens.unwrap() as usize;
        let count = text.split_whitespace().count();
        let read = |text: &str| text.split_whitespace().count() as u64;
        let prompt: u64 = question.request.messages.iter().map(|message| read(&message.content)).sum();
        ChatReply {
            content: text.to_owned(),
            finish: if count > most { Finish::Length } else { Finish::Stop },
            stopped_by: ended.filter(|_| self.tells_stop).map(|_| BETWEEN.to_owned()),
            prompt_tokens: Some(prompt + read(beginning.as_deref().unwrap_or_default())),
            completion_tokens: Some(count.min(most) as u64),
            ..ChatReply::default()
        }
    }

    fn verdict(&self, asked: &Asked) -> ChatReply {
        let said = self.doubter.reply(asked);
        let mut logprobs = Logprobs::default();
        logprobs.push(Chance::default());
        let likeliest = said.likeliest.into_iter().map(|(token, logprob)| (token, Some(logprob))).collect();
        ChatReply {
            content: said.content,
            logprobs: Some(Box::new(logprobs.with_likeliest(vec![likeliest]))),
            prompt_tokens: Some(asked.prompt.split_whitespace().count() as u64),
            completion_tokens: Some(1),
            ..ChatReply::default()
        }
    }

    fn searched(&self, model: &Model, problem: &Problem) -> (Gotten, Vec<Question>) {
        let mut opened = model.generator().open(problem).unwrap();
        let (gotten, asked) = rehearse(opened.conversations.remove(0), 999, |question| self.answer(question));
        (gotten.unwrap(), asked)
    }

    /// The share of problems whose best path is right.
    fn share(&self, model: &Model, problems: usize) -> f64 {
        let right = |number: &usize| is_right(&self.searched(model, &problem(*number)).0.replies[0], *number);
        (0..problems).filter(right).count() as f64 / problems as f64
    }
}

fn beam(candidates: u32, keep: u32, aggregate: &str) -> Value {
    json!({"kind": "beam", "candidates": candidates, "keep": keep, "aggregate": aggregate})
}

fn tree(gotten: &Gotten) -> &Tree {
    gotten.tree.as_deref().unwrap()
}

/// Every token that was drawn, read or judged, counted from the questions themselves.
#[test]
fn every_token_is_counted_those_of_pruned_and_equal_steps_too() {
    let same = Chain { texts: 1, words: 3, ..Chain::default() };
    for (chain, search) in [
        (Chain::default(), beam(6, 2, "last")),
        (same.clone(), beam(6, 2, "last")),
        (same, json!({"kind": "dvts", "candidates": 6, "width": 2})),
        (
            Chain::default(),
            json!({"kind": "best_first", "candidates": 3, "expansions": 9, "aggregate": "product"}),
        ),
        (Chain::default(), json!({"kind": "beam", "candidates": 4, "keep": 2, "lookahead": 2})),
    ] {
        let world = World { chain, ..World::doubting(0.8, 0.3) };
        let (gotten, asked) = world.searched(&model(search.clone(), json!({})), &problem(4));
        let of = |to: usize, count: fn(&ChatReply) -> Option<u64>| -> u64 {
            let own = asked.iter().filter(|question| question.to == to);
            own.map(|question| count(&world.answer(question).unwrap()).unwrap()).sum()
        };
        let tree = tree(&gotten);
        assert_eq!(tree.generated_tokens, Some(of(0, |reply| reply.completion_tokens)), "{search}");
        assert_eq!(tree.prompt_tokens, Some(of(0, |reply| reply.prompt_tokens)), "{search}");
        assert_eq!(tree.verifier_prompt_tokens, Some(of(1, |reply| reply.prompt_tokens)), "{search}");
        assert_eq!(tree.verifier_completion_tokens, Some(of(1, |reply| reply.completion_tokens)), "{search}");
        assert_eq!(tree.calls as usize, asked.len(), "{search}");
        let cost = SearchCost::of(gotten.replies[0].extra.as_deref().unwrap()).unwrap();
        assert_eq!((cost.generated_tokens, cost.pruned_tokens), (tree.generated_tokens, tree.pruned_tokens));
        let own: u64 = gotten.replies[0].completion_tokens.unwrap();
        assert!(cost.waiting_tokens >= Some(own) && tree.generated_tokens > Some(own), "{search}");
        // No two draws behind one beginning are the same question.
        let mut seen: Vec<String> =
            asked.iter().map(|question| json!([question.to, question.request]).to_string()).collect();
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "{search}");
    }
}

/// N = 4, M = 2, S = 5 steps of t = 9 tokens, prompt 50: N·S·t = 180 generated, S·t = 45 in the answer, 2·N·S = 40 calls; prompts
/// N·Σ(50 + t·s) = 1,360.
#[test]
fn the_cost_of_a_beam_is_what_is_worked_out_by_hand() {
    // `Step 1 leads to abcdef and on and on.` has nine words; the last step says the answer, too.
    let world = World { chain: Chain { words: 9, ..Chain::default() }, ..World::default() };
    let prompt = format!("{} What is 24 + 13?", "word ".repeat(45).trim());
    let asks = json!({"prompt": "{{ problem }}"});
    let problem = Problem { id: "p".into(), problem: prompt, ..Problem::default() };
    let (gotten, asked) = world.searched(&model(beam(4, 2, "last"), asks), &problem);
    let tree = tree(&gotten);
    assert_eq!((asked.len(), tree.calls), (40, 40));
    // `so it is \boxed{37}.` is four words more, of each of four last steps.
    assert_eq!(tree.generated_tokens, Some(180 + 16));
    assert_eq!(tree.pruned_tokens, Some(196 - gotten_in_paths(tree)));
    assert_eq!(tree.prompt_tokens, Some(1360));
    assert_eq!(gotten.replies[0].completion_tokens, Some(49));
    assert_eq!(tree.ended, "finished");
}

/// Tokens of the steps that are in a path that was returned.
fn gotten_in_paths(tree: &Tree) -> u64 {
    let mut inside = vec![false; tree.nodes.len()];
    for at in (0..tree.nodes.len()).filter(|at| tree.nodes[*at].sample.is_some()) {
        let mut next = Some(at);
        while let Some(at) = next {
            inside[at] = true;
            next = tree.nodes[at].parent.map(|parent| parent as usize);
        }
    }
    tree.nodes.iter().zip(inside).filter(|(_, inside)| *inside).map(|(node, _)| node.tokens.unwrap()).sum()
}

#[test]
fn a_path_is_the_steps_of_its_nodes_byte_for_byte_and_the_best_comes_first() {
    for tells_stop in [true, false] {
        let world = World { tells_stop, ..World::default() };
        let (gotten, _) = world.searched(&model(beam(8, 4, "last"), json!({})), &problem(7));
        let tree = tree(&gotten);
        let scores: Vec<f64> = gotten
            .replies
            .iter()
            .map(|reply| SearchCost::of(reply.extra.as_deref().unwrap()).unwrap().score.unwrap())
            .collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
        for reply in &gotten.replies {
            let leaf = tree.nodes.iter().position(|node| node.sample == Some(reply.sample)).unwrap();
            let path =
                std::iter::successors(Some(leaf), |at| tree.nodes[*at].parent.map(|parent| parent as usize));
            let mut texts: Vec<&str> = path.map(|at| tree.nodes[at].text.as_str()).collect();
            texts.reverse();
            assert_eq!(texts.concat(), reply.content, "{tells_stop}");
            assert_eq!(
                (texts.len(), reply.finish, reply.drawn_first),
                (5, Finish::Stop, Some(1)),
                "{tells_stop}"
            );
            assert!(tree.nodes[leaf].answer.is_some() && tree.nodes[leaf].correct.is_none());
        }
        assert!(
            tree.nodes.iter().all(|node| node.parent.is_none_or(|parent| tree.nodes[parent as usize].kept))
        );
    }
}

#[test]
fn equal_steps_are_one_node_that_was_drawn_several_times() {
    let world = World { chain: Chain { texts: 1, p: 1.0, ..Chain::default() }, ..World::default() };
    let (gotten, _) = world.searched(&model(beam(4, 2, "last"), json!({})), &problem(1));
    let tree = tree(&gotten);
    let drawn: Vec<u32> = tree.nodes.iter().map(|node| node.multiplicity).collect();
    assert_eq!(drawn, [4, 2, 2, 2, 2], "one path is left, with its share of the candidates");
    assert!(is_right(&gotten.replies[0], 1));
}

#[test]
fn what_ends_a_search_is_said_and_what_never_ends_is_cut() {
    let check = |search: Value, more: Value, ended: &str, finish: Finish| {
        let (gotten, _) = World::default().searched(&model(search, more), &problem(2));
        assert_eq!((tree(&gotten).ended.as_str(), gotten.replies[0].finish), (ended, finish));
    };
    check(beam(4, 2, "last"), json!({}), "finished", Finish::Stop);
    let shallow = json!({"kind": "beam", "candidates": 4, "keep": 2, "depth": 3});
    check(shallow, json!({}), "depth", Finish::Length);
    check(
        json!({"kind": "beam", "candidates": 4, "keep": 2, "spend": 30}),
        json!({}),
        "spend",
        Finish::Length,
    );
    check(beam(4, 2, "last"), json!({"max_tokens": 9}), "tokens", Finish::Length);
    // A step that is cut is still a step, and nothing follows it.
    check(beam(4, 2, "last"), json!({"step": {"max_tokens": 3}}), "cut", Finish::Length);
}

/// The first conversation with a problem, and what comes of replies that are made up.
fn played(model: &Model, mut answer: impl FnMut(&Question) -> Result<ChatReply, CallError>) -> Gotten {
    let mut opened = model.generator().open(&problem(3)).unwrap();
    rehearse(opened.conversations.remove(0), 99, |question| answer(question)).0.unwrap()
}

fn down() -> CallError {
    CallError::Exhausted { model: "critic".into(), attempts: 9, last: "HTTP 500".into() }
}

#[test]
fn a_verifier_that_fails_now_and_then_costs_a_node_its_place_and_one_that_is_down_the_row() {
    let (world, model) = (World::default(), model(beam(4, 2, "last"), json!({})));
    let mut count = 0;
    let gotten = played(&model, |question| {
        count += usize::from(question.to == 1);
        if question.to == 1 && count % 4 == 1 { Err(down()) } else { world.answer(question) }
    });
    let (tree, best) = (tree(&gotten), gotten.replies[0].clone());
    assert!(tree.nodes.iter().any(|node| node.score.is_none()) && best.finish == Finish::Stop);
    let kept = tree.nodes.iter().filter(|node| node.kept && node.score.is_none()).count();
    assert_eq!(kept, 0, "without a verdict a step comes last");
    let gotten =
        played(&model, |question| if question.to == 1 { Err(down()) } else { world.answer(question) });
    let row = &gotten.replies[0];
    assert!(row.error.as_deref().unwrap().starts_with("the verifier gave no verdict: "), "{row:?}");
    assert_eq!(
        (row.finish, gotten.replies.len(), gotten.tree.unwrap().ended.as_str()),
        (Finish::Error, 1, "failed")
    );
}

#[test]
fn all_candidates_equal_leave_the_oldest_and_blank_steps_are_steps() {
    let model = model(beam(4, 1, "last"), json!({}));
    let coin = World::doubting(1.0, 1.0);
    let gotten = played(&model, |question| coin.answer(question));
    let first: Vec<usize> = (0..)
        .zip(&gotten.tree.as_ref().unwrap().nodes)
        .filter(|(_, node)| node.kept)
        .map(|(at, _)| at)
        .collect();
    assert_eq!(first, [0, 4, 8, 12, 16]);
    // Nothing but separators: they go on until the depth is reached.
    let blank = json!({"kind": "beam", "candidates": 2, "keep": 1, "depth": 3});
    let gotten = played(&self::model(blank, json!({})), |question| match question.to {
        0 => Ok(ChatReply {
            stopped_by: Some(BETWEEN.into()),
            completion_tokens: Some(1),
            finish: Finish::Stop,
            ..ChatReply::default()
        }),
        _ => Ok(ChatReply { content: "yes".into(), ..ChatReply::default() }),
    });
    assert_eq!(
        (gotten.replies[0].content.as_str(), gotten.tree.unwrap().ended.as_str()),
        ("\n\n\n\n\n\n", "depth")
    );
}

/// Inside the thinking: it goes on in its own field until the server closes it, and behind it as text.
#[test]
fn a_search_goes_on_inside_the_thinking_and_behind_it() {
    let thinking = json!({"step": {"thinking": true}, "search": beam(1, 1, "last")});
    let model = model(json!("beam"), json!({"search": beam(1, 1, "last"), "step": thinking["step"]}));
    assert_eq!(model.generator().trial(), Some(chat::Trial::InsideThinking));
    let mut begun = Vec::new();
    let said = |reasoning: &str, content: &str, stop: Option<&str>| {
        let reasoning = (!reasoning.is_empty()).then(|| reasoning.to_owned());
        let stopped_by = stop.map(str::to_owned);
        Ok(ChatReply {
            reasoning,
            content: content.into(),
            stopped_by,
            completion_tokens: Some(1),
            finish: Finish::Stop,
            ..ChatReply::default()
        })
    };
    let gotten = played(&model, |question| {
        if question.to == 1 {
            return said("", "yes", None);
        }
        begun.push(question.request.continues.clone().map(|begun| (begun.thinking, begun.text)));
        match begun.len() {
            1 => said("hm", "", Some(BETWEEN)),
            2 => said("so 49.", "It is", Some(BETWEEN)),
            _ => said("", "\\boxed{25}", None),
        }
    });
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(begun, [None, Some((text("hm\n\n"), None)), Some((text("hm\n\nso 49."), text("It is\n\n")))]);
    let reply = &gotten.replies[0];
    assert_eq!(
        (reply.reasoning.as_deref(), reply.content.as_str()),
        (Some("hm\n\nso 49."), "It is\n\n\\boxed{25}")
    );
}

#[test]
fn a_vote_puts_the_answer_first_that_weighs_most() {
    let search = json!({"kind": "dvts", "candidates": 6, "width": 1});
    let (best, vote) = (model(search.clone(), json!({})), model(search, json!({"answer": "vote"})));
    let world = World { chain: Chain { p: 0.9, ..Chain::default() }, ..World::doubting(0.6, 0.6) };
    let share = |model: &Model| world.share(model, 150);
    assert!(share(&vote) > share(&best) + 0.1, "{} {}", share(&vote), share(&best));
}

#[test]
fn a_list_in_a_search_is_a_model_each() {
    let table = |kind: &str, search: Value| ModelTable {
        place: "models[0]".into(),
        table: json!({"name": "m", "kind": kind, "search": search}),
    };
    let check = |kind: &str, search: Value, expect: &[(&str, Value)]| {
        let found = searches(&table(kind, search)).unwrap_or_default();
        let found =
            found.iter().map(|model| (model.table["name"].as_str().unwrap(), model.table["search"].clone()));
        assert_eq!(found.collect::<Vec<_>>(), expect);
    };
    let lists = json!({"kind": "beam", "candidates": [4, 8], "keep": [1, "25%"], "most": 2});
    let of = |candidates: u32, keep: Value| json!({"kind": "beam", "candidates": candidates, "keep": keep, "most": 2});
    let expect = [
        ("m/beam-4-1", of(4, json!(1))),
        ("m/beam-4-25%", of(4, json!("25%"))),
        ("m/beam-8-1", of(8, json!(1))),
        ("m/beam-8-25%", of(8, json!("25%"))),
    ];
    check("search", lists.clone(), &expect);
    check("search", beam(4, 2, "last"), &[]);
    check("openai", lists, &[]);
}

#[test]
fn faults_of_a_search_name_their_keys() {
    let check = |more: Value, expect: &str| {
        let mut table = json!({"name": "m", "kind": "search", "model": "x", "search": beam(4, 2, "last"),
                               "verifier": {"kind": "yes_no", "model": "c"}});
        table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let faults = crate::parse(&table, "models[0]").map(drop).unwrap_err().to_string();
        assert!(faults.starts_with(expect), "{faults}");
    };
    check(
        json!({"search": {"kind": "beem"}}),
        "models[0].search.kind: unknown search `beem` (did you mean `beam`?)",
    );
    check(
        json!({"search": {"kind": "beam", "candidates": 4, "keep": 5}}),
        "models[0].search.keep: 5 is not from 1 to `candidates` = 4",
    );
    check(json!({"verifier": {"kind": "prm"}}), "models[0].verifier.model: missing");
    check(json!({"stop": ["x"]}), "models[0].stop: `step.until` says what ends a step");
    check(json!({"step": {"until": []}}), "models[0].step.until: a step ends at a text; give one");
    check(json!({"samples": 4}), "models[0].samples: unknown key `samples`");
}

/// The first questions tell how many may follow, of each endpoint: what was asked in the end is never more, and never less than
/// what is sure.
#[test]
fn the_first_questions_foretell_all() {
    for at in 0..40_u32 {
        let (candidates, doubt) = (2 + at % 7, f64::from(at % 5) / 5.0);
        let search = match at % 3 {
            0 => {
                json!({"kind": "beam", "candidates": candidates, "keep": 1 + at % 2, "lookahead": at % 4, "depth": 3 + at % 4})
            }
            1 => json!({"kind": "dvts", "candidates": candidates, "width": 1 + at % 2}),
            _ => json!({"kind": "best_first", "candidates": candidates, "expansions": 1 + at % 9}),
        };
        let kinds = ["score", "yes_no", "steps"];
        let verifier = json!({"kind": kinds[at as usize % 3], "model": "critic", "base_url": "http://localhost:2/v1",
                              "reasks": at % 2});
        let model = model(search.clone(), json!({"verifier": verifier}));
        let world = World::doubting(1.0 - doubt / 2.0, doubt);
        let (_, asked) = world.searched(&model, &problem(at as usize));
        let first = asked
            .iter()
            .take_while(|question| question.to == 0)
            .take_while(|q| q.request.continues.is_none());
        let first: Vec<&Question> = first.collect();
        let told = first.iter().map(|question| question.request.may_follow.unwrap());
        let (own, others) =
            told.fold((0, 0), |(own, others), more| (own + more.questions, others + more.to_others.unwrap()));
        let of = |to: usize| asked.iter().filter(|question| question.to == to).count() as u32;
        assert!(
            (first.len() as u32..=first.len() as u32 + own).contains(&of(0)),
            "{search}: {} of {own}",
            of(0)
        );
        assert!(of(1) <= others, "{search} {verifier}: {} of {others}", of(1));
    }
}

/// The best of all has as many steps as a path may have: the next best is gone on with.
#[test]
fn a_path_that_may_not_grow_keeps_nobody_else_from_growing() {
    let search =
        json!({"kind": "best_first", "candidates": 2, "expansions": 40, "depth": 3, "aggregate": "last"});
    let (gotten, _) = World::default().searched(&model(search, json!({})), &problem(2));
    let tree = tree(&gotten);
    let grown = |depth: u32| tree.nodes.iter().filter(|node| node.depth == depth).count();
    assert_eq!(
        (grown(0), grown(1), grown(2), tree.ended.as_str()),
        (2, 4, 8, "depth"),
        "the whole tree is there"
    );
}

/// The questions of a round are asked at once, and nothing is asked twice.
#[test]
fn rounds_are_whole() {
    let model = model(beam(4, 2, "last"), json!({}));
    let mut opened = model.generator().open(&problem(3)).unwrap();
    let conversation = &mut opened.conversations[0];
    let (world, mut rounds, mut replies) = (World::default(), Vec::new(), Vec::new());
    while let Next::Ask(asked) = conversation.next(&replies) {
        rounds.push((asked[0].to, asked.len()));
        replies = asked.iter().map(|question| world.answer(question)).collect();
    }
    assert_eq!(rounds, [(0, 4), (1, 4)].repeat(5));
}
