//! `ringback serve` from a configuration: signals, and the first page.

use reqwest::redirect::Policy;

use super::installation::{Installation, Service};

fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()
}

/// Status, address that is led to, body.
async fn get(service: &Service, path: &str) -> (u16, Option<String>, String) {
    let request = client().get(format!("{}{path}", service.origin)).header("accept", "text/html");
    let response = request.send().await.unwrap();
    let to = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    (response.status().as_u16(), to, response.text().await.unwrap())
}

/// Opens a conversation, which runs on the present flows; the first words of the bot.
async fn begin(service: &Service, nonce: &str) -> String {
    let client = client();
    let form = [("nonce", nonce), ("purpose", "reset_password")];
    let started = client.post(format!("{}/chat/uni/start", service.origin)).form(&form).send().await.unwrap();
    assert_eq!(started.status(), 303, "{}", started.status());
    let cookie = started.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = client.get(format!("{}/chat/uni", service.origin)).header("cookie", cookie);
    page.send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_takes_good_flows_and_leaves_bad_ones_alone() {
    let installation = Installation::new();
    let mut service = installation.serve(&["uni"], "");
    assert!(begin(&service, "nonce-of-the-first").await.contains("turn bot"));

    let file = installation.path("flows/reset.yaml");
    let shipped = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, shipped.replacen("submitted: save", "submitted: nowhere", 1)).unwrap();
    service.signal("HUP");
    let refused = service.until(&["were not reloaded", "new conversations take"]).unwrap();
    assert!(refused.contains("the old ones stay"), "{refused}");
    assert!(begin(&service, "nonce-of-the-second").await.contains("turn bot"), "the old ones still run");

    // Other first words show which flows a new conversation takes.
    let first = shipped.lines().find(|line| line.contains("say:") && line.contains("reset-intro")).unwrap();
    let other = first.replacen("reset-intro, args: { tenant: tenant.name }", "reset-declined", 1);
    std::fs::write(&file, shipped.replacen(first, &other, 1)).unwrap();
    service.signal("HUP");
    let taken = service.until(&["were not reloaded", "new conversations take"]).unwrap();
    assert!(taken.contains("new conversations take these flows"), "{taken}");
    let page = begin(&service, "nonce-of-the-third").await;
    let catalog = ringback::text::catalog::Catalog::shipped().map_err(|faults| format!("{faults:?}")).unwrap();
    let words = catalog.text(&ringback::model::peer::Language("en".to_owned()), "reset-declined", &[]);
    assert!(page.contains(words.lines().next().unwrap().split('\'').next().unwrap()), "{words} is not in {page}");

    service.signal("TERM");
    assert!(service.until(&["\"stopped\""]).is_some());
    assert_eq!(service.end(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_lists_institutions_forwards_to_the_only_one_and_may_be_turned_off() {
    let installation = Installation::new();
    let service = installation.serve(&["uni", "college"], "");
    let (status, _, page) = get(&service, "/").await;
    assert_eq!(status, 200);
    for (path, name) in
        [("/chat/uni?lang=en", "University of Examples"), ("/chat/college?lang=en", "College of Examples")]
    {
        assert!(page.contains(&format!("href=\"{path}\"")) && page.contains(name), "{page}");
    }
    let (_, _, malay) = get(&service, "/?lang=ms").await;
    assert!(malay.contains("lang=\"ms\"") && malay.contains("/chat/uni?lang=ms"), "{malay}");
    service.signal("TERM");
    assert_eq!(service.end(), Some(0));

    let service = installation.serve(&["uni"], "");
    let (status, to, _) = get(&service, "/").await;
    assert_eq!((status, to.as_deref()), (303, Some("/chat/uni")));
    drop(service);

    let service = installation.serve(&["uni", "college"], "first_page = false");
    assert_eq!(get(&service, "/").await.0, 404);
}

/// Those who come from a telephone or a messaging platform open private pages and notices as well.
#[tokio::test(flavor = "multi_thread")]
async fn an_institution_without_a_browser_chat_has_its_pages_all_the_same() {
    let installation = Installation::new();
    installation.chats.set(false);
    let service = installation.serve(&["uni"], "");
    assert_eq!(get(&service, "/chat/uni").await.0, 404);
    assert_eq!(get(&service, "/assets/brand/uni.css").await.0, 200, "it is not found by its pages");
}
