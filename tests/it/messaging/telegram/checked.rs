//! `ringback channel check telegram`, against a web hook on a real port and the mock of the Bot API.

use std::sync::Arc;

use ringback::app::messaging::{TELEGRAM_PATIENCE, telegram};
use ringback::app::telegram_check::check;
use ringback::app::voice_check::Look;
use ringback::channels::messaging::intake::Intake;
use ringback::channels::telegram::{setup, webhook};
use ringback::config::Config;
use ringback::model::peer::Channel;
use ringback::ports::clock::{Clock, Entropy};
use ringback::runtime::system::SystemClock;
use ringback::store::keyring::KeyRing;
use tokio::net::TcpListener;

use super::mock::TOKEN;
use super::scene::Scene;

struct Fixed;

impl Entropy for Fixed {
    fn draw(&self) -> [u8; 32] {
        [9; 32]
    }
}

fn config(folder: &tempfile::TempDir, port: u16, api: &str) -> Config {
    let at = |name: &str| folder.path().join(name);
    KeyRing::create(&at("keys"), &Fixed).unwrap();
    std::fs::write(at("secret"), "hunter-two-and-a-half").unwrap();
    std::fs::write(at("token"), format!("{TOKEN}\n")).unwrap();
    let authority = rcgen::generate_simple_self_signed(vec!["ldap.example.edu".to_owned()]).unwrap();
    std::fs::write(at("ca.pem"), authority.cert.pem()).unwrap();
    let sample = include_str!("../../../../examples/ringback.toml");
    let tenant = sample.split("[tenants.apu]").nth(1).unwrap().replace("secrets/ldap", "secret");
    let text = format!(
        "public_url = \"http://127.0.0.1:{port}\"\ndata = \"data\"\nkeys_file = \"keys\"\n\
         [telegram.main]\ntenant = \"apu\"\ntoken_file = \"token\"\napi = \"{api}\"\n[tenants.apu]{tenant}\n"
    );
    Config::parse(&at("ringback.toml"), &text, &|_| None).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn wrong(looks: &[Look]) -> Vec<&str> {
    looks.iter().filter(|look| look.remedy.is_some()).map(|look| look.what.as_str()).collect()
}

#[tokio::test]
async fn what_telegram_would_meet_is_looked_at_beforehand() {
    let scene = Scene::open().await;
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = config(&folder, port, &scene.mock.base);
    let bots = telegram(config.telegram.clone(), &config.keys.keys());
    let bots = bots.unwrap_or_else(|(section, fault)| panic!("{section}: {}", fault.message));
    let clock: Arc<dyn Clock> = Arc::clone(&scene.world.clock) as _;
    let intake = Intake::new(Channel::Telegram, scene.world.running().runtime.inbox(), clock, TELEGRAM_PATIENCE);

    // Nobody listens yet, and Telegram was told nothing.
    drop(listener);
    let looks = check(&config).await;
    assert_eq!(wrong(&looks).len(), 3, "{:?}", wrong(&looks));
    assert!(wrong(&looks)[0].contains("delivers to nowhere"), "{:?}", wrong(&looks));

    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let routes = webhook::routes(webhook::Parts { bots: bots.clone(), intake });
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
    let url = format!("{}/hooks/telegram/main", config.public_url);
    setup::tell(&bots[0], Some(&url), &scene.world.catalog).await.unwrap();
    let (commits, messages) = (scene.commits(), scene.mock.messages().len());
    let looks = check(&config).await;
    assert_eq!(wrong(&looks), Vec::<&str>::new());
    assert_eq!(looks.len(), 4);
    assert_eq!((scene.commits(), scene.mock.messages().len()), (commits, messages), "looking changed something");

    // What failed just now is a fault; what failed long ago was mended, although Telegram still tells of it.
    let now = SystemClock::default().now().unix_seconds();
    scene.mock.failed_at(now - 60);
    let looks = check(&config).await;
    assert!(wrong(&looks).len() == 1 && wrong(&looks)[0].contains("Connection refused"), "{:?}", wrong(&looks));
    scene.mock.failed_at(now - 7200);
    assert_eq!(wrong(&check(&config).await), Vec::<&str>::new());

    scene.mock.set_wrong_token(true);
    let looks = check(&config).await;
    let remedies: Vec<&str> = looks.iter().filter_map(|look| look.remedy.as_deref()).collect();
    assert!(remedies.len() == 1 && remedies[0].contains("telegram.main.token_file"), "{remedies:?}");
    assert!(looks.iter().all(|look| !look.what.contains(TOKEN)));
    serving.abort();
}
