//! Server-sent events, as model servers really write them: pieces end anywhere, comments keep connections
//! alive, the blank line between events may be missing.

use memchr::memchr;
use serde_json::Value;

use crate::{
    piece::{Field, Piece},
    template::Template,
};

/// The longest line that is waited for; no honest delta comes near it.
const LONGEST_LINE: usize = 64 << 20;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A JSON value on more lines than this is none of a stream.
const MOST_LINES: u32 = 4096;

/// Thinking and answer have a template each, a server may change its mind, and that is it.
const LOOKS: u32 = 16;

/// What a line of the stream says.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, taken apart where it is made; a box would be an allocation a token"
)]
pub(crate) enum Event<'a> {
    /// A piece of the reply.
    Data(Piece<'a>),
    /// A piece that holds nothing but this text.
    Text(Field, &'a str),
    /// The server announced an error, by `event: error` or by an error object.
    Error(Value),
    /// `[DONE]`.
    Done,
}

/// Turns pieces of bytes into events.
pub(crate) struct EventReader {
    /// Bytes of a line whose end has not come yet.
    rest: Vec<u8>,
    /// The first line has come.
    begun: bool,
    /// Data lines that are not yet a whole JSON value.
    data: String,
    /// So many.
    lines: u32,
    /// The event that is being read is an error.
    is_error: bool,
    /// What the last line with a text looked like.
    template: Option<Template>,
    /// How often a new one may be taken.
    looks: u32,
    /// Room for texts that are written with escapes.
    scratch: String,
}

impl Default for EventReader {
    fn default() -> Self {
        Self {
            rest: Vec::new(),
            begun: false,
            data: String::new(),
            lines: 0,
            is_error: false,
            template: None,
            looks: LOOKS,
            scratch: String::new(),
        }
    }
}

impl EventReader {
    /// Takes a part of the body and hands over the events that it completes. The error is a sentence.
    pub(crate) fn push(&mut self, part: &[u8], take: &mut dyn FnMut(Event<'_>)) -> Result<(), String> {
        let mut part = part;
        while let Some(end) = memchr(b'\n', part) {
            let (line, behind) = (&part[..end], &part[end + 1..]);
            part = behind;
            if self.rest.is_empty() {
                self.line(line, take)?;
            } else {
                let mut whole = std::mem::take(&mut self.rest);
                whole.extend_from_slice(line);
                self.line(&whole, take)?;
                whole.clear();
                self.rest = whole;
            }
        }
        self.rest.extend_from_slice(part);
        if self.rest.len() > LONGEST_LINE {
            return Err("the stream holds a line that does not end".to_owned());
        }
        Ok(())
    }

    /// The body ended: what is left must be a whole event.
    pub(crate) fn finish(&mut self, take: &mut dyn FnMut(Event<'_>)) -> Result<(), String> {
        let line = std::mem::take(&mut self.rest);
        if !line.is_empty() {
            self.line(&line, take)?;
        }
        self.line(b"", take)
    }

    fn line(&mut self, line: &[u8], take: &mut dyn FnMut(Event<'_>)) -> Result<(), String> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // A stream may begin with a mark of its byte order, which is no part of its first line.
        let line = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| !self.begun).unwrap_or(line);
        self.begun = true;
        let alike = self.template.as_ref().filter(|_| self.data.is_empty() && !self.is_error);
        if let Some((field, text)) = alike.and_then(|template| template.read(line, &mut self.scratch)) {
            take(Event::Text(field, text));
            return Ok(());
        }
        let whole = line;
        let line =
            std::str::from_utf8(line).map_err(|_| "the stream is cut inside a character".to_owned())?;
        if line.is_empty() {
            return self.event_ends();
        }
        if let Some(data) = line.strip_prefix("data:") {
            self.data_line(data.trim(), whole, take);
        } else if let Some(name) = line.strip_prefix("event:") {
            self.is_error = name.trim() == "error";
        } else if line.starts_with('{') {
            // Some gateways drop the prefix when they report an error after the stream began.
            self.data_line(line, whole, take);
        }
        self.check_end()
    }

    /// A value that does not end is not waited for: with each line of it those before are read once more.
    fn check_end(&mut self) -> Result<(), String> {
        self.lines = if self.data.is_empty() { 0 } else { self.lines + 1 };
        if self.lines > MOST_LINES || self.data.len() > LONGEST_LINE {
            return Err("the stream holds a JSON value that does not end".to_owned());
        }
        Ok(())
    }

    /// `whole` is the line as it came.
    fn data_line(&mut self, line: &str, whole: &[u8], take: &mut dyn FnMut(Event<'_>)) {
        if !self.data.is_empty() {
            let mut data = std::mem::take(&mut self.data);
            data.push_str(line);
            if !self.value(&data, &[], take) {
                self.data = data;
            }
        } else if line == "[DONE]" {
            take(Event::Done);
        } else if !self.value(line, whole, take) {
            self.data.push_str(line);
        }
    }

    /// False if it is no whole value yet.
    fn value(&mut self, data: &str, line: &[u8], take: &mut dyn FnMut(Event<'_>)) -> bool {
        let is_error = self.is_error;
        let Self { template, looks, .. } = self;
        let whole = Piece::read(data, |piece| match piece.error.as_deref() {
            None | Some(Value::Null) if !is_error => {
                // Some servers write every line anew; for those looking would be work for nothing.
                if *looks > 0 && piece.only_text().is_some() {
                    *looks -= 1;
                    *template = Template::of(line, &piece);
                }
                take(Event::Data(piece));
                false
            }
            _ => true,
        });
        if whole == Some(true) {
            // Rare, and what is reported may stand beside the error: read once more, as it is; it was JSON just now.
            take(Event::Error(serde_json::from_str(data).unwrap_or_default()));
        }
        whole.is_some()
    }

    fn event_ends(&mut self) -> Result<(), String> {
        self.is_error = false;
        if self.data.is_empty() {
            return Ok(());
        }
        Err(format!("the stream holds half a JSON value: {}", crate::failure::shorten(&self.data)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ERROR: &str = r#"{"choices":[{"delta":{"content":"2"}}]}"#;

    /// The events as words: the content of a piece, an error's object, `done`.
    fn read(text: &[u8], part: usize) -> Result<Vec<String>, String> {
        let (mut reader, mut events) = (EventReader::default(), Vec::new());
        let mut take = |event: Event<'_>| {
            events.push(match event {
                Event::Data(piece) => {
                    let message = piece.choices.0.and_then(|choice| choice.delta).unwrap_or_default();
                    message.content.text().unwrap_or("-").to_owned()
                }
                Event::Text(_, text) => text.to_owned(),
                Event::Error(value) => value.to_string(),
                Event::Done => "done".to_owned(),
            });
        };
        for bytes in text.chunks(part) {
            reader.push(bytes, &mut take)?;
        }
        reader.finish(&mut take)?;
        Ok(events)
    }

    /// However the bytes are cut, the events are the same. `(x)` stands for a piece with the content x.
    fn check(text: &str, expect: Result<&[&str], &str>) {
        let text = text.replace('(', r#"{"choices":[{"delta":{"content":""#).replace(')', r#""}}]}"#);
        for part in [1, 2, 3, 7, 1000] {
            let found = read(text.as_bytes(), part);
            match &expect {
                Ok(events) => {
                    assert_eq!(found.unwrap_or_default(), *events, "{text:?} in parts of {part}");
                }
                Err(words) => assert!(found.unwrap_err().contains(words), "{text:?} in parts of {part}"),
            }
        }
    }

    #[test]
    fn events_are_read_however_they_are_cut() {
        check("data: (é)\n\ndata: [DONE]\n\n", Ok(&["é", "done"]));
        check("data:(1)\r\n\r\ndata:(2)", Ok(&["1", "2"]));
        check(": keep-alive\n\n\n\nid: 7\nretry: 3\ndata: (1)\n", Ok(&["1"]));
        check("data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"1\"}}]}\n\n", Ok(&["1"]));
        check("data: (1)\ndata: (2)\n", Ok(&["1", "2"]));
        check("data: {\"a\": 1}\ndata: 7\n", Ok(&["-", "-"]));
        check("data: (1)\n\ndata: (2)\n\ndata: (\\n3)\n\ndata: (4", Err("half a JSON value"));
        check("data: (1)\r\n\r\ndata: (\\u00e9)\r\n\r\ndata: (3)\r\n", Ok(&["1", "é", "3"]));
        check("data: (1)\nevent: error\ndata: (2)\n\ndata: (3)\n", Ok(&["1", ERROR, "3"]));
        check("\u{feff}data: (1)\n\n\u{feff}data: (2)\n\ndata: (3)\n", Ok(&["1", "3"]));
        check("\u{feff}\n\ndata: (1)\n", Ok(&["1"]));
        check("", Ok(&[]));
    }

    proptest! {
        /// Whatever is said, wherever it is cut: what arrives is what was sent, with and without a template.
        #[test]
        fn no_text_is_lost_or_changed(
            texts in prop::collection::vec("(?s).{0,12}|[\"\\\\\n]{1,4}|\"\\}\\]\\}", 0..12),
            same_envelope in any::<bool>(),
            part in 1..200_usize,
        ) {
            let mut stream = String::new();
            for (number, text) in texts.iter().enumerate() {
                let id = if same_envelope { 0 } else { number };
                let event = json!({"id": id, "choices": [{"delta": {"content": text}, "finish_reason": null}]});
                stream += &format!("data: {event}\n\n");
            }
            prop_assert_eq!(read(stream.as_bytes(), part).unwrap(), texts);
        }
    }

    #[test]
    fn errors_are_told_from_data() {
        check("data: {\"error\": null}\n", Ok(&["-"]));
        check("data: {\"error\": \"x\"}\n", Ok(&["{\"error\":\"x\"}"]));
        check("data: {\"error\": {\"m\": 1}, \"code\": 5}\n", Ok(&["{\"code\":5,\"error\":{\"m\":1}}"]));
        check("event: error\ndata: {\"m\": 1}\n\n", Ok(&["{\"m\":1}"]));
        check("{\"error\": \"bare\"}\n", Ok(&["{\"error\":\"bare\"}"]));
    }

    #[test]
    fn half_a_value_is_an_error() {
        check("data: {\"a\": [1,\n\ndata: 2\n\n", Err("half a JSON value"));
        check(&("data: [\n".to_owned() + &"data: 1,\n".repeat(5000)), Err("does not end"));
        check("data: (1)\n\ndata: {\"a\"", Err("half a JSON value"));
    }

    #[test]
    fn half_a_character_is_an_error() {
        let mut bytes = "data: {\"a\": \"é".as_bytes().to_vec();
        bytes.pop();
        assert!(read(&bytes, 4).unwrap_err().contains("inside a character"));
    }
}
