//! Pairs of answers to verdicts.
