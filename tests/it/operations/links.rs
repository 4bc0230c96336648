//! What a request says about its host is never used: not in a page, not in a redirect, not in a message.

use super::house::{House, mobile};
use super::person::Person;

const EVIL: &str = "evil.example";

/// Ways to tell a server that it is somebody else. The last one is the request line itself.
const SPOOFS: [&[(&str, &str)]; 10] = [
    &[("host", "evil.example")],
    &[("x-forwarded-host", "evil.example")],
    &[("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https"), ("x-forwarded-port", "8443")],
    &[("forwarded", "for=192.0.2.1;host=evil.example;proto=https")],
    &[("x-original-host", "evil.example")],
    &[("x-host", "evil.example"), ("x-forwarded-server", "evil.example")],
    &[("x-http-host-override", "evil.example")],
    &[("x-original-url", "https://evil.example/chat/uni"), ("x-rewrite-url", "https://evil.example/chat/uni")],
    &[("x-forwarded-prefix", "//evil.example"), ("x-forwarded-path", "//evil.example")],
    &[],
];

#[tokio::test(flavor = "multi_thread")]
async fn g25_no_host_of_a_request_reaches_a_link() {
    let house = House::build(SPOOFS.len()).await;
    let _running = house.start().await;
    let home = format!("http://127.0.0.1:{}", house.port);
    let resets = SPOOFS.iter().enumerate().map(|(n, headers)| {
        let house = &house;
        async move {
            let mut person = match headers.is_empty() {
                false => Person::new(house, n).saying(headers),
                true => Person::by_absolute_addresses(house, n, EVIL),
            };
            let form = person.up_to_the_form().await;
            let done = person.choose(&form, "Willow-Tractor-88-moon").await.unwrap();
            assert!(done.body.contains("Your password has been changed"), "{headers:?}: {}", done.body);
            let notice = house.text_to(&mobile(n), "/not-me/").await;
            (person.read, notice)
        }
    });
    let mut n_links = 0;
    for (headers, (read, notice)) in SPOOFS.iter().zip(futures_util::future::join_all(resets).await) {
        assert!(read.len() > 5, "{headers:?}");
        for answer in read.iter().chain([&notice]) {
            assert!(!answer.contains(EVIL), "{headers:?}: {answer}");
        }
        for link in notice.split_whitespace().filter(|word| word.contains("://")) {
            assert!(link.trim_start_matches(['<', '(']).starts_with(&home), "{headers:?}: {link}");
            n_links += 1;
        }
    }
    println!("{} ways to name another host, whole resets: {n_links} links left, all to {home}", SPOOFS.len());
    assert!(n_links >= SPOOFS.len());
}
