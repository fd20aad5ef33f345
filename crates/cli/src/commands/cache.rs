//! `thinkmeter cache`: what is kept, making room, replies out and in.

mod replay;

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use llm::{CacheFilter, CacheStats, Exported, ReplyCache, ShareError};
use tables::PendingFile;
use tempfile::NamedTempFile;

use super::session;
use crate::args::{CacheAction, CacheArgs, CacheClearArgs, CacheExportArgs, CacheImportArgs, Global};
use crate::exit::{About, Exit, Result, Usage};
use crate::{environment, moment, output};

/// As small as it gets without waiting for it.
const LEVEL: i32 = 9;

pub(crate) fn run(args: CacheArgs, global: &Global) -> Result<Exit> {
    let folder = environment::cache_folder()
        .ok_or_else(|| Usage("there is no folder for the cache: set THINKMETER_CACHE".to_owned()))?;
    let cache = session::open_cache(&folder)?;
    match args.action {
        CacheAction::Stats(args) => stats(&cache, args.json),
        CacheAction::Clear(args) => clear(&cache, args),
        CacheAction::Export(args) => export(cache, args, global),
        CacheAction::Import(args) => import(&cache, &args),
    }
}

fn stats(cache: &ReplyCache, json: bool) -> Result<Exit> {
    let stats = cache.stats()?;
    if json {
        output::json(&serde_json::to_string_pretty(&stats).map_err(io::Error::from)?)?;
    } else {
        output::data(&render(cache.path(), &stats))?;
    }
    Ok(Exit::Done)
}

fn render(path: &Path, stats: &CacheStats) -> String {
    let mut lines = vec![
        format!("file      {}", path.display()),
        format!("size      {}", size(stats.bytes)),
        format!("replies   {}", stats.replies),
    ];
    lines.extend(models(stats));
    let failed: u64 = stats.failures.iter().map(|failure| failure.count).sum();
    lines.push(format!("failures  {failed} (asked again by the next run)"));
    for failure in &stats.failures {
        let (model, kind, count) = (&failure.model, &failure.kind, failure.count);
        lines.push(format!(
            "  {model}: {count} {kind}, the last one {}: {}",
            day(failure.last),
            failure.reason
        ));
    }
    lines.join("\n")
}

fn models(stats: &CacheStats) -> Vec<String> {
    let line = |model: &llm::ModelStats| {
        let address = if model.address.is_empty() { String::new() } else { format!(" at {}", model.address) };
        let (first, last) = (day(model.first), day(model.last));
        let days = if first == last { first } else { format!("{first} to {last}") };
        format!("  {}{address}: {} replies, {}, {days}", model.model, model.replies, size(model.bytes))
    };
    stats.models.iter().map(line).collect()
}

fn clear(cache: &ReplyCache, args: CacheClearArgs) -> Result<Exit> {
    if args.damaged {
        output::say(&format!("{} damaged replies are gone", cache.clear_damaged()?));
        return Ok(Exit::Done);
    }
    if !args.all && args.model.is_none() && args.older_than.is_none() {
        let usage = "say what is to go: --model NAME, --older-than AGE, --damaged or --all (`thinkmeter cache stats` shows \
                     what there is)";
        return Err(Usage(usage.to_owned()).into());
    }
    // A clock before 1970 makes nothing old.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let before = args.older_than.map(|age| now.saturating_sub(age).as_secs() as i64);
    let filter = CacheFilter { model: args.model, before };
    let going = cache.stats_of(&filter)?;
    for line in models(&going) {
        output::say(line.trim_start());
    }
    if args.dry_run {
        output::say(&format!("{} of {} replies would go", going.replies, cache.stats()?.replies));
        return Ok(Exit::Done);
    }
    let gone = cache.clear(&filter)?;
    let left = cache.stats()?;
    output::say(&format!("{gone} replies are gone, {} stay ({})", left.replies, size(left.bytes)));
    Ok(Exit::Done)
}

fn export(cache: ReplyCache, args: CacheExportArgs, global: &Global) -> Result<Exit> {
    let mut exit = Exit::Done;
    let cache = std::sync::Arc::new(cache);
    let keys = match &args.pipeline {
        None => None,
        Some(pipeline) => {
            let asked = replay::keys(pipeline, &args, &cache, global)?;
            if asked.missing > 0 {
                let (missing, all) = (asked.missing, asked.missing + asked.keys.len() as u64);
                output::say(&format!(
                    "warning: {missing} of {all} questions of this pipeline have no reply in the cache; run it first"
                ));
                exit = Exit::TooManyErrors;
            }
            Some(asked.keys)
        }
    };
    let write = |out: &mut dyn Write| match &keys {
        Some(keys) => cache.export_keys(keys, out),
        None => cache.export(&CacheFilter { model: args.model.clone(), before: None }, out),
    };
    let written = to_file(&args.file, write).about(|| format!("cannot export to {}", args.file.display()))?;
    let refusals = match written.refusals {
        0 => String::new(),
        count => format!(" and {count} refusals"),
    };
    output::say(&format!("{} replies{refusals} in {}", written.replies, args.file.display()));
    Ok(exit)
}

/// Writes under another name first, so that what has the name is complete.
fn to_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<Exported, ShareError>,
) -> Result<Exported> {
    if path == Path::new("-") {
        return Ok(write(&mut BufWriter::new(output::stream()))?);
    }
    let mut file = BufWriter::new(PendingFile::create(path)?);
    let written = if path.extension().is_some_and(|extension| extension == "zst") {
        let mut encoder = zstd::Encoder::new(&mut file, LEVEL)?;
        let written = write(&mut encoder)?;
        encoder.finish()?;
        written
    } else {
        write(&mut file)?
    };
    file.into_inner().map_err(io::IntoInnerError::into_error)?.publish()?;
    Ok(written)
}

fn import(cache: &ReplyCache, args: &CacheImportArgs) -> Result<Exit> {
    let named = || args.file.display().to_string();
    let from_stdin = if args.file == Path::new("-") { Some(spooled()?) } else { None };
    let path = from_stdin.as_ref().map_or(args.file.as_path(), NamedTempFile::path);
    let unreadable = |error| ShareError::Io(io::Error::new(io::ErrorKind::InvalidData, error));
    let mut lines = records::unpacked(path).map_err(unreadable)?;
    let imported = cache.import(&mut *lines, args.max_line_mb.saturating_mul(1_000_000)).about(named)?;
    let mut line = format!("{} new replies, {} known", imported.new, imported.known);
    if imported.different > 0 {
        line += &format!("; to {} questions there was another reply, which stays", imported.different);
    }
    output::say(&line);
    Ok(Exit::Done)
}

/// What comes from stdin lies in a file first: how much a file may unpack to goes by its size.
fn spooled() -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file)
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        10_000_000..10_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// The day of a second since 1970, in UTC.
fn day(second: i64) -> String {
    if second == 0 { "unknown when".to_owned() } else { moment::day(second) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_nobody_wrote_down_is_unknown() {
        assert_eq!((day(0).as_str(), day(86_400).as_str()), ("unknown when", "1970-01-02"));
    }

    #[test]
    fn sizes_are_readable() {
        let check = |bytes, expect| assert_eq!(size(bytes), expect);
        check(12, "12 bytes");
        check(12_345, "12.3 kB");
        check(12_345_678, "12.3 MB");
        check(12_345_678_901, "12.3 GB");
    }

    #[test]
    fn stats_tell_models_and_failures() {
        let stats = CacheStats {
            replies: 3,
            bytes: 20_480,
            models: vec![llm::ModelStats {
                model: "m".into(),
                address: "http://h/v1".into(),
                replies: 3,
                bytes: 900,
                first: 86_400,
                last: 172_800,
            }],
            failures: vec![llm::FailureStats {
                model: "m".into(),
                kind: "exhausted".into(),
                count: 2,
                last: 172_800,
                reason: "`m` failed 9 times".into(),
            }],
        };
        insta::assert_snapshot!(render(Path::new("replies.sqlite"), &stats), @r"
        file      replies.sqlite
        size      20.5 kB
        replies   3
          m at http://h/v1: 3 replies, 900 bytes, 1970-01-02 to 1970-01-03
        failures  2 (asked again by the next run)
          m: 2 exhausted, the last one 1970-01-03: `m` failed 9 times
        ");
    }
}
