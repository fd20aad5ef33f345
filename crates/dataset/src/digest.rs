//! Hashes that tell texts apart.

use tables::Reply;

/// 16 bytes of a hash: equal for equal bytes, and for no others that anybody meets.
pub(crate) fn digest(bytes: &[u8]) -> u128 {
    let mut first = [0; 16];
    first.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    u128::from_le_bytes(first)
}

/// Enough to notice a difference; nobody gains from forging one.
pub(crate) fn half(digest: u128) -> u64 {
    (digest >> 64) as u64
}

/// What a reply says, in short; never 0.
pub(crate) fn said(reply: &Reply) -> u64 {
    // The separator alone stands for a reply without thinking.
    let text = format!("{}\0{}", reply.content, reply.reasoning.as_deref().unwrap_or_default());
    half(digest(text.as_bytes())).max(1)
}
