//! `thinkmeter frontier`, and the points that every run writes.

use crate::support::Place;

#[test]
fn ways_to_answer_are_held_against_their_cost() {
    let place = Place::new();
    place.succeed(&["run"]);
    let table = place.succeed(&["frontier", "runs/full-eval"]).stdout;
    insta::assert_snapshot!("frontier_table", table);
    // What the command computes anew is what the run has written and the report shows.
    let page = place.read("runs/full-eval/report.html");
    for words in ["What accuracy costs", "The most accurate way is to-the-point"] {
        assert!(page.contains(words), "{words}");
    }
    let csv = place.succeed(&["frontier", "runs/full-eval", "--format", "csv"]).stdout;
    assert!(csv.starts_with("dataset,model,subset,rule,samples,"), "{csv}");
    assert_eq!(csv.lines().count(), 1 + 2 * 6, "a row for each model, level, and all of them: {csv}");
}

#[test]
fn a_cost_that_nobody_knows_is_said_to_be_unknown() {
    let place = Place::new();
    place.succeed(&["run"]);
    let table = place.succeed(&["frontier", "runs/full-eval", "--cost", "money"]).stdout;
    assert!(!table.contains("0.00") && !table.contains("100.0 %"), "{table}");
    let picture = place.run(&["plot", "runs/full-eval", "--kind", "frontier", "--format", "svg", "-o", "-"]);
    assert!(picture.stdout.starts_with("<svg"), "{}", picture.stderr);
}

#[test]
fn runs_that_are_none_and_runs_over_other_problems() {
    let place = Place::new();
    place.succeed(&["run"]);
    place.succeed(&["run", "--name", "few", "--set", "dataset.limit=5"]);
    let both = place.succeed(&["frontier", "runs/full-eval", "runs/few"]).stdout;
    assert!(both.contains("over 3 problems (44 others lack a graded reply of some model)"), "{both}");
    let none = place.run(&["frontier", "nothing"]);
    assert_eq!(none.code, 3, "{}", none.stderr);
    assert!(none.stderr.contains("nothing"), "{}", none.stderr);
}

#[test]
fn each_run_has_the_ways_of_its_own_pipeline_in_the_table_and_in_the_picture() {
    let place = Place::new();
    let row = |at: usize| {
        let (id, said) = (at / 4, at / 4 + 3 + usize::from(at % 4 == 3));
        let reply = format!("<think>\\n{id} and 3 is {said}.\\n</think>\\n\\\\boxed{{{said}}}");
        format!(
            r#"{{"id": "p{id}", "problem": "What is {id} + 3?", "gold": "{}", "model": "m", "response": "{reply}"}}"#,
            id + 3
        ) + "\n"
    };
    place.write("rows.jsonl", &(0..24).map(row).collect::<String>());
    for (name, k) in [("two", "score.k=[1, 2]"), ("three", "score.k=[1, 3]")] {
        let set = [
            "--set",
            "dataset.path=rows.jsonl",
            "--set",
            "models.*.tokenizer=builtin",
            "--set",
            k,
            "--name",
            name,
        ];
        place.succeed(&[&["run", "recorded", "--quiet"], set.as_slice()].concat());
    }
    let rows = place.succeed(&["frontier", "runs/two", "runs/three", "--format", "json"]).stdout;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).unwrap();
    let mut votes: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| (row["model"].as_str().unwrap(), row["rule"].as_str().unwrap()))
        .filter(|(_, rule)| ["maj@2", "maj@3"].contains(rule))
        .collect();
    votes.sort_unstable();
    assert_eq!(votes, [("three", "maj@3"), ("two", "maj@2")]);
    let picture = ["plot", "runs/two", "runs/three", "--kind", "frontier", "-o", "-"];
    let svg = place.succeed(&picture).stdout;
    for name in ["two/m", "three/m"] {
        assert!(svg.contains(&format!(">{name}")), "{name}: {svg}");
    }
}
