//! What is secret in a configuration, and texts without it; texts of others that are safe to show.
//!
//! One list says what is secret: who is named in an address (`user:password@`), what its query says (`?key=…`), what stands
//! under a name such as `api_key`, `token` or `password`, and what a pipeline marks (`secrets = ["session"]`). Where a
//! configuration is shown or kept, [`sealed`] takes them out of its places; where others may have repeated one,
//! [`Secrets::redact`] finds it in their text, in base64 too. What is left of them in a fingerprint is a keyed hash
//! ([`Seal`]), so that a change is seen and nobody can guess at a short one.

mod address;
mod base64;
mod names;
mod redact;
mod seal;
mod visible;
mod walk;

pub use address::without_secrets;
pub use names::Names;
pub use redact::Secrets;
pub use seal::{HIDDEN, Seal, hidden};
pub use visible::{in_a_cell, on_one_line, visible, visible_but_painted, visible_in_json};
pub use walk::{found, sealed, without_secret_lines};
