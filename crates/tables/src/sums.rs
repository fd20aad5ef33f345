//! Checksums of a table: of each stretch of its columns and of its footer, so that a bit that changed on the disk is an
//! error and not another figure. The Parquet library checks such sums and writes none, so they are our own.
//!
//! They stand in the footer as one text: `thinkmeter-sums:` and the footer's own sum (with zeros in its place while it is
//! taken), where the columns end, and the sum of each stretch of [`STRETCH`] bytes up to there; each as hexadecimal digits,
//! with `:` between them and `;` behind. The text is found before anything of the footer is understood.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use memchr::memmem;

/// The key of the sums in the footer.
pub(crate) const SUMS_KEY: &str = "thinkmeter.sums";
/// How the text begins.
const BEGIN: &str = "thinkmeter-sums:";
/// Bytes of the columns that have a sum together.
const STRETCH: u64 = 64 << 10;
/// Hexadecimal digits of a sum: what is looked for is chance, not malice.
const DIGITS: usize = 16;
/// What a Parquet file ends with, behind the length of its footer in four bytes.
const MAGIC: &[u8] = b"PAR1";

/// The sums of a table.
#[derive(Debug)]
pub(crate) struct Sums {
    /// Where the columns end.
    end: u64,
    stretches: Vec<[u8; DIGITS]>,
}

impl Sums {
    /// Takes the sums of the first `end` bytes, as the text that goes into the footer.
    pub(crate) fn take(file: &mut File, end: u64) -> io::Result<String> {
        let mut text = format!("{BEGIN}{}:{end:x}:", "0".repeat(DIGITS));
        file.seek(SeekFrom::Start(0))?;
        let mut bytes = Vec::new();
        for at in (0..end).step_by(STRETCH as usize) {
            bytes.clear();
            (&mut *file).take(STRETCH.min(end - at)).read_to_end(&mut bytes)?;
            text.extend(sum(&bytes).map(char::from));
        }
        text.push(';');
        Ok(text)
    }

    /// Puts the footer's own sum into a file that is complete.
    pub(crate) fn seal(file: &mut File) -> io::Result<()> {
        let Some((start, footer)) = footer(file)? else { return Ok(()) };
        let Some(at) = place(&footer) else { return Ok(()) };
        let Some((sums, _)) = parse(&footer[at..]) else { return Ok(()) };
        let own = sum_with_zeros(file, sums.end, start + at as u64)?;
        file.seek(SeekFrom::Start(start + at as u64))?;
        file.write_all(&own)
    }

    /// The sums of a file, if it has any; the error is what is wrong with its footer.
    pub(crate) fn read(file: &mut File) -> io::Result<Result<Option<Self>, String>> {
        let Some((start, footer)) = footer(file)? else { return Ok(Ok(None)) };
        let Some(at) = place(&footer) else { return Ok(Ok(None)) };
        let Some((sums, said)) = parse(&footer[at..]) else {
            return Ok(Err("the checksums in its footer cannot be read".to_owned()));
        };
        if sums.end > start || sum_with_zeros(file, sums.end, start + at as u64)? != said {
            return Ok(Err("its footer is not what was written: bits of it changed".to_owned()));
        }
        Ok(Ok(Some(sums)))
    }

    /// The stretches that these bytes touch: where each begins, and its length.
    pub(crate) fn touched(&self, start: u64, length: u64) -> impl Iterator<Item = (usize, u64, u64)> + use<> {
        let end = self.end;
        let last = start.saturating_add(length).min(end);
        let first = start / STRETCH;
        (first..last.div_ceil(STRETCH)).map(move |number| {
            let at = number * STRETCH;
            (number as usize, at, STRETCH.min(end - at))
        })
    }

    /// How many stretches there are.
    pub(crate) fn len(&self) -> usize {
        self.stretches.len()
    }

    /// These bytes are what was written as this stretch.
    pub(crate) fn holds(&self, number: usize, bytes: &[u8]) -> bool {
        self.stretches.get(number) == Some(&sum(bytes))
    }
}

fn sum(bytes: &[u8]) -> [u8; DIGITS] {
    let mut digits = [0; DIGITS];
    digits.copy_from_slice(&blake3::hash(bytes).to_hex().as_bytes()[..DIGITS]);
    digits
}

/// The sum of everything from `end` on, with zeros for the sum itself at `own`.
fn sum_with_zeros(file: &mut File, end: u64, own: u64) -> io::Result<[u8; DIGITS]> {
    file.seek(SeekFrom::Start(end))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if let Some(place) = own.checked_sub(end).and_then(|at| bytes.get_mut(at as usize..at as usize + DIGITS))
    {
        place.fill(b'0');
    }
    Ok(sum(&bytes))
}

/// Where the footer begins, and its bytes to the end of the file; `None` if the file does not end as one with a footer.
fn footer(file: &mut File) -> io::Result<Option<(u64, Vec<u8>)>> {
    let length = file.seek(SeekFrom::End(0))?;
    let Some(tail) = length.checked_sub(8) else { return Ok(None) };
    file.seek(SeekFrom::Start(tail))?;
    let mut end = [0; 8];
    file.read_exact(&mut end)?;
    let [a, b, c, d, magic @ ..] = end;
    let start = tail.checked_sub(u64::from(u32::from_le_bytes([a, b, c, d])));
    let Some(start) = start.filter(|_| magic == *MAGIC) else { return Ok(None) };
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some((start, bytes)))
}

/// Where the digits begin.
fn place(footer: &[u8]) -> Option<usize> {
    Some(memmem::rfind(footer, BEGIN.as_bytes())? + BEGIN.len())
}

/// The sums, and what they say of the footer.
fn parse(text: &[u8]) -> Option<(Sums, [u8; DIGITS])> {
    let text = &text[..memchr::memchr(b';', text)?];
    let (own, rest) = text.split_first_chunk::<DIGITS>()?;
    let rest = rest.strip_prefix(b":")?;
    let colon = memchr::memchr(b':', rest)?;
    let end = u64::from_str_radix(std::str::from_utf8(&rest[..colon]).ok()?, 16).ok()?;
    let (stretches, left) = rest[colon + 1..].as_chunks::<DIGITS>();
    let fits = left.is_empty() && stretches.len() as u64 == end.div_ceil(STRETCH);
    fits.then(|| (Sums { end, stretches: stretches.to_vec() }, *own))
}
