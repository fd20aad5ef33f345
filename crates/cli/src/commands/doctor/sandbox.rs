//! `thinkmeter doctor --sandbox`: whether programs that a model wrote can be run here, shown by attacking.

use doctor::{Finding, Mark};
use sandbox::{Attack, Isolation, Python, Sandbox, Wanted};

/// The interpreter that the grader `code` takes if nothing else is said.
const PYTHON: &str = "python3";

/// What there is, and what became of each attack.
pub(super) fn look() -> Vec<Finding> {
    let wanted = Wanted { python: PYTHON.to_owned(), unconfined: false };
    match Sandbox::find(&wanted).and_then(|found| Ok((found.attacked()?, found))) {
        Ok((attacks, found)) => of_found(&found, &attacks),
        Err(why) => vec![finding(Mark::Bad, "sandbox", why.to_string())],
    }
}

fn of_found(found: &Sandbox, attacks: &[Attack]) -> Vec<Finding> {
    let Python { version, numpy, .. } = found.python();
    let numpy = numpy.as_ref().map_or("no numpy".to_owned(), |version| format!("numpy {version}"));
    let confined = if *found.isolation() == Isolation::Nothing { Mark::Bad } else { Mark::Good };
    let mut findings = vec![
        finding(Mark::Good, "python", format!("{version}, {numpy}")),
        finding(confined, "confined by", found.isolation().name()),
    ];
    findings.extend(attacks.iter().map(|attack| match &attack.refused {
        Some(how) => finding(Mark::Good, "refused", format!("a program {} ({how})", attack.name)),
        None => finding(Mark::Bad, "possible", format!("a program {}", attack.name)),
    }));
    findings
}

fn finding(mark: Mark, about: &'static str, text: impl Into<String>) -> Finding {
    Finding { mark, about, text: text.into() }
}
