//! How much a file may unpack to: a few kilobytes that become gigabytes are no data, but fill memory and disk.

use std::io::{self, Read};

use crate::environment::{UNPACK_LIMIT, unpack_limit};

/// Whatever its size, a file may unpack to this many bytes…
const FREE: u64 = 256 << 20;
/// …and beyond that to so many for each of its own. gzip reaches this where a file is one repeated word.
const RATIO: u64 = 1000;

/// What is left for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    packed: u64,
    limit: u64,
    used: u64,
}

impl Budget {
    /// Of a file of so many bytes.
    ///
    /// # Errors
    /// The environment names a bound that is no number.
    pub(crate) fn of(packed: u64) -> Result<Self, String> {
        Self::set(packed, unpack_limit().as_deref())
    }

    fn set(packed: u64, megabytes: Option<&str>) -> Result<Self, String> {
        let limit = match megabytes {
            None => FREE.saturating_add(packed.saturating_mul(RATIO)),
            Some(text) => {
                let number = text.trim().parse::<u64>();
                number.map_err(|_| format!("{UNPACK_LIMIT} is `{text}`, expected a number of MB"))? << 20
            }
        };
        Ok(Self { packed, limit, used: 0 })
    }

    /// So many bytes more.
    ///
    /// # Errors
    /// They are too many.
    pub(crate) fn take(&mut self, bytes: u64) -> Result<(), String> {
        self.used = self.used.saturating_add(bytes);
        if self.used <= self.limit {
            return Ok(());
        }
        Err(format!(
            "its {} bytes unpack to more than {} MB, as those of a bomb do; if that is right, say with \
             {UNPACK_LIMIT} how many MB it may take",
            self.packed,
            self.limit >> 20
        ))
    }

    /// What can still be taken, and a byte more to notice that there is more.
    pub(crate) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used).saturating_add(1)
    }
}

/// What an unpacker gives, as far as the budget goes.
pub(crate) struct Bounded<R> {
    pub(crate) inner: R,
    pub(crate) budget: Budget,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let taken = self.budget.take(read as u64);
        taken.map_err(|reason| io::Error::new(io::ErrorKind::InvalidData, reason))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_grows_with_the_file_and_can_be_set() {
        let check = |packed: u64, set: Option<&str>, taken: u64, expect: Result<(), &str>| {
            let found = Budget::set(packed, set).and_then(|mut budget| budget.take(taken));
            match (found, expect) {
                (Ok(()), Ok(())) => {}
                (Err(found), Err(expect)) => assert!(found.starts_with(expect), "{found}"),
                (found, _) => panic!("{packed} {set:?} {taken}: {found:?}"),
            }
        };
        check(3000, None, 258 << 20, Ok(()));
        check(3000, None, 300 << 20, Err("its 3000 bytes unpack to more than 258 MB, as those of a bomb do"));
        check(1 << 20, None, 1200 << 20, Ok(()));
        check(3000, Some("300"), 300 << 20, Ok(()));
        check(3000, Some("1"), 2 << 20, Err("its 3000 bytes unpack to more than 1 MB"));
        check(3000, Some("much"), 0, Err("THINKMETER_UNPACK_LIMIT is `much`, expected a number of MB"));
    }
}
