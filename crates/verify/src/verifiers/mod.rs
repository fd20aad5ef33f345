//! The verifiers, one a file. A new one is a new file, a `mod` line and a word in the sorted list.

mod choose;
mod own;
mod prm;
mod reward;
mod score;
mod steps;
mod yes_no;

use plugin::{Registry, entry};

pub use choose::Choose;
pub use own::Own;
pub use prm::Prm;
pub use reward::Reward;
pub use score::Score;
pub use steps::Steps;
pub use yes_no::YesNo;

use crate::Verifier;

/// All verifiers, by kind.
pub static VERIFIERS: Registry<dyn Verifier> = Registry::new(
    "verifier",
    &[
        entry::<Choose>(),
        entry::<Prm>(),
        entry::<Reward>(),
        entry::<Score>(),
        entry::<Own>(),
        entry::<Steps>(),
        entry::<YesNo>(),
    ],
);
