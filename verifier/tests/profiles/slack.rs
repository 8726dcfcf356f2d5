//! What the margin costs: how far Assay's limit lies from the protocol's own at exactly the bounds.

use assay_circuits::{Amount, Position, Size};
use assay_verifier::policy::{BPS, Risk};
use assay_verifier::{AssetBounds, Profile};
use rand_chacha::ChaCha8Rng;
use ruint::aliases::U512;

use crate::protocol::{Prices, healthy};
use crate::scene::{Scene, amount, below, magnitude};
use crate::{numbers, positions};

/// An asset of a market: threshold in bps, decimals, and a price around which the bounds lie, with 8 decimals.
struct Asset(u16, u8, u128);

const WETH: Asset = Asset(8_300, 18, 181_503_814_107);
const WBTC: Asset = Asset(7_800, 8, 3_477_932_589_276);
const LINK: Asset = Asset(6_800, 18, 1_108_870_138);
const USDC: Asset = Asset(0, 6, 100_000_000);
const DAI: Asset = Asset(0, 18, 100_000_000);

/// A policy with the protocol's own thresholds, no buffers of its own, and the debt asset last.
fn scene(profile: Profile, assets: &[&Asset], rng: &mut ChaCha8Rng) -> Scene {
    let risk = |asset: &&Asset| Risk {
        liquidation_threshold: asset.0,
        haircut: 0,
        volatility_buffer: 0,
        yield_decay: 0,
        borrow_factor: BPS,
        debt_interest: 0,
        price_decimals: 8,
    };
    let bounds = assets.iter().enumerate().map(|(index, Asset(_, _, price))| {
        let (floor, ceiling) = (price - below(rng, price / 10), price + below(rng, price / 10));
        // These two count debt at one USD, so their own limit is compared with a ceiling of that.
        let at_par = index == assets.len() - 1 && matches!(profile, Profile::Maker | Profile::LiquityV1);
        let ceiling = if at_par { *price } else { ceiling };
        AssetBounds { asset: format!("A{index}"), floor, ceiling }
    });
    let bounds: Vec<_> = bounds.collect();
    let mut risks: Vec<_> = assets.iter().map(risk).collect();
    // Liquity's limit is in the protocol, not in the policy: the policy says the same.
    let ratio = if profile == Profile::LiquityV1 { 11_000 } else { BPS };
    if profile == Profile::LiquityV1 {
        risks[0].liquidation_threshold = 10_000;
    }
    Scene::new(profile, risks, assets.iter().map(|asset| asset.1).collect(), ratio, bounds, 0, None, 1)
}

/// How many base units less debt than the protocol bears at exactly the bounds.
fn slack(scene: &Scene, rng: &mut ChaCha8Rng) -> Option<u128> {
    let lent = scene.bounds.len() - 1;
    let prices = Prices::worst(scene);
    let mut position = Position::empty(Size::Eight);
    for asset in 0..lent {
        position.collateral_mut()[asset] = amount(magnitude(rng, 80 * u32::from(scene.decimals(asset)) / 18 + 10));
    }
    let sides = scene.covenant(scene.weights.margin).sides(&position);
    let spare = sides.collateral.checked_sub(sides.margin + U512::ONE)?;
    let ours = u128::try_from(spare / U512::from(scene.weights.assets[lent].debt.get())).ok()?;
    let mut bears = |debt: u128| {
        position.debt_mut()[lent] = amount(debt);
        healthy(scene, &position, &prices, 0, None)
    };
    // The most that the protocol bears, from ours on.
    let (mut yes, mut step) = (ours, 1u128);
    assert_eq!(bears(ours), Some(true));
    while yes.checked_add(step).is_some_and(|debt| debt <= Amount::MAX) && bears(yes + step)? {
        yes += step;
        step *= 2;
    }
    while step > 0 {
        if yes + step <= Amount::MAX && bears(yes + step)? {
            yes += step;
        }
        step /= 2;
    }
    Some(yes - ours)
}

/// Least, median and most of the slack in base units of the debt asset.
fn measure(name: &str, profile: Profile, assets: &[&Asset]) -> [u128; 3] {
    let mut rng = numbers(profile, 5);
    let wanted = (positions() / 10).min(20_000);
    let mut found = Vec::with_capacity(wanted);
    while found.len() < wanted {
        let scene = scene(profile, assets, &mut rng);
        found.extend(slack(&scene, &mut rng));
    }
    found.sort_unstable();
    let of = [found[0], found[found.len() / 2], found[found.len() - 1]];
    println!("| `{profile}` | {name} | {} | {} | {} |", of[0], of[1], of[2]);
    of
}

#[test]
fn the_margin_costs_next_to_nothing() {
    let [_, median, most] = measure("WETH, WBTC, LINK against USDC", Profile::AaveV35, &[&WETH, &WBTC, &LINK, &USDC]);
    assert!(median <= 1 && most <= 1, "base units of USDC");
    let [.., most] = measure("WETH, WBTC, LINK against DAI", Profile::AaveV35, &[&WETH, &WBTC, &LINK, &DAI]);
    assert!(most < 100_000_000_000, "10^-7 DAI: {most}");
    let [.., most] = measure("WETH, WBTC, LINK against USDC", Profile::CompoundV3, &[&WETH, &WBTC, &LINK, &USDC]);
    assert!(most <= 1, "base units of USDC: {most}");
    let [.., most] = measure("WETH, WBTC, LINK against DAI", Profile::CompoundV3, &[&WETH, &WBTC, &LINK, &DAI]);
    assert!(most < 100_000_000_000, "10^-7 DAI: {most}");
    let [least, _, most] = measure("WETH against DAI", Profile::Maker, &[&WETH, &DAI]);
    assert!(least == 0 && most <= 1_000_000, "mat is rounded in its 27th decimal here: {most}");
    let [.., most] = measure("WETH against LUSD", Profile::LiquityV1, &[&WETH, &DAI]);
    assert!(most <= 1, "equality: {most}");
    let [.., most] = measure("WETH against USDC", Profile::MorphoBlue, &[&WETH, &USDC]);
    assert!(most <= 2, "base units of USDC: {most}");
}
