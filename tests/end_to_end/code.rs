//! Programs that a model wrote: run against tests, in a sandbox, by the real program.

mod confined;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tables::{Grade, TableReader};

use crate::support::Place;

/// This machine can confine programs; told where it cannot.
fn can_run() -> bool {
    let looked = Place::new().run(&["doctor", "--sandbox"]);
    if looked.code != 0 {
        eprintln!("skipped: {}", looked.stdout);
    }
    looked.code == 0
}

fn problem(id: &str, tests: Value) -> Value {
    json!({"problem_id": id, "problem": format!("Solve {id}."), "model": "m", "tests": tests})
}

/// Replies that hold each of these programs, to one problem with these tests.
fn rows(problem: &Value, programs: &[&str]) -> String {
    let row = |program: &&str| {
        let mut row = problem.clone();
        row["response"] = format!("<think>\nA moment.\n</think>\n\n```python\n{program}\n```\n").into();
        format!("{row}\n")
    };
    programs.iter().map(row).collect()
}

const RECORDED: &[&str] = &[
    "run",
    "recorded",
    "--quiet",
    "--set",
    "models.*.tokenizer=builtin",
    "--set",
    "grade.kind=code",
    "--to",
    "grade",
];

fn with_keys<'a>(keys: &[&'a str]) -> Vec<&'a str> {
    RECORDED.iter().copied().chain(keys.iter().flat_map(|key| ["--set", key])).collect()
}

fn graded(place: &Place, keys: &[&str]) -> Vec<Grade> {
    place.succeed(&with_keys(keys));
    grades_of(place)
}

/// What the last run graded.
fn grades_of(place: &Place) -> Vec<Grade> {
    let table = place.path("runs/recorded/m/grades.parquet");
    TableReader::open(&table).unwrap().collect::<Result<_, _>>().unwrap()
}

fn outcomes(grades: &[Grade]) -> Vec<&str> {
    grades.iter().map(|grade| grade.outcome.as_deref().unwrap_or("none")).collect()
}

const OWN: &[&str] = &["dataset.path=rows.jsonl", "dataset.tests=tests"];

const PROGRAMS: usize = 20;
const SMALL: &[&str] = &["grade.cpu_seconds=1", "grade.memory_mb=512"];

/// Two numbers on a line, and their sum; the second test is hidden.
fn sum() -> Value {
    problem(
        "sum",
        json!([{"input": "1 2\n", "output": "3\n"}, {"input": "5 5\n", "output": "10\n", "public": false}]),
    )
}

/// Programs that solve it or do not, and what becomes of them with a second of CPU and half a gigabyte.
fn programs() -> [(&'static str, &'static str); PROGRAMS] {
    [
        ("a, b = map(int, input().split())\nprint(a + b)", "pass"),
        ("import sys\nprint(sum(map(int, sys.stdin.read().split())))\nquit()", "pass"),
        (
            "total = 0\ndef add(x):\n    global total\n    total += x\nfor x in input().split(): add(int(x))\nprint(total)",
            "pass",
        ),
        ("print(sum(map(int, open(0).read().split())))", "pass"),
        ("print(3)", "wrong_answer"),
        ("print(input())", "wrong_answer"),
        ("print(int('x'))", "runtime_error"),
        ("import os; os._exit(0)", "wrong_answer"),
        ("import os; os.kill(os.getpid(), 9)", "runtime_error"),
        ("while True: pass", "time_limit"),
        ("a = []\nwhile True: a.append(bytearray(1 << 24))", "memory_limit"),
        ("while True: print('x' * 65536)", "output_limit"),
        ("def f(:\n  pass", "compile_error"),
        ("import atexit\natexit.register(lambda: print(3))", "wrong_answer"),
        (
            "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print(sum(map(int, input().split()))))).start()",
            "pass",
        ),
        ("import sys\nsys.stderr.write('e' * 10_000_000)\nprint(sum(map(int, input().split())))", "pass"),
        (
            "import sys\ndef trace(frame, event, arg):\n    return trace\nsys.settrace(trace)\nprint(sum(map(int, input().split())))",
            "pass",
        ),
        (
            // It may become itself once more, in the same box: that gains it nothing.
            "import os\nos.environ['LD_PRELOAD'] = '/tmp/x.so'\nos.execv('/usr/bin/python3', ['python3', '-c', 'print(3)'])",
            "wrong_answer",
        ),
        ("print(open('/proc/self/environ').read())", "runtime_error"),
        (
            "import gc\nprint([o for o in gc.get_objects() if isinstance(o, str) and o == '3'])",
            "wrong_answer",
        ),
    ]
}

#[test]
fn verdicts_are_those_of_a_judge_of_programs() {
    if !can_run() {
        return;
    }
    let place = Place::new();
    let (sum, programs) = (sum(), programs());
    place.write("rows.jsonl", &rows(&sum, &programs.map(|(program, _)| program)));
    let grades = graded(&place, &[OWN, SMALL].concat());
    assert_eq!(
        outcomes(&grades),
        programs.map(|(_, expect)| expect),
        "{:?}",
        grades.iter().map(|g| &g.raw).collect::<Vec<_>>()
    );
    for grade in &grades {
        let right = grade.outcome.as_deref() == Some("pass");
        assert_eq!(grade.verdict.correct(), Some(right));
        assert_eq!((grade.tests, grade.failed_at.is_none()), (Some(2), right));
        assert_eq!(grade.reason, None);
    }
    // The second test is where `print(3)` fails, and one test had passed.
    assert_eq!((grades[4].passed, grades[4].failed_at), (Some(1), Some(1)));
    assert_eq!(grades[4].raw.as_deref(), Some("test 2: wrong answer\ninput: 5 5\nexpected: 10\ngiven: 3"));
    // Equal programs share a class, whatever they answer.
    assert_eq!(grades[0].class, Some(0));
}

#[test]
fn functions_are_called_and_their_values_compared_outside() {
    if !can_run() {
        return;
    }
    let place = Place::new();
    let mut pairs = problem(
        "pairs",
        json!([{"input": "[1, 2, 3]\n4", "output": "[[0, 2]]"}, {"input": "[]\n4", "output": "[]"}]),
    );
    pairs["function"] = "pairs".into();
    let loops =
        "[(i, j) for i in range(len(nums)) for j in range(i + 1, len(nums)) if nums[i] + nums[j] == k]";
    let method = format!(
        "class Solution:\n    def pairs(self, nums: List[int], k: int) -> List[List[int]]:\n        print('noise')\n        return {loops}"
    );
    let bare = format!("def pairs(nums, k):\n    return {loops}");
    let threads = format!(
        "import threading, time\ndef pairs(nums, k):\n    threading.Thread(target=time.sleep, args=(99,)).start()\n    return {loops}"
    );
    let programs = [
        (&*method, "pass"),
        (&*bare, "pass"),
        (&*threads, "pass"),
        ("class Solution:\n    def pair(self, nums, k): return []", "compile_error"),
        ("class Y:\n    def __eq__(self, o): return True\ndef pairs(nums, k): return Y()", "wrong_answer"),
        ("def pairs(nums, k): return float('nan')", "wrong_answer"),
        ("def pairs(nums, k): return {1, 2}", "wrong_answer"),
        ("def pairs(nums, k): pass", "wrong_answer"),
        (
            "import sys\ndef pairs(nums, k):\n    f = sys._getframe()\n    while f.f_back: f = f.f_back\n    return f.f_locals['expected']",
            "runtime_error",
        ),
        (
            // It looks at whoever calls it, line by line, and finds nothing to gain.
            "import sys\nseen = []\ndef pairs(nums, k):\n    f = sys._getframe()\n    while f:\n        f.f_trace = look; f = f.f_back\n    sys.settrace(look)\n    return 1\ndef look(frame, event, arg):\n    seen.extend(v for v in frame.f_locals.values() if v == [[0, 2]])\n    if seen: print(seen)\n    return look",
            "wrong_answer",
        ),
        (
            "import json\njson.dumps = lambda *a, **k: '[[0, 2]]'\ndef pairs(nums, k): return 1",
            "wrong_answer",
        ),
    ];
    place.write("rows.jsonl", &rows(&pairs, &programs.map(|(program, _)| program)));
    assert_eq!(
        outcomes(&graded(&place, &[OWN, &["grade.all_tests=true"]].concat())),
        programs.map(|(_, expect)| expect)
    );
}

#[test]
fn a_reply_without_a_program_and_a_problem_without_outputs_have_no_verdict_to_be_proud_of() {
    if !can_run() {
        return;
    }
    let place = Place::new();
    let tests = json!([{"input": "", "output": "1"}]);
    let row = |id: &str, tests: &Value, response: &str, finish: &str| {
        let mut row = problem(id, tests.clone());
        row["response"] = response.into();
        row["finish_reason"] = finish.into();
        format!("{row}\n")
    };
    let kept = json!([{"input": "", "output": null}]);
    let rows = [
        row("a", &tests, "<think>x</think>I cannot.", "stop"),
        row("b", &tests, "<think>x</think>```python\nprint(1", "length"),
        row("c", &tests, "<think>```python\nprint(1)\n```", "length"),
        row("d", &kept, "<think>x</think>```python\nprint(1)\n```", "stop"),
        row("e", &tests, "<think>x</think>```python\r\nprint(1)\r\n```\r\n", "stop"),
    ];
    place.write("rows.jsonl", &rows.concat());
    let grades = graded(&place, OWN);
    let found: Vec<_> =
        grades.iter().map(|grade| (grade.verdict.name(), grade.how.as_deref().unwrap_or_default())).collect();
    let expect = [
        ("no_answer", "there is no program in the reply"),
        ("no_answer", "the program is cut at the token limit"),
        ("no_answer", "the thinking never ended"),
        ("no_gold", "the tests keep to themselves what is right"),
        ("right", "passed all tests"),
    ];
    assert_eq!(found, expect);
}

#[test]
fn first_right_programs_are_found_in_the_thinking() {
    if !can_run() {
        return;
    }
    let place = Place::new();
    place.succeed(&["run", "demo-code", "--quiet"]);
    let grades = |model: &str| -> Vec<Grade> {
        let table = place.path(&format!("runs/demo-code/{model}/grades.parquet"));
        TableReader::open(&table).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let right =
        |model: &str| grades(model).iter().filter(|grade| grade.verdict.correct() == Some(true)).count();
    assert_eq!((right("to-the-point"), right("overthinker")), (20, 21));
    for grade in grades("overthinker").iter().filter(|grade| grade.verdict.correct() == Some(true)) {
        let blocks: Vec<bool> = grade.blocks.as_ref().unwrap().iter().map(|block| block.right).collect();
        assert_eq!(blocks, [false, true], "{}", grade.problem_id);
    }
    let again = place.succeed(&["run", "demo-code"]);
    assert!(again.stderr.contains("up to date"), "{}", again.stderr);
}

/// The programs of the shared sample inputs with their verdicts.
#[test]
fn programs_in_the_shape_of_livecodebench_get_their_verdicts() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/benchmarks");
    let read = |name: &str| std::fs::read_to_string(format!("{data}/{name}")).ok();
    let (Some(problems), Some(programs)) = (read("lcb_rows.jsonl"), read("lcb_programs.jsonl")) else {
        eprintln!("skipped: shared/data is not beside this checkout");
        return;
    };
    if !can_run() {
        return;
    }
    let parse = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let problems: BTreeMap<String, Value> =
        problems.lines().map(parse).map(|row| (text(&row["question_id"]), row)).collect();
    let place = Place::new();
    let mut expect = BTreeMap::new();
    let mut rows = String::new();
    for program in programs.lines().map(parse) {
        let mut row = problems[program["problem"].as_str().unwrap()].clone();
        let name = format!("{}: {}", text(&program["problem"]), text(&program["name"]));
        row["model"] = "m".into();
        row["trace_id"] = name.clone().into();
        row["response"] = format!("```python\n{}\n```", text(&program["code"])).into();
        rows.push_str(&format!("{row}\n"));
        expect.insert(name, text(&program["expected"]));
    }
    place.write("rows.jsonl", &rows);
    let keys = [
        "dataset.path=rows.jsonl",
        "dataset.format=columns",
        "dataset.tests=livecodebench",
        "dataset.columns.problem=question_content",
        "dataset.columns.answer=",
        "dataset.columns.trace_id=trace_id",
        "grade.cpu_seconds=2",
    ];
    let grades = graded(&place, &keys);
    let table = place.path("runs/recorded/m/generations.parquet");
    let generations: Vec<tables::Generation> =
        TableReader::open(&table).unwrap().collect::<Result<_, _>>().unwrap();
    let found: BTreeMap<String, String> = generations
        .iter()
        .zip(&grades)
        .map(|(generation, grade)| {
            (generation.trace_id.clone().unwrap(), grade.outcome.clone().unwrap_or_default())
        })
        .collect();
    assert_eq!(found, expect);
}

/// The second program in the thinking passes; the third step says no more than that.
#[test]
fn the_step_with_the_first_right_program_is_found_and_what_it_took_is_counted() {
    if !can_run() {
        return;
    }
    let place = Place::new();
    let mut row = sum();
    let block = |program: &str| format!("```python\n{program}\n```");
    let (wrong, right) = (block("print(3)"), block("print(sum(map(int, input().split())))"));
    row["response"] = format!(
        "<think>\nThe example gives 3:\n{wrong}\n\nNo, add them:\n{right}\n\nThat is it, and it is short.\n</think>\n\n{right}"
    )
    .into();
    place.write("rows.jsonl", &format!("{row}\n"));
    let keys = ["models.*.tokenizer=builtin", "grade.kind=code", "grade.thinking=true", "judge.kind=checked"];
    let keys = OWN.iter().chain(&keys).flat_map(|key| ["--set", key]);
    place.succeed(&["run", "recorded", "--quiet"].into_iter().chain(keys).collect::<Vec<_>>());
    fn only<R: tables::Row>(place: &Place, table: &str) -> R {
        let path = place.path(&format!("runs/recorded/m/{table}.parquet"));
        TableReader::open(&path).unwrap().next().unwrap().unwrap()
    }
    let blocks = only::<Grade>(&place, "grades").blocks.unwrap();
    assert_eq!(blocks.iter().map(|block| block.right).collect::<Vec<_>>(), [false, true]);
    let split: tables::Split = only(&place, "splits");
    assert_eq!(split.steps.len(), 3);
    let by_hand = split.steps[0].tokens + split.steps[1].tokens;
    let score: tables::Score = only(&place, "scores");
    assert_eq!((score.first_correct_step, score.first_correct_tokens), (Some(1), Some(by_hand)));
    let efficiency = f64::from(by_hand) / f64::from(split.tokens);
    assert!((score.token_efficiency.unwrap() - efficiency).abs() < 1e-12 && efficiency < 1.0);
}

#[test]
fn tests_that_nobody_runs_are_told() {
    let place = Place::new();
    place.write("rows.jsonl", &rows(&sum(), &["print(1)"]));
    let keys = ["models.*.tokenizer=builtin"];
    let keys = OWN.iter().chain(&keys).flat_map(|key| ["--set", key]);
    let done =
        place.succeed(&["run", "recorded", "--to", "grade"].into_iter().chain(keys).collect::<Vec<_>>());
    assert!(
        done.stderr.contains("the grader `answer` runs none, so no reply has a verdict"),
        "{}",
        done.stderr
    );
}
