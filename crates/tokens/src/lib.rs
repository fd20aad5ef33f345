//! The evaluated model's tokenizer: one encoding of a text, counted per span.
//!
//! Every count of this program comes from **one** encoding of a whole text: a token belongs to the span in
//! which it starts, so the counts of spans that cover a text add up to the count of the text. Encoding the
//! spans one by one would not, because tokens straddle the cuts.
//!
//! # What is supported
//! Exact counts need to know at which byte each token starts. [`Tokenizer::open`] accepts byte-level BPE
//! without normalisation or with NFC (Qwen, DeepSeek, Llama 3, GPT, Phi-4, OLMo, GLM …) and refuses
//! everything else with a message that says what it found; [`Tokenizer::approximate`] is there for the rest.
//!
//! # Special tokens in the text
//! No token is added around a text. A literal `<think>` or `<|im_start|>` **in** the text counts as the one
//! added token that it is in the tokenizer's file, special or not: that is what the model produced when such
//! a text came out of it, and what `encode(text, add_special_tokens=False)` of the Python libraries counts.

mod align;
mod approximate;
mod byte_level;
mod cache;
mod clusters;
mod compact;
mod counter;
mod error;
mod locate;
#[cfg(test)]
mod oracle;
mod pieces;
mod support;

use std::cell::RefCell;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use byte_level::ByteLevelBpe;
use compact::{CompactBpe, Failure};
pub use counter::Counter;
pub use error::TokenizerError;

/// The tokenizer that ships with the program.
const BUILTIN: &str = include_str!("../../../data/tokenizer/tokenizer.json");

/// A tokenizer; cloning it is cheap.
#[derive(Clone)]
pub struct Tokenizer(Arc<Inner>);

/// What is known of a tokenizer that is not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenizerFacts {
    /// See [`Tokenizer::name`].
    pub name: String,
    /// See [`Tokenizer::identity`].
    pub identity: String,
}

struct Inner {
    name: String,
    identity: String,
    engine: Engine,
}

enum Engine {
    Compact(CompactBpe),
    /// For tokenizers without a compact form.
    Library(ByteLevelBpe),
    Approximate,
}

thread_local! {
    /// Token starts of the text that this thread is counting; kept so that a text costs no allocation.
    static STARTS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

impl Tokenizer {
    /// Opens a `tokenizer.json`, or a folder that holds one.
    pub fn open(path: &Path) -> Result<Self, TokenizerError> {
        Self::open_cached(path, None)
    }

    /// The same, keeping a form that loads faster in `cache_dir`. A missing or unwritable folder only costs
    /// time; a damaged file in it is noticed and made again.
    pub fn open_cached(path: &Path, cache_dir: Option<&Path>) -> Result<Self, TokenizerError> {
        Self::open_looked(path, &Self::look(path)?, cache_dir)
    }

    /// The same for a file that was looked at, and that must not have changed since.
    pub fn open_looked(
        path: &Path,
        look: &TokenizerFacts,
        cache_dir: Option<&Path>,
    ) -> Result<Self, TokenizerError> {
        let TokenizerFacts { name, identity } = look.clone();
        // Whatever is wrong with a kept form, the file itself decides.
        let kept = cache_dir.and_then(|folder| cache::load(folder, &identity)).and_then(CompactBpe::open);
        if let Some(kept) = kept {
            return Ok(Self::new(name, identity, Engine::Compact(kept)));
        }
        let path = locate::file(path)?;
        let text = std::fs::read_to_string(&path)
            .map_err(|source| TokenizerError::Read { path: path.clone(), source })?;
        if blake3::hash(text.as_bytes()).to_hex().as_str() != identity {
            return Err(TokenizerError::Changed { path });
        }
        let engine = Engine::of(&text, &name)?;
        if let (Some(folder), Engine::Compact(bpe)) = (cache_dir, &engine) {
            cache::store(folder, &identity, bpe.form());
        }
        Ok(Self::new(name, identity, engine))
    }

    /// Name and identity of the tokenizer that [`Tokenizer::open`] would open, without loading it.
    pub fn look(path: &Path) -> Result<TokenizerFacts, TokenizerError> {
        let path = locate::file(path)?;
        let identity = hash(&path).map_err(|source| TokenizerError::Read { path: path.clone(), source })?;
        Ok(TokenizerFacts { name: locate::name(&path), identity })
    }

    /// The small tokenizer that is embedded in the program, for models whose own is not at hand.
    pub fn builtin() -> Result<Self, TokenizerError> {
        static LOADED: OnceLock<Tokenizer> = OnceLock::new();
        if let Some(loaded) = LOADED.get() {
            return Ok(loaded.clone());
        }
        let loaded = Self::from_json(BUILTIN, "builtin".to_owned())?;
        Ok(LOADED.get_or_init(|| loaded).clone())
    }

    #[doc = include_str!("approximate.md")]
    pub fn approximate() -> Self {
        Self::new("approximate".to_owned(), approximate::IDENTITY.to_owned(), Engine::Approximate)
    }

    /// Reads the content of a `tokenizer.json`; `name` is what reports call it.
    pub fn from_json(text: &str, name: String) -> Result<Self, TokenizerError> {
        let engine = Engine::of(text, &name)?;
        Ok(Self::new(name, blake3::hash(text.as_bytes()).to_hex().to_string(), engine))
    }

    fn new(name: String, identity: String, engine: Engine) -> Self {
        Self(Arc::new(Inner { name, identity, engine }))
    }

    /// What to call it on a report: the model of a downloaded snapshot, else the folder of a
    /// `tokenizer.json`, else the file's own name; `builtin`; `approximate`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// It counts what the model counts; only [`Tokenizer::approximate`] does not.
    pub fn is_exact(&self) -> bool {
        !matches!(self.0.engine, Engine::Approximate)
    }

    /// What a fingerprint hashes: blake3 of the file, or the version of the approximation.
    pub fn identity(&self) -> &str {
        &self.0.identity
    }

    /// Tokens of a text.
    ///
    /// # Panics
    /// Where [`Tokenizer::try_count`] fails: on a text beyond 4 GiB, or when a pre-tokenizer's regular
    /// expression gives up. Code that walks over foreign texts should call that one.
    pub fn count(&self, text: &str) -> u32 {
        or_panic(self.try_count(text))
    }

    /// The byte at which each token starts, ascending, from one encoding. A start may lie inside a character.
    ///
    /// # Panics
    /// Where [`Tokenizer::try_starts`] fails.
    pub fn starts(&self, text: &str) -> Vec<u32> {
        or_panic(self.try_starts(text))
    }

    /// Tokens that start in `cuts[i]..cuts[i + 1]`, for each i, from one encoding.
    ///
    /// # Panics
    /// Where [`Tokenizer::try_count_between`] fails.
    pub fn count_between(&self, text: &str, cuts: &[u32]) -> Vec<u32> {
        or_panic(self.try_count_between(text, cuts))
    }

    /// Tokens of a text, or why they cannot be counted.
    pub fn try_count(&self, text: &str) -> Result<u32, TokenizerError> {
        match &self.0.engine {
            Engine::Library(bpe) => bpe.count(text),
            _ => with_starts(|starts| {
                self.fill(text, starts)?;
                Ok(to_u32(starts.len()))
            }),
        }
    }

    /// The byte at which each token starts, or why that cannot be known.
    pub fn try_starts(&self, text: &str) -> Result<Vec<u32>, TokenizerError> {
        let mut starts = Vec::new();
        self.fill(text, &mut starts)?;
        Ok(starts)
    }

    /// Tokens that start in `cuts[i]..cuts[i + 1]`, or why that cannot be known.
    pub fn try_count_between(&self, text: &str, cuts: &[u32]) -> Result<Vec<u32>, TokenizerError> {
        with_starts(|starts| {
            self.fill(text, starts)?;
            let before = |cut: u32| to_u32(starts.partition_point(|start| *start < cut));
            let pairs = cuts.iter().zip(cuts.iter().skip(1));
            Ok(pairs.map(|(from, to)| before(*to).saturating_sub(before(*from))).collect())
        })
    }

    fn fill(&self, text: &str, starts: &mut Vec<u32>) -> Result<(), TokenizerError> {
        starts.clear();
        if u32::try_from(text.len()).is_err() {
            return Err(TokenizerError::TooLong { bytes: text.len() });
        }
        match &self.0.engine {
            Engine::Compact(bpe) => bpe.starts(text, starts).map_err(|why| self.failure(text, why)),
            Engine::Library(bpe) => bpe.starts(text, starts),
            Engine::Approximate => {
                approximate::starts(text, starts);
                Ok(())
            }
        }
    }
}

impl Tokenizer {
    fn failure(&self, text: &str, failure: Failure) -> TokenizerError {
        let (name, bytes) = (self.name().to_owned(), text.len());
        match failure {
            Failure::Encode(reason) => TokenizerError::Encode { name, bytes, reason },
            Failure::Misaligned(reason) => TokenizerError::Misaligned { name, bytes, reason },
        }
    }
}

impl Engine {
    /// Of the text of a `tokenizer.json`.
    fn of(text: &str, name: &str) -> Result<Self, TokenizerError> {
        match compact::convert(text).and_then(CompactBpe::open) {
            Some(compact) => Ok(Self::Compact(compact)),
            None => ByteLevelBpe::load(text, name).map(Self::Library),
        }
    }
}

/// The hash of a file, which is never held whole for it.
fn hash(file: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(file)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            length => drop(hasher.update(buffer.get(..length).unwrap_or_default())),
        }
    }
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokenizer").field("name", &self.name()).field("identity", &self.identity()).finish()
    }
}

fn with_starts<R>(work: impl FnOnce(&mut Vec<u32>) -> R) -> R {
    STARTS.with(|starts| work(&mut starts.borrow_mut()))
}

/// A length that was checked to fit when its text was.
fn to_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[expect(clippy::panic, reason = "documented; a wrong count would be worse, and the try_ methods do not")]
fn or_panic<T>(result: Result<T, TokenizerError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_belongs_to_the_span_in_which_it_starts() {
        let tokenizer = Tokenizer::approximate();
        let check = |text: &str, cuts: &[u32], expect: &[u32]| {
            assert_eq!(tokenizer.count_between(text, cuts), expect, "{text:?} {cuts:?}");
        };
        assert_eq!(tokenizer.starts("the the"), [0, 3]);
        check("the the", &[0, 3, 7], &[1, 1]);
        check("the the", &[0, 1, 2, 7], &[1, 0, 1]);
        check("the the", &[0, 7], &[2]);
        check("the the", &[4, 7], &[0]);
        check("the the", &[3], &[]);
        check("the the", &[], &[]);
        check("", &[0, 0], &[0]);
    }

    #[test]
    fn names_and_identities() {
        let builtin = Tokenizer::builtin().unwrap();
        assert_eq!((builtin.name(), builtin.is_exact(), builtin.identity().len()), ("builtin", true, 64));
        let approximate = Tokenizer::approximate();
        assert_eq!((approximate.name(), approximate.is_exact()), ("approximate", false));
        assert_eq!(approximate.identity(), "approximate-1");
    }

    proptest! {
        #[test]
        fn spans_add_up_to_the_whole(text in "(\\PC|[ \n]|[a-z]{1,9}|<think>){0,40}", cut in 0.0..1.0f64) {
            let whole = u32::try_from(text.len()).unwrap();
            let cut = (f64::from(whole) * cut) as u32;
            for tokenizer in [Tokenizer::builtin().unwrap(), Tokenizer::approximate()] {
                let starts = tokenizer.starts(&text);
                prop_assert!(starts.is_sorted() && starts.iter().all(|start| *start < whole));
                prop_assert_eq!(starts.first().copied(), (whole > 0).then_some(0));
                prop_assert_eq!(to_u32(starts.len()), tokenizer.count(&text));
                let parts = tokenizer.count_between(&text, &[0, cut, whole]);
                prop_assert_eq!(parts.iter().sum::<u32>(), tokenizer.count(&text));
            }
        }
    }
}
