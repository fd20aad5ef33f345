//! What is said of scripted servers.

use llm::{Endpoint, Price};
use tables::{Blame, Blamed};
use testkit::{
    Behaviour, Dialect, Fault, Faults, Raw, Replies, Said, Script, ScriptedServer, Thinking, UsageStyle,
};
use tokens::Tokenizer;

use crate::{Diagnosis, DoctorError, Examination, Mark};

const THOUGHT: &str = "17 + 25 = 42.\n\nA third of 42 is 14.\n\n42 - 14 = 28.";

fn model() -> Behaviour {
    let said = Said::thought(THOUGHT, "\\boxed{28}");
    Behaviour { replies: Replies::Fixed(said), ..Behaviour::default() }
}

fn examine(script: Script, model: &str) -> Result<Diagnosis, DoctorError> {
    examine_with(script, model, false)
}

fn examine_with(script: Script, model: &str, continues: bool) -> Result<Diagnosis, DoctorError> {
    let server = ScriptedServer::start(script).unwrap();
    let endpoint = Endpoint {
        base_url: Some(server.base_url()),
        model: model.to_owned(),
        retries: 0,
        ..Endpoint::default()
    };
    let examination = Examination {
        endpoint,
        max_tokens: 500,
        continues,
        tokenizer: None,
        tokenizer_name: None,
        servers: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(examination.run())
}

fn check(behaviour: Behaviour, about: &str, mark: Mark, expect: &str) -> Diagnosis {
    let diagnosis = examine(Script::default().model("owner/thinker", behaviour), "owner/thinker").unwrap();
    let found = diagnosis.findings.iter().find(|finding| finding.about == about);
    let found = found.unwrap_or_else(|| panic!("nothing about {about}: {diagnosis:#?}"));
    assert!(found.mark == mark && found.text.contains(expect), "{found:?}, not {expect}");
    diagnosis
}

#[test]
fn a_server_in_good_health_needs_four_lines() {
    let diagnosis = check(model(), "thinking", Mark::Good, "comes in the field `reasoning_content`");
    assert!(!diagnosis.is_ill(), "{diagnosis:#?}");
    let lines: Vec<&str> = diagnosis.advice.lines().filter(|line| !line.contains("base_url")).collect();
    assert_eq!(
        lines,
        [
            "[[models]]",
            "kind = \"openai\"",
            "model = \"owner/thinker\"",
            "name = \"thinker\"",
            "# tokenizer = \"…\"   # the model's tokenizer.json or its name on the hub: exact token counts",
            "# price = { prompt = …, completion = … }   # per million tokens: what a run costs",
        ]
    );
    let table: toml::Table = toml::from_str(&diagnosis.advice).unwrap();
    assert!(table["models"][0]["base_url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
}

#[test]
fn thinking_is_found_wherever_it_comes() {
    use Mark::{Bad, Good, Note};
    let sent = |thinking| Behaviour { thinking, ..model() };
    check(sent(Thinking::tags()), "thinking", Good, "between tags");
    check(sent(Thinking::field("reasoning")), "thinking", Good, "`reasoning`");
    check(sent(Thinking::Details), "thinking", Good, "`reasoning_details`");
    check(sent(Thinking::Unclosed), "thinking", Note, "its end was not reached");
    let diagnosis =
        check(sent(Thinking::OnlyClosingTag), "thinking", Good, "the opening one stands in the prompt");
    assert!(diagnosis.advice.contains("open_in_prompt = \"yes\""), "{}", diagnosis.advice);
    let silent = Behaviour { usage: UsageStyle::WithoutThinking, ..sent(Thinking::None) };
    check(silent, "thinking", Note, "none: the whole reply will be measured");
    let hidden = r#"{"choices":[{"message":{"content":"\\boxed{28}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":400,"completion_tokens_details":{"reasoning_tokens":380}}}"#;
    let diagnosis = check(
        Behaviour { raw: Some(Raw::json(200, hidden)), ..model() },
        "thinking",
        Bad,
        "380 tokens are counted and none is shown",
    );
    assert!(diagnosis.is_ill());
}

#[test]
fn counts_ends_and_answers_are_looked_at() {
    use Mark::{Bad, Good, Note};
    check(
        Behaviour { usage: UsageStyle::Absent, ..model() },
        "usage",
        Note,
        "what a run costs stays unknown",
    );
    check(Behaviour { usage: UsageStyle::ZeroThinking, ..model() }, "thinking tokens", Note, "not counted");
    check(model(), "thinking tokens", Good, "by the server's count");
    check(Behaviour { finish: "length".to_owned(), ..model() }, "finish", Note, "the token limit cut");
    check(Behaviour { finish: "vanished".to_owned(), ..model() }, "finish", Bad, "does not say why");
    let wrong = Behaviour { replies: Replies::Fixed(Said::thought("Hm.", "\\boxed{30}")), ..model() };
    check(wrong, "answer", Note, "30; it is 28");
    check(Behaviour { never_streams: true, ..model() }, "streaming", Note, "may be cut by gateways");
}

#[test]
fn a_tokenizer_that_is_not_the_models_is_found_out() {
    let server = ScriptedServer::start(Script::of(model())).unwrap();
    let endpoint = Endpoint {
        base_url: Some(server.base_url()),
        model: "m".to_owned(),
        price: Some(Price::default()),
        ..Endpoint::default()
    };
    let tokenizer = Some(Tokenizer::approximate());
    let examination = Examination {
        endpoint,
        max_tokens: 500,
        continues: false,
        tokenizer,
        tokenizer_name: Some("org/other".to_owned()),
        servers: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let diagnosis = runtime.block_on(examination.run()).unwrap();
    // The scripted server counts words.
    let found = diagnosis.findings.iter().find(|finding| finding.about == "tokenizer").unwrap();
    assert!(found.mark == Mark::Bad && found.text.starts_with("does not fit"), "{found:?}");
    assert!(diagnosis.advice.contains("tokenizer = \"org/other\"") && !diagnosis.advice.contains("price"));
}

#[test]
fn a_server_that_cannot_be_asked_says_why() {
    let error = examine(Script::default().model("thinker", model()), "thinkre").unwrap_err().to_string();
    assert!(error.contains("does not know `thinkre`") && error.contains("it has thinker"), "{error}");
    let closed = Script::of(model()).faults(Faults::always(Fault::Unauthorized));
    let error = examine(closed, "m").unwrap_err();
    assert!(error.to_string().contains("refuses `m` (HTTP 401)"), "{error}");
    assert_eq!(error.blame(), Blame::Endpoint);
}

/// The lines about going on, and the advice, of a server that speaks like this.
fn continuing(behaviour: Behaviour) -> String {
    let thought = format!("{THOUGHT} {}", "Is it? I count again. ".repeat(20));
    let said = Said::thought(thought, "\\boxed{28} one two three four five six seven eight nine");
    // Some servers tell how likely their words were.
    let tells = behaviour.dialect == Dialect::Vllm;
    let said = if tells { said.with_logprobs(vec![-0.25; 200]) } else { said };
    let behaviour = Behaviour { replies: Replies::Fixed(said), limits: true, ..behaviour };
    let script = Script::default().model("owner/thinker", behaviour);
    let diagnosis = examine_with(script, "owner/thinker", true).unwrap();
    let first = diagnosis.findings.iter().position(|finding| finding.about == "continues").unwrap();
    let lines = diagnosis.findings[first..].iter();
    let lines: Vec<String> =
        lines.map(|finding| format!("{:?} {}: {}", finding.mark, finding.about, finding.text)).collect();
    let advice = diagnosis.advice.lines().filter(|line| !line.contains("base_url"));
    lines.into_iter().chain(advice.map(str::to_owned)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_dialect_is_found_out() {
    let key = "thinking_budget_tokens".to_owned();
    let cases = [
        ("vllm", Behaviour { dialect: Dialect::Vllm, budget_keys: vec![key], ..Behaviour::default() }),
        ("llamacpp", Behaviour { dialect: Dialect::Llamacpp, ..Behaviour::default() }),
        ("deepseek", Behaviour { dialect: Dialect::Deepseek, ..Behaviour::default() }),
        ("refuses", Behaviour { dialect: Dialect::Refuses, ..Behaviour::default() }),
        ("restarts", Behaviour::default()),
        (
            "drops_thinking",
            Behaviour { dialect: Dialect::Vllm, drops_thinking: true, ..Behaviour::default() },
        ),
        ("tags", Behaviour { dialect: Dialect::Vllm, thinking: Thinking::tags(), ..Behaviour::default() }),
    ];
    for (name, behaviour) in cases {
        insta::assert_snapshot!(name, continuing(behaviour));
    }
}

#[test]
fn a_prompt_that_the_server_renders_is_completed() {
    let behaviour = Behaviour { dialect: Dialect::Llamacpp, ..Behaviour::default() };
    let server = ScriptedServer::start(Script::default().model("m", behaviour)).unwrap();
    let endpoint = Endpoint {
        base_url: Some(server.base_url()),
        model: "m".to_owned(),
        continuation: llm::Dialect::Completions,
        ..Endpoint::default()
    };
    let client = llm::Client::new(&endpoint, &llm::Execution::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for trial in [llm::Trial::Text, llm::Trial::BehindThinking, llm::Trial::InsideThinking] {
        let reply = runtime.block_on(client.chat(&trial.request())).unwrap();
        assert_eq!(trial.tried(&reply), llm::Tried::GoesOn, "{reply:?}");
    }
    let paths: Vec<String> = server.requests().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths[..2], ["/apply-template", "/v1/completions"]);
}
