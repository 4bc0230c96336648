//! Many starts from one network address meet the human check, whatever cookies they bring.

use std::net::IpAddr;

use ringback::engine::event::Act;
use ringback::model::ids::EventId;
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;

use super::house::House;
use super::person::Person;

/// Whether a new peer that comes from this address is asked to show that it is a person.
async fn is_challenged(house: &House, runtime: &ringback::runtime::start::Runtime, user: &str, address: &str) -> bool {
    let mut person = Person::new(house, user, "");
    let event = EventId(format!("open-{user}"));
    assert!(runtime.inbox().admit(&person.peer, address.parse::<IpAddr>().unwrap(), &event).await.unwrap());
    person.act(runtime, Act::Start(Some(Purpose::ResetPassword))).await;
    person.say(runtime, &format!("{user}@mail.apu.edu.my")).await;
    person.shows("identify-human-challenge")
}

#[tokio::test]
async fn the_31st_start_of_an_hour_from_one_address_is_challenged() {
    let house = House::of("apu");
    let runtime = house.open().await;
    for n in 0..30 {
        assert!(!is_challenged(&house, &runtime, &format!("visitor-{n}"), "203.0.113.9").await, "start {n}");
    }
    assert!(is_challenged(&house, &runtime, "visitor-30", "203.0.113.9").await);
    assert!(is_challenged(&house, &runtime, "visitor-31", "::ffff:203.0.113.9").await);
    assert!(!is_challenged(&house, &runtime, "elsewhere", "203.0.113.10").await);
    house.clock.advance(Seconds::hours(1));
    assert!(!is_challenged(&house, &runtime, "an-hour-later", "203.0.113.9").await);
}

#[tokio::test]
async fn one_network_of_version_6_is_one_address() {
    let house = House::of("apu");
    let runtime = house.open().await;
    for n in 0..30 {
        let address = format!("2001:db8:1:2::{n:x}");
        assert!(!is_challenged(&house, &runtime, &format!("visitor-{n}"), &address).await, "start {n}");
    }
    assert!(is_challenged(&house, &runtime, "visitor-30", "2001:db8:1:2:ffff::1").await);
    assert!(!is_challenged(&house, &runtime, "elsewhere", "2001:db8:1:3::1").await);
}
