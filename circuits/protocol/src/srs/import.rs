//! The files of ceremonies, none of which is believed: only powers are taken, and everything about them is checked.
//!
//! Two formats are read, both with coordinates as little-endian Montgomery words, `c₀` before `c₁`:
//!
//! - **snarkjs** `.ptau`: magic `ptau`, version (u32), section count (u32); sections with a number (u32), a size (u64)
//!   and content. Section 1 holds the base field's prime and the power, section 2 the powers of `τ` on `G₁`, section 3
//!   those on `G₂`. The rest (contributions, and points for Groth16) is skipped, whether or not the file is prepared
//!   for phase 2. Numbers are little-endian.
//! - **halo2's raw layout**: `k` (u32, little-endian), `2^k` powers, `2^k` Lagrange points, `G₂`, `τ·G₂`. The Lagrange
//!   points are skipped.

use std::io::{Read, Seek, SeekFrom};

use group::cofactor::CofactorGroup;
use group::prime::PrimeCurveAffine;
use halo2curves::bn256::{G1Affine, G2Affine};
use halo2curves::serde::SerdeObject;
use rand_core::OsRng;

use super::ceremony::{Located, MAX_POWER, read};
use super::{MAX_K, Powers, Srs, ptau, with_points};
use crate::artifact::ArtifactError;
use crate::encoding::{G1_LEN, G2_LEN};

pub use super::ceremony::{Format, ImportError};

/// Points read at once.
const CHUNK: usize = 1024;

/// What a ceremony's file yielded.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The powers, with a Lagrange half of our own making.
    pub srs: Srs,
    /// The layout of the file.
    pub format: Format,
    /// The power of two that the file is named by; the largest `k` that keys can be made for.
    pub power: u32,
}

/// Takes the first `2^k + 1` powers of a ceremony's file and checks them as [`Srs::from_bytes`] does. Reads no more than
/// it takes and holds no more than that in memory. `progress` hears of points read and points to read.
///
/// # Errors
/// [`ImportError`]; nothing is allocated before the file is known to hold what it promises.
pub fn import<R: Read + Seek>(
    file: &mut R,
    k: u32,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Imported, ImportError> {
    let (base, powers, Located { format, power, .. }) = take(file, k, 1, progress)?;
    Ok(Imported { srs: Srs { base, powers }, format, power })
}

/// The same for who makes keys and no proofs: takes `2^k` powers, which are all that halo2's layout of a power `k` has.
///
/// # Errors
/// As [`import`].
pub fn import_for_keys<R: Read + Seek>(
    file: &mut R,
    k: u32,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Powers, ImportError> {
    Ok(take(file, k, 0, progress)?.0)
}

/// The first `2^k` powers; those and `more` of them; and where they were found.
fn take<R: Read + Seek>(
    file: &mut R,
    k: u32,
    more: usize,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(Powers, Vec<G1Affine>, Located), ImportError> {
    if !(1..=MAX_K).contains(&k) {
        return Err(ArtifactError::Content("k out of range").into());
    }
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let start: [u8; 4] = read(file).map_err(|_| ImportError::Unknown)?;
    let found = if start == *ptau::MAGIC { ptau::locate(file, length)? } else { locate_raw(start, length)? };
    if k > found.power {
        return Err(ArtifactError::TooSmall { needed: k, found: found.power }.into());
    }
    if k == found.power && more > 0 && found.format == Format::Raw {
        return Err(ImportError::OneShort { k });
    }
    let powers = g1_points(file, found.powers, (1 << k) + more, progress)?;
    file.seek(SeekFrom::Start(found.g2))?;
    let bad = ArtifactError::Content("a point of G2 is not canonical, not in the subgroup or the identity");
    let g2 = g2(&read(file)?).ok_or(bad.clone())?;
    let tau_g2 = self::g2(&read(file)?).ok_or(bad)?;
    if g2 != G2Affine::generator() {
        return Err(ArtifactError::Content("the first powers are not the generators").into());
    }
    // They come from elsewhere, so they are not marked as development.
    let base = Powers::new(with_points(k, powers[..1 << k].to_vec(), None, tau_g2), false);
    base.check(&powers, OsRng)?;
    Ok((base, powers, found))
}

/// halo2's raw layout has no magic: its `k` must explain its length.
fn locate_raw(start: [u8; 4], length: u64) -> Result<Located, ImportError> {
    let power = u32::from_le_bytes(start);
    if !(1..=MAX_POWER).contains(&power) {
        return Err(ImportError::Unknown);
    }
    let half = (G1_LEN as u64) << power;
    let (powers, g2) = (4, 4 + 2 * half);
    if length != g2 + 2 * G2_LEN as u64 {
        return Err(ImportError::Unknown);
    }
    Ok(Located { format: Format::Raw, power, powers, g2 })
}

fn g1_points<R: Read + Seek>(
    file: &mut R,
    at: u64,
    count: usize,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<G1Affine>, ImportError> {
    file.seek(SeekFrom::Start(at))?;
    let mut points = Vec::with_capacity(count);
    let mut buffer = vec![0; G1_LEN * CHUNK.min(count)];
    while points.len() < count {
        let chunk = &mut buffer[..G1_LEN * CHUNK.min(count - points.len())];
        file.read_exact(chunk)?;
        for bytes in chunk.chunks_exact(G1_LEN) {
            let bad = ArtifactError::Content("a point of G1 is not canonical, off the curve or the identity");
            points.push(g1(bytes).ok_or(bad)?);
        }
        progress(points.len(), count);
    }
    Ok(points)
}

fn g1(bytes: &[u8]) -> Option<G1Affine> {
    G1Affine::from_raw_bytes(bytes).filter(|point| !bool::from(point.is_identity()))
}

fn g2(bytes: &[u8; G2_LEN]) -> Option<G2Affine> {
    let point = G2Affine::from_raw_bytes(bytes)?;
    let in_subgroup = bool::from(point.to_curve().is_torsion_free());
    (in_subgroup && !bool::from(point.is_identity())).then_some(point)
}
