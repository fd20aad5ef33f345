//! The key under which secrets of a pipeline are marked in fingerprints: it lies in the cache folder and in no run.

use std::collections::hash_map::RandomState;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::Path;

use secrets::Seal;

/// Its file in the cache folder.
const FILE: &str = "fingerprint.key";
const LENGTH: usize = 32;

/// The seal of this user's runs; its key is made where there is none.
///
/// # Errors
/// The key can be neither read nor kept.
pub(crate) fn of(cache: Option<&Path>) -> io::Result<Seal> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no cache folder");
    let folder = cache.ok_or_else(missing)?;
    fs::create_dir_all(folder)?;
    let path = folder.join(FILE);
    match create(&path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made?,
    }
    let key = fs::read(&path)?;
    let wrong = |_| io::Error::new(io::ErrorKind::InvalidData, format!("{} is no key", path.display()));
    Ok(Seal::new(<[u8; LENGTH]>::try_from(key).map_err(wrong)?))
}

/// For its owner alone; another process that comes at the same time finds it.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(&random())
}

/// What the standard library draws from the system to key its maps, which nobody can foresee.
fn random() -> [u8; LENGTH] {
    let mut hasher = blake3::Hasher::new();
    for _ in 0..LENGTH {
        hasher.update(&RandomState::new().build_hasher().finish().to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_has_one_key() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mark = |folder: &Path| of(Some(folder)).unwrap().mark("pw");
        assert_eq!(mark(here.path()), mark(here.path()));
        assert_ne!(mark(here.path()), mark(there.path()));
        fs::write(here.path().join(FILE), "short").unwrap();
        assert!(of(Some(here.path())).unwrap_err().to_string().ends_with("is no key"));
        assert!(of(None).is_err());
    }
}
