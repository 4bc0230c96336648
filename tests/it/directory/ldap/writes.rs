//! Setting and unlocking: whose account, under which rules of the server, and what stays as it is.

use ringback::directory::ldap::config::Rights;
use ringback::ports::directory::{Directory, Refusal, SetOutcome, SetWish, UnlockOutcome};

use crate::directory::world::*;
use crate::support::slapd::{SUFFIX, Setup};

const NEW: &str = "Evening-Tea-18";

#[tokio::test]
async fn protected_accounts_cause_no_write() {
    let world = OpenLdap::new();
    world.slapd.modify(&format!(
        "dn: uid=machine,ou=machines,{SUFFIX}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: machine\ncn: m\nsn: m\n\
         userPassword: Old-Password-1\n"
    ));
    // Lies below a population's base as well as below the protected one.
    let mut config = world.slapd.config();
    config.people.insert(ringback::model::names::OptionKey::of("staff"), SUFFIX.to_owned());
    let directory = ringback::directory::ldap::LdapDirectory::new(config, &tenant(), now()).unwrap();
    let before = world.slapd.writes();
    for user_name in ["root@uni.example", "night.operator@uni.example", "machine@uni.example"] {
        assert!(found(&directory, user_name).await.privileged, "{user_name}");
        assert_eq!(set(&directory, user_name, NEW).await, SetOutcome::Protected, "{user_name}");
        assert_eq!(unlock(&directory, user_name).await, UnlockOutcome::Protected, "{user_name}");
    }
    // She is in a club, within a ring of clubs, and none of them is protected.
    assert!(!found(&directory, ADA).await.privileged);
    assert_eq!(world.slapd.writes(), before);
}

#[tokio::test]
async fn rights_given_after_verification_protect() {
    let world = OpenLdap::new();
    let ada = found(&world.directory, ADA).await;
    world
        .slapd
        .modify(&format!("dn: cn=night,ou=groups,{SUFFIX}\nchangetype: modify\nadd: member\nmember: {}\n", dn(ADA)));
    let before = world.slapd.writes();
    let wish = SetWish { must_change: false };
    let outcome = world.directory.set_password(proof(&ada.id), &secret(NEW), wish).await;
    assert_eq!(outcome, SetOutcome::Protected);
    assert_eq!(world.slapd.writes(), before);
}

#[tokio::test]
async fn a_renamed_person_is_still_the_one() {
    let world = OpenLdap::new();
    let ada = found(&world.directory, ADA).await;
    world.slapd.modify(&format!("dn: {}\nchangetype: modrdn\nnewrdn: uid=ada.lovelace\ndeleteoldrdn: 1\n", dn(ADA)));
    let wish = SetWish { must_change: false };
    assert_eq!(world.directory.set_password(proof(&ada.id), &secret(NEW), wish).await, SetOutcome::Done);
    assert!(world.slapd.lets_in(&dn("ada.lovelace@student.uni.example"), NEW));
    assert_eq!(world.directory.read(&ada.id).await.unwrap().unwrap().user_name, "ada.lovelace@student.uni.example");
}

#[tokio::test]
async fn a_new_person_under_an_old_name_is_another_one() {
    let world = OpenLdap::new();
    let ada = found(&world.directory, ADA).await;
    world.slapd.modify(&format!(
        "dn: {0}\nchangetype: delete\n\ndn: {0}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ada\ncn: Ada\nsn: New\n\
         userPassword: {ADA_PASSWORD}\n",
        dn(ADA)
    ));
    let before = world.slapd.writes();
    let wish = SetWish { must_change: false };
    assert_eq!(world.directory.set_password(proof(&ada.id), &secret(NEW), wish).await, SetOutcome::Gone);
    assert_eq!(world.directory.unlock(proof(&ada.id)).await, UnlockOutcome::Gone);
    assert_eq!(world.slapd.writes(), before);
    assert!(world.slapd.lets_in(&dn(ADA), ADA_PASSWORD));
}

#[tokio::test]
async fn too_soon_is_not_too_weak() {
    let world = OpenLdap::with(Setup { min_age: 86_400, ..Setup::default() });
    assert_eq!(set(&world.directory, ADA, NEW).await, SetOutcome::Done);
    assert_eq!(set(&world.directory, ADA, "Morning-Tea-19").await, SetOutcome::Refused(Refusal::TooYoung));
    assert!(world.slapd.lets_in(&dn(ADA), NEW));
}

#[tokio::test]
async fn with_manage_the_server_applies_no_rule() {
    let world = OpenLdap::with(Setup { rights: Rights::Manage, min_age: 86_400, ..Setup::default() });
    for password in [NEW, ADA_PASSWORD, NEW] {
        assert_eq!(set(&world.directory, ADA, password).await, SetOutcome::Done, "{password}");
        assert!(world.slapd.lets_in(&dn(ADA), password));
    }
    assert_eq!(set(&world.directory, BOB, NEW).await, SetOutcome::Done);
    assert!(world.slapd.lets_in(&dn(BOB), NEW));
    assert_eq!(unlock(&world.directory, CARA).await, UnlockOutcome::LockedByAdministrator);
}

#[tokio::test]
async fn to_be_changed_is_what_was_wished() {
    for rights in [Rights::Write, Rights::Manage] {
        for must_change_after_reset in [false, true] {
            let world = OpenLdap::with(Setup { rights, must_change_after_reset, ..Setup::default() });
            let id = found(&world.directory, ADA).await.id;
            for (n, must_change) in [true, false, true].into_iter().enumerate() {
                let password = secret(&format!("Another-Tea-{n}"));
                let outcome = world.directory.set_password(proof(&id), &password, SetWish { must_change }).await;
                assert_eq!(outcome, SetOutcome::Done);
                let reset = world.slapd.attribute(&dn(ADA), "pwdReset");
                let case = format!("{rights:?} {must_change_after_reset} {must_change} {reset:?}");
                assert_eq!(reset.as_deref() == Some("TRUE"), must_change, "{case}");
                assert!(world.slapd.lets_in(&dn(ADA), password.reveal()), "{case}");
            }
        }
    }
}

#[tokio::test]
async fn without_the_right_nothing_is_changed() {
    let world = OpenLdap::new();
    let mut config = world.slapd.config();
    config.bind_dn = format!("cn=reader,ou=services,{SUFFIX}");
    let reader = ringback::directory::ldap::LdapDirectory::new(config, &tenant(), now()).unwrap();
    assert_eq!(set(&reader, ADA, NEW).await, SetOutcome::NotPermitted);
    assert_eq!(unlock(&reader, BOB).await, UnlockOutcome::NotPermitted);
    assert!(world.slapd.lets_in(&dn(ADA), ADA_PASSWORD));
}

#[tokio::test]
async fn unlocking_changes_nothing_else() {
    let world = OpenLdap::new();
    let before = (world.slapd.attribute(&dn(BOB), "pwdChangedTime"), world.slapd.writes());
    assert!(world.slapd.attribute(&dn(BOB), "pwdFailureTime").is_some());
    assert_eq!(unlock(&world.directory, BOB).await, UnlockOutcome::Done);
    assert_eq!((world.slapd.attribute(&dn(BOB), "pwdChangedTime"), world.slapd.writes()), (before.0, before.1 + 1));
    assert_eq!(world.slapd.attribute(&dn(BOB), "pwdFailureTime"), None);
    assert_eq!(unlock(&world.directory, BOB).await, UnlockOutcome::NotLocked);
    assert_eq!(world.slapd.writes(), before.1 + 1);
}
