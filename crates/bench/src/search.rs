//! `bench search`: what searches and roll-outs take apart from the models, and whether trees pile up in memory.
//!
//! Whoever is measured is a child process that runs a whole pipeline; in the place of servers somebody answers at once.

mod instant;
mod load;

use std::ffi::OsString;

use tables::thousands;

pub(crate) use load::SearchLoad;

use crate::process::measure;
use crate::say;

/// How many steps.
#[derive(clap::Args)]
pub(crate) struct Search {
    /// Nodes of all trees
    #[arg(long, default_value_t = 100_000)]
    nodes: u32,
    /// Labels of steps by roll-outs
    #[arg(long, default_value_t = 50_000)]
    labels: u32,
}

/// A search, and the nodes of one of its trees.
struct Shape {
    name: &'static str,
    table: &'static str,
    nodes: u32,
}

/// What a reply has of steps where roll-outs begin.
const STEPS: u32 = 50;

const SMALL: &[Shape] = &[
    Shape {
        name: "beam 8→2 product",
        table: "{ kind = \"beam\", candidates = 8, keep = 2, aggregate = \"product\", depth = 13 }",
        nodes: 104,
    },
    Shape {
        name: "dvts 8 in 4 trees",
        table: "{ kind = \"dvts\", candidates = 8, width = 2, depth = 13 }",
        nodes: 104,
    },
    Shape {
        name: "best_first 25 of 4",
        table: "{ kind = \"best_first\", candidates = 4, expansions = 25, depth = 13 }",
        nodes: 100,
    },
];

const LARGE: &[Shape] = &[
    Shape {
        name: "one beam 2,000→500",
        table: "{ kind = \"beam\", candidates = 2500, keep = 500, depth = 40 }",
        nodes: 0,
    },
    Shape {
        name: "one best_first of 4",
        table: "{ kind = \"best_first\", candidates = 4, expansions = 25000, aggregate = \"product\", depth = 40 }",
        nodes: 0,
    },
];

impl Search {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        say(&format!(
            "{:<30} {:>8} {:>8} {:>8} {:>9} {:>9}",
            "", "nodes", "wall s", "cpu s", "nodes/s", "peak MB"
        ));
        for shape in SMALL {
            for nodes in [self.nodes / 10, self.nodes] {
                line(shape.name, nodes, shape.table, nodes.div_ceil(shape.nodes), 0)?;
            }
        }
        for shape in LARGE {
            line(shape.name, self.nodes, shape.table, 1, self.nodes)?;
        }
        for labels in [self.labels / 10, self.labels] {
            line("roll-outs, all steps", labels, load::ROLLOUTS, labels.div_ceil(STEPS), STEPS)?;
        }
        say("bars: 5,000 nodes a second, and the same memory for ten times as many in as many more trees");
        Ok(())
    }
}

fn line(name: &str, nodes: u32, table: &str, problems: u32, most: u32) -> anyhow::Result<()> {
    let number = |number: u32| OsString::from(number.to_string());
    let args = [OsString::from("search-load"), table.into(), number(problems), number(most)];
    let usage = measure(&std::env::current_exe()?, args, &[])?;
    let (wall, cpu) = (usage.wall.as_secs_f64(), usage.cpu.as_secs_f64());
    let speed = f64::from(nodes) / wall;
    say(&format!(
        "{name:<30} {:>8} {wall:>8.2} {cpu:>8.2} {speed:>9.0} {:>9.0}",
        thousands(nodes.into()),
        usage.peak_mb()
    ));
    Ok(())
}
