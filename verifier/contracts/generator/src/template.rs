//! The template and what is filled in.

use assay_circuits::Circuit;
use assay_protocol::encoding::{G1_LEN, SCALAR_LEN, g1_to_bytes, g2_to_bytes};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::plan::{OpeningSet, Plan, Polynomial};
use halo2curves::bn256::{G1Affine, G2Affine};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::inputs::Shape;
use crate::matrix::Matrix;
use crate::memory::{Contents, Memory, Place};
use crate::opening;
use crate::polynomial::Query;
use crate::weights::Function;
use crate::yul::{Code, FIXED, Program, evaluation, word};
use crate::{gates, inputs};

/// A generated file: its name in `src/verifier/` and its text.
pub type SourceFile = (&'static str, String);

const TEMPLATES: [(&str, &str); 2] = [
    ("Halo2Verifier.sol", include_str!("../templates/Halo2Verifier.sol")),
    ("Halo2VerifierMemory.sol", include_str!("../templates/Halo2VerifierMemory.sol")),
];

/// Why no contract was written.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The circuit has other phases, or opens its polynomials in another pattern, than the template is written for.
    #[error(
        "the template draws a challenge between A, B and S, and opens A alone, B with the constants, S alone and the rest at \
         x; the circuit does not: {0}"
    )]
    Opening(String),
    /// The key is for another statement.
    #[error("the template is for solvency/v1 and covenants/v1, the key is for {0}")]
    Statement(&'static str),
    /// The template has a mistake.
    #[error("the template: {0}")]
    Template(#[from] minijinja::Error),
}

/// A point that a polynomial is opened at.
#[derive(Debug, Serialize)]
struct Point {
    rotation: i32,
    /// `ω^rotation`.
    omega: String,
    weight: String,
    evaluation: String,
}

#[derive(Debug, Serialize)]
struct FixedPoint {
    name: &'static str,
    words: Vec<String>,
}

/// Bytes as hexadecimal numbers, but for the first two.
#[derive(Debug, Serialize)]
struct Sizes {
    /// Public inputs.
    count: usize,
    points_in_words: &'static str,
    inputs: String,
    /// What is hashed for the first challenge: the key's digest, the public inputs, two points.
    hashed: String,
    proof: String,
    /// Places in the proof.
    at_random: String,
    at_pieces: String,
    at_evaluations: String,
    at_opening: String,
    at_left: String,
    evaluations: String,
    /// The state and the evaluations.
    evaluations_hashed: String,
    /// Place of the first public input in calldata of `verify`, and all of it.
    inputs_at: String,
    call: String,
    /// A proof with its length, and with its offset as well, in calldata of `verifyBatch`.
    proof_words: String,
    proof_item: String,
    /// Public inputs with their count, and a proof and its inputs with offsets and lengths, in calldata of `verifyBatch`.
    inputs_item: String,
    item: String,
    /// Scalars that a batch adds up.
    totals: String,
}

impl Sizes {
    fn new(count: usize, plan: &Plan) -> Self {
        let hex = |bytes: usize| format!("{bytes:#x}");
        let (inputs, proof) = (32 * count, plan.proof_len());
        let random = G1_LEN * plan.advice();
        let (pieces, evaluations) = (random + G1_LEN, SCALAR_LEN * plan.scalars());
        let at_evaluations = pieces + G1_LEN * plan.pieces();
        Self {
            count,
            points_in_words: if plan.points() == 9 { "nine" } else { "ten" },
            inputs: hex(inputs),
            hashed: hex(inputs + 0xa0),
            proof: hex(proof),
            at_random: hex(random),
            at_pieces: hex(pieces),
            at_evaluations: hex(at_evaluations),
            at_opening: hex(at_evaluations + evaluations),
            at_left: hex(at_evaluations + evaluations + G1_LEN),
            evaluations: hex(evaluations),
            evaluations_hashed: hex(evaluations + 0x20),
            inputs_at: hex(0x84 + proof),
            call: hex(0x84 + proof + inputs),
            proof_words: hex(proof + 0x20),
            proof_item: hex(proof + 0x40),
            inputs_item: hex(inputs + 0x20),
            item: hex(proof + 0x80 + inputs),
            totals: hex(32 * (plan.fixed() + 2)),
        }
    }
}

#[derive(Debug, Serialize)]
struct Contract {
    statement: &'static str,
    fingerprint: String,
    key_digest: String,
    k: u32,
    memory: Vec<Place>,
    evaluations: Vec<String>,
    gates: String,
    /// What the gates read of the weights, where it is a function.
    weights: Option<Function>,
    /// What they read of rows of coefficients.
    matrix: Option<Matrix>,
    inputs: String,
    assets: usize,
    sizes: Sizes,
    /// Points of `A` that `B` is not opened at, the others but `x`, and `x`: in the order of the products `z`.
    only_a: Vec<Point>,
    shifted: Vec<Point>,
    current: Point,
    /// Points of `B` and of the constants.
    shared: Vec<Point>,
    /// Points of `S`.
    sum: Vec<Point>,
    /// The fixed columns that are opened at `x` alone.
    rest: Vec<&'static str>,
    /// `x` to the degree of the denominators of the weights of `A`.
    x_power: String,
    fixed: Vec<FixedPoint>,
    generator: Vec<String>,
    tau_g2: Vec<String>,
    minus_g2: Vec<String>,
}

/// Names of the memory places of the public inputs, with their words.
fn inputs_of(circuit: Circuit) -> Vec<(String, usize)> {
    match circuit {
        Circuit::Solvency(size) => inputs::names(size).into_iter().map(|name| (name, 1)).collect(),
        Circuit::Covenants(shape) => {
            let commitments = (0..shape.commitments()).map(|k| (format!("COMMITMENT_{k}"), 1));
            let rest = [("CONTEXT", 1), ("CONSTANTS", shape.rows()), ("COEFFICIENTS", shape.rows() * shape.terms())];
            commitments.chain(rest.map(|(name, words)| (name.to_owned(), words))).collect()
        }
    }
}

/// The contract for `key`, with the map of its memory.
///
/// # Errors
/// [`GenerateError`].
pub fn halo2_verifier(key: &VerifyingKey) -> Result<Vec<SourceFile>, GenerateError> {
    let circuit = Circuit::of(key).ok_or_else(|| GenerateError::Statement(key.statement()))?;
    let (plan, halo2_key) = (key.plan(), key.halo2_key());
    let k = plan.k();
    let omega = halo2_key.get_domain().get_omega();

    let mut program = Program::default();
    let mut code = Code::default();
    let reads = gates::write(plan, halo2_key.cs(), &mut program, &mut code);
    let gates = code.finish();
    let mut code = Code::default();
    let (mut weights, mut matrix, mut tables) = (None, None, Vec::new());
    match circuit {
        Circuit::Solvency(size) => {
            let shape = Shape { size, rows: 1 << k, omega };
            weights = inputs::write(reads, plan, shape, &mut program, &mut code);
            if weights.is_some() {
                tables = vec![("PADDED", 2 * size.assets() + 3), ("POWER", 6)];
            }
        }
        Circuit::Covenants(shape) => {
            assert!(key.public_rows().iter().all(|rows| *rows == 1), "each public input stands alone in its column");
            let read = Matrix::new(&reads, plan, shape, omega, &mut program, &mut code);
            tables =
                vec![("WEIGHTS", shape.terms()), ("WEIGHT_CONSTANT", 1), ("COMMITTED", 1), ("BEFORE", read.rows())];
            matrix = Some(read);
        }
    }
    let inputs = code.finish();

    let evaluations = opening::evaluations(plan);
    let Sets { a: of_a, b: of_b, sum: of_sum, rest: of_rest, fixed: rest } = expected(plan)?;
    let points = |set: &OpeningSet, column: fn(i32) -> Query| -> Vec<Point> {
        let weights = opening::barycentric(&set.rotations, omega);
        let points = set.rotations.iter().zip(weights).map(|(&rotation, weight)| Point {
            rotation,
            omega: word(opening::power(omega, rotation)),
            weight: word(weight),
            evaluation: evaluation(column(rotation)),
        });
        points.collect()
    };
    let mut only_a = points(of_a, |rotation| Query::Advice(0, rotation));
    let mut shifted: Vec<Point> = only_a.extract_if(.., |point| of_b.rotations.contains(&point.rotation)).collect();
    let current = shifted.extract_if(.., |point| of_rest.rotations.contains(&point.rotation)).next();
    let current = current.ok_or_else(|| GenerateError::Opening(format!("{:?}", plan.sets())))?;
    shifted.reverse();

    let commitments = halo2_key.fixed_commitments();
    let fixed = FIXED.into_iter().zip(commitments);
    let fixed = fixed.map(|(name, point)| FixedPoint { name, words: words(&g1_to_bytes(point)) }).collect();

    let inputs_in_memory = inputs_of(circuit);
    let count = inputs_in_memory.iter().map(|(_, words)| words).sum();
    let memory = Memory::new(&Contents {
        inputs: inputs_in_memory,
        second_phase: matrix.is_some(),
        evaluations: &evaluations,
        fixed: [&["CONSTANT"], &rest[..]].concat(),
        kept: program.words(),
        tables,
    });
    let contract = Contract {
        statement: key.statement(),
        fingerprint: key.fingerprint().to_string(),
        key_digest: word(halo2_key.transcript_repr()),
        k,
        memory: memory.places(),
        evaluations: evaluations.iter().map(|query| evaluation(*query)).chain(["RANDOM_0".to_owned()]).collect(),
        gates,
        weights,
        matrix,
        inputs,
        assets: circuit.assets().assets(),
        sizes: Sizes::new(count, plan),
        only_a,
        shifted,
        current,
        shared: points(of_b, |rotation| Query::Advice(1, rotation)),
        sum: of_sum.map(|set| points(set, |rotation| Query::Advice(2, rotation))).unwrap_or_default(),
        rest,
        x_power: format!("x{}", of_a.rotations.len() - 1),
        fixed,
        generator: words(&g1_to_bytes(&G1Affine::generator())),
        tau_g2: words(&g2_to_bytes(key.tau_g2())),
        minus_g2: words(&g2_to_bytes(&-G2Affine::generator())),
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    TEMPLATES.into_iter().map(|(name, template)| Ok((name, environment.render_str(template, &contract)?))).collect()
}

/// The sets of the opening argument.
struct Sets<'p> {
    a: &'p OpeningSet,
    b: &'p OpeningSet,
    sum: Option<&'p OpeningSet>,
    rest: &'p OpeningSet,
    /// The fixed columns of the rest, in their order.
    fixed: Vec<&'static str>,
}

/// The sets, where they, the phases and the pieces of the quotient are those that the template is written for.
fn expected(plan: &Plan) -> Result<Sets<'_>, GenerateError> {
    use Polynomial::{Advice, Fixed, Quotient, Random};
    let members = |set: &OpeningSet| set.members.iter().map(|member| member.polynomial).collect::<Vec<_>>();
    let within = |part: &OpeningSet, whole: &OpeningSet| part.rotations.iter().all(|one| whole.rotations.contains(one));
    let sets = || -> Option<Sets<'_>> {
        let [a, b, sum @ .., rest] = plan.sets() else { return None };
        let fixed = members(rest);
        let [fixed @ .., Quotient, Random] = &fixed[..] else { return None };
        let name = |polynomial: &Polynomial| if let Fixed(column) = polynomial { FIXED.get(*column) } else { None };
        let fixed = fixed.iter().map(|polynomial| name(polynomial).copied()).collect::<Option<Vec<_>>>()?;
        let expected = match sum {
            [] => a.rotations.len() == 8,
            [sum] => {
                let rotations = [&b.rotations[..], &sum.rotations] == [&[0, 1, 2][..], &[0, 1]];
                members(sum) == [Advice(2)] && rotations && a.rotations.len() == 7
            }
            _ => false,
        };
        let phases: Vec<(&[usize], &[usize])> =
            plan.phases().iter().map(|phase| (&phase.advice[..], &phase.challenges[..])).collect();
        let phases = match sum {
            [] => phases == [(&[0, 1][..], &[][..])],
            _ => phases == [(&[0, 1][..], &[0][..]), (&[2], &[])],
        };
        let nested = plan.sets().windows(2).all(|pair| within(&pair[1], &pair[0]));
        let fits = expected
            && phases
            && nested
            && rest.rotations == [0]
            && members(a) == [Advice(0)]
            && members(b) == [Advice(1), Fixed(3)]
            && plan.pieces() == 4;
        fits.then_some(Sets { a, b, sum: sum.first(), rest, fixed })
    };
    let found = || format!("{:?}, {} pieces, {:?}", plan.sets(), plan.pieces(), plan.phases());
    sets().ok_or_else(|| GenerateError::Opening(found()))
}

/// Words of 32 bytes as Solidity writes them.
fn words(bytes: &[u8]) -> Vec<String> {
    let hex = |word: &[u8]| word.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    bytes.chunks_exact(32).map(|word| format!("0x{}", hex(word))).collect()
}
