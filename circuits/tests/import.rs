//! Files of ceremonies: made by snarkjs and held against its own arithmetic, and damaged ones.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::io::{Cursor, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use assay_protocol::artifact::ArtifactError;
use assay_protocol::encoding::{G1_LEN, G2_LEN, g1_from_bytes, g1_to_bytes, g2_from_bytes};
use assay_protocol::srs::Srs;
use assay_protocol::srs::import::{Format, ImportError, Imported, import, import_for_keys};
use group::Group;
use halo2curves::CurveAffine;
use halo2curves::bn256::{Fq, G1, G1Affine, G2Affine};
use halo2curves::serde::SerdeObject;
use rand_core::OsRng;
use ruint::aliases::U256;
use serde_json::Value;

/// After a contribution, not prepared for phase 2. Power 5.
static CONTRIBUTED: LazyLock<Vec<u8>> = LazyLock::new(|| made_by_snarkjs("contributed.ptau"));
/// The same, prepared.
static PREPARED: LazyLock<Vec<u8>> = LazyLock::new(|| made_by_snarkjs("prepared.ptau"));
/// What snarkjs reads in the prepared file: powers and the Lagrange points that it computed itself.
static POINTS: LazyLock<Value> = LazyLock::new(|| serde_json::from_slice(&made_by_snarkjs("points.json")).unwrap());
const POWER: u32 = 5;
/// Bytes before the points in the payload of an SRS, and before the payload.
const POINTS_AT: usize = 72 + 5;

/// A file of `ceremony/make.mjs`: the stored one, or one that `scripts/snarkjs.sh` has just made.
fn made_by_snarkjs(name: &str) -> Vec<u8> {
    let stored = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ceremony");
    let folder = std::env::var_os("ASSAY_CEREMONY").map_or_else(stored, PathBuf::from);
    std::fs::read(folder.join(name)).unwrap()
}

fn imported(file: &[u8], k: u32) -> Result<Imported, ImportError> {
    import(&mut Cursor::new(file), k, &mut |_, _| ())
}

fn coordinate(value: &Value) -> [u8; 32] {
    value.as_str().unwrap().parse::<U256>().unwrap().to_be_bytes()
}

fn g1_points(value: &Value) -> Vec<G1Affine> {
    let point = |point: &Value| [coordinate(&point[0]), coordinate(&point[1])].concat().try_into().unwrap();
    value.as_array().unwrap().iter().map(|value| g1_from_bytes(&point(value)).unwrap()).collect()
}

fn g2_point(value: &Value) -> G2Affine {
    let words = [&value[0][1], &value[0][0], &value[1][1], &value[1][0]].map(coordinate);
    g2_from_bytes(&words.concat().try_into().unwrap()).unwrap()
}

/// `2^k + 1` powers, Lagrange points and `τ·G₂`, read from the bytes of the SRS.
fn parts(srs: &Srs) -> (Vec<G1Affine>, Vec<G1Affine>, G2Affine) {
    let file = srs.to_bytes();
    let (points, g2) = file[POINTS_AT..].split_at(G1_LEN * ((2 << srs.k()) + 1));
    let points: Vec<_> =
        points.chunks_exact(G1_LEN).map(|bytes| g1_from_bytes(bytes.try_into().unwrap()).unwrap()).collect();
    let (powers, lagrange) = points.split_at(points.len() / 2 + 1);
    (powers.to_vec(), lagrange.to_vec(), g2_from_bytes(g2[G2_LEN..].try_into().unwrap()).unwrap())
}

/// halo2's raw layout of an SRS, with a Lagrange half of zeros: it is not read. It has no place for the last power.
fn raw(srs: &Srs) -> Vec<u8> {
    let (powers, _, tau_g2) = parts(srs);
    let mut file = srs.k().to_le_bytes().to_vec();
    file.extend(powers[..1 << srs.k()].iter().flat_map(SerdeObject::to_raw_bytes));
    file.extend(vec![0; G1_LEN << srs.k()]);
    file.extend(G2Affine::generator().to_raw_bytes());
    file.extend(tau_g2.to_raw_bytes());
    file
}

#[test]
fn powers_and_lagrange_points_are_those_that_snarkjs_computes() {
    let Imported { srs, format, power } = imported(&PREPARED, POWER).unwrap();
    assert_eq!((format, power, srs.is_development()), (Format::Ptau, POWER, false));
    let (powers, lagrange, tau_g2) = parts(&srs);
    assert_eq!(powers[..1 << POWER], g1_points(&POINTS["tauG1"]));
    assert_eq!(powers.len(), (1 << POWER) + 1);
    assert_eq!(tau_g2, g2_point(&POINTS["tauG2"][1]));
    // snarkjs enumerates the roots of unity by another generator, so its i-th point is our (i·step)-th.
    let theirs = g1_points(&POINTS["lagrangeG1"]);
    let step = lagrange.iter().position(|point| *point == theirs[1]).expect("the same domain");
    for (index, point) in theirs.iter().enumerate() {
        assert_eq!(*point, lagrange[index * step % theirs.len()], "Lagrange point {index}");
    }
}

#[test]
fn preparing_a_file_changes_nothing_that_is_imported() {
    let [contributed, prepared] = [&CONTRIBUTED, &PREPARED].map(|file| imported(file, POWER).unwrap().srs.to_bytes());
    assert_eq!(contributed, prepared);
}

#[test]
fn fewer_powers_are_those_of_the_larger_srs_cut_down() {
    let whole = imported(&CONTRIBUTED, POWER).unwrap().srs;
    for k in 1..POWER {
        let part = imported(&CONTRIBUTED, k).unwrap().srs;
        assert_eq!(part.to_bytes(), whole.downsize(k).unwrap().to_bytes());
    }
    for k in [POWER + 1, 20] {
        let error = imported(&CONTRIBUTED, k).unwrap_err();
        assert!(matches!(error, ImportError::Srs(ArtifactError::TooSmall { needed, found: POWER }) if needed == k));
    }
    for k in [0, 21, 60, u32::MAX] {
        assert!(matches!(imported(&CONTRIBUTED, k), Err(ImportError::Srs(ArtifactError::Content("k out of range")))));
    }
}

#[test]
fn the_raw_layout_of_halo2_gives_the_same_srs() {
    let srs = imported(&CONTRIBUTED, POWER).unwrap().srs;
    let read = imported(&raw(&srs), POWER - 1).unwrap();
    assert_eq!((read.format, read.power), (Format::Raw, POWER));
    assert_eq!(read.srs.to_bytes(), srs.downsize(POWER - 1).unwrap().to_bytes());
    let part = imported(&raw(&srs), 3).unwrap().srs;
    assert_eq!(part.to_bytes(), srs.downsize(3).unwrap().to_bytes());
}

#[test]
fn the_raw_layout_of_halo2_is_one_power_short_of_proofs_and_enough_for_keys() {
    let srs = imported(&CONTRIBUTED, POWER).unwrap().srs;
    let error = imported(&raw(&srs), POWER).unwrap_err();
    assert!(matches!(error, ImportError::OneShort { k: POWER }), "{error}");
    assert!(error.to_string().contains("import a .ptau file of power 5"), "{error}");
    for file in [raw(&srs), CONTRIBUTED.clone()] {
        let for_keys = |k| import_for_keys(&mut Cursor::new(&file), k, &mut |_, _| ());
        assert_eq!(for_keys(POWER).unwrap().digest(), srs.digest());
        assert_eq!(for_keys(3).unwrap().digest(), srs.downsize(3).unwrap().digest());
        assert!(matches!(for_keys(POWER + 1), Err(ImportError::Srs(ArtifactError::TooSmall { .. }))));
    }
}

#[test]
fn only_what_is_needed_is_read() {
    /// Counts the bytes that are read.
    struct Counted(Cursor<&'static [u8]>, usize);
    impl std::io::Read for Counted {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let read = self.0.read(buffer)?;
            self.1 += read;
            Ok(read)
        }
    }
    impl Seek for Counted {
        fn seek(&mut self, position: SeekFrom) -> std::io::Result<u64> {
            self.0.seek(position)
        }
    }
    let mut file = Counted(Cursor::new(PREPARED.as_slice()), 0);
    let mut heard = Vec::new();
    import(&mut file, 2, &mut |done, of| heard.push((done, of))).unwrap();
    assert_eq!(heard, [(5, 5)]);
    assert!(file.1 < 5 * G1_LEN + 2 * G2_LEN + 256, "{} bytes read", file.1);
}

#[test]
fn a_file_cut_anywhere_or_with_something_appended_is_refused() {
    let raw = raw(&imported(&CONTRIBUTED, POWER).unwrap().srs);
    for file in [CONTRIBUTED.as_slice(), &PREPARED, &raw] {
        for length in (0..200).chain((200..file.len()).step_by(211)).chain([file.len() - 1]) {
            assert!(imported(&file[..length], POWER - 1).is_err(), "{length} bytes");
        }
        assert!(imported(&[file, &[0]].concat(), POWER - 1).is_err());
        assert!(imported(file, POWER - 1).is_ok());
    }
}

#[test]
fn a_change_to_any_byte_that_is_read_is_found() {
    // Sections 1 to 3 begin at these offsets; of section 2 the first 17 points are read, of section 3 two.
    let (header, tau_g1) = (12, 12 + 12 + 44);
    let tau_g2 = tau_g1 + 12 + 63 * G1_LEN;
    let raw = raw(&imported(&CONTRIBUTED, POWER).unwrap().srs);
    let raw_g2 = 4 + 2 * 32 * G1_LEN;
    let of_ptau = (0..header + 12 + 40)
        .chain(tau_g1..tau_g1 + 12)
        .chain((tau_g1 + 12..tau_g1 + 12 + 17 * G1_LEN).step_by(7))
        .chain(tau_g2..tau_g2 + 12)
        .chain((tau_g2 + 12..tau_g2 + 12 + 2 * G2_LEN).step_by(3));
    let of_raw = (0..4).chain((4..4 + 17 * G1_LEN).step_by(7)).chain((raw_g2..raw.len()).step_by(3));
    let mut count = 0;
    for (file, at) in of_ptau.map(|at| (CONTRIBUTED.as_slice(), at)).chain(of_raw.map(|at| (raw.as_slice(), at))) {
        for flip in [1, 0x80] {
            let mut damaged = file.to_vec();
            damaged[at] ^= flip;
            let error = imported(&damaged, POWER - 1).expect_err("a change");
            assert!(!error.to_string().is_empty());
            count += 1;
        }
    }
    assert!(count > 1_000, "{count} changes tried");
}

#[test]
fn points_that_are_no_consecutive_powers_are_found() {
    let at = 12 + 12 + 44 + 12;
    let replaced = |index: usize, by: &[u8]| {
        let mut file = CONTRIBUTED.clone();
        file[at + index * G1_LEN..][..G1_LEN].copy_from_slice(by);
        imported(&file, POWER).expect_err("another point").to_string()
    };
    let other = G1Affine::from(G1::random(OsRng)).to_raw_bytes();
    assert!(replaced(0, &other).contains("not the generators"));
    let third = &CONTRIBUTED[at + 3 * G1_LEN..][..G1_LEN];
    // The last is the one that proofs need beside those of keys.
    for index in [1, 2, 17, 31, 32] {
        assert!(replaced(index, &other).contains("consecutive"), "a random point");
        assert!(replaced(index, third).contains("consecutive"), "a repeated point");
        assert!(replaced(index, &[0; G1_LEN]).contains("identity"));
    }
    // The same coordinate, not reduced.
    let point: G1Affine = g1_points(&POINTS["tauG1"])[1];
    let x = U256::from_le_slice(&point.x.to_raw_bytes());
    let mut modulus: [u8; 32] = g1_to_bytes(&G1Affine { x: -Fq::one(), y: -Fq::one() })[..32].try_into().unwrap();
    modulus[31] += 1;
    let unreduced = [(x + U256::from_be_bytes(modulus)).to_le_bytes_vec(), point.y.to_raw_bytes()].concat();
    assert!(G1Affine::from_xy(point.x, point.y).is_some().unwrap_u8() == 1);
    assert!(replaced(1, &unreduced).contains("not canonical"));
}

#[test]
fn other_files_are_not_taken_for_ceremonies() {
    let srs = Srs::dev(3, OsRng).to_bytes();
    for file in [b"".as_slice(), b"ptau", b"zkey\x01\0\0\0", &[60, 0, 0, 0], &srs, &[0; 4096]] {
        assert!(imported(file, 1).is_err());
    }
    // A count of sections and a power that no file can keep.
    let many = [b"ptau".as_slice(), &1u32.to_le_bytes(), &u32::MAX.to_le_bytes()].concat();
    assert!(imported(&many, 1).unwrap_err().to_string().contains("too many sections"));
    let mut powerful = CONTRIBUTED.clone();
    powerful[12 + 12 + 36..][..4].copy_from_slice(&60u32.to_le_bytes());
    assert!(imported(&powerful, 1).unwrap_err().to_string().contains("out of range"));
}
