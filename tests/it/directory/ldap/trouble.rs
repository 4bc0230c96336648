//! Lost requests, lost answers, and answers of every kind.

use ringback::directory::ldap::LdapDirectory;
use ringback::ports::directory::{Directory, DirectoryError, Refusal, Resolution, SetOutcome, UnlockOutcome};

use crate::directory::proxy::{EXTENDED, MODIFY, Mischief, Proxy, SEARCH, extended_answer};
use crate::directory::world::*;

const NEW: &str = "Evening-Tea-18";

/// A directory that is reached through a proxy.
fn behind_proxy() -> (OpenLdap, Proxy, LdapDirectory) {
    let world = OpenLdap::new();
    let proxy = Proxy::before(&world.slapd);
    let mut config = world.slapd.config();
    config.urls = vec![format!("ldaps://localhost:{}", proxy.port)];
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    (world, proxy, directory)
}

#[tokio::test]
async fn a_lost_answer_is_unknown_until_somebody_looks() {
    for (mischief, written, resolution) in [
        (Mischief::AnswerLost, 1, Resolution::Applied),
        (Mischief::LostOnTheWay, 0, Resolution::NotApplied),
        // It takes as long as the limit of a set.
        (Mischief::NoAnswer, 1, Resolution::Applied),
    ] {
        let (world, proxy, directory) = behind_proxy();
        let ada = found(&directory, ADA).await;
        let before = world.slapd.writes();
        proxy.does(EXTENDED, mischief.clone());
        assert_eq!(set(&directory, ADA, NEW).await, SetOutcome::Unknown, "{mischief:?}");
        assert_eq!(world.slapd.writes() - before, written, "{mischief:?}: not repeated");
        proxy.does(0, Mischief::None);
        let looked = directory.resolve(&ada.id, ada.password_changed, &secret(NEW)).await;
        assert_eq!(looked, resolution, "{mischief:?}");
        // Looking at the time was enough where it has not changed: nothing was tried that counts towards a lock.
        assert_eq!(world.slapd.attribute(&dn(ADA), "pwdFailureTime"), None, "{mischief:?}");
        assert_eq!(world.slapd.lets_in(&dn(ADA), NEW), resolution == Resolution::Applied);
    }
}

#[tokio::test]
async fn two_changes_within_one_second_are_two() {
    let (_world, proxy, directory) = behind_proxy();
    assert_eq!(set(&directory, ADA, "Morning-Tea-18").await, SetOutcome::Done);
    let ada = found(&directory, ADA).await;
    proxy.does(EXTENDED, Mischief::AnswerLost);
    assert_eq!(set(&directory, ADA, NEW).await, SetOutcome::Unknown);
    assert_eq!(directory.resolve(&ada.id, ada.password_changed, &secret(NEW)).await, Resolution::Applied);
}

#[tokio::test]
async fn what_somebody_else_set_is_not_ours() {
    let (world, proxy, directory) = behind_proxy();
    let ada = found(&directory, ADA).await;
    proxy.does(EXTENDED, Mischief::LostOnTheWay);
    assert_eq!(set(&directory, ADA, NEW).await, SetOutcome::Unknown);
    assert_eq!(set(&world.directory, ADA, "Somebody-Else-1").await, SetOutcome::Done);
    assert_eq!(directory.resolve(&ada.id, ada.password_changed, &secret(NEW)).await, Resolution::Different);
    // A locked account does not tell.
    world.slapd.lock_out(&dn(ADA), 2);
    assert_eq!(directory.resolve(&ada.id, ada.password_changed, &secret(NEW)).await, Resolution::Unclear);
}

#[tokio::test]
async fn before_anything_is_sent_it_is_unavailable() {
    let (world, proxy, directory) = behind_proxy();
    let ada = found(&directory, ADA).await;
    let before = world.slapd.writes();
    proxy.does(SEARCH, Mischief::LostOnTheWay);
    assert!(matches!(directory.find(ADA).await, Err(DirectoryError::Unavailable(_))));
    let wish = ringback::ports::directory::SetWish { must_change: false };
    assert_eq!(directory.set_password(proof(&ada.id), &secret(NEW), wish).await, SetOutcome::Unavailable);
    assert_eq!(directory.unlock(proof(&ada.id)).await, UnlockOutcome::Unavailable);
    assert_eq!(directory.resolve(&ada.id, None, &secret(NEW)).await, Resolution::Unclear);
    assert_eq!(world.slapd.writes(), before);
}

#[tokio::test]
async fn a_lost_unlock_may_be_asked_again() {
    let (_world, proxy, directory) = behind_proxy();
    proxy.does(MODIFY, Mischief::AnswerLost);
    assert_eq!(unlock(&directory, BOB).await, UnlockOutcome::Unknown);
    proxy.does(0, Mischief::None);
    assert_eq!(unlock(&directory, BOB).await, UnlockOutcome::NotLocked);
}

#[tokio::test]
async fn every_answer_is_taken_for_what_it_means() {
    let (world, proxy, directory) = behind_proxy();
    let refused = SetOutcome::Refused;
    let short = |error: u8| [0x30, 3, 0x81, 1, error].to_vec();
    // As 389 Directory Server writes lengths.
    let long = [0x30, 0x84, 0, 0, 0, 3, 0x81, 1, 7].to_vec();
    let table = [
        (19, Some(short(5)), refused(Refusal::Weak)),
        (19, Some(short(6)), refused(Refusal::Short)),
        (19, Some(short(7)), refused(Refusal::TooYoung)),
        (19, Some(long), refused(Refusal::TooYoung)),
        (19, Some(short(8)), refused(Refusal::Reused)),
        (19, Some(short(9)), refused(Refusal::TooLong)),
        (53, Some(short(8)), refused(Refusal::Reused)),
        (19, Some(short(77)), refused(Refusal::Unspecified)),
        (19, Some(vec![0x30, 0x85]), refused(Refusal::Unspecified)),
        (19, None, refused(Refusal::Unspecified)),
        (19, Some(short(3)), SetOutcome::NotPermitted),
        (53, Some(short(4)), SetOutcome::NotPermitted),
        (50, None, SetOutcome::NotPermitted),
        (53, None, SetOutcome::NotPermitted),
        (2, None, SetOutcome::NotPermitted),
        (32, None, SetOutcome::Gone),
        (10, None, SetOutcome::Unavailable),
        (13, None, SetOutcome::Unavailable),
        (51, None, SetOutcome::Unavailable),
        (52, None, SetOutcome::Unavailable),
        (1, None, SetOutcome::Unknown),
        (3, None, SetOutcome::Unknown),
        (80, None, SetOutcome::Unknown),
    ];
    for (code, control, expected) in table {
        proxy.does(EXTENDED, Mischief::Instead(extended_answer(code, control.as_deref())));
        assert_eq!(set(&directory, ADA, NEW).await, expected, "{code} {control:?}");
    }
    assert_eq!(found(&directory, ADA).await.user_name, ADA);
    assert!(world.slapd.lets_in(&dn(ADA), ADA_PASSWORD));
}

#[tokio::test]
async fn broken_answers_break_nothing() {
    let (world, proxy, directory) = behind_proxy();
    let ada = found(&directory, ADA).await;
    // With the right message id, so that it reaches who asked: no result inside; a result that is no number.
    for (extended, search) in [(vec![0x78, 0], vec![0x65, 0]), (vec![0x78, 2, 4, 0], vec![0x65, 2, 4, 0])] {
        proxy.does(EXTENDED, Mischief::Instead(extended));
        assert_eq!(set(&directory, ADA, NEW).await, SetOutcome::Unknown);
        proxy.does(SEARCH, Mischief::Instead(search));
        assert!(matches!(directory.read(&ada.id).await, Err(DirectoryError::Unavailable(_))));
        proxy.does(0, Mischief::None);
    }
    let broken: [&[u8]; 6] = [
        // No operation; no message id; a control that is not one; not BER; an endless length; text.
        &[0x30, 3, 2, 1, 1],
        &[0x30, 2, 0x78, 0],
        &[0x30, 0x0e, 2, 1, 4, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0, 0xa0, 0],
        &[0xff; 32],
        &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0],
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ];
    for bytes in broken {
        proxy.does(EXTENDED, Mischief::Garbage([bytes, &[0x30, 0x80, 0, 0][..]].concat()));
        let outcome = set(&directory, ADA, NEW).await;
        assert_eq!(outcome, SetOutcome::Unknown, "{bytes:x?}");
        proxy.does(SEARCH, Mischief::Garbage(bytes.to_vec()));
        assert!(matches!(directory.read(&ada.id).await, Err(DirectoryError::Unavailable(_))), "{bytes:x?}");
        proxy.does(0, Mischief::None);
        assert_eq!(found(&directory, ADA).await.id, ada.id);
    }
    assert!(world.slapd.lets_in(&dn(ADA), ADA_PASSWORD));
}
