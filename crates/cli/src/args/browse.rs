//! `thinkmeter view`.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct ViewArgs {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// The port; any that is free if 0
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
    /// The address to listen at; anything but loopback lets others on the network read the run
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) address: IpAddr,
    /// A host name to answer to besides those of loopback (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
}
