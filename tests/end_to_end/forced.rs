//! Answers that are demanded where the thinking is ended, over recorded thinking and live.

use serde_json::Value;
use testkit::{Behaviour, Dialect, Script, ScriptedServer};

use crate::support::{Done, Place};

const PROBLEMS: usize = 12;

fn server(dialect: Dialect) -> ScriptedServer {
    let behaviour = Behaviour { dialect, limits: true, ..Behaviour::default() };
    ScriptedServer::start(Script::of(behaviour)).unwrap()
}

/// Sums with recorded replies: the result stands behind a long preface, and a doubt behind the result.
fn place(server: &ScriptedServer) -> Place {
    let place = Place::new();
    let row = |i: usize| {
        let (a, b, sum) = (i + 2, i, 2 * i + 2);
        let thought = format!(
            "The question wants me to add two whole numbers, which is not hard to do at all. {a} + {b} = {sum}. \
             Let me check that by taking it away again: {sum} - {b} = {a}. Yes, that is what I had, so it is right."
        );
        let row = serde_json::json!({
            "id": format!("sum-{i}"), "problem": format!("What is {a} + {b}?"), "answer": sum.to_string(),
            "model": "thinker", "reasoning": thought, "response": format!("\\boxed{{{sum}}}"),
        });
        format!("{row}\n")
    };
    place.write("traces.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    let pipeline = format!(
        "[dataset]\nkind = \"recorded\"\npath = \"traces.jsonl\"\n\
         [[models]]\nname = \"thinker\"\nkind = \"recorded\"\ntokenizer = \"builtin\"\n\
         [[models]]\nname = \"thinker\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{}\"\n\
         tokenizer = \"builtin\"\nprice = {{ prompt = 0.0, completion = 1.0 }}\n\
         strategies = [{{ kind = \"forced\", tokens = [8, 40, 500], of = \"thinker\" }}]\n\
         [split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n[score]\nbudgets = [8, 16, 40]\n",
        server.base_url()
    );
    place.write("p.toml", &pipeline);
    place
}

fn records(done: &Done) -> Vec<Value> {
    serde_json::from_str(&done.stdout).unwrap()
}

#[test]
fn the_measured_curve_stands_beside_the_ideal_one() {
    let server = server(Dialect::Vllm);
    let place = place(&server);
    let told = place.succeed(&["run", "p.toml", "--dry-run"]).stdout;
    assert!(told.contains("13 to ask of m"), "a trial and twelve answers a budget: {told}");
    assert_eq!(server.count(), 0);
    place.succeed(&["run", "p.toml", "--quiet"]);
    // Of 500 tokens nobody needs as many: these replies stay as they are.
    assert_eq!(server.count(), 1 + 2 * PROBLEMS);
    let points = records(&place.succeed(&["frontier", "runs/p", "--format", "json"]));
    let point = |model: &str| {
        let of = points.iter().find(|point| point["model"] == model).unwrap();
        (of["rule"].as_str().unwrap().to_owned(), of["accuracy"].as_f64().unwrap())
    };
    assert_eq!(point("thinker"), ("accuracy".to_owned(), 1.0));
    assert_eq!(point("thinker/forced-8"), ("forced@8".to_owned(), 0.0));
    assert_eq!(point("thinker/forced-40"), ("forced@40".to_owned(), 1.0));
    assert_eq!(point("thinker/forced-500"), ("forced@500".to_owned(), 1.0));
    let tokens = |model: &str| {
        let of = points.iter().find(|point| point["model"] == model).unwrap();
        of["generated_tokens"].as_f64().unwrap()
    };
    assert!(tokens("thinker/forced-8") < tokens("thinker/forced-40"));
    assert!(tokens("thinker/forced-40") < tokens("thinker"));
    let page = place.read("runs/p/report.html");
    assert!(page.contains("thinker, forced: 8 0.0 %, 16 –, 40 100.0 %, 500 100.0 %."), "no measured curve");
    let strategies = place.succeed(&["run", "p.toml", "--view", "strategies", "--format", "json"]);
    assert!(records(&strategies).iter().all(|row| row["obeyed"] == 1.0), "{}", strategies.stdout);
    place.succeed(&["plot", "runs/p", "--kind", "budget"]);

    let (asked, before) = (server.count(), place.contents("runs"));
    place.succeed(&["run", "p.toml", "--quiet", "--force", "generate", "--offline"]);
    assert_eq!(server.count(), asked, "a reply was asked for twice");
    assert!(place.contents("runs") == before, "replies from the cache gave other bytes");
}

#[test]
fn a_server_that_begins_anew_is_refused_after_one_short_question() {
    let server = server(Dialect::Restarts);
    let place = place(&server);
    let done = place.run(&["run", "p.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(
        done.stderr.contains("its server does not go on with replies: it begins a new reply"),
        "{}",
        done.stderr
    );
    assert_eq!(server.count(), 1);
}

#[test]
fn a_model_that_thinks_anew_is_forced_as_well() {
    let server = server(Dialect::Llamacpp);
    let place = place(&server);
    let live = r#"models.1.strategies=[{kind="forced", tokens=[8, 40]}]"#;
    let told = place.succeed(&["run", "p.toml", "--set", live, "--dry-run"]).stdout;
    assert!(told.contains("25 to ask of m"), "a trial, twelve thoughts and twelve answers: {told}");
    place.succeed(&["run", "p.toml", "--set", live, "--quiet"]);
    let shown = ["run", "p.toml", "--set", live, "--view", "strategies", "--format", "json"];
    let rows = records(&place.succeed(&shown));
    let told: Vec<(&str, f64)> = rows
        .iter()
        .map(|row| (row["strategy"].as_str().unwrap(), row["accuracy"].as_f64().unwrap()))
        .collect();
    assert_eq!(told, [("forced tokens=8", 0.0), ("forced tokens=40", 1.0)]);
}
