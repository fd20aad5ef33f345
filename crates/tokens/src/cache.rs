//! Tokenizers in the form that loads fast, kept between runs.
//!
//! A `tokenizer.json` has to be rewritten into its canonical form before the encoder reads it, which takes
//! longer than the reading. The result is kept under the hash of what it was made from, so it never has to
//! be thrown away, and carries its own hash, so damage is noticed. Nothing here can fail a run.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Raised with the release of the tokenizers crate, whose canonical form this is, and with the rules of
/// [`crate::support`], which were checked before the form was kept.
const FORMAT: &str = "thinkmeter-tokenizer-1-1.0.0-rc.3";

/// A tokenizer that was checked and rewritten.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Canonical {
    /// What the encoder reads.
    pub(crate) json: String,
    /// One past the model's highest id.
    pub(crate) ids: u32,
}

/// What was kept for the file with this hash.
pub(crate) fn load(cache_dir: &Path, identity: &str) -> Option<Canonical> {
    let text = std::fs::read_to_string(place(cache_dir, identity)).ok()?;
    let (header, json) = text.split_once('\n')?;
    let mut words = header.split(' ');
    let (format, hash, ids) = (words.next()?, words.next()?, words.next()?.parse().ok()?);
    let intact = format == FORMAT && hash == blake3::hash(json.as_bytes()).to_hex().as_str();
    intact.then(|| Canonical { json: json.to_owned(), ids })
}

/// Keeps it, if that is possible.
pub(crate) fn store(cache_dir: &Path, identity: &str, canonical: &Canonical) {
    // A cache that cannot be written costs the next run a second and is no reason to stop this one.
    let _ = try_store(&place(cache_dir, identity), canonical);
}

fn try_store(place: &Path, canonical: &Canonical) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::with_prefix_in(".writing-", folder)?;
    let hash = blake3::hash(canonical.json.as_bytes()).to_hex();
    writeln!(file, "{FORMAT} {hash} {}", canonical.ids)?;
    file.write_all(canonical.json.as_bytes())?;
    file.persist(place)?;
    Ok(())
}

fn place(cache_dir: &Path, identity: &str) -> PathBuf {
    cache_dir.join("tokenizers").join(format!("{identity}.canonical"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Canonical {
        Canonical { json: "{\"a\": 1}".to_owned(), ids: 7 }
    }

    #[test]
    fn what_was_stored_comes_back_and_damage_does_not() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(load(folder.path(), "x"), None);
        store(folder.path(), "x", &example());
        assert_eq!(load(folder.path(), "x"), Some(example()));
        assert_eq!(load(folder.path(), "y"), None);

        let file = place(folder.path(), "x");
        let check = |content: String| {
            std::fs::write(&file, &content).unwrap();
            assert_eq!(load(folder.path(), "x"), None, "{content}");
        };
        let good = std::fs::read_to_string(&file).unwrap();
        check(good.replace('1', "2"));
        check(good.replace("rc.3", "rc.4"));
        check(good[..good.len() - 1].to_owned());
        check(String::new());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_no_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        store(file.path(), "x", &example());
        assert_eq!(load(file.path(), "x"), None);
    }
}
