//! The judges, one a file. A new one is a new file, a `mod` line and a word in the sorted list.

mod cascade;
mod llm;
mod panel;
mod recorded;
pub(crate) mod rule;
/// The example of the manual, which has to work.
#[cfg(test)]
#[path = "../../../../docs/src/verbatim.rs"]
mod verbatim;

use plugin::{Configured, Fault, Faults, Key, Registry, Value, entry};

use crate::{Judge, equality};

/// All judges, by kind.
pub static JUDGES: Registry<dyn Judge> = Registry::new(
    "judge",
    &[
        entry::<cascade::Cascade>(),
        entry::<llm::Llm>(),
        entry::<panel::Panel>(),
        entry::<recorded::Recorded>(),
        entry::<rule::Rule>(),
    ],
);

/// The judge that a table describes, with what every judge's table may hold beside its own keys: `equality`.
pub fn parse(table: &Value, path: &str) -> Result<Configured<dyn Judge>, Faults> {
    let mut own = table.clone();
    let keys = own.as_object_mut();
    let asked = keys.and_then(|keys| keys.remove(equality::KEY));
    match JUDGES.build(&own, path) {
        Ok(judge) => equality::added(judge, asked.as_ref(), path),
        Err(faults) => Err(Faults(faults.0.into_iter().map(hinted).collect())),
    }
}

/// A misspelt key that the judge itself, who knows only its own keys, could not give the right hint about.
fn hinted(fault: Fault) -> Fault {
    let key = fault.path.rsplit('.').next().unwrap_or_default();
    match plugin::nearest(key, [equality::KEY]) {
        Some(near) if fault.message.starts_with("unknown key") => {
            fault.hint(format!("did you mean `{near}`?"))
        }
        _ => fault,
    }
}

/// The keys of a kind of judge, those that every judge has included.
pub fn keys(kind: &str) -> Option<Vec<Key>> {
    let mut keys = JUDGES.get(kind)?.keys();
    keys.push(Key {
        name: equality::KEY.to_owned(),
        about:
            "Whom to ask whether the final answer is right where the answer engine cannot tell: true for the \
                judge's own model, or a table with `model`, `base_url`, …"
                .to_owned(),
        default: Some("false".to_owned()),
        required: false,
    });
    Some(keys)
}
