//! Final answers: extract them, compare them, find where a step of thinking asserts one.
