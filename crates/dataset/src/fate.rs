//! What became of a recorded reply: whether it came at all, and how it ended. Decided here for every reader.

use chat::shape::is_hidden;
use tables::{Finish, Reply};

/// What stands for a reply that its source does not hold.
const NO_REPLY: &str = "the source holds no reply";

/// Tells an empty reply from none, and a complaint beside a full reply from a failed call. `said`: the source has a text
/// for it, be it an empty one. What is recorded of the end is never changed: an empty reply that was cut was cut.
pub(crate) fn settle(reply: &mut Reply, said: bool) {
    let ended = matches!(reply.finish, Finish::Stop | Finish::Length) || reply.finish_word.is_some();
    if has_words(reply) {
        if reply.finish == Finish::Error {
            reply.finish = Finish::Unknown;
            reply.finish_word = Some("error".to_owned());
        }
    } else if !ended
        && (reply.finish == Finish::Error || reply.error.is_some() || !(said || was_counted(reply)))
    {
        reply.finish = Finish::Error;
        reply.error.get_or_insert_with(|| NO_REPLY.to_owned());
    }
}

fn has_words(reply: &Reply) -> bool {
    let thought = reply.reasoning.as_deref().is_some_and(|text| !text.trim().is_empty());
    thought || !reply.content.is_empty() || reply.reasoning_field.as_deref().is_some_and(is_hidden)
}

/// Somebody counted tokens of it, so it came.
fn was_counted(reply: &Reply) -> bool {
    [reply.completion_tokens, reply.reasoning_tokens].into_iter().flatten().any(|tokens| tokens > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_reply_is_not_a_failed_call() {
        let check = |reply: Reply, said: bool, finish: Finish, error: Option<&str>| {
            let mut settled = reply.clone();
            settle(&mut settled, said);
            assert_eq!((settled.finish, settled.error.as_deref()), (finish, error), "{reply:?}");
        };
        let ended = |finish| Reply { finish, ..Reply::default() };
        let failed = |error: &str| Reply { error: Some(error.into()), ..Reply::default() };
        check(ended(Finish::Length), true, Finish::Length, None);
        check(ended(Finish::Length), false, Finish::Length, None);
        check(ended(Finish::Stop), true, Finish::Stop, None);
        check(ended(Finish::Unknown), true, Finish::Unknown, None);
        check(ended(Finish::Unknown), false, Finish::Error, Some(NO_REPLY));
        check(ended(Finish::Error), true, Finish::Error, Some(NO_REPLY));
        check(failed("429"), true, Finish::Error, Some("429"));
        check(failed("429"), false, Finish::Error, Some("429"));
        check(Reply { finish: Finish::Length, ..failed("late") }, true, Finish::Length, Some("late"));
        check(Reply { content: "5".into(), ..failed("late") }, true, Finish::Unknown, Some("late"));
        check(Reply { content: "5".into(), ..ended(Finish::Error) }, true, Finish::Unknown, None);
        check(Reply { completion_tokens: Some(9), ..Reply::default() }, false, Finish::Unknown, None);
        let redacted = Reply { reasoning_field: Some("thinking.sealed".into()), ..Reply::default() };
        check(redacted, false, Finish::Unknown, None);
        let word = Reply { finish_word: Some("SAFETY".into()), ..Reply::default() };
        check(word, false, Finish::Unknown, None);
    }
}
