//! What every directory does, whatever it is made of.

use ringback::model::account::{AccountState, LockState};
use ringback::model::ids::AccountId;
use ringback::model::keypad::{self, Keyed};
use ringback::model::method::Method;
use ringback::ports::directory::{Refusal, Resolution, SetOutcome, SetWish, UnlockOutcome};

use super::world::*;

#[tokio::test]
async fn embedded_keeps_the_contract() {
    keeps_the_contract(Embedded::new).await;
}

#[tokio::test]
async fn openldap_keeps_the_contract() {
    keeps_the_contract(OpenLdap::new).await;
}

async fn keeps_the_contract<W: World>(world: impl Fn() -> W) {
    let reading = world();
    finds_who_is_there(&reading).await;
    finds_nobody_by_trick(&reading).await;
    finds_by_keys(&reading).await;
    tells_states_apart(&reading).await;
    sets_a_password(&world()).await;
    refuses_with_the_reason(&world()).await;
    touches_nobody_it_must_not(&world()).await;
    unlocks(&world()).await;
    resolves(&world()).await;
}

async fn finds_who_is_there(world: &dyn World) {
    let directory = world.directory();
    directory.probe().await.unwrap();
    let ada = found(directory, ADA).await;
    assert_eq!(ada.user_name, ADA);
    assert_eq!(ada.population, "student");
    assert!(ada.names.iter().any(|name| name == "Ada") && ada.names.iter().any(|name| name == "Byron"));
    assert_eq!((ada.state, ada.lock, ada.privileged), (AccountState::Active, LockState::Open, false));
    let mut addresses: Vec<(String, Vec<Method>)> =
        ada.contacts.iter().map(|it| (it.contact.normal_form(), it.methods.clone())).collect();
    addresses.sort();
    let mobile = ("+447700900118".to_owned(), vec![Method::Sms, Method::CallMobile]);
    assert_eq!(addresses, [mobile, ("ada@mail.example".to_owned(), vec![Method::Email])]);
    // Case does not matter, and a name without its domain is enough where one person has it.
    for name in ["ADA@Student.Uni.Example", "ada"] {
        assert_eq!(found(directory, name).await.id, ada.id, "{name}");
    }
    assert_eq!(directory.read(&ada.id).await.unwrap().unwrap().user_name, ADA);
    assert!(directory.read(&AccountId("00000000-0000-4000-8000-0000000000ff".to_owned())).await.unwrap().is_none());
}

async fn finds_nobody_by_trick(world: &dyn World) {
    let long = "a".repeat(257);
    let tricks = [
        "",
        "nobody@student.uni.example",
        // Another population's domain.
        "ada@uni.example",
        "ada@elsewhere.example",
        "*",
        "a*",
        "a*@student.uni.example",
        "ada)(uid=*",
        "*)(|(uid=ada",
        "ad\\61",
        "ada\0",
        "ada\u{200b}",
        "@student.uni.example",
        &long,
    ];
    for trick in tricks {
        assert!(world.directory().find(trick).await.unwrap().is_none(), "{trick:?}");
    }
}

/// On the keys of a telephone several people may have one name; the server cannot compare keys, and nothing that is
/// keyed in ends a filter.
async fn finds_by_keys(world: &dyn World) {
    let directory = world.directory();
    let names = async |keys: &str, what| {
        let found = directory.find_keyed(keys, what).await.unwrap();
        let mut names: Vec<String> = found.into_iter().map(|account| account.user_name).collect();
        names.sort();
        names
    };
    assert_eq!(names("232", Keyed::Name).await, [ADA]);
    let ada = directory.find_keyed("232", Keyed::Name).await.unwrap().remove(0);
    assert_eq!(ada.contacts, found(directory, ADA).await.contacts, "the same account, whole");
    let keyed = |name: &str| keypad::keys_of(keypad::local_part(name));
    assert_eq!(names(&keyed(PRIVILEGED), Keyed::Name).await, [PRIVILEGED]);
    let root = directory.find_keyed(&keyed(PRIVILEGED), Keyed::Name).await.unwrap().remove(0);
    assert!(root.privileged, "what must not be touched is known by its keys, too");
    let nobody: [String; 0] = [];
    for trick in ["", "2", "23", "2322", "*", "2*", "23)(uid=*", "232*", "abc"] {
        assert_eq!(names(trick, Keyed::Name).await, nobody, "{trick:?}");
        assert_eq!(names(trick, Keyed::Number).await, nobody, "{trick:?}");
    }
    assert_eq!(names("20260001", Keyed::Number).await, nobody);
}

async fn tells_states_apart(world: &dyn World) {
    let directory = world.directory();
    assert_eq!(found(directory, BOB).await.lock, LockState::ByFailures);
    assert_eq!(found(directory, CARA).await.lock, LockState::ByAdministrator);
    assert_eq!(found(directory, DISABLED).await.state, AccountState::Disabled);
    assert!(found(directory, PRIVILEGED).await.privileged);
}

async fn sets_a_password(world: &dyn World) {
    let directory = world.directory();
    assert!(world.lets_in(ADA, ADA_PASSWORD).await);
    let before = found(directory, ADA).await.password_changed;
    assert_eq!(set(directory, ADA, "Evening-Tea-18").await, SetOutcome::Done);
    assert!(world.lets_in(ADA, "Evening-Tea-18").await);
    assert!(!world.lets_in(ADA, ADA_PASSWORD).await);
    let after = found(directory, ADA).await.password_changed;
    assert!(after.is_some() && after >= before);

    // Quotes, other scripts, a space at the end, and length survive.
    let long = format!("{}!", "Lang-".repeat(51));
    for odd in ["say \"cheese\" 'now'", "Пароль-из-слов", "ends with a space ", "🦊 in the snow", &long] {
        assert_eq!(set(directory, ADA, odd).await, SetOutcome::Done, "{odd}");
        assert!(world.lets_in(ADA, odd).await, "{odd}");
    }
    // Typed decomposed, as some keyboards do; used composed.
    assert_eq!(set(directory, ADA, "Cafe\u{301}-im-Park").await, SetOutcome::Done);
    assert!(world.lets_in(ADA, "Caf\u{e9}-im-Park").await);

    // Who proved to be the owner gets in, though the account was locked.
    assert!(!world.lets_in(BOB, BOB_PASSWORD).await);
    assert_eq!(set(directory, BOB, "Stone-Bridge-4").await, SetOutcome::Done);
    assert_eq!(found(directory, BOB).await.lock, LockState::Open);
    assert!(world.lets_in(BOB, "Stone-Bridge-4").await);
}

async fn refuses_with_the_reason(world: &dyn World) {
    let directory = world.directory();
    assert_eq!(set(directory, ADA, "short").await, SetOutcome::Refused(Refusal::Short));
    assert_eq!(set(directory, ADA, "").await, SetOutcome::Refused(Refusal::Short));
    assert_eq!(set(directory, ADA, ADA_PASSWORD).await, SetOutcome::Refused(Refusal::Reused));
    for n in 1..world.history() {
        assert_eq!(set(directory, ADA, &format!("Between-Times-{n}")).await, SetOutcome::Done);
        assert_eq!(set(directory, ADA, ADA_PASSWORD).await, SetOutcome::Refused(Refusal::Reused), "after {n}");
    }
    assert_eq!(set(directory, ADA, "Between-Times-9").await, SetOutcome::Done);
    assert_eq!(set(directory, ADA, ADA_PASSWORD).await, SetOutcome::Done, "it is forgotten now");
}

async fn touches_nobody_it_must_not(world: &dyn World) {
    let directory = world.directory();
    assert_eq!(set(directory, PRIVILEGED, "Harvest-Moon-5").await, SetOutcome::Protected);
    assert_eq!(unlock(directory, PRIVILEGED).await, UnlockOutcome::Protected);
    assert!(world.lets_in(PRIVILEGED, "Old-Password-1").await);
    // Disabled after it was verified: as good as gone.
    assert_eq!(set(directory, DISABLED, "Harvest-Moon-5").await, SetOutcome::Gone);
    assert_eq!(unlock(directory, DISABLED).await, UnlockOutcome::Gone);
    let nobody = AccountId("00000000-0000-4000-8000-0000000000ff".to_owned());
    let wish = SetWish { must_change: false };
    assert_eq!(directory.set_password(proof(&nobody), &secret("Harvest-Moon-5"), wish).await, SetOutcome::Gone);
    assert_eq!(directory.unlock(proof(&nobody)).await, UnlockOutcome::Gone);
}

async fn unlocks(world: &dyn World) {
    let directory = world.directory();
    let before = found(directory, BOB).await.password_changed;
    assert!(!world.lets_in(BOB, BOB_PASSWORD).await);
    assert_eq!(unlock(directory, BOB).await, UnlockOutcome::Done);
    assert_eq!(found(directory, BOB).await.password_changed, before);
    assert_eq!(unlock(directory, BOB).await, UnlockOutcome::NotLocked);
    // The tries before the lock do not count any more, and the password is kept.
    for _ in 0..2 {
        assert!(!world.lets_in(BOB, "not this one").await);
    }
    assert!(world.lets_in(BOB, BOB_PASSWORD).await);
    for _ in 0..3 {
        assert!(!world.lets_in(BOB, "not this one").await);
    }
    assert_eq!(found(directory, BOB).await.lock, LockState::ByFailures);

    assert_eq!(unlock(directory, CARA).await, UnlockOutcome::LockedByAdministrator);
    assert!(!world.lets_in(CARA, "Old-Password-1").await);
}

async fn resolves(world: &dyn World) {
    let directory = world.directory();
    let ada = found(directory, ADA).await;
    let resolve = |password: &'static str| async move {
        let id = found(directory, ADA).await.id;
        directory.resolve(&id, None, &secret(password)).await
    };
    assert_eq!(set(directory, ADA, "Evening-Tea-18").await, SetOutcome::Done);
    assert_eq!(resolve("Evening-Tea-18").await, Resolution::Applied);
    assert_eq!(resolve("Somebody-Else-1").await, Resolution::Different);
    let nobody = AccountId("00000000-0000-4000-8000-0000000000ff".to_owned());
    assert_eq!(directory.resolve(&nobody, None, &secret("Evening-Tea-18")).await, Resolution::Unclear);
    assert!(ada.password_changed <= found(directory, ADA).await.password_changed);
}
