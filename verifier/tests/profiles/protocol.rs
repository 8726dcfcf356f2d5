//! What the protocol of a scene says about a position at given prices.

use assay_circuits::Position;
use assay_verifier::Profile;
use assay_verifier::policy::YEAR;
use assay_verifier::policy::profile::{aave, compound, liquity, maker, morpho};
use rand_chacha::ChaCha8Rng;
use ruint::aliases::{U256, U512};

use crate::scene::{Scene, below, magnitude};

/// Prices by asset, for collateral and for debt, in the decimals of the policy.
#[derive(Clone, Debug)]
pub(crate) struct Prices {
    pub(crate) collateral: Vec<u128>,
    pub(crate) debt: Vec<u128>,
}

impl Prices {
    /// The worst that the bounds permit, though no one price is two at once.
    pub(crate) fn worst(scene: &Scene) -> Self {
        Self {
            collateral: scene.bounds.iter().map(|bounds| bounds.floor).collect(),
            debt: scene.bounds.iter().map(|bounds| bounds.ceiling).collect(),
        }
    }

    /// One price an asset within the bounds.
    pub(crate) fn within(scene: &Scene, rng: &mut ChaCha8Rng) -> Self {
        let price = |floor: u128, ceiling: u128, rng: &mut ChaCha8Rng| match below(rng, 3u8) {
            0 => floor,
            1 => ceiling,
            _ => floor + magnitude(rng, 127) % (ceiling - floor + 1),
        };
        let prices: Vec<_> = scene.bounds.iter().map(|bounds| price(bounds.floor, bounds.ceiling, rng)).collect();
        Self { collateral: prices.clone(), debt: prices }
    }
}

/// Whether the protocol calls the position healthy, with the credit line drawn and everything that the policy lets time
/// do done. Its thresholds are the policy's, less `stricter` bps; its choices that cannot be seen are drawn at random.
pub(crate) fn healthy(
    scene: &Scene,
    position: &Position,
    prices: &Prices,
    stricter: u16,
    unseen: Option<&mut ChaCha8Rng>,
) -> Option<bool> {
    let count = scene.bounds.len();
    let debt: Vec<U256> = (0..count).map(|asset| owed(scene, position, asset)).collect();
    let held: Vec<U256> = (0..count).map(|asset| held(scene, position, asset)).collect();
    let threshold = |asset: usize| scene.risks()[asset].liquidation_threshold.saturating_sub(stricter);
    let is_collateral = |asset: &usize| scene.risks()[*asset].liquidation_threshold > 0;
    let wad = |bps: u16| U256::from(bps) * ten(14);
    let scale = |asset: usize| ten(scene.decimals(asset));
    match scene.profile {
        Profile::AaveV35 => {
            let reserve = |asset: usize, collateral, debt, price: u128| aave::Reserve {
                collateral,
                debt,
                price: U256::from(price),
                decimals: scene.decimals(asset),
                threshold: threshold(asset),
            };
            let reserves = (0..count).flat_map(|asset| {
                [
                    reserve(asset, held[asset], U256::ZERO, prices.collateral[asset]),
                    reserve(asset, U256::ZERO, debt[asset], prices.debt[asset]),
                ]
            });
            aave::healthy(&reserves.collect::<Vec<_>>())
        }
        Profile::CompoundV3 => {
            let lent = scene.lent().unwrap();
            let base = compound::Base { debt: debt[lent], price: U256::from(prices.debt[lent]), scale: scale(lent) };
            let collaterals = (0..count).filter(is_collateral).map(|asset| compound::Collateral {
                balance: held[asset],
                price: U256::from(prices.collateral[asset]),
                scale: scale(asset),
                factor: wad(threshold(asset)),
            });
            compound::liquidatable(&base, &collaterals.collect::<Vec<_>>()).map(|liquidatable| !liquidatable)
        }
        Profile::Maker => {
            let (lent, asset) = pair(scene);
            let decimals = scene.risks()[asset].price_decimals;
            let price = U256::from(prices.collateral[asset]) * ten(18 - decimals);
            let mat = ten(31) / U256::from(threshold(asset).max(1));
            let spot = maker::spot(price, ten(27), mat).unwrap();
            let ink = held[asset] * ten(18 - scene.decimals(asset));
            // Any rate; the debt in base units of DAI is what art and rate come to, rounded up.
            let rate = ten(27) + unseen.map_or(U256::ZERO, |rng| U256::from(magnitude(rng, 90)));
            let art = debt[lent] * ten(27) / rate;
            maker::safe(ink, art, rate, spot)
        }
        Profile::LiquityV1 => {
            let (lent, asset) = pair(scene);
            let decimals = scene.risks()[asset].price_decimals;
            let price = U256::from(prices.collateral[asset]) * ten(18 - decimals);
            liquity::healthy(held[asset], debt[lent], price)
        }
        Profile::MorphoBlue => {
            let (lent, asset) = pair(scene);
            let price = morpho_price(scene, prices)?;
            let mut borrowed = debt[lent];
            if let Some(rng) = unseen {
                // The most shares that come to no more than the debt.
                let (assets, shares) = (U256::from(magnitude(rng, 100)), U256::from(magnitude(rng, 100)));
                let own = borrowed * (shares + ten(6)) / (assets + U256::ONE);
                let worth = morpho::to_assets_up(own, assets, shares).unwrap();
                assert!(worth <= borrowed);
                borrowed = worth;
            }
            morpho::healthy(held[asset], borrowed, price, wad(threshold(asset)))
        }
    }
}

/// The lent asset and the collateral of a market of two.
pub(crate) fn pair(scene: &Scene) -> (usize, usize) {
    let lent = scene.lent().unwrap();
    (lent, 1 - lent)
}

/// The least price of the oracle that is not below collateral price over loan price: loan base units for a base unit of
/// collateral in units of `10^-36`. `None` where an oracle cannot state it.
fn morpho_price(scene: &Scene, prices: &Prices) -> Option<U256> {
    let (lent, asset) = pair(scene);
    let wide_ten = |exponent: u8| U512::from(10u8).pow(U512::from(exponent));
    let feed = |asset: usize| scene.risks()[asset].price_decimals;
    let above = U512::from(prices.collateral[asset]) * wide_ten(36 + feed(lent)) * wide_ten(scene.decimals(lent));
    let below = U512::from(prices.debt[lent]) * wide_ten(feed(asset)) * wide_ten(scene.decimals(asset));
    let price = above.div_ceil(below);
    (price.bit_len() <= 256).then(|| U256::from(price))
}

/// Debt and credit line with the interest that the policy provides for.
fn owed(scene: &Scene, position: &Position, asset: usize) -> U256 {
    let line = scene.credit.filter(|(lent, _)| *lent == asset).map_or(0, |(_, amount)| amount);
    let interest = U256::from(scene.risks()[asset].debt_interest) * U256::from(scene.elapsed);
    let year = U256::from(YEAR * 10_000);
    let principal = U256::from(position.debt()[asset].expose()) + U256::from(line);
    principal * (year + interest) / year
}

/// Collateral less the decay that the policy provides for.
fn held(scene: &Scene, position: &Position, asset: usize) -> U256 {
    let decay = U256::from(scene.risks()[asset].yield_decay) * U256::from(scene.elapsed);
    let year = U256::from(YEAR * 10_000);
    (U256::from(position.collateral()[asset].expose()) * year.saturating_sub(decay)).div_ceil(year)
}

pub(crate) fn ten(exponent: u8) -> U256 {
    U256::from(10u8).pow(U256::from(exponent))
}
