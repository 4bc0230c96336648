//! Addresses that a provider is sent back to. Some providers do not sign them, so each carries a MAC of our own.

use data_encoding::HEXLOWER;

use crate::model::ids::{ChallengeId, LegId};
use crate::model::peer::Peer;
use crate::verify::keys::Keys;

/// Where all of them begin; machines without an origin are let in below it (`http::guard`).
pub const ROOT: &str = "/hooks/voice";

/// A call as addresses and the store name it: a keyed hash of its peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token(pub [u8; 16]);

/// What a MAC is made for; no two of these can be exchanged for one another.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    Turn {
        token: Token,
        turn: u32,
    },
    /// The words for whoever takes a transferred call.
    Note {
        token: Token,
        turn: u32,
    },
    /// What became of a call that was put through.
    Through {
        token: Token,
        turn: u32,
    },
    /// An outbound call, before its own id is known.
    Leg {
        leg: &'a LegId,
    },
    /// What became of the text that carries this code.
    Text {
        challenge: &'a ChallengeId,
    },
}

impl Token {
    pub fn of(keys: &Keys, peer: &Peer) -> Self {
        let parts = [b"call".as_slice(), peer.tenant.0.as_bytes(), peer.bot.as_bytes(), peer.user.as_bytes()];
        let mut token = [0; 16];
        token.copy_from_slice(&keys.pseudonym.tag(&parts)[..16]);
        Self(token)
    }

    pub fn parse(text: &str) -> Option<Self> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl Place<'_> {
    /// Path and MAC, below an origin without a slash at its end.
    pub fn address(self, keys: &Keys, origin: &str, binding: &str) -> String {
        let mac = HEXLOWER.encode(&self.tag(keys, binding)[..16]);
        let base = format!("{origin}{ROOT}/{binding}");
        match self {
            Place::Turn { token, turn } => format!("{base}/{token}/{turn}/{mac}"),
            Place::Note { token, turn } => format!("{base}/{token}/{turn}/{mac}/note"),
            Place::Through { token, turn } => format!("{base}/{token}/{turn}/{mac}/through"),
            Place::Leg { leg } => format!("{base}/leg/{leg}/{mac}"),
            Place::Text { challenge } => format!("{base}/text/{challenge}/{mac}"),
        }
    }

    /// Whether a presented MAC is ours; compared in constant time.
    pub fn holds(self, keys: &Keys, binding: &str, mac: &str) -> bool {
        use subtle::ConstantTimeEq;
        let ours = HEXLOWER.encode(&self.tag(keys, binding)[..16]);
        ours.as_bytes().ct_eq(mac.as_bytes()).into()
    }

    fn tag(self, keys: &Keys, binding: &str) -> [u8; 32] {
        let binding = binding.as_bytes();
        match self {
            Place::Turn { token, turn } => keys.link.tag(&[b"call-turn", binding, &token.0, &turn.to_be_bytes()]),
            Place::Note { token, turn } => keys.link.tag(&[b"call-note", binding, &token.0, &turn.to_be_bytes()]),
            Place::Through { token, turn } => keys.link.tag(&[b"call-through", binding, &token.0, &turn.to_be_bytes()]),
            Place::Leg { leg } => keys.link.tag(&[b"call-leg", binding, &leg.0]),
            Place::Text { challenge } => keys.link.tag(&[b"text-told", binding, &challenge.0]),
        }
    }
}
