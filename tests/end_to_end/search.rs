//! Searches against simulated servers: what they come to, what they take, and what survives being killed.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tables::{Generation, TableReader, Tree};
use testkit::{Behaviour, Chain, Dialect, Doubter, Replies, Script, ScriptedServer};

use crate::support::Place;

const PROBLEMS: usize = 12;
/// Words of the one reply to the question whether the server goes on: `is.`
const TRIAL: u64 = 1;

fn reasoner(dialect: Dialect, latency: f64) -> ScriptedServer {
    let replies = Replies::Chain(Chain { words: 2, ..Chain::default() });
    ScriptedServer::start(Script::of(Behaviour {
        replies,
        dialect,
        latency,
        limits: true,
        ..Behaviour::default()
    }))
    .unwrap()
}

fn critic() -> ScriptedServer {
    let replies = Replies::Doubter(Doubter { yes_to_right: 0.9, yes_to_wrong: 0.2 });
    ScriptedServer::start(Script::of(Behaviour { replies, ..Behaviour::default() })).unwrap()
}

fn place(reasoner: &ScriptedServer, critic: &ScriptedServer, search: &str) -> Place {
    let place = Place::new();
    let row = |i: usize| {
        let (a, b) = (i + 7, 3 * i + 2);
        format!("{{\"id\": \"s{i}\", \"problem\": \"What is {a} + {b}?\", \"answer\": {}}}\n", a + b)
    };
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    let pipeline = format!(
        "description = \"s\"\n[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n[split]\nkind = \"separator\"\n\
         [judge]\nkind = \"rule\"\n[[models]]\nname = \"m\"\nkind = \"search\"\nmodel = \"x\"\nbase_url = \"{}\"\nseed = 5\n\
         tokenizer = \"builtin\"\nsearch = {search}\nverifier = {{ kind = \"yes_no\", model = \"critic\", base_url = \"{}\" }}\n",
        reasoner.base_url(),
        critic.base_url()
    );
    place.write("s.toml", &pipeline);
    place
}

const BEAM: &str = "{ kind = \"beam\", candidates = 4, keep = 2 }";

fn trees(place: &Place) -> Vec<Tree> {
    TableReader::open(&place.path("runs/s/m/trees.parquet")).unwrap().map(Result::unwrap).collect()
}

fn generations(place: &Place) -> Vec<Generation> {
    TableReader::open(&place.path("runs/s/m/generations.parquet")).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_search_is_a_model_whose_trees_count_what_the_servers_count() {
    for (dialect, search) in [
        (Dialect::Vllm, BEAM),
        (Dialect::Llamacpp, "{ kind = \"dvts\", candidates = 6, width = 2 }"),
        (Dialect::Vllm, "{ kind = \"best_first\", candidates = 3, expansions = 8, aggregate = \"product\" }"),
    ] {
        let (reasoner, critic) = (reasoner(dialect, 0.0), critic());
        let place = place(&reasoner, &critic, search);
        place.succeed(&["run", "s.toml", "--quiet"]);
        let trees = trees(&place);
        let ids: Vec<String> = trees.iter().map(|tree| tree.problem_id.clone()).collect();
        assert_eq!(
            (ids.len(), ids.iter().collect::<std::collections::BTreeSet<_>>().len()),
            (PROBLEMS, PROBLEMS)
        );
        let sum = |of: fn(&Tree) -> Option<u64>| trees.iter().map(|tree| of(tree).unwrap()).sum::<u64>();
        let (_, written) = reasoner.tokens();
        assert_eq!(sum(|tree| tree.generated_tokens) + TRIAL, written, "{search}");
        let verdicts = (sum(|tree| tree.verifier_prompt_tokens), sum(|tree| tree.verifier_completion_tokens));
        assert_eq!(verdicts, critic.tokens(), "{search}");
        let calls: usize = trees.iter().map(|tree| tree.calls as usize).sum();
        assert_eq!(calls + 1, reasoner.count() + critic.count(), "{search}");
        // Every path that was returned is a reply, in the order of the problems.
        let paths: usize =
            trees.iter().map(|tree| tree.nodes.iter().filter(|node| node.sample.is_some()).count()).sum();
        let replies = generations(&place);
        assert_eq!(replies.len(), paths, "{search}");
        let points = place.succeed(&["frontier", "runs/s", "--format", "json"]).stdout;
        let points: Vec<Value> = serde_json::from_str(&points).unwrap();
        let point = points.iter().find(|point| point["rule"] == "search").unwrap();
        let mean = |total: u64| total as f64 / PROBLEMS as f64;
        assert_eq!(point["generated_tokens"].as_f64().unwrap(), mean(written - TRIAL), "{search}");
        assert_eq!(point["verifier_tokens"].as_f64().unwrap(), mean(verdicts.0 + verdicts.1), "{search}");
        let again = place.succeed(&["run", "s.toml", "--quiet", "--force", "generate", "--offline"]);
        assert_eq!((again.code, calls + 1), (0, reasoner.count() + critic.count()), "nobody is asked twice");
    }
}

fn tables(place: &Place) -> Vec<Vec<u8>> {
    let tables = ["trees", "generations", "judgments", "scores"];
    tables.map(|table| std::fs::read(place.path(&format!("runs/s/m/{table}.parquet"))).unwrap()).to_vec()
}

/// Times of replies are no part of a search.
#[test]
fn one_at_a_time_and_all_at_once_give_the_same_bytes() {
    let (reasoner, critic) = (reasoner(Dialect::Vllm, 0.0), critic());
    let bytes = ["1", "64"].map(|at_once| {
        let place = place(&reasoner, &critic, BEAM);
        place.succeed(&["run", "s.toml", "--quiet", "-j", at_once]);
        tables(&place)
    });
    assert!(bytes[0] == bytes[1]);
}

#[test]
fn a_search_that_is_killed_goes_on_where_it_was() {
    let (slow, critic) = (reasoner(Dialect::Vllm, 0.004), critic());
    let place = place(&slow, &critic, BEAM);
    for moment in 1..=20_u64 {
        let mut command = place.command(&["run", "s.toml", "--quiet", "-j", "4"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(40 + 23 * (moment * moment % 17)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    place.succeed(&["run", "s.toml", "--quiet", "-j", "4"]);
    let undisturbed = self::place(&slow, &critic, BEAM);
    undisturbed.succeed(&["run", "s.toml", "--quiet", "-j", "4"]);
    assert!(tables(&place) == tables(&undisturbed));
}

/// One tree is training data, too: the straight text of every example is a path of its tree, byte for byte.
#[test]
fn trees_of_a_search_become_texts_that_correct_themselves() {
    let (reasoner, critic) = (reasoner(Dialect::Vllm, 0.0), critic());
    let place = place(&reasoner, &critic, BEAM);
    place.succeed(&["run", "s.toml", "--quiet"]);
    let told = place
        .succeed(&[
            "curate",
            "journey",
            "runs/s",
            "--from",
            "trees",
            "--place",
            "any",
            "--share-straight",
            "0",
            "-o",
            "out",
        ])
        .stdout;
    let examples = std::fs::read_to_string(place.path("out/journey/messages/train.jsonl")).unwrap();
    assert!(examples.lines().count() >= PROBLEMS / 3, "{told}");
    let trees = trees(&place);
    for line in examples.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = row["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap();
        let spans = row["spans"].as_array().unwrap();
        let right = spans.iter().filter(|span| span["kind"] == "right");
        let at = |span: &Value, key: &str| span[key].as_u64().unwrap() as usize;
        let straight: String = right.map(|span| &text[at(span, "start")..at(span, "end")]).collect();
        assert!(spans.iter().any(|span| span["kind"] == "wrong"), "{line}");
        assert!(trees.iter().any(|tree| paths(tree).contains(&straight)), "{straight}");
    }
}

/// The texts of all finished paths.
fn paths(tree: &Tree) -> Vec<String> {
    let text = |end: usize| {
        let up = std::iter::successors(Some(end), |at| tree.nodes[*at].parent.map(|parent| parent as usize));
        let mut texts: Vec<&str> = up.map(|at| tree.nodes[at].text.as_str()).collect();
        texts.reverse();
        texts.concat()
    };
    (0..tree.nodes.len()).filter(|at| tree.nodes[*at].finished).map(text).collect()
}

/// The dry run tells the least and the most of both servers; what was asked lies between.
#[test]
fn a_dry_run_tells_what_a_search_may_come_to() {
    let (reasoner, critic) = (reasoner(Dialect::Vllm, 0.0), critic());
    let place = place(&reasoner, &critic, BEAM);
    let told = place.succeed(&["run", "s.toml", "--dry-run"]).stdout;
    // One question whether the server goes on, and four steps a level, of forty at most; each has a verdict that may be asked for twice.
    for expect in [
        "calls    49–1,921 to ask of x, 0 in the reply cache; how many depends on the replies",
        "calls    0–3,840 to ask of critic, 0 in the reply cache; how many depends on the replies",
        "money    unknown: what it is asked follows from replies to others",
    ] {
        assert!(told.contains(expect), "{expect}\n{told}");
    }
    assert_eq!((reasoner.count(), critic.count()), (0, 0));
    place.succeed(&["run", "s.toml", "--quiet", "--limit", "5", "--to", "generate"]);
    let asked = (reasoner.count(), critic.count());
    assert!((21..=801).contains(&asked.0) && asked.1 <= 1600, "{asked:?}");
    let half = place.succeed(&["run", "s.toml", "--dry-run"]).stdout;
    assert!(
        half.contains("calls    28–1,120 to ask of x, ")
            && half.contains("calls    0–2,240 to ask of critic, "),
        "{half}"
    );
}

#[test]
fn a_server_that_begins_anew_is_found_out_before_anything_is_paid_for() {
    let (reasoner, critic) = (reasoner(Dialect::Restarts, 0.0), critic());
    let place = place(&reasoner, &critic, BEAM);
    let done = place.run(&["run", "s.toml", "--quiet"]);
    assert_ne!(done.code, 0);
    assert!(
        done.stderr.contains("does not go on with replies") && done.stderr.contains("doctor --continue"),
        "{}",
        done.stderr
    );
    assert_eq!((reasoner.count(), critic.count()), (1, 0));
}
