//! Where thinking stands in a reply, and so how a reply begins that goes on inside it or behind it.

use crate::{ChatReply, Continuation, Trial};

/// How an answer begins that a model is made to end: the usual words.
pub const CUE: &str = "The final answer is \\boxed{";

/// Where thinking stands in a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a field of its own.
    Field,
    /// Between tags; nothing opens it where the prompt did.
    Between {
        /// Stands in front of it.
        open: String,
        /// Stands behind it.
        close: String,
    },
    /// The model works in the open.
    Text,
}

/// What came behind a beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behind {
    /// What was thought; all of it where the model works in the open.
    pub thought: String,
    /// The answer behind the thinking; null where that never ended, and where the model works in the open.
    pub answer: Option<String>,
}

impl Place {
    /// The beginning of a reply whose thinking goes on.
    pub fn inside(&self, thought: &str) -> Continuation {
        let text = |text: String| Continuation { thinking: None, text: Some(text) };
        match self {
            Self::Field => Continuation { thinking: Some(thought.to_owned()), text: None },
            Self::Between { open, .. } => text(format!("{open}{thought}")),
            Self::Text => text(thought.to_owned()),
        }
    }

    /// The beginning of a reply: thinking that is over, and an answer that begins with `cue`.
    pub fn closing(&self, thought: &str, cue: &str) -> Continuation {
        let text = |text: String| Continuation { thinking: None, text: Some(text) };
        match self {
            Self::Field => Continuation { thinking: Some(thought.to_owned()), text: Some(cue.to_owned()) },
            Self::Between { open, close } => text(format!("{open}{thought}\n{close}\n\n{cue}")),
            Self::Text => text(format!("{thought}\n\n{cue}")),
        }
    }

    /// What came behind [`Self::inside`]. Servers that parse thinking may file the new text under it or not, wherever it went
    /// on: a closing tag tells most, then a text in each field.
    pub fn behind(&self, reply: &ChatReply) -> Behind {
        let close = match self {
            Self::Text => return Behind { thought: reply.joined(), answer: None },
            Self::Between { close, .. } => close.as_str(),
            Self::Field => "</think>",
        };
        let parts = |thought: &str, answer: &str| Behind {
            thought: thought.to_owned(),
            answer: Some(answer.to_owned()),
        };
        let joined = reply.joined();
        match (joined.split_once(close), reply.reasoning.as_deref()) {
            (Some((thought, answer)), _) => parts(thought, answer),
            (None, Some(thought)) if !reply.content.trim().is_empty() => parts(thought, &reply.content),
            // Thinking that ended at once.
            (None, None) if *self == Self::Field => parts("", &reply.content),
            _ => Behind { thought: joined, answer: None },
        }
    }

    /// Shows whether a server goes on inside such thinking.
    pub fn trial_inside(&self) -> Trial {
        if *self == Self::Field { Trial::InsideThinking } else { Trial::Text }
    }

    /// Shows whether it goes on behind it.
    pub fn trial_behind(&self) -> Trial {
        match self {
            Self::Field => Trial::BehindThinking,
            Self::Between { .. } => Trial::BehindTags,
            Self::Text => Trial::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::continuation::tests::reply;

    fn between(open: &str) -> Place {
        Place::Between { open: open.to_owned(), close: "</think>".to_owned() }
    }

    #[test]
    fn each_place_is_closed_in_its_own_way() {
        let check = |place: Place, thinking: Option<&str>, expect: &str| {
            let beginning = place.closing("\nhm", "It is ");
            assert_eq!((beginning.thinking.as_deref(), beginning.text.as_deref()), (thinking, Some(expect)));
        };
        check(Place::Field, Some("\nhm"), "It is ");
        check(between("<think>"), None, "<think>\nhm\n</think>\n\nIt is ");
        check(between(""), None, "\nhm\n</think>\n\nIt is ");
        check(Place::Text, None, "\nhm\n\nIt is ");
    }

    #[test]
    fn each_place_is_gone_on_inside() {
        let check = |place: Place, thinking: Option<&str>, text: Option<&str>| {
            let beginning = place.inside("hm.\n\n");
            assert_eq!((beginning.thinking.as_deref(), beginning.text.as_deref()), (thinking, text));
        };
        check(Place::Field, Some("hm.\n\n"), None);
        check(between("<think>\n"), None, Some("<think>\nhm.\n\n"));
        check(Place::Text, None, Some("hm.\n\n"));
    }

    #[test]
    fn thinking_and_answer_are_told_apart_wherever_they_were_filed() {
        let check = |place: Place, came: ChatReply, thought: &str, answer: Option<&str>| {
            let behind = place.behind(&came);
            assert_eq!((behind.thought.as_str(), behind.answer.as_deref()), (thought, answer), "{came:?}");
        };
        check(Place::Field, reply(Some("so 5"), "It is 5."), "so 5", Some("It is 5."));
        check(Place::Field, reply(None, "so 5</think>It is 5."), "so 5", Some("It is 5."));
        check(Place::Field, reply(Some("so 5</think>It is 5."), ""), "so 5", Some("It is 5."));
        check(Place::Field, reply(None, "It is 5."), "", Some("It is 5."));
        check(Place::Field, reply(Some("so"), ""), "so", None);
        check(between(""), reply(None, "so 5</think>It is 5."), "so 5", Some("It is 5."));
        check(between(""), reply(None, "so"), "so", None);
        check(between(""), reply(Some("so 5"), "It is 5."), "so 5", Some("It is 5."));
        check(Place::Text, reply(None, "so \\boxed{5}"), "so \\boxed{5}", None);
    }
}
