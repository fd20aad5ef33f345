//! What each number is painted as: the palette of the ARC interface.

/// By number.
pub(crate) const PALETTE: [&str; 10] = [
    "#000000", "#0074D9", "#FF4136", "#2ECC40", "#FFDC00", "#AAAAAA", "#F012BE", "#FF851B", "#7FDBFF",
    "#870C25",
];
