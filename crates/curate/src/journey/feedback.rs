//! Why a step is wrong, in the words of the verifier that said so.

/// Longer reasons are no remark that one makes while one thinks.
const MOST_WORDS: usize = 40;

/// The reason in what a verifier wrote, without its verdict; none where there is none, it is long, or it is no sentence of a text:
/// an object, a formula of a final answer, a tag.
pub(super) fn reason(said: &str) -> Option<String> {
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty() && !is_verdict(line));
    let reason = lines.collect::<Vec<_>>().join(" ");
    let words = reason.split_whitespace().count();
    let foreign = reason.contains(['{', '<', '>']) || reason.contains("\\boxed");
    let short = if words == 1 { reason.chars().count() <= MOST_WORDS } else { words <= MOST_WORDS };
    (words > 0 && short && !foreign).then_some(reason)
}

/// A line that is nothing but `yes`, `no` or a score.
fn is_verdict(line: &str) -> bool {
    let word = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(word.as_str(), "yes" | "no") || word.strip_prefix("score").is_some_and(is_number)
}

fn is_number(rest: &str) -> bool {
    rest.trim_matches(|c: char| !c.is_ascii_digit() && c != '.').parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_what_is_left_without_the_verdict() {
        let check = |said: &str, expect: Option<&str>| assert_eq!(reason(said).as_deref(), expect, "{said}");
        check("2 + 3 is 5, not 6.\nno", Some("2 + 3 is 5, not 6."));
        check("The sum is off.\n\n**Score: 10**", Some("The sum is off."));
        check("It slips.\nno\n\nThe sign is lost.\nNo.", Some("It slips. The sign is lost."));
        check("no", None);
        check("Score: 0", None);
        check("", None);
        check("{\"steps\": [{\"step\": 1, \"right\": false}]}", None);
        check("It should be \\boxed{5}.\nno", None);
        check("这里符号错了。\nno", Some("这里符号错了。"));
        check(&format!("{}\nno", "word ".repeat(41)), None);
        check(&format!("{}\nno", "字".repeat(41)), None);
    }
}
