//! The scripted OpenAI-compatible server as a process.
//!
//! `scripted-server [SCRIPT.json|-] [--log FILE] [--port N]`: reads its script (`-` is standard input; none is
//! the solver for every model), prints its address as the first line and serves until it is ended.

use std::{
    error::Error,
    io::{self, Read, Write},
    process::ExitCode,
};

use thinkmeter_testkit::{Script, ScriptedServer};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let (mut script, mut log, mut port) = (None, None, 0);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--log" => log = Some(value()?.into()),
            "--port" => port = value()?.parse()?,
            "-" => {
                let mut text = String::new();
                io::stdin().read_to_string(&mut text)?;
                script = Some(text);
            }
            path if !path.starts_with('-') => {
                script = Some(std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?);
            }
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let mut script: Script = script.map_or(Ok(Script::default()), |text| serde_json::from_str(&text))?;
    script.log = log.or(script.log);
    let server = ScriptedServer::start_at(script, port, None)?;
    writeln!(io::stdout(), "{}", server.base_url())?;
    io::stdout().flush()?;
    server.wait();
    Ok(())
}
