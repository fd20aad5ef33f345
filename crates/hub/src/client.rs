//! Asking the hub for one file: where it is, what it is called, and its bytes.

use std::io::{self, Read, Write};
use std::time::Duration;

use tables::PendingFile;
use ureq::http::header::{AUTHORIZATION, CONTENT_RANGE, LOCATION, RANGE};
use ureq::http::{Response, StatusCode, Uri};
use ureq::{Agent, Body};

use crate::HubSettings;

/// Tries after the first one, when a download breaks off; each goes on where the last one ended.
const RETRIES: u32 = 3;
/// A file goes by way of so many other addresses at most.
const MOST_REDIRECTS: usize = 8;
/// How long a connection, and the beginning of an answer, may take; how long a file takes depends on its size.
const PATIENCE: Duration = Duration::from_secs(60);
/// No file of the kinds that are fetched here (tables, tokenizers) is larger; a hub that sends more sends forever.
const MOST_BYTES: u64 = 64 << 30;

/// What went wrong on the way.
pub(crate) enum Trouble {
    /// The hub refuses.
    Status(u16),
    /// No connection, or one that broke off too often.
    Network(String),
    /// What it says cannot be used.
    Senseless(String),
    /// The disk says no.
    Disk(io::Error),
}

/// What the hub says of a file: its names in the cache, and the answer with its first bytes.
pub(crate) struct Found {
    /// The commit that the revision stands for.
    pub(crate) commit: String,
    /// The tag of the content.
    pub(crate) tag: String,
    address: Uri,
    /// The address is the hub's own, so that the key may go there.
    own: bool,
    answer: Response<Body>,
}

/// A client of the hub. Its key goes to the hub's own address and nowhere else.
pub(crate) struct Client<'a> {
    agent: Agent,
    settings: &'a HubSettings,
}

impl<'a> Client<'a> {
    pub(crate) fn new(settings: &'a HubSettings) -> Self {
        let config = Agent::config_builder()
            .user_agent(concat!("thinkmeter/", env!("CARGO_PKG_VERSION")))
            // Which address may see the key is decided here.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE));
        Self { agent: config.build().into(), settings }
    }

    /// Follows an address of the hub to the file.
    pub(crate) fn find(&self, address: &str) -> Result<Found, Trouble> {
        let mut address: Uri = address.parse().map_err(|error| senseless("address", error))?;
        let hub = origin(&address);
        let mut own = true;
        let (mut commit, mut tag) = (None, None);
        for _ in 0..=MOST_REDIRECTS {
            let answer = self.get(&address, own, 0)?;
            if own {
                commit = commit.or_else(|| header(&answer, "x-repo-commit"));
                tag = tag.or_else(|| header(&answer, "x-linked-etag"));
            }
            let Some(next) = redirection(&answer, &address)? else {
                tag = tag.or_else(|| header(&answer, "etag"));
                let commit = plain("x-repo-commit", commit)?;
                return Ok(Found { commit, tag: plain("etag", tag)?, address, own, answer });
            };
            // Once elsewhere, nobody that the way leads to is the hub.
            own = own && origin(&next) == hub;
            address = next;
        }
        Err(Trouble::Senseless("it redirects without an end".to_owned()))
    }

    /// Writes the bytes of what was found.
    pub(crate) fn download(&self, found: Found, out: &mut PendingFile) -> Result<(), Trouble> {
        let Found { address, own, mut answer, .. } = found;
        let mut written = 0;
        let mut tries = 0;
        loop {
            // Who does not go on begins anew.
            if answer.status() != StatusCode::PARTIAL_CONTENT || !goes_on(&answer, written) {
                written = 0;
                out.restart().map_err(Trouble::Disk)?;
            }
            match copy(answer.into_body(), out, &mut written) {
                Ok(()) => return Ok(()),
                Err(Trouble::Network(_)) if tries < RETRIES => {}
                Err(trouble) => return Err(trouble),
            }
            tries += 1;
            std::thread::sleep(Duration::from_millis(300) * tries);
            answer = self.get(&address, own, written)?;
        }
    }

    fn get(&self, address: &Uri, own: bool, from: u64) -> Result<Response<Body>, Trouble> {
        let mut request = self.agent.get(address);
        if let Some(token) = self.settings.token.as_ref().filter(|_| own) {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-"));
        }
        let answer = request.call().map_err(|error| Trouble::Network(error.to_string()))?;
        match answer.status() {
            status if status.is_success() || status.is_redirection() => Ok(answer),
            status => Err(Trouble::Status(status.as_u16())),
        }
    }
}

/// Counts the bytes that are there in `written`.
fn copy(body: Body, out: &mut PendingFile, written: &mut u64) -> Result<(), Trouble> {
    let mut reader = body.into_with_config().limit(MOST_BYTES).reader();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = reader.read(&mut buffer).map_err(|error| Trouble::Network(error.to_string()))?;
        if read == 0 {
            return Ok(());
        }
        out.write_all(&buffer[..read]).map_err(Trouble::Disk)?;
        *written += read as u64;
        if *written > MOST_BYTES {
            return Err(Trouble::Senseless(format!("it sends more than {MOST_BYTES} bytes")));
        }
    }
}

/// A part of a file that begins where the last one ended.
fn goes_on(answer: &Response<Body>, written: u64) -> bool {
    let range = answer.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {written}-")))
}

fn header(answer: &Response<Body>, name: &str) -> Option<String> {
    let value = answer.headers().get(name)?.to_str().ok()?;
    Some(value.trim_start_matches("W/").replace('"', ""))
}

/// What the hub calls a file or a commit becomes a name in the cache, so it may lead nowhere else.
fn plain(what: &str, said: Option<String>) -> Result<String, Trouble> {
    let said = said.ok_or_else(|| Trouble::Senseless(format!("it sends no {what}")))?;
    if crate::store::is_plain(&said) {
        return Ok(said);
    }
    Err(Trouble::Senseless(format!("its {what} is `{said}`, which is no name for the cache")))
}

/// Where an answer sends us, if it does.
fn redirection(answer: &Response<Body>, from: &Uri) -> Result<Option<Uri>, Trouble> {
    if !answer.status().is_redirection() {
        return Ok(None);
    }
    let place = answer.headers().get(LOCATION).and_then(|place| place.to_str().ok());
    let place = place.ok_or_else(|| Trouble::Senseless("it redirects nowhere".to_owned()))?;
    let next: Uri = place.parse().map_err(|error| senseless("redirection", error))?;
    if next.authority().is_some() {
        return Ok(Some(next));
    }
    let mut parts = from.clone().into_parts();
    parts.path_and_query = next.into_parts().path_and_query;
    Uri::from_parts(parts).map(Some).map_err(|error| senseless("redirection", error))
}

/// Who answers at an address.
fn origin(address: &Uri) -> (Option<String>, Option<String>) {
    let lower = |text: &str| text.to_ascii_lowercase();
    (address.scheme_str().map(lower), address.authority().map(|authority| lower(authority.as_str())))
}

fn senseless(what: &str, error: impl std::fmt::Display) -> Trouble {
    Trouble::Senseless(format!("its {what} is none: {error}"))
}
