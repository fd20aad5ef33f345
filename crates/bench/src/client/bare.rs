//! The least that can be asked with: sockets and prepared bytes, no HTTP library, nothing understood, nothing kept.
//!
//! What this takes is the server and the machine; what the client takes beyond it is the client.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How a chunked body ends.
const END: &[u8] = b"0\r\n\r\n";

/// Asks as often as it is told to, over as many connections as calls may be in flight.
pub(super) async fn ask(base_url: &str, requests: usize, concurrency: usize) -> anyhow::Result<()> {
    let host = base_url.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/v1"));
    let host = host.with_context(|| format!("{base_url} is not the address of a scripted server"))?;
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = JoinSet::new();
    for _ in 0..concurrency {
        connections.spawn(connection(host.to_owned(), Arc::clone(&next), requests));
    }
    while let Some(ended) = connections.join_next().await {
        ended??;
    }
    Ok(())
}

async fn connection(host: String, next: Arc<AtomicUsize>, requests: usize) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(&host).await?;
    let mut reply = Vec::with_capacity(64 << 10);
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= requests {
            return Ok(());
        }
        stream.write_all(request(&host, number).as_bytes()).await?;
        reply.clear();
        while !reply.ends_with(END) {
            ensure!(stream.read_buf(&mut reply).await? > 0, "the server hung up");
        }
    }
}

fn request(host: &str, number: usize) -> String {
    let body = format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":"What is {number} + 1?"}}],"stream":true}}"#
    );
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}
