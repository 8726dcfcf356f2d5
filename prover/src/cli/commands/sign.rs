//! `assay sign`: an attester's signature of a holdings statement, or its revocation.

use std::path::{Path, PathBuf};

use assay_circuits::PositionCommitment;
use assay_verifier::{
    Address, Anchor, AnchorRule, AttesterSignature, B256, Beneficiary, HoldingsStatement, Policy, Revocation,
    Signature, SignatureError, format_time, parse_address,
};
use serde_json::Value;

use crate::cli::args::{HoldingsArgs, SignArgs};
use crate::cli::error::{Failure, Kind, Outcome, usage};
use crate::cli::output::Report;
use crate::cli::session::Session;
use crate::cli::text::shown;
use crate::cli::{assertion, error, time};
use crate::files::keystore::Signer;
use crate::files::kind::FileKind;
use crate::files::{self, Existing};
use crate::files::{inputs, witness};

/// What a signer did otherwise whose signature is that of an address nobody knows.
const SIGN_TYPED_DATA: &str = "a signature of anything else is that of an address which nobody holds: sign what \
    --typed-data prints, with the same options and as it is: with eth_signTypedData_v4, not personal_sign, and without a \
    chainId in the domain";

/// Recomputes the commitment from position and opening, shows what is to be signed, and signs it: nobody signs blind.
///
/// # Errors
/// Exit 10 where position, opening and the anchor to add to do not belong together, 15 where the signature is not that of
/// an attester, 17 where that anchor says something else than the options; 2, 3 and 4 for what is wrong with options
/// and files.
pub(crate) fn run(session: &Session, args: &SignArgs) -> Outcome {
    if let Some(statement) = &args.revoke {
        return revoke(session, args, statement);
    }
    let policy = inputs::policy(&args.policy.policy)?;
    let started = args.add_to.as_deref().map(inputs::anchor).transpose()?;
    let output = args.output.as_deref().or(args.add_to.as_deref()).unwrap_or(Path::new("anchor.json"));
    let existing = if args.add_to.as_deref() == Some(output) { Existing::SameKind } else { Existing::Keep };
    if !args.signer.typed_data {
        files::check_target(output, FileKind::Anchor, existing)
            .map_err(|failure| failure.hint("to add a signature to an anchor: --add-to; another output: -o"))?;
    }
    let (_, file) = witness::load(&session.ui, &args.position.input, &args.opening, &policy)?;
    let commitment = file.commitment;
    let holdings = match (&started, args.add_to.as_deref()) {
        (Some(anchor), Some(path)) => {
            let holdings = anchor.statement().clone();
            agrees(&holdings, commitment, &policy, args, session.now).map_err(|failure| failure.in_file(path))?;
            holdings
        }
        _ => {
            check_fixed(args)?;
            wanted(commitment, &policy, &args.holdings, session.now)?
        }
    };
    check_times(&holdings, session.now)?;

    let mut report = Report::new();
    assertion::holdings(&mut report, &holdings, session.now);
    let hash = holdings.struct_hash();
    if args.signer.typed_data {
        return Ok(typed_data(session, holdings.typed_data()));
    }
    session
        .ui
        .note(0, format_args!("the holdings statement to be signed:\n{}", anstream::adapter::strip_str(&report.text)));
    let (attester, signature) = signed(session, args, holdings.signing_hash())?;
    if let AnchorRule::Attesters { attesters, .. } = &policy.rules().anchor
        && !attesters.contains(&attester)
    {
        listed(session, args, attester)?;
    }
    let signature = AttesterSignature { attester, signature: signature.to_bytes().to_vec() };
    let anchor = match started {
        Some(anchor) => anchor.and(signature),
        None => Anchor::new(holdings, vec![signature]),
    }?;
    files::write(output, anchor.to_json().as_bytes(), FileKind::Anchor, existing)?;

    let mut done = Report::new();
    let count = anchor.signatures().len();
    let signatures = if count == 1 { "one signature".to_owned() } else { format!("{count} signatures") };
    done.verdict(true, format_args!("anchor with {signatures} written to {}", shown(output)));
    done.row("signed by", attester).row("statement", hash);
    done.text.push_str(&report.text);
    done.json = report.json;
    let attesters: Vec<_> = anchor.signatures().iter().map(|signature| signature.attester.to_string()).collect();
    done.set("statement_hash", hash.to_string()).set("attester", attester.to_string()).set("attesters", attesters);
    done.set("anchor", shown(output));
    Ok(done)
}

fn revoke(session: &Session, args: &SignArgs, statement: &str) -> Outcome {
    let what = "not the struct hash of a holdings statement: 0x and 64 hex digits, as assay inspect shows it";
    let statement: B256 =
        statement.strip_prefix("0x").and_then(|digits| digits.parse().ok()).ok_or_else(|| usage("--revoke", what))?;
    if args.signer.typed_data {
        return Ok(typed_data(session, Revocation::typed_data(statement)));
    }
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from("revocation.json"));
    files::check_target(&output, FileKind::Revocation, Existing::Keep)?;
    if args.attester.is_none() && args.signer.signature.is_some() {
        return Err(usage(
            "--attester",
            "whose signature it must be is needed: a signature of something else is somebody's too",
        ));
    }
    let (attester, signature) = signed(session, args, Revocation::signing_hash(statement))?;
    let revocation = Revocation::new(statement, signature).map_err(|error| Failure::new(Kind::Internal, error))?;
    files::write(&output, revocation.to_json().as_bytes(), FileKind::Revocation, Existing::Keep)?;
    let mut report = Report::new();
    report.verdict(true, format_args!("revocation written to {}", shown(&output)));
    report.row("signed by", attester).row("statement", statement);
    report.line("  it counts where it is shown: give it to everybody who relies on the statement");
    report.set("statement_hash", statement.to_string()).set("attester", attester.to_string());
    report.set("revocation", shown(&output));
    Ok(report)
}

/// Typed data, alone on stdout.
fn typed_data(session: &Session, json: Value) -> Report {
    session.ui.note(0, "for signTypedData of ethers, remove EIP712Domain from types; wallets' RPC needs it");
    let mut report = Report::new();
    report.line(format_args!("{json:#}"));
    report.set("typed_data", json);
    report
}

/// The signature of `digest` by the keystore or from the command line, and whose it is.
fn signed(session: &Session, args: &SignArgs, digest: B256) -> Result<(Address, Signature), Failure> {
    let wanted = args
        .attester
        .as_deref()
        .map(|text| parse_address(text).map_err(|error| usage("--attester", error)))
        .transpose()?;
    let signature = match (&args.signer.keystore, &args.signer.signature) {
        (Some(keystore), _) => {
            let signer = Signer::unlock(&session.ui, keystore, args.password_file.as_deref())?;
            check_attester(wanted, signer.address())?;
            signer.sign(digest)?
        }
        (None, text) => from_wallet(text.as_deref().unwrap_or_default())?,
    };
    let attester = signature.recover(digest).map_err(|error| usage("--signature", error))?;
    check_attester(wanted, attester)?;
    Ok((attester, signature))
}

/// Reads a signature as wallets write it, where that has one meaning: hex digits of either case, with or without `0x`; 65
/// bytes whose last one is 0 or 1 for 27 or 28, or the 64 bytes of EIP-2098, whose top bit of `s` is the parity.
fn from_wallet(text: &str) -> Result<Signature, Failure> {
    let wrong = |what: &dyn std::fmt::Display| usage("--signature", what);
    let text = text.trim();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let mut bytes = hex::decode(digits).map_err(|_| wrong(&"a signature is 0x and 130 hex digits"))?;
    if let (64, Some(top)) = (bytes.len(), bytes.get_mut(32)) {
        let odd = *top >> 7;
        *top &= 0x7f;
        bytes.push(27 + odd);
    } else if let (65, Some(v @ 0..=1)) = (bytes.len(), bytes.last_mut()) {
        *v += 27;
    }
    Signature::from_bytes(&bytes).map_err(|error| match error {
        SignatureError::Length { found } if found > 65 => {
            wrong(&error).hint("a contract wallet signs otherwise: an attester is the address of a key")
        }
        error => wrong(&error),
    })
}

fn check_attester(wanted: Option<Address>, found: Address) -> Result<(), Failure> {
    match wanted {
        Some(wanted) if wanted != found => {
            Err(Failure::new(Kind::Anchor, format!("the signature is that of {found}, expected {wanted}"))
                .hint(SIGN_TYPED_DATA))
        }
        _ => Ok(()),
    }
}

/// What to do about a signer whom the policy does not list: nobody mistakes a keystore, but a signature of something else
/// looks like a stranger's.
fn listed(session: &Session, args: &SignArgs, attester: Address) -> Result<(), Failure> {
    if args.signer.signature.is_some() && args.attester.is_none() {
        let what = format!("the signature is that of {attester}, whom the policy does not list");
        let hint = format!("{SIGN_TYPED_DATA}; name the address of your own key with --attester");
        return Err(Failure::new(Kind::Anchor, what).hint(hint));
    }
    session.ui.warn(format_args!("the policy does not list {attester}: it refuses anchors with this signature"));
    Ok(())
}

/// The statement that the options describe.
fn wanted(
    commitment: PositionCommitment,
    policy: &Policy,
    args: &HoldingsArgs,
    now: u64,
) -> Result<HoldingsStatement, Failure> {
    let missing = |option: &str| usage(option, "needed for a new statement");
    let subject = args.subject.as_deref().ok_or_else(|| missing("--subject"))?;
    let beneficiary = args.beneficiary.as_deref().ok_or_else(|| missing("--beneficiary"))?;
    Ok(HoldingsStatement {
        commitment,
        market: policy.market().id(),
        subject: error::subject(subject)?,
        beneficiary: beneficiary.parse().map_err(|error| usage("--beneficiary", error))?,
        as_of: as_of(args)?.unwrap_or(now),
        sequence: args.sequence.ok_or_else(|| missing("--sequence"))?,
        expiry: expiry(args, now)?.ok_or_else(|| missing("--expiry"))?,
    })
}

/// Typed data and the signature of it come from two runs, which must describe one statement.
fn check_fixed(args: &SignArgs) -> Result<(), Failure> {
    if args.signer.keystore.is_some() {
        return Ok(());
    }
    if args.holdings.as_of.is_none() {
        return Err(usage("--as-of", "needed with --typed-data and --signature, which must describe one statement"));
    }
    if args.holdings.expiry.as_ref().is_some_and(|expiry| expiry.starts_with('+')) {
        let what = "a time and no span is needed with --typed-data and --signature, which must describe one statement";
        return Err(usage("--expiry", what));
    }
    Ok(())
}

fn as_of(args: &HoldingsArgs) -> Result<Option<u64>, Failure> {
    let Some(text) = &args.as_of else { return Ok(None) };
    let time = time::parse(text).ok_or_else(|| usage("--as-of", "not a time such as 2030-01-31T12:00:00Z"))?;
    Ok(Some(time))
}

fn expiry(args: &HoldingsArgs, now: u64) -> Result<Option<u64>, Failure> {
    let Some(text) = &args.expiry else { return Ok(None) };
    let what = "neither a time such as 2030-01-31T12:00:00Z nor a span such as +30d";
    time::parse_relative(text, now).map(Some).ok_or_else(|| usage("--expiry", what))
}

/// The statement of an anchor is about this position, and says nothing else than the options do.
fn agrees(
    holdings: &HoldingsStatement,
    commitment: PositionCommitment,
    policy: &Policy,
    args: &SignArgs,
    now: u64,
) -> Result<(), Failure> {
    if holdings.commitment != commitment {
        let what = "the anchor is about another commitment than that of position and opening";
        return Err(Failure::new(Kind::StatementFalse, what));
    }
    let options = &args.holdings;
    let subject = options.subject.as_deref().map(error::subject).transpose()?;
    let beneficiary = options
        .beneficiary
        .as_deref()
        .map(str::parse::<Beneficiary>)
        .transpose()
        .map_err(|error| usage("--beneficiary", error))?;
    for (same, what) in [
        (holdings.market == policy.market().id(), "market"),
        (subject.is_none_or(|subject| subject == holdings.subject), "subject"),
        (beneficiary.is_none_or(|beneficiary| beneficiary == holdings.beneficiary), "beneficiary"),
        (as_of(options)?.is_none_or(|as_of| as_of == holdings.as_of), "as-of"),
        (options.sequence.is_none_or(|sequence| sequence == holdings.sequence), "sequence"),
        (expiry(options, now)?.is_none_or(|expiry| expiry == holdings.expiry), "expiry"),
    ] {
        if !same {
            return Err(Failure::new(Kind::Unexpected, format!("the anchor has another {what} than expected")));
        }
    }
    Ok(())
}

/// Nobody vouches for what is still to come, or for a time that has passed.
fn check_times(holdings: &HoldingsStatement, now: u64) -> Result<(), Failure> {
    if holdings.as_of > now {
        let what =
            format!("the statement would be as of {}, now it is {}", format_time(holdings.as_of), format_time(now));
        return Err(Failure::new(Kind::Stale, what));
    }
    if holdings.expiry < now {
        let what = format!(
            "the statement would have expired at {}, now it is {}",
            format_time(holdings.expiry),
            format_time(now)
        );
        return Err(Failure::new(Kind::Stale, what));
    }
    Ok(())
}
