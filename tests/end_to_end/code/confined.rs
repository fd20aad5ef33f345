//! What confines programs that a model wrote, and what does not depend on it: workers, load, users, other ways to confine them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{OWN, SMALL, can_run, graded, grades_of, outcomes, problem, programs, rows, sum, with_keys};
use crate::support::Place;

/// The verdicts on all programs, by so many workers.
fn verdicts_by(workers: &str) -> Vec<String> {
    let place = Place::new().with("RAYON_NUM_THREADS", workers);
    place.write("rows.jsonl", &rows(&sum(), &programs().map(|(program, _)| program)));
    outcomes(&graded(&place, &[OWN, SMALL].concat())).into_iter().map(str::to_owned).collect()
}

#[test]
fn verdicts_do_not_depend_on_the_number_of_workers() {
    if !can_run() {
        return;
    }
    let expect = programs().map(|(_, expect)| expect);
    assert_eq!(verdicts_by("1"), expect, "one worker");
    assert_eq!(verdicts_by("2"), expect, "two workers");
}

/// Processes that do nothing but use up CPU, until this ends.
struct Spinners(Vec<std::process::Child>);

impl Spinners {
    fn start(count: usize) -> Self {
        let spin =
            |_| std::process::Command::new("/bin/sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        Self((0..count).map(spin).collect())
    }
}

impl Drop for Spinners {
    fn drop(&mut self) {
        for child in &mut self.0 {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

#[test]
#[ignore = "slow: minutes beside eight processes that spin"]
fn verdicts_are_the_same_on_a_busy_machine() {
    if !can_run() {
        return;
    }
    let _busy = Spinners::start(8);
    let expect = programs().map(|(_, expect)| expect);
    assert_eq!(verdicts_by("1"), expect, "one worker");
    assert_eq!(verdicts_by("2"), expect, "two workers");
}

/// Makes the kernel refuse some calls (the first argument: numbers, comma-separated), as one that does not know them, and becomes the
/// program behind it.
#[cfg(target_arch = "x86_64")]
const OLD_KERNEL: &str = r"
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
ALLOW, ENOSYS = 0x7fff0000, 0x50000 | 38
step = lambda code, yes, no, k: struct.pack('HBBI', code, yes, no, k)
refused = [int(call) for call in sys.argv[1].split(',')]
steps = [step(0x20, 0, 0, 0)]
steps += [step(0x15, len(refused) - at, 0, call) for at, call in enumerate(refused)]
steps += [step(0x06, 0, 0, ALLOW), step(0x06, 0, 0, ENOSYS)]
filter_ = ctypes.create_string_buffer(b''.join(steps))
class Program(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_void_p)]
program = Program(len(steps), ctypes.addressof(filter_))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0, ctypes.get_errno()
os.execv(sys.argv[2], sys.argv[2:])
";

/// landlock_create_ruleset, landlock_add_rule, landlock_restrict_self.
#[cfg(target_arch = "x86_64")]
const LANDLOCK: &str = "444,445,446";
/// mount and unshare: without them there are no namespaces of ours, and no bubblewrap.
#[cfg(target_arch = "x86_64")]
const NAMESPACES: &str = "165,272";

/// The program on a kernel that refuses these calls.
#[cfg(target_arch = "x86_64")]
fn on_old_kernel(place: &Place, refused: &str, args: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new("python3");
    command.args(["-c", OLD_KERNEL, refused, env!("CARGO_BIN_EXE_thinkmeter")]).args(args);
    place.placed(command)
}

#[cfg(target_arch = "x86_64")]
fn has_bubblewrap() -> bool {
    ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"]
        .iter()
        .any(|path| std::path::Path::new(path).is_file())
}

#[test]
#[cfg(target_arch = "x86_64")]
fn where_the_kernel_has_no_landlock_nothing_is_run_and_the_rest_works() {
    if !can_run() {
        return;
    }
    let place = Place::new();
    place.write("rows.jsonl", &rows(&sum(), &["print(open('rows.jsonl').read())"]));
    let old = |args: &[&str]| {
        let refused = format!("{LANDLOCK},{NAMESPACES}");
        crate::support::done(on_old_kernel(&place, &refused, args).spawn().unwrap())
    };
    let run = with_keys(OWN);
    let refused = old(&run);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    for words in [
        "running code that a model wrote needs Landlock (Linux 5.13) and seccomp, or bubblewrap; this machine has neither",
        "landlock",
        "--run-code-unconfined",
    ] {
        assert!(refused.stderr.contains(words), "{words}: {}", refused.stderr);
    }
    assert!(!place.path("runs/recorded/m/grades.parquet").exists());
    assert_ne!(old(&["doctor", "--sandbox"]).code, 0);
    // What runs no program works as ever, in this pipeline and in others.
    let before: Vec<&str> = run.iter().map(|word| if *word == "grade" { "generate" } else { word }).collect();
    let done = old(&before);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(place.path("runs/recorded/m/generations.parquet").exists());
    let done = old(&["run", "full-eval", "--quiet"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn bubblewrap_takes_the_place_of_landlock_with_the_same_verdicts() {
    if !can_run() || !has_bubblewrap() {
        eprintln!("skipped: there is no bubblewrap here, or nothing that confines programs at all");
        return;
    }
    let place = Place::new();
    let old = |args: &[&str]| crate::support::done(on_old_kernel(&place, LANDLOCK, args).spawn().unwrap());
    let looked = old(&["doctor", "--sandbox"]);
    assert!(looked.code == 0 && looked.stdout.contains("bubblewrap and seccomp"), "{}", looked.stdout);
    // Another name of the interpreter is there by Landlock, which closes files, and not where only its own is bound.
    let programs: Vec<_> = programs().into_iter().filter(|(program, _)| !program.contains("execv")).collect();
    let texts: Vec<&str> = programs.iter().map(|(program, _)| *program).collect();
    place.write("rows.jsonl", &rows(&sum(), &texts));
    let done = old(&with_keys(&[OWN, SMALL].concat()));
    assert_eq!(done.code, 0, "{}", done.stderr);
    let expect: Vec<&str> = programs.iter().map(|(_, expect)| *expect).collect();
    assert_eq!(outcomes(&grades_of(&place)), expect);
}

/// A pipeline whose programs sleep, run by a Python that nothing else on the machine is called.
struct Sleepers {
    place: Place,
    python: String,
}

impl Sleepers {
    /// None where no Python can be given another name.
    fn new() -> Option<Self> {
        const PYTHON: &str = "/usr/bin/python3";
        if !std::path::Path::new(PYTHON).is_file() {
            eprintln!("skipped: there is no {PYTHON} to take under another name");
            return None;
        }
        let place = Place::new();
        let python = place.path("python-of-this-test");
        std::os::unix::fs::symlink(PYTHON, &python).unwrap();
        let tests: Vec<Value> = (0..20).map(|_| json!({"input": "", "output": ""})).collect();
        place
            .write("rows.jsonl", &rows(&problem("sleep", json!(tests)), &["import time\ntime.sleep(2)"; 10]));
        Some(Self { place, python: python.display().to_string() })
    }

    /// Kills the program while they sleep, and looks half a second later who is left.
    fn left_by(&self, start: impl Fn(&Place, &[&str]) -> std::process::Command) -> usize {
        let python = format!("grade.python={}", self.python);
        let mut running = start(&self.place, &with_keys(&[OWN, &[&*python]].concat())).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while processes_of(&self.python) == 0 {
            assert!(Instant::now() < deadline, "no test began");
            std::thread::sleep(Duration::from_millis(50));
        }
        running.kill().unwrap();
        running.wait().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        processes_of(&self.python)
    }
}

#[test]
fn what_runs_ends_with_the_program_that_started_it() {
    if !can_run() {
        return;
    }
    let Some(sleepers) = Sleepers::new() else { return };
    assert_eq!(sleepers.left_by(Place::command), 0);
    #[cfg(target_arch = "x86_64")]
    if has_bubblewrap() {
        assert_eq!(sleepers.left_by(|place, args| on_old_kernel(place, LANDLOCK, args)), 0, "bubblewrap");
    }
}

/// Processes that were started as this program.
fn processes_of(program: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    lines.filter(|line| line.starts_with(program.as_bytes())).count()
}

#[test]
fn nothing_is_run_that_nothing_confines_unless_a_person_says_so() {
    if !can_run() {
        return;
    }
    let place = Place::new();
    let sum = problem("sum", json!([{"input": "", "output": "1"}]));
    place.write(
        "rows.jsonl",
        &rows(
            &sum,
            &["print(1)", "open('escaped', 'w').write('x')\nprint(len(open('/etc/passwd').read()) > 0)"],
        ),
    );
    let missing = place.run(&with_keys(&[OWN, &["grade.python=no-such-python"]].concat()));
    assert_eq!(missing.code, 3, "{}", missing.stderr);
    assert!(
        missing.stderr.contains("running code needs python3, 3.8 or newer: `no-such-python`"),
        "{}",
        missing.stderr
    );
    assert_eq!(outcomes(&graded(&place, OWN)), ["pass", "runtime_error"]);
    let unconfined = [&*with_keys(OWN), &["--force", "grade", "--run-code-unconfined"]].concat();
    let done = place.succeed(&unconfined);
    assert!(
        done.stderr.contains("warning: programs that a model wrote run with your rights"),
        "{}",
        done.stderr
    );
}

/// The verdicts of an ordinary user are those of root.
#[test]
fn whoever_runs_programs_gets_the_same_verdicts() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65534;
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root || !can_run() {
        eprintln!("skipped: only root can become somebody else");
        return;
    }
    let place = Place::new();
    let sum = problem("sum", json!([{"input": "1 2\n", "output": "3\n"}]));
    let programs = [
        "print(sum(map(int, input().split())))",
        "import threading\nt = threading.Thread(target=lambda: print(3))\nt.start()\nt.join()",
        "print(open('/etc/passwd').read())",
        "import socket\nsocket.socket()",
        "import os\nos.fork()\nprint(3)",
        "import os\nos.kill(os.getppid(), 9)\nprint(3)",
        "while True: pass",
    ];
    place.write("rows.jsonl", &rows(&sum, &programs));
    let keys = [OWN, &["grade.cpu_seconds=1"]].concat();
    let as_root = graded(&place, &keys);
    std::fs::remove_dir_all(place.path("runs")).unwrap();
    std::fs::set_permissions(place.path(""), std::fs::Permissions::from_mode(0o777)).unwrap();
    let mut command = place.command(&with_keys(&keys));
    let status = command.uid(NOBODY).gid(NOBODY).status();
    if !status.is_ok_and(|status| status.success()) {
        eprintln!("skipped: nobody cannot start this program, or reach the interpreter");
        return;
    }
    assert_eq!(outcomes(&grades_of(&place)), outcomes(&as_root));
    let expect =
        ["pass", "pass", "runtime_error", "runtime_error", "runtime_error", "runtime_error", "time_limit"];
    assert_eq!(outcomes(&as_root), expect);
}
