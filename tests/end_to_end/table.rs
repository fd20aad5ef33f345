//! `thinkmeter table` and `thinkmeter run suite`: five sets of sums, two models, averages, what is missing, what stops a suite.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;
use stats::{draw, generator, quantile};
use tables::{Score, TableReader};
use testkit::{Behaviour, HubScript, Replies, Script, ScriptedHub, ScriptedServer};

use crate::support::{Done, Place, done};

/// The sets with their problems and the samples that each problem gets.
const SETS: [(&str, usize, u32); 5] =
    [("tens", 40, 4), ("dozens", 60, 2), ("scores", 80, 1), ("gross", 100, 1), ("few", 30, 8)];
const PRICE: &str = "price = { prompt = 0.0, completion = 10000.0 }\n";

fn script(latency: f64) -> Script {
    let errs = |right| Behaviour { replies: Replies::Doubtful { right }, latency, ..Behaviour::default() };
    Script::default().model("good", errs(0.8)).model("poor", errs(0.5))
}

fn sums(set: &str, problems: usize) -> String {
    // No two sets have a problem in common: a reply would come from the cache.
    let own: usize = set.bytes().map(usize::from).sum();
    let row = |at: usize| {
        let (a, b) = (at + 2, 7 * at + own);
        let id = format!("{set}-{at:03}");
        format!("{{\"id\": \"{id}\", \"problem\": \"What is {a} + {b}?\", \"answer\": {}}}\n", a + b)
    };
    (0..problems).map(row).collect()
}

fn pipeline(set: &str, server: &str) -> String {
    let models = ["good", "poor"].map(|model| {
        format!(
            "[[models]]\nname = \"{model}\"\nkind = \"openai\"\nmodel = \"{model}\"\nbase_url = \"{server}\"\nseed = 3\n{PRICE}"
        )
    });
    format!(
        "description = \"sums\"\n[dataset]\nkind = \"jsonl\"\npath = \"{set}.jsonl\"\nname = \"Sums {set}\"\n{}",
        models.concat()
    )
}

/// A place with a suite of these sets.
fn place(server: &ScriptedServer, sets: &[(&str, usize, u32)]) -> Place {
    let place = Place::new();
    let mut suite = "description = \"sums\"\nset = [\"models.*.tokenizer=builtin\"]\n".to_owned();
    for (set, problems, samples) in sets {
        place.write(&format!("{set}.jsonl"), &sums(set, *problems));
        place.write(&format!("{set}.toml"), &pipeline(set, &server.base_url()));
        suite += &format!("[[parts]]\npipeline = \"{set}.toml\"\nsamples = {samples}\nmax_tokens = 900\n");
    }
    place.write("sums.toml", &suite);
    place
}

fn json(done: &Done) -> Value {
    assert!(done.stdout.starts_with('{'), "{}{}", done.stdout, done.stderr);
    serde_json::from_str(&done.stdout).unwrap()
}

/// Share of right answers of each problem, as its sum and count.
fn problems(place: &Place, run: &str, model: &str) -> Vec<[f64; 2]> {
    let path = place.path(&format!("{run}/{model}/scores.parquet"));
    let mut problems: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for score in TableReader::<Score>::open(&path).unwrap() {
        let score = score.unwrap();
        let cell = problems.entry(score.problem_id).or_default();
        *cell = [cell[0] + f64::from(u8::from(score.correct == Some(true))), cell[1] + 1.0];
    }
    problems.into_values().collect()
}

fn share(problems: impl Iterator<Item = [f64; 2]>) -> f64 {
    let (sum, n) = problems.fold((0.0, 0.0), |(sum, n), cell| (sum + cell[0], n + cell[1]));
    sum / n
}

/// The average of the sets and the percentiles of a bootstrap that draws the problems of each set anew.
fn by_hand(sets: &[Vec<[f64; 2]>]) -> [f64; 3] {
    let count = sets.len() as f64;
    let mut generator = generator(11, 0);
    let mut again = |set: &Vec<[f64; 2]>| {
        let drawn: Vec<[f64; 2]> = set.iter().map(|_| set[draw(&mut generator, set.len())]).collect();
        share(drawn.into_iter())
    };
    let mut means: Vec<f64> = (0..40_000).map(|_| sets.iter().map(&mut again).sum::<f64>() / count).collect();
    let average = sets.iter().map(|set| share(set.iter().copied())).sum::<f64>() / count;
    [quantile(&mut means, 0.025).unwrap(), average, quantile(&mut means, 0.975).unwrap()]
}

#[test]
fn five_sets_make_a_table_whose_average_is_that_of_a_bootstrap_by_hand() {
    let server = ScriptedServer::start(script(0.0)).unwrap();
    let place = place(&server, &SETS);
    let done = place.succeed(&["run", "sums.toml"]);
    let asked: usize = SETS.iter().map(|(_, problems, samples)| 2 * problems * *samples as usize).sum();
    assert_eq!(server.count(), asked, "samples are as the suite says");
    assert!(
        done.stdout.contains("Sums tens") && done.stdout.contains("poor against good"),
        "{}",
        done.stdout
    );
    assert!(place.read("runs/sums/table.html").contains("Sums gross"));

    let value = json(&place.succeed(&["table", "runs/sums", "--format", "json"]));
    for (at, model) in ["good", "poor"].into_iter().enumerate() {
        let line = &value["models"][at];
        assert_eq!(line["model"], model);
        let sets: Vec<Vec<[f64; 2]>> =
            SETS.iter().map(|(set, ..)| problems(&place, &format!("runs/sums/{set}"), model)).collect();
        for (cell, set) in line["cells"].as_array().unwrap().iter().zip(&sets) {
            assert!((cell["accuracy"].as_f64().unwrap() - share(set.iter().copied())).abs() < 1e-9);
            assert_eq!(cell["problems"].as_u64().unwrap() as usize, set.len());
        }
        let found = ["low", "accuracy", "high"].map(|key| line["average"][key].as_f64().unwrap());
        let off = [0, 1, 2].map(|at: usize| 100.0 * (found[at] - by_hand(&sets)[at]).abs());
        assert!(off.iter().all(|off| *off < 0.1), "{model}: {found:?}, off by {off:?} points");
    }
    // By the same runs, named one by one: the same figures.
    let runs = SETS.map(|(set, ..)| format!("runs/sums/{set}"));
    let mut args = vec!["table"];
    args.extend(runs.iter().map(String::as_str));
    let again = json(&place.succeed(&[args.as_slice(), &["--format", "json"]].concat()));
    assert_eq!(again["models"], value["models"]);
    let differences = &value["differences"][0];
    assert_eq!(differences["rows"].as_array().unwrap().len(), 5);
    assert!(differences["average"]["difference"].as_f64().unwrap() < -0.1);
    assert_eq!(differences["average"]["outcome"], "worse");
    let calls = server.count();
    place.succeed(&["run", "sums.toml", "--quiet"]);
    assert_eq!(server.count(), calls, "a suite that is complete asks nothing");
}

#[test]
fn a_part_that_cannot_be_run_is_told_and_shows_a_dash() {
    let server = ScriptedServer::start(script(0.0)).unwrap();
    let gated = HubScript { token: Some("secret".to_owned()), ..HubScript::default() };
    let hub = ScriptedHub::start(gated).unwrap();
    let place = place(&server, &SETS[3..]).with("HF_ENDPOINT", &hub.endpoint());
    let gpqa = pipeline("x", &server.base_url())
        .replace("kind = \"jsonl\"\npath = \"x.jsonl\"\nname = \"Sums x\"", "preset = \"gpqa-diamond\"");
    place.write("gpqa.toml", &gpqa);
    let with = place.read("sums.toml")
        + "[[parts]]\npipeline = \"gpqa.toml\"\n[[parts]]\npipeline = \"few.toml\"\nname = \"again\"\n";
    place.write("sums.toml", &with);
    let done = place.run(&["run", "sums.toml"]);
    assert_eq!(done.code, 3, "{}", done.stderr);
    let told: Vec<&str> = done.stderr.lines().filter(|line| line.contains("error: gpqa: ")).collect();
    assert_eq!(told.len(), 1, "{}", done.stderr);
    assert!(told[0].contains("HF_TOKEN"), "{}", told[0]);
    assert!(place.path("runs/sums/again/good/scores.parquet").exists(), "the others go on");
    let table = place.succeed(&["table", "runs/sums"]).stdout;
    assert!(table.contains("GPQA-Diamond is missing: "), "{table}");
    let value = json(&place.succeed(&["table", "runs/sums", "--format", "json"]));
    let columns: Vec<&str> =
        value["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    assert_eq!(
        columns,
        ["Sums gross", "Sums few", "GPQA-Diamond", "again"],
        "a second part on one set has its own name"
    );
    assert_eq!(
        (&value["models"][0]["cells"][2], &value["models"][0]["average"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(value["differences"][0]["average"], Value::Null);
    let csv = place.succeed(&["table", "runs/sums", "--format", "csv"]).stdout;
    assert!(csv.contains("good,GPQA-Diamond,,"), "{csv}");
}

#[test]
fn a_killed_suite_goes_on_where_it_stopped() {
    let server = ScriptedServer::start(script(0.01)).unwrap();
    let sets = [("tens", 40, 2), ("dozens", 50, 1), ("few", 20, 2)];
    let undisturbed = place(&server, &sets);
    let whole = undisturbed.succeed(&["run", "sums.toml", "-j", "4", "--format", "csv"]).stdout;
    let once = server.count();
    let disturbed = place(&server, &sets);
    for enough in [once / 4, 2 * once / 3] {
        let mut child = disturbed.command(&["run", "sums.toml", "-j", "4"]).spawn().unwrap();
        let started = Instant::now();
        while server.count() < once + enough && started.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let resumed = disturbed.succeed(&["run", "sums.toml", "-j", "4", "--format", "csv"]).stdout;
    assert_eq!(resumed, whole);
    let twice = server.count() - 2 * once;
    assert!(twice <= 2 * (4 + 4), "{twice} replies were asked for again");
}

#[test]
fn one_budget_is_for_all_parts() {
    let server = ScriptedServer::start(script(0.0)).unwrap();
    let place = place(&server, &[("tens", 20, 1), ("dozens", 60, 2), ("few", 20, 1)]);
    let counts = |place: &Place| json(&place.succeed(&["table", "runs/sums", "--format", "json"]));
    // The first part costs about 20 × 2 × 40 words of a hundredth each.
    let first = place.run(&["run", "sums.toml", "--max-cost", "24", "-j", "2"]);
    assert_eq!(first.code, 1, "{}", first.stderr);
    let asked = server.count();
    assert!(asked > 40 && asked < 40 + 240, "{asked} calls");
    assert!(first.stderr.contains("error: dozens: "), "{}", first.stderr);
    assert!(
        first.stderr.contains("few: not begun, as the 24.00 of --max-cost are spent"),
        "{}",
        first.stderr
    );
    assert!(!place.path("runs/sums/few/good").exists());
    let value = counts(&place);
    let column = |at: usize| value["columns"][at]["missing"].as_str().map(str::to_owned);
    assert_eq!(column(0), None);
    assert!(column(1).unwrap().contains("raise --max-cost"), "{value}");
    assert!(column(2).unwrap().starts_with("not begun"), "{value}");
    assert_eq!(value["models"][0]["average"], Value::Null);

    place.succeed(&["run", "sums.toml", "--max-cost", "100000"]);
    assert_eq!(server.count(), 2 * (20 + 120 + 20), "a reply was paid for twice");
    assert!(counts(&place)["models"][0]["average"]["accuracy"].is_number());

    // A price that nobody knows is asked for before anything is paid.
    place.write("few.toml", &pipeline("few", &server.base_url()).replace(PRICE, ""));
    let unpriced = place.run(&["run", "sums.toml", "--max-cost", "5", "--name", "unpriced"]);
    assert_eq!(unpriced.code, 2, "{}", unpriced.stderr);
    assert!(!place.path("runs/unpriced").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupted_suite_begins_no_further_part() {
    let server = ScriptedServer::start(script(0.05)).unwrap();
    let place = place(&server, &SETS[..2]);
    let child = place.command(&["run", "sums.toml", "-j", "2"]).spawn().unwrap();
    let started = Instant::now();
    while server.count() < 8 && started.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let stopped = done(child);
    assert_eq!(stopped.code, 130, "{}", stopped.stderr);
    assert!(stopped.stderr.contains("run the same command again"), "{}", stopped.stderr);
    assert!(stopped.stderr.contains("dozens: not begun"), "{}", stopped.stderr);
    assert!(stopped.stdout.is_empty(), "{}", stopped.stdout);
}

#[test]
fn a_suite_is_explained_part_by_part_and_as_a_whole() {
    let server = ScriptedServer::start(script(0.0)).unwrap();
    let place = place(&server, &[("tens", 20, 3), ("few", 10, 2)]);
    for args in [["explain", "sums.toml"].as_slice(), &["run", "sums.toml", "--dry-run"]] {
        let done = place.succeed(args);
        assert!(
            done.stdout.contains("runs/sums/tens") && done.stdout.contains("runs/sums/few"),
            "{}",
            done.stdout
        );
        let calls = 2 * (20 * 3 + 10 * 2);
        assert!(done.stdout.contains(&format!("sums: 2 parts, {calls} calls, money ")), "{}", done.stdout);
    }
    assert_eq!(server.count(), 0);
    // What is typed is over what the suite says; a part may be meant alone.
    let typed = [
        "explain",
        "sums.toml",
        "-n",
        "1",
        "--set",
        "few:dataset.limit=5",
        "--set",
        "tens:models.0.samples=2",
    ];
    let done = place.succeed(&typed);
    assert!(done.stdout.contains("sums: 2 parts, 50 calls"), "{}", done.stdout);
    let done = place.run(&["run", "sums.toml", "--set", "fex:dataset.limit=5"]);
    assert_eq!(done.code, 2, "{}", done.stderr);
    assert!(done.stderr.contains("did you mean `few`?"), "{}", done.stderr);
    // Every part is read before the first is paid for.
    place.write("few.toml", "[dataset]\nkind = \"jsonl\"\n");
    let done = place.run(&["run", "sums.toml"]);
    assert_eq!((done.code, server.count()), (3, 0), "{}", done.stderr);
    assert!(done.stderr.contains("few: "), "{}", done.stderr);
}

#[test]
fn what_is_no_column_is_refused_by_name() {
    let server = ScriptedServer::start(script(0.0)).unwrap();
    let place = place(&server, &[("tens", 20, 1), ("few", 20, 1)]);
    place.succeed(&["run", "sums.toml", "--quiet"]);
    place.succeed(&["run", "tens.toml", "--quiet"]);
    place.succeed(&["run", "few.toml", "--quiet", "--to", "generate"]);
    place.succeed(&["run", "few.toml", "--quiet", "--to", "score", "--name", "scored"]);
    let check = |args: &[&str], expect: &str| {
        let done = place.run(&[&["table"], args].concat());
        assert_eq!(done.code, 3, "{args:?}: {}{}", done.stdout, done.stderr);
        assert!(done.stderr.contains(expect), "{args:?}: {}", done.stderr);
    };
    check(&["nowhere"], "is no run folder");
    check(&["runs"], "is no run folder");
    check(&["runs/few"], "holds no scores yet");
    check(&["runs/scored"], "holds no figures of `good` yet");
    check(&["runs/sums/tens", "runs/tens"], "two runs of Sums tens for the model `good`");
    check(&["runs/sums", "--baseline", "best"], "there is no `best` to compare with; there are good, poor");
    check(&["--references", "thoughty"], "there are thoughtx");
    place.write("scores/alone.parquet", "");
    std::fs::copy(place.path("runs/tens/good/scores.parquet"), place.path("scores/alone.parquet")).unwrap();
    check(&["scores/alone.parquet"], "is a table of scores without its run");
    assert_eq!(place.run(&["table"]).code, 2);

    // In a suite it is a hole, and the rest stands.
    std::fs::remove_file(place.path("runs/sums/few/metrics.parquet")).unwrap();
    let rest = place.succeed(&["table", "runs/sums"]);
    assert!(
        rest.stdout.contains("Sums few: ") && rest.stdout.contains("no figures of `good` yet"),
        "{}",
        rest.stdout
    );

    // The same run by two paths counts once, and that is told.
    let twice = place.succeed(&["table", "runs/sums/tens", "runs/sums/../sums/tens"]);
    assert!(twice.stdout.contains("was named before"), "{}", twice.stdout);
    // Fewer problems under the same name are told; other problems are refused.
    let only = |set: &str, name: &str| {
        place.succeed(&["run", "tens.toml", "--quiet", "--model", "poor", "--name", name, "--set", set]);
    };
    only("dataset.limit=5", "small");
    let shorter = place.succeed(&["table", "runs/tens/good", "runs/small"]);
    assert!(shorter.stdout.contains("20 problems and poor 5, 5 of them the same"), "{}", shorter.stdout);
    place.write("tens.jsonl", &sums("tens", 20).replace("What is", "Compute"));
    only("dataset.limit=20", "reworded");
    check(&["runs/tens/good", "runs/reworded"], "about different problems of the same names");
    let allowed = place.succeed(&["table", "runs/tens/good", "runs/reworded", "--allow", "dataset"]);
    assert!(allowed.stdout.contains("have another text or answer"), "{}", allowed.stdout);
}

#[test]
fn what_a_rule_drew_because_of_earlier_answers_is_in_no_cell() {
    let server = ScriptedServer::start(script(0.0)).unwrap();
    let place = place(&server, &[("tens", 30, 1)]);
    place.succeed(&[
        "run",
        "tens.toml",
        "--quiet",
        "--set",
        "models.*.stopping={kind = \"beta\", batch = 2, most = 8}",
    ]);
    assert!(server.count() > 2 * 2 * 30, "some problems took more than the first look");
    let value = json(&place.succeed(&["table", "runs/tens", "--format", "json"]));
    let cell = &value["models"][1]["cells"][0];
    assert_eq!((&cell["replies"], &cell["samples"], &cell["fewest"]), (&30.into(), &1.into(), &1.into()));
}

#[test]
fn one_sample_of_few_problems_has_a_warning_and_every_format_is_written() {
    let server = ScriptedServer::start(script(0.0)).unwrap();
    let place = place(&server, &[("tens", 30, 1)]);
    place.succeed(&["run", "tens.toml", "--quiet"]);
    let text = place.succeed(&["table", "runs/tens", "--references", "thoughtx"]).stdout;
    assert!(text.contains("one problem more or less is 3.3 points"), "{text}");
    assert!(text.contains("9 of its 13 averages lie 0.1 below"), "{text}");
    for (format, expect) in [
        ("md", "| model | Sums tens |"),
        ("csv", "poor,average,"),
        ("jsonl", "\"column\":\"Sums tens\""),
        ("html", "<h3>Sums tens</h3>"),
    ] {
        let done = place.succeed(&["table", "runs/tens", "--format", format, "--output", "out"]);
        assert!(done.stdout.is_empty());
        let text = place.read("out");
        assert!(text.contains(expect), "{format}: {text}");
    }
    let published = place.succeed(&["table", "--references", "thoughtx"]).stdout;
    assert!(
        published.contains("DistilQwen-ThoughtX-32B") && published.contains("(not at hand)"),
        "{published}"
    );
}
