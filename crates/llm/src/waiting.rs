//! Results that came before their turn.

use std::collections::VecDeque;

/// Takes results in any order and gives them back in that of their numbers, from 0.
pub(crate) struct Waiting<T> {
    /// From the next one on; `None` has not come.
    results: VecDeque<Option<(T, usize)>>,
    /// Number of the next one.
    next: usize,
    bytes: usize,
}

impl<T> Waiting<T> {
    pub(crate) fn new() -> Self {
        Self { results: VecDeque::new(), next: 0, bytes: 0 }
    }

    /// Result `number`, which has not come before, with so many bytes beside its own.
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
        let mut waiting = Waiting::new();
        waiting.put(2, b'c', 5);
        waiting.put(0, b'a', 1);
        assert_eq!((waiting.next(), waiting.next(), waiting.bytes()), (Some(b'a'), None, 1 + 5));
        waiting.put(1, b'b', 2);
        assert_eq!((waiting.next(), waiting.next(), waiting.next()), (Some(b'b'), Some(b'c'), None));
        waiting.put(3, b'd', 7);
        assert_eq!((waiting.bytes(), waiting.next(), waiting.bytes()), (1 + 7, Some(b'd'), 0));
    }
}
