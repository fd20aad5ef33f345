//! Whatever text comes in: no panic, no hang, and steps that lie in order in the text with nothing but blanks between them.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use thinkmeter_split::{SPLITTERS, Splitter};

static ALL: LazyLock<Vec<Box<dyn Splitter>>> = LazyLock::new(|| {
    let tables = [
        json!({"kind": "separator"}),
        json!({"kind": "sentence"}),
        json!({"kind": "sentence", "line_breaks": false}),
        json!({"kind": "keywords"}),
        json!({"kind": "keywords", "anywhere": true}),
    ];
    let built = |table| SPLITTERS.build(&table, "split").unwrap_or_else(|faults| panic!("{faults}")).built;
    tables.into_iter().map(built).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for splitter in ALL.iter() {
        let mut at = 0;
        for span in splitter.spans(&text) {
            let gap = text.get(at..span.start).expect("steps stand in order, at characters");
            assert!(gap.trim().is_empty(), "{gap:?} is lost");
            let step = text.get(span.clone()).expect("a step ends at a character");
            assert!(!step.is_empty() && step.trim() == step, "{step:?} has blanks around it");
            at = span.end;
        }
        assert!(text[at..].trim().is_empty(), "{:?} is lost", &text[at..]);
    }
});
