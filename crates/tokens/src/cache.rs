//! Compact forms of tokenizers, kept between runs.
//!
//! Converting a large `tokenizer.json` takes ten times as long as reading its form. The form is kept under
//! the hash of the file that it was made from, so it never has to be thrown away, and behind its own hash, so
//! damage is noticed. It appears under its name when it is complete, so two programs may write it at once.
//! Nothing here can fail a run.

use std::io::Write;
use std::path::{Path, PathBuf};

use tables::PendingFile;

use crate::compact::Form;

/// Raised with the form, with the release of the tokenizers crate, whose canonical form is part of it, and
/// with the rules of [`crate::support`], which were checked before the form was kept.
const FORMAT: &str = "thinkmeter-tokenizer-3-1.0.0-rc.3";

/// What was kept for the file with this hash.
pub(crate) fn load(cache_dir: &Path, identity: &str) -> Option<Form> {
    let bytes = std::fs::read(place(cache_dir, identity)).ok()?;
    let end = bytes.iter().take(256).position(|byte| *byte == b'\n')?;
    let (header, form) = bytes.split_at_checked(end + 1)?;
    let intact = header == self::header(identity, form).as_bytes();
    let from = header.len();
    if intact { Form::read(bytes, from) } else { None }
}

/// Keeps it, if that is possible.
pub(crate) fn store(cache_dir: &Path, identity: &str, form: &Form) {
    // A cache that cannot be written costs the next run a moment and is no reason to stop this one.
    let _ = try_store(&place(cache_dir, identity), identity, form);
}

fn try_store(place: &Path, identity: &str, form: &Form) -> std::io::Result<()> {
    let mut file = PendingFile::create(place)?;
    file.write_all(header(identity, form.bytes()).as_bytes())?;
    file.write_all(form.bytes())?;
    file.publish_soon()
}

/// The line in front of a form: what it is, of which file, and its hash.
fn header(identity: &str, form: &[u8]) -> String {
    format!("{FORMAT} {identity} {}\n", blake3::hash(form).to_hex())
}

fn place(cache_dir: &Path, identity: &str) -> PathBuf {
    cache_dir.join("tokenizers").join(format!("{identity}.bpe"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        crate::compact::convert(crate::BUILTIN).unwrap()
    }

    #[test]
    fn what_was_stored_comes_back_and_damage_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let loads = || load(folder.path(), "x").is_some();
        assert!(!loads());
        store(folder.path(), "x", &form());
        assert!(loads());
        assert!(load(folder.path(), "y").is_none());

        let file = place(folder.path(), "x");
        let good = std::fs::read(&file).unwrap();
        std::fs::copy(&file, place(folder.path(), "y")).unwrap();
        assert!(load(folder.path(), "y").is_none(), "the form of another file");
        for cut in [0, 1, 20, 200, good.len() / 2, good.len() - 1] {
            std::fs::write(&file, &good[..cut]).unwrap();
            assert!(!loads(), "cut at {cut}");
        }
        for at in [3, 22, 40, 120, 170, 1000, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&file, &bad).unwrap();
            assert!(!loads(), "a bit at {at}");
        }
        std::fs::write(&file, [&good[..], b"x"].concat()).unwrap();
        assert!(!loads(), "a byte too many");
        std::fs::write(&file, &good).unwrap();
        assert!(loads());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_no_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        store(file.path(), "x", &form());
        assert!(load(file.path(), "x").is_none());
    }
}
