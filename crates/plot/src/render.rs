//! SVG to points and to PDF, with fonts of our own.

use std::sync::Arc;

use resvg::tiny_skia::Pixmap;
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Transform, Tree};
use svg2pdf::{ConversionOptions, PageOptions};

use crate::error::PlotError;

/// CSS has so many points to an inch.
const CSS_DPI: f32 = 96.0;
/// A picture of more points a side is nobody's wish.
const MOST_POINTS: f32 = 20_000.0;

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// Vectors for the web and for editors.
    Svg,
    /// Points.
    Png,
    /// Vectors for papers.
    Pdf,
}

impl ImageFormat {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }

    /// The bytes of a picture; `dpi` matters to points alone.
    ///
    /// # Errors
    /// A picture that is too large; one that a library cannot draw, which is a defect.
    pub fn write(self, svg: String, dpi: f32) -> Result<Vec<u8>, PlotError> {
        match self {
            Self::Svg => Ok(svg.into_bytes()),
            Self::Png => png(&tree(&svg)?, dpi),
            Self::Pdf => pdf(&tree(&svg)?),
        }
    }
}

fn tree(svg: &str) -> Result<Tree, PlotError> {
    // One alone: the writer of PDF puts several into an order that changes from run to run.
    let mut fonts = Database::new();
    fonts.load_font_data(dejavu::sans_condensed::regular().to_vec());
    let family = fonts.faces().next().and_then(|face| Some(face.families.first()?.0.clone()));
    let family = family.ok_or_else(|| defect("there is no font"))?;
    fonts.set_sans_serif_family(family.clone());
    let options =
        Options { fontdb: Arc::new(fonts), font_family: family, dpi: CSS_DPI, ..Options::default() };
    Tree::from_str(svg, &options).map_err(|error| defect(&error.to_string()))
}

fn png(tree: &Tree, dpi: f32) -> Result<Vec<u8>, PlotError> {
    let scale = dpi / CSS_DPI;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    if width > MOST_POINTS || height > MOST_POINTS {
        return Err(defect(&format!("{width:.0} × {height:.0} points are too many; lower --dpi or --width")));
    }
    let made = Pixmap::new(width.round().max(1.0) as u32, height.round().max(1.0) as u32);
    let mut points = made.ok_or_else(|| defect("there is no memory for so many points"))?;
    resvg::render(tree, Transform::from_scale(scale, scale), &mut points.as_mut());
    points.encode_png().map_err(|error| defect(&error.to_string()))
}

fn pdf(tree: &Tree) -> Result<Vec<u8>, PlotError> {
    let made = svg2pdf::to_pdf(tree, ConversionOptions::default(), PageOptions { dpi: CSS_DPI });
    made.map_err(|error| defect(&error.to_string()))
}

fn defect(reason: &str) -> PlotError {
    PlotError::Draw { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"25.4mm\" height=\"12.7mm\" viewBox=\"0 0 100 50\" \
        font-family=\"'DejaVu Sans', sans-serif\" font-stretch=\"condensed\"><style>svg .h0{stroke:#FF0000}</style>\
        <rect width=\"100\" height=\"50\" fill=\"#FFFFFF\"/><path class=\"h0\" stroke-width=\"20\" d=\"M0 10H100\"/>\
        <text x=\"5\" y=\"45\" font-size=\"20\">Aé≈–</text></svg>";

    fn points(dpi: f32) -> Pixmap {
        Pixmap::decode_png(&ImageFormat::Png.write(SVG.to_owned(), dpi).unwrap()).unwrap()
    }

    #[test]
    fn points_follow_the_resolution_and_show_lines_and_letters() {
        let points = points(200.0);
        assert_eq!((points.width(), points.height()), (200, 100));
        let at = |x: u32, y: u32| points.pixel(x, y).map(|p| (p.red(), p.green(), p.blue())).unwrap();
        assert_eq!((at(100, 20), at(199, 60)), ((255, 0, 0), (255, 255, 255)));
        let inked =
            (50..95).flat_map(|y| (5..120).map(move |x| (x, y))).filter(|(x, y)| at(*x, *y).0 < 80).count();
        assert!(inked > 300, "{inked} points of letters");
    }

    #[test]
    fn the_bytes_are_the_same_every_time() {
        for format in [ImageFormat::Png, ImageFormat::Pdf] {
            let once = || format.write(SVG.to_owned(), 100.0).unwrap();
            assert!(once() == once(), "{format:?}");
        }
        assert!(ImageFormat::Pdf.write(SVG.to_owned(), 1.0).unwrap().starts_with(b"%PDF-"));
    }

    #[test]
    fn what_is_too_large_says_so() {
        let error = ImageFormat::Png.write(SVG.to_owned(), 1e6).unwrap_err().to_string();
        assert!(error.contains("too many; lower --dpi"), "{error}");
    }
}
