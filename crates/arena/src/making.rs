//! Votes that are made: replies of a run's models meet problem by problem, and who is better is known from their grades or
//! asked of a judge, in both orders.

mod asking;
mod heard;
mod judge;
mod keys;
mod meeting;
mod pairing;
mod replies;
mod verdict;
mod voting;
mod written;

pub(crate) use keys::{ARENA, Made};
pub(crate) use voting::{READ, Voting};
pub(crate) use written::FEATURES;
