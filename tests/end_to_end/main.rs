//! End-to-end tests: the built program, real files, a scripted server in another process's place.

#![expect(clippy::disallowed_methods, reason = "a test")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop at once")]
#![expect(clippy::print_stderr, reason = "a test that skips says so")]

mod arena;
mod arena_making;
mod bad_input;
mod batch;
mod browser;
mod cache;
mod calibrate;
mod cascade;
#[cfg(target_os = "linux")]
mod choices;
mod code;
mod compare;
mod containers;
mod curate;
mod demonstration;
mod doctor;
mod evalthink;
mod faults;
mod forced;
mod forecast;
mod frontier;
mod generate;
mod grade;
mod grids;
mod hub;
mod import;
mod init;
mod interruption;
mod judging;
mod live;
mod logs;
#[cfg(unix)]
mod manual;
mod metrics;
mod metrics_subsets;
mod network;
mod one_verdict;
mod open;
mod perturbed;
mod plot;
mod read_only;
mod real_traces;
mod rollouts;
mod search;
mod serving;
mod show;
mod splitting;
mod stages;
mod stopping;
mod strategies;
mod support;
mod table;
mod tasks;
mod thinking;
mod trust;
mod verify;
