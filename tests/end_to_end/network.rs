//! Between the program and a server: proxies, tunnels, TLS, authorities that only one house knows.

use testkit::{Relay, Script, ScriptedServer};

use crate::support::{Done, Place};

/// A name that no resolver knows.
const HOST: &str = "gpu-server.invalid";

/// Asks two questions of a server that is only reachable by way of a proxy.
fn generate(place: &Place, base_url: &str) -> Done {
    let rows = "{\"id\": 1, \"problem\": \"1 + 1?\", \"answer\": 2}\n{\"id\": 2, \"problem\": \"2 + 1?\", \"answer\": 3}\n";
    place.write("sums.jsonl", rows);
    place.succeed(&["load", "--path", "sums.jsonl", "-o", "problems.parquet"]);
    place.run(&[
        "generate",
        "--problems",
        "problems.parquet",
        "--model",
        "m",
        "--base-url",
        base_url,
        "--set",
        "retries=0",
        "-o",
        "generations.parquet",
    ])
}

fn answers(place: &Place) -> Vec<String> {
    let rows = tables::TableReader::<tables::Generation>::open(&place.path("generations.parquet")).unwrap();
    rows.map(|row| row.unwrap().answer_text).collect()
}

#[test]
fn plain_calls_go_through_the_proxy_that_is_named() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let proxy = Relay::proxy(server.address()).unwrap();
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        let place = Place::new().with(name, &format!("http://{}", proxy.address()));
        let done = generate(&place, &format!("http://{HOST}/v1"));
        assert_eq!(done.code, 0, "{name}: {}", done.stderr);
        assert_eq!(answers(&place), ["The answer is \\boxed{2}.", "The answer is \\boxed{3}."]);
    }
    assert!(
        proxy.seen().iter().all(|line| line == &format!("POST http://{HOST}/v1/chat/completions HTTP/1.1"))
    );
    assert_eq!(server.count(), 6);
}

#[test]
fn a_host_may_be_left_out_of_the_proxy() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let proxy = Relay::proxy(server.address()).unwrap();
    let place =
        Place::new().with("HTTP_PROXY", &format!("http://{}", proxy.address())).with("NO_PROXY", HOST);
    let done = generate(&place, &format!("http://{HOST}/v1"));
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(done.stderr.contains(&format!("cannot reach http://{HOST}/v1")), "{}", done.stderr);
    assert!(proxy.seen().is_empty());
    // This machine itself is never meant, whatever is set.
    let place = Place::new().with("HTTP_PROXY", "http://127.0.0.1:9");
    assert_eq!(generate(&place, &server.base_url()).code, 0);
}

#[test]
fn tls_through_a_tunnel_by_a_private_authority() {
    let server = ScriptedServer::start(Script::default()).unwrap();
    let tls = Relay::tls(server.address(), HOST).unwrap();
    let proxy = Relay::proxy(tls.address()).unwrap();
    let place = Place::new().with("HTTPS_PROXY", &format!("http://{}", proxy.address()));
    let address = format!("https://{HOST}/v1");
    let stranger = generate(&place, &address);
    assert_eq!(stranger.code, 4, "{}", stranger.stderr);
    assert!(stranger.stderr.contains("SSL_CERT_FILE"), "{}", stranger.stderr);
    assert_eq!(server.count(), 0);

    place.write("house.pem", tls.authority());
    let place = place.with("SSL_CERT_FILE", "house.pem");
    let friend = generate(&place, &address);
    assert_eq!(friend.code, 0, "{}", friend.stderr);
    assert_eq!(answers(&place).len(), 2);
    assert!(
        proxy.seen().iter().all(|line| line == &format!("CONNECT {HOST}:443 HTTP/1.1")),
        "{:?}",
        proxy.seen()
    );
}
