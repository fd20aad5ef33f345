//! Multiple choice: letters out of replies, orders that give nothing away, and what the report says of letters.

use serde_json::{Value, json};
use tables::{Generation, Grade, Problem, TableReader};
use testkit::{Asked, Behaviour, Replies, Said, Script, ScriptedServer};

use crate::support::{Place, shared};

/// As many rows as GPQA-Diamond has, in its columns, made up: the right option stands first.
const ROWS: usize = 198;

fn questions(place: &Place) {
    let head = "Record ID,Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3,High-level domain";
    let row = |at: usize| {
        let domain = ["Physics", "Chemistry", "Biology"][at % 3];
        format!(
            "rec{at:03},Which stone lies at {at}?,right stone {at},wrong stone {at}a,wrong stone {at}b,wrong stone {at}c,{domain}"
        )
    };
    let rows: Vec<String> = std::iter::once(head.to_owned()).chain((0..ROWS).map(row)).collect();
    place.write("stones.csv", &rows.join("\n"));
}

fn pipeline(place: &Place, server: &ScriptedServer, shuffle: &str, samples: u32) {
    let text = format!(
        "[dataset]\npreset = \"gpqa-diamond\"\npath = \"stones.csv\"\nshuffle_choices = \"{shuffle}\"\n\
         [[models]]\nname = \"m\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{}\"\nsamples = {samples}\ntokenizer = \"builtin\"\n\
         [split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n",
        server.base_url()
    );
    place.write("stones.toml", &text);
}

fn rows<R: tables::Row>(place: &Place, table: &str) -> Vec<R> {
    TableReader::open(&place.path(&format!("runs/stones/{table}")))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn choices(place: &Place) -> Value {
    let report: Value = serde_json::from_str(&place.read("runs/stones/report.json")).unwrap();
    report["models"][0]["choices"].clone()
}

/// χ² of the places of the right options; its 99 % point with 3 degrees of freedom is 11.345.
fn spread(choices: &Value) -> f64 {
    let letters = choices["letters"].as_array().unwrap();
    let number = |letter: &Value, name: &str| letter[name].as_f64().unwrap();
    let apart = |letter: &Value| {
        let expected = number(letter, "askings_by_chance");
        (number(letter, "askings") - expected).powi(2) / expected
    };
    letters.iter().map(apart).sum()
}

fn always(said: &str) -> ScriptedServer {
    let behaviour = Behaviour { replies: Replies::Fixed(Said::plain(said)), ..Behaviour::default() };
    ScriptedServer::start(Script::of(behaviour)).unwrap()
}

#[test]
fn whoever_always_says_d_is_right_by_chance() {
    for (shuffle, samples) in [("problem", 1), ("sample", 2)] {
        let (place, server) = (Place::new(), always("Answer: D"));
        questions(&place);
        pipeline(&place, &server, shuffle, samples);
        place.succeed(&["run", "stones.toml", "--quiet"]);
        let grades: Vec<Grade> = rows(&place, "m/grades.parquet");
        let right = grades.iter().filter(|grade| grade.verdict.correct() == Some(true)).count();
        let share = right as f64 / grades.len() as f64;
        assert!((share - 0.25).abs() <= 0.06, "{shuffle}: {share}");
        let said = choices(&place);
        assert!(spread(&said) < 11.345, "{shuffle}: {said}");
        assert_eq!(
            (&said["letters"][3]["chosen"], &said["letters"][0]["chosen"]),
            (&json!(grades.len()), &json!(0))
        );
        // Where the right option stood at D all are right, elsewhere none.
        for (at, letter) in said["letters"].as_array().unwrap().iter().enumerate() {
            let expect = if at == 3 { letter["replies"].clone() } else { json!(0) };
            assert_eq!(letter["right"], expect, "{shuffle} {at}");
        }
        let orders = |place: &Place| {
            let asked: Vec<Generation> = rows(place, "m/generations.parquet");
            let problems: Vec<Problem> = rows(place, "problems.parquet");
            let orders: Vec<_> =
                asked.into_iter().map(|row| (row.problem_id, row.sample, row.permutation)).collect();
            let shown: Vec<_> = problems.into_iter().map(|problem| (problem.id, problem.choices)).collect();
            (orders, shown)
        };
        let before = orders(&place);
        place.succeed(&["run", "stones.toml", "--quiet", "--from", "judge"]);
        assert_eq!(orders(&place), before);
        let again = Place::new();
        questions(&again);
        pipeline(&again, &server, shuffle, samples);
        again.succeed(&["run", "stones.toml", "--quiet"]);
        assert_eq!(orders(&again), before);
        let page = place.read("runs/stones/report.html");
        assert!(page.contains("id=\"choices\"") && page.contains("Where the right options stood"));
    }
}

/// Knows the right stone wherever it stands, and says its letter.
fn expert(asked: &Asked) -> Option<Said> {
    let at = asked.prompt.find("right stone")?;
    let line = asked.prompt[..at].rsplit('\n').next()?;
    let letter = line.chars().find(char::is_ascii_uppercase)?;
    Some(Said::plain(format!("The answer is ({letter}).")))
}

#[test]
fn samples_that_choose_the_same_option_agree_whatever_its_letter() {
    let server = ScriptedServer::with_words(Script::default(), expert).unwrap();
    let place = Place::new();
    questions(&place);
    pipeline(&place, &server, "sample", 4);
    place.succeed(&["run", "stones.toml", "--quiet"]);
    let grades: Vec<Grade> = rows(&place, "m/grades.parquet");
    assert_eq!(grades.len(), 4 * ROWS);
    assert!(grades.iter().all(|grade| grade.verdict.correct() == Some(true) && grade.class == Some(0)));
    let letters: std::collections::BTreeSet<_> = grades.iter().map(|grade| grade.extracted.clone()).collect();
    assert_eq!(letters.len(), 4, "every letter was right somewhere");
    let agreement = &choices(&place)["agreement"];
    assert_eq!((&agreement["problems"], agreement["on_option"].as_f64()), (&json!(ROWS), Some(ROWS as f64)));
    assert!(agreement["on_letter"].as_f64().unwrap() < 0.35 * ROWS as f64, "{agreement}");
    let shown = place.succeed(&["show", "runs/stones", "rec000", "--sample", "1"]);
    let asked: Vec<Generation> = rows(&place, "m/generations.parquet");
    let right = asked[1].permutation.as_ref().unwrap().iter().position(|place| *place == 0).unwrap();
    let letter = char::from(b'A' + u8::try_from(right).unwrap());
    assert!(shown.stdout.contains(&format!("{letter}) right stone 0")), "{}", shown.stdout);
    assert!(shown.stdout.contains(&format!("answer: {letter}")), "{}", shown.stdout);
}

#[test]
fn one_right_letter_for_all_is_refused_and_so_are_orders_that_nobody_was_asked_in() {
    let place = Place::new();
    questions(&place);
    let load = |keys: &[&str]| {
        let keys = keys.iter().flat_map(|key| ["--set", key]);
        let args = ["load", "--preset", "gpqa-diamond", "--path", "stones.csv", "--output", "p.parquet"];
        place.run(&args.into_iter().chain(keys).collect::<Vec<_>>())
    };
    let refused = load(&["shuffle_choices=no"]);
    assert_eq!(refused.code, 3);
    assert!(
        refused
            .stderr
            .contains("the right option of all 198 problems is A, so whoever always says A is right"),
        "{}",
        refused.stderr
    );
    assert_eq!(load(&["shuffle_choices=no", "one_letter=true"]).code, 0);
    let told = load(&[]);
    assert!(told.stderr.contains("options of 198 problems: another order in each sample"), "{}", told.stderr);
    // All at D, as a file may have them already.
    let row = |at: usize| json!({"id": at, "problem": format!("Which is {at}?"), "choices": ["a", "b", "c", "d"], "answer": "D"});
    let all_d: String = (0..ROWS).map(|at| format!("{}\n", row(at))).collect();
    place.write("d.jsonl", &all_d);
    let refused = place.run(&["load", "--dataset", "jsonl", "--path", "d.jsonl", "--output", "d.parquet"]);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains("of all 198 problems is D"), "{}", refused.stderr);
    let few = place.run(&[
        "load",
        "--preset",
        "gpqa-diamond",
        "--path",
        "stones.csv",
        "--output",
        "p.parquet",
        "--set",
        "expect_rows=448",
    ]);
    assert!(
        few.code == 3 && few.stderr.contains("the source has 198 problems, and `expect_rows` says 448"),
        "{}",
        few.stderr
    );
    place.write("bare.csv", "Question,Correct Answer\nWhich?,this\n");
    let bare =
        place.run(&["load", "--preset", "gpqa-diamond", "--path", "bare.csv", "--output", "p.parquet"]);
    assert!(bare.code == 3 && bare.stderr.contains("Incorrect Answer 1"), "{}", bare.stderr);
    let reply =
        json!({"problem": "Which?", "choices": ["a", "b"], "answer": "A", "response": "A", "model": "m"});
    place.write("replies.jsonl", &reply.to_string());
    let asked = place.run(&[
        "run",
        "recorded",
        "--set",
        "dataset.path=replies.jsonl",
        "--set",
        "dataset.shuffle_choices=problem",
    ]);
    assert_eq!(asked.code, 3);
    assert!(
        asked.stderr.contains("recorded replies are to the options in the order in which they were asked"),
        "{}",
        asked.stderr
    );
}

#[test]
fn equal_options_and_those_that_speak_of_others_are_told() {
    let place = Place::new();
    let row = |id: &str, options: &[&str], answer: &str| {
        format!(
            "{}\n",
            json!({"id": id, "problem": format!("Which of {id}?"), "choices": options, "answer": answer})
        )
    };
    let text = [
        row("same", &["4", "5", "5"], "C"),
        row("above", &["4", "5", "all of the above"], "C"),
        row("plain", &["4", "5", "6"], "C"),
    ];
    place.write("q.jsonl", &text.concat());
    let load = ["load", "--dataset", "jsonl", "--path", "q.jsonl", "--output", "p.parquet"];
    let done = place.succeed(&[&load[..], &["--set", "shuffle_choices=sample"]].concat());
    assert!(done.stderr.contains("1 problems have options that are equal"), "{}", done.stderr);
    assert!(
        done.stderr.contains(
            "1 problems are asked in the order of the source: they have options that speak of others"
        ),
        "{}",
        done.stderr
    );
    let problems: Vec<Problem> =
        TableReader::open(&place.path("p.parquet")).unwrap().collect::<Result<_, _>>().unwrap();
    let shuffled: Vec<bool> = problems.iter().map(|problem| problem.shuffle.is_some()).collect();
    assert_eq!(shuffled, [true, false, true]);
}

/// Replies with the letter that a reader takes out of them, graded as any others are.
#[test]
fn letters_are_taken_out_of_replies_by_the_stage() {
    let Some(path) = shared("data/benchmarks/choice_replies.jsonl") else { return };
    let known: Vec<Value> = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let place = Place::new();
    let row = |(at, known): (usize, &Value)| {
        let row = json!({"problem_id": format!("p{at:03}"), "problem": "Which?", "choices": known["choices"], "answer": "A",
            "model": "m", "response": known["reply"]});
        format!("{row}\n")
    };
    place.write("rows.jsonl", &known.iter().enumerate().map(row).collect::<String>());
    place.succeed(&[
        "run",
        "recorded",
        "--quiet",
        "--to",
        "grade",
        "--set",
        "dataset.path=rows.jsonl",
        "--set",
        "dataset.one_letter=true",
        "--set",
        "models.*.tokenizer=builtin",
    ]);
    let table = place.path("runs/recorded/m/grades.parquet");
    let grades: Vec<Grade> = TableReader::open(&table).unwrap().collect::<Result<_, _>>().unwrap();
    let mut missed = Vec::new();
    for (known, grade) in known.iter().zip(&grades) {
        let chosen = grade.choice.and_then(|choice| choice.chosen);
        let letter = chosen.and_then(|place| tables::option_letter(place as usize)).map(String::from);
        let expect = known["letter"].as_str().map(str::to_owned);
        assert!(expect.is_some() || letter.is_none(), "a letter where none is: {known}");
        if letter != expect {
            missed.push(known["reply"].clone());
        }
    }
    eprintln!("{} of {} letters as read by a person", known.len() - missed.len(), known.len());
    assert!(missed.is_empty(), "{missed:?}");
}
