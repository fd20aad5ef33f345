//! What a round of questions leads to, for whoever reckons what a run will take.

use crate::{MayFollow, Question};

/// Tells each of these questions its share of what may follow all of them: so many like these, and so many to others.
pub fn foretell(among: &mut [Question], questions: u64, to_others: Option<u64>) {
    let count = among.len();
    for (at, question) in among.iter_mut().enumerate() {
        let to_others = to_others.map(|others| share(others, at, count));
        let more = MayFollow { to_others, ..MayFollow::alike(share(questions, at, count)) };
        question.request.may_follow = Some(more);
    }
}

/// What falls to the one at this place among so many; the first ones get what is left over.
pub fn share(of: u64, at: usize, count: usize) -> u32 {
    let (count, at) = (count.max(1) as u64, at as u64);
    u32::try_from(of / count + u64::from(at < of % count)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let check = |of, count, expect: &[u32]| {
            let shares: Vec<u32> = (0..count).map(|at| share(of, at, count)).collect();
            assert_eq!(shares, expect);
        };
        check(7, 3, &[3, 2, 2]);
        check(0, 2, &[0, 0]);
        check(1, 4, &[1, 0, 0, 0]);
    }
}
