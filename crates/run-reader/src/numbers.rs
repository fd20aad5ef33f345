//! Numbers as people read them.

pub use tables::thousands as whole;

/// A number that may not be known.
pub(crate) fn maybe(number: Option<impl Into<u64>>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| whole(number.into()))
}

/// A share in percent that may not be known.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!((maybe(None::<u32>), percent(Some(0.5)).as_str()), ("–".to_owned(), "50.0 %"));
    }
}
