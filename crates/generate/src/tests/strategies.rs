//! Each strategy: what it asks, what it sends, what it demands, and what is refused.

use chat::{ChatReply, Next};
use plugin::Value;
use serde_json::json;
use stage::ModelTable;
use tables::{Demand, Finish, Problem};

use crate::{Model, STRATEGIES, parse, strategy};

fn table(strategy: Value, more: Value) -> Value {
    let mut table = json!({"name": "m", "kind": "openai", "model": "x", "strategy": strategy});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    table
}

fn model(strategy: Value) -> Model {
    parse(&table(strategy, json!({})), "m").map_err(|faults| faults.to_string()).unwrap()
}

fn problem() -> Problem {
    Problem { id: "p".into(), problem: "What is 2 + 3?".into(), ..Problem::default() }
}

/// What a model is asked first about a problem, turn by turn.
fn asked(model: &Model, problem: &Problem) -> Vec<chat::Message> {
    let mut opened = model.generator().open(problem).unwrap();
    let Next::Ask(questions) = opened.conversations[0].next(&[]) else { panic!("nothing is asked") };
    questions[0].request.messages.clone()
}

fn question(strategy: Value) -> String {
    asked(&model(strategy), &problem()).pop().unwrap().content
}

#[test]
fn every_strategy_asks_for_the_answer_in_a_box() {
    let told: Vec<String> = STRATEGIES
        .entries
        .iter()
        .map(|entry| {
            let strategy = match entry.kind {
                "budget" | "cap" | "forced" => json!({"kind": entry.kind, "tokens": 100}),
                "effort" => json!({"kind": "effort", "level": "low"}),
                kind => json!(kind),
            };
            let text = question(strategy);
            assert!(text.starts_with("What is 2 + 3?\n\n") && text.contains("\\boxed{}"), "{text}");
            format!("{}: {}", entry.kind, text.replace("What is 2 + 3?\n\n", ""))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn options_are_shown_by_every_prompt() {
    let choices = Problem { choices: vec!["4".into(), "5".into()], ..problem() };
    for kind in ["plain", "direct", "zero_shot_cot", "few_shot_cot", "chain_of_draft"] {
        let text = asked(&model(json!(kind)), &choices).pop().unwrap().content;
        assert!(text.contains("(A) 4\n(B) 5\n\n") && text.contains("letter of the right option"), "{text}");
    }
}

#[test]
fn a_strategy_sends_its_switch_and_demands_what_can_be_checked() {
    let check = |strategy: Value, body: Value, demand: Demand| {
        let model = model(strategy.clone());
        assert_eq!(json!(model.endpoint().unwrap().extra_body), body, "{strategy}");
        let mut opened = model.generator().open(&problem()).unwrap();
        let conversation = &mut opened.conversations[0];
        drop(conversation.next(&[]));
        let whole = ChatReply { finish: Finish::Stop, ..ChatReply::default() };
        let Next::Done(rows) = conversation.next(&[Ok(whole)]) else { panic!("{strategy}") };
        assert_eq!(rows.replies[0].demand, Some(demand), "{strategy}");
    };
    let none = Demand::default();
    check(json!("plain"), json!({}), none);
    check(json!("direct"), json!({}), Demand { thinking: Some(false), answer_tokens: Some(32), ..none });
    check(json!("chain_of_draft"), json!({}), Demand { line_words: Some(5), ..none });
    check(json!({"kind": "budget", "tokens": 256}), json!({}), Demand { budget: Some(256), ..none });
    let enabled = |on| json!({"chat_template_kwargs": {"enable_thinking": on}});
    check(json!("long"), enabled(true), Demand { thinking: Some(true), ..none });
    let off = Demand { thinking: Some(false), ..none };
    check(json!("no_think"), enabled(false), off);
    check(json!({"kind": "no_think", "switch": "effort"}), json!({"reasoning_effort": "none"}), off);
    check(json!({"kind": "no_think", "switch": "word"}), json!({}), off);
    check(json!({"kind": "effort", "level": "low"}), json!({"reasoning_effort": "low"}), none);
    let cap = Demand { budget: Some(64), of_thinking: true, slack: 32, ..none };
    check(json!({"kind": "cap", "tokens": 64}), json!({"thinking_token_budget": 64}), cap);
    let template = json!({"chat_template_kwargs": {"thinking_budget": 64}});
    check(json!({"kind": "cap", "tokens": 64, "key": "template"}), template, cap);
    let path = json!({"thinking": {"budget": 64}});
    check(json!({"kind": "cap", "tokens": 64, "key": "thinking.budget"}), path, cap);
    check(json!({"kind": "forced", "tokens": 64}), json!({}), cap);
    let word = asked(&model(json!({"kind": "no_think", "switch": "word"})), &problem());
    assert_eq!((word.len(), word[0].content.as_str()), (2, "/no_think"));
}

#[test]
fn worked_examples_stand_in_front_and_the_asked_one_is_passed_over() {
    let shown = |strategy: Value, problem: &Problem| asked(&model(strategy), problem).len();
    assert_eq!(shown(json!("few_shot_cot"), &problem()), 17);
    assert_eq!(shown(json!({"kind": "few_shot_cot", "shots": 3}), &problem()), 7);
    assert_eq!(shown(json!({"kind": "chain_of_draft", "shots": 0}), &problem()), 1);
    let asked_one = Problem { problem: "Solve for $x$:  $7x - 9 = 4x + 18$.".into(), ..Problem::default() };
    assert_eq!(shown(json!("few_shot_cot"), &asked_one), 15, "it would give the answer away");
    assert_eq!(
        shown(json!({"kind": "chain_of_draft", "shots": 2}), &asked_one),
        5,
        "the next takes its place"
    );
    // Notes of the examples keep to the words that are asked for.
    let turns = asked(&model(json!("chain_of_draft")), &problem());
    let notes = turns.iter().filter(|turn| turn.role == chat::Role::Assistant);
    let longest = notes.flat_map(|turn| turn.content.lines()).map(|line| line.split_whitespace().count());
    assert_eq!(longest.max(), Some(5));
}

#[test]
fn an_estimated_budget_is_asked_for_first_and_counted() {
    let model = model(json!({"kind": "budget", "tokens": "auto"}));
    let mut opened = model.generator().open(&problem()).unwrap();
    let conversation = &mut opened.conversations[0];
    let Next::Ask(first) = conversation.next(&[]) else { panic!("no estimate") };
    assert!(first[0].request.messages[0].content.contains("How many tokens"), "{first:?}");
    let said = |text: &str| {
        let (prompt_tokens, completion_tokens) = (Some(10), Some(3));
        Ok(ChatReply { content: text.into(), prompt_tokens, completion_tokens, ..ChatReply::default() })
    };
    let Next::Ask(second) = conversation.next(&[said("About 1,200.")]) else { panic!("no question") };
    assert!(second[0].request.messages[0].content.contains("within 1200 tokens"), "{second:?}");
    let Next::Done(rows) = conversation.next(&[said("\\boxed{5}")]) else { panic!("no reply") };
    let row = &rows.replies[0];
    assert_eq!(
        (row.strategy.as_deref(), row.demand.unwrap().budget),
        (Some("budget tokens=auto"), Some(1200))
    );
    assert_eq!((row.estimate_tokens, row.prompt_tokens, row.completion_tokens), (Some(3), Some(20), Some(6)));
    let mut opened = model.generator().open(&problem()).unwrap();
    drop(opened.conversations[0].next(&[]));
    let Next::Done(rows) = opened.conversations[0].next(&[said("no idea")]) else { panic!("no row") };
    assert_eq!(rows.replies[0].error.as_deref(), Some("the estimate of a budget holds no number: `no idea`"));
}

#[test]
fn what_makes_no_sense_is_refused_with_both_keys() {
    let check = |strategy: Value, more: Value, expect: &str| {
        let faults =
            parse(&table(strategy, more), "m").map_or_else(|faults| faults.to_string(), |_| String::new());
        assert_eq!(faults, expect);
    };
    let budget = |tokens: u64| json!({"kind": "budget", "tokens": tokens});
    check(
        json!("chain_of_drafts"),
        json!({}),
        "m.strategy.kind: unknown strategy `chain_of_drafts` (did you mean `chain_of_draft`?)",
    );
    check(
        json!({"kind": "chain_of_draft", "words": 0}),
        json!({}),
        "m.strategy.words: 0 is too small, the least is 1",
    );
    check(budget(0), json!({}), "m.strategy.tokens: 0 is too small, the least is 1");
    check(
        budget(5000),
        json!({"max_tokens": 4096}),
        "m.strategy.tokens: a budget of 5000 is over `max_tokens` = 4096, which would cut the reply first",
    );
    check(
        json!({"kind": "few_shot_cot", "shots": 9}),
        json!({}),
        "m.strategy.shots: there are 8 examples, `shots` asks for 9",
    );
    check(
        json!({"kind": "effort", "level": "low"}),
        json!({"extra_body": {"reasoning_effort": "high"}}),
        "m.extra_body.reasoning_effort: the `strategy` effort level=low sets `reasoning_effort` too \
         (leave it to one of them)",
    );
    check(
        json!({"kind": "long", "max_tokens": 100}),
        json!({"max_tokens": 50}),
        "m.strategy.max_tokens: `max_tokens` of the model is set too (leave it to one of them)",
    );
    let forced = |tokens: u64| json!({"kind": "forced", "tokens": tokens});
    check(forced(0), json!({}), "m.strategy.tokens: 0 is too small, the least is 1");
    check(
        forced(5000),
        json!({"max_tokens": 4096}),
        "m.strategy.tokens: a budget of 5000 is over `max_tokens` = 4096, which would cut the reply first",
    );
    check(
        json!({"kind": "forced", "tokens": 64, "of": "m"}),
        json!({"samples": 4}),
        "m.samples: the `strategy` goes on with recorded replies, as many as there are \
         (fewer of them are `strategy.samples`)",
    );
    check(json!({"kind": "cap"}), json!({}), "m.strategy.tokens: missing (The most tokens of the thinking.)");
    check(json!("long"), json!({"max_tokens": 50}), "");
    check(json!("no_think"), json!({"extra_body": {"chat_template_kwargs": {"custom": 1}}}), "");
}

/// The names and strategies of the models that a table becomes, or its faults.
fn each(table: Value) -> String {
    let listed = strategy::each(&ModelTable { place: "models[0]".into(), table });
    let shown = |model: &ModelTable| {
        let name = model.table["name"].as_str().unwrap();
        format!("{name} {}", model.table.get("strategy").unwrap_or(&Value::Null))
    };
    listed.map_or_else(
        |faults| faults.to_string(),
        |models| models.iter().map(shown).collect::<Vec<_>>().join("\n"),
    )
}

#[test]
fn a_list_of_strategies_is_a_model_each() {
    let check = |strategies: Value, expect: &str| {
        assert_eq!(each(json!({"name": "m", "strategies": strategies})), expect);
    };
    check(
        json!(["direct", {"kind": "budget", "tokens": 256}, {"kind": "effort", "level": ["low", "high"]}]),
        "m/direct {\"kind\":\"direct\"}\nm/budget {\"kind\":\"budget\",\"tokens\":256}\n\
         m/effort-low {\"kind\":\"effort\",\"level\":\"low\"}\nm/effort-high {\"kind\":\"effort\",\"level\":\"high\"}",
    );
    check(json!([{"kind": "direct", "name": "short"}]), "m/short {\"kind\":\"direct\"}");
    check(
        json!(["direkt"]),
        "models[0].strategies[0].kind: unknown strategy `direkt` (did you mean `direct`?)",
    );
    check(
        json!([]),
        "models[0].strategies: expected a list of strategies (one of them is `strategy`; \
         `thinkmeter list strategies` names them)",
    );
    check(json!([3]), "models[0].strategies[0]: expected the kind of a strategy, or a table with it");
    assert_eq!(each(json!({"name": "m", "prompt": "x"})), "m null");
    assert_eq!(
        each(json!({"name": "m", "strategies": ["direct"], "prompt": "x", "system": "y"})),
        "models[0].prompt: `strategies` is there too, which says how to ask (leave it to one of them)\n\
         models[0].system: `strategies` is there too, which says how to ask (leave it to one of them)",
    );
    assert_eq!(
        each(json!({"name": "m", "strategy": "direct", "few_shot_file": "x"})),
        "models[0].few_shot_file: `strategy` is there too, which says how to ask (leave it to one of them)",
    );
}

/// A run that was recorded before there were strategies replays: its fingerprint is what it was, to the byte.
#[test]
fn a_model_without_a_strategy_is_what_it_was() {
    let table = json!({"name": "m", "kind": "openai", "model": "x", "max_tokens": 100});
    let input = parse(&table, "m").ok().unwrap().fingerprint_input();
    let generator = &input["generator"];
    assert_eq!(generator["config"].get("strategy"), None);
    assert_eq!(generator["version"], json!(1));
    let ingredients: Vec<&String> = generator["ingredients"].as_object().unwrap().keys().collect();
    assert_eq!(ingredients, ["prompt"]);
    insta::assert_snapshot!(input.to_string());
    let by = |strategy: Value| model(strategy).fingerprint_input();
    assert_ne!(by(json!("plain")), by(json!("direct")));
    assert_eq!(by(json!("chain_of_draft")), by(json!({"kind": "chain_of_draft", "words": 5})));
    assert_ne!(by(json!("chain_of_draft")), by(json!({"kind": "chain_of_draft", "words": 6})));
}
