//! A scripted model hub: files of repositories under the paths and with the headers of the real one.

use std::{
    collections::BTreeMap,
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

use crate::http::{After, Connection, Handler, Request, Running};

/// What a hub holds.
#[derive(Clone, Debug)]
pub struct HubScript {
    /// `owner/name` of a model or `datasets/owner/name` → file → content.
    pub repos: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    /// The commit of every repository; with it and with `main` (or one of [`Self::branches`]) files are found.
    pub commit: String,
    /// Further names of that commit.
    pub branches: Vec<String>,
    /// The token that every request must carry.
    pub token: Option<String>,
    /// Sends files by way of another address, as the real hub does with large ones.
    pub redirects: bool,
    /// Where to: the address of another hub; empty for this one.
    pub elsewhere: String,
    /// What it calls the content of every file; empty for a name that follows from it.
    pub etag: String,
    /// Files break off behind so many bytes, until they are asked for from there on; 0 for never.
    pub breaks_off: usize,
    /// How many requests get a 503 first.
    pub unavailable: usize,
}

impl Default for HubScript {
    fn default() -> Self {
        Self {
            repos: BTreeMap::new(),
            commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            branches: Vec::new(),
            token: None,
            redirects: false,
            elsewhere: String::new(),
            etag: String::new(),
            breaks_off: 0,
            unavailable: 0,
        }
    }
}

impl HubScript {
    /// One more file; `repo` is `owner/name` or `datasets/owner/name`.
    #[must_use]
    pub fn file(mut self, repo: &str, file: &str, content: impl Into<Vec<u8>>) -> Self {
        self.repos.entry(repo.to_owned()).or_default().insert(file.to_owned(), content.into());
        self
    }
}

/// A running scripted hub; dropping it ends it.
pub struct ScriptedHub {
    running: Running,
    state: Arc<State>,
}

impl fmt::Debug for ScriptedHub {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ScriptedHub").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

impl ScriptedHub {
    /// Starts on a free port of this machine.
    pub fn start(script: HubScript) -> io::Result<Self> {
        let state = Arc::new(State { script, requests: Mutex::default(), keys: Mutex::default() });
        Ok(Self { running: Running::start(Arc::clone(&state), 0)?, state })
    }

    /// The address for `HF_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// Method and path of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.state.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys that came with requests.
    pub fn keys(&self) -> Vec<String> {
        self.state.keys.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests came.
    pub fn count(&self) -> usize {
        self.requests().len()
    }
}

struct State {
    script: HubScript,
    requests: Mutex<Vec<String>>,
    keys: Mutex<Vec<String>>,
}

/// A file that a path names.
struct Found<'a> {
    content: &'a [u8],
    etag: String,
}

impl Handler for State {
    async fn handle(&self, request: Request, connection: &mut Connection) -> io::Result<After> {
        let number = self.write_down(&request);
        if number < self.script.unavailable {
            return fail(connection, 503, "Unavailable").await;
        }
        // The part before the first `?` is always there.
        let path = request.path.split('?').next().unwrap_or_default().trim_start_matches('/');
        let path = path.replace("%2F", "/");
        // The other address needs no token, as a signed one does not.
        if let Some(rest) = path.strip_prefix("cdn/") {
            return match self.find(rest) {
                Ok(found) => self.send(connection, &request, &found, &[]).await,
                Err(code) => fail(connection, 404, code).await,
            };
        }
        if self.script.token.is_some() && self.script.token.as_deref() != request.bearer() {
            return fail(connection, 401, "GatedRepo").await;
        }
        if let Some(rest) = path.strip_prefix("api/") {
            return self.info(rest, connection).await;
        }
        match self.find(&path) {
            Ok(found) if self.script.redirects => self.redirect(&path, &found, connection).await,
            Ok(found) => {
                let commit = ("x-repo-commit", self.script.commit.clone());
                self.send(connection, &request, &found, &[commit]).await
            }
            Err(code) => fail(connection, 404, code).await,
        }
    }
}

impl State {
    fn write_down(&self, request: &Request) -> usize {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.extend(request.bearer().map(str::to_owned));
        requests.push(format!("{} {}", request.method, request.path));
        requests.len() - 1
    }

    /// `{repo}/resolve/{revision}/{file}`; the error is the hub's word for it.
    fn find(&self, path: &str) -> Result<Found<'_>, &'static str> {
        let (repo, rest) = path.split_once("/resolve/").ok_or("RepoNotFound")?;
        let files = self.script.repos.get(repo).ok_or("RepoNotFound")?;
        let file = self.strip_revision(rest).ok_or("RevisionNotFound")?;
        let content = files.get(file).ok_or("EntryNotFound")?;
        let own = || format!("{:016x}", checksum(content));
        let etag = Some(self.script.etag.clone()).filter(|etag| !etag.is_empty()).unwrap_or_else(own);
        Ok(Found { content, etag })
    }

    fn strip_revision<'a>(&self, rest: &'a str) -> Option<&'a str> {
        let names = ["main", self.script.commit.as_str()].into_iter();
        let mut names = names.chain(self.script.branches.iter().map(String::as_str));
        names.find_map(|name| rest.strip_prefix(name)?.strip_prefix('/'))
    }

    /// `models/{repo}[/revision/{revision}]` and the same with `datasets`.
    async fn info(&self, path: &str, connection: &mut Connection) -> io::Result<After> {
        let (repo, revision) = path.split_once("/revision/").unwrap_or((path, "main"));
        let repo = repo.strip_prefix("models/").unwrap_or(repo);
        let Some(files) = self.script.repos.get(repo) else {
            return fail(connection, 404, "RepoNotFound").await;
        };
        if self.strip_revision(&format!("{revision}/")).is_none() {
            return fail(connection, 404, "RevisionNotFound").await;
        }
        let files: Vec<Value> = files.keys().map(|file| json!({"rfilename": file})).collect();
        let body = json!({"id": repo, "sha": self.script.commit, "siblings": files}).to_string();
        connection.whole(200, &[("content-type", "application/json".to_owned())], body.as_bytes()).await
    }

    fn elsewhere(&self, connection: &Connection) -> io::Result<String> {
        if self.script.elsewhere.is_empty() {
            return Ok(format!("http://{}", connection.local_address()?));
        }
        Ok(self.script.elsewhere.clone())
    }

    async fn send(
        &self,
        connection: &mut Connection,
        request: &Request,
        found: &Found<'_>,
        more: &[(&str, String)],
    ) -> io::Result<After> {
        let size = found.content.len();
        let mut headers =
            vec![("etag", format!("\"{}\"", found.etag)), ("accept-ranges", "bytes".to_owned())];
        headers.extend(more.iter().cloned());
        if request.method == "HEAD" {
            return connection.head(200, &headers, size).await;
        }
        let Some((start, end)) = request.header("range").and_then(|range| parse_range(range, size)) else {
            let sent = if self.script.breaks_off > 0 { self.script.breaks_off.min(size) } else { size };
            return connection.whole_of(200, &headers, &found.content[..sent], size).await;
        };
        headers.push(("content-range", format!("bytes {start}-{}/{size}", end.saturating_sub(1))));
        connection.whole(206, &headers, &found.content[start..end]).await
    }

    async fn redirect(
        &self,
        path: &str,
        found: &Found<'_>,
        connection: &mut Connection,
    ) -> io::Result<After> {
        let headers = [
            ("x-repo-commit", self.script.commit.clone()),
            ("x-linked-etag", format!("\"{}\"", found.etag)),
            ("x-linked-size", found.content.len().to_string()),
            ("etag", "\"of-the-redirection\"".to_owned()),
            ("location", format!("{}/cdn/{path}", self.elsewhere(connection)?)),
        ];
        connection.whole(302, &headers, b"").await
    }
}

/// `bytes=a-b` and `bytes=a-` as a half-open range within the file.
fn parse_range(range: &str, size: usize) -> Option<(usize, usize)> {
    let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
    let start: usize = start.parse().ok()?;
    let end = end.parse().map_or(size, |last: usize| last.saturating_add(1));
    Some((start.min(size), end.clamp(start.min(size), size)))
}

async fn fail(connection: &mut Connection, status: u16, code: &str) -> io::Result<After> {
    let headers = [("x-error-code", code.to_owned()), ("content-type", "application/json".to_owned())];
    let body = json!({"error": format!("scripted: {code}")}).to_string();
    connection.whole(status, &headers, body.as_bytes()).await
}

/// FNV-1a: the tag of a file has to follow its content, nothing more.
fn checksum(content: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    content.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::{Shutdown, TcpStream},
    };

    use super::*;

    #[test]
    fn ranges_stay_within_the_file() {
        let check = |range, expect| assert_eq!(parse_range(range, 10), expect, "{range}");
        check("bytes=0-0", Some((0, 1)));
        check("bytes=4-", Some((4, 10)));
        check("bytes=4-99", Some((4, 10)));
        check("bytes=12-", Some((10, 10)));
        check("lines=1-2", None);
    }

    fn ask(hub: &ScriptedHub, path: &str, headers: &str) -> String {
        let address = hub.endpoint().replace("http://", "");
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn files_come_with_the_headers_of_a_hub() {
        let script = HubScript { token: Some("t".into()), ..HubScript::default() };
        let hub = ScriptedHub::start(script.file("datasets/o/n", "a/b.txt", "0123456789")).unwrap();
        let check = |path: &str, headers: &str, parts: &[&str]| {
            let text = ask(&hub, path, headers);
            for part in parts {
                assert!(text.contains(part), "{path}: no {part} in {text}");
            }
        };
        let range = "Authorization: Bearer t\r\nRange: bytes=2-3\r\n";
        let path = "datasets/o/n/resolve/main/a/b.txt";
        check(
            path,
            range,
            &["206", "content-range: bytes 2-3/10", "x-repo-commit: 0123", "etag: \"", "\r\n\r\n23"],
        );
        check(path, "", &["401", "x-error-code: GatedRepo"]);
        let token = "Authorization: Bearer t\r\n";
        check("datasets/o/n/resolve/main/c", token, &["404", "EntryNotFound"]);
        check("o/n/resolve/main/a/b.txt", token, &["404", "RepoNotFound"]);
        check("datasets/o/n/resolve/v2/a/b.txt", token, &["404", "RevisionNotFound"]);
        check(
            "api/datasets/o/n/revision/main",
            token,
            &["200", "\"rfilename\":\"a/b.txt\"", "\"sha\":\"0123"],
        );
        assert_eq!(hub.count(), 6);
        assert_eq!(hub.requests()[0], format!("GET /{path}"));
    }
}
