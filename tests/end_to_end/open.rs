//! Open questions: a model says whether two sentences say the same, what it does not say stays undecided, and people check it.

use serde_json::{Value, json};
use tables::{Grade, TableReader};
use testkit::{Asked, Said, Script, ScriptedServer};

use crate::support::Place;

/// Knows that ice floats because it is less dense, whatever the words; is not sure about `perhaps`.
fn reader(asked: &Asked) -> Option<Said> {
    let given = asked.prompt.split("<given_answer>\n").nth(1)?.split("\n</given_answer>").next()?;
    Some(Said::plain(if given.contains("perhaps") {
        "I cannot tell."
    } else if given.contains("dens") {
        "The same. \\boxed{yes}"
    } else {
        "Not the same. \\boxed{no}"
    }))
}

const GOLD: &str = "It is less dense than water.";
/// What is given, and whether people say that it is the same; null where the reader is not to be asked.
const GIVEN: [(&str, bool); 5] = [
    ("it is less dense than water", true),
    ("Its density is lower than that of water.", true),
    ("It is cold.", false),
    ("It is warm, perhaps.", false),
    ("It is dense and cold.", false),
];

fn figure(report: &Value, metric: &str) -> f64 {
    let rows = report["metrics"].as_array().unwrap();
    let row = rows
        .iter()
        .find(|row| row["metric"] == metric && row["subset"] == "overall" && row["scope"] == "all");
    row.unwrap()["value"].as_f64().unwrap()
}

#[test]
fn sentences_are_read_by_a_model_and_undecided_is_not_wrong() {
    let server = ScriptedServer::with_words(Script::default(), reader).unwrap();
    let place = Place::new();
    let row = |(at, (given, _)): (usize, &(&str, bool))| {
        let row = json!({"problem_id": format!("q{at}"), "problem": "Why does ice float?", "gold": GOLD, "model": "m",
            "response": format!("<think>\nHm.\n</think>\n\n{given}")});
        format!("{row}\n")
    };
    place.write("rows.jsonl", &GIVEN.iter().enumerate().map(row).collect::<String>());
    place.write("rubric.txt", "It must speak of density.");
    let address = format!("grade.base_url={}", server.base_url());
    let keys = [
        "dataset.path=rows.jsonl",
        "models.*.tokenizer=builtin",
        "grade.kind=llm",
        "grade.model=reader",
        &address,
        "grade.domain=open",
        "grade.rubric_file=rubric.txt",
    ];
    let keys = keys.iter().flat_map(|key| ["--set", key]);
    let args: Vec<&str> = ["run", "recorded", "--quiet"].into_iter().chain(keys).collect();
    // One row has no verdict, which is worth a word and another try.
    let done = place.run(&args);
    assert_eq!(done.code, 5, "{}", done.stderr);
    let table = place.path("runs/recorded/m/grades.parquet");
    let grades: Vec<Grade> = TableReader::open(&table).unwrap().collect::<Result<_, _>>().unwrap();
    let verdicts: Vec<&str> = grades.iter().map(|grade| grade.verdict.name()).collect();
    assert_eq!(verdicts, ["right", "right", "wrong", "undecided", "right"]);
    assert_eq!(server.count(), 4, "what is literally equal is not asked about");
    assert!(server.requests().iter().all(|request| request.prompt.contains("It must speak of density.")));
    let report: Value = serde_json::from_str(&place.read("runs/recorded/report.json")).unwrap();
    for (metric, expect) in [("accuracy", 0.6), ("undecided", 0.2), ("accuracy_decided", 0.75)] {
        assert!((figure(&report, metric) - expect).abs() < 1e-9, "{metric}");
    }
}

#[test]
fn the_reader_is_held_against_people() {
    let server = ScriptedServer::with_words(Script::default(), reader).unwrap();
    let place = Place::new();
    let row = |(given, same): &(&str, bool)| {
        format!(
            "{}\n",
            json!({"problem": "Why does ice float?", "gold": GOLD, "pred": given, "expected": same})
        )
    };
    place.write("pairs.jsonl", &GIVEN.iter().map(row).collect::<String>());
    let address = server.base_url();
    let done = place.succeed(&[
        "calibrate",
        "--pairs",
        "pairs.jsonl",
        "--base-url",
        &address,
        "--set",
        "model=reader",
        "--set",
        "domain=open",
        "--format",
        "json",
    ]);
    let found: Value = serde_json::from_str(&done.stdout).unwrap();
    let count = |name: &str| (found[name]["hits"].as_u64().unwrap(), found[name]["of"].as_u64().unwrap());
    assert_eq!((count("agrees"), count("undecided")), ((3, 4), (1, 5)));
    assert_eq!((count("wrong_taken_for_right"), count("right_taken_for_wrong")), ((1, 2), (0, 2)));
    assert_eq!(found["disagreements"][0]["given"], "It is dense and cold.");
    let shown = place.succeed(&[
        "calibrate",
        "--pairs",
        "pairs.jsonl",
        "--base-url",
        &address,
        "--set",
        "model=reader",
        "--set",
        "domain=open",
    ]);
    assert!(shown.stdout.contains("agrees with people      75.0 %"), "{}", shown.stdout);
    assert_eq!(server.count(), 4, "the second time nobody is asked");
}
