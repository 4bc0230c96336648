//! The platform's keys, made once for a build folder, and tokens signed with them.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding};
use ringback::model::time::Timestamp;
use serde_json::{Value, json};

use super::mock::{APP, ISSUER};

/// Two of the platform's, and one that is nobody's.
static KEYS: LazyLock<[KeyPair; 3]> = LazyLock::new(|| ["first", "second", "stranger"].map(made));

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    First,
    Second,
    Stranger,
}

impl Which {
    pub fn kid(self) -> &'static str {
        match self {
            Which::First => "first-key",
            Which::Second => "second-key",
            Which::Stranger => "strange-key",
        }
    }

    fn pair(self) -> &'static KeyPair {
        &KEYS[self as usize]
    }

    /// Modulus and exponent.
    pub fn public(self) -> PublicKeyComponents<Vec<u8>> {
        PublicKeyComponents::from(self.pair().public())
    }

    /// As the list of keys has it.
    pub fn listed(self, endorsements: &[&str]) -> Value {
        let public = self.public();
        let (n, e) = (BASE64URL_NOPAD.encode(&public.n), BASE64URL_NOPAD.encode(&public.e));
        json!({ "kty": "RSA", "use": "sig", "kid": self.kid(), "x5t": self.kid(), "n": n, "e": e,
                "endorsements": endorsements })
    }
}

/// Made by OpenSSL, which is as good as the platform's; kept, because it takes a moment.
fn made(name: &str) -> KeyPair {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("teams-{name}.der"));
    if let Some(pair) = std::fs::read(&path).ok().and_then(|der| pair(&der)) {
        return pair;
    }
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-outform", "DER"])
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // Tests that run at the same time make one each; whoever is last wins, and all of them are whole.
    let beside = path.with_extension(format!("{}", std::process::id()));
    std::fs::write(&beside, &made.stdout).unwrap();
    std::fs::rename(&beside, &path).unwrap();
    pair(&std::fs::read(&path).unwrap()).expect("a key as OpenSSL writes it")
}

/// Versions of OpenSSL differ in which of the two forms they write.
fn pair(der: &[u8]) -> Option<KeyPair> {
    KeyPair::from_pkcs8(der).or_else(|_| KeyPair::from_der(der)).ok()
}

/// A token under construction; as it stands it is genuine.
#[derive(Clone)]
pub struct Token {
    pub head: Value,
    pub claims: Value,
    pub key: Which,
    pub how: &'static dyn RsaEncoding,
}

impl Token {
    pub fn new(key: Which, service: &str, now: Timestamp) -> Self {
        let now = now.unix_seconds();
        Self {
            head: json!({ "typ": "JWT", "alg": "RS256", "kid": key.kid(), "x5t": key.kid() }),
            claims: json!({
                "serviceurl": service, "nbf": now - 60, "exp": now + 3_540, "iss": ISSUER, "aud": APP,
            }),
            key,
            how: &RSA_PKCS1_SHA256,
        }
    }

    /// The same as RS512 or PS256.
    pub fn in_rs512(mut self) -> Self {
        self.head["alg"] = json!("RS512");
        self.how = &RSA_PKCS1_SHA512;
        self
    }

    pub fn in_ps256(mut self) -> Self {
        self.head["alg"] = json!("PS256");
        self.how = &RSA_PSS_SHA256;
        self
    }

    /// Without one claim.
    pub fn without(mut self, claim: &str) -> Self {
        self.claims.as_object_mut().unwrap().remove(claim);
        self
    }

    pub fn with(mut self, claim: &str, value: Value) -> Self {
        self.claims[claim] = value;
        self
    }

    pub fn head(mut self, part: &str, value: Value) -> Self {
        self.head[part] = value;
        self
    }

    /// What is signed.
    pub fn message(&self) -> String {
        let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        format!("{}.{}", encode(&self.head), encode(&self.claims))
    }

    pub fn signed(&self) -> String {
        sign(&self.message(), self.key, self.how)
    }

    /// The value of the header.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.signed())
    }
}

/// A message with its signature behind it.
pub fn sign(message: &str, key: Which, how: &'static dyn RsaEncoding) -> String {
    let pair = key.pair();
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(how, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
}
