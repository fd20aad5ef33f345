//! What servers say of how likely the tokens of a reply were: the shape of OpenAI's chat, which vLLM, SGLang and llama.cpp
//! share, in one piece or token by token.

use chat::{Chance, Logprobs};
use memchr::memmem;
use serde_json::Value;

/// Tokens so far.
#[derive(Default)]
pub(crate) struct ToldChances {
    logprobs: Logprobs,
    /// Their bytes, one after the other: thinking, tags and text.
    bytes: Vec<u8>,
    /// What was likeliest at each of the first places.
    likeliest: Vec<Vec<(String, Option<f64>)>>,
}

impl ToldChances {
    /// Takes the `logprobs` of a choice. What has another shape says nothing.
    pub(crate) fn add(&mut self, told: &Value) {
        for token in told.get("content").and_then(Value::as_array).into_iter().flatten() {
            let before = self.bytes.len();
            self.take_bytes(token);
            let bytes = u32::try_from(self.bytes.len() - before).unwrap_or(u32::MAX);
            let (logprob, top) = (token.get("logprob").and_then(Value::as_f64), top(token));
            self.logprobs.push(Chance { logprob, top, bytes });
            // One more than is kept tells a text from a word.
            if self.likeliest.len() <= Logprobs::WORD {
                self.likeliest.push(likeliest(token));
            }
        }
    }

    /// A token may hold a part of a character, so its bytes say more than its text; some servers leave them out.
    fn take_bytes(&mut self, token: &Value) {
        match token.get("bytes").and_then(Value::as_array) {
            Some(bytes) => {
                let bytes = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok());
                self.bytes.extend(bytes);
            }
            None => {
                let text = token.get("token").and_then(Value::as_str);
                text.into_iter().for_each(|text| self.bytes.extend(text.as_bytes()));
            }
        }
    }

    /// What was said of a reply with this text, the last stretch of its tokens that reads like it.
    pub(crate) fn of_reply(self, text: &str) -> Option<Logprobs> {
        let at = memmem::rfind(&self.bytes, text.as_bytes()).filter(|_| !text.is_empty());
        (!self.logprobs.is_empty())
            .then(|| self.logprobs.text_at(at.map(|at| at as u64)).with_likeliest(self.likeliest))
    }
}

/// The likeliest tokens at a place, as far as they are shown.
fn likeliest(token: &Value) -> Vec<(String, Option<f64>)> {
    let shown = token.get("top_logprobs").and_then(Value::as_array).into_iter().flatten();
    let named = |one: &Value| {
        Some((one.get("token")?.as_str()?.to_owned(), one.get("logprob").and_then(Value::as_f64)))
    };
    shown.filter_map(named).collect()
}

/// The mean over the likeliest tokens at a place, if any is shown.
fn top(token: &Value) -> Option<f64> {
    let shown = token.get("top_logprobs").and_then(Value::as_array).into_iter().flatten();
    let shown: Vec<f64> = shown.filter_map(|one| one.get("logprob").and_then(Value::as_f64)).collect();
    (!shown.is_empty()).then(|| shown.iter().sum::<f64>() / shown.len() as f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::gather::Gathered;

    fn token(text: &str, logprob: f64, top: &[f64]) -> Value {
        let top: Vec<Value> = top.iter().map(|logprob| json!({"token": "x", "logprob": logprob})).collect();
        json!({"token": text, "bytes": text.as_bytes(), "logprob": logprob, "top_logprobs": top})
    }

    fn said(tokens: &[Value], delta: Value) -> Value {
        json!({"choices": [{"delta": delta, "logprobs": {"content": tokens}}]})
    }

    fn logprobs(pieces: &[Value]) -> Option<Logprobs> {
        let mut gathered = Gathered::default();
        pieces.iter().for_each(|piece| gathered.add(piece));
        gathered.reply().unwrap().logprobs.map(|logprobs| *logprobs)
    }

    fn values(chances: impl Iterator<Item = Chance>) -> Vec<Option<f64>> {
        chances.map(|chance| chance.logprob).collect()
    }

    #[test]
    fn tokens_are_gathered_from_pieces_as_from_a_whole() {
        let tokens = [
            token("<think>", -0.5, &[-0.5, -1.5]),
            token("h\u{fc}m", -0.25, &[]),
            token("</think>", -0.1, &[-0.1]),
            token("It is", -0.2, &[-0.2]),
            token(" 5", -0.7, &[-0.7, -0.9]),
            token("", -0.01, &[-0.01]),
        ];
        let streamed = [
            said(&tokens[..2], json!({"reasoning_content": "h\u{fc}m"})),
            said(&tokens[2..3], json!({})),
            said(&tokens[3..], json!({"content": "It is 5"})),
        ];
        let message = json!({"reasoning_content": "h\u{fc}m", "content": "It is 5"});
        let whole = json!({"choices": [{"message": message, "logprobs": {"content": tokens}}]});
        let found = logprobs(&streamed).unwrap();
        assert_eq!(Some(&found), logprobs(&[whole]).as_ref());
        let expect = [-0.5, -0.25, -0.1, -0.2, -0.7, -0.01].map(Some);
        assert_eq!(values(found.chances()), expect);
        let tops: Vec<Option<f64>> = found.chances().map(|chance| chance.top).collect();
        assert_eq!(tops, [Some(-1.0), None, Some(-0.1), Some(-0.2), Some(-0.8), Some(-0.01)]);
        assert_eq!(values(found.within(6..7).unwrap().into_iter()), [Some(-0.7)]);
    }

    #[test]
    fn odd_shapes_say_nothing_and_half_characters_are_put_together() {
        let text = json!({"content": "\u{e9}"});
        let none = |told: Value| logprobs(&[json!({"choices": [{"delta": text, "logprobs": told}]})]);
        for told in
            [Value::Null, json!({}), json!({"content": null}), json!([1]), json!("x"), json!({"content": []})]
        {
            assert_eq!(none(told.clone()), None, "{told}");
        }
        let halves =
            json!({"content": [{"bytes": [0xc3], "logprob": -1.0}, {"bytes": [0xa9], "logprob": null}]});
        let found = none(halves).unwrap();
        assert_eq!(values(found.within(0..2).unwrap().into_iter()), [Some(-1.0), None]);
        let other = json!({"content": [{"token": "e", "logprob": -1.0, "top_logprobs": null}]});
        assert_eq!(none(other).unwrap().within(0..2), None, "the text is not made of these tokens");
    }
}
