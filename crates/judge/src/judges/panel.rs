//! Several judges on every trace, counted into one verdict.

use chat::{Dialogue, Endpoint, shifted};
use plugin::{Component, ConfigError, ConfigErrors, Configured, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use tables::Judgment;

use super::JUDGES;
use crate::poll::Poll;
use crate::{Item, Judge};

/// Asks several judges and takes the step that most of them name, of equals the earliest; a step wins over none.
/// Members may be of any kind, panels too. What each one said stands in `raw`; a member that cannot be read has no
/// vote, and a call that fails fails the judgment.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Panel {
    /// The members: a list of judge tables, each with its `kind` and its keys.
    members: Vec<Map<String, Value>>,
}

impl Panel {
    /// The members, or every fault of every one.
    fn configured(&self) -> Result<Vec<Configured<dyn Judge>>, ConfigErrors> {
        let (mut members, mut faults) = (Vec::new(), Vec::new());
        for (index, table) in self.members.iter().enumerate() {
            match JUDGES.build(&Value::Object(table.clone()), &format!("members[{index}]")) {
                Ok(member) => members.push(member),
                Err(more) => faults.extend(more.0),
            }
        }
        if faults.is_empty() { Ok(members) } else { Err(ConfigErrors(faults)) }
    }
}

impl Component for Panel {
    const KIND: &'static str = "panel";
    const ABOUT: &'static str = "asks several judges and takes the step that most of them name";
    /// What counts is what the members are, see the content.
    const EXECUTION_KEYS: &'static [&'static str] = &["members"];
    type Built = dyn Judge;

    fn build(self, content: &mut Content) -> Result<Box<dyn Judge>, ConfigErrors> {
        if self.members.len() < 2 {
            return Err(ConfigError::new("members", "a panel needs two judges or more")
                .hint("write [[judge.members]] tables, each with a `kind`")
                .into());
        }
        let members = self.configured()?;
        for (index, member) in members.iter().enumerate() {
            content.note(format!("member {index}"), member.fingerprint_input.to_string());
        }
        Ok(Box::new(PanelJudge { members: members.into_iter().map(|member| member.built).collect() }))
    }
}

struct PanelJudge {
    members: Vec<Box<dyn Judge>>,
}

impl PanelJudge {
    /// Those who can say something about an item, each with the place of its first endpoint among ours.
    fn placed(&self, item: &Item<'_>) -> impl Iterator<Item = (&dyn Judge, usize)> {
        let has_gold = !item.problem.gold.is_empty();
        let mut before = 0;
        let placed = self.members.iter().map(move |member| {
            let at = before;
            before += member.endpoints().len();
            (member.as_ref(), at)
        });
        placed.filter(move |(member, _)| has_gold || !member.needs_gold())
    }
}

fn voter<'a>(
    member: &'a dyn Judge,
    at: usize,
    item: &'a Item<'a>,
) -> (String, Box<dyn Dialogue<Judgment> + 'a>) {
    (member.name(), Box::new(shifted(member.open(item), at)))
}

impl Judge for PanelJudge {
    fn name(&self) -> String {
        let names: Vec<String> = self.members.iter().map(|member| member.name()).collect();
        format!("panel:{}", names.join("+"))
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        let mut voters: Vec<_> = self.placed(item).map(|(member, at)| voter(member, at, item)).collect();
        // Without a known answer there is nothing to vote on, but a member may have something else to say.
        if item.problem.gold.is_empty() && !voters.is_empty() {
            return voters.swap_remove(0).1;
        }
        Box::new(Poll::new(voters))
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        self.members.iter().flat_map(|member| member.endpoints()).collect()
    }

    fn may_know(&self) -> bool {
        self.members.iter().all(|member| member.may_know())
    }

    fn needs_gold(&self) -> bool {
        self.members.iter().all(|member| member.needs_gold())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tables::JudgeState;

    use super::*;
    use crate::test_support::{Case, build, exhausted, faults, play, said};

    fn table(members: &Value) -> Value {
        json!({"kind": "panel", "members": members})
    }

    fn three() -> Value {
        json!([
            {"kind": "llm", "model": "a", "base_url": "http://localhost:1/v1", "reasks": 0},
            {"kind": "rule"},
            {"kind": "llm", "model": "b", "base_url": "http://localhost:2/v1", "reasks": 0, "votes": 2},
        ])
    }

    /// The rules say step 1; the models say this.
    fn judged(a: &str, b: &str) -> Judgment {
        let panel = build(&table(&three()));
        let (judgment, asked) = play(panel.as_ref(), &Case::sum(), |question| match question.to {
            0 => said(a),
            _ => said(b),
        });
        let to: Vec<usize> = asked.iter().map(|question| question.to).collect();
        assert_eq!(to, [0, 1, 1]);
        judgment
    }

    #[test]
    fn most_members_win_and_everybodys_words_are_kept() {
        let panel = build(&table(&three()));
        assert_eq!(panel.name(), "panel:llm:a+rule+llm:b");
        let models: Vec<&str> = panel.endpoints().iter().map(|endpoint| endpoint.model.as_str()).collect();
        assert_eq!((models, panel.needs_gold()), (vec!["a", "b"], false));

        let judgment = judged("\\boxed{2}", "\\boxed{1}");
        assert_eq!((judgment.state, judgment.step, judgment.votes), (JudgeState::Found, Some(1), Some(3)));
        assert!((judgment.agreement.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!((judgment.band_first, judgment.band_last), (Some(1), Some(2)));
        assert!(
            judgment.own_step.is_some() && judgment.solutions.is_some(),
            "the rules' other columns are lost"
        );
        assert_eq!((judgment.judge.as_str(), judgment.temperature), ("", None));
        let raw: Value = serde_json::from_str(judgment.raw.as_deref().unwrap()).unwrap();
        assert_eq!(raw[0], json!({"judge": "llm:a", "state": "found", "step": 2, "said": "\\boxed{2}"}));
        assert_eq!((&raw[1]["judge"], &raw[1]["said"]), (&json!("rule"), &Value::Null));
        assert_eq!((&raw[2]["judge"], &raw[2]["state"]), (&json!("llm:b"), &json!("found")));
    }

    #[test]
    fn of_equals_the_earliest_step_wins_and_any_step_wins_over_none() {
        let check = |a: &str, b: &str, state, step, agreement: f64| {
            let judgment = judged(a, b);
            assert_eq!((judgment.state, judgment.step), (state, step), "{a} {b}");
            assert!((judgment.agreement.unwrap() - agreement).abs() < 1e-12, "{a} {b}");
        };
        check("\\boxed{2}", "\\boxed{0}", JudgeState::Found, Some(0), 1.0 / 3.0);
        check("\\boxed{-1}", "hm", JudgeState::Found, Some(1), 1.0 / 3.0);
        check("\\boxed{-1}", "\\boxed{-1}", JudgeState::Absent, None, 2.0 / 3.0);
    }

    #[test]
    fn a_failed_call_fails_the_judgment_whatever_the_others_say() {
        let panel = build(&table(&three()));
        let (judgment, _) = play(panel.as_ref(), &Case::sum(), |question| match question.to {
            0 => said("\\boxed{1}"),
            _ => exhausted(),
        });
        assert_eq!((judgment.state, judgment.step), (JudgeState::Failed, None));
        let expect = "llm:b of 3: vote 1 of 2: `m` failed 9 times, the last time: HTTP 500";
        assert_eq!(judgment.reason.as_deref(), Some(expect));
    }

    #[test]
    fn without_a_known_answer_only_the_rules_are_heard() {
        let mut case = Case::sum();
        case.problem.gold.clear();
        let (judgment, asked) = play(build(&table(&three())).as_ref(), &case, |_| said("1"));
        assert_eq!((judgment.state, asked.len()), (JudgeState::Skipped, 0));
        assert!(judgment.own_step.is_some());
    }

    #[test]
    fn faults_are_found_in_every_member() {
        let check = |members: Value, expect: &str| assert_eq!(faults(&table(&members)), expect);
        check(
            json!([{"kind": "rule"}]),
            "judge.members: a panel needs two judges or more (write [[judge.members]] tables, each with a `kind`)",
        );
        check(
            json!([{"kind": "rul"}, {"kind": "llm", "modle": "m"}]),
            "judge.members[0].kind: unknown judge `rul` (did you mean `rule`?)\n\
             judge.members[1].modle: unknown key `modle` (did you mean `model`?)\n\
             judge.members[1].model: missing (The model's name at the server.)",
        );
    }

    #[test]
    fn the_identity_is_that_of_the_members() {
        let fingerprint_input = |change: fn(&mut Value)| {
            let mut members = three();
            change(&mut members);
            JUDGES.build(&table(&members), "judge").ok().unwrap().fingerprint_input
        };
        let plain = fingerprint_input(|_| ());
        assert_eq!(plain, fingerprint_input(|members| members[0]["retries"] = json!(1)));
        assert_eq!(
            plain,
            fingerprint_input(|members| members[0]["votes"] = json!(1)),
            "a default that is written out"
        );
        assert_ne!(plain, fingerprint_input(|members| members[0]["model"] = json!("c")));
        assert_ne!(plain, fingerprint_input(|members| members[1]["threshold"] = json!(2.0)));
        let first = plain["ingredients"]["member 0"].as_str().unwrap();
        assert!(first.contains("Reference answer"), "the prompt is no part of it");
    }
}
