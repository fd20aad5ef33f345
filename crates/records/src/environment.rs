//! Every environment variable that this crate reads.

#![expect(clippy::disallowed_methods, reason = "here the environment is read")]

/// How many megabytes a single file may unpack to, in place of what its size lets expect.
pub(crate) const UNPACK_LIMIT: &str = "THINKMETER_UNPACK_LIMIT";

/// The variable's value; empty counts as unset.
pub(crate) fn unpack_limit() -> Option<String> {
    std::env::var(UNPACK_LIMIT).ok().filter(|value| !value.is_empty())
}
