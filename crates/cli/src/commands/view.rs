//! `thinkmeter view`: a run in a browser.

use view::{Server, Settings};

use super::session::Session;
use crate::args::{Global, ViewArgs};
use crate::exit::{Exit, Failure, Result};
use crate::{interrupt, output};

pub(crate) fn run(args: ViewArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, true)?;
    let settings =
        Settings { folder: args.run, address: args.address, port: args.port, hosts: args.allow_host };
    session.runtime.block_on(async {
        let server = Server::open(&settings).await?;
        if !settings.address.is_loopback() {
            output::say("note: everybody who reaches this machine at that address can read the run");
        }
        output::data(&format!("{} (Ctrl-C ends it)", server.url()))?;
        server.serve(interrupt::asked_to_end()).await;
        Ok::<_, Failure>(Exit::Done)
    })
}
