//! The stages of this program, in their order. A new stage is a crate and a word here.

use pipeline::Stages;

/// Every stage, each after those that it reads from.
pub(crate) const STAGES: Stages = Stages(&[
    &dataset::LoadStage,
    &generate::GenerateStage,
    &grade::GradeStage,
    &split::SplitStage,
    &judge::JudgeStage,
    &score::ScoreStage,
    &score::MeasureStage,
    &arena::ArenaStage,
    &report::ReportStage,
]);
