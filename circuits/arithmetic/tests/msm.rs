//! Sums of multiples of points on both paths.

use assay_arithmetic::{Fr, G1, G1Affine, Multiples, Path, msm};
use ff::{Field, WithSmallOrderMulGroup};
use group::{Curve, Group};
use rand_core::OsRng;

/// The scalar path, and the vector path where the processor has the instructions.
fn paths() -> Vec<Path> {
    let detected = Path::detect();
    if detected.name() == Path::SCALAR.name() {
        println!("NOT CHECKED: the vector path, since this processor lacks AVX-512 IFMA");
        return vec![Path::SCALAR];
    }
    vec![Path::SCALAR, detected]
}

/// One scalar multiplication after the other.
fn plain(scalars: &[Fr], points: &[G1Affine]) -> G1 {
    scalars.iter().zip(points).map(|(scalar, point)| point * scalar).sum()
}

fn points(count: usize) -> Vec<G1Affine> {
    (0..count).map(|_| G1::random(OsRng).to_affine()).collect()
}

#[test]
fn sums_equal_plain_ones() {
    for count in [0, 1, 2, 3, 64, 300, 3_000] {
        let points = points(count);
        let random: Vec<Fr> = points.iter().map(|_| Fr::random(OsRng)).collect();
        for path in paths() {
            assert_eq!(msm(path, &random, &points), plain(&random, &points), "{count} random scalars");
        }
    }
}

#[test]
fn sums_of_stored_multiples_equal_plain_ones() {
    for count in [0, 1, 2, 64, 300] {
        let points = points(count);
        let random: Vec<Fr> = points.iter().map(|_| Fr::random(OsRng)).collect();
        let small: Vec<Fr> = (0..).map(Fr::from).take(count).collect();
        for path in paths() {
            let multiples = Multiples::new(path, &points);
            for scalars in [&random, &small] {
                assert_eq!(multiples.msm(scalars), plain(scalars, &points), "{count} points");
            }
        }
    }
}

#[test]
fn scalars_at_the_edges_of_a_digit_are_right() {
    let edges = [0u64, 1, 127, 128, 129, 255, 256, 0x8080, 0x8180, 0xff80, u64::MAX];
    let scalars: Vec<Fr> = edges.iter().flat_map(|&edge| [Fr::from(edge), -Fr::from(edge)]).collect();
    let points = points(scalars.len());
    for path in paths() {
        assert_eq!(msm(path, &scalars, &points), plain(&scalars, &points));
        for (scalar, point) in scalars.iter().chain(&[Fr::ZETA, -Fr::ZETA]).zip(&points) {
            assert_eq!(msm(path, &[*scalar], &[*point]), point * scalar, "{scalar:?}");
        }
    }
}

#[test]
fn equal_opposite_and_missing_points_are_added_right() {
    let [p, q] = [points(1)[0], points(1)[0]];
    let identity = G1Affine::default();
    let pool = [p, -p, p, q, identity, p, p, -q, identity, identity, -p, q];
    for same in [Fr::from(1), Fr::from(77), -Fr::from(3)] {
        for count in 0..=pool.len() {
            let scalars = vec![same; count];
            for path in paths() {
                assert_eq!(msm(path, &scalars, &pool[..count]), plain(&scalars, &pool[..count]), "{count} points");
            }
        }
    }
}
