//! A run in a browser: its report, a list of its traces, each trace; pages are made from the tables as they are asked for,
//! so the size of the run does not matter.
//!
//! The server is for the person at this machine. It answers on loopback, and only to requests that name it by the hosts
//! it was told: a page elsewhere cannot reach it by a name of its own that resolves here. Nothing on a page runs but the
//! report's own script: a strict policy names its hash and forbids any other.

mod error;
mod guard;
mod pages;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

pub use error::ViewError;
use guard::Hosts;
use pages::OpenRun;

/// What is shown, and to whom.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The run's folder.
    pub folder: PathBuf,
    /// Where to listen.
    pub address: IpAddr,
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Host names to answer to besides those of loopback.
    pub hosts: Vec<String>,
}

/// A server that listens and has not answered yet.
pub struct Server {
    listener: TcpListener,
    router: Router,
    address: SocketAddr,
    /// How long a request may take to say what it wants.
    patience: Duration,
}

impl Server {
    /// Opens the run, reads its index and starts to listen.
    ///
    /// # Errors
    /// A folder that is no finished run; a port that is taken.
    pub async fn open(settings: &Settings) -> Result<Self, ViewError> {
        let open = OpenRun::of(&settings.folder)?;
        let taken = |source| ViewError::Listen { address: settings.address, port: settings.port, source };
        let listener = TcpListener::bind((settings.address, settings.port)).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let hosts = Arc::new(Hosts::new(&settings.hosts, settings.address));
        let router = Router::new()
            .route("/", get(pages::report))
            .route("/traces", get(pages::traces))
            .route("/trace/{model}/{place}", get(pages::trace))
            .route("/problem/{id}", get(pages::problem))
            .fallback(pages::missing)
            .layer(middleware::from_fn_with_state(hosts, guard::guard))
            .with_state(Arc::new(open));
        Ok(Self { listener, router, address, patience: PATIENCE })
    }

    /// Where it can be reached.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers until `stop` comes.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) {
        let (mut http, graceful) = (http1::Builder::new(), GracefulShutdown::new());
        http.timer(TokioTimer::new()).header_read_timeout(self.patience);
        let mut stop = pin!(stop);
        loop {
            let connection = tokio::select! {
                connection = self.listener.accept() => connection,
                () = &mut stop => break,
            };
            // A connection that broke before it began, or too many of them, concerns nobody else.
            let Ok((stream, _)) = connection else {
                tokio::time::sleep(AFTER_TROUBLE).await;
                continue;
            };
            let service = TowerToHyperService::new(self.router.clone());
            let answering = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
            tokio::spawn(async move { drop(answering.await) });
        }
        // Who is still reading may end, but keeps nobody waiting for long.
        drop(tokio::time::timeout(PATIENCE_AT_END, graceful.shutdown()).await);
    }
}

/// A request that takes longer to say what it wants is none.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long pages that are under way may take when it is time to stop.
const PATIENCE_AT_END: Duration = Duration::from_secs(5);
/// A wait before the next connection is tried.
const AFTER_TROUBLE: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests;
