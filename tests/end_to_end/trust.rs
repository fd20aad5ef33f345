//! Nothing that was paid for is lost to failures, nothing secret is kept or told, and nothing that others wrote steers a
//! terminal.

use std::fs;
use std::time::Duration;

use testkit::{Behaviour, Raw, Script, ScriptedServer};

use crate::support::{Done, Place, done};

const ROWS: usize = 10;
/// So many replies take more room in the cache than a few pages.
const MANY: usize = 300;

fn sums(rows: usize) -> String {
    let row = |i: usize| {
        format!("{{\"id\": \"s{i}\", \"problem\": \"What is {i} + 1?\", \"answer\": {}}}\n", i + 1)
    };
    (0..rows).map(row).collect()
}

fn place(base_url: &str, more: &str) -> Place {
    let place = Place::new();
    place.write("sums.jsonl", &sums(ROWS));
    place.write(
        "p.toml",
        &format!(
            "[dataset]\nkind = \"jsonl\"\npath = \"sums.jsonl\"\n\
             [[models]]\nname = \"m\"\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"{base_url}\"\n{more}"
        ),
    );
    place
}

fn server(behaviour: Behaviour) -> ScriptedServer {
    ScriptedServer::start(Script::of(behaviour)).unwrap()
}

fn saying(status: u16, body: &str) -> Behaviour {
    Behaviour { raw: Some(Raw::json(status, body)), ..Behaviour::default() }
}

#[test]
fn failures_never_take_the_place_of_a_good_table() {
    let server = server(Behaviour::default());
    let place = place(&server.base_url(), "");
    place.succeed(&["run", "p.toml"]);
    let table = |name: &str| fs::read(place.path(&format!("runs/p/m/{name}.parquet"))).ok();
    let good = table("generations");
    let changed = ["run", "p.toml", "--set", "models.m.max_tokens=50"];
    let offline = place.run(&[&changed[..], &["--offline"]].concat());
    assert_eq!(offline.code, 5, "{}", offline.stderr);
    assert!(
        offline.stderr.contains("10 of 10 rows failed, more than --fail-on-error allows"),
        "{}",
        offline.stderr
    );
    assert!(table("generations") == good && table("generations.failed").is_some());
    place.succeed(&changed);
    assert!(table("generations") != good && table("generations.failed").is_none());
    let good = table("generations");
    let allowed = ["--offline", "--fail-on-error", "1", "--set", "models.m.max_tokens=51"];
    place.succeed(&[&["run", "p.toml"][..], &allowed].concat());
    assert!(table("generations") != good, "what is allowed was refused");
}

#[test]
fn a_stage_alone_keeps_its_good_table_too() {
    let (good, bad) = (server(Behaviour::default()), server(saying(400, "{\"error\": \"no\"}")));
    let place = place(&good.base_url(), "");
    place.succeed(&["load", "--path", "sums.jsonl", "-o", "problems.parquet"]);
    let generate = |url: &str| {
        place.run(&[
            "generate",
            "--problems",
            "problems.parquet",
            "--model",
            "m",
            "--base-url",
            url,
            "-o",
            "g.parquet",
        ])
    };
    assert_eq!(generate(&good.base_url()).code, 0);
    let table = fs::read(place.path("g.parquet")).unwrap();
    let done = generate(&bad.base_url());
    assert_eq!(done.code, 5, "{}", done.stderr);
    assert!(fs::read(place.path("g.parquet")).unwrap() == table && place.path("g.failed.parquet").exists());
    let url = bad.base_url();
    let allowed = ["--base-url", &url, "-o", "g.parquet", "--fail-on-error", "1"];
    let alone = ["generate", "--problems", "problems.parquet", "--model", "m"];
    let done = place.run(&[&alone[..], &allowed].concat());
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(fs::read(place.path("g.parquet")).unwrap() != table, "what is allowed was refused");
}

#[test]
fn the_share_that_failed_is_that_of_a_stage() {
    let server = server(saying(400, "{\"error\": \"no\"}"));
    let place = place(&server.base_url(), "");
    let done = place.run(&["run", "p.toml", "--fail-on-error", "0.5"]);
    assert_eq!(done.code, 5, "{}", done.stderr);
    assert!(done.stderr.contains("generate m: 10 of 10 rows failed (100.0 %)"), "{}", done.stderr);
}

/// All that a person sees, and every file that was written, texts of tables included.
fn everything(place: &Place, done: &[Done]) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> =
        ["runs", "cache", "batch"].into_iter().flat_map(|folder| place.contents(folder)).collect();
    for log in fs::read_dir(place.path("runs/p/logs")).unwrap() {
        let path = log.unwrap().path();
        all.push((path.display().to_string(), fs::read(path).unwrap()));
    }
    for (at, done) in done.iter().enumerate() {
        all.push((format!("output {at}"), format!("{}{}", done.stdout, done.stderr).into_bytes()));
    }
    for table in ["runs/p/m/generations.parquet", "batch/alone.parquet"] {
        let rows = tables::TableReader::<tables::Generation>::open(&place.path(table)).unwrap();
        all.push((table.to_owned(), format!("{:?}", rows.collect::<Vec<_>>()).into_bytes()));
    }
    all
}

#[test]
fn secrets_stand_in_no_file_and_no_output() {
    // The query, a key of the body, one that the pipeline marks, and the key of the environment; the last three in base64.
    const SECRETS: [&str; 7] = [
        "sesame-query-1234",
        "hunter2-body-5678",
        "marked-session-90",
        "sk-environment-42",
        "c2VzYW1lLXF1ZXJ5LTEyMzQ",
        "aHVudGVyMi1ib2R5LTU2Nzg",
        "c2stZW52aXJvbm1lbnQtND",
    ];
    let body = format!(
        "{{\"error\": \"POST /v1/chat/completions?key={0}: {1} {2} {3} {4} {5} {6}\"}}",
        SECRETS[0], SECRETS[1], SECRETS[2], SECRETS[3], SECRETS[4], SECRETS[5], SECRETS[6]
    );
    let server = server(saying(400, &body));
    let more = format!(
        "extra_body = {{ api_key = \"{}\", session_id = \"{}\", top_k = 20 }}\nstream = false\n",
        SECRETS[1], SECRETS[2]
    );
    let place =
        place(&format!("{}?key={}", server.base_url(), SECRETS[0]), &more).with("OPENAI_API_KEY", SECRETS[3]);
    let text = format!("secrets = [\"session_id\"]\n{}", place.read("p.toml"));
    place.write("p.toml", &text);
    place.succeed(&["load", "--path", "sums.jsonl", "-o", "problems.parquet"]);
    // Alone, a stage has no pipeline that marks further names: nobody repeats those.
    let alone = ScriptedServer::start(Script::of(saying(400, &body.replace(SECRETS[2], "")))).unwrap();
    let (url, key) =
        (format!("{}?key={}", alone.base_url(), SECRETS[0]), format!("extra_body.api_key={}", SECRETS[1]));
    let alone =
        ["generate", "--problems", "problems.parquet", "--model", "m", "--base-url", &url, "--set", &key];
    let generate = |more: &[&str]| place.run(&[&alone[..], &["--set", "stream=false"], more].concat());
    let healthy = ScriptedServer::start(Script::default()).unwrap();
    let url = format!("{}?key={}", healthy.base_url(), SECRETS[0]);
    let told = [
        place.run(&["run", "p.toml", "--fail-on-error", "1"]),
        place.run(&["run", "p.toml", "--fail-on-error", "1", "--format", "json"]),
        place.run(&["explain", "p.toml", "--set", "models.m.max_tokens=9"]),
        place.run(&["doctor", "--model", "m", "--base-url", &url]),
        place.run(&["cache", "stats"]),
        place.run(&["run", "p.toml", "--set", "models.m.max_tokens=8", "--batch-out", "batch"]),
        generate(&["--batch-out", "batch/alone.jsonl"]),
        generate(&["-o", "batch/alone.parquet", "--fail-on-error", "1"]),
        place.run(&[
            "run",
            "p.toml",
            "--name",
            "refused",
            "--set",
            "models.m.base_url=http://me:hunter2-body-5678@h/v1",
        ]),
    ];
    assert_eq!(told[0].code, 0, "{}", told[0].stderr);
    for (at, keys) in [(5, "`api_key`, `session_id`"), (6, "`api_key`")] {
        let told = &told[at].stderr;
        assert!(told.contains(&format!("[secret] stands for what is secret in {keys}; ")), "{told}");
    }
    assert!(place.read("batch/m.jsonl").contains("\"session_id\":\"[secret]\""));
    for (name, content) in everything(&place, &told) {
        for secret in SECRETS {
            let leaked = content.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!leaked, "{secret} stands in {name}: {}", String::from_utf8_lossy(&content));
        }
    }
    let kept = place.read("runs/p/pipeline.toml");
    assert!(kept.contains("?key=[secret]") && kept.contains("top_k = 20"), "{kept}");
    // The mark follows the secret: another key is another configuration.
    let changed = place.run(&["explain", "p.toml", "--set", "models.m.extra_body.api_key=another-key"]);
    assert!(changed.stdout.contains("configuration changed: "), "{}", changed.stdout);
}

/// Nothing that acts on a terminal or turns the reading round.
fn steers(text: &str) -> Option<char> {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t') || turns(*c))
}

#[test]
fn hostile_names_steer_no_terminal() {
    let place = Place::new();
    let model = "\\u001b]0;PWNED\\u0007\\u001b[2J\\u001b[31mred\\u202etxt\\u0000";
    let row = |id: &str, model: &str| {
        format!(
            "{{\"id\": \"{id}\", \"problem\": \"2+2? \\u001b[31m\\u202e\", \"answer\": \"4\", \"model\": \"{model}\", \
             \"response\": \"<think>4 \\u001b]0;x\\u0007</think>4\"}}\n"
        )
    };
    place.write("hostile.jsonl", &row("p\\u001b[2J\\u2066", model));
    place.write("broken.jsonl", &format!("{}{{\"id\": \"\u{1b}[2J", row("q", model)));
    let run = ["run", "recorded", "--set", "dataset.path=hostile.jsonl"];
    let told = [
        place.run(&run),
        place.run(&[&run[..], &["--force", "judge", "--format", "json"]].concat()),
        place.run(&[&run[..], &["--format", "csv"]].concat()),
        place.run(&[&run[..], &["--format", "md"]].concat()),
        place.run(&[&run[..], &["--view", "questions"]].concat()),
        place.run(&["explain", "recorded", "--set", "dataset.path=hostile.jsonl", "--model", "none"]),
        place.run(&["explain", "recorded", "--set", "dataset.path=hostile.jsonl"]),
        place.run(&["import", "hostile.jsonl", "-o", "imported"]),
        place.run(&["import", "broken.jsonl", "-o", "imported"]),
        place.run(&["show", "runs/recorded"]),
        place.run(&["show", "runs/recorded", "\u{1b}[2J"]),
        place.run(&["curate", "sft", "runs/recorded", "-o", "sft"]),
        place.run(&["cache", "stats"]),
        place.run(&["run", "recorded", "--set", "dataset.path=no\u{1b}[2J\u{202e}.jsonl"]),
    ];
    assert_eq!(told[0].code, 0, "{}", told[0].stderr);
    for (at, done) in told.iter().enumerate() {
        for text in [&done.stdout, &done.stderr] {
            assert_eq!(steers(text), None, "command {at} printed {text:?}");
        }
    }
    let json: serde_json::Value = serde_json::from_str(&told[1].stdout).unwrap();
    assert!(json.to_string().contains('\u{202e}'), "JSON says what the name is: {json}");
    for log in fs::read_dir(place.path("runs/recorded/logs")).unwrap() {
        let text = fs::read_to_string(log.unwrap().path()).unwrap();
        assert_eq!(steers(&text), None, "{text:?}");
    }
}

#[test]
fn models_get_folders_that_every_system_has() {
    let place = Place::new();
    let row = |model: &str| {
        format!(
            "{{\"problem\": \"2+2?\", \"answer\": \"4\", \"model\": \"{model}\", \"response\": \"<think>4</think>4\"}}\n"
        )
    };
    place.write("names.jsonl", &["M", "m", "CON", "manifest.json", "=1+1"].map(row).concat());
    place.succeed(&["run", "recorded", "--set", "dataset.path=names.jsonl"]);
    for folder in ["M", "m-2", "model-CON", "model-manifest.json"] {
        assert!(place.path(&format!("runs/recorded/{folder}/scores.parquet")).exists(), "{folder}");
    }
    assert!(place.read("runs/recorded/report.csv").contains(",'=1+1,"), "a name that is a formula");
    let again = place.succeed(&["run", "recorded", "--set", "dataset.path=names.jsonl"]);
    assert!(again.stages("running (").is_empty(), "{}", again.stderr);
}

#[test]
fn what_a_killed_run_left_is_swept_by_the_next() {
    let server = server(Behaviour::default());
    let place = place(&server.base_url(), "");
    place.write("runs/p/.writing-abc", "half");
    place.write("runs/p/m/.writing-generations.replies", "half");
    place.succeed(&["run", "p.toml"]);
    let left: Vec<String> =
        place.contents("runs").into_keys().filter(|name| name.contains(".writing-")).collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn a_reply_in_flight_elsewhere_is_waited_for() {
    let slow = Behaviour { latency: 0.3, ..Behaviour::default() };
    let server = server(slow);
    let place = place(&server.base_url(), "");
    let start = |name: &str| place.command(&["run", "p.toml", "--name", name, "-j", "4"]).spawn().unwrap();
    let first = start("a");
    std::thread::sleep(Duration::from_millis(100));
    let children = [first, start("b"), start("c")];
    for child in children {
        let done = done(child);
        assert_eq!(done.code, 0, "{}", done.stderr);
    }
    assert_eq!(server.count(), ROWS, "a reply was paid for twice");
}

#[test]
fn a_bit_that_changed_is_an_error_and_no_other_figure() {
    let place = Place::new();
    let row = |i: usize| {
        format!(
            "{{\"problem\": \"{i}+2?\", \"answer\": \"{0}\", \"model\": \"m\", \"response\": \"<think>So {0}.</think>{0}\"}}\n",
            i + 2
        )
    };
    place.write("rows.jsonl", &(0..20).map(row).collect::<String>());
    place.succeed(&["run", "recorded", "--set", "dataset.path=rows.jsonl", "--quiet"]);
    let scores = place.path("runs/recorded/m/scores.parquet");
    let good = fs::read(&scores).unwrap();
    let measure = || {
        let scores = scores.display().to_string();
        place.run(&["measure", "--scores", &scores, "-o", "m.parquet"])
    };
    assert_eq!(measure().code, 0);
    for at in (5..good.len()).step_by(good.len() / 12) {
        let mut bad = good.clone();
        bad[at] ^= 8;
        fs::write(&scores, bad).unwrap();
        let done = measure();
        assert_eq!(done.code, 3, "byte {at}: {}", done.stderr);
        assert!(done.stderr.contains("scores.parquet"), "{}", done.stderr);
    }
}

#[test]
fn replies_that_unpack_to_a_bomb_are_not_taken_in() {
    let place = Place::new().with("THINKMETER_UNPACK_LIMIT", "1");
    // Lines that are short enough, but without an end.
    let bomb = zstd::encode_all(&b"\n".repeat(3 << 20)[..], 3).unwrap();
    fs::write(place.path("bomb.zst"), bomb).unwrap();
    let done = place.run(&["cache", "import", "bomb.zst"]);
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert!(
        done.stderr.contains("bomb.zst: its ") && done.stderr.contains("unpack to more than 1 MB"),
        "{}",
        done.stderr
    );
    let missing = place.run(&["cache", "import", "nowhere.jsonl"]);
    assert_eq!(missing.code, 3, "{}", missing.stderr);
    assert!(missing.stderr.contains("cannot read nowhere.jsonl"), "{}", missing.stderr);
}

#[test]
fn stages_alone_and_imports_sweep_too() {
    let place = Place::new();
    place.write(
        "rows.jsonl",
        "{\"problem\": \"2+2?\", \"answer\": \"4\", \"model\": \"m\", \"response\": \"<think>4</think>4\"}\n",
    );
    let left = ["a/.writing-x", "b/.writing-y", "b/m/.writing-generations.replies"];
    left.iter().for_each(|name| drop(place.write(name, "half")));
    place.succeed(&[
        "load",
        "--dataset",
        "recorded",
        "--path",
        "rows.jsonl",
        "-o",
        "a/problems.parquet",
        "--replies",
        "a/replies.parquet",
    ]);
    place.succeed(&["import", "rows.jsonl", "-o", "b"]);
    for name in left {
        assert!(!place.path(name).exists(), "{name} is still there");
    }
}

/// Files may grow to this many kB, as on a disk that is full.
#[cfg(unix)]
#[test]
fn a_cache_that_takes_no_more_is_named_and_no_server() {
    let server = server(Behaviour::default());
    let place = place(&server.base_url(), "");
    place.write("sums.jsonl", &sums(MANY));
    place.succeed(&["cache", "stats"]);
    let program = env!("CARGO_BIN_EXE_thinkmeter");
    let full = place.shell(&format!("trap '' XFSZ; ulimit -f 72; exec '{program}' run p.toml -j 2"));
    let done = done({ full }.spawn().unwrap());
    assert_eq!(done.code, 1, "{}", done.stderr);
    let told = "of 300 rows are done; cannot write to the reply cache";
    assert!(done.stderr.contains(told) && !done.stderr.contains("out of reach"), "{}", done.stderr);
    place.succeed(&["run", "p.toml"]);
    // Those in flight, and those that could not be kept.
    assert!(server.count() <= MANY + 8, "{} replies were paid for", server.count());
}
