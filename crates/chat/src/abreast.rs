//! Conversations side by side: the questions of all of them are one round.

use crate::{Dialogue, Next, Question, Replies};

/// All of these at once; it is over when the last of them is, with what each came to in their order.
pub fn abreast<T: Send, D: Dialogue<T>>(dialogues: Vec<D>) -> impl Dialogue<Vec<T>> {
    let talk = |dialogue| Talk { dialogue, asked: 0, done: None };
    Abreast { talks: dialogues.into_iter().map(talk).collect() }
}

struct Abreast<T, D> {
    talks: Vec<Talk<T, D>>,
}

struct Talk<T, D> {
    dialogue: D,
    /// Its questions that are under way.
    asked: usize,
    done: Option<T>,
}

impl<T: Send, D: Dialogue<T>> Dialogue<Vec<T>> for Abreast<T, D> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<T>> {
        let (mut questions, mut rest) = (Vec::new(), replies);
        for talk in self.talks.iter_mut().filter(|talk| talk.done.is_none()) {
            let (own, others) = rest.split_at(talk.asked.min(rest.len()));
            rest = others;
            talk.go_on(own, &mut questions);
        }
        if questions.is_empty() {
            return Next::Done(self.talks.iter_mut().filter_map(|talk| talk.done.take()).collect());
        }
        Next::Ask(questions)
    }

    fn most_rounds(&self) -> usize {
        self.talks.iter().map(|talk| talk.dialogue.most_rounds()).max().unwrap_or(0)
    }
}

impl<T, D: Dialogue<T>> Talk<T, D> {
    fn go_on(&mut self, replies: &Replies, questions: &mut Vec<Question>) {
        self.asked = 0;
        match self.dialogue.next(replies) {
            Next::Done(value) => self.done = Some(value),
            Next::Ask(more) => {
                self.asked = more.len();
                questions.extend(more);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::{done, rehearse};
    use crate::{ChatReply, ChatRequest, Message, Sampling};

    /// Asks `name` in so many rounds, then says what it heard last.
    struct Asks(&'static str, usize, String);

    impl Dialogue<String> for Asks {
        fn next(&mut self, replies: &Replies) -> Next<String> {
            if let Some(Ok(reply)) = replies.first() {
                self.2 = reply.content.clone();
            }
            if self.1 == 0 {
                return Next::Done(self.2.clone());
            }
            self.1 -= 1;
            Next::Ask(vec![Question::new(ChatRequest::new(
                vec![Message::user(self.0)],
                Sampling::default(),
                0,
            ))])
        }
    }

    #[test]
    fn each_hears_its_own_replies_and_the_longest_ends_it() {
        let talks: Vec<Box<dyn Dialogue<String>>> = vec![
            Box::new(Asks("a", 1, String::new())),
            Box::new(done("at once".to_owned())),
            Box::new(Asks("b", 3, String::new())),
        ];
        let mut count = 0;
        let (value, asked) = rehearse(abreast(talks), 9, |question| {
            count += 1;
            let content = format!("{}{count}", question.request.messages[0].content);
            Ok(ChatReply { content, ..ChatReply::default() })
        });
        assert_eq!(
            (value.unwrap(), asked.len()),
            (vec!["a1".to_owned(), "at once".to_owned(), "b4".to_owned()], 4)
        );
        assert_eq!(rehearse(abreast(Vec::<Asks>::new()), 0, |_| unreachable!()).0, Some(vec![]));
    }
}
