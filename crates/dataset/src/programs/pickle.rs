//! A pickle of one text, read without running it: a pickle is a program, and only those that push one text and stop are taken.
//! The opcodes are those of Python's `pickletools`, protocols 0 to 5.

/// The one text.
pub(super) fn string(pickled: Vec<u8>) -> Result<String, String> {
    let mut rest = &*pickled;
    let mut found: Option<String> = None;
    loop {
        let opcode = byte(&mut rest)?;
        let text = match opcode {
            b'.' if rest.is_empty() => return found.ok_or_else(|| "it is empty".to_owned()),
            b'.' => return Err(format!("{} bytes stand behind its end", rest.len())),
            0x80 if byte(&mut rest)? <= 5 => None,
            0x80 => return Err("its protocol is newer than 5".to_owned()),
            // How long the frame is, and where the text is kept: neither matters to whoever reads one text.
            0x95 => skip(&mut rest, 8)?,
            0x94 => None,
            b'q' => skip(&mut rest, 1)?,
            b'r' => skip(&mut rest, 4)?,
            b'p' => line(&mut rest).map(|_| None)?,
            0x8c => Some(counted(&mut rest, 1)?),
            b'X' => Some(counted(&mut rest, 4)?),
            0x8d => Some(counted(&mut rest, 8)?),
            b'V' => Some(raw(line(&mut rest)?)?),
            other => return Err(format!("opcode {other:#04x} does something else")),
        };
        if text.is_some() && found.is_some() {
            return Err("it holds two texts".to_owned());
        }
        found = text.or(found);
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], String> {
    let (taken, behind) = rest.split_at_checked(count).ok_or("it is cut")?;
    *rest = behind;
    Ok(taken)
}

fn byte(rest: &mut &[u8]) -> Result<u8, String> {
    take(rest, 1).map(|taken| taken[0])
}

fn skip(rest: &mut &[u8], count: usize) -> Result<Option<String>, String> {
    take(rest, count).map(|_| None)
}

/// A text behind its length, which has so many bytes, the least one first.
fn counted(rest: &mut &[u8], bytes: usize) -> Result<String, String> {
    let length = take(rest, bytes)?.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let text = take(rest, usize::try_from(length).map_err(|_| "it is cut")?)?;
    String::from_utf8(text.to_vec()).map_err(|_| "its text is no UTF-8".to_owned())
}

fn line<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], String> {
    let end = rest.iter().position(|byte| *byte == b'\n').ok_or("it is cut")?;
    let line = take(rest, end)?;
    take(rest, 1).map(|_| line)
}

/// The oldest form: bytes are characters, and `\u` and `\U` begin those that are none.
fn raw(line: &[u8]) -> Result<String, String> {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        let digits = match (first, rest.first()) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            _ => {
                text.push(char::from(*first));
                continue;
            }
        };
        take(&mut rest, 1)?;
        let digits = std::str::from_utf8(take(&mut rest, digits)?).map_err(|_| "an escape is none")?;
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| are_digits).ok_or("an escape is none")?;
        text.push(char::from_u32(code).ok_or("an escape is no character")?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_of_any_protocol_is_read() {
        let check = |bytes: &[u8], expect: &str| assert_eq!(string(bytes.to_vec()).as_deref(), Ok(expect));
        check(b"V[1]\np0\n.", "[1]");
        check(b"Va\\u000ab\xe4\\U0001f600\\u005c\n.", "a\nbä😀\\");
        check(b"\x80\x02X\x03\0\0\0[1]q\0.", "[1]");
        check(b"\x80\x03X\x03\0\0\0[1]r\0\0\0\0.", "[1]");
        check(b"\x80\x04\x95\x07\0\0\0\0\0\0\0\x8c\x03[1]\x94.", "[1]");
        check(b"\x80\x05\x8d\x03\0\0\0\0\0\0\0[1]\x94.", "[1]");
    }

    #[test]
    fn everything_else_is_refused() {
        let check = |bytes: &[u8], expect: &str| {
            let found = string(bytes.to_vec()).unwrap_err();
            assert!(found.contains(expect), "{found} for {expect}");
        };
        check(b"", "cut");
        check(b".", "empty");
        check(b"\x80\x06\x8c\x01a.", "newer than 5");
        check(b"\x80\x04\x8c\x01a\x8c\x01b.", "two texts");
        check(b"\x80\x04\x8c\x01a.\x8c", "behind its end");
        check(b"\x80\x04\x8c\x05ab.", "cut");
        check(b"\x8d\xff\xff\xff\xff\xff\xff\xff\xffab.", "cut");
        check(b"\x80\x04]\x94.", "opcode 0x5d");
        check(b"cposix\nsystem\n(S'id'\ntR.", "opcode 0x63");
        check(b"(ios\nsystem\n.", "opcode 0x28");
        check(b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "two texts");
        check(b"\x80\x04\x8c\x01aR.", "opcode 0x52");
        check(b"\x80\x04\x8c\x01\xff.", "no UTF-8");
        check(b"V\\ud800\n.", "no character");
        check(b"V\\u12", "cut");
        check(b"V\\u+123\n.", "none");
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..64)) {
            drop(string(bytes));
        }
    }
}
