//! `thinkmeter plot`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Clone, Debug, Args)]
pub(crate) struct PlotArgs {
    /// Folders of finished runs; the models of all of them go into one picture
    #[arg(value_name = "RUN", required = true, num_args = 1..)]
    pub(crate) runs: Vec<PathBuf>,
    /// What the picture shows
    #[arg(long, value_enum)]
    pub(crate) kind: PictureKind,
    /// What it is written as
    #[arg(long, value_enum, default_value_t = PictureFormat::Svg)]
    pub(crate) format: PictureFormat,
    /// Where to; KIND.FORMAT in the current folder if not given, stdout if -
    #[arg(long, short, visible_alias = "out", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The dataset, where the runs have several
    #[arg(long, value_name = "NAME")]
    pub(crate) dataset: Option<String>,
    /// A model, in the order in which they are shown (repeatable); all if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Vec<String>,
    /// Width in millimetres
    #[arg(long, value_name = "MM", default_value = "180", value_parser = positive)]
    pub(crate) width: f64,
    /// Points to an inch, for png
    #[arg(long, value_name = "N", default_value = "300", value_parser = positive)]
    pub(crate) dpi: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PictureKind {
    /// The six measures of each model over the levels
    Levels,
    /// The six measures of all models side by side
    Models,
    /// Accuracy that a budget of tokens would have left
    Budget,
    /// Where in the thinking the answer first stands
    Positions,
    /// Accuracy against cost: all ways to answer, and which of them are worth it
    Frontier,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PictureFormat {
    /// Vectors for the web and for editors
    Svg,
    /// Points
    Png,
    /// Vectors for papers
    Pdf,
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (1.0..=10_000.0).contains(number));
    number.ok_or_else(|| "expected a number from 1 to 10000".to_owned())
}
