//! Where things lie in the store: one function a namespace.

use std::net::IpAddr;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::model::ids::{
    AccountId, ChallengeId, ConversationId, EffectId, EventId, FlowSetHash, LegId, PageId, RunId, TargetHash, TenantId,
};
use crate::model::peer::{Channel, Peer};
use crate::model::time::Timestamp;
use crate::ports::store::{Key, LETTERS, RowId};
use crate::verify::keys::Keys;

/// A peer in keys and lanes: a keyed hash, so that a stolen file names nobody.
pub type PeerHash = [u8; 32];

const CONVERSATION: &str = "conversation";
pub const DEAD: &str = "dead";
pub const EFFECT: &str = "effect";
pub const INTENT: &str = "intent";
pub const KEPT: &str = "kept";

pub fn peer_hash(keys: &Keys, peer: &Peer) -> PeerHash {
    let parts = [
        b"peer".as_slice(),
        peer.tenant.0.as_bytes(),
        peer.channel.name().as_bytes(),
        peer.bot.as_bytes(),
        peer.user.as_bytes(),
    ];
    keys.pseudonym.tag(&parts)
}

pub fn conversation(id: ConversationId) -> Key {
    key(CONVERSATION, &id.0)
}

/// The id in a key that [`conversation`] made.
pub fn conversation_id(key: &Key) -> Option<ConversationId> {
    let bytes = key.key.as_slice().try_into().ok()?;
    (key.namespace == CONVERSATION).then_some(ConversationId(bytes))
}

/// When the effect that a conversation has open is looked after: a due time without a record, beside that of the
/// conversation, so that a start finds what was under way without reading every conversation.
pub fn open_effect(of: ConversationId) -> Key {
    key(EFFECT, &of.0)
}

/// The conversation in a key that [`open_effect`] made.
pub fn with_open_effect(key: &Key) -> Option<ConversationId> {
    let bytes = key.key.as_slice().try_into().ok()?;
    (key.namespace == EFFECT).then_some(ConversationId(bytes))
}

pub fn peer(hash: &PeerHash) -> Key {
    key("peer", hash)
}

/// An event of one peer: another peer's event of the same name is another event.
pub fn seen(peer: &PeerHash, event: &EventId) -> Key {
    let digest = Sha256::new().chain_update(peer).chain_update(event.0.as_bytes()).finalize();
    key("seen", &digest)
}

/// An event that waits for its turn; keys sort by the moment at which they came.
pub fn kept(at: Timestamp, peer: &PeerHash, event: &EventId) -> Key {
    let Key { key: digest, .. } = seen(peer, event);
    key(KEPT, &[at.0.to_be_bytes().as_slice(), &digest].concat())
}

/// Whether [`kept`] made this key.
pub fn is_kept(key: &Key) -> bool {
    key.namespace == KEPT
}

pub fn page(id: PageId) -> Key {
    key("page", &id.0)
}

pub fn leg(id: LegId) -> Key {
    key("leg", &id.0)
}

/// Whom a call is connected to after this conversation.
pub fn connect(id: ConversationId) -> Key {
    key("connect", &id.0)
}

/// The peer of a leg: the call that it is, not the number that it rings.
pub fn leg_peer(tenant: &TenantId, leg: LegId) -> Peer {
    Peer { tenant: tenant.clone(), channel: Channel::Voice, bot: "leg".to_owned(), user: format!("leg/{leg}") }
}

/// A telephone number that calls, or a line that is called by withheld ones, under a pseudonym.
pub fn caller_key(keys: &Keys, number: &str) -> String {
    HEXLOWER.encode(&keys.pseudonym.tag(&[b"caller", number.as_bytes()])[..16])
}

/// By the hash of the link's token: whoever reads the store learns no link.
pub fn notice(token: &[u8; 16]) -> Key {
    key("notice", &Sha256::digest(token)[..16])
}

/// The scripts of a flow set.
pub fn flow_set(hash: &FlowSetHash) -> Key {
    key("flows", &hash.0)
}

/// The hash of the flow set that new conversations took last.
pub fn current_flow_set() -> Key {
    key("flows", b"current")
}

/// A set that was begun and whose outcome is not on record yet.
pub fn intent(id: EffectId) -> Key {
    key(INTENT, &id.0)
}

/// The effect in a key that [`intent`] made.
pub fn intended(key: &Key) -> Option<EffectId> {
    let bytes = key.key.as_slice().try_into().ok()?;
    (key.namespace == INTENT).then_some(EffectId(bytes))
}

/// A lock that a case has begun to lift: whoever finds the account open after that finds the case's own doing.
pub fn unlocking(run: RunId) -> Key {
    key("unlocking", &run.0)
}

/// Whose a code is that was put into the outbox.
pub fn sent_code(id: ChallengeId) -> Key {
    key("code", &id.0)
}

/// Written to find out whether anything can be.
pub fn write_probe() -> Key {
    key("probe", b"")
}

pub fn dead(row: RowId) -> Key {
    key(DEAD, &row.0.to_be_bytes())
}

/// The row in a key that [`dead`] made.
pub fn dead_row(key: &Key) -> Option<RowId> {
    let bytes = key.key.as_slice().try_into().ok()?;
    (key.namespace == DEAD).then_some(RowId(u64::from_be_bytes(bytes)))
}

/// What a peer is shown leaves in order.
pub fn peer_lane(hash: &PeerHash) -> String {
    format!("peer/{}", HEXLOWER.encode(hash))
}

/// What one address gets leaves in order.
pub fn target_lane(target: &TargetHash) -> String {
    format!("{LETTERS}{}", HEXLOWER.encode(&target.0))
}

/// The record of one conversation is written in order.
pub fn audit_lane(id: ConversationId) -> String {
    format!("audit/{id}")
}

/// What the owner is told of one run.
pub fn run_lane(run: RunId) -> String {
    format!("chores/run-{run}")
}

/// Bookkeeping that follows a conversation, in order.
pub fn chores_lane(id: ConversationId) -> String {
    format!("chores/{id}")
}

/// A peer under a pseudonym in limits; the same as the engine's.
pub fn peer_key(keys: &Keys, peer: &Peer) -> String {
    let parts = [peer.tenant.0.as_bytes(), peer.channel.name().as_bytes(), peer.bot.as_bytes(), peer.user.as_bytes()];
    HEXLOWER.encode(&keys.pseudonym.tag(&parts)[..16])
}

/// Under which a network address is counted: IPv4 whole, of IPv6 the half that names the network.
pub fn address_key(keys: &Keys, address: IpAddr) -> String {
    let network = match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    };
    HEXLOWER.encode(&keys.pseudonym.tag(&[b"address", &network])[..16])
}

/// When self-service last set the password of an account, and for which run.
pub fn last_set(keys: &Keys, tenant: &TenantId, account: &AccountId) -> Key {
    key("set", &keys.pseudonym.tag(&[b"set", tenant.0.as_bytes(), account.0.as_bytes()]))
}

fn key(namespace: &'static str, bytes: &[u8]) -> Key {
    Key { namespace, key: bytes.to_vec() }
}
