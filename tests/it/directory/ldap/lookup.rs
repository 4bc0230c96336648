//! Finding people: exactly one or nobody, and no errand to servers that nobody named.

use std::net::TcpListener;

use ringback::directory::ldap::LdapDirectory;
use ringback::directory::ldap::config::NameForm;
use ringback::model::account::AccountState;
use ringback::model::keypad::Keyed;
use ringback::ports::directory::{Directory, DirectoryError};

use crate::directory::world::*;
use crate::support::slapd::SUFFIX;

#[tokio::test]
async fn two_of_a_name_are_nobody() {
    let world = OpenLdap::new();
    world.slapd.modify(&format!(
        "dn: ou=exchange,ou=students,{SUFFIX}\nchangetype: add\nobjectClass: organizationalUnit\nou: exchange\n\n\
         dn: uid=ada,ou=exchange,ou=students,{SUFFIX}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ada\ncn: A\nsn: B\n"
    ));
    assert!(world.directory.find(ADA).await.unwrap().is_none());
    // One in each population: the domain tells them apart, a bare name does not.
    world.slapd.modify(&format!(
        "dn: uid=bob,ou=staff,{SUFFIX}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: bob\ncn: Bob\nsn: Staff\n"
    ));
    assert!(world.directory.find("bob").await.unwrap().is_none());
    assert_eq!(found(&world.directory, BOB).await.population, "student");
    assert_eq!(found(&world.directory, "bob@uni.example").await.population, "staff");
}

#[tokio::test]
async fn whole_names_are_compared_whole() {
    let world = OpenLdap::new();
    let mut config = world.slapd.config();
    config.user_name = "mail".to_owned();
    config.user_name_holds = NameForm::Whole;
    world.slapd.modify(&format!("dn: {}\nchangetype: modify\nreplace: mail\nmail: {ADA}\n", dn(ADA)));
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    for name in [ADA, "ada", "Ada@STUDENT.uni.example"] {
        assert_eq!(found(&directory, name).await.user_name, ADA, "{name}");
    }
    assert!(directory.find("ada@uni.example").await.unwrap().is_none());
    assert!(directory.find("*").await.unwrap().is_none());
}

#[tokio::test]
async fn referrals_are_not_followed() {
    let trap = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    trap.set_nonblocking(true).unwrap();
    let port = trap.local_addr().unwrap().port();
    let world = OpenLdap::new();
    world.slapd.modify_managing_referrals(&format!(
        "dn: ou=elsewhere,ou=students,{SUFFIX}\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\n\
         ou: elsewhere\nref: ldap://127.0.0.1:{port}/ou=students,{SUFFIX}\n"
    ));
    assert_eq!(found(&world.directory, ADA).await.user_name, ADA);
    assert!(world.directory.find("nobody@student.uni.example").await.unwrap().is_none());
    assert!(trap.accept().is_err(), "somebody called");
}

#[tokio::test]
async fn accounts_that_ended_are_expired() {
    let world = OpenLdap::new();
    let spell = |attribute: &str, time: &str| {
        format!("dn: {}\nchangetype: modify\nreplace: {attribute}\n{attribute}: {time}\n", dn(ADA))
    };
    for (attribute, time, state) in [
        ("pwdEndTime", "20991231000000Z", AccountState::Active),
        ("pwdEndTime", "20200101000000Z", AccountState::Expired),
        ("pwdEndTime", "20991231000000Z", AccountState::Active),
        ("pwdStartTime", "20991231000000Z", AccountState::Expired),
    ] {
        world.slapd.modify(&spell(attribute, time));
        assert_eq!(found(&world.directory, ADA).await.state, state, "{attribute} {time}");
    }
}

#[tokio::test]
async fn values_that_are_no_addresses_keep_nobody_from_the_others() {
    let world = OpenLdap::new();
    world.slapd.modify(&format!(
        "dn: {}\nchangetype: modify\nadd: mobile\nmobile: ask reception\nmobile: 07700 900119\n-\n\
         add: telephoneNumber\ntelephoneNumber: +44 7700 900118\n",
        dn(ADA)
    ));
    let contacts = found(&world.directory, ADA).await.contacts;
    let mut found: Vec<(String, usize)> =
        contacts.iter().map(|it| (it.contact.normal_form(), it.methods.len())).collect();
    found.sort();
    // The number that stands in two attributes is one address with the methods of both.
    let expected = [("+447700900118", 3), ("+447700900119", 2), ("ada@mail.example", 1)];
    assert_eq!(found, expected.map(|(address, methods)| (address.to_owned(), methods)));
}

#[tokio::test]
async fn a_rule_that_names_nothing_protects_by_refusing_everybody() {
    let world = OpenLdap::new();
    let gone = format!("cn=gone,ou=groups,{SUFFIX}");
    let break_it: [&dyn Fn(&mut ringback::directory::ldap::config::LdapConfig); 3] = [
        &|config| config.protected.groups.push(gone.clone()),
        &|config| config.protected.under.push(gone.clone()),
        &|config| config.protected.group_base = Some(gone.clone()),
    ];
    for change in break_it {
        let mut config = world.slapd.config();
        change(&mut config);
        let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
        for error in [directory.find(ADA).await.err().unwrap(), directory.probe().await.unwrap_err()] {
            let DirectoryError::Configuration(text) = error else { panic!("{error}") };
            assert!(text.contains("code 32"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_caller_is_found_by_the_number_on_the_card() {
    let world = OpenLdap::new();
    let number = |name: &str, number: &str| {
        world.slapd.modify(&format!(
            "dn: {}\nchangetype: modify\nreplace: employeeNumber\nemployeeNumber: {number}\n",
            dn(name)
        ));
    };
    number(ADA, "20260017");
    number(BOB, "20260018");
    number(PRIVILEGED, "20260019");
    let mut config = world.slapd.config();
    config.number = Some("employeeNumber".to_owned());
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    let keyed = async |keys: &str| directory.find_keyed(keys, Keyed::Number).await.unwrap();
    let found = keyed("20260017").await;
    assert_eq!(found.iter().map(|account| account.user_name.as_str()).collect::<Vec<_>>(), [ADA]);
    assert!(!found[0].contacts.is_empty(), "the same account, whole");
    assert!(keyed("20260019").await[0].privileged);
    for other in ["2026001", "0260017", "20260099", "202600170", "*", "2026001*", "20260017)(uid=*"] {
        assert!(keyed(other).await.is_empty(), "{other}");
    }
    // One number on two cards: both, so that the caller is asked for more.
    number(BOB, "20260017");
    assert_eq!(keyed("20260017").await.len(), 2);
    // Without the attribute the number is none.
    let by_name = LdapDirectory::new(world.slapd.config(), &tenant(), now()).unwrap();
    assert!(by_name.find_keyed("20260017", Keyed::Number).await.unwrap().is_empty());
}
