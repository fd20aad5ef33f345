//! Generations to steps: one splitter a file.
