//! Questions about a reply as a whole.

use prompt::{Value, context, fenced};

use crate::Case;

/// An example of everything that the question may show.
pub(crate) fn example() -> Value {
    shown(
        &Case { problem: "2 + 3?".into(), choices: vec!["5".into()], finished: true, ..Case::default() },
        64,
        true,
    )
}

/// The case with a reply of about so many tokens.
pub(crate) fn shown(case: &Case, room: usize, check: bool) -> Value {
    let reply = prompt::fitted(&case.reply, prompt::tokens(&case.reply, 0), room);
    context! { reply => fenced("reply", &reply), check, ..case.values() }
}

/// Votes that are drawn at 0 are one vote.
pub(crate) fn temperature(votes: u32) -> f64 {
    if votes > 1 { 0.7 } else { 0.0 }
}
