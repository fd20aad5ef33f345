//! The rules, one a file.

mod beta;
mod certaindex;
mod dirichlet;
mod entropy;
mod majority;
mod window;

use plugin::{Registry, entry};

use crate::Stopping;

/// Every rule, sorted by kind.
pub static STOPPING: Registry<Stopping> = Registry::new(
    "stopping rule",
    &[
        entry::<beta::Beta>(),
        entry::<certaindex::Certaindex>(),
        entry::<dirichlet::Dirichlet>(),
        entry::<entropy::Entropy>(),
        entry::<majority::Majority>(),
        entry::<window::Window>(),
    ],
);
