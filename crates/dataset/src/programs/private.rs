//! Packed tests: JSON as it is, else base64 of zlib of a pickle of JSON. Nothing of it is run, and nothing grows without bound.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;

use super::pickle;

/// Bytes that the tests of one problem may have, unpacked.
const MOST: u64 = 256 << 20;

/// The JSON text.
pub(super) fn read(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.starts_with(['[', '{']) {
        return Ok(text.to_owned());
    }
    let packed = STANDARD.decode(text).map_err(|error| format!("is neither JSON nor base64: {error}"))?;
    let mut pickled = Vec::new();
    let mut unpacking = ZlibDecoder::new(&*packed).take(MOST + 1);
    unpacking.read_to_end(&mut pickled).map_err(|error| format!("is base64 of what is no zlib: {error}"))?;
    if pickled.len() as u64 > MOST {
        return Err(format!("holds more than {} MiB of tests when it is unpacked", MOST >> 20));
    }
    pickle::string(pickled).map_err(|reason| format!("holds a pickle that is not one text: {reason}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(bytes: &[u8]) -> String {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(bytes).unwrap();
        STANDARD.encode(zlib.finish().unwrap())
    }

    #[test]
    fn what_is_packed_is_unpacked_and_what_is_strange_refused() {
        let check = |text: &str, expect: Result<&str, &str>| match (read(text), expect) {
            (Ok(found), Ok(expect)) => assert_eq!(found, expect),
            (Err(found), Err(expect)) => assert!(found.contains(expect), "{found}"),
            (found, expect) => panic!("{found:?} for {expect:?}"),
        };
        check(" [{\"input\": \"1\"}]", Ok("[{\"input\": \"1\"}]"));
        check(&packed(b"\x80\x04\x95\x06\0\0\0\0\0\0\0\x8c\x02[]\x94."), Ok("[]"));
        check(&packed(b"V[\"\\u00e4\"]\np0\n."), Ok("[\"ä\"]"));
        check("aGVsbG8=", Err("no zlib"));
        check("not base64!", Err("neither JSON nor base64"));
        check("", Err("no zlib"));
        check(&packed(b"cos\nsystem\n(S'id'\ntR."), Err("opcode 0x63"));
        let whole = packed(b"\x80\x04\x8c\x02[].");
        let torn = STANDARD.decode(&whole).unwrap();
        check(&STANDARD.encode(&torn[..torn.len() - 5]), Err("no zlib"));
    }

    #[test]
    fn a_bomb_is_stopped() {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        let piece = vec![b'a'; 1 << 20];
        (0..300).for_each(|_| zlib.write_all(&piece).unwrap());
        let bomb = STANDARD.encode(zlib.finish().unwrap());
        assert!(read(&bomb).unwrap_err().contains("more than 256 MiB"));
    }
}
