//! The limits are the cells of the matrix, value by value.

use ringback::model::contacts::PhoneNumber;
use ringback::model::ids::TargetHash;
use ringback::model::method::Method;
use ringback::model::time::Seconds;
use ringback::policy::limits::{self, Limit, Limited, Scope, Who, guesses, sends, sets, starts};
use ringback::policy::tenant::Tenant;

use super::tenant;

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

fn who(tenant: &Tenant) -> Who<'_> {
    Who { account: "k", peer: "p", case: "c", tenant }
}

/// `scope limit/window`, so that a table can be read.
fn table(limits: &[Limit]) -> Vec<String> {
    let scope = |scope: &Scope| match scope {
        Scope::Peer(_) => "peer",
        Scope::Account(_) => "account",
        Scope::Destination(_) => "destination",
        Scope::Address(_) => "address",
        Scope::Tenant(_) => "tenant",
        Scope::Case(_) => "case",
        Scope::Source(_) => "source",
        Scope::Prefix(_) => "prefix",
        Scope::Everybody => "all",
    };
    let window = |seconds: u32| match seconds {
        HOUR => "hour".to_owned(),
        DAY => "day".to_owned(),
        other => format!("{other}s"),
    };
    limits.iter().map(|l| format!("{} {}/{}", scope(&l.scope), l.limit, window(l.window.0))).collect()
}

#[test]
fn starts_of_a_case() {
    let apu = tenant("apu");
    assert_eq!(table(&starts::hard("p", &apu)), ["peer 5/hour", "peer 20/day", "tenant 200/10s"]);
    assert_eq!(table(&starts::soft("p", &apu)), ["peer 3/hour", "peer 10/day", "tenant 100/10s"]);
    assert_eq!(table(&starts::live()), ["all 2000/2400s"]);
    assert_eq!(table(&starts::identify("n")), ["account 5/hour", "account 10/day"]);
    assert_eq!(table(&starts::names("p")), ["peer 3/day"]);
    assert_eq!(table(&[starts::from("a")]), ["address 30/hour"]);
    assert_eq!(table(&starts::open_browser("a")), ["address 2000/hour"]);
}

#[test]
fn a_soft_limit_never_shares_a_counter_with_a_hard_one_and_is_met_first() {
    let apu = tenant("apu");
    let (soft, hard) = (starts::soft("p", &apu), starts::hard("p", &apu));
    assert!(soft.iter().all(|soft| hard.iter().all(|hard| (soft.what, &soft.scope) != (hard.what, &hard.scope))));
    for (soft, hard) in soft.iter().zip(&hard) {
        assert_eq!((&soft.scope, soft.window), (&hard.scope, hard.window));
        assert!(soft.limit < hard.limit);
    }
}

#[test]
fn g17_sends() {
    let target = TargetHash([7; 32]);
    let apu = tenant("apu");
    let sends = |method, target| table(&sends::send(who(&apu), method, target));
    let common = ["account 5/hour", "account 10/day", "peer 10/day", "case 6/hour"];
    assert_eq!(sends(Method::Email, None), common);
    assert_eq!(sends(Method::Email, Some(&target)), [&common[..], &["destination 5/day"]].concat());
    let telephone = [&common[..], &["destination 5/day", "tenant 500/day", "all 5000/day"]].concat();
    for method in [Method::Sms, Method::CallMobile, Method::CallOffice] {
        assert_eq!(sends(method, Some(&target)), telephone);
    }
    println!("g17: {}", telephone.join(", "));
}

#[test]
fn a_destination_is_limited_whatever_account_asks() {
    let target = TargetHash([7; 32]);
    let apu = tenant("apu");
    let of = |key: &str, peer: &str| {
        let limits = sends::send(Who { account: key, peer, case: key, tenant: &apu }, Method::Sms, Some(&target));
        limits.into_iter().find(|limit| matches!(limit.scope, Scope::Destination(_))).unwrap()
    };
    assert_eq!(of("one", "p"), of("other", "q"));
}

#[test]
fn numbers_that_cost_alike_are_counted_together() {
    let apu = tenant("apu");
    let prefix = |number: &str| match sends::to(&PhoneNumber::parse(number, "MY").unwrap(), &apu).scope {
        Scope::Prefix(prefix) => prefix,
        other => panic!("{other:?}"),
    };
    assert_eq!(prefix("+447700900123"), "+44", "abroad the whole country");
    assert_eq!(prefix("+447700900123"), prefix("+441632960001"));
    assert_eq!(prefix("+60 12-345 6789"), "+6012345", "at home the block of ten thousand");
    assert_ne!(prefix("+60 12-345 6789"), prefix("+60 12-346 6789"));
    let limit = sends::to(&PhoneNumber::parse("+447700900123", "MY").unwrap(), &apu);
    assert_eq!((limit.limit, limit.window), (50, Seconds::hours(1)));
}

#[test]
fn a_tenant_names_the_countries_that_it_rings() {
    let mut apu = tenant("apu");
    let (home, abroad) = (PhoneNumber::parse("012-345 6789", "MY"), PhoneNumber::parse("+447700900123", "MY"));
    let (home, abroad) = (home.unwrap(), abroad.unwrap());
    assert!(apu.rings(&home) && apu.rings(&abroad), "by default all of them");
    apu.countries = vec!["MY".to_owned()];
    assert!(apu.rings(&home) && !apu.rings(&abroad));
    apu.countries.push("GB".to_owned());
    assert!(apu.rings(&abroad));
}

#[test]
fn guesses() {
    let apu = tenant("apu");
    let code = table(&guesses::code(who(&apu)));
    assert_eq!(code, ["account 5/day", "account 100/630720000s", "peer 10/day", "case 10/hour", "tenant 2500/day"]);
    assert_eq!(table(&[guesses::code_from("a", &apu)]), ["address 30/hour"]);
    assert_eq!(table(&guesses::contact(who(&apu))), ["account 5/day", "peer 5/day", "case 5/hour"]);
    assert_eq!([0, 1, 2, 3, 4, 5, 99].map(|before| limits::pace(before).0), [0, 0, 2, 5, 15, 30, 30]);
}

#[test]
fn only_the_budget_of_wrong_codes_refuses_nothing() {
    let apu = tenant("apu");
    let all = [guesses::code(who(&apu)), guesses::contact(who(&apu)), sets::attempt(who(&apu))];
    let sends = sends::send(who(&apu), Method::Sms, None);
    let soft: Vec<Limit> = all.into_iter().flatten().chain(sends).filter(|limit| !limit.refuses()).collect();
    assert_eq!(soft, [guesses::budget(&apu)]);
}

#[test]
fn passwords() {
    let apu = tenant("apu");
    assert_eq!(table(&sets::attempt(who(&apu))), ["account 6/600s", "case 6/hour", "tenant 50/10s", "all 200/10s"]);
    assert_eq!(table(&sets::change(who(&apu))), ["account 1/600s", "peer 3/day"]);
    assert_eq!(table(&[sets::change_from("a", &apu)]), ["address 10/hour"]);
}

#[test]
fn a_known_source_has_its_own_allowance_and_no_way_around_the_rest() {
    let apu = tenant("apu");
    let own = |limits: Vec<Limit>| table(&limits::own(&limits, "s"));
    assert_eq!(own(starts::identify("n")), ["source 5/day"]);
    assert_eq!(
        own(guesses::code(who(&apu))),
        ["source 5/day", "account 100/630720000s", "peer 10/day", "case 10/hour", "tenant 2500/day"]
    );
    assert_eq!(own(guesses::contact(who(&apu))), ["source 3/day", "peer 5/day", "case 5/hour"]);
    let sends = own(sends::send(who(&apu), Method::Sms, Some(&TargetHash([7; 32]))));
    assert_eq!(sends[..4], ["source 5/day", "peer 10/day", "case 6/hour", "destination 5/day"]);
    assert_eq!(own(sets::change(who(&apu))), table(&sets::change(who(&apu))), "passwords: the same for everybody");
}

#[test]
fn on_guard_a_tenant_asks_for_two_gates_and_a_person() {
    let apu = tenant("apu");
    let guarded = apu.on_guard();
    assert_eq!((apu.gates_needed, guarded.gates_needed), (1, 2));
    assert_eq!(guarded.human_check, ringback::policy::tenant::HumanCheck::Always);
    assert_eq!(tenant("imu").on_guard().gates_needed, 2);
}

#[test]
fn a_tenant_s_own_caps_hold() {
    let mut apu = tenant("apu");
    (apu.caps.messages_a_day, apu.caps.wrong_codes_a_day) = (20_000, 9);
    let sends = sends::send(who(&apu), Method::Sms, None);
    let cap = sends.iter().find(|limit| matches!(limit.scope, Scope::Tenant(_)));
    assert_eq!(cap.map(|limit| (limit.what, limit.limit)), Some((Limited::Send, 20_000)));
    assert_eq!((guesses::budget(&apu).what, guesses::budget(&apu).limit), (Limited::WrongCode, 9));
}
