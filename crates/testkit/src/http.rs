//! As much HTTP/1.1 as a scripted server needs, and the means to break it on purpose.

use std::{
    future::Future,
    io::{self, ErrorKind},
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::oneshot,
    time::sleep,
};

/// The longest head and the longest body that are taken.
const LONGEST_HEAD: usize = 64 << 10;
const LONGEST_BODY: usize = 64 << 20;

/// One request.
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header's value; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The token of `Authorization: Bearer …`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }
}

/// What to do with a connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Wait for the next request.
    Keep,
    /// Close it in order.
    Close,
    /// Tear it down: the other side sees a reset.
    Reset,
}

/// Whoever answers requests.
pub(crate) trait Handler: Send + Sync + 'static {
    fn handle(
        &self,
        request: Request,
        connection: &mut Connection,
    ) -> impl Future<Output = io::Result<After>> + Send;
}

/// One connection of one client.
pub(crate) struct Connection {
    stream: TcpStream,
    /// Bytes that were read beyond the last request.
    rest: Vec<u8>,
    /// The head of an answer, which goes out with its first piece, as servers do it.
    head: Vec<u8>,
}

impl Connection {
    /// Answers with a whole body.
    pub(crate) async fn whole(
        &mut self,
        status: u16,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> io::Result<After> {
        self.whole_of(status, headers, body, body.len()).await
    }

    /// Answers with a body that is announced to be `length` bytes long, whatever it is.
    pub(crate) async fn whole_of(
        &mut self,
        status: u16,
        headers: &[(&str, String)],
        body: &[u8],
        length: usize,
    ) -> io::Result<After> {
        let mut answer = head(status, headers);
        answer.push_str(&format!("content-length: {length}\r\n\r\n"));
        let mut bytes = answer.into_bytes();
        bytes.extend_from_slice(body);
        self.stream.write_all(&bytes).await?;
        Ok(if body.len() == length { After::Keep } else { After::Close })
    }

    /// Answers a HEAD request: the length of a body that is not sent.
    pub(crate) async fn head(
        &mut self,
        status: u16,
        headers: &[(&str, String)],
        length: usize,
    ) -> io::Result<After> {
        let answer = head(status, headers) + &format!("content-length: {length}\r\n\r\n");
        self.stream.write_all(answer.as_bytes()).await?;
        Ok(After::Keep)
    }

    /// The server's own address on this connection.
    pub(crate) fn local_address(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }

    /// Begins an answer that comes in pieces.
    pub(crate) fn begin(&mut self, status: u16, headers: &[(&str, String)]) {
        self.head = (head(status, headers) + "transfer-encoding: chunked\r\n\r\n").into_bytes();
    }

    /// Sends a piece at once; an empty one would be the end, so it is left out.
    pub(crate) async fn piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut out = std::mem::take(&mut self.head);
        frame(bytes, &mut out);
        self.stream.write_all(&out).await
    }

    /// Ends an answer that came in pieces.
    pub(crate) async fn end(&mut self) -> io::Result<After> {
        self.end_with(b"").await
    }

    /// Sends the last piece, and with it that it is the last.
    pub(crate) async fn end_with(&mut self, bytes: &[u8]) -> io::Result<After> {
        let mut out = std::mem::take(&mut self.head);
        if !bytes.is_empty() {
            frame(bytes, &mut out);
        }
        out.extend_from_slice(b"0\r\n\r\n");
        self.stream.write_all(&out).await?;
        Ok(After::Keep)
    }

    /// Sends a head that nothing followed.
    async fn flush(&mut self) -> io::Result<()> {
        let out = std::mem::take(&mut self.head);
        self.stream.write_all(&out).await
    }

    /// Says nothing for a while, or until the client goes away.
    pub(crate) async fn stall(&mut self, wait: Duration) -> After {
        if self.flush().await.is_err() {
            return After::Close;
        }
        let mut byte = [0];
        tokio::select! {
            () = sleep(wait) => After::Keep,
            read = self.stream.read(&mut byte) => match read {
                Ok(1..) => { self.rest.extend_from_slice(&byte); After::Keep }
                _ => After::Close,
            },
        }
    }

    async fn request(&mut self) -> io::Result<Option<Request>> {
        let Some(end) = self.head_end().await? else { return Ok(None) };
        let head: Vec<u8> = self.rest.drain(..end).collect();
        let text = String::from_utf8_lossy(&head);
        let mut lines = text.split("\r\n");
        // A text has a first line.
        let mut words = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Err(io::Error::new(ErrorKind::InvalidData, "no request line"));
        };
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(key, value)| (key.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        // Through a proxy comes the whole address.
        let path = match path.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]).to_owned(),
            None => path,
        };
        let mut request = Request { method, path, headers, body: Vec::new() };
        request.body = self.body(&request).await?;
        Ok(Some(request))
    }

    async fn body(&mut self, request: &Request) -> io::Result<Vec<u8>> {
        if request.header("expect").is_some() {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        if length > LONGEST_BODY {
            return Err(io::Error::new(ErrorKind::InvalidData, "the body is too long"));
        }
        while self.rest.len() < length {
            if !self.read_more().await? {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.rest.drain(..length).collect())
    }

    /// Where the head of the next request ends; `None` if the client closed the connection.
    async fn head_end(&mut self) -> io::Result<Option<usize>> {
        loop {
            if let Some(end) = self.rest.windows(4).position(|window| window == b"\r\n\r\n") {
                return Ok(Some(end + 4));
            }
            if self.rest.len() > LONGEST_HEAD {
                return Err(io::Error::new(ErrorKind::InvalidData, "the head is too long"));
            }
            if !self.read_more().await? {
                return Ok(None);
            }
        }
    }

    async fn read_more(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 8192];
        let read = self.stream.read(&mut buffer).await?;
        self.rest.extend_from_slice(&buffer[..read]);
        Ok(read > 0)
    }
}

/// A piece as it stands in a body that comes in pieces.
fn frame(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\r\n");
}

fn head(status: u16, headers: &[(&str, String)]) -> String {
    let mut head = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    for (key, value) in headers {
        head.push_str(&format!("{key}: {value}\r\n"));
    }
    head
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Scripted",
    }
}

/// A server in a thread of its own; dropping it ends the thread and every connection.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Listens on this machine alone; port 0 picks a free one.
    pub(crate) fn start(handler: Arc<impl Handler>, port: u16) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _entered = runtime.enter();
            listen((Ipv4Addr::LOCALHOST, port).into())?
        };
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let thread = std::thread::Builder::new().name("scripted-server".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept_all(listener, handler, &counter) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, connections, stop: Some(stop), thread: Some(thread) })
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Waits until the server ends, which it does not by itself.
    pub(crate) fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// With room for as many connections at once as real servers have: the usual 128 lose some of a crowd, which then wait
/// for a second.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    const WAITING: u32 = 2048;
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

async fn accept_all(listener: TcpListener, handler: Arc<impl Handler>, counter: &AtomicUsize) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        counter.fetch_add(1, Ordering::Relaxed);
        let handler = Arc::clone(&handler);
        tokio::spawn(async move {
            let mut connection = Connection { stream, rest: Vec::new(), head: Vec::new() };
            // A client that goes away is nothing to report.
            if let Ok(After::Reset) = serve(&mut connection, &*handler).await {
                let _ = connection.stream.set_zero_linger();
            }
        });
    }
}

async fn serve(connection: &mut Connection, handler: &impl Handler) -> io::Result<After> {
    connection.stream.set_nodelay(true)?;
    while let Some(request) = connection.request().await? {
        let after = handler.handle(request, connection).await?;
        connection.flush().await?;
        if after != After::Keep {
            return Ok(after);
        }
    }
    Ok(After::Close)
}
