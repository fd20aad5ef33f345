//! Conversations with a verifier that are made of smaller ones.

use chat::{Dialogue, abreast, dialogue};

use crate::asking::Answered;
use crate::{Outcome, Unverified, Verdict};

/// Words of several questions, one behind the other.
pub(crate) fn joined(raws: impl IntoIterator<Item = String>) -> String {
    raws.into_iter().collect::<Vec<_>>().join("\n\n")
}

/// All of these at once, then one verdict of what they came to; the first that failed fails it.
pub(crate) fn of_all<'a, T: Send + 'a, D: Dialogue<Answered<T>> + 'a>(
    questions: Vec<D>,
    conclude: impl FnOnce(Vec<T>) -> Result<Verdict, String> + Send + 'a,
) -> impl Dialogue<Outcome> + 'a {
    dialogue::then(abreast(questions), move |answers: Vec<Answered<T>>| {
        chat::done(concluded(answers, conclude))
    })
}

fn concluded<T>(
    answers: Vec<Answered<T>>,
    conclude: impl FnOnce(Vec<T>) -> Result<Verdict, String>,
) -> Outcome {
    let (found, raws): (Vec<T>, Vec<String>) =
        answers.into_iter().collect::<Result<Vec<_>, Unverified>>()?.into_iter().unzip();
    let raw = joined(raws);
    match conclude(found) {
        Ok(verdict) => Ok(Verdict { raw, ..verdict }),
        Err(reason) => Err(Unverified::new(reason, Some(raw))),
    }
}
