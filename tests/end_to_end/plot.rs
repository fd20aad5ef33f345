//! `thinkmeter plot`: pictures for papers.

use std::fs;

use crate::support::Place;

#[test]
fn every_kind_is_drawn_in_every_format_with_the_same_bytes() {
    let place = Place::new();
    place.succeed(&["run", "--quiet"]);
    for kind in ["levels", "models", "budget", "positions", "frontier"] {
        for (format, start) in [("svg", "<svg xmlns"), ("png", "\u{89}PNG"), ("pdf", "%PDF-")] {
            let done =
                place.succeed(&["plot", "runs/full-eval", "--kind", kind, "--format", format, "--dpi", "60"]);
            let name = format!("{kind}.{format}");
            assert_eq!(done.stderr.trim_end(), format!("picture: {name}"));
            let once = fs::read(place.path(&name)).unwrap();
            let start: Vec<u8> = start.chars().map(|letter| letter as u8).collect();
            assert!(once.starts_with(&start) && once.len() > 3000, "{name}: {} bytes", once.len());
            place.succeed(&[
                "plot",
                "runs/full-eval",
                "--kind",
                kind,
                "--format",
                format,
                "--dpi",
                "60",
                "-o",
                "again",
            ]);
            assert!(once == fs::read(place.path("again")).unwrap(), "{name} has other bytes the second time");
        }
    }
    let svg =
        place.succeed(&["plot", "runs/full-eval", "--kind", "models", "--model", "overthinker", "-o", "-"]);
    assert!(svg.stdout.contains("overthinker") && !svg.stdout.contains("to-the-point"), "{}", svg.stdout);
    assert!(svg.stdout.contains("width=\"180mm\"") && svg.stderr.is_empty());
}

#[test]
fn runs_stand_side_by_side_under_names_of_their_own() {
    let place = Place::new();
    place.succeed(&["run", "--quiet", "--name", "a"]);
    place.succeed(&["run", "--quiet", "--name", "b", "--set", "split.kind=sentence"]);
    let args = ["plot", "runs/a", "runs/b", "runs/a", "--kind", "models", "-o", "-"];
    let svg = place.succeed(&args).stdout;
    for name in ["a/overthinker", "a/to-the-point", "b/overthinker", "b/to-the-point"] {
        assert_eq!(svg.matches(&format!(">{name}</text>")).count(), 1, "{name}");
    }
}

#[test]
fn what_cannot_be_drawn_says_why() {
    let place = Place::new();
    place.succeed(&["run", "--quiet"]);
    let check = |args: &[&str], code: i32, expect: &str| {
        let done = place.run(&[&["plot"], args].concat());
        assert!(done.code == code && done.stderr.contains(expect), "{args:?}: {} {}", done.code, done.stderr);
    };
    check(&["nowhere", "--kind", "levels"], 3, "nowhere is no finished run: it holds no metrics.parquet");
    check(
        &["runs/full-eval", "--kind", "pie"],
        2,
        "[possible values: levels, models, budget, positions, frontier]",
    );
    check(
        &["runs/full-eval", "--kind", "levels", "--model", "x"],
        3,
        "the runs have to-the-point, overthinker",
    );
    check(
        &["runs/full-eval", "--kind", "levels", "--dataset", "x"],
        3,
        "no dataset `x`; the runs have builtin",
    );
    check(&["runs/full-eval", "--kind", "levels", "--width", "0"], 2, "expected a number from 1 to 10000");
}
