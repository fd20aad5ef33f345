//! Geometry: coordinates, thin slices, and search.

use std::f64::consts::PI;

use super::Check;
use super::tools::{only, roots, whole};
use crate::expected::Expected::Number;

pub(super) fn checks() -> Vec<Check> {
    vec![
        ("geo-1-01", whole(only((1..=100).filter(|length| 2 * (length + 6) == 34)) * 6)),
        ("geo-1-02", whole(only((1..180).filter(|angle| angle + 47 + 68 == 180)))),
        ("geo-2-01", whole(9 + 12 + only((1..=100).filter(|c| c * c == 9 * 9 + 12 * 12)))),
        (
            "geo-2-02",
            Number(area_of_circle(only(roots(0.1, 50.0, |r| 2.0 * PI * r - 14.0 * PI).into_iter()))),
        ),
        ("geo-3-01", Number(triangle_area(6.0, 6.0, 6.0))),
        ("geo-3-02", Number(distance((-2.0, 3.0), (4.0, -1.0)))),
        ("geo-4-01", Number(triangle_area(7.0, 8.0, 9.0))),
        ("geo-4-02", Number(cone_mantle(5.0, 12.0))),
        ("geo-5-01", Number(angle_between(5.0, 8.0, 7.0))),
        ("geo-5-02", Number(tetrahedron_volume(6.0))),
    ]
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    ((a.0 - b.0) * (a.0 - b.0) + (a.1 - b.1) * (a.1 - b.1)).sqrt()
}

/// A thousand rings, each as long as its middle line.
fn area_of_circle(radius: f64) -> f64 {
    let width = radius / 1000.0;
    (0..1000).map(|ring| 2.0 * PI * (f64::from(ring) + 0.5) * width * width).sum()
}

/// A thousand rings of the cone, each as long as its middle line.
fn cone_mantle(radius: f64, height: f64) -> f64 {
    let slant = distance((0.0, 0.0), (radius, height));
    (0..1000).map(|ring| 2.0 * PI * radius * (f64::from(ring) + 0.5) / 1000.0 * slant / 1000.0).sum()
}

/// The angle in degrees that two sides enclose, turned until the third side fits.
fn angle_between(first: f64, second: f64, third: f64) -> f64 {
    let gap = |angle: f64| {
        let (sine, cosine) = angle.to_radians().sin_cos();
        distance((first, 0.0), (second * cosine, second * sine)) - third
    };
    only(roots(0.03, 179.9, gap).into_iter())
}

/// The corners are placed in the plane; the area is half the cross product.
fn triangle_area(a: f64, b: f64, c: f64) -> f64 {
    let (sine, cosine) = angle_between(a, b, c).to_radians().sin_cos();
    let (corner, other) = ((a, 0.0), (b * cosine, b * sine));
    (corner.0 * other.1 - corner.1 * other.0).abs() / 2.0
}

/// Four corners of a cube, scaled to the edge; the volume is a sixth of the determinant.
fn tetrahedron_volume(edge: f64) -> f64 {
    let scale = edge / 8f64.sqrt();
    let [a, b, c] =
        [[0.0, 2.0, 2.0], [2.0, 0.0, 2.0], [2.0, 2.0, 0.0]].map(|side| side.map(|part| part * scale));
    let cross = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]];
    (a[0] * cross[0] + a[1] * cross[1] + a[2] * cross[2]).abs() / 6.0
}
