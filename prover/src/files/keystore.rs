//! Encrypted keystores: Web3 secret storage, version 3, as Foundry and geth write them.

use std::io::Write as _;
use std::path::Path;

#[cfg(feature = "chain")]
use alloy::signers::local::PrivateKeySigner;
use assay_verifier::{Address, B256, Signature};
use eth_keystore::{EthKeystore, KdfType, KdfparamsType, KeystoreError};
use k256::ecdsa::SigningKey;
use zeroize::Zeroizing;

use crate::cli::error::{Failure, Kind};
use crate::cli::output::Ui;
use crate::cli::text::shown;
use crate::files;

/// Most memory that a password's derivation may take, in bytes. Common keystores take 256 MiB at most.
const MEMORY_LIMIT: u128 = 1 << 29;
/// Most passes over that memory.
const PASSES_LIMIT: u32 = 16;
/// Most rounds of PBKDF2. Common keystores have 262,144.
const ROUNDS_LIMIT: u32 = 10_000_000;

/// A key that signs; it is wiped when it is dropped and never shown.
pub(crate) struct Signer(SigningKey);

impl Signer {
    /// Decrypts a keystore with the password in a file, or with one that is asked for on the terminal.
    ///
    /// # Errors
    /// Exit 2 where there is no terminal to ask on, 3 where the file is no keystore or the password is wrong, 4 where a
    /// file cannot be read.
    pub(crate) fn unlock(ui: &Ui, keystore: &Path, password_file: Option<&Path>) -> Result<Self, Failure> {
        let text = files::read_private(ui, keystore)?;
        check(&text).map_err(|what| Failure::malformed(what).in_file(keystore))?;
        let password = match password_file {
            Some(path) => first_line(&files::read_private(ui, path)?),
            None => ask(keystore)?,
        };
        let key = decrypt(&text, password.as_bytes()).map_err(|failure| failure.in_file(keystore))?;
        SigningKey::from_slice(&key)
            .map(Self)
            .map_err(|_| Failure::malformed("what it holds is no key of secp256k1").in_file(keystore))
    }

    /// Whose signatures it makes.
    pub(crate) fn address(&self) -> Address {
        Address::from_public_key(self.0.verifying_key())
    }

    /// Makes it a wallet that signs transactions.
    #[cfg(feature = "chain")]
    pub(crate) fn into_wallet(self) -> PrivateKeySigner {
        PrivateKeySigner::from_signing_key(self.0)
    }

    /// Signs a digest.
    ///
    /// # Errors
    /// Exit 1.
    pub(crate) fn sign(&self, digest: B256) -> Result<Signature, Failure> {
        let defect = |error: &dyn std::fmt::Display| Failure::new(Kind::Internal, format!("cannot sign: {error}"));
        let (signature, id) = self.0.sign_prehash_recoverable(digest.as_slice()).map_err(|error| defect(&error))?;
        let bytes = [signature.to_bytes().as_slice(), &[27 + id.to_byte()]].concat();
        Signature::from_bytes(&bytes).map_err(|error| defect(&error))
    }
}

/// Refuses what the library would not survive: other versions and ciphers, wrong lengths, a derivation without end.
fn check(text: &str) -> Result<(), &'static str> {
    let EthKeystore { crypto, version, .. } =
        serde_json::from_str(text).map_err(|_| "not a keystore: Web3 secret storage, version 3, is needed")?;
    if version != 3 {
        return Err("a keystore of another version than 3");
    }
    if crypto.cipher != "aes-128-ctr" || crypto.cipherparams.iv.len() != 16 || crypto.ciphertext.len() != 32 {
        return Err("a keystore with another cipher than aes-128-ctr, or of another length");
    }
    let (bounded, length) = match (&crypto.kdf, &crypto.kdfparams) {
        (KdfType::Scrypt, KdfparamsType::Scrypt { dklen, n, p, r, .. }) => {
            // RFC 7914: n blocks for the mixing, p blocks to be mixed, each of 128·r bytes.
            let memory = (u128::from(*n) + u128::from(*p)) * u128::from(*r) * 128;
            let bounded =
                n.is_power_of_two() && *n >= 2 && *r >= 1 && memory <= MEMORY_LIMIT && (1..=PASSES_LIMIT).contains(p);
            (bounded, *dklen)
        }
        (KdfType::Pbkdf2, KdfparamsType::Pbkdf2 { c, dklen, prf, .. }) => {
            (prf == "hmac-sha256" && (1..=ROUNDS_LIMIT).contains(c), *dklen)
        }
        _ => return Err("a keystore whose kdfparams are not those of its kdf"),
    };
    if bounded && length == 32 { Ok(()) } else { Err("a keystore whose kdfparams are beyond all that is usual") }
}

/// Decrypts the keystore that has been checked. The library reads files alone, and the one that was checked may be another
/// by now: it is given a copy of the text, encrypted as it is, which no interrupt leaves behind.
fn decrypt(text: &str, password: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let io = |error: &std::io::Error| Failure::io("cannot write a temporary file", error);
    let guard = files::block_writes();
    let mut copy = tempfile::NamedTempFile::new().map_err(|error| io(&error))?;
    copy.write_all(text.as_bytes()).map_err(|error| io(&error))?;
    let key = eth_keystore::decrypt_key(copy.path(), password).map(Zeroizing::new);
    drop(copy);
    drop(guard);
    key.map_err(|error| match error {
        KeystoreError::MacMismatch => Failure::malformed("the password is wrong, or the keystore is damaged"),
        _ => Failure::malformed("no keystore that can be decrypted"),
    })
}

/// The password that a file holds: its first line.
fn first_line(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())
}

fn ask(keystore: &Path) -> Result<Zeroizing<String>, Failure> {
    let prompt = format!("Password of {}: ", shown(keystore));
    rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|error| match error.kind() {
        std::io::ErrorKind::Interrupted => Failure::new(Kind::Interrupted, "interrupted; nothing was signed"),
        _ => Failure::new(Kind::Usage, "there is no terminal to ask for the password on")
            .hint("put it on the first line of a file of mode 600 and name it with --password-file"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test vector of the Web3 Secret Storage Definition, wiki.ethereum.org.
    const SCRYPT: &str = r#"{
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "83dbcc02d8ccb40e466191a123791e0e" },
            "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
            "kdf": "scrypt",
            "kdfparams": {
                "dklen": 32, "n": 262144, "r": 1, "p": 8,
                "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"
            },
            "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3
    }"#;

    /// The other test vector there is.
    const PBKDF2: &str = r#"{
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
            "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "kdf": "pbkdf2",
            "kdfparams": {
                "c": 262144, "dklen": 32, "prf": "hmac-sha256",
                "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
            },
            "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3
    }"#;

    #[test]
    fn keystores_of_the_definition_are_in_order() {
        assert_eq!(check(SCRYPT), Ok(()));
        assert_eq!(check(PBKDF2), Ok(()));
    }

    #[test]
    fn what_was_checked_is_what_is_decrypted() {
        let key = decrypt(PBKDF2, b"testpassword").expect("the password of the definition");
        assert_eq!(hex::encode(&*key), "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d");
        assert!(decrypt(PBKDF2, b"another").expect_err("another password").message.contains("the password is wrong"));
        // The definition's example for scrypt has r = 1 and n = 2^18, which RFC 7914 does not allow; nor does the library.
        assert!(decrypt(SCRYPT, b"testpassword").expect_err("n too large for r").message.contains("no keystore"));
    }

    #[test]
    fn what_would_end_the_process_or_never_end_is_refused_before_it_is_tried() {
        for (text, from, to) in [
            (SCRYPT, "\"version\": 3", "\"version\": 1"),
            (SCRYPT, "aes-128-ctr", "aes-128-cbc"),
            (SCRYPT, "83dbcc02d8ccb40e466191a123791e0e", "83dbcc02"),
            (SCRYPT, "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c", "d172"),
            (SCRYPT, "\"dklen\": 32", "\"dklen\": 16"),
            (SCRYPT, "\"n\": 262144", "\"n\": 262143"),
            (SCRYPT, "\"n\": 262144", "\"n\": 1"),
            (SCRYPT, "\"n\": 262144", "\"n\": 0"),
            (SCRYPT, "\"n\": 262144", "\"n\": 2147483648"),
            (SCRYPT, "\"r\": 1", "\"r\": 4294967295"),
            (SCRYPT, "\"r\": 1", "\"r\": 0"),
            (SCRYPT, "\"n\": 262144, \"r\": 1, \"p\": 8", "\"n\": 2, \"r\": 2097152, \"p\": 16"),
            (SCRYPT, "\"n\": 262144, \"r\": 1", "\"n\": 2147483648, \"r\": 67108864"),
            (SCRYPT, "\"p\": 8", "\"p\": 0"),
            (SCRYPT, "\"p\": 8", "\"p\": 17"),
            (SCRYPT, "\"scrypt\"", "\"pbkdf2\""),
            (SCRYPT, "\"crypto\"", "\"kryptos\""),
            (PBKDF2, "\"c\": 262144", "\"c\": 4294967295"),
            (PBKDF2, "\"c\": 262144", "\"c\": 0"),
            (PBKDF2, "hmac-sha256", "hmac-sha512"),
        ] {
            assert_eq!(text.matches(from).count(), 1, "{from}");
            assert!(check(&text.replace(from, to)).is_err(), "{to}");
        }
        assert!(check("").is_err() && check("{}").is_err());
    }

    #[test]
    fn a_password_is_the_first_line_without_its_end() {
        for text in ["pass word", "pass word\n", "pass word\r\n", "pass word\nsecond"] {
            assert_eq!(first_line(text).as_str(), "pass word");
        }
        assert_eq!(first_line("").as_str(), "");
    }
}
