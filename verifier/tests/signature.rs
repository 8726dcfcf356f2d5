//! Signatures: one spelling each, and whose they are.

use alloy_primitives::U256;
use assay_verifier::{Address, B256, Signature, SignatureError};
use k256::ecdsa::SigningKey;

const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

/// The key of EIP-712's example, keccak256("cow").
fn cow() -> SigningKey {
    SigningKey::from_slice(alloy_primitives::keccak256("cow").as_slice()).unwrap()
}

/// The digest and the signature of EIP-712's example (Example.js of the EIP, mail from Cow to Bob).
fn mail() -> (B256, Vec<u8>) {
    let digest = "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2".parse().unwrap();
    let r = "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d";
    let s = "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b91562";
    (digest, hex::decode(format!("{r}{s}1c")).unwrap())
}

fn order() -> U256 {
    U256::from_str_radix(ORDER, 16).unwrap()
}

fn with(bytes: &[u8], word: usize, value: U256) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[32 * word..32 * (word + 1)].copy_from_slice(&value.to_be_bytes::<32>());
    bytes
}

#[test]
fn the_signer_of_the_example_of_eip_712_is_recovered() {
    let (digest, bytes) = mail();
    let cow: Address = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826".parse().unwrap();
    let signature = Signature::from_bytes(&bytes).unwrap();
    assert_eq!(signature.recover(digest), Ok(cow));
    assert_ne!(signature.recover(B256::repeat_byte(1)), Ok(cow));
}

#[test]
fn a_signature_survives_its_bytes_and_its_text() {
    let (_, bytes) = mail();
    let signature = Signature::from_bytes(&bytes).unwrap();
    assert_eq!(signature.to_bytes().as_slice(), bytes);
    assert_eq!(signature.to_string(), format!("0x{}", hex::encode(&bytes)));
    assert_eq!(signature.to_string().parse(), Ok(signature));
    assert!(signature.to_string().to_uppercase().parse::<Signature>().is_err());
    assert!("0x1b".parse::<Signature>().unwrap_err().to_string().contains("65 bytes"));
}

#[test]
fn every_length_but_65_is_refused() {
    let (_, bytes) = mail();
    let long = [bytes.as_slice(), &[27; 40]].concat();
    for length in (0..=105).filter(|length| *length != 65) {
        let error = Signature::from_bytes(&long[..length]).unwrap_err();
        assert_eq!(error, SignatureError::Length { found: length });
    }
}

#[test]
fn the_last_byte_is_27_or_28_and_nothing_else() {
    let (_, mut bytes) = mail();
    for v in 0..=255 {
        bytes[64] = v;
        let read = Signature::from_bytes(&bytes);
        match v {
            27 | 28 => assert_eq!(read.unwrap().to_bytes().as_slice(), bytes),
            _ => assert_eq!(read, Err(SignatureError::NonCanonical { v })),
        }
    }
}

#[test]
fn scalars_of_zero_or_not_below_the_order_are_refused() {
    let (_, bytes) = mail();
    for value in [U256::ZERO, order(), order() + U256::ONE, U256::MAX] {
        let read = |word| Signature::from_bytes(&with(&bytes, word, value));
        assert_eq!(read(0), Err(SignatureError::OutOfRange { what: "r" }));
        assert_eq!(read(1), Err(SignatureError::OutOfRange { what: "s" }));
    }
    assert!(Signature::from_bytes(&with(&bytes, 0, order() - U256::ONE)).is_ok());
}

#[test]
fn the_twin_with_a_high_s_is_refused_though_it_is_the_same_signers() {
    let (digest, bytes) = mail();
    let s = U256::from_be_slice(&bytes[32..64]);
    let mut twin = with(&bytes, 1, order() - s);
    twin[64] = 27;
    let lenient = alloy_primitives::Signature::from_raw(&twin).unwrap().normalized_s();
    let signer = Signature::from_bytes(&bytes).unwrap().recover(digest).unwrap();
    assert_eq!(lenient.recover_address_from_prehash(&digest).unwrap(), signer);
    assert_eq!(Signature::from_bytes(&twin), Err(SignatureError::Malleable));

    let half = order() >> 1;
    assert!(Signature::from_bytes(&with(&bytes, 1, half)).is_ok());
    assert_eq!(Signature::from_bytes(&with(&bytes, 1, half + U256::ONE)), Err(SignatureError::Malleable));
}

#[test]
fn a_signature_that_no_key_makes_is_nobodys() {
    let (digest, bytes) = mail();
    // 5 is no x-coordinate of the curve: 5³ + 7 is no square.
    let signature = Signature::from_bytes(&with(&bytes, 0, U256::from(5))).unwrap();
    assert_eq!(signature.recover(digest), Err(SignatureError::Nobody));
}

#[test]
fn what_k256_signs_is_recovered_to_its_signer() {
    let key = cow();
    let signer = Address::from_private_key(&key);
    for seed in 0..64u8 {
        let digest = alloy_primitives::keccak256([seed]);
        let (signature, id) = key.sign_prehash_recoverable(digest.as_slice()).unwrap();
        let bytes = [signature.to_bytes().as_slice(), &[27 + id.to_byte()]].concat();
        assert_eq!(Signature::from_bytes(&bytes).unwrap().recover(digest), Ok(signer));
    }
}
