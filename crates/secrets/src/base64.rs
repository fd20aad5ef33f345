//! Base64, as far as it is needed to recognise a text in it.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BITS: usize = 6;

/// The letters that stand for these bytes wherever they lie in what was encoded: at each of the three places that a byte
/// can have in its group, without the letters that hold bits of a neighbour; and all of them where they were encoded alone. In
/// both alphabets.
pub(crate) fn cores(bytes: &[u8]) -> Vec<String> {
    let at = |before: usize| {
        let padded: Vec<u8> = std::iter::repeat_n(0, before).chain(bytes.iter().copied()).collect();
        let (first, end) = ((before * 8).div_ceil(BITS), padded.len() * 8 / BITS);
        letters(&padded).get(first..end).map(str::to_owned)
    };
    let mut cores: Vec<String> = (0..3).filter_map(at).chain([letters(bytes)]).collect();
    let url_safe: Vec<String> = cores.iter().map(|core| core.replace('+', "-").replace('/', "_")).collect();
    cores.extend(url_safe);
    cores.sort();
    cores.dedup();
    cores
}

/// The letters of these bytes, the last of which may hold bits of nothing.
fn letters(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
    let letter = |at: usize| (0..BITS).fold(0, |value, n| value << 1 | bit(at * BITS + n));
    (0..(bytes.len() * 8).div_ceil(BITS)).map(|at| char::from(LETTERS[letter(at)])).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_are_those_of_everybody() {
        let check = |text: &str, expect: &str| assert_eq!(letters(text.as_bytes()), expect);
        check("", "");
        check("user:pw", "dXNlcjpwdw");
        check("sk-secret", "c2stc2VjcmV0");
    }

    proptest! {
        #[test]
        fn a_text_is_found_in_whatever_was_encoded_around_it(
            before in prop::collection::vec(any::<u8>(), 0..9),
            secret in prop::collection::vec(any::<u8>(), 6..30),
            behind in prop::collection::vec(any::<u8>(), 0..9),
        ) {
            let whole = letters(&[&before[..], &secret, &behind].concat());
            prop_assert!(cores(&secret).iter().any(|core| whole.contains(core.as_str())));
        }
    }
}
