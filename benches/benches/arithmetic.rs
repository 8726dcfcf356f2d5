//! Criterion benches of the arithmetic on one thread: both paths beside halo2curves and arkworks.
//!
//! Names give the operation, its size, and who computes it.

use std::hint::black_box;

use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::UniformRand;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use assay_arithmetic::{BLOCK, Domain, Fr, G1, G1Affine, Multiples, Path, Registers, combine, evaluate, msm};
use criterion::{BenchmarkId, Criterion, Throughput};
use ff::Field;
use group::{Curve, Group};
use halo2curves::fft::best_fft;
use halo2curves::msm::msm_best;
use rand_core::OsRng;

/// The scalar path, and the vector path where the processor has the instructions.
fn paths() -> Vec<Path> {
    let mut paths = vec![Path::SCALAR, Path::detect()];
    paths.dedup_by_key(|path| path.name());
    paths
}

fn random(count: usize) -> Vec<Fr> {
    (0..count).map(|_| Fr::random(OsRng)).collect()
}

fn rows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("products");
    group.throughput(Throughput::Elements(BLOCK as u64));
    let rows: [[Fr; BLOCK]; 2] = std::array::from_fn(|_| std::array::from_fn(|_| Fr::random(OsRng)));
    for path in paths() {
        let mut registers = Registers::new(path, 3);
        registers.load(0, &rows[0]);
        registers.load(1, &rows[1]);
        group.bench_function(path.name(), |bencher| bencher.iter(|| black_box(&mut registers).multiply(2, 0, 1)));
    }
    let ours: [Vec<ark_bn254::Fr>; 2] =
        std::array::from_fn(|_| (0..BLOCK).map(|_| UniformRand::rand(&mut OsRng)).collect());
    let mut products = ours[0].clone();
    group.bench_function("arkworks", |bencher| {
        bencher.iter(|| {
            let pairs = black_box(&ours[0]).iter().zip(&ours[1]);
            products.iter_mut().zip(pairs).for_each(|(product, (a, b))| *product = *a * b);
        });
    });
}

fn polynomials(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("coefficients");
    group.throughput(Throughput::Elements(1 << 10));
    let polynomial = random(1 << 10);
    let point = Fr::random(OsRng);
    for path in paths() {
        group.bench_function(BenchmarkId::new("evaluate", path.name()), |bencher| {
            bencher.iter(|| evaluate(path, black_box(&polynomial), point));
        });
        group.bench_function(BenchmarkId::new("combine two", path.name()), |bencher| {
            bencher.iter(|| combine(path, black_box(&[&polynomial, &polynomial]), &[point, point], 1 << 10));
        });
    }
}

fn transforms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transform");
    group.sample_size(20);
    for k in [10, 12, 14, 16] {
        let values = random(1 << k);
        for path in paths() {
            let domain = Domain::new(path, k, 1);
            group.bench_function(BenchmarkId::new(format!("2^{k}"), path.name()), |bencher| {
                bencher.iter(|| domain.interpolate(black_box(&values)));
            });
        }
        let domain = Domain::new(Path::SCALAR, k, 1);
        let omega = domain.rotate(Fr::ONE, 1);
        group.bench_function(BenchmarkId::new(format!("2^{k}"), "halo2curves"), |bencher| {
            bencher.iter(|| {
                let mut values = values.clone();
                best_fft(black_box(&mut values), omega, k);
                values
            });
        });
        let domain = Radix2EvaluationDomain::<ark_bn254::Fr>::new(1 << k).expect("a power of two");
        let values: Vec<ark_bn254::Fr> = (0..1 << k).map(|_| UniformRand::rand(&mut OsRng)).collect();
        group.bench_function(BenchmarkId::new(format!("2^{k}"), "arkworks"), |bencher| {
            bencher.iter(|| domain.ifft(black_box(&values)));
        });
    }
}

fn sums(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sum of points");
    group.sample_size(10);
    for k in [10, 13, 16] {
        let projective: Vec<G1> = (0..1 << k).map(|_| G1::random(OsRng)).collect();
        let mut points = vec![G1Affine::default(); 1 << k];
        G1::batch_normalize(&projective, &mut points);
        let scalars = random(1 << k);
        for path in paths() {
            group.bench_function(BenchmarkId::new(format!("2^{k}"), path.name()), |bencher| {
                bencher.iter(|| msm(path, black_box(&scalars), &points));
            });
        }
        for path in paths().into_iter().filter(|_| k == 10) {
            let multiples = Multiples::new(path, &points);
            group.bench_function(BenchmarkId::new(format!("2^{k}, multiples"), path.name()), |bencher| {
                bencher.iter(|| multiples.msm(black_box(&scalars)));
            });
        }
        group.bench_function(BenchmarkId::new(format!("2^{k}"), "halo2curves"), |bencher| {
            bencher.iter(|| msm_best(black_box(&scalars), &points));
        });
        let points: Vec<ark_bn254::G1Projective> = (0..1 << k).map(|_| UniformRand::rand(&mut OsRng)).collect();
        let points = ark_bn254::G1Projective::normalize_batch(&points);
        let scalars: Vec<ark_bn254::Fr> = (0..1 << k).map(|_| UniformRand::rand(&mut OsRng)).collect();
        group.bench_function(BenchmarkId::new(format!("2^{k}"), "arkworks"), |bencher| {
            bencher.iter(|| ark_bn254::G1Projective::msm(&points, black_box(&scalars)));
        });
    }
}

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    let mut criterion = Criterion::default().configure_from_args();
    rows(&mut criterion);
    polynomials(&mut criterion);
    transforms(&mut criterion);
    sums(&mut criterion);
    criterion.final_summary();
}
