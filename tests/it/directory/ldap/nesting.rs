//! Protection by groups within groups, over random graphs, rings included.

use std::collections::BTreeSet;
use std::fmt::Write;

use ringback::directory::ldap::LdapDirectory;

use crate::directory::world::*;
use crate::support::slapd::{SUFFIX, Slapd};

const GROUPS: usize = 10;
const PEOPLE: [&str; 4] = ["ada", "bob", "cara", "dora"];

/// Who is directly in which group: groups below `GROUPS`, people after them.
type Graph = Vec<BTreeSet<usize>>;

#[tokio::test]
async fn every_member_at_any_depth_is_protected_and_nobody_else() {
    let world = OpenLdap::new();
    let mut config = world.slapd.config();
    // Two of them, one with the other kind of membership.
    config.protected.groups = vec![dn_of(0), dn_of(1)];
    config.protected.attributes.clear();
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    let mut random = 0x5eed_u64;
    let mut counts = [0, 0];
    for round in 0..25 {
        let graph = graph(&mut random);
        write(&world.slapd, &graph, round > 0);
        let inside = reached(&graph);
        for (n, person) in PEOPLE.into_iter().enumerate() {
            let account = found(&directory, &format!("{person}@student.uni.example")).await;
            let expected = inside.contains(&(GROUPS + n));
            assert_eq!(account.privileged, expected, "{person} in {graph:?}");
            counts[usize::from(expected)] += 1;
        }
    }
    assert!(counts.iter().all(|count| *count >= 20), "the graphs try both: {counts:?}");
}

fn graph(random: &mut u64) -> Graph {
    let mut draw = |below: u64| {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((*random >> 33) % below).unwrap()
    };
    (0..GROUPS).map(|_| (0..draw(3)).map(|_| draw(u64::try_from(GROUPS + PEOPLE.len()).unwrap())).collect()).collect()
}

/// Everything below the first two groups.
fn reached(graph: &Graph) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut open = vec![0, 1];
    while let Some(member) = open.pop() {
        if let Some(members) = graph.get(member) {
            open.extend(members.iter().filter(|below| !seen.contains(*below)));
            seen.extend(members);
        }
    }
    seen
}

fn write(slapd: &Slapd, graph: &Graph, again: bool) {
    let mut ldif = String::new();
    for (n, members) in graph.iter().enumerate() {
        let dn = dn_of(n);
        let (class, attribute) =
            if n % 2 == 0 { ("groupOfNames", "member") } else { ("groupOfUniqueNames", "uniqueMember") };
        if again {
            write!(ldif, "dn: {dn}\nchangetype: delete\n\n").unwrap();
        }
        // A group must have a member: here one that is nobody.
        write!(ldif, "dn: {dn}\nchangetype: add\nobjectClass: {class}\n{attribute}: cn=nobody,{SUFFIX}\n").unwrap();
        for member in members {
            writeln!(ldif, "{attribute}: {}", dn_of(*member)).unwrap();
        }
        ldif.push('\n');
    }
    slapd.modify(&ldif);
}

fn dn_of(member: usize) -> String {
    match member.checked_sub(GROUPS) {
        Some(person) => format!("uid={},ou=students,{SUFFIX}", PEOPLE[person]),
        None => format!("cn=g{member},ou=groups,{SUFFIX}"),
    }
}
