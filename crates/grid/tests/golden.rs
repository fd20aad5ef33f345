//! The replies of the shared sample inputs: each grid, or why there is none.

use serde_json::Value;
use thinkmeter_grid::{Grid, read};

const REPLIES: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/benchmarks/arc_replies.jsonl");

#[test]
fn every_reply_is_read_as_expected() {
    let Ok(replies) = std::fs::read_to_string(REPLIES) else {
        println!("skipped: shared/data is not beside this checkout");
        return;
    };
    let mut wrong = Vec::new();
    for line in replies.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let found = read(row["reply"].as_str().unwrap());
        let grid = Grid::of_json(&row["grid"]).ok();
        let rule = row["rule"].as_str().unwrap();
        let right = match &found {
            Ok(found) => Some(&found.grid) == grid.as_ref() && found.rule == rule,
            Err(fault) => grid.is_none() && fault.name() == rule,
        };
        if !right {
            wrong.push(format!("{}: {found:?}", row["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
