//! What a registry and its verifier are sent, from the files of an attestation.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolCall as _;
use assay_verifier::{Anchor, Attestation, Audience, Beneficiary, Policy, parse_address};

use super::contracts::{Claim, HoldingsStatement, Signed, attestCall, previewCall, publishAnchorCall, verifyCall};
use crate::cli::advice::no_weights;
use crate::cli::args::ClaimArgs;
use crate::cli::error::{Failure, Kind, usage};
use crate::files::inputs;

/// An attestation for a registry, with its policy and perhaps its anchor.
pub(crate) struct Claimed {
    /// The policy.
    pub(crate) policy: Policy,
    /// The attestation.
    pub(crate) attestation: Attestation,
    /// The holdings statement with its signatures.
    pub(crate) anchor: Option<Anchor>,
    /// The chain of the registry.
    pub(crate) chain_id: u64,
    /// The registry: the attestation's audience.
    pub(crate) registry: Address,
    claim: Claim,
}

impl Claimed {
    /// Reads the files and checks that they belong together.
    ///
    /// # Errors
    /// Exit 2 where the lender does not go with the credit line, 15 where the anchor is another, 17 where the
    /// attestation is under another policy or for nobody on a chain; 3, 4 and 13 for what is wrong with files.
    pub(crate) fn load(args: &ClaimArgs) -> Result<Self, Failure> {
        let policy = inputs::policy(&args.policy.policy)?;
        let attestation = inputs::attestation(&args.attestation)?;
        let anchor = args.anchor.as_deref().map(inputs::anchor).transpose()?;
        let statement = &attestation.assertion;
        if statement.policy != policy.id() {
            let what = format!("the attestation is under policy {}, not {}", statement.policy, policy.id());
            return Err(Failure::new(Kind::Unexpected, what).hint("name its policy with -P"));
        }
        let Audience::Registry { chain_id, address: registry } = statement.audience else {
            let what = format!("the attestation is for {}, which is no registry", statement.audience);
            let hint = "prove it anew with --audience eip155:CHAIN:REGISTRY, anchored for --beneficiary likewise";
            return Err(Failure::new(Kind::Unexpected, what).hint(hint));
        };
        if let Some(anchor) = &anchor
            && statement.anchor != Some(anchor.statement().struct_hash())
        {
            return Err(Failure::new(Kind::Anchor, "the attestation was made with another anchor")
                .hint("name the one that it was made with: --anchor FILE"));
        }
        let lender = args.lender.as_deref().map(parse_address).transpose();
        let lender = lender.map_err(|error| usage("--lender", error))?;
        let claim = claim(&policy, &attestation, lender)?;
        Ok(Self { chain_id, registry, claim, policy, attestation, anchor })
    }

    /// The call of `attest`.
    pub(crate) fn attest(&self) -> attestCall {
        attestCall { claim: self.claim.clone(), proof: self.proof() }
    }

    /// The call of `preview`.
    pub(crate) fn preview(&self) -> previewCall {
        let subject = self.attestation.assertion.subject;
        previewCall { subject, claim: self.claim.clone(), proof: self.proof() }
    }

    /// The call of `publishAnchor`; none where no anchor was given.
    pub(crate) fn publish_anchor(&self) -> Option<publishAnchorCall> {
        let anchor = self.anchor.as_ref()?;
        let said = anchor.statement();
        let (chain_id, beneficiary) = match said.beneficiary {
            Beneficiary::Nobody => (0, Address::ZERO),
            Beneficiary::Account { chain_id, address } => (chain_id, address),
        };
        let statement = HoldingsStatement {
            commitment: B256::new(said.commitment.to_bytes()),
            marketId: said.market,
            subject: said.subject,
            beneficiary,
            beneficiaryChainId: U256::from(chain_id),
            asOf: said.as_of,
            sequence: said.sequence,
            expiry: said.expiry,
        };
        let signatures = anchor.signatures().iter();
        let signatures =
            signatures.map(|one| Signed { signer: one.attester, signature: Bytes::from(one.signature.clone()) });
        Some(publishAnchorCall { policyId: self.policy.id(), statement, signatures: signatures.collect() })
    }

    /// The calldata of the verifier's `verify`.
    ///
    /// # Errors
    /// Exit 3 where bounds or credit line do not fit the policy.
    pub(crate) fn verify(&self) -> Result<Vec<u8>, Failure> {
        let statement = &self.attestation.assertion;
        let instance = statement.instance(&self.policy, self.attestation.verifying_key).map_err(no_weights)?;
        let inputs = instance.to_field_elements();
        let inputs = inputs.iter().map(|input| U256::from_be_bytes(assay_protocol::encoding::to_bytes(input)));
        Ok(verifyCall { proof: self.proof(), publicInputs: inputs.collect() }.abi_encode())
    }

    fn proof(&self) -> Bytes {
        Bytes::from(self.attestation.proof.clone())
    }
}

fn claim(policy: &Policy, attestation: &Attestation, lender: Option<Address>) -> Result<Claim, Failure> {
    let statement = &attestation.assertion;
    statement.bounds.check(policy)?;
    let (asset, amount) = match &statement.credit {
        Some(line) => (line.check(policy)?, line.base_units),
        None => (0, 0),
    };
    if statement.credit.is_some() != lender.is_some() {
        return Err(usage("--lender", "needed where the attestation has a credit line, and only there"));
    }
    Ok(Claim {
        policyId: statement.policy,
        // Under a recorder the registry knows the commitment itself.
        anchor: statement.anchor.unwrap_or_else(|| B256::new(statement.commitment.to_bytes())),
        validUntil: statement.valid_until,
        floors: statement.bounds.0.iter().map(|bounds| bounds.floor).collect(),
        ceilings: statement.bounds.0.iter().map(|bounds| bounds.ceiling).collect(),
        creditAsset: asset,
        creditAmount: amount,
        lender: lender.unwrap_or_default(),
    })
}
