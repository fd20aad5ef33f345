//! Keys: sent to the server, shown to nobody.

#![expect(clippy::disallowed_methods, reason = "a test")]

use testkit::{Fault, Faults};

use super::*;

/// A variable that every test process has; tests must not set variables of their own.
const VARIABLE: &str = "CARGO_PKG_NAME";

fn with_key(server: &ScriptedServer) -> Endpoint {
    Endpoint { api_key_env: Some(VARIABLE.to_owned()), ..endpoint(server) }
}

#[tokio::test]
async fn the_key_is_sent() {
    let key = std::env::var(VARIABLE).unwrap();
    let script = Script { api_key: Some(key), ..Script::default() };
    let server = ScriptedServer::start(script).unwrap();
    let client = Client::new(&with_key(&server), &quick()).unwrap();
    assert!(client.chat(&question("1 + 1")).await.is_ok());
    assert!(server.requests()[0].keyed);
}

#[tokio::test]
async fn the_key_is_shown_nowhere() {
    let key = std::env::var(VARIABLE).unwrap();
    let script = Script::default().faults(Faults::always(Fault::Unauthorized));
    let server = ScriptedServer::start(script).unwrap();
    let client = Client::new(&with_key(&server), &quick()).unwrap();
    let error = client.chat(&question("1 + 1")).await.unwrap_err();
    assert!(error.to_string().contains("wrong key: [secret]"), "{error}");
    let shown = format!("{error:?} {client:?} {}", serde_json::to_string(&error).unwrap());
    assert!(!shown.contains(&key), "{shown}");
}

#[test]
fn a_key_that_is_named_must_be_there() {
    let endpoint = Endpoint {
        base_url: Some("http://127.0.0.1:9".into()),
        model: "m".into(),
        api_key_env: Some("THINKMETER_TEST_NO_SUCH_KEY".into()),
        ..Endpoint::default()
    };
    let error = Client::new(&endpoint, &quick()).unwrap_err().to_string();
    assert!(
        error.contains("THINKMETER_TEST_NO_SUCH_KEY, which `api_key_env` names for `m`, is not set"),
        "{error}"
    );
    let offline = Execution { offline: true, ..quick() };
    assert!(Client::new(&endpoint, &offline).is_ok(), "nobody is asked, so no key is needed");
}

#[test]
fn a_model_must_be_named() {
    let endpoint = Endpoint { base_url: Some("http://127.0.0.1:9/v1".into()), ..Endpoint::default() };
    let error = Client::new(&endpoint, &quick()).unwrap_err().to_string();
    assert_eq!(error, "no `model` is named for http://127.0.0.1:9/v1");
}
