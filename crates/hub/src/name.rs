//! Names of repositories, and texts that are none.

/// Endings of file names; something such as `data/test.jsonl` is a path and no repository.
const FILE_ENDINGS: &[&str] =
    &["jsonl", "json", "csv", "tsv", "parquet", "toml", "txt", "gz", "zst", "zip", "md"];

/// Whether a text has the form of a repository's name, `organisation/name`. Paths of files do not, paths of
/// folders cannot be told apart: look for the folder first.
pub fn looks_like_repo(text: &str) -> bool {
    let Some((organisation, name)) = text.split_once('/') else { return false };
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    is_name(organisation) && is_name(name) && !ending.is_some_and(|e| FILE_ENDINGS.contains(&e.as_str()))
}

fn is_name(part: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    part.chars().all(allowed) && part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.len() <= 96
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_repositories_are_told_from_paths() {
        let check = |text, expect| assert_eq!(looks_like_repo(text), expect, "{text}");
        check("openai/gsm8k", true);
        check("Qwen/Qwen3-0.6B", true);
        check("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", true);
        check("gsm8k", false);
        check("data/test.jsonl", false);
        check("data/Test.PARQUET", false);
        check("./data", false);
        check("../data", false);
        check("/data", false);
        check("data/", false);
        check("a/b/c", false);
        check("a/b c", false);
        check("C:/data", false);
        check("", false);
    }
}
