//! Roll-outs rehearsed with strings, and with a reasoner of whom every figure is known.

use chat::{CallError, ChatReply, Question, dialogue::rehearse};
use serde_json::{Value, json};
use tables::{Finish, Generation, Grade, Judgment, Rollout, Tree, Verdict};
use testkit::{Asked, Chain, chain_states};

use super::*;
use crate::task::dry_run::build;
use crate::test_support::{Case, graded};

fn task(more: Value) -> Result<Box<dyn Task>, String> {
    let mut table = json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1"});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    build(&KINDS, &table)
}

/// What the task comes to on a case, and what was asked.
fn played(
    more: Value,
    case: &Case,
    answer: impl FnMut(&Question) -> Result<ChatReply, CallError>,
) -> (Judgment, Option<Tree>, Vec<Question>) {
    let (task, item) = (task(more).unwrap(), case.item());
    let (findings, asked) = rehearse(task.open(&item, &Judgment::default()), 999, answer);
    let (mut judgment, mut findings) = (Judgment::default(), findings.unwrap());
    let tree = findings.tree.take().map(|tree| *tree);
    findings.onto(&mut judgment);
    (judgment, tree, asked)
}

fn reply(content: &str) -> Result<ChatReply, CallError> {
    let (content, finish) = (content.to_owned(), Finish::Stop);
    Ok(ChatReply {
        content,
        finish,
        prompt_tokens: Some(9),
        completion_tokens: Some(10),
        ..ChatReply::default()
    })
}

fn begun(question: &Question) -> String {
    let continues = question.request.continues.clone().unwrap();
    continues.text.or(continues.thinking).unwrap()
}

/// A wrong reply of so many steps, each named by its number from 1.
fn wrong(steps: usize) -> Case {
    let texts: Vec<String> = (1..=steps).map(|step| format!("This is step {step}, it is.")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    Case::new("What is 2+3?", "5", &texts, "\\boxed{6}")
}

/// The steps in a prefix.
fn steps_in(question: &Question) -> usize {
    begun(question).matches("This is step").count()
}

fn said(right: bool) -> Result<ChatReply, CallError> {
    reply(if right { "so 5</think>\\boxed{5}" } else { "so 6</think>\\boxed{6}" })
}

/// Rows of (step, asked, right, undecided, cut, restarted).
fn counts(judgment: &Judgment) -> Vec<(u32, u32, u32, u32, u32, u32)> {
    let rollouts = judgment.rollouts.iter().flatten();
    rollouts.map(|one| (one.step, one.asked, one.right, one.undecided, one.cut, one.restarted)).collect()
}

/// Soft c/N, hard 1[c ≥ 1], the first c = 0, and what comes right behind it: c = 8 6 5 0 1 of 8, and 0 by the reply's own outcome.
#[test]
fn all_steps_have_values_and_the_first_without_any_is_the_error() {
    let right = [8, 6, 5, 0, 1];
    let (judgment, _, asked) = played(json!({}), &wrong(6), |question| {
        said(question.request.sample < right[steps_in(question) - 1])
    });
    let rollouts = judgment.rollouts.clone().unwrap();
    let soft: Vec<f64> = rollouts.iter().filter_map(Rollout::value).collect();
    assert_eq!(soft, [1.0, 0.75, 0.625, 0.0, 0.125]);
    let hard: Vec<bool> = rollouts.iter().filter_map(Rollout::reached).collect();
    assert_eq!(hard, [true, true, true, false, true]);
    assert_eq!((judgment.first_error, judgment.surprises()), (Some(3), Some(1)));
    assert_eq!(asked.len(), 40);
    let note = &judgment.tasks[0];
    assert_eq!((note.calls, note.prompt_tokens, note.completion_tokens), (Some(40), Some(360), Some(400)));
}

/// N completions of the steps that are left, of 10 tokens each: 8 · (40 + 20 + 30) by halving, 8 · Σ 10·(8 − s) one by one.
#[test]
fn halving_finds_the_error_for_a_third_of_the_tokens() {
    let spent = |way: &str, first_wrong: usize| {
        let (judgment, _, asked) = played(json!({"search": way}), &wrong(8), |question| {
            let done = steps_in(question);
            let tokens = 10 * (8 - done) as u64;
            said(done < first_wrong).map(|reply| ChatReply { completion_tokens: Some(tokens), ..reply })
        });
        let steps: Vec<u32> = judgment.rollouts.iter().flatten().map(|one| one.step + 1).collect();
        (judgment.first_error.map(|step| step + 1), steps, asked.len(), judgment.tasks[0].completion_tokens)
    };
    assert_eq!(spent("halving", 5), (Some(5), vec![4, 5, 6], 24, Some(720)));
    assert_eq!(spent("halving", 1), (Some(1), vec![1, 2, 4], 24, Some(8 * (40 + 60 + 70))));
    assert_eq!(spent("halving", 8), (Some(8), vec![4, 6, 7], 24, Some(8 * (40 + 20 + 10))));
    assert_eq!(spent("all", 5), (Some(5), (1..=7).collect(), 56, Some(2_240)));
}

#[test]
fn a_reply_is_gone_on_with_byte_for_byte_and_behind_its_separator() {
    let case = wrong(3);
    let prefix = |source: &str| {
        let mut case = Case { generation: case.generation.clone(), ..wrong(3) };
        if source == Generation::NO_REASONING {
            case.generation.answer_text = std::mem::take(&mut case.generation.reasoning);
        }
        case.generation.reasoning_source = source.to_owned();
        let (_, _, asked) = played(json!({"n": 1, "system": "Be brief."}), &case, |_| said(true));
        let request = &asked[1].request;
        assert_eq!(request.messages.len(), 2);
        assert!(request.messages[1].content.starts_with("What is 2+3?\n"), "{:?}", request.messages);
        let continues = request.continues.clone().unwrap();
        (continues.thinking, continues.text)
    };
    let text = "This is step 1, it is.\n\nThis is step 2, it is.\n\n";
    assert_eq!(prefix("field:reasoning_content"), (Some(text.to_owned()), None));
    assert_eq!(prefix("tags"), (None, Some(format!("<think>{text}"))));
    assert_eq!(prefix("open_tag_in_prompt"), (None, Some(text.to_owned())));
    assert_eq!(prefix("none"), (None, Some(text.to_owned())));
}

#[test]
fn completions_that_say_nothing_are_counted_and_no_evidence() {
    let case = Case::new("What is 2+3?", "5", &["This is a long first step.", "And 6."], "\\boxed{6}");
    let replies = [
        reply("it is 5</think>\\boxed{5}"),
        reply("hm</think>\\boxed{f(x)\\oplus}"),
        reply("and so on").map(|reply| ChatReply { finish: Finish::Length, ..reply }),
        reply("This is a long first step.\n\nIt is 6</think>\\boxed{6}"),
    ];
    let (judgment, _, _) =
        played(json!({"n": 4}), &case, |question| replies[question.request.sample as usize].clone());
    let undecided = judgment.rollouts.as_ref().unwrap()[0].undecided;
    assert_eq!(counts(&judgment), [(0, 4, 1, undecided, 1, 1)]);
    assert_eq!(judgment.rollouts.as_ref().unwrap()[0].value(), Some(1.0 / f64::from(4 - undecided)));
}

#[test]
fn enough_for_a_hard_label_is_no_estimate() {
    let (judgment, _, asked) = played(json!({"first_n": 2}), &wrong(3), |question| {
        said(steps_in(question) == 1 && question.request.sample == 1)
    });
    assert_eq!(counts(&judgment), [(0, 2, 1, 0, 0, 0), (1, 8, 0, 0, 0, 0)]);
    let rollouts = judgment.rollouts.unwrap();
    assert_eq!((rollouts[0].value(), rollouts[0].reached()), (None, Some(true)));
    assert_eq!((rollouts[1].value(), judgment.first_error), (Some(0.0), Some(1)));
    assert_eq!(asked.len(), 10);
}

#[test]
fn what_there_is_nothing_to_do_about_says_why() {
    let check = |more: Value, case: &Case, expect: &str| {
        let (judgment, _, asked) = played(more, case, |_| said(true));
        assert_eq!(judgment.tasks[0].reason.as_deref(), Some(expect));
        assert_eq!((judgment.rollouts, asked.len(), judgment.tasks[0].state.as_str()), (None, 0, "skipped"));
    };
    check(json!({"search": "halving"}), &Case::sum(), "the reply is right: halving has no error to find");
    check(json!({"which": "wrong"}), &Case::sum(), "the reply is right, and `which` = \"wrong\"");
    check(json!({"which": "right"}), &wrong(3), "the reply is wrong, and `which` = \"right\"");
    let hidden = Generation { reasoning_source: Generation::HIDDEN.into(), ..wrong(3).generation };
    check(
        json!({}),
        &Case { generation: hidden, ..wrong(3) },
        "its thinking is hidden, so nobody can go on with it",
    );
    check(json!({}), &Case::new("2+3?", "", &["a", "b"], "5"), "the problem has no known answer");
    let undecided = Grade { verdict: Verdict::Undecided, ..Grade::default() };
    check(json!({}), &Case { grade: undecided, ..wrong(3) }, "nobody knows whether the reply is right");
}

#[test]
fn a_call_that_fails_fails_the_task_and_no_step_counts_as_wrong() {
    let (judgment, tree, asked) = played(json!({"keep": true}), &wrong(3), |question| {
        if question.request.sample == 3 { crate::test_support::exhausted() } else { said(false) }
    });
    let note = &judgment.tasks[0];
    assert_eq!((note.state.as_str(), note.calls, asked.len()), ("failed", Some(16), 16));
    assert_eq!((judgment.rollouts, judgment.first_error, tree), (None, None, None));
}

#[test]
fn a_reply_of_one_step_has_nothing_to_draw_from() {
    let (judgment, _, asked) = played(json!({}), &wrong(1), |_| said(true));
    assert_eq!((asked.len(), judgment.first_error, counts(&judgment).len()), (0, Some(0), 0));
    let (judgment, _, _) = played(json!({"search": "halving"}), &wrong(1), |_| said(true));
    assert_eq!(judgment.first_error, Some(0));
}

#[test]
fn keys_that_make_no_sense_are_named() {
    let check = |more: Value, expect: &str| assert_eq!(task(more).err().unwrap(), expect);
    check(json!({"n": 4, "first_n": 4}), "tasks.it.first_n: 4 of `n` = 4 is not fewer");
    check(
        json!({"search": "halving", "which": "right"}),
        "tasks.it.which: `halving` looks for the first error, and right replies have none (use `search = \"all\"`, or \
         `which = \"wrong\"`)",
    );
    assert!(task(json!({"n": 0})).err().unwrap().contains("n"), "0 completions are none");
    assert!(
        task(json!({"model": ""})).err().unwrap().contains("must name the model that goes on with replies")
    );
}

#[test]
fn many_steps_are_asked_about_round_by_round_and_foretold_at_once() {
    let case = wrong(100);
    let (task, item) = (task(json!({})).unwrap(), case.item());
    let mut dialogue = task.open(&item, &Judgment::default());
    let chat::Next::Ask(questions) = dialogue.next(&[]) else { panic!("it asks") };
    let follow: u32 = questions.iter().map(|question| question.request.followed_by).sum();
    assert_eq!((questions.len(), follow), (64, 99 * 8 - 64));
    assert!(dialogue.most_rounds() > 99 * 8 / 64);
    let halving = super::tests::task(json!({"search": "halving", "first_n": 3})).unwrap();
    let chat::Next::Ask(questions) = halving.open(&item, &Judgment::default()).next(&[]) else {
        panic!("it asks")
    };
    let sum = |of: fn(&chat::ChatRequest) -> u32| {
        questions.iter().map(|question| of(&question.request)).sum::<u32>()
    };
    let (follow, more) =
        (sum(|request| request.followed_by), sum(|request| request.may_follow.unwrap().questions));
    assert_eq!(
        (questions.len() as u32 + follow, follow + more + 3),
        (6 * 3, 7 * 8),
        "6 to 7 steps of 3 to 8"
    );
}

#[test]
fn kept_texts_are_a_tree_in_which_the_reply_stands_byte_for_byte() {
    let mut case = wrong(3);
    case.generation.reasoning.insert(0, '\n');
    case.steps.iter_mut().for_each(|step| (step.start, step.end) = (step.start + 1, step.end + 1));
    case.generation.sample = 4;
    let (_, tree, _) =
        played(json!({"n": 3, "keep": true}), &case, |question| said(question.request.sample > 0));
    let tree = tree.unwrap();
    let own: String = tree.nodes.iter().take(3).map(|node| node.text.as_str()).collect();
    assert_eq!((own, tree.run), (case.generation.reasoning.clone(), 4));
    let answer = &tree.nodes[3];
    assert_eq!((answer.text.as_str(), answer.correct, answer.sample), ("\\boxed{6}", Some(false), Some(4)));
    let drawn: Vec<_> = tree.nodes[4..]
        .iter()
        .map(|node| (node.parent, node.text.as_str(), node.multiplicity, node.finished, node.correct))
        .collect();
    let from = |step: u32, at: u32| {
        [
            (Some(step), "so 6", 1, false, None),
            (Some(at), "\\boxed{6}", 1, true, Some(false)),
            (Some(step), "so 5", 2, false, None),
            (Some(at + 2), "\\boxed{5}", 2, true, Some(true)),
        ]
    };
    assert_eq!(drawn, [from(0, 4), from(1, 8)].concat());
    let values: Vec<Option<f64>> = tree.nodes.iter().take(3).map(|node| node.step_score).collect();
    assert_eq!(values, [Some(2.0 / 3.0), Some(2.0 / 3.0), None]);
    assert_eq!((tree.policy.as_str(), tree.calls, tree.generated_tokens), ("rollouts 3 all", 6, Some(60)));
}

/// The simulated reasoner as a server would answer a question.
fn reasons(chain: &Chain, question: &Question) -> Result<ChatReply, CallError> {
    let request = &question.request;
    let seed = request.sampling.seed.unwrap() + i64::from(request.sample);
    let prompt = request.messages.last().unwrap().content.clone();
    let asked = Asked { model: String::new(), prompt, body: json!({"seed": seed}), number: 0 };
    let message = json!({"content": begun(question)});
    reply(&chain.behind(&asked, &message).content)
}

/// A reply of the simulated reasoner to problem `number`, of a model that works in the open.
fn reasoned(chain: &Chain, number: u64) -> Case {
    let prompt = format!("What is {number} + 1000?");
    let asked = Asked { model: String::new(), prompt: prompt.clone(), body: json!({"seed": 7}), number: 0 };
    let text = chain.reply(&asked).content;
    let steps: Vec<&str> = text.split("\n\n").collect();
    let mut case = Case::new(&prompt, &(number + 1000).to_string(), &steps, &text);
    case.generation.reasoning_source = Generation::NO_REASONING.to_owned();
    case.generation.reasoning.clear();
    case.grade = graded(&case.problem, &case.generation);
    case
}

/// Behind right step s of S a completion comes right with p^(S − s), behind a wrong one never: .4096 .512 .64 .8.
#[test]
fn values_of_the_simulated_reasoner_are_those_of_the_formula() {
    let chain = Chain::default();
    let mut sums = [(0.0, 0.0); 4];
    for number in 0..500 {
        let case = reasoned(&chain, number);
        let states = chain_states(case.generation.thought());
        let (judgment, _, _) =
            played(json!({"n": 4, "seed": 100}), &case, |question| reasons(&chain, question));
        for rollout in judgment.rollouts.unwrap() {
            if states[rollout.step as usize] {
                let sum = &mut sums[rollout.step as usize];
                *sum = (sum.0 + f64::from(rollout.right), sum.1 + f64::from(rollout.asked));
            } else {
                assert_eq!(rollout.right, 0);
            }
        }
    }
    for ((right, asked), expect) in sums.into_iter().zip([0.4096_f64, 0.512, 0.64, 0.8]) {
        let sigma = (expect * (1.0 - expect) / asked).sqrt();
        assert!((right / asked - expect).abs() < 3.0 * sigma, "{} of {asked}: {expect}", right / asked);
    }
}

/// The first error is step 4 of 5, N = 4: by halving it is found with .983204, one by one with .814757 alone, for that asks the
/// shaky early prefixes too. Both follow from P(a right step s is called wrong) = (1 − .8^(5 − s))^4.
#[test]
fn halving_finds_the_error_of_the_simulated_reasoner_more_often() {
    let chain = Chain::default();
    let errs_at_4 = |case: &Case| chain_states(case.generation.thought()) == [true, true, true, false, false];
    let cases: Vec<Case> = (0..4_000).map(|number| reasoned(&chain, number)).filter(errs_at_4).collect();
    let found = |way: &str| {
        let right = |case: &&Case| {
            let table = json!({"n": 4, "seed": 100, "search": way, "which": "wrong"});
            played(table, case, |question| reasons(&chain, question)).0.first_error == Some(3)
        };
        cases.iter().filter(right).count() as f64 / cases.len() as f64
    };
    assert!(cases.len() > 300, "{}", cases.len());
    for (way, expect) in [("halving", 0.983_204_f64), ("all", 0.814_757)] {
        let sigma = (expect * (1.0 - expect) / cases.len() as f64).sqrt();
        assert!((found(way) - expect).abs() < 3.0 * sigma, "{way}: {} of {}", found(way), cases.len());
    }
}
