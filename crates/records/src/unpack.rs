//! Files as they are, or unpacked: gzip and zstd are told by their first bytes, whatever the name.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::RowError;
use crate::budget::{Bounded, Budget};

const BUFFER: usize = 1 << 18;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
    /// By something that is not read here.
    Other(&'static str),
}

impl Packing {
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A frame, or one that is to be passed over.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Other("bzip2 -dk")),
            [0xfd, b'7', b'z', b'X', b'Z', ..] => Some(Self::Other("xz -dk")),
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Self::Other("lz4 -dk")),
            _ => None,
        }
    }
}

/// Opens a file for reading from its beginning to its end.
///
/// # Errors
/// It is missing, or packed in a way that is not read. That it is damaged or unpacks to too much is an error of reading.
pub fn open(path: &Path) -> Result<Box<dyn BufRead + Send>, RowError> {
    let fail = |error| RowError::open(path, error);
    let file = File::open(path).map_err(fail)?;
    let size = file.metadata().map_err(fail)?.len();
    let mut file = BufReader::with_capacity(BUFFER, file);
    let packing = Packing::of(file.fill_buf().map_err(fail)?);
    let bound = || Budget::of(size).map_err(io::Error::other).map_err(fail);
    Ok(match packing {
        None => Box::new(file),
        Some(Packing::Gzip) => buffered(Bounded { inner: MultiGzDecoder::new(file), budget: bound()? }),
        Some(Packing::Zstd) => {
            let inner = zstd::stream::read::Decoder::with_buffer(file).map_err(fail)?;
            buffered(Bounded { inner, budget: bound()? })
        }
        Some(Packing::Other(command)) => {
            let reason =
                format!("files that are packed like this are not read; unpack it first with `{command}`");
            return Err(RowError::Format { path: path.to_owned(), reason });
        }
    })
}

fn buffered(source: impl io::Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(BUFFER, source))
}

/// Opens a file for reading here and there; a packed one is unpacked into a temporary file without a name.
///
/// # Errors
/// As [`open`]; it is damaged, or unpacks to too much.
pub(crate) fn file(path: &Path) -> Result<File, RowError> {
    let fail = |error| RowError::open(path, error);
    let mut source = open(path)?;
    if Packing::of(&head(path, 8)?).is_none() {
        return File::open(path).map_err(fail);
    }
    let mut unpacked = tempfile::tempfile().map_err(fail)?;
    io::copy(&mut source, &mut unpacked).map_err(fail)?;
    unpacked.rewind().map_err(fail)?;
    Ok(unpacked)
}

fn head(path: &Path, bytes: u64) -> Result<Vec<u8>, RowError> {
    let mut head = Vec::new();
    let read =
        File::open(path).and_then(|file| io::Read::read_to_end(&mut io::Read::take(file, bytes), &mut head));
    read.map(|_| head).map_err(|error| RowError::open(path, error))
}

/// The name of what is packed: without an ending that names the packing.
pub fn bare_name(path: &Path) -> PathBuf {
    // No ending is none of a packing.
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    if matches!(ending.as_str(), "gz" | "zst" | "zstd") { path.with_extension("") } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(content).unwrap();
        packer.finish().unwrap()
    }

    fn zstd(content: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(content, 1).unwrap()
    }

    fn read(content: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, content).unwrap();
        let mut text = String::new();
        let shown = |error: String| error.replace(&folder.path().display().to_string(), "");
        let mut source = open(&path).map_err(|error| shown(error.to_string()))?;
        source.read_to_string(&mut text).map_err(|error| error.to_string())?;
        let mut again = String::new();
        file(&path).unwrap().read_to_string(&mut again).unwrap();
        assert_eq!(text, again);
        Ok(text)
    }

    #[test]
    fn packed_files_are_unpacked_whatever_their_names() {
        let check = |content: &[u8], expect: &str| assert_eq!(read(content).as_deref(), Ok(expect));
        check(b"as it is", "as it is");
        check(b"", "");
        check(&gzip(b"packed"), "packed");
        check(&zstd(b"packed"), "packed");
        check(&[gzip(b"two "), gzip(b"members")].concat(), "two members");
        check(&[zstd(b"two "), zstd(b"frames")].concat(), "two frames");
    }

    #[test]
    fn what_cannot_be_unpacked_says_why() {
        let check = |content: &[u8], expect: &str| {
            let found = read(content).unwrap_err();
            assert!(found.contains(expect), "{found}");
        };
        check(b"BZh91AY", "unpack it first with `bzip2 -dk`");
        check(b"\xfd7zXZ\0", "unpack it first with `xz -dk`");
        check(&gzip(&b"cut off".repeat(100))[..20], "");
        check(&zstd(&vec![b'a'; 400 << 20]), "unpack to more than 268 MB");
    }

    #[test]
    fn names_of_what_is_packed() {
        let check = |name: &str, expect: &str| assert_eq!(bare_name(Path::new(name)), Path::new(expect));
        check("a/b.jsonl.gz", "a/b.jsonl");
        check("b.CSV.ZST", "b.CSV");
        check("b.jsonl", "b.jsonl");
        check("b", "b");
    }
}
