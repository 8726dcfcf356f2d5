use assay_circuits::solvency::circuit::{SolvencyCircuit, assign};
use assay_circuits::solvency::layout::Layout;
use assay_circuits::*;
use halo2_proofs::dev::MockProver;
use rand_core::OsRng;

fn example<const N: usize>() -> (Instance<N>, Witness<N>) {
    let position = Position::<N> {
        collateral: std::array::from_fn(|i| Amount::new(1u128 << (i % 16 * 7)).unwrap()),
        debt: std::array::from_fn(|i| Amount::new(3 + i as u128).unwrap()),
    };
    let opening = Opening::random(OsRng);
    let instance = Instance {
        commitment: PositionCommitment::new(&position, &opening),
        context: Context::from_digest([0xab; 32]),
        margin: Margin::ZERO,
        collateral_weights: std::array::from_fn(|i| Weight::new(1000 + i as u128).unwrap()),
        debt_weights: std::array::from_fn(|i| Weight::new(900 + i as u128).unwrap()),
    };
    (instance, Witness { position, opening })
}

fn mock<const N: usize>() {
    let (instance, witness) = example::<N>();
    check(&instance, &witness).unwrap();
    let circuit = SolvencyCircuit::<N>::new(assign(&instance, &witness, OsRng));
    let inputs = instance.to_field_elements().into_iter().map(|f| vec![f]).collect();
    let prover = MockProver::run(Layout::<N>::K, &circuit, inputs).unwrap();
    if let Err(e) = prover.verify() {
        for e in e.iter().take(10) { println!("{e:?}"); }
        panic!("{} failures", e.len());
    }
}

#[test]
fn mock8() { mock::<8>(); mock::<16>(); mock::<32>(); }
