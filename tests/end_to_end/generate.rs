//! What a model is asked and what it costs: templates, worked examples, money that ends.

use testkit::{Behaviour, Script, ScriptedServer, UsageStyle};

use crate::support::Place;

const PROBLEMS: usize = 30;

fn place(server: &ScriptedServer, more: &str) -> Place {
    let place = Place::new();
    let row =
        |i: usize| format!("{{\"id\": {i}, \"problem\": \"What is {i} + 4?\", \"answer\": {}}}\n", i + 4);
    place.write("sums.jsonl", &(0..PROBLEMS).map(row).collect::<String>());
    place.write(
        "p.toml",
        &format!(
            "description = \"sums\"\n[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n\
             [[models]]\nname = \"m\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{}\"\n{more}\n",
            server.base_url()
        ),
    );
    place
}

fn server(usage: UsageStyle) -> ScriptedServer {
    ScriptedServer::start(Script::of(Behaviour { usage, ..Behaviour::default() })).unwrap()
}

#[test]
fn a_prompt_that_cannot_be_made_is_refused_before_anything_is_asked() {
    let server = server(UsageStyle::Full);
    let check = |more: &str, expect: &str| {
        let place = place(&server, more);
        let done = place.run(&["run", "p.toml"]);
        assert_eq!(done.code, 3, "{more}: {}", done.stderr);
        assert!(done.stderr.contains(expect), "{more}: {}", done.stderr);
        assert!(!place.path("runs").exists());
    };
    check(
        "prompt = '''Solve:\n{{ problme }}'''",
        "models[0].prompt: line 2: there is no variable `problme` (did you mean `problem`?)",
    );
    check("prompt = '{{ problem'", "models[0].prompt: line 1: syntax error");
    check("prompt_file = 'nowhere.txt'", "models[0].prompt_file: cannot read nowhere.txt: ");
    check("few_shot_file = 'nowhere.jsonl'", "models[0].few_shot_file: cannot read nowhere.jsonl: ");
    check("few_shot = 3", "models[0].few_shot_file: missing");
    check("system = '{{ sytem }}'", "models[0].system: line 1: there is no variable `sytem`");
    assert_eq!(server.count(), 0);
}

#[test]
fn the_body_has_keys_that_are_not_for_the_taking() {
    let server = server(UsageStyle::Full);
    let place = place(&server, "extra_body = { stream = true }");
    let done = place.run(&["run", "p.toml"]);
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert!(done.stderr.contains("`extra_body.stream` is not yours to set"), "{}", done.stderr);
    assert_eq!(server.count(), 0);
}

#[test]
fn a_column_that_one_problem_lacks_is_named_with_that_problem() {
    let server = server(UsageStyle::Full);
    let place = place(&server, "prompt = '''{{ problem }}\n{{ extra.hint }}'''");
    let done = place.run(&["run", "p.toml"]);
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert!(
        done.stderr.contains("problem `0`: `prompt`, line 2: undefined value: `extra.hint`"),
        "{}",
        done.stderr
    );
}

#[test]
fn worked_examples_are_part_of_what_is_asked() {
    let server = server(UsageStyle::Full);
    let place = place(&server, "few_shot_file = 'shown.jsonl'\nfew_shot = 1");
    place.write(
        "shown.jsonl",
        "{\"problem\": \"What is 1 + 4?\", \"answer\": 5}\n{\"problem\": \"2 + 2?\", \"answer\": 4}\n",
    );
    let done = place.succeed(&["run", "p.toml"]);
    assert!(done.stderr.contains("1 problems stand among the worked examples themselves"), "{}", done.stderr);
    assert!(place.succeed(&["run", "p.toml"]).stages("running (").is_empty());
    place.write("shown.jsonl", "{\"problem\": \"1 + 1?\", \"answer\": 2}\n");
    let explained = place.succeed(&["explain", "p.toml"]).stdout;
    assert!(
        explained.contains("will run (configuration changed: generator.ingredients.few_shot: "),
        "{explained}"
    );
    assert!(explained.contains(&format!("{PROBLEMS} to ask of m, 0 in the reply cache")), "{explained}");
}

const PRICE: &str = "price = { prompt = 1000.0, completion = 10000.0 }";

#[test]
fn money_that_is_spent_stops_a_run_which_goes_on_later() {
    let server = server(UsageStyle::Full);
    let place = place(&server, PRICE);
    let done = place.run(&["run", "p.toml", "--max-cost", "2", "-j", "2"]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let asked = server.count();
    assert!(asked > 1 && asked < PROBLEMS, "{asked} calls");
    let told = format!("{asked} of {PROBLEMS} rows are done, {} are missing", PROBLEMS - asked);
    assert!(done.stderr.contains(&told), "{}", done.stderr);
    assert!(
        done.stderr.contains("of the 2.00 that may be spent") && done.stderr.contains("raise --max-cost")
    );
    assert!(!place.path("runs/p/m/generations.parquet").exists());

    let whole = place.succeed(&["run", "p.toml", "--max-cost", "1000"]);
    assert_eq!(server.count(), PROBLEMS, "a reply was paid for twice");
    let line =
        |name: &str| whole.stderr.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    let amount = |line: String, behind: &str| -> f64 {
        let rest = line.split(behind).nth(1).unwrap_or_default().to_owned();
        rest.trim_start().split([',', ';', ' ']).next().unwrap().parse().unwrap()
    };
    let cost = amount(line(", cost "), ", cost ");
    let spent = amount(line("spent now:"), "spent now:");
    assert!(spent > 0.0 && spent < cost, "{cost} for all, {spent} of it now");
    let again = place.succeed(&["run", "p.toml"]);
    assert!(!again.stderr.contains("spent now"), "{}", again.stderr);
}

#[test]
fn a_judge_is_paid_from_the_same_money_and_leaves_no_verdict_behind() {
    let judge =
        Behaviour { replies: testkit::Replies::Judge { known: Default::default() }, ..Behaviour::default() };
    let script = Script::default().model("m", Behaviour::default()).model("judge", judge);
    let server = ScriptedServer::start(script).unwrap();
    let more = format!(
        "{PRICE}\n[judge]\nkind = \"llm\"\nmodel = \"judge\"\nbase_url = \"{}\"\n{PRICE}",
        server.base_url()
    );
    let place = place(&server, &more);
    place.succeed(&["run", "p.toml", "--to", "split"]);
    let done = place.run(&["run", "p.toml", "--max-cost", "3", "-j", "2"]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let judged = server.count_of("judge");
    assert!(judged > 0 && judged < PROBLEMS, "{judged} calls");
    assert!(done.stderr.contains(&format!("of {PROBLEMS} rows are done")), "{}", done.stderr);
    assert!(!place.path("runs/p/m/judgments.parquet").exists());
    place.succeed(&["run", "p.toml"]);
    assert_eq!((server.count_of("m"), server.count_of("judge")), (PROBLEMS, PROBLEMS));
}

#[test]
fn what_nobody_counted_costs_something_unknown() {
    let server = server(UsageStyle::Null);
    let place = place(&server, PRICE);
    let done = place.succeed(&["run", "p.toml"]);
    let told =
        format!("cost 0.00; {PROBLEMS} replies without a count of tokens cost something unknown on top");
    assert!(done.stderr.contains(&told), "{}", done.stderr);
}

#[test]
fn a_limit_needs_a_price() {
    let server = server(UsageStyle::Full);
    let place = place(&server, "");
    let done = place.run(&["run", "p.toml", "--max-cost", "1"]);
    assert_eq!(done.code, 2, "{}", done.stderr);
    assert!(done.stderr.contains("nobody knows what `m` costs"), "{}", done.stderr);
    assert_eq!(place.run(&["run", "p.toml", "--max-cost", "much"]).code, 2);
    assert_eq!(server.count(), 0);
}
