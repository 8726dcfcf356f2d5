//! `assay evm` against nodes that answer wrongly, refuse, or are not there; and calldata, which needs none. A real node is
//! that of `verifier/contracts/anvil.sh`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::common::{Place, Run, SUBJECT, finish};

const REGISTRY: &str = "0x6B175474E89094C44Da98b954EedeAC495271d0F";
/// Names the registry.
const AUDIENCE: &str = "eip155:31337:0x6B175474E89094C44Da98b954EedeAC495271d0F";
/// A part of a node's address that nobody else may see.
const SECRET: &str = "e5c0ffee5ec4e7";
/// An error of the registry.
const POLICY_UNKNOWN: &str = "PolicyUnknown(bytes32)";

/// A node that answers every request with what `answer` says of its method and parameters: a status and a body without
/// its id. It lives as long as the test.
fn node(answer: impl Fn(&str, &Value) -> (u16, Value) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            serve(stream, &answer);
        }
    });
    format!("http://{address}/{SECRET}")
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&str, &Value) -> (u16, Value)) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let request: Value = serde_json::from_slice(&body).expect("JSON");
    let (status, mut body) = answer(request["method"].as_str().expect("a method"), &request["params"]);
    if body.is_object() {
        (body["jsonrpc"], body["id"]) = ("2.0".into(), request["id"].clone());
    }
    let body = body.to_string();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n");
    let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
}

fn chain(method: &str) -> Option<Value> {
    (method == "eth_chainId").then(|| json!({ "result": "0x7a69" }))
}

/// `assay evm status` at a node.
fn status(place: &Place, url: &str) -> Run {
    place.run(["evm", "status", "--subject", SUBJECT, "--registry", REGISTRY, "--rpc-url", url])
}

fn selector(signature: &str) -> String {
    use assay_verifier::formats::hex;
    hex(&alloy::primitives::keccak256(signature)[..4])
}

/// An attestation for the registry.
fn attested(more: &[&str]) -> Place {
    let place = Place::committed();
    let parties = ["prove", "--dev", "--subject", SUBJECT, "--audience", AUDIENCE];
    place.run(parties.iter().chain(more)).succeeds();
    place
}

#[test]
fn calldata_is_for_the_registry_of_the_audience_and_the_verifier() {
    let place = attested(&[]);
    let proof = serde_json::from_str::<Value>(&place.read("attestation.json")).expect("JSON")["proof"].clone();
    let proof = &proof.as_str().expect("hexadecimal")[2..];
    let claim = "(bytes32,bytes32,uint64,uint128[],uint128[],uint8,uint128,address)";
    for (call, signature) in [
        ("attest", format!("attest({claim},bytes)")),
        ("preview", format!("preview(address,{claim},bytes)")),
        ("verify", "verify(bytes,uint256[])".to_owned()),
    ] {
        let run = place.run(["evm", "calldata", "attestation.json", "--call", call, "--json"]).succeeds().json();
        let data = run["data"].as_str().expect("calldata");
        assert!(data.starts_with(&selector(&signature)), "{call}");
        assert!(data.contains(proof), "{call}");
        assert_eq!(run["chain"], "eip155:31337");
        assert_eq!(run["to"], if call == "verify" { Value::Null } else { REGISTRY.into() });
        assert_eq!(run["from"].is_string(), call == "attest");
        let text = place.run(["evm", "calldata", "attestation.json", "--call", call]).succeeds().out();
        assert_eq!(text.trim_end(), data, "without --json it is the calldata alone");
    }
    place.run(["evm", "calldata", "attestation.json", "--call", "publish-anchor"]).fails(2, "--anchor");
}

#[test]
fn what_does_not_belong_together_is_refused_before_a_node_is_asked() {
    let place = attested(&["--credit", "USDC:1"]);
    let calldata = |more: &[&str]| place.run(["evm", "calldata", "attestation.json"].iter().chain(more));
    calldata(&[]).fails(2, "--lender");
    calldata(&["--lender", "0x12"]).fails(2, "--lender");
    calldata(&["--lender", REGISTRY]).succeeds();
    place.edit("policy.toml", "minimum_ratio_bps = 10500", "minimum_ratio_bps = 10501");
    calldata(&["--lender", REGISTRY]).fails(17, "is under policy");
    let place = Place::proven();
    place.run(["evm", "calldata", "attestation.json"]).fails(17, "no registry");
    place.run(["evm", "submit", "attestation.json"]).fails(2, "--keystore");
}

#[test]
fn without_a_usable_address_of_a_node_nothing_is_asked() {
    let place = Place::new();
    let mut command = place.command(["evm", "status", "--subject", SUBJECT]);
    command.env_remove("ETH_RPC_URL");
    finish(command).fails(2, "ETH_RPC_URL");
    status(&place, "node.example").fails(2, "--rpc-url");
    status(&place, "ftp://node.example").fails(2, "--rpc-url");
}

#[test]
fn a_node_that_does_not_answer_is_exit_4_and_its_secret_is_not_shown() {
    let place = Place::new();
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    for url in [format!("http://{port}/{SECRET}"), node(|_, _| (401, json!({ "error": SECRET })))] {
        let run = status(&place, &url);
        run.fails(4, "127.0.0.1 does not answer");
        assert!(!run.all().contains(SECRET), "{}", run.all());
    }
}

#[test]
fn what_a_contract_refuses_is_exit_16_with_its_reason_and_advice() {
    let place = Place::new();
    let data = format!("{}{}", selector(POLICY_UNKNOWN), "ab".repeat(32));
    let url = node(move |method, _| {
        let refusal = json!({ "error": { "code": 3, "message": "execution reverted", "data": data } });
        (200, chain(method).unwrap_or(refusal))
    });
    let run = status(&place, &url);
    run.fails(16, "PolicyUnknown(policyId: 0xabab");
    assert!(run.err().contains("publish the policy"), "{}", run.err());
    let json = place.run(["evm", "status", "--subject", SUBJECT, "--registry", REGISTRY, "--rpc-url", &url, "--json"]);
    assert_eq!(json.json()["revert"], "PolicyUnknown");
    assert_eq!(json.json()["code"], "chain");
}

#[test]
fn a_node_on_which_the_contract_is_not_is_exit_16() {
    let place = Place::new();
    let url = node(|method, _| (200, chain(method).unwrap_or(json!({ "result": "0x" }))));
    status(&place, &url).fails(16, "does not answer as the contract");
    let url = node(|_, _| (200, json!("surprise")));
    assert_eq!(status(&place, &url).code, Some(16));
    let url = node(|method, _| (200, chain(method).unwrap_or(Value::Null)));
    place.run(["evm", "status", "--subject", SUBJECT, "--rpc-url", &url]).fails(2, "--registry");
}

#[test]
fn an_attestation_for_another_chain_is_not_submitted() {
    let place = attested(&[]);
    let url = node(|_, _| (200, json!({ "result": "0x1" })));
    place.run(["evm", "submit", "attestation.json", "--dry-run", "--rpc-url", &url]).fails(17, "is on chain 1");
}

#[test]
fn addresses_of_another_chain_are_not_used() {
    let place = Place::new();
    std::fs::create_dir(place.path("deployments")).expect("a directory");
    let file = json!({ "format": "assay/deployments/v1", "chain": "eip155:1", "registry": REGISTRY, "verifiers": [], "price_boards": [] });
    place.write("deployments/31337.json", file.to_string());
    let url = node(|method, _| (200, chain(method).unwrap_or(Value::Null)));
    let run = place.run(["evm", "status", "--subject", SUBJECT, "--rpc-url", &url]);
    run.fails(17, "eip155:1, the node is on eip155:31337");
    let shown = place.run(["inspect", "deployments/31337.json", "--json"]).succeeds().json();
    assert_eq!((&shown["kind"], &shown["registry"]), (&json!("deployments"), &json!(REGISTRY)));
}
