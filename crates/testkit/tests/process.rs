//! The scripted server as a process: it says where it is, answers, and logs who was asked what.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    process::{Command, Stdio},
};

#[test]
fn it_prints_its_address_answers_and_logs() {
    let folder = tempfile::tempdir().unwrap();
    let (script, log) = (folder.path().join("script.json"), folder.path().join("log.jsonl"));
    let text = r#"{"models": {"m": {"thinking": {"kind": "tags", "open": "<think>", "close": "</think>"}},
                   "j": {"replies": {"kind": "judge", "known": {"abc": 3}}}},
                   "faults": {"first": ["internal_error", null], "rates": {"slow": 0.5}, "seed": 3}}"#;
    std::fs::write(&script, text).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_scripted-server"))
        .arg(&script)
        .arg("--log")
        .arg(&log)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
    let host = address.trim().strip_prefix("http://").unwrap().strip_suffix("/v1").unwrap();

    let ask = |model: &str, prompt: &str| {
        let body =
            format!(r#"{{"model": "{model}", "messages": [{{"role": "user", "content": "{prompt}"}}]}}"#);
        let mut stream = TcpStream::connect(host).unwrap();
        let head = format!("POST /v1/chat/completions HTTP/1.1\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("m", "2 + 2").starts_with("HTTP/1.1 500"));
    let solved = ask("m", "2 + 2");
    assert!(solved.contains("<think>") && solved.contains("boxed{4}"), "{solved}");
    assert!(ask("j", "abc").contains("boxed{3}"));
    assert!(ask("nobody", "2 + 2").starts_with("HTTP/1.1 404"));
    child.kill().unwrap();
    child.wait().unwrap();

    let log = std::fs::read_to_string(&log).unwrap();
    let models: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let models: Vec<&str> = models.iter().map(|line| line["model"].as_str().unwrap()).collect();
    assert_eq!(models, ["m", "m", "j", "nobody"]);
}
