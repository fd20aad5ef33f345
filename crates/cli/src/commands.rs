//! The subcommands, one a file.

pub(crate) mod arena;
pub(crate) mod cache;
pub(crate) mod calibrate;
pub(crate) mod compare;
pub(crate) mod curate;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod frontier;
pub(crate) mod grade;
pub(crate) mod guard;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod plot;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod stage;
pub(crate) mod table;
pub(crate) mod view;

mod batch;
mod chosen;
mod component;
mod forecast;
pub(crate) mod money;
mod outlook;
mod performed;
mod session;
mod suite;
