//! Tasks beside the first correct step: in a pipeline with a scripted server, and alone from labels.

use tables::{JudgeState, Judgment, Solution, TableReader};
use testkit::{Asked, Behaviour, Fault, Faults, Said, Script, ScriptedServer};

use crate::support::{Done, Place};

const TRACES: usize = 8;

/// Recorded traces with two solutions each, the second behind a switch.
fn traces() -> String {
    let row = |i: usize| {
        let (a, b, sum) = (i + 20, 3 * i + 40, 4 * i + 60);
        let thought = format!(
            "I add them up.\\n\\nSo {a} + {b} = {sum}.\\n\\nAlternatively, the other way round.\\n\\n{b} + {a} = {sum}, so the answer is {sum}."
        );
        format!(
            "{{\"id\": \"t{i}\", \"problem\": \"What is {a} + {b}?\", \"answer\": \"{sum}\", \"model\": \"m\", \
             \"response\": \"<think>{thought}</think>\\\\boxed{{{sum}}}\"}}\n"
        )
    };
    (0..TRACES).map(row).collect()
}

fn place(tasks: &str) -> Place {
    let place = Place::new();
    place.write("traces.jsonl", &traces());
    let pipeline = format!(
        "description = \"tasks\"\n[dataset]\nkind = \"recorded\"\npath = \"traces.jsonl\"\n\
         [split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n{tasks}"
    );
    place.write("t.toml", &pipeline);
    place
}

fn asks(server: &ScriptedServer, task: &str) -> String {
    format!("[tasks.{task}]\nmodel = \"{task}\"\nbase_url = \"{}\"\nreasks = 0\n", server.base_url())
}

/// A model for each task; what it says follows from what it is asked.
fn server(words: impl Fn(&Asked) -> Option<&'static str> + Send + Sync + 'static) -> ScriptedServer {
    let models = ["strategies", "verbosity", "ratings"];
    let script =
        models.iter().fold(Script::default(), |script, name| script.model(name, Behaviour::default()));
    ScriptedServer::with_words(script, move |asked| words(asked).map(Said::plain)).unwrap()
}

fn usual(asked: &Asked) -> Option<&'static str> {
    match asked.model.as_str() {
        "strategies" => Some("{\"strategies\": [{\"solutions\": [1]}, {\"solutions\": [0]}]}"),
        "verbosity" => Some("Brief. {\"verbosity\": 2}"),
        _ => {
            Some("{\"verbosity\": 3, \"difficulty\": 1, \"reasoning_valid\": true, \"solution_valid\": true}")
        }
    }
}

fn judgments(place: &Place, path: &str) -> Vec<Judgment> {
    TableReader::open(&place.path(path)).unwrap().map(Result::unwrap).collect()
}

const JUDGED: &str = "runs/t/m/judgments.parquet";

fn states(judgment: &Judgment) -> Vec<(&str, &str)> {
    judgment.tasks.iter().map(|note| (note.task.as_str(), note.state.as_str())).collect()
}

fn strategies(judgment: &Judgment) -> Vec<Option<u32>> {
    judgment.solutions.iter().flatten().map(|solution| solution.strategy).collect()
}

fn judged_anew(done: &Done) -> bool {
    done.stages("running (").iter().any(|stage| stage.starts_with("judge"))
}

#[test]
fn tasks_add_columns_in_one_pass_and_their_replies_are_paid_for_once() {
    let server = server(usual);
    let place = place(&(asks(&server, "strategies") + &asks(&server, "verbosity")));
    place.succeed(&["run", "t.toml"]);
    assert_eq!(server.count(), 2 * TRACES);
    for row in judgments(&place, JUDGED) {
        assert_eq!((row.judge.as_str(), row.state, row.step), ("rule", JudgeState::Found, Some(1)));
        assert_eq!((strategies(&row), row.verbosity, row.calls), (vec![Some(0), Some(1)], Some(2), 2));
        let thoughts: Vec<_> = row.thoughts.iter().flatten().map(|one| (one.step, one.correct)).collect();
        assert_eq!(thoughts, [(0, Some(true)), (2, Some(true))]);
        let all =
            [("solutions", "done"), ("strategies", "done"), ("thoughts", "done"), ("verbosity", "done")];
        assert_eq!(states(&row), all);
    }
    assert!(!judged_anew(&place.succeed(&["run", "t.toml"])));
    assert!(!judged_anew(&place.succeed(&["run", "t.toml", "--set", "tasks.verbosity.retries=1"])));
    let without = ["run", "t.toml", "--set", "tasks.verbosity.kind=off", "--offline"];
    assert!(judged_anew(&place.succeed(&without)), "a task belongs to what the judgments are");
    assert!(judgments(&place, JUDGED).iter().all(|row| row.verbosity.is_none() && row.tasks.len() == 3));
    assert_eq!(server.count(), 2 * TRACES, "a cached reply was paid for again");
}

#[test]
fn ratings_fill_the_columns_of_three_tasks_with_one_call() {
    let server = server(usual);
    let place = place(&asks(&server, "ratings"));
    place.succeed(&["run", "t.toml"]);
    assert_eq!(server.count(), TRACES);
    let row = judgments(&place, JUDGED).remove(0);
    assert_eq!((row.verbosity, row.difficulty), (Some(3), Some(1)));
    assert_eq!((row.reasoning_valid, row.solution_valid), (Some(true), Some(true)));
    let both = place.run(&["run", "t.toml", "--set", "tasks.verbosity.model=verbosity"]);
    assert_eq!(both.code, 3);
    assert!(both.stderr.contains("tasks.verbosity: `ratings` does this task as well"), "{}", both.stderr);
}

#[test]
fn a_task_that_cannot_be_read_fails_alone_and_is_counted() {
    let server = server(|asked| {
        let clumsy = asked.model == "strategies" && asked.body.to_string().contains("What is 20 + 40");
        if clumsy { Some("[[0, 1], [1]]") } else { usual(asked) }
    });
    let place = place(&(asks(&server, "strategies") + &asks(&server, "verbosity")));
    let done = place.run(&["run", "t.toml"]);
    assert!(done.stderr.contains("1 strategies failed"), "{}", done.stderr);
    let rows = judgments(&place, JUDGED);
    let note = rows[0].tasks.iter().find(|note| note.task == "strategies").unwrap();
    assert_eq!(note.reason.as_deref(), Some("solution 1 stands in two places"));
    assert_eq!((note.judge.as_str(), note.raw.as_deref()), ("llm:strategies", Some("[[0, 1], [1]]")));
    assert_eq!((strategies(&rows[0]), rows[0].verbosity), (vec![None, None], Some(2)));
    assert_eq!((rows[0].state, rows[0].step), (JudgeState::Found, Some(1)));
    assert_eq!(strategies(&rows[1]), [Some(0), Some(1)]);
}

#[test]
fn a_model_of_a_task_that_is_dead_ends_the_stage() {
    let script = Script::default().model("verbosity", Behaviour::default());
    let script = script.faults(Faults::always(Fault::NoMoney));
    let server = ScriptedServer::start(script).unwrap();
    let place = place(&asks(&server, "verbosity"));
    let done = place.run(&["run", "t.toml"]);
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(!place.path(JUDGED).exists());
}

#[test]
fn unknown_tasks_kinds_and_keys_are_named_with_the_nearest_known_ones() {
    let place = place("[tasks.stratgies]\n[tasks.solutions]\nkind = \"ruel\"\n[tasks.thoughts]\nset = []\n");
    let done = place.run(&["run", "t.toml"]);
    assert_eq!(done.code, 3);
    for expect in [
        "tasks.stratgies: unknown task `stratgies` (did you mean `strategies`?)",
        "tasks.solutions.kind: unknown judge of solutions `ruel` (did you mean `rule`?)",
        "tasks.thoughts.set: unknown key `set` (did you mean `sets`?)",
    ] {
        assert!(done.stderr.contains(expect), "{expect}\n{}", done.stderr);
    }
    let listed = place.succeed(&["list", "tasks"]).stdout;
    for task in ["difficulty", "ratings", "solutions", "strategies", "thoughts", "validity", "verbosity"] {
        assert!(listed.lines().any(|line| line.starts_with(task)), "{task}\n{listed}");
    }
}

#[test]
fn a_stage_alone_takes_tasks_and_labels_too() {
    let place = place("");
    place.succeed(&["run", "t.toml", "--to", "split"]);
    let labels: String = (0..TRACES)
        .map(|i| format!("{{\"trace_id\": \"t{i}\", \"labels\": {{\"solutions\": [1, 3], \"strategies\": [4, {}]}}}}\n", i % 2 * 4))
        .collect();
    place.write("labels.jsonl", &labels);
    let tables = ["--problems", "runs/t/problems.parquet", "--generations", "runs/t/m/generations.parquet"];
    let steps =
        ["--grades", "runs/t/m/grades.parquet", "--splits", "runs/t/m/splits.parquet", "-o", "j.parquet"];
    let file = |task: &str| format!("tasks.{task}.path=labels.jsonl");
    let (first, second) = (file("solutions"), file("strategies"));
    let tasks = ["--task", "solutions=recorded", "--task", "strategies=recorded", "--task", "thoughts=off"];
    let sets = ["--set", first.as_str(), "--set", second.as_str()];
    place.succeed(&[&["judge"], &tables[..], &steps, &tasks, &sets].concat());
    for (index, row) in judgments(&place, "j.parquet").iter().enumerate() {
        let of = |end, strategy| (end, strategy);
        let told: Vec<_> =
            row.solutions.iter().flatten().map(|one: &Solution| of(one.end, one.strategy)).collect();
        assert_eq!(told, [(1, Some(0)), (3, Some(1 - index as u32 % 2))], "{index}");
        assert!(row.solutions.iter().flatten().all(|one| one.correct == Some(true)), "{index}");
        assert!(row.thoughts.is_none());
    }
}
