//! The template and what is filled in.

use assay_circuits::statements::solvency::{row, size_of};
use assay_protocol::encoding::{g1_to_bytes, g2_to_bytes};
use assay_protocol::keys::VerifyingKey;
use assay_protocol::plan::{OpeningSet, Plan, Polynomial};
use halo2curves::bn256::{G1Affine, G2Affine};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::inputs::Shape;
use crate::memory::{Memory, Place};
use crate::opening;
use crate::polynomial::Query;
use crate::weights::Function;
use crate::yul::{Code, Program, evaluation, word};
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
    /// The circuit opens its polynomials in another pattern than the template's.
    #[error("the template opens A alone, B with the constants, and the rest at x; the circuit does not: {0}")]
    Opening(String),
    /// The key is for another statement.
    #[error("the template is for solvency/v1, the key is for {0}")]
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

/// Bytes, but for the first.
#[derive(Debug, Serialize)]
struct Sizes {
    /// Public inputs.
    count: usize,
    inputs: String,
    /// What is hashed for the first challenge: the key's digest, the public inputs, two points.
    hashed: String,
    /// Calldata of `verify`.
    call: String,
    /// Public inputs with their count, and a proof and its inputs with offsets and lengths, in calldata of `verifyBatch`.
    inputs_item: String,
    item: String,
}

impl Sizes {
    fn new(count: usize) -> Self {
        let hex = |bytes: usize| format!("{bytes:#x}");
        let inputs = 32 * count;
        Self {
            count,
            inputs: hex(inputs),
            hashed: hex(inputs + 0xa0),
            call: hex(0x504 + inputs),
            inputs_item: hex(inputs + 0x20),
            item: hex(0x4c0 + 0x40 + inputs),
        }
    }
}

#[derive(Debug, Serialize)]
struct Contract {
    fingerprint: String,
    key_digest: String,
    k: u32,
    memory: Vec<Place>,
    evaluations: Vec<String>,
    gates: String,
    /// What the gates read of the weights, where it is a function.
    weights: Option<Function>,
    inputs: String,
    assets: usize,
    sizes: Sizes,
    /// Points of `A` that `B` is not opened at, the others but `x`, and `x`: in the order of the products `z`.
    only_a: Vec<Point>,
    shifted: Vec<Point>,
    current: Point,
    /// Points of `B` and of the constants.
    shared: Vec<Point>,
    fixed: Vec<FixedPoint>,
    generator: Vec<String>,
    tau_g2: Vec<String>,
    minus_g2: Vec<String>,
}

/// The contract for `key`, with the map of its memory.
///
/// # Errors
/// [`GenerateError`].
pub fn halo2_verifier(key: &VerifyingKey) -> Result<Vec<SourceFile>, GenerateError> {
    let size = size_of(key).ok_or_else(|| GenerateError::Statement(key.statement()))?;
    let (plan, halo2_key) = (key.plan(), key.halo2_key());
    let k = plan.k();
    let omega = halo2_key.get_domain().get_omega();

    let mut program = Program::default();
    let mut code = Code::default();
    let reads = gates::write(halo2_key.cs(), &mut program, &mut code);
    let gates = code.finish();
    let mut code = Code::default();
    let shape = Shape { size, rows: 1 << k, omega };
    let weights = inputs::write(reads, shape, &mut program, &mut code);
    let inputs = code.finish();

    let evaluations = opening::evaluations(plan);
    let [of_a, of_b, of_rest] = expected(plan)?;
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
    let names = ["LIMB", "ROUND", "TURN", "CONSTANT"];
    let fixed = names.into_iter().zip(commitments);
    let fixed = fixed.map(|(name, point)| FixedPoint { name, words: words(&g1_to_bytes(point)) }).collect();

    let contract = Contract {
        fingerprint: key.fingerprint().to_string(),
        key_digest: word(halo2_key.transcript_repr()),
        k,
        memory: Memory::new(size, &evaluations, program.words(), weights.is_some()).places(),
        evaluations: evaluations.iter().map(|query| evaluation(*query)).chain(["RANDOM_0".to_owned()]).collect(),
        gates,
        weights,
        inputs,
        assets: size.assets(),
        sizes: Sizes::new(row::len(size)),
        only_a,
        shifted,
        current,
        shared: points(of_b, |rotation| Query::Advice(1, rotation)),
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

/// The sets, where they and the pieces of the quotient are those that the template is written for.
fn expected(plan: &Plan) -> Result<[&OpeningSet; 3], GenerateError> {
    use Polynomial::{Advice, Fixed, Quotient, Random};
    let members = |set: &OpeningSet| set.members.iter().map(|member| member.polynomial).collect::<Vec<_>>();
    let found: Vec<Vec<Polynomial>> = plan.sets().iter().map(members).collect();
    let expected: [&[Polynomial]; 3] =
        [&[Advice(0)], &[Advice(1), Fixed(3)], &[Fixed(0), Fixed(1), Fixed(2), Quotient, Random]];
    let within = |part: &OpeningSet, whole: &OpeningSet| part.rotations.iter().all(|one| whole.rotations.contains(one));
    match plan.sets() {
        [of_a, of_b, of_rest]
            if found == expected && plan.pieces() == 4 && within(of_rest, of_b) && within(of_b, of_a) =>
        {
            Ok([of_a, of_b, of_rest])
        }
        sets => Err(GenerateError::Opening(format!("{sets:?}, {} pieces", plan.pieces()))),
    }
}

/// Words of 32 bytes as Solidity writes them.
fn words(bytes: &[u8]) -> Vec<String> {
    let hex = |word: &[u8]| word.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    bytes.chunks_exact(32).map(|word| format!("0x{}", hex(word))).collect()
}
