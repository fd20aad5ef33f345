//! What speaks for and against a mention being an assertion, and how much.

use serde::{Deserialize, Serialize};

/// One piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// It stands in a box.
    Boxed,
    /// "The answer is" or the like stands before it.
    AnswerCue,
    /// "That matches option B" or the like is said of its letter.
    Matches,
    /// With it a compound answer is complete: the last coefficient of an equation.
    Completes,
    /// The asked formula stands on the left of its equation.
    AskedLeft,
    /// The sentence holds one word of the question.
    AskedWord,
    /// The sentence holds several words of the question.
    AskedWords,
    /// "So", "therefore", "we get" stand before it.
    Conclusion,
    /// It is the last right side of an equation.
    ClosesEquation,
    /// A verb such as "is" stands directly before it.
    Verb,
    /// It ends its sentence.
    EndsSentence,
    /// It ends the step.
    EndsStep,
    /// It is bold.
    Bold,
    /// "If", "suppose", "for x =" stand before it.
    Hypothesis,
    /// "Maybe", "check whether" stand before it.
    Hedge,
    /// "Not", "wrong" stand in the sentence.
    Negation,
    /// The sentence is a question.
    Question,
    /// The sentence restates the problem.
    Restatement,
    /// The problem states the same number.
    InProblem,
    /// It is a small integer, which occurs everywhere.
    SmallInteger,
    /// It is one of several values in a list.
    Listed,
    /// It is one of two that may be it, or the end of a range: "either A or B", "between 0 and 90".
    Alternative,
    /// It is the value of several options, so that it tells none of them.
    Ambiguous,
    /// Another letter than the asked one stands on the left.
    OtherLeft,
    /// An equation goes on behind it, or it only owns what follows ("Evelyn's speed").
    GoesOn,
}

impl Evidence {
    /// What it adds to the score.
    pub fn weight(self) -> f64 {
        match self {
            Self::Boxed => 5.0,
            Self::AnswerCue => 3.5,
            Self::Matches => 2.2,
            Self::Completes => 2.0,
            Self::AskedLeft => 2.5,
            Self::AskedWord => 0.8,
            Self::AskedWords => 1.8,
            Self::Conclusion => 0.8,
            Self::ClosesEquation => 1.0,
            Self::Verb => 0.5,
            Self::EndsSentence => 0.5,
            Self::EndsStep => 1.0,
            Self::Bold => 0.7,
            Self::Hypothesis => -1.5,
            Self::Hedge => -1.2,
            Self::Negation => -1.5,
            Self::Question => -2.0,
            Self::Restatement => -1.5,
            Self::InProblem => -1.5,
            Self::SmallInteger => -0.8,
            Self::Listed => -1.5,
            Self::Alternative => -3.0,
            Self::Ambiguous => -6.0,
            Self::OtherLeft => -1.5,
            Self::GoesOn => -1.5,
        }
    }
}
