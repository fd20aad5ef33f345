//! Problems of LiveCodeBench that its makers know to be graded unfairly: facts from its list of errata.

/// By the problem's id, or by its title where ids are numbers: why a right program may fail, or none can pass.
const KNOWN: &[(&str, &str)] = &[
    ("abc311_c", SEVERAL),
    ("abc326_d", SEVERAL),
    ("abc327_b", SEVERAL),
    ("abc333_e", SEVERAL),
    ("abc337_e", INTERACTIVE),
    ("abc343_e", SEVERAL),
    ("abc350_c", BROKEN),
    ("abc355_e", INTERACTIVE),
    ("abc362_c", SEVERAL),
    ("apply-operations-to-make-string-empty", BROKEN),
    ("find-the-peaks", SEVERAL),
    ("find-words-containing-character", SEVERAL),
    ("generate-binary-strings-without-adjacent-zeros", SEVERAL),
    ("most-frequent-ids", BROKEN),
];

const SEVERAL: &str = "several outputs are right, and the tests know one";
const INTERACTIVE: &str = "the problem is interactive";
const BROKEN: &str = "its tests are broken";

/// Why a problem is graded unfairly, if that is known.
pub(crate) fn known(id: &str, title: Option<&str>) -> Option<&'static str> {
    let found = KNOWN.iter().find(|(name, _)| *name == id || Some(*name) == title);
    found.map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_known_by_id_or_title() {
        assert!(KNOWN.is_sorted_by_key(|(name, _)| *name));
        assert_eq!(known("abc337_e", None), Some(INTERACTIVE));
        assert_eq!(known("2942", Some("find-words-containing-character")), Some(SEVERAL));
        assert_eq!(known("abc300_a", Some("N-choice question")), None);
    }
}
