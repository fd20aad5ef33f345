//! The probe: a small program that tries to do harm from inside. All of it must fail before anything else is run.

use serde::Deserialize;

use crate::job::{End, Job, Limits};
use crate::{Isolation, NoSandbox, Python, Sandbox, Wanted, door};

const SCRIPT: &str = include_str!("probe/attack.py");

/// One thing that the probe tries.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Attack {
    /// What it is, such as `reads a file`.
    pub name: String,
    /// What the system said to it; null if it let it happen.
    pub refused: Option<String>,
}

impl Sandbox {
    /// The best way that stands the probe on this machine.
    ///
    /// # Errors
    /// See [`NoSandbox`].
    pub fn find(wanted: &Wanted) -> Result<Self, NoSandbox> {
        let python = Python::find(&wanted.python)?;
        if wanted.unconfined {
            door::program()?;
            return Ok(Self::by(Isolation::Nothing, python));
        }
        let mut reasons: Vec<String> = Vec::new();
        for isolation in Isolation::all() {
            let sandbox = Self::by(isolation, python.clone());
            match stands(&sandbox)? {
                Ok(()) => return Ok(sandbox),
                Err(reason) if reasons.contains(&reason) => {}
                Err(reason) => reasons.push(reason),
            }
        }
        Err(NoSandbox::NotHere(reasons.join("; ")))
    }

    /// What became of each attack of the probe.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn attacked(&self) -> Result<Vec<Attack>, NoSandbox> {
        attacked_or_why(self)?.map_err(NoSandbox::NotHere)
    }
}

/// Runs the probe. The inner error says why the sandbox does not stand it.
fn stands(sandbox: &Sandbox) -> Result<Result<(), String>, NoSandbox> {
    match attacked_or_why(sandbox)? {
        Err(why) => Ok(Err(why)),
        Ok(found) => {
            let open: Vec<&str> =
                found.iter().filter(|attack| attack.refused.is_none()).map(|attack| &*attack.name).collect();
            Ok(if open.is_empty() { Ok(()) } else { Err(format!("a program {}", open.join(", "))) })
        }
    }
}

fn attacked_or_why(sandbox: &Sandbox) -> Result<Result<Vec<Attack>, String>, NoSandbox> {
    let parent = std::process::id().to_string();
    let job = Job { script: SCRIPT, input: &[parent.as_bytes()], limits: Limits::default(), packages: false };
    let outcome = sandbox.run(&job)?;
    if let End::NotStarted(why) = outcome.end {
        return Ok(Err(why));
    }
    let said = serde_json::from_slice::<Vec<Attack>>(&outcome.stdout);
    Ok(said.ok().filter(|found| !found.is_empty()).ok_or_else(|| {
        let last = outcome.stderr.lines().last().unwrap_or("it said nothing").to_owned();
        format!("the probe did not finish: {:?}, {last}", outcome.end)
    }))
}
