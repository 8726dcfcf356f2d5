//! Damaged and forged parameters: the checksum is made anew, so that each of them reaches the parser.

#![allow(clippy::unwrap_used, reason = "a test")]

use assay_circuits::Size;
use assay_circuits::SolvencyCircuit;
use assay_protocol::artifact::ArtifactError;
use assay_protocol::encoding::{G1_LEN, G2_LEN, g1_from_bytes, g1_to_bytes, g2_to_bytes};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::srs::Srs;
use ff::Field;
use group::Group;
use halo2curves::CurveAffine;
use halo2curves::bn256::{Fq, Fq2, G1, G1Affine, G2, G2Affine};
use peak_alloc::PeakAlloc;
use rand_core::OsRng;
use sha2::{Digest, Sha256};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Bytes before the payload.
const HEADER: usize = 72;
const K: u32 = 4;

/// Length and checksum made right.
fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    let length = (file.len() - HEADER) as u64;
    file[32..40].copy_from_slice(&length.to_be_bytes());
    let checksum = Sha256::new().chain_update(&file[..40]).chain_update(&file[HEADER..]).finalize();
    file[40..HEADER].copy_from_slice(&checksum);
    file
}

fn with(file: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    sealed(file)
}

/// Bits flipped with and without a new checksum, every length, bytes appended.
fn generic(file: &[u8], skipped: &[usize]) -> Vec<(String, Vec<u8>)> {
    let mut cases = Vec::new();
    for at in (0..file.len()).filter(|at| !skipped.contains(at)) {
        let mut damaged = file.to_vec();
        damaged[at] ^= 1 << (at % 8);
        if at < HEADER || at % 5 == 0 {
            cases.push((format!("byte {at}"), damaged.clone()));
        }
        // The checksum itself and the length cannot be changed and be right.
        if !(32..HEADER).contains(&at) && (at < 400 || at % 3 == 0 || at + 2 * G2_LEN > file.len()) {
            cases.push((format!("byte {at}, sealed"), sealed(damaged)));
        }
    }
    for length in 0..file.len() {
        if length % 7 == 0 {
            cases.push((format!("{length} bytes"), file[..length].to_vec()));
        }
        if length >= HEADER && length % 11 == 0 {
            cases.push((format!("{length} bytes, sealed"), sealed(file[..length].to_vec())));
        }
    }
    for more in [1, G1_LEN, G2_LEN, 4096] {
        let longer = [file, &vec![0; more]].concat();
        cases.push((format!("{more} bytes appended"), longer.clone()));
        cases.push((format!("{more} bytes appended, sealed"), sealed(longer)));
    }
    cases
}

/// On the twist, outside the subgroup.
fn outside_subgroup() -> [u8; G2_LEN] {
    let point = (1u64..)
        .find_map(|x| {
            let x = Fq2::new(Fq::from(x), Fq::ONE);
            let y: Option<Fq2> = (x.square() * x + G2Affine::b()).sqrt().into();
            y.map(|y| G2Affine::from_xy(x, y).unwrap())
        })
        .unwrap();
    g2_to_bytes(&point)
}

fn wrong_points(file: &[u8], first: usize, count: usize) -> Vec<(String, Vec<u8>)> {
    let at = |index: usize| first + index * G1_LEN;
    let point = |index: usize| file[at(index)..at(index + 1)].to_vec();
    let mut cases = Vec::new();
    for i in 0..count {
        let affine = g1_from_bytes(&point(i).try_into().unwrap()).unwrap();
        let other = G1Affine::from(G1::random(OsRng));
        let twisted = G1Affine { x: affine.x, y: affine.y + Fq::ONE };
        for (name, bytes) in [
            ("negated", g1_to_bytes(&-affine)),
            ("another", g1_to_bytes(&other)),
            ("off the curve", g1_to_bytes(&twisted)),
        ] {
            cases.push((format!("point {i} {name}"), with(file, at(i), &bytes)));
        }
        cases.push((format!("point {i} the identity"), with(file, at(i), &[0; G1_LEN])));
        cases.push((format!("point {i} all ones"), with(file, at(i), &[0xff; G1_LEN])));
        let j = (i + 1) % count;
        if point(i) != point(j) {
            cases.push((format!("point {i} repeated"), with(file, at(j), &point(i))));
            let swapped = with(&with(file, at(j), &point(i)), at(i), &point(j));
            cases.push((format!("points {i} and {j} swapped"), swapped));
        }
    }
    cases
}

fn wrong_g2(file: &[u8], at: usize) -> Vec<(String, Vec<u8>)> {
    let other = g2_to_bytes(&G2Affine::from(G2::random(OsRng)));
    [
        ("another", other),
        ("outside the subgroup", outside_subgroup()),
        ("the identity", [0; G2_LEN]),
        ("not reduced", [0xff; G2_LEN]),
    ]
    .into_iter()
    .map(|(name, bytes)| (format!("point of G2 at {at} {name}"), with(file, at, &bytes)))
    .collect()
}

/// Runs `read` and says by how many bytes the program grew meanwhile.
fn measured<T>(read: impl FnOnce() -> T) -> (T, usize) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let result = read();
    (result, MEMORY.peak_usage().saturating_sub(before))
}

/// Both kinds in one test: another test of this program would be counted with it.
#[test]
fn no_corruption_is_accepted_and_none_takes_more_memory_than_the_file_explains() {
    let srs = Srs::dev(K, OsRng);
    let file = srs.to_bytes();
    let (powers, half, all) = (HEADER + 5, G1_LEN << K, (G1_LEN << K) + G1_LEN);
    // Byte 76 is the mark, which nothing relies on; yet it is 0 or 1.
    let mut cases = generic(&file, &[HEADER + 4]);
    cases.push(("a mark of 2".to_owned(), with(&file, HEADER + 4, &[2])));
    cases.extend(wrong_points(&file, powers, (1 << K) + 1));
    cases.extend(wrong_points(&file, powers + all, 1 << K));
    for at in [powers + all + half, powers + all + half + G2_LEN] {
        cases.extend(wrong_g2(&file, at));
    }
    let other = Srs::dev(K, OsRng).to_bytes();
    let lagrange = powers + all;
    let last = lagrange - G1_LEN;
    cases.push(("a foreign last power".to_owned(), with(&file, last, &other[last..lagrange])));
    cases.push(("a file of 2^k powers".to_owned(), sealed([&file[..last], &file[lagrange..]].concat())));
    cases.push(("foreign powers".to_owned(), with(&file, powers, &other[powers..lagrange])));
    cases.push(("a foreign Lagrange half".to_owned(), with(&file, lagrange, &other[lagrange..lagrange + half])));
    for k in [0u32, 3, 5, 20, 21, 60, 64, u32::MAX] {
        cases.push((format!("k of {k}"), with(&file, HEADER, &k.to_be_bytes())));
    }
    Srs::from_bytes(&file).unwrap();
    let mut most = 0;
    for (name, case) in &cases {
        let (result, grown) = measured(|| Srs::from_bytes(case).err());
        let error: ArtifactError = result.unwrap_or_else(|| panic!("accepted: {name}"));
        assert!(!error.to_string().is_empty(), "{name}");
        assert!(grown <= 64 * case.len() + (1 << 20), "{name}: {grown} bytes for a file of {}", case.len());
        most = most.max(grown);
    }
    println!("{} corruptions of an SRS of {} bytes; at most {most} bytes allocated", cases.len(), file.len());
    let srs_cases = cases.len();

    let key = VerifyingKey::generate(&Srs::dev(10, OsRng), &SolvencyCircuit::empty(Size::Eight)).unwrap();
    let file = key.to_bytes();
    let tau_g2 = HEADER + 32 + 1 + 4;
    let mut cases = generic(&file, &[HEADER + 32]);
    cases.extend(wrong_points(&file, tau_g2 + G2_LEN, 4));
    cases.extend(wrong_g2(&file, tau_g2));
    for assets in [0u32, 7, 9, 16, u32::MAX] {
        cases.push((format!("{assets} assets"), with(&file, HEADER + 33, &assets.to_be_bytes())));
    }
    // A key that can be read is another key: nobody accepts its fingerprint, or attestations name another SRS.
    let accepted =
        |read: &VerifyingKey| read.fingerprint() == key.fingerprint() && read.srs_digest() == key.srs_digest();
    // What the circuit itself takes: the same for every file.
    let (read, whole) = measured(|| VerifyingKey::from_bytes::<SolvencyCircuit>(&file));
    assert!(accepted(&read.unwrap()));
    assert!(VerifyingKey::from_bytes::<SolvencyCircuit>(&with(&file, HEADER + 32, &[2])).is_err(), "a mark of 2");
    let mut most = 0;
    for (name, case) in &cases {
        let (result, grown) = measured(|| VerifyingKey::from_bytes::<SolvencyCircuit>(case));
        match result {
            Ok(read) => assert!(!accepted(&read), "accepted: {name}"),
            Err(error) => assert!(!error.to_string().is_empty(), "{name}"),
        }
        assert!(grown <= 2 * whole + 64 * case.len(), "{name}: {grown} bytes, and {whole} for the right key");
        most = most.max(grown);
    }
    println!("{} corruptions of a key of {} bytes; at most {most} bytes allocated", cases.len(), file.len());
    assert!(srs_cases >= 1_000 && cases.len() >= 500, "{srs_cases} and {}", cases.len());
}
