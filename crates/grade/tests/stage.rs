//! The stage from tables to a table.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop at once")]

use stage::{About, Document, Files, Run, Silent, Stage as _, Summary, Target, table};
use tables::{Generation, Grade, Problem, Provenance, Row, TableReader, TableWriter, Verdict};
use thinkmeter_grade::GradeStage;

fn write<R: Row>(path: &std::path::Path, rows: Vec<R>) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

fn graded(problems: Vec<Problem>, replies: &[(&str, &[&str])]) -> (Vec<Grade>, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let reply = |id: &str, (sample, text): (usize, &&str)| Generation {
        problem_id: id.to_owned(),
        sample: u32::try_from(sample).unwrap(),
        answer_text: (*text).to_owned(),
        ..Generation::default()
    };
    let generations =
        replies.iter().flat_map(|(id, texts)| texts.iter().enumerate().map(|text| reply(id, text)));
    write(&path("p"), problems);
    write(&path("g"), generations.collect());
    let files = Files::default()
        .reading(table::PROBLEMS, path("p"))
        .reading(table::GENERATIONS, path("g"))
        .writing(table::GRADES, path("out"));
    let run = Run {
        target: Target { models: &[], included: &[], at: None, about: &About::default() },
        files: &files,
        ask: None,
        provenance: &Provenance::default(),
        observer: &Silent,
    };
    let summary = GradeStage.configure(&Document::default()).unwrap().run(&run).unwrap();
    (TableReader::open(&path("out")).unwrap().map(Result::unwrap).collect(), summary)
}

fn problem(id: &str, gold: &str, choices: &[&str]) -> Problem {
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    Problem { id: id.into(), gold: vec![gold.into()], choices, ..Problem::default() }
}

#[test]
fn every_generation_gets_a_grade_and_the_class_of_its_answer() {
    let problems = vec![problem("sum", "5", &[]), problem("which", "B", &["4", "5"])];
    let sums: &[&str] = &["\\boxed{7}", "The answer is 5.", "7.0", "I would rather not say.", "\\boxed{5}"];
    let options: &[&str] = &["The answer is 5.", "(B)", "**B**", "B) 5", "The answer is A."];
    let (grades, summary) = graded(problems, &[("sum", sums), ("which", options)]);
    let found: Vec<_> = grades.iter().map(|grade| (grade.sample, grade.verdict, grade.class)).collect();
    let expect = [
        (0, Verdict::Wrong, Some(0)),
        (1, Verdict::Right, Some(1)),
        (2, Verdict::Wrong, Some(0)),
        (3, Verdict::NoAnswer, None),
        (4, Verdict::Right, Some(1)),
        (0, Verdict::Right, Some(0)),
        (1, Verdict::Right, Some(0)),
        (2, Verdict::Right, Some(0)),
        (3, Verdict::Right, Some(0)),
        (4, Verdict::Wrong, Some(1)),
    ];
    assert_eq!(found, expect);
    assert!(grades.iter().all(|grade| grade.grader == "answer" && grade.calls == 0));
    assert_eq!((summary.rows, summary.failed, summary.counts["right"]), (10, 0, 6));
}
