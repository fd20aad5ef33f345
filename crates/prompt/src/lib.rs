//! Prompts: how a component asks a model.
//!
//! A [`Prompt`] is made of a [`Text`] (built in, written into the configuration, or in a file), which is read once.
//! It goes into the component's [`plugin::Content`] as the prompt is made, so what is hashed is what is asked. A
//! variable that does not exist is found before anything runs, with its line and the names that there are.

mod asked_model;
mod dialogue;
mod fence;
mod template;
mod text;
mod variables;
mod windows;

pub use asked_model::AskedModel;
pub use dialogue::{Prompts, unreadable};
pub use fence::fenced;
pub use template::{Prompt, about, problem};
pub use text::Text;
pub use windows::{Run, fitted, runs, tokens};

/// How a problem is put to a model unless somebody says otherwise: over what [`about`] names.
pub const FINAL_ANSWER_IN_BOX: &str = include_str!("../prompts/final_answer_in_box.txt");

/// Values for a prompt.
pub use minijinja::{Value, context, value::Serde};
