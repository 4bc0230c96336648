//! Unknown names: methods and hints that a real account of this tenant might have, the same for ever.

use crate::model::contacts::Contact;
use crate::model::ids::TargetHash;
use crate::model::method::Method;
use crate::policy::gates::{self, Factor, Source};
use crate::policy::tenant::Tenant;
use crate::verify::keys::{Keys, Tag};

/// Ways to verify for a name that self-service does not know. A keyed hash under the key that never rotates picks them,
/// so that asking twice, or next year, gives the same; they satisfy the tenant's policy on paper, and no check ever
/// succeeds on them. `available` are the methods for which an adapter is wired: a decoy that needed others would come to
/// its end where no real account does.
pub fn factors(keys: &Keys, tenant: &Tenant, available: &[Method], normalised_name: &str) -> Vec<Factor> {
    let seed = |what: &str| keys.decoy.tag(&[tenant.id.0.as_bytes(), normalised_name.as_bytes(), what.as_bytes()]);
    let requirement = gates::requirement(tenant, Source::Unknown);
    // A telephone that takes texts takes calls: both methods hang on one draw, and neither is had without the other.
    let drawn_as = |method: Method| if method == Method::CallMobile { Method::Sms } else { method };
    let draw_of = |method: Method| u16::from(seed(drawn_as(method).name())[0]) * 100 / 256;
    let share = |method: &Method| u16::from(tenant.decoy_mix.get(method).copied().unwrap_or(0));
    let has = |method: &Method| draw_of(*method) < share(method);
    let wired: Vec<Method> = tenant.methods.iter().copied().filter(|method| available.contains(method)).collect();
    let mut methods: Vec<Method> = wired.iter().copied().filter(has).collect();
    for method in &wired {
        let drawn: Vec<Factor> = draw(tenant, &methods, &seed);
        if gates::reachable(&requirement, &drawn) {
            break;
        }
        if !methods.contains(method) {
            methods.push(*method);
        }
    }
    let mobile = [Method::Sms, Method::CallMobile];
    if mobile.iter().any(|method| methods.contains(method)) {
        methods.extend(mobile.into_iter().filter(|method| wired.contains(method) && share(method) > 0));
    }
    methods.sort_unstable();
    methods.dedup();
    draw(tenant, &methods, &seed)
}

fn draw(tenant: &Tenant, methods: &[Method], seed: &dyn Fn(&str) -> Tag) -> Vec<Factor> {
    let factor = |method: &Method| {
        // Text and call share one number, as they do for real accounts.
        let target = match method {
            Method::Sms | Method::CallMobile => seed("mobile-target"),
            Method::Email | Method::CallOffice | Method::Push | Method::Totp | Method::Questions => {
                seed(&format!("{}-target", method.name()))
            }
        };
        Factor { method: *method, target: TargetHash(target), hint: hint(tenant, *method, &target) }
    };
    methods.iter().map(factor).collect()
}

/// Masked by the code that masks real addresses, so that the two can never look different.
fn hint(tenant: &Tenant, method: Method, bytes: &Tag) -> String {
    const DOMAINS: [&str; 4] = ["gmail.com", "gmail.com", "outlook.com", "yahoo.com"];
    let kept = match method {
        Method::Sms | Method::CallMobile | Method::CallOffice => format!("+0{:02}", bytes[1] % 100),
        Method::Email => {
            let [first, second] = [bytes[1], bytes[3]].map(|byte| char::from(b'a' + byte % 26));
            format!("{first}{second}oooo@{}", DOMAINS[usize::from(bytes[2] % 4)])
        }
        Method::Push | Method::Totp | Method::Questions => return String::new(),
    };
    Contact::restore(&kept).map_or(String::new(), |contact| contact.masked_with(usize::from(tenant.hint_letters)))
}
