//! Verifiers on finished replies: a simulated reasoner, a simulated critic, and what comes of them.

use serde_json::Value;
use tables::{Judgment, MetricValue, TableReader};
use testkit::{Behaviour, Chain, Doubter, Replies, Script, ScriptedServer};

use crate::support::Place;

const PROBLEMS: usize = 40;
const SAMPLES: usize = 4;

fn reasoner() -> ScriptedServer {
    let replies = Replies::Chain(Chain { p: 0.85, ..Chain::default() });
    ScriptedServer::start(Script::of(Behaviour { replies, limits: true, ..Behaviour::default() })).unwrap()
}

fn critic(yes_to_right: f64, yes_to_wrong: f64) -> ScriptedServer {
    let replies = Replies::Doubter(Doubter { yes_to_right, yes_to_wrong });
    ScriptedServer::start(Script::of(Behaviour { replies, ..Behaviour::default() })).unwrap()
}

fn place(reasoner: &ScriptedServer, critic: &ScriptedServer, keys: &str) -> Place {
    let place = Place::new();
    let row = |i: usize| {
        let (a, b) = (i + 7, 3 * i + 2);
        format!("{{\"id\": \"s{i}\", \"problem\": \"What is {a} + {b}?\", \"answer\": {}}}\n", a + b)
    };
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    let pipeline = format!(
        "description = \"v\"\n[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n[split]\nkind = \"separator\"\n\
         [judge]\nkind = \"rule\"\n[[models]]\nname = \"m\"\nkind = \"openai\"\nmodel = \"x\"\nbase_url = \"{}\"\nseed = 5\n\
         tokenizer = \"builtin\"\nsamples = {SAMPLES}\n[tasks.verify]\nbase_url = \"{}\"\nmodel = \"critic\"\nshows = \"all\"\n{keys}",
        reasoner.base_url(),
        critic.base_url()
    );
    place.write("v.toml", &pipeline);
    place
}

fn figure(place: &Place, name: &str) -> f64 {
    let rows = TableReader::<MetricValue>::open(&place.path("runs/v/metrics.parquet")).unwrap();
    let row = rows.map(Result::unwrap).find(|row| row.metric == name && row.subset == MetricValue::OVERALL);
    row.unwrap().value.unwrap()
}

fn judgments(place: &Place) -> Vec<Judgment> {
    TableReader::open(&place.path("runs/v/m/judgments.parquet")).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_verifier_that_is_always_right_picks_a_right_reply_wherever_there_is_one() {
    for keys in ["kind = \"yes_no\"\n", "kind = \"score\"\n", "kind = \"steps\"\naggregate = \"min\"\n"] {
        let (reasoner, critic) = (reasoner(), critic(1.0, 0.0));
        let place = place(&reasoner, &critic, keys);
        place.succeed(&["run", "v.toml", "--quiet"]);
        assert_eq!(figure(&place, "best_of:verifier@4"), figure(&place, "pass@4"), "{keys}");
        assert_eq!(
            (figure(&place, "discrimination:verifier"), figure(&place, "verified_wrong")),
            (1.0, 0.0),
            "{keys}"
        );
        assert!(figure(&place, "pass@4") > figure(&place, "accuracy") + 0.1, "{keys}");
    }
}

/// All replies to a problem in one question: one call a problem, and what it took stands with the first of them.
#[test]
fn replies_are_chosen_among_by_problem() {
    let (reasoner, critic) = (reasoner(), critic(1.0, 0.0));
    let place = place(&reasoner, &critic, "kind = \"choose\"\n");
    place.succeed(&["run", "v.toml", "--quiet"]);
    assert_eq!(critic.count(), PROBLEMS);
    assert_eq!(figure(&place, "best_of:verifier@4"), figure(&place, "pass@4"));
    let judgments = judgments(&place);
    let chosen: f64 = judgments.iter().map(|judgment| judgment.verifier.unwrap()).sum();
    assert_eq!((judgments.len(), chosen), (PROBLEMS * SAMPLES, PROBLEMS as f64));
    let paid = |judgment: &Judgment| {
        judgment.tasks.iter().any(|note| note.task == "verify" && note.calls == Some(1))
    };
    assert!(judgments.iter().all(|judgment| paid(judgment) == (judgment.sample == 0)));
}

#[test]
fn what_the_verifier_takes_is_what_its_server_counts_and_stands_apart() {
    let (reasoner, critic) = (reasoner(), critic(0.9, 0.1));
    let place = place(&reasoner, &critic, "kind = \"yes_no\"\nprice = { prompt = 1, completion = 2 }\n");
    place.succeed(&["run", "v.toml", "--quiet"]);
    let asked = critic.count();
    let notes: Vec<_> = judgments(&place)
        .into_iter()
        .flat_map(|judgment| judgment.tasks)
        .filter(|note| note.task == "verify")
        .collect();
    let sum =
        |of: fn(&tables::TaskNote) -> Option<u64>| notes.iter().map(|note| of(note).unwrap()).sum::<u64>();
    assert_eq!((asked, notes.len()), (PROBLEMS * SAMPLES, PROBLEMS * SAMPLES));
    assert_eq!((sum(|note| note.prompt_tokens), sum(|note| note.completion_tokens)), critic.tokens());
    let points = place.succeed(&["frontier", "runs/v", "--format", "json"]).stdout;
    let points: Vec<Value> = serde_json::from_str(&points).unwrap();
    let point = |rule: &str| points.iter().find(|point| point["rule"] == rule).unwrap();
    let (read, written) = critic.tokens();
    let verdict = (read + written) as f64 / (PROBLEMS * SAMPLES) as f64;
    let told = point("best_of:verifier@4")["verifier_tokens"].as_f64().unwrap();
    assert!((told - 4.0 * verdict).abs() < 1e-6, "{told} {verdict}");
    assert_eq!(
        (&point("maj@4")["verifier_tokens"], &point("maj@4")["cost"]),
        (&Value::from(0.0), &Value::from("spent"))
    );
    // Nobody is asked twice.
    let again = place.succeed(&["run", "v.toml", "--quiet", "--force", "judge", "--offline"]);
    assert_eq!((again.code, critic.count()), (0, asked));
}

#[test]
fn a_coin_helps_nobody_and_that_is_said() {
    let (reasoner, critic) = (reasoner(), critic(0.5, 0.5));
    let place = place(&reasoner, &critic, "kind = \"yes_no\"\n");
    let done = place.succeed(&["run", "v.toml"]);
    let chance = figure(&place, "discrimination:verifier");
    assert!((0.3..0.7).contains(&chance), "{chance}");
    assert!(done.stderr.contains("no better than a coin"), "{}", done.stderr);
}

#[test]
fn a_verifier_that_is_down_ends_the_stage_and_one_that_is_gone_leaves_failed_rows() {
    let reasoner = reasoner();
    let critic = ScriptedServer::start(Script::of(Behaviour {
        raw: Some(testkit::Raw::json(400, "{\"error\": {\"message\": \"too hot\"}}")),
        ..Behaviour::default()
    }))
    .unwrap();
    let place = place(&reasoner, &critic, "kind = \"yes_no\"\n");
    let done = place.run(&["run", "v.toml", "--quiet"]);
    let failed = judgments(&place).iter().all(|judgment| {
        judgment.verifier.is_none()
            && judgment.tasks.iter().any(|note| note.task == "verify" && note.state == "failed")
    });
    assert!(failed, "{}", done.stderr);
}
