//! Connections: TLS with one authority, few, kept while they work, never bound as a person.

use std::collections::BTreeSet;

use ringback::directory::ldap::LdapDirectory;
use ringback::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome};

use crate::directory::world::*;
use crate::support::certs::Certs;
use crate::support::slapd::{Setup, Slapd};

#[tokio::test]
async fn start_tls_protects_what_follows() {
    let world = OpenLdap::new();
    let mut config = world.slapd.config();
    config.urls = vec![format!("ldap://localhost:{}", world.slapd.ldap_port)];
    config.start_tls = true;
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    assert_eq!(set(&directory, ADA, "Evening-Tea-18").await, SetOutcome::Done);
    assert!(world.slapd.log().contains("STARTTLS"));
}

#[tokio::test]
async fn another_authority_is_not_trusted() {
    let world = OpenLdap::new();
    let folder = tempfile::tempdir().unwrap();
    let mut config = world.slapd.config();
    config.ca_file = Certs::for_loopback(folder.path()).ca;
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    let DirectoryError::Unavailable(why) = directory.probe().await.unwrap_err() else { panic!("not by TLS") };
    assert!(why.contains("certificate"), "{why}");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_named() {
    let slapd = Slapd::start(&Setup { hosts: vec!["dc1.uni.example"], people: people(), ..Setup::default() });
    let directory = LdapDirectory::new(slapd.config(), &tenant(), now()).unwrap();
    let why = directory.probe().await.unwrap_err().to_string();
    assert!(why.contains("localhost") && why.contains("dc1.uni.example"), "{why}");
}

#[tokio::test]
async fn a_wrong_service_password_is_named_and_not_shown() {
    let world = OpenLdap::new();
    let mut config = world.slapd.config();
    config.bind_password_file = world.slapd.folder().join("wrong.password");
    std::fs::write(&config.bind_password_file, "wrong-Password-1").unwrap();
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    let DirectoryError::Configuration(why) = directory.probe().await.unwrap_err() else { panic!("not by bind") };
    assert!(why.contains("cn=ringback") && why.contains("49") && !why.contains("wrong-Password"), "{why}");
}

#[tokio::test]
async fn the_next_server_is_asked_when_one_is_away() {
    let world = OpenLdap::new();
    let mut config = world.slapd.config();
    config.urls.insert(0, format!("ldaps://localhost:{}", crate::support::slapd::free_port()));
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    assert_eq!(found(&directory, ADA).await.user_name, ADA);
}

#[tokio::test]
async fn eight_connections_serve_everybody_and_are_kept() {
    let world = OpenLdap::new();
    let before = accepted(&world.slapd);
    for _ in 0..2 {
        let looks = (0..40).map(|_| world.directory.find(ADA));
        let all = futures_util::future::join_all(looks).await;
        assert!(all.iter().all(|found| found.as_ref().unwrap().is_some()));
    }
    assert_eq!(accepted(&world.slapd) - before, 8);
}

#[tokio::test]
async fn a_connection_that_died_is_replaced() {
    let mut world = OpenLdap::new();
    assert_eq!(found(&world.directory, ADA).await.user_name, ADA);
    world.slapd.restart();
    assert_eq!(found(&world.directory, ADA).await.user_name, ADA);
    world.slapd.restart();
    assert_eq!(set(&world.directory, ADA, "Evening-Tea-18").await, SetOutcome::Done);
}

#[tokio::test]
async fn people_bind_on_connections_of_their_own_and_never_without_a_password() {
    let world = OpenLdap::new();
    let id = found(&world.directory, ADA).await.id;
    assert_eq!(set(&world.directory, ADA, "Evening-Tea-18").await, SetOutcome::Done);
    for (password, expected) in
        [("", Resolution::Unclear), ("not this one", Resolution::Different), ("Evening-Tea-18", Resolution::Applied)]
    {
        assert_eq!(world.directory.resolve(&id, None, &secret(password)).await, expected, "{password}");
    }
    assert_eq!(found(&world.directory, ADA).await.id, id);
    let log = world.slapd.log();
    let bound = |dn: &str| -> BTreeSet<String> {
        let asks = |line: &&str| line.contains(&format!("BIND dn=\"{dn}\" method=128"));
        let connection =
            |line: &str| line.split_whitespace().find(|word| word.starts_with("conn=")).unwrap().to_owned();
        log.lines().filter(asks).map(connection).collect()
    };
    let (service, person) = (bound(&world.slapd.config().bind_dn), bound(&dn(ADA)));
    assert_eq!(person.len(), 2, "one for each password that is one");
    assert!(!service.is_empty() && service.is_disjoint(&person));
}

fn accepted(slapd: &Slapd) -> usize {
    slapd.log().lines().filter(|line| line.contains(" ACCEPT from ")).count()
}
