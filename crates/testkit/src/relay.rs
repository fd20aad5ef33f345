//! What may stand between a client and a server: a proxy, and TLS by an authority that nobody knows.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// The longest head that a proxy takes.
const LONGEST_HEAD: usize = 64 << 10;

/// Passes bytes on, in a thread of its own; dropping it ends that.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    authority: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone)]
enum Kind {
    Proxy,
    Tls(TlsAcceptor),
}

impl Relay {
    /// A proxy that sends everything to one place, whatever host was asked for.
    pub fn proxy(to: SocketAddr) -> io::Result<Self> {
        Self::start(to, Kind::Proxy, None)
    }

    /// TLS in front of a plain server, for a host of this name, by an authority made for the occasion.
    pub fn tls(to: SocketAddr, host: &str) -> io::Result<Self> {
        let (acceptor, authority) = certified(host).map_err(io::Error::other)?;
        Self::start(to, Kind::Tls(acceptor), Some(authority))
    }

    fn start(to: SocketAddr, kind: Kind, authority: Option<String>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let seen = Arc::new(Mutex::default());
        let book = Arc::clone(&seen);
        let thread = std::thread::Builder::new().name("relay".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = accept_all(listener, to, kind, book) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, seen, authority, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first line of every connection to a proxy.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The authority's certificate as PEM, for those who shall trust it; empty for a proxy.
    pub fn authority(&self) -> &str {
        // A proxy has none, as the documentation says.
        self.authority.as_deref().unwrap_or_default()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A server's certificate and the authority behind it.
fn certified(host: &str) -> Result<(TlsAcceptor, String), Box<dyn std::error::Error + Send + Sync>> {
    let mut of_authority = CertificateParams::new(Vec::new())?;
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(of_authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec![host.to_owned()])?.signed_by(&key, &authority)?;
    let secret = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], secret)?;
    Ok((TlsAcceptor::from(Arc::new(config)), authority.pem()))
}

async fn accept_all(
    listener: std::net::TcpListener,
    to: SocketAddr,
    kind: Kind,
    seen: Arc<Mutex<Vec<String>>>,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (kind, seen) = (kind.clone(), Arc::clone(&seen));
        // A side that goes away is nothing to report.
        tokio::spawn(async move {
            match kind {
                Kind::Proxy => pass_on(stream, to, &seen).await,
                Kind::Tls(acceptor) => unwrap(stream, &acceptor, to).await,
            }
        });
    }
}

async fn unwrap(stream: TcpStream, acceptor: &TlsAcceptor, to: SocketAddr) -> io::Result<()> {
    let mut inside = acceptor.accept(stream).await?;
    let mut server = TcpStream::connect(to).await?;
    copy_bidirectional(&mut inside, &mut server).await.map(drop)
}

/// A tunnel is opened and forgotten; anything else goes on as it came, with the whole address in it.
async fn pass_on(mut client: TcpStream, to: SocketAddr, seen: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let mut part = [0; 4096];
        let read = client.read(&mut part).await?;
        head.extend_from_slice(&part[..read]);
        if read == 0 || head.len() > LONGEST_HEAD {
            return Err(ErrorKind::InvalidData.into());
        }
    }
    let text = String::from_utf8_lossy(&head);
    // An empty head is no tunnel.
    let line = text.lines().next().unwrap_or_default().to_owned();
    let is_tunnel = line.starts_with("CONNECT ");
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    let mut server = TcpStream::connect(to).await?;
    if is_tunnel {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    } else {
        server.write_all(&head).await?;
    }
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}
