//! The theorem of the page "Zero knowledge" counted out, over a field and a circuit so small that all coins can be tried.
//!
//! The field has 19 elements, the circuit six rows and one private column `a`. In row 0 a gate wants `a` to be 0, 1 or 2,
//! and another `a` of the next row to be its square: so `a` is read at two rotations, and three witnesses are true. The
//! other four cells are free, twice as many as there are rotations. The quotient has three pieces. What a proof shows is
//! `a(τ)`, the pieces at `τ`, and `a(x)`, `a(x·ω)`; everything else in a proof follows from these.

/// The field's order.
const P: usize = 19;
/// Rows, and a root of unity of that order.
const N: usize = 6;
const OMEGA: usize = 8;
/// The secret, the evaluation point and the challenge of the gates.
const TAU: usize = 2;
const X: usize = 4;
const Y: usize = 7;

/// All combinations of six values.
const OUTCOMES: usize = P.pow(6);

fn power(base: usize, exponent: usize) -> usize {
    (0..exponent).fold(1, |product, _| product * base % P)
}

fn inverse(value: usize) -> usize {
    assert_ne!(value, 0);
    power(value, P - 2)
}

/// Coefficients of the polynomial with these values in the rows.
fn interpolate(values: [usize; N]) -> Vec<usize> {
    let sum = |i: usize| (0..N).map(|row| values[row] * power(OMEGA, (N - i) * row % N)).sum::<usize>();
    (0..N).map(|i| sum(i) * inverse(N) % P).collect()
}

fn evaluate(polynomial: &[usize], at: usize) -> usize {
    polynomial.iter().rev().fold(0, |sum, coefficient| (sum * at + coefficient) % P)
}

fn multiply(left: &[usize], right: &[usize]) -> Vec<usize> {
    let mut product = vec![0; left.len() + right.len() - 1];
    for (i, a) in left.iter().enumerate() {
        right.iter().enumerate().for_each(|(j, b)| product[i + j] = (product[i + j] + a * b) % P);
    }
    product
}

/// `left + factor·right`.
fn add(left: &[usize], factor: usize, right: &[usize]) -> Vec<usize> {
    let at = |polynomial: &[usize], i: usize| polynomial.get(i).copied().unwrap_or(0);
    (0..left.len().max(right.len())).map(|i| (at(left, i) + factor * at(right, i)) % P).collect()
}

/// The gates, where `a` and its next row have these values and the selector of row 0 has this one.
fn gates(selector: usize, a: usize, next: usize) -> usize {
    let range = a * (a + P - 1) % P * (a + P - 2) % P;
    selector * (Y * range + next + P * P - a * a) % P
}

/// The selector of row 0.
fn selector() -> Vec<usize> {
    interpolate([1, 0, 0, 0, 0, 0])
}

/// The quotient of the gates by `X^6 − 1`, in pieces of six coefficients.
fn pieces(a: &[usize]) -> Vec<Vec<usize>> {
    let next: Vec<usize> = a.iter().enumerate().map(|(i, coefficient)| coefficient * power(OMEGA, i) % P).collect();
    let minus = |value: usize| add(a, 1, &[P - value]);
    let range = multiply(&multiply(a, &minus(1)), &minus(2));
    let wire = add(&next, P - 1, &multiply(a, a));
    let mut rest = multiply(&selector(), &add(&wire, Y, &range));
    let mut quotient = [0; 3 * N];
    for i in (N..rest.len()).rev() {
        quotient[i - N] = rest[i];
        rest[i - N] = (rest[i - N] + rest[i]) % P;
    }
    assert!(rest[..N].iter().all(|coefficient| *coefficient == 0), "a gate does not hold");
    quotient.chunks(N).map(<[usize]>::to_vec).collect()
}

/// How often each outcome occurs over all coins.
struct Counts {
    of: Vec<u16>,
    total: usize,
}

impl Counts {
    fn new() -> Self {
        Self { of: vec![0; OUTCOMES], total: 0 }
    }

    fn add(&mut self, columns: [usize; 3], pieces: [usize; 3]) {
        let outcome = columns.into_iter().chain(pieces).fold(0, |index, value| index * P + value);
        self.of[outcome] += 1;
        self.total += 1;
    }

    /// The statistical distance of two distributions.
    fn distance(&self, other: &Self) -> f64 {
        let share = |counts: &Self, outcome: usize| f64::from(counts.of[outcome]) / counts.total as f64;
        (0..OUTCOMES).map(|outcome| (share(self, outcome) - share(other, outcome)).abs()).sum::<f64>() / 2.0
    }
}

/// The prover with every combination of its coins: `free` cells, from row 2 on, and the blinding of pieces where there is one.
fn prover(witness: usize, free: u32, blinded: bool) -> Counts {
    let mut counts = Counts::new();
    let tau_n = power(TAU, N);
    for coins in 0..P.pow(free) {
        let cell = |i: u32| if i < free { coins / P.pow(i) % P } else { 0 };
        let a = interpolate([witness, witness * witness % P, cell(0), cell(1), cell(2), cell(3)]);
        let columns = [TAU, X, X * OMEGA % P].map(|point| evaluate(&a, point));
        let h = pieces(&a);
        let h = [0, 1, 2].map(|i| evaluate(&h[i], TAU));
        for blinding in 0..if blinded { P * P } else { 1 } {
            let b = [blinding / P, blinding % P];
            let first = h[0] + b[0] * tau_n;
            let second = h[1] + b[1] * tau_n + P - b[0];
            counts.add(columns, [first % P, second % P, (h[2] + P - b[1]) % P]);
        }
    }
    counts
}

/// The simulator with every combination of its scalars: it knows `τ` and no witness.
fn simulator() -> Counts {
    let mut counts = Counts::new();
    let (tau_n, selector) = (power(TAU, N), evaluate(&selector(), TAU));
    let vanishing = inverse(tau_n + P - 1);
    let top = inverse(tau_n * tau_n % P);
    for scalars in 0..OUTCOMES {
        let [a, next, a_x, next_x, first, second] = [0, 1, 2, 3, 4, 5].map(|i| scalars / P.pow(i) % P);
        let h = gates(selector, a, next) * vanishing;
        let third = (h + P * P - first - tau_n * second % P) * top;
        counts.add([a, a_x, next_x], [first, second, third % P]);
    }
    counts
}

#[test]
fn prover_and_simulator_have_every_outcome_equally_often_whatever_the_witness() {
    assert!([0, 1].iter().all(|value| *value != power(TAU, N)) && power(X, N) != 1 && power(X, N) != power(TAU, N));
    let simulated = simulator();
    for witness in 0..3 {
        let proven = prover(witness, 4, true);
        assert_eq!(proven.total, simulated.total);
        assert!(proven.of == simulated.of, "witness {witness}");
    }
}

#[test]
fn without_blinded_pieces_or_with_one_free_cell_too_few_proofs_tell_of_the_witness() {
    let simulated = simulator();
    for (what, free, blinded) in [("pieces are not blinded", 4, false), ("a free cell is missing", 3, true)] {
        let [zero, two] = [0, 2].map(|witness| prover(witness, free, blinded));
        let distances = [zero.distance(&two), zero.distance(&simulated)];
        assert!(distances[0] > 0.99 && distances[1] > 0.9, "{what}: {distances:?}");
    }
}
