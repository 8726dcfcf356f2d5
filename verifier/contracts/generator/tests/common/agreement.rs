//! Covenants as an agreement may have them, for measuring: coefficients of 91 bits, which prices of 18 decimals come to.

use assay_circuits::statements::covenants::{Coefficient, Constant, Instance, Row, Shape, Witness};
use assay_circuits::{Amount, Context, Opening, Position, PositionCommitment};
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use ruint::aliases::U256;

/// What the table of gas is of: shapes with so many covenants.
pub(crate) const MEASURED: [(Shape, usize); 6] = [
    (Shape::ALL[0], 1),
    (Shape::ALL[0], 2),
    (Shape::ALL[0], 4),
    (Shape::ALL[0], 8),
    (Shape::ALL[1], 16),
    (Shape::ALL[2], 8),
];

/// A shape's numbers, as files are named by them.
pub(crate) fn name(shape: Shape) -> String {
    shape.number().to_be_bytes().map(|number| number.to_string()).join("-")
}

fn bits(rng: &mut ChaCha20Rng, bits: u32) -> u128 {
    let random = u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64());
    random >> (128 - bits) | 1 << (bits - 1)
}

/// A true statement of so many covenants: half of them, rounded up, weigh everything that is held against all debts, as
/// coverage after a shock does; the others cap what counts of one asset each, by a helper amount and an equality.
pub(crate) fn agreement(shape: Shape, covenants: usize) -> (Instance, Witness) {
    let mut rng = ChaCha20Rng::seed_from_u64(covenants as u64);
    let rng = &mut rng;
    let (n, caps) = (shape.size().assets(), covenants / 2);
    let amount = |value| Amount::new(value).expect("small");
    let mut position = || {
        let collateral = (0..n).map(|_| amount(bits(rng, 80))).collect();
        Position::new(collateral, (0..n).map(|_| amount(bits(rng, 60))).collect()).expect("a size")
    };
    let positions: Vec<Position> = (0..shape.commitments()).map(|_| position()).collect();
    let openings: Vec<Opening> = positions.iter().map(|_| Opening::random(&mut *rng)).collect();
    let capped = |pair: usize| (pair % shape.commitments(), pair / shape.commitments());
    let mut helpers = vec![amount(0); shape.helpers()];
    for pair in 0..caps {
        let (position, asset) = capped(pair);
        let held = positions[position].collateral()[asset].expose();
        [helpers[2 * pair], helpers[2 * pair + 1]] = [held / 8, held - held / 8].map(amount);
    }

    let row = |entries: Vec<(usize, i128)>, constant: u128| {
        let mut coefficients = vec![Coefficient::ZERO; shape.terms()];
        entries.into_iter().for_each(|(term, value)| coefficients[term] = Coefficient::new(value).expect("120 bits"));
        Row::new(coefficients, Constant::new(false, U256::from(constant)).expect("240 bits"))
    };
    let equality = |pair: usize| {
        let (position, asset) = capped(pair);
        row(
            vec![
                (shape.collateral(position, asset), 1),
                (shape.helper(2 * pair), -1),
                (shape.helper(2 * pair + 1), -1),
            ],
            0,
        )
    };
    let weight = |rng: &mut ChaCha20Rng, width| i128::try_from(bits(rng, width)).expect("120 bits");
    let held = || (0..shape.commitments()).flat_map(|k| (0..n).map(move |asset| (k, asset)));
    let mut tests = Vec::new();
    for _ in 0..covenants - caps {
        let mut entries = Vec::new();
        for (k, asset) in held() {
            let counts = match (0..caps).find(|pair| capped(*pair) == (k, asset)) {
                Some(pair) => shape.helper(2 * pair),
                None => shape.collateral(k, asset),
            };
            entries.extend([(counts, weight(rng, 91)), (shape.debt(k, asset), -weight(rng, 91))]);
        }
        tests.push(row(entries, 1));
    }
    for pair in 0..caps {
        let all = held().map(|(k, asset)| (shape.collateral(k, asset), weight(rng, 91))).collect::<Vec<_>>();
        let admitted = (shape.helper(2 * pair), -weight(rng, 91));
        tests.push(row([all, vec![admitted]].concat(), 0));
    }
    let mut digest = [0; 32];
    rng.fill_bytes(&mut digest);
    let commitments =
        positions.iter().zip(&openings).map(|(position, opening)| PositionCommitment::new(position, opening));
    let equalities = (0..caps).map(equality).collect();
    let instance = Instance::new(shape, Context::from_digest(digest), commitments.collect(), equalities, tests);
    (instance.expect("of the shape"), Witness { positions, openings, helpers })
}
