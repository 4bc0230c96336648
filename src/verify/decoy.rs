//! Unknown names: methods and hints that a real account of this tenant might have, the same for ever.

use crate::model::ids::TargetHash;
use crate::model::method::Method;
use crate::policy::gates::{self, Factor};
use crate::policy::tenant::Tenant;
use crate::verify::keys::{Keys, Tag};

/// Ways to verify for a name that self-service does not know. A keyed hash under the key that never rotates picks them,
/// so that asking twice, or next year, gives the same; they satisfy the tenant's policy on paper, and no check ever
/// succeeds on them.
pub fn factors(keys: &Keys, tenant: &Tenant, normalised_name: &str) -> Vec<Factor> {
    let seed = |what: &str| keys.decoy.tag(&[tenant.id.0.as_bytes(), normalised_name.as_bytes(), what.as_bytes()]);
    let requirement = gates::requirement(tenant);
    let has = |method: &Method| seed(method.name())[0] < share(*method);
    let mut methods: Vec<Method> = tenant.methods.iter().copied().filter(has).collect();
    // A telephone that takes texts takes calls.
    if methods.contains(&Method::Sms) && tenant.methods.contains(&Method::CallMobile) {
        methods.push(Method::CallMobile);
    }
    for method in &tenant.methods {
        let drawn: Vec<Factor> = draw(&methods, tenant, &seed);
        if gates::reachable(&requirement, &drawn) {
            break;
        }
        if !methods.contains(method) {
            methods.push(*method);
        }
    }
    methods.sort_unstable();
    methods.dedup();
    draw(&methods, tenant, &seed)
}

/// Of 256 accounts, how many have this method registered. Rough shares; a tenant's own mix decides which methods exist.
fn share(method: Method) -> u8 {
    match method {
        Method::Email => 215,
        Method::Sms => 230,
        Method::CallMobile => 0,
        Method::CallOffice => 40,
        Method::Push => 60,
        Method::Totp => 90,
        Method::Questions => 128,
    }
}

fn draw(methods: &[Method], tenant: &Tenant, seed: &dyn Fn(&str) -> Tag) -> Vec<Factor> {
    let factor = |method: &Method| {
        // Text and call share one number, as they do for real accounts.
        let target = match method {
            Method::Sms | Method::CallMobile => seed("mobile-target"),
            Method::Email | Method::CallOffice | Method::Push | Method::Totp | Method::Questions => {
                seed(&format!("{}-target", method.name()))
            }
        };
        Factor { method: *method, target: TargetHash(target), hint: hint(*method, tenant, &target) }
    };
    methods.iter().map(factor).collect()
}

fn hint(method: Method, _tenant: &Tenant, bytes: &Tag) -> String {
    const DOMAINS: [&str; 4] = ["gmail.com", "gmail.com", "outlook.com", "yahoo.com"];
    match method {
        Method::Sms | Method::CallMobile | Method::CallOffice => {
            format!("••••••{}{}", bytes[1] % 10, bytes[2] % 10)
        }
        Method::Email => {
            let first = char::from(b'a' + bytes[1] % 26);
            format!("{first}•••••@{}", DOMAINS[usize::from(bytes[2] % 4)])
        }
        Method::Push | Method::Totp | Method::Questions => String::new(),
    }
}
