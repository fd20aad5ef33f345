//! The report's style sheet for one medium: paper. What draws pictures knows no variables and no media.

use std::collections::BTreeMap;

/// What the page adds to the charts' own style sheet, for paper. Nothing is translucent: printers do not like it, and the
/// writer of PDF lists such parts in an order that changes from run to run.
const PAGE: &str = "svg .overall{stroke-dasharray:12 10}svg .mark{stroke-width:5;paint-order:stroke}";
/// What lies beneath the charts.
pub(crate) const PAPER: &str = "#FFFFFF";

/// The rules for paper, with every variable replaced by its colour.
pub(crate) fn for_paper() -> String {
    resolved(&report::charts::stylesheet()) + PAGE
}

fn resolved(css: &str) -> String {
    let rules = css.lines().filter(|line| !line.starts_with('@') && !line.starts_with(":root"));
    let mut out: String = rules.collect();
    for (name, value) in variables(css) {
        out = out.replace(&format!("var({name})"), &value);
    }
    out
}

/// The variables that the first rule sets: those of light, which paper shares.
fn variables(css: &str) -> BTreeMap<String, String> {
    let first = css.lines().find_map(|line| line.strip_prefix(":root{")).into_iter();
    let set =
        first.flat_map(|rule| rule.trim_end_matches('}').split(';')).filter_map(|one| one.split_once(':'));
    let mut all: BTreeMap<String, String> =
        set.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
    all.insert("--paper".to_owned(), PAPER.to_owned());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_only_a_browser_understands() {
        let css = for_paper();
        assert!(!css.contains("var(") && !css.contains('@') && !css.contains(":root"), "{css}");
        assert!(css.contains("svg .h0{stroke:#0072B2}") && css.contains("stroke:#FFFFFF"), "{css}");
        assert!(css.contains("svg .d1{stroke-dasharray:26 14}"), "{css}");
    }

    #[test]
    fn variables_are_those_of_the_first_rule() {
        let css = ":root{--a:#111;--b:#222;}\n@media print{:root{--a:#333;}}\nsvg .x{fill:var(--a);stroke:var(--b)}\n";
        assert_eq!(resolved(css), "svg .x{fill:#111;stroke:#222}");
    }
}
