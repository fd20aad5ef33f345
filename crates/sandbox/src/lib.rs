//! Runs one program that a model wrote, where it can do no harm.
//!
//! The program that this crate is part of starts itself again as a *box*: a process that limits itself (time, memory, files),
//! closes the file system by Landlock and the kernel's other doors by seccomp, and only then becomes the interpreter. So no
//! root, no container and no unsafe code is needed. A box writes nothing: its program and its input come through a pipe. Where
//! that does not work, `bubblewrap` stands in for Landlock; where neither does, nothing is run ([`NoSandbox`]).
//!
//! What must not be known inside (expected outputs, other tests, keys, paths) is never handed in: whoever calls [`Sandbox::run`]
//! compares.

#[cfg(unix)]
mod cpu;
mod door;
mod error;
#[cfg(unix)]
mod inside;
mod job;
mod order;
mod probe;
#[cfg(unix)]
mod pump;
mod python;
mod sandbox;
#[cfg(unix)]
mod start;

pub use door::{allow_starting, allow_unconfined, enter, is_unconfined_allowed};
pub use error::NoSandbox;
pub use job::{End, Job, Limits, Outcome};
pub use probe::Attack;
pub use python::Python;
pub use sandbox::{Isolation, Sandbox, Wanted};
