//! The one place where a panic of the Parquet library becomes an error: on a corrupt file it divides by zero or reaches
//! beyond a page, where it should say that the file is corrupt.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// This thread is decoding, so its panic is no defect of ours that has to be printed.
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Decodes something of a file.
///
/// # Errors
/// What the decoder said when it gave up. What it held is not to be used again.
pub fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, String> {
    quiet();
    let outer = DECODING.replace(true);
    let decoded = catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(outer);
    decoded.map_err(|panic| format!("the file is corrupt ({})", words(panic.as_ref())))
}

/// Panics while decoding are told as errors, and so not printed as well.
fn quiet() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !DECODING.get() {
                before(panic);
            }
        }));
    });
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_words() {
        let zero = std::hint::black_box(0_usize);
        assert_eq!(guarded(|| 1), Ok(1));
        assert_eq!(guarded(|| 1 / zero), Err("the file is corrupt (attempt to divide by zero)".to_owned()));
        let longer = guarded(|| assert_eq!(zero, 1, "of {zero}"));
        assert!(longer.unwrap_err().contains("of 0"));
    }
}
