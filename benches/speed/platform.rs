//! Messaging platforms as far as a first word needs them: a section of the configuration, a request that is signed as theirs
//! are, and what they answer.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as RsaKeyPair, PublicKeyComponents};
use ring::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};

use crate::hook::Told;

const APPLICATION: &str = "1100000000000000001";
const APP: &str = "8f14e45f-ceea-467f-a1d6-0c1d2e3f4a5b";
const ORGANISATION: &str = "c4ca4238-a0b9-4382-8dcc-509a6f75849b";
const ISSUER: &str = "https://api.botframework.com";

pub enum Platform {
    Telegram,
    Discord(Box<Ed25519KeyPair>),
    Teams(Box<RsaKeyPair>),
}

impl Platform {
    pub fn all() -> [Self; 3] {
        let discord = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).expect("a key");
        let teams = RsaKeyPair::from_der(include_bytes!("../../src/app/demo/teams.der")).expect("the demo's key");
        [Self::Telegram, Self::Discord(Box::new(discord)), Self::Teams(Box::new(teams))]
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Telegram => "Telegram",
            Self::Discord(_) => "Discord",
            Self::Teams(_) => "Teams",
        }
    }

    /// What the file of the secret holds.
    pub fn secret(&self) -> String {
        match self {
            Self::Telegram => format!("123456789:{}", "b".repeat(35)),
            Self::Discord(_) => "MTEwMDAwMDAwMDAwMDAwMDAwMQ.Gexmpl.a-token_that_is_of_an_example_and_opens".to_owned(),
            Self::Teams(_) => "example~client.secret_of-the-app".to_owned(),
        }
    }

    pub fn section(&self, here: &str) -> String {
        match self {
            Self::Telegram => {
                format!("[telegram.main]\ntenant = \"uni0\"\ntoken_file = \"secrets/platform\"\napi = \"{here}\"\n")
            }
            Self::Discord(key) => format!(
                "[discord.main]\ntenant = \"uni0\"\napplication_id = \"{APPLICATION}\"\npublic_key = \"{}\"\n\
                 token_file = \"secrets/platform\"\napi = \"{here}\"\n",
                HEXLOWER.encode(key.public_key().as_ref())
            ),
            Self::Teams(_) => format!(
                "[teams.main]\ntenant = \"uni0\"\napp_id = \"{APP}\"\norganisation = \"{ORGANISATION}\"\n\
                 secret_file = \"secrets/platform\"\nlogin = \"{here}\"\nopenid = \"{here}/openid\"\n\
                 service_hosts = [\"127.0.0.1\"]\nservice = \"{here}/apac\"\n"
            ),
        }
    }

    /// Path, more lines of the head, and body of the first word of the nth person; none before the platform knows enough.
    pub fn request(&self, n: usize, here: &str, told: &Told) -> Option<(&'static str, String, String)> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let n = n + 1;
        Some(match self {
            Self::Telegram => {
                let user = format!("{{\"id\":{n},\"is_bot\":false,\"first_name\":\"A\",\"language_code\":\"en\"}}");
                let update = format!(
                    "{{\"update_id\":{n},\"message\":{{\"message_id\":1,\"date\":0,\"from\":{user},\
                     \"chat\":{{\"id\":{n},\"type\":\"private\"}},\"text\":\"hello\"}}}}"
                );
                let secret = told.secret.as_ref()?;
                ("/hooks/telegram/main", format!("x-telegram-bot-api-secret-token: {secret}\r\n"), update)
            }
            Self::Discord(key) => {
                let body = format!(
                    "{{\"id\":\"{n}\",\"application_id\":\"{APPLICATION}\",\"type\":2,\"version\":1,\"token\":\"t{n}\",\
                     \"data\":{{\"id\":\"1\",\"name\":\"start\",\"type\":1}},\"context\":1,\"channel_id\":\"77{n}\",\
                     \"user\":{{\"id\":\"{n}\",\"username\":\"a\"}},\"locale\":\"en-US\"}}"
                );
                let signature = key.sign(format!("{now}{body}").as_bytes());
                let head = format!(
                    "x-signature-ed25519: {}\r\nx-signature-timestamp: {now}\r\n",
                    HEXLOWER.encode(signature.as_ref())
                );
                ("/hooks/discord/main", head, body)
            }
            Self::Teams(key) => {
                let body = format!(
                    "{{\"type\":\"message\",\"id\":\"f:{n}\",\"channelId\":\"msteams\",\"serviceUrl\":\"{here}/apac\",\
                     \"from\":{{\"id\":\"29:{n}\",\"aadObjectId\":\"{n:08x}-0000-4000-8000-00000000beef\"}},\
                     \"recipient\":{{\"id\":\"28:{APP}\"}},\"conversation\":{{\"conversationType\":\"personal\",\
                     \"tenantId\":\"{ORGANISATION}\",\"id\":\"a:{n}\"}},\
                     \"channelData\":{{\"tenant\":{{\"id\":\"{ORGANISATION}\"}}}},\"locale\":\"en\",\"text\":\"hello\"}}"
                );
                let token = format!(
                    "{}.{}",
                    BASE64URL_NOPAD.encode(b"{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k\"}"),
                    BASE64URL_NOPAD.encode(
                        format!(
                            "{{\"iss\":\"{ISSUER}\",\"aud\":\"{APP}\",\"nbf\":{},\"exp\":{},\
                             \"serviceurl\":\"{here}/apac\"}}",
                            now - 60,
                            now + 3_540
                        )
                        .as_bytes()
                    )
                );
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature).ok()?;
                let signature = BASE64URL_NOPAD.encode(&signature);
                ("/hooks/teams/main", format!("authorization: Bearer {token}.{signature}\r\n"), body)
            }
        })
    }

    pub fn is_message(&self, text: &str) -> bool {
        match self {
            Self::Telegram => text.contains("/sendMessage "),
            Self::Discord(_) => text.starts_with("PATCH /webhooks/") || text.starts_with("POST /webhooks/"),
            Self::Teams(_) => text.starts_with("POST /apac/v3/conversations/"),
        }
    }

    /// Whether an answer says that the turn was not taken in time.
    pub fn is_refusal(&self, answer: &str) -> bool {
        matches!(self, Self::Discord(_)) && answer.contains("\"type\":4")
    }

    pub fn answer(&self, text: &str, here: &str) -> String {
        let is = |start: &str| text.starts_with(start);
        match self {
            Self::Telegram if text.contains("/getMe ") => {
                let me = "{\"id\":123456789,\"is_bot\":true,\"first_name\":\"R\",\"username\":\"r_bot\"}";
                format!("{{\"ok\":true,\"result\":{me}}}")
            }
            Self::Telegram => "{\"ok\":true,\"result\":true}".to_owned(),
            Self::Teams(_) if is("GET /openid ") => {
                format!("{{\"issuer\":\"{ISSUER}\",\"jwks_uri\":\"{here}/keys\"}}")
            }
            Self::Teams(key) if is("GET /keys ") => {
                let public = PublicKeyComponents::<Vec<u8>>::from(key.public());
                let (n, e) = (BASE64URL_NOPAD.encode(&public.n), BASE64URL_NOPAD.encode(&public.e));
                format!(
                    "{{\"keys\":[{{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"{n}\",\"e\":\"{e}\",\
                     \"endorsements\":[\"msteams\"]}}]}}"
                )
            }
            Self::Teams(_) if text.contains("/oauth2/v2.0/token ") => {
                "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"a\"}".to_owned()
            }
            Self::Discord(_) | Self::Teams(_) => "{\"id\":\"1\"}".to_owned(),
        }
    }
}
