//! Decides whether self-service must keep its hands off an account. The server compares distinguished names, not we:
//! one name can be written in many ways, and a missed match would open a protected account.

use std::collections::{BTreeMap, BTreeSet};

use ldap3::{Ldap, Scope};

use crate::directory::ldap::config::Protected;
use crate::directory::ldap::connection::{Query, Trouble, code, search};
use crate::directory::ldap::entry::Entry;
use crate::directory::ldap::filter;

/// Groups within groups beyond this depth, or beyond this many, are taken for protected ones.
const DEPTH: usize = 16;
const GROUPS: usize = 512;
/// Names in one filter.
const CHUNK: usize = 64;

/// Whether one of the rules holds for this entry, which the filter `itself` finds.
pub async fn holds(ldap: &mut Ldap, rules: &Protected, entry: &Entry, itself: &str) -> Result<bool, Trouble> {
    if has_one_of(entry, &rules.attributes) {
        return Ok(true);
    }
    for dn in &rules.under {
        let query = Query { base: dn, scope: Scope::Subtree, filter: itself, attributes: &no_attributes(), at_most: 1 };
        if !search(ldap, query).await.map_err(|trouble| named(trouble, "protected.under", dn))?.is_empty() {
            return Ok(true);
        }
    }
    if rules.groups.is_empty() {
        return Ok(false);
    }
    is_member(ldap, rules, &entry.dn).await
}

/// Whether the entry has one of the values, compared without case.
pub fn has_one_of(entry: &Entry, rules: &BTreeMap<String, Vec<String>>) -> bool {
    rules.iter().any(|(attribute, values)| {
        let listed = |value: &String| values.iter().any(|bad| bad.to_lowercase() == value.trim().to_lowercase());
        entry.all(attribute).iter().any(listed)
    })
}

/// Climbs from the person through the groups that list it, the groups that list those, and so on.
async fn is_member(ldap: &mut Ldap, rules: &Protected, person: &str) -> Result<bool, Trouble> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut level = vec![person.to_owned()];
    for _ in 0..DEPTH {
        let mut above = Vec::new();
        for members in level.chunks(CHUNK) {
            let lists_one = lists_one_of(rules, members);
            for group in &rules.groups {
                let scope = Scope::Base;
                let query = Query { base: group, scope, filter: &lists_one, attributes: &no_attributes(), at_most: 1 };
                let found = search(ldap, query).await.map_err(|trouble| named(trouble, "protected.groups", group))?;
                if !found.is_empty() {
                    return Ok(true);
                }
            }
            if let Some(base) = &rules.group_base {
                let scope = Scope::Subtree;
                let query = Query { base, scope, filter: &lists_one, attributes: &no_attributes(), at_most: 0 };
                let found =
                    search(ldap, query).await.map_err(|trouble| named(trouble, "protected.group_base", base))?;
                above.extend(found.into_iter().map(|group| group.dn).filter(|dn| seen.insert(dn.to_lowercase())));
            }
        }
        if above.is_empty() {
            return Ok(false);
        }
        if seen.len() > GROUPS {
            break;
        }
        level = above;
    }
    Ok(true)
}

fn lists_one_of(rules: &Protected, members: &[String]) -> String {
    let lists = |attribute: &String| {
        let attribute = attribute.clone();
        members.iter().map(move |member| filter::equals(&attribute, member))
    };
    filter::any(&rules.member_attributes.iter().flat_map(lists).collect::<Vec<_>>())
}

/// RFC 4511, 4.5.1.8: nothing but the distinguished name.
fn no_attributes() -> [String; 1] {
    ["1.1".to_owned()]
}

/// A rule that names nothing protects nobody: it must be mended, not passed over.
fn named(trouble: Trouble, key: &str, dn: &str) -> Trouble {
    match trouble {
        Trouble::Refused { code: code::NO_SUCH_OBJECT, .. } => Trouble::Refused {
            code: code::NO_SUCH_OBJECT,
            text: format!("`{key}`: there is no entry `{dn}`, or `bind_dn` may not read it"),
        },
        other => other,
    }
}
