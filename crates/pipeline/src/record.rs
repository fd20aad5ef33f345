//! When what a run has finished is written down.
//!
//! The whole of it is written each time, so with thousands of models every stage would write what thousands did. It is
//! written as often as takes a thirtieth of the time; a run that is killed in between does the last stages again, from replies
//! that are kept.

use std::time::{Duration, Instant};

/// Writing takes one part in so many of the time.
const SHARE: u32 = 30;

/// Says when to write.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// When it was written last, and how long that took.
    last: Option<(Instant, Duration)>,
    /// Something is finished and not written down.
    pending: bool,
}

impl Record {
    /// Something is finished: writes it down, unless that was done just now.
    pub(crate) fn note<E>(&mut self, write: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        self.pending = true;
        let due = self.last.is_none_or(|(when, took)| when.elapsed() >= took * SHARE);
        if due { self.end(write) } else { Ok(()) }
    }

    /// Nothing more is finished: writes down what is not.
    pub(crate) fn end<E>(&mut self, write: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        if !std::mem::take(&mut self.pending) {
            return Ok(());
        }
        let begun = Instant::now();
        write()?;
        self.last = Some((Instant::now(), begun.elapsed()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_takes_a_share_of_the_time_and_nothing_is_forgotten() {
        let mut record = Record::default();
        let written = std::cell::Cell::new(0);
        let slow = || {
            std::thread::sleep(Duration::from_millis(20));
            written.set(written.get() + 1);
            Ok::<_, ()>(())
        };
        (0..1000).try_for_each(|_| record.note(slow)).unwrap();
        assert_eq!(written.get(), 1, "the first at once, the others not yet");
        record.end(slow).unwrap();
        record.end(slow).unwrap();
        assert_eq!(written.get(), 2);
        assert_eq!(record.note(|| Err("full")), Ok(()));
        assert_eq!(record.end(|| Err("full")), Err("full"));
    }
}
