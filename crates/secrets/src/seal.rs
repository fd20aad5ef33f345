//! What stands in the place of a secret.

/// What is shown in the place of a secret.
pub const HIDDEN: &str = "[secret]";

/// Shows nothing of a secret.
pub fn hidden(_secret: &str) -> String {
    HIDDEN.to_owned()
}

/// Turns a secret into a mark that changes with it and tells nothing about it to who does not have the key.
#[derive(Clone)]
pub struct Seal([u8; 32]);

/// The key must not slip out with a debug message.
impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// With a key of 32 random bytes that nobody else has.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Such as `[secret 1f2e3d4c5b6a7988]`.
    pub fn mark(&self, secret: &str) -> String {
        let hash = blake3::keyed_hash(&self.0, secret.as_bytes()).to_hex();
        format!("[secret {}]", &hash[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_follows_the_secret_and_the_key() {
        let mark = |key: u8, secret| Seal::new([key; 32]).mark(secret);
        assert_eq!(mark(1, "a"), mark(1, "a"));
        assert_ne!(mark(1, "a"), mark(1, "b"));
        assert_ne!(mark(1, "a"), mark(2, "a"));
        assert_ne!(mark(1, "a"), format!("[secret {}]", &blake3::hash(b"a").to_hex()[..16]));
        assert!(!format!("{:?}", Seal::new([7; 32])).contains('7'));
    }
}
