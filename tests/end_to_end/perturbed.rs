//! Known problems in new clothes: the demonstration, `compare --variants`, and variants of one's own problems.

use serde_json::{Value, json};
use testkit::{Asked, Behaviour, Said, Script, ScriptedServer};

use crate::support::Place;

#[test]
fn who_knows_by_heart_is_told_from_who_adds_up() {
    let place = Place::new();
    place.succeed(&["run", "perturbed"]);
    let table = place.succeed(&["compare", "runs/perturbed", "--variants"]);
    insta::assert_snapshot!("perturbed_table", table.stdout);
    let json = place.succeed(&["compare", "runs/perturbed", "--variants", "numbers", "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&json.stdout).unwrap();
    let row = |model: &str| rows.iter().find(|row| row["model"] == model).unwrap();
    assert!(rows.iter().all(|row| row["kind"] == "numbers"), "{rows:?}");
    let number = |model: &str, key: &str| row(model)[key].as_f64().unwrap();
    assert!(number("by-heart", "drop_low") > 0.1 && number("by-heart", "p_holm") < 0.01);
    assert!(number("by-heart", "old_answer") > 10.0 * number("by-heart", "old_answer_by_chance"));
    assert!(number("by-heart", "old_answer_p") < 0.01);
    assert!(number("by-heart", "arrival_low") > 0.0, "recalled answers stand early");
    assert!(number("adds-up", "drop_low") <= 0.0 && number("adds-up", "drop_high") >= 0.0);
    let page = place.read("runs/perturbed/report.html");
    assert!(page.contains("<h2 id=\"variants\">Known problems in new clothes</h2>"));
    assert!(page.contains("no model's behaviour is claimed"));
    assert!(place.read("runs/perturbed/report.md").contains("Known problems in new clothes: by-heart"));
}

#[test]
fn what_has_no_variants_says_so() {
    let place = Place::new();
    place.succeed(&["run"]);
    let done = place.succeed(&["compare", "runs/full-eval", "--variants"]);
    assert!(done.stdout.starts_with("There is no problem with variants"), "{}", done.stdout);
    let done = place.run(&["compare", "runs/full-eval", "--variants", "nmaes"]);
    assert!(done.code == 2 && done.stderr.contains("did you mean `names`?"), "{}", done.stderr);
    assert!(!place.read("runs/full-eval/report.html").contains("id=\"variants\""));
}

const FARMERS: usize = 48;

/// Whose farm a problem is about, and its two numbers.
fn farm(at: usize) -> (String, u64, u64) {
    let [first, second] = [at / 7, at % 7].map(|at| ["Ba", "do", "ki", "lu", "mo", "ne", "ri"][at]);
    (format!("{first}{second}n"), 30 + (at as u64 * 7) % 60, 20 + (at as u64 * 11) % 79)
}

/// How many pears are left.
fn left(a_day: u64, sold: u64) -> u64 {
    7 * a_day - sold
}

/// A server that is right on the problems as they were and has a coin decide on others: right, or the answer that it knows; or one
/// that tosses the coin on all.
fn farmer(by_heart: bool) -> ScriptedServer {
    let words = move |asked: &Asked| {
        let number = |before: &str| {
            let (_, rest) = asked.prompt.split_once(before).unwrap();
            rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap()
        };
        let (a_day, sold) = (number("picks "), number("sells "));
        let known = (0..FARMERS).map(farm).find(|(name, ..)| asked.prompt.contains(name.as_str())).unwrap();
        let is_known = (known.1, known.2) == (a_day, sold);
        let drawn = a_day * 31 + sold * 17 + known.0.len() as u64 + asked.prompt.len() as u64;
        let coin = (drawn % 7).is_multiple_of(2);
        let right = if by_heart && is_known { true } else { coin };
        let other = if by_heart { left(known.1, known.2) } else { left(a_day, sold) + 1 };
        let answer = if right { left(a_day, sold) } else { other };
        Some(Said::thought(format!("It was {answer}.\n\nYes."), format!("\\boxed{{{answer}}}")))
    };
    ScriptedServer::with_words(Script::of(Behaviour::default()), words).unwrap()
}

#[test]
fn a_model_that_knows_the_problems_by_heart_is_found_out_where_it_is_asked() {
    let place = Place::new();
    let row = |at| {
        let (name, a_day, sold) = farm(at);
        let text = format!(
            "{name} picks {a_day} pears a day for a week and sells {sold} of them. How many are left?"
        );
        let (week, rest) = (7 * a_day, left(a_day, sold));
        let solution = format!("<<{a_day}*7={week}>> <<{week}-{sold}={rest}>>");
        format!(
            "{}\n",
            json!({"id": format!("f{at}"), "problem": text, "answer": rest, "solution": solution})
        )
    };
    place.write("farms.jsonl", &(0..FARMERS).map(row).collect::<String>());
    let (heart, coin) = (farmer(true), farmer(false));
    let model = |name: &str, server: &ScriptedServer| {
        format!(
            "[[models]]\nname = \"{name}\"\nkind = \"openai\"\nmodel = \"x\"\nbase_url = \"{}\"\ntokenizer = \"builtin\"\n",
            server.base_url()
        )
    };
    place.write(
        "p.toml",
        &format!(
            "description = \"p\"\n[dataset]\nkind = \"jsonl\"\npath = \"farms.jsonl\"\nvary = {{ kinds = [\"numbers\"], instances = 3 }}\n\
             [split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n{}{}",
            model("heart", &heart),
            model("coin", &coin)
        ),
    );
    place.succeed(&["run", "p.toml", "--quiet"]);
    let json = place.succeed(&["compare", "runs/p", "--variants", "--format", "json"]).stdout;
    let rows: Vec<Value> = serde_json::from_str(&json).unwrap();
    let number = |model: &str, key: &str| {
        let row = rows.iter().find(|row| row["model"] == model && row["kind"] == "numbers").unwrap();
        row[key].as_f64().unwrap_or_else(|| panic!("{key}: {row}"))
    };
    assert!(number("heart", "drop_low") > 0.25, "{json}");
    assert!(number("heart", "old_answer") > 0.9 && number("heart", "old_answer_by_chance") < 0.1, "{json}");
    assert!(number("heart", "old_answer_p") < 1e-3, "{json}");
    assert!(number("coin", "drop_low") <= 0.0 && number("coin", "drop_high") >= 0.0, "{json}");
    assert_eq!(number("coin", "old_answer"), 0.0, "{json}");
}

#[test]
fn templates_are_a_dataset_and_bad_ones_end_it_with_their_place() {
    let place = Place::new();
    place.succeed(&["load", "--dataset", "templates", "--set", "instances=1", "--output", "ours.parquet"]);
    let good = "[[template]]\nid = \"sum\"\nproblem = \"What is {a} + {b}?\"\nanswer = \"a + b\"\noriginal = { a = 12, b = 30 }\n\
                [template.values]\na = { range = [10, 99] }\nb = { range = [10, 99] }\n";
    place.write("t.toml", good);
    let load = ["load", "--dataset", "templates", "--path", "t.toml", "--output", "t.parquet"];
    let done = place.succeed(&load);
    assert!(done.stderr.contains("6 rows"), "{}", done.stderr);
    place.write("t.toml", &good.replace("{b}", "{c}"));
    let done = place.run(&load);
    assert_eq!(done.code, 3);
    assert!(
        done.stderr.contains("t.toml: template `sum`, line 1: gap `c` has no entry in `values`"),
        "{}",
        done.stderr
    );
}
