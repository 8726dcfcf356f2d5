//! Files that are taken for a ceremony's and are none that can be imported: what they are instead.

use std::io::{Read, Seek, SeekFrom};

/// Bytes of an uncompressed point of G1, and of one of G2.
const G1: u64 = 64;
const G2: u64 = 2 * G1;
/// Bytes of the hash that a file of a contribution begins with.
const HASH: u64 = 64;
/// The largest ceremony over BN254 that is named by its power.
const MAX_POWER: u32 = 28;

/// Says what a file is, by how it begins and how long it is.
pub(crate) fn describe<R: Read + Seek>(file: &mut R) -> Option<String> {
    let length = file.seek(SeekFrom::End(0)).ok()?;
    file.rewind().ok()?;
    let mut start = Vec::new();
    file.take(64).read_to_end(&mut start).ok()?;
    of(&start, length)
}

fn of(start: &[u8], length: u64) -> Option<String> {
    if length == 0 {
        return Some("an empty file: the download may have failed".to_owned());
    }
    match start.trim_ascii_start().first() {
        Some(b'<') => {
            return Some(
                "a page in XML or HTML, which servers send in place of a file: open it to read why".to_owned(),
            );
        }
        Some(b'{') => return Some("a text in JSON, not the file of a ceremony".to_owned()),
        _ => {}
    }
    if let Some(power) = (1..=MAX_POWER).find(|power| challenge(*power) == length) {
        return Some(format!(
            "a challenge of power {power}, which the next contributor takes; make a .ptau file of it: snarkjs powersoftau \
             import response"
        ));
    }
    let k = u32::from_le_bytes(*start.first_chunk()?);
    let raw = |point: u64| 4 + 2 * (point << k) + 4 * point;
    match k {
        1..=MAX_POWER if length == raw(G1 / 2) => Some(format!(
            "an SRS of 2^{k} powers in halo2's layout of compressed points (Processed); write it as RawBytes"
        )),
        1..=MAX_POWER => Some(format!(
            "no SRS in halo2's raw layout: one of 2^{k} powers, as its first four bytes say, has {} bytes, and this file has \
             {length}",
            raw(G1)
        )),
        _ => None,
    }
}

/// The length of a challenge: its hash, `2^(p+1) − 1` powers in G1, `2^p` in G2, as many multiplied by `α` and by `β`, and
/// `β` in G2.
fn challenge(power: u32) -> u64 {
    let n = 1_u64 << power;
    HASH + (2 * n - 1) * G1 + n * G2 + 2 * n * G1 + G2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_file_has_a_sentence_of_its_own() {
        let k = 11_u32.to_le_bytes();
        for (start, length, what) in [
            (&b""[..], 0, "an empty file"),
            (b"<?xml version=\"1.0\"?><Error>", 243, "a page in XML"),
            (b"\n<!DOCTYPE html>", 900, "a page in XML or HTML"),
            (b"{\"message\": \"Not Found\"}", 24, "JSON"),
            (&[9; 64], challenge(11), "a challenge of power 11"),
            (&k, 4 + 2 * (32 << 11) + 2 * 64, "compressed points"),
            // One newline more than the raw layout has.
            (&k, 4 + 2 * (64 << 11) + 2 * 128 + 1, "has 262404 bytes, and this file has 262405"),
        ] {
            let found = of(start, length).expect(what);
            assert!(found.contains(what), "{found}");
        }
        assert_eq!(of(b"hello, this is text", 19), None);
    }
}
