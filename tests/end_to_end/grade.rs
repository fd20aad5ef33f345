//! `thinkmeter grade`: verdicts on stdout or in a file, the table beside them.

use crate::support::{Place, shared};

const PAIRS: &str = r#"{"id": 1, "gold": "1/2", "pred": "0.5", "family": "fractions", "expected": true}
{"id": 2, "gold": "1/2", "pred": "1/3", "family": "fractions", "expected": false}
{"id": "c", "gold": ["7", "8"], "pred": "So it is \\boxed{8}.", "kind": "reply", "family": "lists", "expected": true}
{"id": 4, "gold": "5", "pred": "6", "family": "lists", "expected": true}
{"id": 5, "gold": "9", "pred": "9%", "family": "percent", "expected": true, "policy": true}
{"pred": "The answer is B.", "kind": "extract", "family": "extraction", "expected": ["B", "b"]}
"#;

const TABLE: &str = "\
family              n  right  false pos  false neg  unknown  right %
--------------------------------------------------------------------
extraction          1      1          0          0        0   100.00
fractions           2      2          0          0        0   100.00
lists               2      1          0          1        0    50.00
--------------------------------------------------------------------
all (micro)         5      4          0          1        0    80.00
all (macro)                                                    83.33
conventions, apart  1      1          0          0        0   100.00

right 80.00 % micro, 83.33 % macro over 3 families; false positives 0.00 %, false negatives 20.00 %, unknown 0.00 % (n = 5)
6 rows: 4 equal, 2 different, 0 unknown
time per row: median ";

#[test]
fn verdicts_are_data_and_the_table_is_talk() {
    let place = Place::new();
    place.write("pairs.jsonl", PAIRS);
    let done = place.succeed(&["grade", "pairs.jsonl"]);
    assert!(done.stderr.starts_with(TABLE), "{}", done.stderr);
    let verdict = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(row["microseconds"].as_f64().is_some_and(|time| time > 0.0), "{line}");
        ["line", "id", "verdict", "rule", "extracted", "mark"].map(|key| row[key].to_string()).join(" ")
    };
    let verdicts: Vec<String> = done.stdout.lines().map(verdict).collect();
    let expect = [
        r#"1 "1" "equal" null null "right""#,
        r#"2 "2" "different" null null "right""#,
        r#"3 "c" "equal" "boxed" "8" "right""#,
        r#"4 "4" "different" null null "false_negative""#,
        r#"5 "5" "equal" null null "right""#,
        r#"6 null "equal" "answer_is" "B" "right""#,
    ];
    assert_eq!(verdicts, expect);
    let quiet = place.succeed(&["grade", "pairs.jsonl", "--quiet"]);
    assert_eq!((quiet.stderr.as_str(), quiet.stdout.lines().count()), ("", 6));
}

#[test]
fn rows_go_to_a_file_and_then_the_table_to_stdout() {
    let place = Place::new();
    place.write(
        "pairs.csv",
        "gold,pred,expected\n4,So \\boxed{4}.,1\n\"1,234\",The answer is 1234,true\n5,6,0\n",
    );
    let done = place.succeed(&["grade", "pairs.csv", "--reply", "-o", "verdicts.csv"]);
    assert!(
        done.stdout.contains("all (micro)  3      3          0          0        0   100.00"),
        "{}",
        done.stdout
    );
    let rows = place.read("verdicts.csv");
    assert!(rows.lines().nth(1).unwrap().starts_with("2,,,reply,equal,"), "{rows}");
    place.succeed(&["grade", "pairs.csv", "--reply", "-o", "verdicts.parquet"]);
    // What was written is a file of rows like any other.
    let again = place.run(&["grade", "verdicts.parquet"]);
    assert_eq!(again.code, 3);
    assert!(again.stderr.contains("verdicts.parquet:1: no column `pred`; the row has: "), "{}", again.stderr);
    let csv = place.succeed(&["grade", "pairs.csv", "--format", "csv", "-q"]);
    assert!(csv.stdout.starts_with("line,id,family,kind,verdict,"), "{}", csv.stdout);
}

#[test]
fn the_policy_is_printed_and_can_be_switched() {
    let place = Place::new();
    place.write("pairs.jsonl", "{\"gold\": \"9\", \"pred\": \"9%\"}\n");
    let verdict = |args: &[&str]| {
        let done = place.succeed(&[&["grade", "pairs.jsonl"], args].concat());
        (done.stdout.contains("\"verdict\":\"equal\""), done.stderr)
    };
    let (equal, said) = verdict(&[]);
    assert!(equal && said.contains("percent_optional=true"), "{said}");
    let (equal, said) = verdict(&["--set", "percent_optional=false"]);
    assert!(!equal && said.contains("percent_optional=false"), "{said}");
    let done = place.run(&["grade", "pairs.jsonl", "--set", "percent_optoinal=false"]);
    assert_eq!(done.code, 3);
    assert!(done.stderr.contains("did you mean `percent_optional`?"), "{}", done.stderr);
}

#[test]
fn broken_input_names_the_line_and_leaves_no_file() {
    let place = Place::new();
    let check = |content: &str, expect: &str| {
        place.write("pairs.jsonl", content);
        let done = place.run(&["grade", "pairs.jsonl", "-o", "out.jsonl"]);
        assert_eq!(done.code, 3, "{}", done.stderr);
        assert!(done.stderr.contains(expect), "{}", done.stderr);
        assert!(!place.path("out.jsonl").exists());
    };
    check(
        "{\"gold\": 1, \"pred\": 1}\n{\"gold\": 1}\n",
        "pairs.jsonl:2: no column `pred`; the row has: gold",
    );
    check("{\"gold\": 1, \"pred\": 1}\n{\"gold\": 1, \"pr", "pairs.jsonl:2, column 15: the line is cut off");
    check(
        "{\"gold\": 1, \"pred\": 1, \"expected\": 2}\n",
        "pairs.jsonl:1: column `expected` should hold true or false",
    );
    check("", "pairs.jsonl is empty");
    place.write("pairs.jsonl", PAIRS);
    let done = place.run(&["grade", "pairs.jsonl", "-o", "out.txt"]);
    assert_eq!(done.code, 3);
    assert!(done.stderr.contains("out.txt: cannot tell the format"), "{}", done.stderr);
}

#[test]
fn real_pairs_are_graded_alike_as_any_format() {
    let Some(pairs) = shared("data/answers/pairs.jsonl") else { return };
    let place = Place::new();
    let done = place.succeed(&["grade", pairs.to_str().unwrap(), "-o", "out.jsonl"]);
    assert!(done.stdout.contains("conventions, apart"), "{}", done.stdout);
    assert_eq!(place.read("out.jsonl").lines().count(), 4379);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    place.write("pairs.jsonl", &PAIRS.repeat(20_000));
    let script = format!(
        "{} grade pairs.jsonl | head -n 1; echo ${{PIPESTATUS[0]}}",
        env!("CARGO_BIN_EXE_thinkmeter")
    );
    let done = crate::support::done(place.shell(&script).spawn().unwrap());
    assert_eq!(done.stdout.lines().last(), Some("0"), "{}\n{}", done.stdout, done.stderr);
    assert!(!done.stderr.contains("error"), "{}", done.stderr);
}
