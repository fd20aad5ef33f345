//! `cargo xtask ci`: everything that must hold before a change lands.

use std::process::Command;

use anyhow::{Context, bail};

/// What is run, in this order; the cheap checks first. Documentation names kinds of targets, though there are no examples: only
/// then do libraries have the features that tests give them, and what was checked before need not be checked again.
const STEPS: [(&str, &[&str]); 5] = [
    ("format", &["fmt", "--all", "--check"]),
    ("tidy", &["xtask", "tidy"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
    ("tests", &["test", "--workspace", "--locked"]),
    (
        "docs",
        &[
            "doc",
            "--workspace",
            "--no-deps",
            "--lib",
            "--bins",
            "--examples",
            "--locked",
            "--document-private-items",
        ],
    ),
];

/// Runs every step and stops at the first that fails.
pub(crate) fn run() -> anyhow::Result<()> {
    for (name, args) in STEPS {
        crate::place::say(&format!("ci: {name}: cargo {}", args.join(" ")));
        let status = Command::new(crate::place::cargo())
            .args(args)
            .env("RUSTDOCFLAGS", "-D warnings")
            .env("CI", "true")
            .status()
            .with_context(|| format!("cannot start cargo for `{name}`"))?;
        if !status.success() {
            bail!("{name} failed: cargo {}", args.join(" "));
        }
    }
    crate::place::say("ci: python: cargo xtask py");
    crate::python::test(&[])?;
    crate::place::say("ci: everything holds");
    Ok(())
}
