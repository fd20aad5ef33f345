//! Known problems in new clothes: the demonstration, `compare --variants`, and variants of one's own problems.

use serde_json::Value;

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
