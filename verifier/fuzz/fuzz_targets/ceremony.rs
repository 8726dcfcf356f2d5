//! Files of ceremonies, `.ptau` and halo2's raw layout; the first byte says how many powers are wanted.

#![no_main]

use std::io::Cursor;

use assay_fuzz::write_seeds;
use assay_protocol::srs::Srs;
use assay_protocol::srs::import::import;
use ff::{Field, PrimeField};
use group::Curve;
use halo2curves::bn256::{Fq, Fr, G1Affine, G2Affine};
use halo2curves::serde::SerdeObject;
use libfuzzer_sys::fuzz_target;

const TAU: Fr = Fr::ROOT_OF_UNITY_INV;

fn g1(count: usize) -> Vec<u8> {
    let power = |i: usize| (G1Affine::generator() * (TAU + Fr::ONE).pow_vartime([i as u64])).to_affine();
    (0..count).flat_map(|i| power(i).to_raw_bytes()).collect()
}

fn g2(count: usize) -> Vec<u8> {
    let power = |i: usize| (G2Affine::generator() * (TAU + Fr::ONE).pow_vartime([i as u64])).to_affine();
    (0..count).flat_map(|i| power(i).to_raw_bytes()).collect()
}

fn ptau(power: u32) -> Vec<u8> {
    let mut modulus = (-Fq::ONE).to_repr();
    modulus[0] += 1;
    let header = [&32u32.to_le_bytes()[..], &modulus, &power.to_le_bytes(), &power.to_le_bytes()].concat();
    let sections = [header, g1((2 << power) - 1), g2(1 << power)];
    let mut file = [&b"ptau"[..], &1u32.to_le_bytes(), &3u32.to_le_bytes()].concat();
    for (number, content) in (1u32..).zip(sections) {
        file.extend(number.to_le_bytes());
        file.extend((content.len() as u64).to_le_bytes());
        file.extend(content);
    }
    file
}

fn raw(power: u32) -> Vec<u8> {
    [power.to_le_bytes().to_vec(), g1(1 << power), g1(1 << power), g2(2)].concat()
}

fn seeds() {
    let seeds = [ptau(1), ptau(2), raw(2), raw(3)];
    for seed in &seeds {
        import(&mut Cursor::new(seed), 1, &mut |_, _| ()).unwrap();
    }
    write_seeds(&seeds.map(|seed| [vec![1], seed].concat()));
}

fuzz_target!(init: seeds(), |data: &[u8]| {
    let Some((k, file)) = data.split_first() else { return };
    if let Ok(imported) = import(&mut Cursor::new(file), u32::from(*k), &mut |_, _| ()) {
        assert_eq!(imported.srs.k(), u32::from(*k));
        assert!(Srs::from_bytes(&imported.srs.to_bytes()).is_ok(), "what was imported is a sound SRS");
    }
});
