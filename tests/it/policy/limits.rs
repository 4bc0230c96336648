//! The limits are the cells of the matrix, value by value.

use ringback::model::ids::TargetHash;
use ringback::model::method::Method;
use ringback::policy::limits::{self, Limit, Limited, Scope};

use super::tenant;

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// `what scope limit/window`, so that a table can be read.
fn table(limits: &[Limit]) -> Vec<String> {
    let scope = |scope: &Scope| match scope {
        Scope::Peer(_) => "peer",
        Scope::Account(_) => "account",
        Scope::Destination(_) => "destination",
        Scope::Address(_) => "address",
        Scope::Tenant(_) => "tenant",
    };
    let window = |seconds: u32| match seconds {
        HOUR => "hour".to_owned(),
        DAY => "day".to_owned(),
        other => format!("{other}s"),
    };
    limits.iter().map(|l| format!("{} {}/{}", scope(&l.scope), l.limit, window(l.window.0))).collect()
}

#[test]
fn starts() {
    let apu = tenant("apu");
    assert_eq!(table(&limits::start_hard("p", &apu)), ["peer 5/hour", "peer 20/day", "tenant 200/10s"]);
    assert_eq!(table(&limits::start_soft("p", &apu)), ["peer 3/hour", "peer 10/day", "tenant 100/10s"]);
    assert_eq!(table(&limits::identify("n")), ["account 5/hour", "account 10/day"]);
    assert_eq!(table(&limits::names("p")), ["peer 3/day"]);
    assert_eq!(table(&[limits::start_from("a")]), ["address 30/hour"]);
    assert_eq!(table(&limits::open_browser("a")), ["address 2000/hour"]);
}

#[test]
fn a_soft_limit_never_shares_a_counter_with_a_hard_one_and_is_met_first() {
    let apu = tenant("apu");
    let (soft, hard) = (limits::start_soft("p", &apu), limits::start_hard("p", &apu));
    assert!(soft.iter().all(|soft| hard.iter().all(|hard| (soft.what, &soft.scope) != (hard.what, &hard.scope))));
    for (soft, hard) in soft.iter().zip(&hard) {
        assert_eq!((&soft.scope, soft.window), (&hard.scope, hard.window));
        assert!(soft.limit < hard.limit);
    }
}

#[test]
fn sends() {
    let target = TargetHash([7; 32]);
    let sends = |method, target| table(&limits::send("k", "p", method, target, &tenant("apu")));
    let common = ["account 5/hour", "account 10/day", "peer 10/day"];
    assert_eq!(sends(Method::Email, None), common);
    assert_eq!(sends(Method::Email, Some(&target)), [&common[..], &["destination 5/day"]].concat());
    let telephone = [&common[..], &["destination 5/day", "tenant 500/day"]].concat();
    for method in [Method::Sms, Method::CallMobile, Method::CallOffice] {
        assert_eq!(sends(method, Some(&target)), telephone);
    }
}

#[test]
fn a_destination_is_limited_whatever_account_asks() {
    let target = TargetHash([7; 32]);
    let of = |key: &str, peer: &str| {
        let limits = limits::send(key, peer, Method::Sms, Some(&target), &tenant("apu"));
        limits.into_iter().find(|limit| matches!(limit.scope, Scope::Destination(_))).unwrap()
    };
    assert_eq!(of("one", "p"), of("other", "q"));
}

#[test]
fn guesses() {
    let apu = tenant("apu");
    let wrong = table(&limits::wrong_code("k", "p", &apu));
    assert_eq!(wrong, ["account 5/day", "account 100/630720000s", "peer 10/day", "tenant 2500/day"]);
    assert_eq!(table(&limits::wrong_contact("k", "p")), ["account 5/day", "peer 5/day"]);
    assert_eq!(table(&limits::set("k", &apu)), ["account 6/600s", "tenant 50/10s"]);
}

#[test]
fn a_tenant_s_own_caps_hold() {
    let mut apu = tenant("apu");
    (apu.caps.messages_a_day, apu.caps.wrong_codes_a_day) = (20_000, 9);
    let sends = limits::send("k", "p", Method::Sms, None, &apu);
    assert_eq!(sends.last().map(|limit| (limit.what, limit.limit)), Some((Limited::Send, 20_000)));
    let wrong = limits::wrong_code("k", "p", &apu);
    assert_eq!(wrong.last().map(|limit| (limit.what, limit.limit)), Some((Limited::WrongCode, 9)));
}
