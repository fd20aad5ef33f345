//! `thinkmeter plot`: pictures for papers.

use std::io::Write;
use std::path::{Path, PathBuf};

use plot::{ImageFormat, PlotKind, Selection};

use crate::args::{Global, PictureFormat, PictureKind, PlotArgs};
use crate::exit::{About, Exit, Result};
use crate::output;

pub(crate) fn run(args: PlotArgs, global: &Global) -> Result<Exit> {
    let (kind, format) = (kind(args.kind), format(args.format));
    let report = plot::gather(&args.runs, kind)?;
    let choice = Selection { dataset: args.dataset, models: args.model };
    let svg = plot::picture(&report, kind, &choice, args.width)?;
    let bytes = format.write(svg, args.dpi as f32)?;
    let default = || PathBuf::from(kind.word()).with_extension(format.ending());
    let path = args.output.unwrap_or_else(default);
    if path == Path::new("-") {
        let mut out = output::stream();
        out.write_all(&bytes)?;
        out.flush()?;
        return Ok(Exit::Done);
    }
    std::fs::write(&path, bytes).about(|| format!("cannot write {}", path.display()))?;
    if !global.quiet {
        output::say(&format!("picture: {}", path.display()));
    }
    Ok(Exit::Done)
}

fn kind(asked: PictureKind) -> PlotKind {
    match asked {
        PictureKind::Levels => PlotKind::Levels,
        PictureKind::Models => PlotKind::Models,
        PictureKind::Budget => PlotKind::Budget,
        PictureKind::Positions => PlotKind::Positions,
        PictureKind::Frontier => PlotKind::Frontier,
    }
}

fn format(asked: PictureFormat) -> ImageFormat {
    match asked {
        PictureFormat::Svg => ImageFormat::Svg,
        PictureFormat::Png => ImageFormat::Png,
        PictureFormat::Pdf => ImageFormat::Pdf,
    }
}
