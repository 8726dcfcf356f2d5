//! circomlib's Poseidon, t = 3, in 3 constraints an S-box.
//!
//! Linear layers cost no constraint: every S-box input is a linear combination of earlier S-box outputs. Its
//! coefficients do not depend on the values, so they are worked out once.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use ark_relations::gr1cs::{LinearCombination, Variable};
use assay_circuits::poseidon::{FULL_ROUNDS, PARTIAL_ROUNDS, Parameters, WIDTH};

use crate::circuit::{Builder, Wire, from_reference};

/// S-boxes of one permutation.
pub const SBOXES: usize = FULL_ROUNDS * WIDTH + PARTIAL_ROUNDS;

/// An affine form of earlier S-box outputs.
#[derive(Clone, Default)]
struct Form {
    constant: Fr,
    /// S-box index and coefficient.
    terms: Vec<(usize, Fr)>,
}

impl Form {
    fn add_scaled(&mut self, other: &Self, factor: Fr) {
        self.constant += other.constant * factor;
        for &(sbox, coefficient) in &other.terms {
            match self.terms.iter_mut().find(|(known, _)| *known == sbox) {
                Some((_, sum)) => *sum += coefficient * factor,
                None => self.terms.push((sbox, coefficient * factor)),
            }
        }
    }
}

/// The wiring of the permutation.
struct Wiring {
    /// Constants of the first round, added to the input lanes.
    first: [Fr; WIDTH],
    /// Inputs of the S-boxes after the first three.
    inputs: Vec<Form>,
    /// Output lane 0.
    output: Form,
}

fn wiring() -> &'static Wiring {
    static WIRING: OnceLock<Wiring> = OnceLock::new();
    WIRING.get_or_init(|| {
        let parameters = Parameters::get();
        let constants = parameters.constants.map(|row| row.map(|c| from_reference(&c)));
        let mds = parameters.mds.map(|row| row.map(|c| from_reference(&c)));
        let mut inputs = Vec::with_capacity(SBOXES - WIDTH);
        let mut lanes: [Form; WIDTH] = Default::default();
        let mut sboxes = 0;
        for (round, constants) in constants.iter().enumerate() {
            let full = !(FULL_ROUNDS / 2..FULL_ROUNDS / 2 + PARTIAL_ROUNDS).contains(&round);
            for (lane, constant) in lanes.iter_mut().zip(constants) {
                lane.constant += constant;
            }
            for lane in lanes.iter_mut().take(if full { WIDTH } else { 1 }) {
                let output = Form { constant: Fr::ZERO, terms: vec![(sboxes, Fr::ONE)] };
                let input = std::mem::replace(lane, output);
                if round > 0 {
                    inputs.push(input);
                }
                sboxes += 1;
            }
            lanes = mds.map(|row| {
                let mut mixed = Form::default();
                row.iter().zip(&lanes).for_each(|(factor, lane)| mixed.add_scaled(lane, *factor));
                mixed
            });
        }
        let [output, ..] = lanes;
        Wiring { first: constants[0], inputs, output }
    })
}

/// Lane 0 of the permutation of `input`; with `expected` its equality to that public value costs no constraint of its
/// own, because it takes the place of the last S-box's output.
pub(crate) fn compress(builder: &mut Builder, input: [Wire; WIDTH], expected: Option<&Wire>) -> Wire {
    let wiring = wiring();
    let mut outputs: Vec<Wire> = Vec::with_capacity(SBOXES);
    for (wire, constant) in input.into_iter().zip(wiring.first) {
        outputs.push(sbox(builder, &wire.plus_constant(constant)));
    }
    let place = |outputs: &[Wire], form: &Form| {
        let mut wire = Wire::constant(form.constant);
        for &(index, coefficient) in &form.terms {
            wire.add_scaled(&outputs[index], coefficient);
        }
        wire
    };
    let ordinary = if expected.is_some() { wiring.inputs.len() - WIDTH } else { wiring.inputs.len() };
    for form in &wiring.inputs[..ordinary] {
        let input = place(&outputs, form);
        outputs.push(sbox(builder, &input));
    }
    let Some(expected) = expected else {
        return place(&outputs, &wiring.output);
    };
    // The last round: lanes 1 and 2 as ever, lane 0 against what is left of the expected value.
    let [lane_0, lanes @ ..] = [0, 1, 2].map(|lane| place(&outputs, &wiring.inputs[ordinary + lane]));
    let mut rest = expected.clone();
    rest.add_scaled(&Wire::constant(wiring.output.constant), -Fr::ONE);
    let mut scale = Fr::ONE;
    for &(index, coefficient) in &wiring.output.terms {
        match index.checked_sub(SBOXES - WIDTH) {
            Some(0) => scale = coefficient,
            Some(lane) => {
                let output = sbox(builder, &lanes[lane - 1]);
                rest.add_scaled(&output, -coefficient);
            }
            None => unreachable!("the output depends on the last round's S-boxes alone"),
        }
    }
    let square = builder.product(&lane_0, &lane_0);
    let fourth = builder.product(&square, &square);
    let inverse = scale.inverse().expect("no entry of the matrix is zero");
    builder.enforce(&fourth.scaled(Fr::ONE), &lane_0, &rest.scaled(inverse));
    expected.clone()
}

/// `x^5`; free where `x` is a constant.
fn sbox(builder: &mut Builder, input: &Wire) -> Wire {
    if input.is_constant() {
        return Wire::constant(input.value.square().square() * input.value);
    }
    let square = builder.product(input, input);
    let fourth = builder.product(&square, &square);
    builder.product(&fourth, input)
}

/// The linear combination of one variable.
pub(crate) fn single(variable: Variable) -> LinearCombination<Fr> {
    LinearCombination(vec![(Fr::ONE, variable)])
}
