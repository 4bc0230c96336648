//! `ringback discord register` and `ringback channel check discord`, against an endpoint on a real port and the mock.

use data_encoding::HEXLOWER;
use ringback::app::discord_check::{check, register};
use ringback::app::voice_check::Look;
use ringback::config::Config;
use ringback::ports::clock::Entropy;
use ringback::store::keyring::KeyRing;
use tokio::net::TcpListener;

use super::mock::{APPLICATION, TOKEN, public_key};
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
    for name in ["secret", "token"] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let sample = include_str!("../../../../examples/ringback.toml");
    let tenant = sample.split("[tenants.apu]").nth(1).unwrap().replace("secrets/ldap", "secret");
    let key = HEXLOWER.encode(&public_key());
    let text = format!(
        "public_url = \"http://127.0.0.1:{port}\"\ndata = \"data\"\nkeys_file = \"keys\"\n\
         [discord.main]\ntenant = \"apu\"\napplication_id = \"{APPLICATION}\"\npublic_key = \"{key}\"\n\
         token_file = \"token\"\napi = \"{api}\"\n[tenants.apu]{tenant}\n"
    );
    Config::parse(&at("ringback.toml"), &text, &|_| None).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn wrong(looks: &[Look]) -> Vec<&str> {
    looks.iter().filter(|look| look.remedy.is_some()).map(|look| look.what.as_str()).collect()
}

#[tokio::test]
async fn what_discord_would_meet_is_looked_at_beforehand() {
    let scene = Scene::open().await;
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut config = config(&folder, port, &scene.mock.base);

    // Nobody listens yet, and Discord was told nothing.
    drop(listener);
    let looks = check(&config).await;
    assert_eq!(wrong(&looks).len(), 3, "{:?}", wrong(&looks));
    assert!(wrong(&looks)[0].contains("interactions go to nowhere"), "{:?}", wrong(&looks));
    assert!(wrong(&looks)[1].contains("not registered: start, reset"), "{:?}", wrong(&looks));

    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let router = scene.world.running().router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    scene.mock.set_endpoint(&format!("{}/hooks/discord/main", config.public_url));
    let registered = register(&config, &config.discord[0]).await.unwrap().unwrap();
    assert_eq!(registered, scene.mock.commands().as_array().unwrap().len());
    assert_eq!(scene.mock.refused(), Vec::<String>::new());
    let (commits, shown) = (scene.commits(), scene.shown().len());
    let looks = check(&config).await;
    assert_eq!(wrong(&looks), Vec::<&str>::new());
    assert_eq!(looks.len(), 4);
    assert_eq!((scene.commits(), scene.shown().len()), (commits, shown), "looking changed something");

    config.discord[0].public_key[0] ^= 1;
    assert!(wrong(&check(&config).await)[0].contains("another key"));
    config.discord[0].public_key[0] ^= 1;
    config.discord[0].application = "1100000000000000002".to_owned();
    assert!(wrong(&check(&config).await)[0].contains("application 1100000000000000001, not"));
    config.discord[0].application = APPLICATION.to_owned();

    scene.mock.set_wrong_token(true);
    let looks = check(&config).await;
    let remedies: Vec<&str> = looks.iter().filter_map(|look| look.remedy.as_deref()).collect();
    assert!(remedies.len() == 1 && remedies[0].contains("discord.main.token_file"), "{remedies:?}");
    assert!(looks.iter().all(|look| !look.what.contains(TOKEN)));
    assert!(register(&config, &config.discord[0]).await.unwrap().is_err());
}
