//! The people that ship with the demo.

use std::collections::BTreeSet;
use std::sync::Arc;

use ringback::config::tenant::shipped;
use ringback::directory::embedded::people::{Lock, People, State};
use ringback::directory::embedded::{EmbeddedDirectory, SignIn};
use ringback::model::account::{AccountState, LockState};
use ringback::model::peer::Language;

use super::world::{Salt, found, secret};
use crate::support::clock::{MORNING, TestClock};

#[tokio::test]
async fn everybody_of_the_four_tenants_is_there() {
    let people = People::demo();
    let tenants = shipped(&["en", "ms"].map(|tag| Language(tag.to_owned())));
    assert_eq!(people.tenants.len(), tenants.len());
    let mut ids = BTreeSet::new();
    for tenant in &tenants {
        let own = &people.tenants[&tenant.id.0];
        let clock = Arc::new(TestClock::at(MORNING));
        let directory = EmbeddedDirectory::new(own, &tenant.region, clock, Arc::new(Salt)).unwrap();
        for person in &own.people {
            let account = found(&directory, &person.user).await;
            let population = tenant.population_of(&person.user).expect("the name belongs to a population");
            assert_eq!(account.population, population.id.as_str(), "{}", person.user);
            assert!(ids.insert(account.id), "{} has somebody else's id", person.user);
            let expected = match (account.state, account.lock) {
                (_, LockState::ByFailures | LockState::ByAdministrator) => SignIn::Locked,
                (AccountState::Disabled | AccountState::Expired, LockState::Open) => SignIn::Disabled,
                (AccountState::Active, LockState::Open) => SignIn::Ok,
            };
            assert_eq!(directory.sign_in(&person.user, &secret(&person.password)).await, expected, "{}", person.user);
        }
        let has = |what: &dyn Fn(&ringback::directory::embedded::people::Person) -> bool| own.people.iter().any(what);
        assert!(has(&|it| it.population == "staff" && it.office.is_some()));
        assert!(has(&|it| it.totp.is_some() && it.mobile.is_some() && it.mail.is_some()));
        assert!(has(&|it| matches!(it.lock, Lock::ByFailures)));
        assert!(has(&|it| matches!(it.lock, Lock::ByAdministrator)));
        assert!(has(&|it| matches!(it.state, State::Disabled)));
        assert!(has(&|it| it.privileged));
        assert!(has(&|it| it.mail.is_none() && it.mobile.is_none() && it.office.is_none() && it.totp.is_none()));
    }
}

#[tokio::test]
async fn nobody_real_is_called_or_written_to() {
    for (tenant, own) in People::demo().tenants {
        for person in own.people {
            // Ofcom's and the North American plan's numbers for drama.
            let fiction = ["+44 7700 900", "+44 20 7946 0", "+1 404 555 01"];
            for phone in [&person.mobile, &person.office].into_iter().flatten() {
                assert!(fiction.iter().any(|range| phone.starts_with(range)), "{tenant}: {phone}");
            }
            assert!(person.mail.iter().all(|mail| mail.ends_with("@mail.example")), "{tenant}: {:?}", person.mail);
        }
    }
}

#[test]
fn a_wrong_file_is_refused_with_its_place() {
    let error =
        People::parse("[tenants.uni]\nmin_length = 8\nhistory = 0\nlock_after = 5\npeeple = []\n").err().unwrap();
    assert!(error.contains("line 5") && error.contains("peeple"), "{error}");
}
