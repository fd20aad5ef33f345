//! Bytes as text. Half a character says nothing, but is no reason to refuse what stands around it.

use std::borrow::Cow;

/// What stands for half a character.
pub(crate) const HALF: char = '\u{fffd}';

/// The text, and how many halves of characters it had: surrogates that somebody wrote as bytes, and characters that
/// were cut in the middle.
///
/// # Errors
/// The 1-based place of a byte that is no text in any such way: the file has another encoding.
pub(crate) fn of_bytes(bytes: &[u8]) -> Result<(Cow<'_, str>, u64), usize> {
    let (mut text, mut halves, mut at) = (String::new(), 0, 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let error = match std::str::from_utf8(rest) {
            Ok(all) if at == 0 => return Ok((Cow::Borrowed(all), 0)),
            Ok(last) => return Ok((Cow::Owned(text + last), halves)),
            Err(error) => error,
        };
        let (valid, bad) = rest.split_at(error.valid_up_to());
        text.push_str(&String::from_utf8_lossy(valid));
        at += valid.len();
        let (character, length) = broken(bad, error.error_len()).ok_or(at + 1)?;
        text.push(character);
        halves += u64::from(character == HALF);
        at += length;
    }
}

/// The character that stands for what begins here, and the bytes that it takes.
fn broken(bad: &[u8], length: Option<usize>) -> Option<(char, usize)> {
    if let Some(high) = surrogate(bad) {
        let low = bad.get(3..).and_then(surrogate).filter(|low| *low >= 0xdc00);
        let whole = low
            .filter(|_| high < 0xdc00)
            .and_then(|low| char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
        return Some(whole.map_or((HALF, 3), |whole| (whole, 6)));
    }
    // One byte may be anything; two that begin a character are one that was cut.
    let length = length.unwrap_or(bad.len());
    (length > 1).then_some((HALF, length))
}

/// The surrogate that three bytes write.
fn surrogate(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, ..] => {
            Some(0xd000 | (u32::from(second & 0x3f) << 6) | u32::from(third & 0x3f))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_are_replaced_and_other_encodings_are_told() {
        let check = |bytes: &[u8], expect: Result<(&str, u64), usize>| {
            let found = of_bytes(bytes);
            assert_eq!(found, expect.map(|(text, halves)| (Cow::Borrowed(text), halves)), "{bytes:?}");
        };
        check(b"plain", Ok(("plain", 0)));
        check("ä😀".as_bytes(), Ok(("ä😀", 0)));
        check(b"a\xed\xa0\xb5b", Ok(("a\u{fffd}b", 1)));
        check(b"\xed\xb2\x80", Ok(("\u{fffd}", 1)));
        check(b"\xed\xa0\xbd\xed\xb8\x80", Ok(("😀", 0)));
        check(b"\xed\xb8\x80\xed\xa0\xbd", Ok(("\u{fffd}\u{fffd}", 2)));
        check(b"a\xe2\x82b", Ok(("a\u{fffd}b", 1)));
        check(b"a\xf0\x9f\x98", Ok(("a\u{fffd}", 1)));
        check(b"caf\xe9", Err(4));
        check(b"caf\xe9!", Err(4));
        check(b"\xff\xfea", Err(1));
    }

    proptest! {
        #[test]
        fn text_stays_as_it_is_wherever_it_is_cut(text in ".{0,40}", cut in 0_usize..160) {
            prop_assert_eq!(of_bytes(text.as_bytes()), Ok((Cow::Borrowed(text.as_str()), 0)));
            let cut = cut.min(text.len());
            if let Ok((found, halves)) = of_bytes(&text.as_bytes()[..cut]) {
                let whole = found.trim_end_matches(HALF);
                prop_assert!(text.starts_with(whole) || text.contains(HALF));
                prop_assert!(halves <= 1);
            }
        }
    }
}
