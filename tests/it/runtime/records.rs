//! Stored bytes: what version 1 looks like for ever, and what is not understood.

use data_encoding::HEXLOWER;
use ringback::engine::conversation::Conversation;
use ringback::engine::event::Opening;
use ringback::model::ids::{AccountId, ChallengeId, ConversationId, FlowSetHash, LegId, RunId, TargetHash, TenantId};
use ringback::model::method::Method;
use ringback::model::peer::{Channel, Language, Peer, Surface};
use ringback::model::purpose::Purpose;
use ringback::model::time::Timestamp;
use ringback::runtime::record::{OutboxRow, StoredLegAct, Unreadable, decode, encode};

fn conversation() -> Conversation {
    let peer = Peer {
        tenant: TenantId("apu".to_owned()),
        channel: Channel::Browser,
        bot: "host".to_owned(),
        user: "user".to_owned(),
    };
    Conversation::open(Opening {
        id: ConversationId([1; 16]),
        run: RunId([2; 16]),
        peer,
        surface: Surface::Chat,
        language: Language("en".to_owned()),
        flow_set: FlowSetHash([3; 32]),
        now: Timestamp(1_767_574_800_000),
    })
}

fn code() -> OutboxRow {
    OutboxRow::Code {
        tenant: TenantId("apu".to_owned()),
        account: Some(AccountId("a-1".to_owned())),
        method: Method::Sms,
        target: TargetHash([4; 32]),
        challenge: ChallengeId([5; 16]),
        expires: Timestamp(300_000),
        language: Language("ms".to_owned()),
        run: RunId([6; 16]),
        purpose: Some(Purpose::UnlockAccount),
        channel: Channel::Voice,
        attempted: true,
    }
}

/// What version 1 wrote, which knew of no calls.
#[test]
fn a_conversation_of_version_one_is_still_read() {
    let kept = include_str!("snapshots/it__runtime__records__conversation.snap");
    let bytes = HEXLOWER.decode(kept.lines().last().unwrap().as_bytes()).unwrap();
    assert_eq!(bytes[0], 1);
    assert_eq!(decode::<Conversation>(&bytes), Ok(conversation()));
    assert_eq!(decode::<Conversation>(&bytes[..bytes.len() - 1]), Err(Unreadable));
}

#[test]
fn version_one_reads_and_writes_the_same_bytes() {
    insta::assert_snapshot!("conversation_2", HEXLOWER.encode(&encode(&conversation())));
    insta::assert_snapshot!("code", HEXLOWER.encode(&encode(&code())));
    let leg = OutboxRow::ToParent { parent: ConversationId([7; 16]), leg: LegId([8; 16]), act: StoredLegAct::NoAnswer };
    insta::assert_snapshot!("leg", HEXLOWER.encode(&encode(&leg)));
    assert_eq!(decode::<Conversation>(&encode(&conversation())), Ok(conversation()));
    assert_eq!(decode::<OutboxRow>(&encode(&code())), Ok(code()));
}

#[test]
fn what_is_not_understood_is_refused_not_guessed() {
    let good = encode(&conversation());
    let mut newer = good.clone();
    newer[0] = 3;
    let mut longer = good.clone();
    longer.push(0);
    for bytes in [&newer[..], &longer, &good[..good.len() - 1], &[], &[1]] {
        assert_eq!(decode::<Conversation>(bytes), Err(Unreadable));
    }
}
