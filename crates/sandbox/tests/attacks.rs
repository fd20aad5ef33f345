//! Programs that attack, run in every way that this machine has to confine them.

#![cfg(target_os = "linux")]
#![expect(
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on may stop at once, and one that cannot run says why"
)]

use std::path::Path;
use std::sync::OnceLock;
use std::thread::scope;
use std::time::{Duration, Instant};

use thinkmeter_sandbox::{
    End, Isolation, Job, Limits, NoSandbox, Outcome, Python, Sandbox, Wanted, allow_starting,
};

/// The sandbox of this machine, which is looked for once; `None`, with words, where there can be none.
fn sandbox() -> Option<Sandbox> {
    static FOUND: OnceLock<Option<Sandbox>> = OnceLock::new();
    FOUND.get_or_init(find).clone()
}

fn find() -> Option<Sandbox> {
    allow_starting(env!("CARGO_BIN_EXE_box-for-tests").into());
    let wanted = Wanted { python: "python3".to_owned(), unconfined: false };
    match Sandbox::find(&wanted) {
        Ok(found) => Some(found),
        Err(why @ (NoSandbox::NoPython(_) | NoSandbox::NotHere(_))) => {
            eprintln!("skipped: {why}");
            None
        }
        Err(other) => panic!("{other}"),
    }
}

/// The same without namespaces, and bubblewrap where it is installed.
fn every_way() -> Vec<Sandbox> {
    let Some(best) = sandbox() else { return Vec::new() };
    let python = best.python().clone();
    let mut ways = vec![best, Sandbox::by(Isolation::Landlock { namespaces: false }, python.clone())];
    let wrapper = Path::new("/usr/bin/bwrap");
    ways.extend(wrapper.is_file().then(|| Sandbox::by(Isolation::Bubblewrap(wrapper.into()), python)));
    ways
}

fn limits() -> Limits {
    Limits { cpu_seconds: 1, memory_mb: 512, output_mb: 1 }
}

fn run(sandbox: &Sandbox, script: &str, input: &str) -> Outcome {
    let job = Job { script, input: &[input.as_bytes()], limits: limits(), packages: true };
    sandbox.run(&job).unwrap()
}

/// Runs a script in every way; it must end so, and print exactly this.
fn check(script: &str, input: &str, end: &End, output: &str) {
    for sandbox in every_way() {
        let outcome = run(&sandbox, script, input);
        let printed = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let way = sandbox.isolation().name();
        assert_eq!((&outcome.end, &*printed), (end, output), "{way}: {script}\n{}", outcome.stderr);
    }
}

/// Tries each line; it must be refused.
fn refused(lines: &[&str]) {
    for line in lines {
        let script = format!(
            "import os, sys, socket, ctypes\ntry:\n    {line}\n    print('done')\nexcept OSError: print('refused')\n\
             except Exception as e: print(type(e).__name__, e)"
        );
        check(&script, "", &End::Exited(0), "refused\n");
    }
}

#[test]
fn a_plain_program_runs_as_everywhere() {
    check("import sys; print(sys.stdin.read().upper())", "grüße 北京", &End::Exited(0), "GRÜSSE 北京\n");
    check("import sys; sys.exit(3)", "", &End::Exited(3), "");
    check("import os; print(os.getcwd(), len(os.environ))", "", &End::Exited(0), "/ 6\n");
    check(
        "print(list({'a', 'b', 'c', 'd'}) == list({'a', 'b', 'c', 'd'}), hash('a') % 1000)",
        "",
        &End::Exited(0),
        &same(),
    );
    let modules = "heapq, collections, math, itertools, functools, bisect, random, json, re, string, threading, \
                   datetime, decimal, fractions, typing, statistics, operator, copy, io, array, struct, time, zoneinfo";
    check(
        &format!("import {modules}\nprint(random.Random(1).random())"),
        "",
        &End::Exited(0),
        "0.13436424411240122\n",
    );
    let threads = "import threading, sys\nsys.setrecursionlimit(1 << 20); threading.stack_size(64 << 20)\n\
                   def f(k): return 0 if k == 0 else 1 + f(k - 1)\n\
                   t = threading.Thread(target=lambda: print(f(20000))); t.start(); t.join()";
    check(threads, "", &End::Exited(0), "20000\n");
}

/// Hashes are seeded, so what a set prints is the same in every run.
fn same() -> String {
    let Some(sandbox) = sandbox() else { return String::new() };
    let outcome = run(&sandbox, "print(True, hash('a') % 1000)", "");
    String::from_utf8(outcome.stdout).unwrap()
}

#[test]
fn files_are_closed() {
    let canary = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(canary.path(), "canary").unwrap();
    let path = canary.path().display();
    let parent = std::process::id();
    refused(&[
        "open('/etc/passwd').read()",
        "open('/etc/shadow').read()",
        "open('/proc/self/environ', 'rb').read()",
        "open('/proc/self/maps').read()",
        "os.readlink('/proc/self/exe') and open('/proc/1/cmdline').read()",
        "os.listdir('/var')",
        "os.listdir('/tmp')",
        "os.listdir('/proc/self/fd')",
        "open('/tmp/box_escape', 'w')",
        "open('/dev/shm/box_escape', 'w')",
        "open('box_escape', 'w')",
        "os.mkdir('/tmp/box_escape')",
        "os.symlink('/etc/passwd', '/tmp/box_escape')",
        "os.mkfifo('/tmp/box_escape')",
        "os.memfd_create('box_escape')",
        "os.chdir('/tmp')",
        "os.chroot('/tmp')",
        "os.setxattr('/usr/lib', 'user.a', b'b')",
        &format!("open('/proc/{parent}/environ', 'rb').read()"),
        &format!("open('/proc/{parent}/mem', 'rb').read(1)"),
        &format!("open('{path}').read()"),
        &format!("open('{path}', 'w')"),
        &format!("os.unlink('{path}')"),
        &format!("os.link('{path}', '/tmp/box_escape')"),
        &format!("os.rename('{path}', '/tmp/box_escape')"),
        &format!("os.chmod('{path}', 0o777)"),
        &format!("os.chown('{path}', 1, 1)"),
        &format!("os.utime('{path}')"),
        &format!("os.truncate('{path}', 0)"),
    ]);
    assert_eq!(std::fs::read_to_string(canary.path()).unwrap(), "canary");
    for place in ["/tmp/box_escape", "/dev/shm/box_escape", "/box_escape"] {
        assert!(!Path::new(place).exists(), "{place}");
    }
}

#[test]
fn nobody_is_reached_and_nothing_is_started() {
    let parent = std::process::id();
    refused(&[
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET6, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
        "socket.socketpair()",
        "os.fork()",
        "os.forkpty()",
        "__import__('subprocess').run(['/bin/sh', '-c', 'id'])",
        "os.execv('/bin/sh', ['sh', '-c', 'echo EXEC'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.setsid()",
        "os.setpriority(os.PRIO_PROCESS, 0, -20)",
        "os.kill(1, 0)",
        "os.kill(-1, 0)",
        "os.kill(0, 9)",
        "os.kill(os.getppid(), 9)",
        "os.pidfd_open(1)",
        "__import__('resource').prlimit(os.getppid() or 1, 7, (1, 1))",
        "__import__('fcntl').fcntl(0, 8, 1)",
        &format!("os.kill({parent}, 0)"),
        &format!("os.killpg({parent}, 9)"),
    ]);
    let calls = "import ctypes, os, platform\nl = ctypes.CDLL(None, use_errno=True)\n\
        X = {'ptrace': 101, 'bpf': 321, 'io_uring_setup': 425, 'keyctl': 250, 'unshare': 272, 'mount': 165, \
             'process_vm_readv': 310, 'perf_event_open': 298, 'userfaultfd': 323, 'setns': 308, 'seccomp': 317, \
             'memfd_create': 319, 'clone_process': 56, 'vfork': 58, 'shmget': 29, 'msgget': 68, 'timer_create': 222, \
             'set_pdeathsig': 157, 'pidfd_getfd': 438, 'open_by_handle_at': 304, 'x32_getpid': 0x40000000 + 39, \
             'reboot': 169, 'init_module': 175, 'personality': 135, 'setuid': 105, 'umount2': 166, 'inotify_init': 253}\n\
        args = {'clone_process': (17, 0, 0, 0, 0), 'set_pdeathsig': (1, 0, 0, 0, 0), 'ptrace': (16, 1, 0, 0, 0)}\n\
        open_ = [n for n, c in X.items() if platform.machine() == 'x86_64' \
                 and l.syscall(c, *args.get(n, (0, 0, 0, 0, 0))) != -1]\nprint(open_)";
    check(calls, "", &End::Exited(0), "[]\n");
}

#[test]
fn what_is_used_up_ends_the_program() {
    check("while True: pass", "", &End::OutOfTime, "");
    let ignoring = "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\nwhile True: pass";
    check(ignoring, "", &End::OutOfTime, "");
    check(
        "import threading\nfor _ in range(4): threading.Thread(target=lambda: [i for i in iter(int, 1)]).start()",
        "",
        &End::OutOfTime,
        "",
    );
    let memory =
        "a = []\ntry:\n    while True: a.append(bytearray(16 << 20))\nexcept MemoryError: print('enough')";
    check(memory, "", &End::Exited(0), "enough\n");
    check("import os; os.kill(os.getpid(), 11)", "", &End::Killed(11), "");
    check("import os; os.abort()", "", &End::Killed(6), "");
    for sandbox in every_way() {
        let began = Instant::now();
        let flood = run(&sandbox, "import sys\nwhile True: sys.stdout.write('x' * 65536)", "");
        assert_eq!(flood.end, End::TooMuchOutput, "{}", sandbox.isolation().name());
        assert!(flood.stdout.len() < 3 << 20, "{}", flood.stdout.len());
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        let noisy =
            run(&sandbox, "import sys\nfor _ in range(160): sys.stderr.write('e' * 65536)\nprint('end')", "");
        assert_eq!((noisy.end, &*noisy.stdout), (End::Exited(0), &b"end\n"[..]));
        assert!(noisy.stderr.len() <= 64 << 10, "{}", noisy.stderr.len());
        let threads = run(
            &sandbox,
            "import threading, time, os\nn = 0\ntry:\n    while n < 20000:\n        threading.Thread(target=time.sleep, args=(3,), daemon=True).start(); n += 1\nexcept RuntimeError: print('enough', flush=True)\nos._exit(0)",
            "",
        );
        assert_eq!((threads.end, &*threads.stdout), (End::Exited(0), &b"enough\n"[..]), "{}", threads.stderr);
    }
}

#[test]
fn sleepers_are_woken_and_closed_pipes_are_no_end() {
    let Some(sandbox) = sandbox() else { return };
    let scripts =
        ["import time; time.sleep(1000)", "import os, time; os.close(1); os.close(2); time.sleep(1000)"];
    let sleeps = |sandbox: &Sandbox, script: &str| {
        let began = Instant::now();
        assert_eq!(run(sandbox, script, "").end, End::OutOfTime, "{script}");
        assert!(began.elapsed() >= limits().wall(), "{script}");
        assert!(began.elapsed() < limits().wall() + Duration::from_secs(3), "{script}");
    };
    scope(|scope| {
        for (sandbox, script) in every_way().into_iter().zip(scripts.iter().cycle()) {
            scope.spawn(move || sleeps(&sandbox, script));
        }
    });
    // It ends before it has read what it is given.
    let much = "x".repeat(4 << 20);
    assert_eq!(run(&sandbox, "print('no thanks')", &much).end, End::Exited(0));
    let read = run(&sandbox, "import sys; print(len(sys.stdin.read()))", &much);
    assert_eq!((read.end, &*read.stdout), (End::Exited(0), &b"4194304\n"[..]));
}

#[test]
fn cpu_is_told_and_a_program_cannot_play_a_broken_box() {
    let Some(sandbox) = sandbox() else { return };
    for sandbox in every_way() {
        let busy = run(&sandbox, "import time\nwhile time.process_time() < 0.4: pass", "");
        assert_eq!(busy.end, End::Exited(0));
        let (cpu, way) = (busy.cpu.unwrap(), sandbox.isolation().name());
        assert!(cpu >= Duration::from_millis(350) && cpu < Duration::from_millis(900), "{way}: {cpu:?}");
    }
    let playing = run(
        &sandbox,
        "import sys, os; sys.stderr.write('0' * 32 + ' landlock: no'); sys.stderr.flush(); os._exit(125)",
        "",
    );
    assert_eq!(playing.end, End::Exited(125));
    let nowhere = Python::default();
    let broken = Sandbox::by(sandbox.isolation().clone(), nowhere);
    let job = Job { script: "", input: &[], limits: limits(), packages: false };
    let End::NotStarted(why) = broken.run(&job).unwrap().end else { panic!("an interpreter without a name") };
    assert!(why.contains("No such file"), "{why}");
}

#[test]
fn every_attack_of_the_probe_fails_and_is_possible_without_walls() {
    let Some(sandbox) = sandbox() else { return };
    let attacked = sandbox.attacked().unwrap();
    assert!(attacked.len() > 8 && attacked.iter().all(|attack| attack.refused.is_some()), "{attacked:?}");
    let bare = Sandbox::by(Isolation::Nothing, sandbox.python().clone());
    let succeeded = bare.attacked().unwrap().into_iter().filter(|attack| attack.refused.is_none());
    let succeeded: Vec<String> = succeeded.map(|attack| attack.name).collect();
    for must in ["reads files", "lists folders", "starts processes", "reaches the network"] {
        assert!(succeeded.iter().any(|name| name == must), "{must} is refused without walls: {succeeded:?}");
    }
}

#[test]
fn open_files_of_whoever_started_the_program_are_not_inherited() {
    let Some(_) = sandbox() else { return };
    let listing = "import os\nopen_ = []\nfor n in range(3, 32):\n    try: os.fstat(n); open_.append(n)\n    except OSError: pass\nprint(open_)";
    check(listing, "", &End::Exited(0), "[]\n");
}

#[test]
fn an_interpreter_that_is_none_is_refused_in_words() {
    let find = |python: &str| {
        Sandbox::find(&Wanted { python: python.to_owned(), unconfined: true }).unwrap_err().to_string()
    };
    assert!(
        find("no-such-python").contains("`no-such-python` cannot be started"),
        "{}",
        find("no-such-python")
    );
    assert!(find("/bin/echo").contains("does not answer as Python 3 does"), "{}", find("/bin/echo"));
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("python3");
    let answer = r#"{"version": "Python 3.6.9", "numpy": null, "executable": "/x", "number": [3, 6], "folders": [], "search": []}"#;
    std::fs::write(&old, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
    std::fs::set_permissions(&old, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let said = find(&old.display().to_string());
    assert!(
        said.contains("running code needs python3, 3.8 or newer") && said.contains("is Python 3.6.9"),
        "{said}"
    );
}
