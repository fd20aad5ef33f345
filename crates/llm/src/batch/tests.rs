//! Requests out and results in, through the client that a run would use.

use std::{path::PathBuf, sync::Arc};

use secrets::Names;
use serde_json::{Value, json};
use tables::{Blame, Blamed, Finish};
use tempfile::TempDir;

use super::{Batch, BatchError, BatchReport};
use crate::{
    Backend, CallError, ChatReply, ChatRequest, Client, Endpoint, Execution, Message, ReplyCache, Sampling,
};

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn execution(&self, batch: &Arc<Batch>) -> Execution {
        let cache = Some(Arc::new(ReplyCache::open(&self.path("cache.sqlite")).unwrap()));
        let backend = Some(Arc::clone(batch) as Arc<dyn Backend>);
        Execution { cache, backend, ..Execution::default() }
    }

    /// Asks a question of each number through `batch`.
    async fn ask(&self, batch: Batch, numbers: &[u32]) -> (Vec<Result<ChatReply, CallError>>, Arc<Batch>) {
        let batch = Arc::new(batch);
        let client = Client::new(&endpoint("m"), &self.execution(&batch)).unwrap();
        let mut replies = Vec::new();
        for number in numbers {
            replies.push(client.chat(&request(*number)).await);
        }
        (replies, batch)
    }

    /// The ids of the questions, as they are written down.
    async fn ids(&self, numbers: &[u32]) -> Vec<String> {
        let path = self.path("requests.jsonl");
        let (_, batch) = self.ask(Batch::to_file(&path), numbers).await;
        batch.finish().unwrap();
        lines(&path).iter().map(|line| line["custom_id"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn what_is_secret_in_a_body_is_hidden_and_told() {
    let place = Place::new();
    let path = place.path("requests.jsonl");
    let names = Names::of(&json!({"secrets": ["session"]}));
    let batch = Arc::new(Batch::to_file(&path).hiding(names));
    let extra_body =
        json!({"api_key": "sk-1", "meta": {"session": 7, "user": "u"}, "hook": "http://h/?key=s3"});
    let extra_body = extra_body.as_object().unwrap().clone();
    let asked = Endpoint { extra_body, ..endpoint("m") };
    let question = ChatRequest { messages: vec![Message::user("Is http://h/?key=s3 secret?")], ..request(1) };
    Client::new(&asked, &place.execution(&batch)).unwrap().chat(&question).await.unwrap_err();
    assert_eq!(batch.finish().unwrap()[0].hidden, ["api_key", "hook", "meta"]);
    let body = &lines(&path)[0]["body"];
    let hidden = json!([body["api_key"], body["meta"], body["hook"]]);
    let expect = json!(["[secret]", {"session": "[secret]", "user": "u"}, "http://h/?key=[secret]"]);
    assert_eq!((hidden, &body["messages"][0]["content"]), (expect, &json!("Is http://h/?key=s3 secret?")));
    assert_eq!(body["max_tokens"], 64);
}

fn endpoint(model: &str) -> Endpoint {
    Endpoint { base_url: Some("http://nowhere/v1".into()), model: model.into(), ..Endpoint::default() }
}

fn request(number: u32) -> ChatRequest {
    let messages = vec![Message::user(format!("What is {number} + 1?"))];
    let sampling = Sampling { max_tokens: Some(64), seed: Some(5), ..Sampling::default() };
    ChatRequest::new(messages, sampling, 1)
}

fn lines(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn good(id: &str, text: &str) -> String {
    let message = json!({"role": "assistant", "content": text, "reasoning_content": "hm"});
    let body = json!({"choices": [{"message": message, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 8}}});
    json!({"custom_id": id, "response": {"status_code": 200, "body": body}, "error": null}).to_string() + "\n"
}

#[tokio::test]
async fn requests_are_written_as_the_client_would_send_them() {
    let place = Place::new();
    let path = place.path("out/requests.jsonl");
    let (replies, batch) = place.ask(Batch::to_file(&path), &[2, 3, 2]).await;
    assert!(replies.iter().all(|reply| matches!(reply, Err(CallError::Batch { .. }))), "{replies:?}");
    assert_eq!(batch.deferred(), 3);
    assert!(!path.exists(), "half a file can be seen");
    let written = batch.finish().unwrap();
    assert_eq!((written[0].requests, written[0].bytes), (2, path.metadata().unwrap().len()));
    let sent = lines(&path);
    let id = sent[0]["custom_id"].as_str().unwrap();
    assert!(id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_ne!(sent[0]["custom_id"], sent[1]["custom_id"]);
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "What is 2 + 1?"}],
        "max_tokens": 64, "seed": 6});
    assert_eq!(
        sent[0],
        json!({"custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": body})
    );
    assert_eq!(place.ids(&[2, 3]).await, place.ids(&[2, 3]).await);
    assert_eq!(std::fs::read_dir(place.path("out")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_folder_gets_a_file_for_each_model() {
    let place = Place::new();
    let batch = Arc::new(Batch::to_folder(&place.path("out")));
    for model in ["a/b", "a:b"] {
        let client = Client::new(&endpoint(model), &place.execution(&batch)).unwrap();
        client.chat(&request(1)).await.unwrap_err();
    }
    let names: Vec<String> =
        batch.finish().unwrap().iter().map(|file| file.path.display().to_string()).collect();
    assert!(names[0].ends_with("out/a-b.jsonl") && names[1].ends_with("out/a-b-2.jsonl"), "{names:?}");
}

#[tokio::test]
async fn results_are_replies_and_stay_in_the_cache() {
    let place = Place::new();
    let ids = place.ids(&[1, 2]).await;
    let path = place.write("results.jsonl", &(good(&ids[1], "three") + &good(&ids[0], "two")));
    let (replies, batch) = place.ask(Batch::from_results(&[&path]).unwrap(), &[1, 2]).await;
    let reply = replies[0].as_ref().unwrap();
    assert_eq!((reply.content.as_str(), reply.reasoning.as_deref()), ("two", Some("hm")));
    assert_eq!((reply.finish, reply.cached_prompt_tokens), (Finish::Length, Some(8)));
    assert_eq!(batch.report().unwrap(), BatchReport { lines: 2, answered: 2, ..BatchReport::default() });
    let offline = Execution { backend: None, offline: true, ..place.execution(&batch) };
    let kept = Client::new(&endpoint("m"), &offline).unwrap().chat(&request(2)).await.unwrap();
    assert!(kept.cached && kept.content == "three");
}

#[tokio::test]
async fn whatever_is_wrong_with_a_line_is_told() {
    let place = Place::new();
    let ids = place.ids(&[1, 2, 3, 4]).await;
    let failed = |id: &str| {
        let body = json!({"error": {"message": "too many tokens"}});
        json!({"custom_id": id, "response": {"status_code": 400, "body": body}}).to_string() + "\n"
    };
    let expired = json!({"custom_id": ids[1], "error": {"code": "batch_expired", "message": "no time"}});
    let stranger = good(&"0".repeat(64), "who asked?");
    let text = format!(
        "{}{expired}\n{}{}{stranger}{}\n{}",
        failed(&ids[0]),
        good(&ids[2], "four"),
        good(&ids[2], "again"),
        good("request-7", "none of ours"),
        &good(&ids[3], "cut")[..120],
    );
    let first = place.write("results.jsonl", &text);
    let retried = place.write("retried.jsonl", &good(&ids[0], "two"));
    let batch = Batch::from_results(&[&first, &retried]).unwrap();
    let (replies, batch) = place.ask(batch, &[1, 2, 3, 4]).await;
    assert_eq!(replies[0].as_ref().unwrap().content, "two");
    let reason = replies[1].as_ref().unwrap_err().reason();
    assert!(reason.ends_with("results.jsonl:2): no time"), "{reason}");
    assert_eq!(replies[2].as_ref().unwrap().content, "four");
    assert!(replies[3].as_ref().unwrap_err().reason().contains("hold no reply"));
    let folder = format!("{}/", place.0.path().display());
    let told = batch.report().unwrap().lines_of_text().join("\n").replace(&folder, "").replace(&ids[3], "ID");
    let told = told.replace(&"0".repeat(64), "ZEROS");
    assert_eq!(
        told,
        "7 results, 2 replies taken\n\
         1 requests failed in the batch: results.jsonl:2: no time\n\
         1 requests have no result: ID\n\
         2 results belong to no request of this run: results.jsonl:6: `request-7`, results.jsonl:5\n\
         2 results are there again; the first good one counts: results.jsonl:4, retried.jsonl:1\n\
         1 lines cannot be read: results.jsonl:8: EOF while parsing a string at line 1 column 120"
    );
}

#[tokio::test]
async fn what_the_results_lack_is_written_down_again() {
    let place = Place::new();
    let ids = place.ids(&[1, 2]).await;
    let results = place.write("results.jsonl", &good(&ids[0], "two"));
    let rest = place.path("rest.jsonl");
    let batch = Batch::from_results(&[&results]).unwrap().and(Batch::to_file(&rest));
    let (replies, batch) = place.ask(batch, &[1, 2]).await;
    assert!(replies[0].is_ok());
    assert_eq!(batch.finish().unwrap()[0].requests, 1);
    assert_eq!(lines(&rest)[0]["custom_id"], ids[1].as_str());
}

#[test]
fn a_file_without_results_is_refused() {
    let place = Place::new();
    let check = |text: &str, expect: &str| {
        let path = place.write("results.jsonl", text);
        let error = Batch::from_results(&[path]).unwrap_err();
        assert!(error.to_string().contains(expect), "{error}");
        assert_eq!(error.blame(), Blame::Input);
    };
    check("", "holds no result of a batch (it is empty)");
    check("{\"id\": 3}\n", "missing field `custom_id`");
    check("hello\n", "expected value at line 1");
    let missing = Batch::from_results(&[place.path("nowhere")]).unwrap_err();
    assert!(matches!(missing, BatchError::Read { .. }), "{missing}");
}
