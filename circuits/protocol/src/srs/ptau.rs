//! Where the powers are in a `.ptau` file of snarkjs.

use std::io::{Read, Seek, SeekFrom};

use ff::Field;
use halo2curves::bn256::Fq;

use super::ceremony::{Format, ImportError, Located, MAX_POWER, read};
use crate::encoding::{G1_LEN, G2_LEN, to_bytes};

/// The first bytes.
pub(super) const MAGIC: &[u8; 4] = b"ptau";
const VERSION: u32 = 1;
/// snarkjs writes at most 11.
const MAX_SECTIONS: u32 = 32;
/// Word size (4 bytes), prime (32), power (4), power of the ceremony that the file was cut from (4).
const HEADER_LEN: u64 = 44;
/// Bytes of a coordinate.
const WORD_SIZE: u32 = 32;

#[derive(Clone, Copy, Debug)]
struct Section {
    at: u64,
    size: u64,
}

/// Walks the sections of a file of `length` bytes whose magic has been read, and checks the sizes of those that count.
pub(super) fn locate<R: Read + Seek>(file: &mut R, length: u64) -> Result<Located, ImportError> {
    let truncated = |_| ImportError::Layout("truncated");
    let number = |file: &mut R| read(file).map(u32::from_le_bytes).map_err(truncated);
    if number(file)? != VERSION {
        return Err(ImportError::Layout("a version that is not known"));
    }
    let count = number(file)?;
    if count > MAX_SECTIONS {
        return Err(ImportError::Layout("too many sections"));
    }
    let mut known: [Option<Section>; 3] = [None; 3];
    let mut at: u64 = 12;
    for _ in 0..count {
        let kind = number(file)?;
        let size = read(file).map(u64::from_le_bytes).map_err(truncated)?;
        at += 12;
        let end = at.checked_add(size).filter(|end| *end <= length).ok_or(ImportError::Layout("truncated"))?;
        if let Some(slot) = (kind as usize).checked_sub(1).and_then(|index| known.get_mut(index))
            && slot.replace(Section { at, size }).is_some()
        {
            return Err(ImportError::Layout("a section that occurs twice"));
        }
        at = file.seek(SeekFrom::Start(end))?;
    }
    if at != length {
        return Err(ImportError::Layout("something was appended"));
    }
    let [Some(header), Some(tau_g1), Some(tau_g2)] = known else {
        return Err(ImportError::Layout("a section is missing"));
    };
    let power = read_header(file, header)?;
    if tau_g1.size != ((2 << power) - 1) * G1_LEN as u64 || tau_g2.size != (G2_LEN as u64) << power {
        return Err(ImportError::Layout("the sizes of the sections do not match the power"));
    }
    Ok(Located { format: Format::Ptau, power, powers: tau_g1.at, g2: tau_g2.at })
}

fn read_header<R: Read + Seek>(file: &mut R, header: Section) -> Result<u32, ImportError> {
    if header.size != HEADER_LEN {
        return Err(ImportError::Layout("a header of another size"));
    }
    file.seek(SeekFrom::Start(header.at))?;
    let word_size = u32::from_le_bytes(read(file)?);
    let mut prime: [u8; 32] = read(file)?;
    let power = u32::from_le_bytes(read(file)?);
    prime.reverse();
    let mut modulus = to_bytes(&-Fq::ONE);
    modulus[31] += 1;
    if word_size != WORD_SIZE || prime != modulus {
        return Err(ImportError::Layout("made for another curve than BN254"));
    }
    if !(1..=MAX_POWER).contains(&power) {
        return Err(ImportError::Layout("the power is out of range"));
    }
    Ok(power)
}
