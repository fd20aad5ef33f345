//! Server-sent events, as model servers really write them: pieces end anywhere, comments keep connections
//! alive, the blank line between events may be missing.

use serde_json::Value;

/// The longest line that is waited for; no honest delta comes near it.
const LONGEST_LINE: usize = 64 << 20;

/// What a line of the stream says.
#[derive(Debug, PartialEq)]
pub(crate) enum Event {
    /// A piece of the reply.
    Data(Value),
    /// The server announced an error by `event: error`.
    Error(Value),
    /// `[DONE]`.
    Done,
}

/// Turns pieces of bytes into events.
#[derive(Default)]
pub(crate) struct EventReader {
    /// Bytes of a line whose end has not come yet.
    rest: Vec<u8>,
    /// Data lines that are not yet a whole JSON value.
    data: String,
    /// The event that is being read is an error.
    is_error: bool,
}

impl EventReader {
    /// Takes a piece of the body and appends the events that it completes. The error is a sentence.
    pub(crate) fn push(&mut self, piece: &[u8], events: &mut Vec<Event>) -> Result<(), String> {
        let mut piece = piece;
        while let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(&piece[..end]);
            piece = &piece[end + 1..];
            let line = std::mem::take(&mut self.rest);
            self.line(&line, events)?;
        }
        self.rest.extend_from_slice(piece);
        if self.rest.len() > LONGEST_LINE {
            return Err("the stream holds a line that does not end".to_owned());
        }
        Ok(())
    }

    /// The body ended: what is left must be a whole event.
    pub(crate) fn finish(&mut self, events: &mut Vec<Event>) -> Result<(), String> {
        let line = std::mem::take(&mut self.rest);
        if !line.is_empty() {
            self.line(&line, events)?;
        }
        self.line(b"", events)
    }

    fn line(&mut self, line: &[u8], events: &mut Vec<Event>) -> Result<(), String> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line =
            std::str::from_utf8(line).map_err(|_| "the stream is cut inside a character".to_owned())?;
        if line.is_empty() {
            return self.event_ends();
        }
        if let Some(name) = line.strip_prefix("event:") {
            self.is_error = name.trim() == "error";
        } else if let Some(data) = line.strip_prefix("data:") {
            self.data_line(data.trim(), events);
        } else if line.starts_with('{') {
            // Some gateways drop the prefix when they report an error after the stream began.
            self.data_line(line, events);
        }
        Ok(())
    }

    fn data_line(&mut self, data: &str, events: &mut Vec<Event>) {
        if self.data.is_empty() && data == "[DONE]" {
            events.push(Event::Done);
            return;
        }
        self.data.push_str(data);
        if let Ok(value) = serde_json::from_str::<Value>(&self.data) {
            self.data.clear();
            let failed = self.is_error || value.get("error").is_some_and(|error| !error.is_null());
            events.push(if failed { Event::Error(value) } else { Event::Data(value) });
        }
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
    use serde_json::json;

    use super::*;

    fn read(text: &[u8], piece: usize) -> Result<Vec<Event>, String> {
        let (mut reader, mut events) = (EventReader::default(), Vec::new());
        for bytes in text.chunks(piece) {
            reader.push(bytes, &mut events)?;
        }
        reader.finish(&mut events)?;
        Ok(events)
    }

    /// However the bytes are cut, the events are the same.
    fn check(text: &str, expect: Result<Vec<Event>, &str>) {
        for piece in [1, 2, 3, 7, 1000] {
            let found = read(text.as_bytes(), piece);
            match &expect {
                Ok(events) => assert_eq!(found.as_ref(), Ok(events), "{text:?} in pieces of {piece}"),
                Err(part) => assert!(found.unwrap_err().contains(part), "{text:?} in pieces of {piece}"),
            }
        }
    }

    #[test]
    fn events_are_read_however_they_are_cut() {
        let data = |value| Event::Data(value);
        check("data: {\"a\":\"é\"}\n\ndata: [DONE]\n\n", Ok(vec![data(json!({"a": "é"})), Event::Done]));
        check("data:{\"a\":1}\r\n\r\ndata:{\"a\":2}", Ok(vec![data(json!({"a": 1})), data(json!({"a": 2}))]));
        check(": keep-alive\n\n\n\nid: 7\nretry: 3\ndata: 1\n", Ok(vec![data(json!(1))]));
        check("data: {\"a\":\ndata: 1}\n\n", Ok(vec![data(json!({"a": 1}))]));
        check("data: 1\ndata: 2\n", Ok(vec![data(json!(1)), data(json!(2))]));
        check("", Ok(vec![]));
    }

    #[test]
    fn errors_are_told_from_data() {
        check("data: {\"error\": null}\n", Ok(vec![Event::Data(json!({"error": null}))]));
        check("data: {\"error\": \"x\"}\n", Ok(vec![Event::Error(json!({"error": "x"}))]));
        check("event: error\ndata: {\"m\": 1}\n\n", Ok(vec![Event::Error(json!({"m": 1}))]));
        check("{\"error\": \"bare\"}\n", Ok(vec![Event::Error(json!({"error": "bare"}))]));
    }

    #[test]
    fn half_a_value_is_an_error() {
        check("data: {\"a\": [1,\n\ndata: 2\n\n", Err("half a JSON value"));
        check("data: 1\n\ndata: {\"a\"", Err("half a JSON value"));
    }

    #[test]
    fn half_a_character_is_an_error() {
        let mut bytes = "data: {\"a\": \"é".as_bytes().to_vec();
        bytes.pop();
        assert!(read(&bytes, 4).unwrap_err().contains("inside a character"));
    }
}
