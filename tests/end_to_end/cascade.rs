//! A cascade over a scripted server: the rules judge what is clear, the model the rest.

use tables::{JudgeState, Judgment, TableReader};
use testkit::{Behaviour, Replies, Script, ScriptedServer};

use crate::support::{Done, Place};

const TRACES: usize = 12;

/// Recorded traces: every third never comes to the known answer, so that the rules find nothing.
fn traces() -> String {
    let row = |i: usize| {
        let (sum, gold) = (2 * i + 5, if i.is_multiple_of(3) { 900 + i } else { 2 * i + 5 });
        let thought = format!("So {} + 5 is {sum}.\\n\\nThe answer is {sum}.", 2 * i);
        format!(
            "{{\"id\": \"t{i}\", \"problem\": \"What is {} + 5?\", \"answer\": \"{gold}\", \"model\": \"m\", \
             \"response\": \"<think>{thought}</think>\\\\boxed{{{sum}}}\"}}\n",
            2 * i
        )
    };
    (0..TRACES).map(row).collect()
}

fn script(judge: Behaviour) -> Script {
    Script::default().model("judge", judge)
}

fn naming() -> Behaviour {
    Behaviour { replies: Replies::Judge { known: Default::default() }, ..Behaviour::default() }
}

fn mumbling() -> Behaviour {
    Behaviour { replies: Replies::Fixed(testkit::Said::plain("Hard to say.")), ..Behaviour::default() }
}

fn place(server: &ScriptedServer) -> Place {
    let place = Place::new();
    place.write("traces.jsonl", &traces());
    let pipeline = format!(
        "description = \"cascade\"\n\
         [dataset]\nkind = \"recorded\"\npath = \"traces.jsonl\"\n\
         [split]\nkind = \"separator\"\n\
         [judge]\nkind = \"cascade\"\n\
         [judge.llm]\nmodel = \"judge\"\nbase_url = \"{}\"\nreasks = 0\n\
         [judge.doubt]\nconfidence = 0.0\nabsent = \"always\"\n",
        server.base_url()
    );
    place.write("cascade.toml", &pipeline);
    place
}

fn judgments(place: &Place) -> Vec<Judgment> {
    let path = place.path("runs/cascade/m/judgments.parquet");
    TableReader::open(&path).unwrap().map(Result::unwrap).collect()
}

fn says_share(done: &Done) -> bool {
    done.stderr.contains("4 of 12 traces (33.3 %) were sent on to the model")
        && done.stderr.contains("4 sent on")
}

#[test]
fn only_doubtful_traces_are_sent_on_and_the_share_is_told() {
    let server = ScriptedServer::start(script(naming())).unwrap();
    let place = place(&server);
    let done = place.succeed(&["run", "cascade.toml"]);
    assert!(says_share(&done), "{}", done.stderr);
    assert_eq!(server.count(), TRACES / 3);
    for (index, row) in judgments(&place).iter().enumerate() {
        let expect = if index.is_multiple_of(3) { ("cascade:llm:judge", 1) } else { ("cascade:rule", 0) };
        assert_eq!((row.judge.as_str(), row.calls), expect, "{index}");
    }
    let again = place.succeed(&["run", "cascade.toml"]);
    assert!(again.stages("running (").is_empty(), "{}", again.stderr);
    place.succeed(&["run", "cascade.toml", "--set", "judge.llm.retries=1"]);
    place.succeed(&["run", "cascade.toml", "--force", "judge", "--offline"]);
    assert_eq!(server.count(), TRACES / 3, "a cached verdict was paid for again");
}

#[test]
fn a_model_that_gives_no_verdict_leaves_failed_rows_and_not_the_rules_guess() {
    let server = ScriptedServer::start(script(mumbling())).unwrap();
    let place = place(&server);
    let done = place.run(&["run", "cascade.toml"]);
    assert_eq!(done.code, 5, "{}", done.stderr);
    assert!(says_share(&done), "{}", done.stderr);
    let (failed, kept): (Vec<_>, Vec<_>) =
        judgments(&place).into_iter().partition(|row| row.state == JudgeState::Failed);
    assert_eq!((failed.len(), kept.len()), (4, 8));
    for row in failed {
        assert_eq!(row.reason.as_deref(), Some("the reply names no step"));
        let raw = row.raw.unwrap();
        assert!(raw.contains("\"state\":\"absent\"") && raw.contains("\"llm\":\"Hard to say.\""), "{raw}");
    }
}
