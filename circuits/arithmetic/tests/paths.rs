//! Transforms, blocks of rows and polynomials: the vector path against the scalar one, bit for bit.

use assay_arithmetic::{BLOCK, Domain, Fr, Path, Registers, combine, evaluate};
use ff::Field;
use rand_core::{OsRng, RngCore};

/// The vector path; without it a line says what was not checked.
fn vector() -> Option<Path> {
    let path = Path::detect();
    let found = path.name() != Path::SCALAR.name();
    if !found {
        println!("NOT CHECKED: the vector path, since this processor lacks AVX-512 IFMA");
    }
    found.then_some(path)
}

/// An edge or, half of the time, a random element.
fn element() -> Fr {
    let edges = [Fr::ZERO, Fr::ONE, -Fr::ONE, -Fr::from(2), Fr::from(u64::MAX)];
    match OsRng.next_u32() as usize % (2 * edges.len()) {
        number if number < edges.len() => edges[number],
        _ => Fr::random(OsRng),
    }
}

fn elements(count: usize) -> Vec<Fr> {
    (0..count).map(|_| element()).collect()
}

#[test]
fn transforms_are_the_same() {
    let Some(vector) = vector() else { return };
    for k in 0..=12 {
        for pieces in [1, 3, 4] {
            let [scalar, vector] = [Path::SCALAR, vector].map(|path| Domain::new(path, k, pieces));
            let n = 1 << k;
            for values in [elements(n), elements(n / 3), vec![-Fr::ONE; n], vec![Fr::ZERO; n], Vec::new()] {
                assert_eq!(scalar.interpolate(&values), vector.interpolate(&values), "2^{k}");
            }
            let sums: Vec<Vec<Fr>> = (0..pieces)
                .map(|coset| {
                    let values = elements(n);
                    let reduced = scalar.reduce(&values, coset);
                    assert_eq!(reduced, vector.reduce(&values, coset), "2^{k}");
                    assert_eq!(scalar.extend(&values, coset), vector.extend(&values, coset), "2^{k}");
                    reduced
                })
                .collect();
            assert_eq!(scalar.quotient(&sums), vector.quotient(&sums), "2^{k}");
        }
    }
}

#[test]
fn a_transform_by_two_threads_is_the_same() {
    let Some(vector) = vector() else { return };
    let values = elements(1 << 15);
    let [scalar, vector] = [Path::SCALAR, vector].map(|path| Domain::new(path, 15, 1).interpolate(&values));
    assert!(scalar == vector);
}

/// What random steps make of random rows.
fn run(path: Path, rows: &[[Fr; BLOCK]], steps: &[[u32; 4]], factor: Fr) -> Vec<[Fr; BLOCK]> {
    let count = rows.len();
    let mut registers = Registers::new(path, count + 1);
    rows.iter().enumerate().for_each(|(i, rows)| registers.load(i, rows));
    registers.fill(count, factor);
    for step in steps {
        let [operation, to, a, b] = step.map(|number| number as usize);
        let (to, a, b) = (to % (count + 1), a % (count + 1), b % (count + 1));
        match operation % 4 {
            0 => registers.add(to, a, b),
            1 => registers.subtract(to, a, b),
            2 => registers.multiply(to, a, b),
            _ => registers.add_scaled(to, a, factor),
        }
    }
    let mut results = vec![[Fr::ZERO; BLOCK]; count + 1];
    results.iter_mut().enumerate().for_each(|(i, rows)| registers.store(i, rows));
    results
}

#[test]
fn programs_over_blocks_are_the_same() {
    let Some(vector) = vector() else { return };
    for round in 0..300 {
        let rows: Vec<[Fr; BLOCK]> = (0..4).map(|_| std::array::from_fn(|_| element())).collect();
        // Sums alone in some rounds, so that bounds grow.
        let operations = [4, 2, 1][round % 3];
        let steps: Vec<[u32; 4]> = (0..40)
            .map(|_| [OsRng.next_u32() % operations, OsRng.next_u32(), OsRng.next_u32(), OsRng.next_u32()])
            .collect();
        let factor = element();
        let [scalar, found] = [Path::SCALAR, vector].map(|path| run(path, &rows, &steps, factor));
        assert!(scalar == found, "steps {steps:?}");
    }
}

#[test]
fn polynomials_are_the_same() {
    let Some(vector) = vector() else { return };
    for length in [0, 1, 7, 8, 9, 64, 1_000] {
        let polynomial = elements(length);
        for point in [Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::random(OsRng)] {
            assert_eq!(evaluate(Path::SCALAR, &polynomial, point), evaluate(vector, &polynomial, point), "{length}");
        }
        for count in [0, 1, 5, 32, 33, 70] {
            let (terms, factors) = ((0..count).map(|i| elements(length - i % (length + 1))), elements(count));
            let terms: Vec<Vec<Fr>> = terms.collect();
            let terms: Vec<&[Fr]> = terms.iter().map(Vec::as_slice).collect();
            let [scalar, found] = [Path::SCALAR, vector].map(|path| combine(path, &terms, &factors, length));
            assert_eq!(scalar, found, "{count} terms of {length} coefficients");
        }
    }
}
