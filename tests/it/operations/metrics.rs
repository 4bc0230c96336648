//! What is counted while somebody resets a password.

use ringback::metrics::catalog::Metric;

use crate::support::world::{Wish, World};

#[tokio::test]
async fn every_metric_has_a_name_of_its_own_and_says_what_it_is() {
    let world = World::open("apu", None, Wish::default()).await;
    let text = world.running().runtime.metrics().text();
    let mut names: Vec<&str> = Metric::ALL.iter().map(|metric| metric.describe().name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Metric::ALL.len());
    for metric in Metric::ALL {
        let about = metric.describe();
        assert!(about.name.starts_with("ringback_") && about.help.ends_with('.'), "{}", about.name);
        assert!(text.contains(&format!("# HELP {} ", about.name)), "{} is not printed", about.name);
        let counts = matches!(about.kind, ringback::metrics::catalog::Kind::Counter);
        assert_eq!(counts, about.name.ends_with("_total"), "{}", about.name);
    }
}
