//! Why a run is not shown.

use std::net::IpAddr;

use run_reader::RunReaderError;
use tables::{Blame, Blamed};

/// A run that cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RunReaderError),
    /// The address cannot be listened at.
    #[error("cannot listen at {address} port {port}: {source}; another --port may be free")]
    Listen {
        /// The address.
        address: IpAddr,
        /// The port.
        port: u16,
        /// Why not.
        source: std::io::Error,
    },
}

impl Blamed for ViewError {
    fn blame(&self) -> Blame {
        match self {
            Self::Run(error) => error.blame(),
            Self::Listen { .. } => Blame::Input,
        }
    }
}
