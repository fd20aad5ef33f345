//! Damage: what disks, cables, editors and enemies do to a file.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What is put in a place: numbers at their limits, what opens and never closes, what no text holds.
const STRANGE: [&[u8]; 20] = [
    b"\xff\xff\xff\xff",
    b"\x00\x00\x00\x00",
    b"\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xc3",
    b"\r",
    b"\n",
    b"\"",
    b"\\",
    b"\\u0000",
    b"{",
    b"[[[[",
    b"}",
    b",",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"null",
];
/// So deep things may be nested, and so often they may be repeated.
const REPEATED: usize = 3_000;

/// One of the seeds with one to four kinds of damage.
pub(super) fn damaged(seeds: &[Vec<u8>], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut content = seeds[random.random_range(0..seeds.len())].clone();
    for _ in 0..random.random_range(1..5u32) {
        damage(&mut content, seeds, random);
    }
    content
}

fn damage(content: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut ChaCha8Rng) {
    let at = random.random_range(0..content.len() + 1);
    let stretch = at..(at + random.random_range(1..40usize)).min(content.len());
    match random.random_range(0..9u32) {
        0 => content.truncate(at),
        1 => drop(content.drain(stretch)),
        2 => {
            let copy = content[stretch].to_vec();
            insert(content, random.random_range(0..content.len() + 1), &copy);
        }
        3 => content[stretch].iter_mut().for_each(|byte| *byte = 0),
        4 => insert(content, at, STRANGE[random.random_range(0..STRANGE.len())]),
        5 => {
            let strange = STRANGE[random.random_range(0..STRANGE.len())];
            let end = (at + strange.len()).min(content.len());
            content.splice(at..end, strange.iter().copied());
        }
        6 => {
            let strange = STRANGE[random.random_range(0..STRANGE.len())];
            insert(content, at, &strange.repeat(random.random_range(1..REPEATED)));
        }
        7 => {
            let other = &seeds[random.random_range(0..seeds.len())];
            let from = random.random_range(0..other.len());
            content.truncate(at);
            content.extend_from_slice(&other[from..]);
        }
        _ => content.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << random.random_range(0..8u32)),
    }
}

fn insert(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    content.splice(at..at, bytes.iter().copied());
}
