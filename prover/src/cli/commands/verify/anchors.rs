//! What `assay verify` knows of anchors: the statement itself, whom it must be for, and what was seen before.

use assay_verifier::{
    Accepted, Anchor, AnchorError, AnchorRule, Audience, Beneficiary, Policy, Rejection, Revocation, SeenAnchors,
};

use crate::cli::args::AnchorArgs;
use crate::cli::error::{Failure, Kind, usage};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::files::inputs;
use crate::files::seen::SeenFile;

/// The anchor at hand and what is remembered.
pub(super) struct Anchors {
    /// The holdings statement with its signatures.
    pub(super) anchor: Option<Anchor>,
    /// Whom it must encumber the collateral to.
    pub(super) beneficiary: Beneficiary,
    file: Option<SeenFile>,
    forgotten: SeenAnchors,
}

impl Anchors {
    /// Reads the files that the options name, and records the revocations and the newer statements among them.
    ///
    /// # Errors
    /// Exit 2 where the options do not fit the policy, 3, 4 or 13 for what is wrong with a file, 15 where a revocation or
    /// a newer statement is not by attesters whom the policy lists.
    pub(super) fn load(
        session: &Session,
        args: &AnchorArgs,
        policy: &Policy,
        audience: &Audience,
    ) -> Result<Self, Failure> {
        let beneficiary = beneficiary(args, policy, audience)?;
        let anchor = args.anchor.as_deref().map(inputs::anchor).transpose()?;
        let newer = args.newer.iter().map(|path| inputs::anchor(path)).collect::<Result<Vec<_>, _>>()?;
        let mut revocations = Vec::new();
        for path in &args.revocation {
            let revocation = inputs::revocation(path)?;
            check_listed(policy, &revocation).map_err(|failure| failure.in_file(path))?;
            revocations.push(revocation);
        }
        if anchor.is_some() && args.seen.is_none() {
            session.ui.warn("without --seen FILE nothing is remembered: a statement that was superseded passes");
        }
        let file = args.seen.as_deref().map(SeenFile::open).transpose()?;
        let mut anchors = Self { anchor, beneficiary, file, forgotten: SeenAnchors::default() };
        for revocation in &revocations {
            anchors.memory().revoke(revocation);
        }
        anchors.save()?;
        for (path, anchor) in args.newer.iter().zip(&newer) {
            match anchors.memory().publish(policy, anchor, session.now) {
                // What is older than what is remembered has nothing to say.
                Ok(()) | Err(AnchorError::Superseded { .. }) => {}
                Err(error) => {
                    let mut failure = Failure::from(&Rejection::from(error)).in_file(path);
                    if let Some(report) = &mut failure.report {
                        report.set("accepted", false);
                    }
                    return Err(failure);
                }
            }
        }
        anchors.save()?;
        Ok(anchors)
    }

    /// What was seen before.
    pub(super) fn seen(&self) -> &SeenAnchors {
        self.file.as_ref().map_or(&self.forgotten, |file| &file.memory)
    }

    fn memory(&mut self) -> &mut SeenAnchors {
        self.file.as_mut().map_or(&mut self.forgotten, |file| &mut file.memory)
    }

    /// Remembers what was accepted, where there is a file for it.
    ///
    /// # Errors
    /// Exit 4 where it cannot be written.
    pub(super) fn record(&mut self, accepted: &Accepted) -> Result<(), Failure> {
        if let Some(file) = &mut self.file {
            file.memory.record(&accepted.anchor).map_err(|error| Failure::new(Kind::Anchor, error))?;
        }
        self.save()
    }

    fn save(&mut self) -> Result<(), Failure> {
        self.file.as_mut().map_or(Ok(()), SeenFile::save)
    }
}

/// Whom the collateral must be encumbered to, as the caller says it or the audience implies it.
fn beneficiary(args: &AnchorArgs, policy: &Policy, audience: &Audience) -> Result<Beneficiary, Failure> {
    let none = policy.rules().anchor == AnchorRule::None;
    match (&args.beneficiary, audience) {
        (Some(_), _) if none => {
            Err(usage("--beneficiary", "the policy asks for no anchor, so that nothing is encumbered to anybody"))
        }
        (Some(text), _) => text.parse().map_err(|error| usage("--beneficiary", error)),
        (None, Audience::Registry { chain_id, address }) => {
            Ok(Beneficiary::Account { chain_id: *chain_id, address: *address })
        }
        (None, Audience::Named(_)) if args.anchor.is_some() && !none => {
            let what = "needed with --anchor: your own account as eip155:CHAIN:ADDRESS, or none for information only";
            Err(usage("--beneficiary", what))
        }
        (None, Audience::Named(_)) => Ok(Beneficiary::Nobody),
    }
}

fn check_listed(policy: &Policy, revocation: &Revocation) -> Result<(), Failure> {
    let attester = revocation.attester();
    if let AnchorRule::Attesters { attesters, .. } = &policy.rules().anchor
        && attesters.contains(&attester)
    {
        return Ok(());
    }
    let mut report = Report::new();
    report.set("accepted", false).set("reason", "revocation_not_trusted");
    let what = format!("the revocation is by {attester}, whom the policy does not list");
    Err(Failure::new(Kind::Anchor, what).with_report(report))
}
