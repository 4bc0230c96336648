//! Decoys are mixed as the tenant says its accounts are, the same for ever, and pass for real ones.

use std::collections::BTreeMap;

use ringback::model::method::{Family, Method};
use ringback::policy::gates::{Source, reachable, requirement};
use ringback::store::keyring::KeyRing;
use ringback::verify::decoy::factors;

use super::tenant;

const NAMES: usize = 2_000;

/// Of how many in a hundred unknown names each method is offered.
fn mix(id: &str) -> BTreeMap<Method, usize> {
    let (tenant, keys) = (tenant(id), KeyRing::ephemeral([3; 32]).keys());
    let mut counts = BTreeMap::new();
    for n in 0..NAMES {
        for factor in factors(&keys, &tenant, &Method::ALL, &format!("nobody{n}@{}", tenant.populations[0].suffix)) {
            *counts.entry(factor.method).or_insert(0) += 1;
        }
    }
    counts.into_iter().map(|(method, count)| (method, count * 100 / NAMES)).collect()
}

#[test]
fn shares_are_those_of_the_tenant() {
    // With one gate needed hardly any decoy has to be filled up, so the shares show as they are.
    for id in ["apu", "office365"] {
        let (tenant, mix) = (tenant(id), mix(id));
        assert_eq!(mix.len(), tenant.methods.len(), "{id}");
        for (method, share) in &mix {
            let wanted = usize::from(tenant.decoy_mix[method]);
            // Whoever has nothing but an app is no use to a stranger's self-service, so such decoys get a telephone too.
            let filled = if id == "office365" && method.family() == Family::Telephone { 7 } else { 0 };
            assert!(share.abs_diff(wanted) <= 4 + filled, "{id} {method}: {share} instead of {wanted}");
        }
    }
}

#[test]
fn a_telephone_that_takes_texts_takes_calls() {
    for id in ["apu", "imu", "office365", "aps"] {
        let mix = mix(id);
        assert_eq!(mix[&Method::Sms], mix[&Method::CallMobile], "{id}");
    }
}

#[test]
fn every_decoy_could_pass_on_paper_and_stays_the_same() {
    let (keys, again) = (KeyRing::ephemeral([3; 32]).keys(), KeyRing::ephemeral([3; 32]).keys());
    for id in ["apu", "imu", "office365", "aps"] {
        let tenant = tenant(id);
        for n in 0..200 {
            let name = format!("nobody{n}");
            let decoy = factors(&keys, &tenant, &Method::ALL, &name);
            assert!(reachable(&requirement(&tenant, Source::Unknown), &decoy), "{id} {name}");
            assert_eq!(decoy, factors(&again, &tenant, &Method::ALL, &name));
        }
    }
}

#[test]
fn a_tenant_s_own_mix_holds() {
    let mut apu = tenant("apu");
    apu.decoy_mix = BTreeMap::from([(Method::Email, 100), (Method::Totp, 0)]);
    let keys = KeyRing::ephemeral([3; 32]).keys();
    for n in 0..100 {
        let methods: Vec<Method> =
            factors(&keys, &apu, &Method::ALL, &format!("nobody{n}")).iter().map(|f| f.method).collect();
        assert_eq!(methods, [Method::Email]);
    }
}
