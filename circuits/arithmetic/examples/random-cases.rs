//! The vector path against the scalar one in so many random cases of each operation: `random-cases [COUNT]`, 100,000
//! where no count is given.

use assay_arithmetic::{BLOCK, Domain, Fr, G1, G1Affine, Path, Registers, msm};
use ff::Field;
use group::{Curve, Group};
use rand_core::{OsRng, RngCore};

/// Points that sums are made of.
const POOL: usize = 256;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let vector = Path::detect();
    if vector.name() == Path::SCALAR.name() {
        println!("the vector path: NOT CHECKED, this processor lacks AVX-512 IFMA");
        return Ok(());
    }
    let random = |count: usize| (0..count).map(|_| Fr::random(OsRng)).collect::<Vec<Fr>>();

    for _ in 0..count.div_ceil(BLOCK) {
        let rows: [[Fr; BLOCK]; 2] = std::array::from_fn(|_| std::array::from_fn(|_| Fr::random(OsRng)));
        let results = [Path::SCALAR, vector].map(|path| {
            let mut registers = Registers::new(path, 6);
            registers.load(0, &rows[0]);
            registers.load(1, &rows[1]);
            registers.multiply(2, 0, 1);
            registers.add(3, 0, 1);
            registers.subtract(4, 2, 3);
            registers.multiply(5, 4, 4);
            let mut results = [[Fr::ZERO; BLOCK]; 4];
            results.iter_mut().zip(2..).for_each(|(rows, number)| registers.store(number, rows));
            results
        });
        assert!(results[0] == results[1], "products and sums differ for {rows:?}");
    }
    println!("products, squares, sums and differences: the same in {count} cases");

    // A transform of 2^10 values has 5,120 butterflies.
    let domains = [Path::SCALAR, vector].map(|path| Domain::new(path, 10, 4));
    for _ in 0..count.div_ceil(5_120) {
        let values = random(1 << 10);
        assert!(domains[0].interpolate(&values) == domains[1].interpolate(&values), "transforms differ for {values:?}");
    }
    println!("butterflies: the same in {count} cases");

    // Some 35,000 additions a sum, of few points, so that equal and opposite ones meet.
    let mut pool: Vec<G1Affine> = (0..POOL).map(|_| G1::random(OsRng).to_affine()).collect();
    pool[0] = G1Affine::default();
    for _ in 0..count.div_ceil(35_000) {
        let points: Vec<G1Affine> = (0..1 << 10).map(|_| pool[OsRng.next_u32() as usize % POOL]).collect();
        let scalars = random(points.len());
        let [scalar, found] = [Path::SCALAR, vector].map(|path| msm(path, &scalars, &points));
        assert!(scalar == found, "sums of points differ for {scalars:?}");
    }
    println!("additions of points: the same in {count} cases");
    Ok(())
}
