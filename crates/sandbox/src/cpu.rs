//! CPU that a process used, read while it is dead and not yet forgotten.

use std::path::Path;
use std::time::Duration;

/// Clock ticks of `/proc` a second: a constant of Linux towards programs, whatever the kernel counts in.
const TICKS: u64 = 100;

/// Of the process itself and of those that it waited for; null where there is no `/proc`.
pub(crate) fn used(process: u32) -> Option<Duration> {
    parse(&std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// How long it was ready to run and had to wait for others; of several threads, and of the processes that it waits for, the one that
/// waited longest. Nothing where the system does not tell.
pub(crate) fn waited(process: u32) -> Duration {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    threads.map(|thread| thread_waited(&thread.path())).max().unwrap_or_default()
}

fn thread_waited(thread: &Path) -> Duration {
    let read = |name: &str| std::fs::read_to_string(thread.join(name)).unwrap_or_default();
    // Nanoseconds on a core, nanoseconds ready and waiting, times that it got a core.
    let own = read("schedstat").split_whitespace().nth(1).and_then(|number| number.parse().ok());
    let children =
        read("children").split_whitespace().filter_map(|child| child.parse().ok()).map(waited).max();
    Duration::from_nanos(own.unwrap_or_default()).max(children.unwrap_or_default())
}

/// Fields 14 to 17 of proc(5); the name in front of them stands in brackets and may hold anything.
fn parse(stat: &str) -> Option<Duration> {
    let behind_name = stat.rsplit_once(')')?.1;
    let ticks: Vec<u64> =
        behind_name.split_whitespace().skip(11).take(4).filter_map(|n| n.parse().ok()).collect();
    (ticks.len() == 4).then(|| Duration::from_millis(ticks.iter().sum::<u64>() * 1000 / TICKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_not_there_has_not_waited() {
        assert_eq!(waited(u32::MAX), Duration::ZERO);
        assert!(waited(std::process::id()) < Duration::from_secs(3600));
    }

    #[test]
    fn times_are_found_behind_any_name() {
        let check = |stat: &str, expect: Option<u64>| {
            assert_eq!(parse(stat), expect.map(Duration::from_millis), "{stat}");
        };
        check("7 (python3) Z 1 7 7 0 -1 4 1 2 3 4 12 3 1 0 20 0 1", Some(160));
        check("7 (a) b) c) Z 1 7 7 0 -1 4 1 2 3 4 5 5 0 0 20 0 1", Some(100));
        check("7 (python3) Z 1", None);
        check("", None);
    }
}
