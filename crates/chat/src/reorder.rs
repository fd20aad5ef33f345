//! Results that came before their turn.

use std::collections::VecDeque;

/// Takes results in any order and gives them back in that of their numbers, from 0.
pub(crate) struct ReorderBuffer<T> {
    /// From the next one on; `None` has not come.
    results: VecDeque<Option<(T, usize)>>,
    /// Number of the next one.
    next: usize,
    bytes: usize,
}

impl<T> ReorderBuffer<T> {
    pub(crate) fn new() -> Self {
        Self { results: VecDeque::new(), next: 0, bytes: 0 }
    }

    /// Result `number`, which has not come before, with so many bytes next to its own.
    pub(crate) fn put(&mut self, number: usize, result: T, bytes: usize) {
        let bytes = size_of::<T>() + bytes;
        let place = number - self.next;
        if self.results.len() <= place {
            self.results.resize_with(place + 1, || None);
        }
        self.results[place] = Some((result, bytes));
        self.bytes += bytes;
    }

    /// The next one, if it has come.
    pub(crate) fn next(&mut self) -> Option<T> {
        let (result, bytes) = self.results.front_mut()?.take()?;
        self.results.pop_front();
        self.next += 1;
        self.bytes -= bytes;
        Some(result)
    }

    /// What all that wait take together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_out_by_their_numbers() {
        let mut buffer = ReorderBuffer::new();
        buffer.put(2, b'c', 5);
        buffer.put(0, b'a', 1);
        assert_eq!((buffer.next(), buffer.next(), buffer.bytes()), (Some(b'a'), None, 1 + 5));
        buffer.put(1, b'b', 2);
        assert_eq!((buffer.next(), buffer.next(), buffer.next()), (Some(b'b'), Some(b'c'), None));
        buffer.put(3, b'd', 7);
        assert_eq!((buffer.bytes(), buffer.next(), buffer.bytes()), (1 + 7, Some(b'd'), 0));
    }
}
