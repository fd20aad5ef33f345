//! The pipelines that an installed program carries.

macro_rules! pipelines {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../pipelines/", $name, ".toml")))),*]
    };
}

/// Name and text of every embedded pipeline, sorted by name.
pub static PIPELINES: &[(&str, &str)] = pipelines![
    "arena-demo",
    "demo-code",
    "demo-grid",
    "full-eval",
    "gsm8k",
    "math-500",
    "perturbed",
    "recorded",
    "rollouts",
    "search",
    "server",
    "strategies",
    "suite",
    "table-aime-2024",
    "table-aime-2025",
    "table-gpqa-diamond",
    "table-livecodebench-v2",
    "table-math-500",
    "two-plus-three",
    "verify",
    "votes"
];

/// The text of an embedded pipeline.
pub fn embedded(name: &str) -> Option<&'static str> {
    PIPELINES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
