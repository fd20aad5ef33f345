//! Judgments to scores to metrics, with intervals.
