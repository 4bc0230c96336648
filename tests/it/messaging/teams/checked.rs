//! `ringback channel check teams`, against a web hook on a real port and the mock of Microsoft's side; and what the log says.

use ringback::app::teams_check::check;
use ringback::app::voice_check::Look;
use ringback::config::Config;
use ringback::ports::clock::Entropy;
use ringback::store::keyring::KeyRing;
use serde_json::json;
use tokio::net::TcpListener;

use super::client::post;
use super::mock::{APP, ORGANISATION, SECRET};
use super::scene::Scene;
use super::signing::{Token, Which};
use crate::guarantees::canaries::places::Log;
use ringback::ports::clock::Clock;

struct Fixed;

impl Entropy for Fixed {
    fn draw(&self) -> [u8; 32] {
        [9; 32]
    }
}

fn config(folder: &tempfile::TempDir, port: u16, base: &str) -> Config {
    let at = |name: &str| folder.path().join(name);
    KeyRing::create(&at("keys"), &Fixed).unwrap();
    for (name, text) in [("secret", "hunter-two-and-a-half"), ("teams", SECRET)] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(at(name), text).unwrap();
        std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let authority = rcgen::generate_simple_self_signed(vec!["ldap.example.edu".to_owned()]).unwrap();
    std::fs::write(at("ca.pem"), authority.cert.pem()).unwrap();
    let sample = include_str!("../../../../examples/ringback.toml");
    let tenant = sample.split("[tenants.apu]").nth(1).unwrap().replace("secrets/ldap", "secret");
    let text = format!(
        "public_url = \"http://127.0.0.1:{port}\"\ndata = \"data\"\nkeys_file = \"keys\"\n\
         [teams.main]\ntenant = \"apu\"\napp_id = \"{APP}\"\norganisation = \"{ORGANISATION}\"\n\
         secret_file = \"teams\"\nlogin = \"{base}\"\nopenid = \"{base}/v1/.well-known/openidconfiguration\"\n\
         [tenants.apu]{tenant}\n"
    );
    Config::parse(&at("ringback.toml"), &text, &|_| None).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

fn wrong(looks: &[Look]) -> Vec<String> {
    let wrong = looks.iter().filter_map(|look| Some(format!("{}: {}", look.what, look.remedy.as_ref()?)));
    wrong.collect()
}

#[tokio::test]
async fn what_teams_would_meet_is_looked_at_beforehand() {
    let scene = Scene::open().await;
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = config(&folder, port, &scene.mock.base);

    // Nobody listens yet.
    drop(listener);
    let looks = check(&config).await;
    assert_eq!((looks.len(), wrong(&looks).len()), (3, 1), "{:?}", wrong(&looks));
    assert!(wrong(&looks)[0].contains("cannot be reached from here: start the service"), "{:?}", wrong(&looks));

    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let router = scene.world.running().router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let written = scene.written().await;
    assert_eq!(wrong(&check(&config).await), Vec::<String>::new());
    assert_eq!(scene.written().await, written + 1, "looking changed something");
    assert!(scene.mock.shown().is_empty());

    for (code, key, words) in [
        (7_000_215, "teams.main.secret_file", "the value is wanted, not its id"),
        (7_000_222, "teams.main.secret_file", "has expired"),
        (700_016, "teams.main.app_id", "has no such app"),
        (7_000_112, "teams.main.app_id", "disabled"),
        (90_002, "teams.main.organisation", "no such organisation"),
        (650_001, "teams.main.secret_file", "are not taken"),
    ] {
        scene.mock.refuse_with(Some(code));
        let wrong = wrong(&check(&config).await);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains(words) && wrong[0].contains(&format!("({key})")), "{code}: {wrong:?}");
        assert!(!wrong[0].contains(SECRET) && !wrong[0].contains("AADSTS"), "{wrong:?}");
    }
    scene.mock.refuse_with(None);
    scene.mock.list(vec![Which::First.listed(&["webchat"])]);
    let faults = wrong(&check(&config).await);
    assert!(faults.len() == 1 && faults[0].contains("none of the signing keys vouches for Teams"), "{faults:?}");
    scene.mock.set_keys_down(true);
    let faults = wrong(&check(&config).await);
    assert!(faults.len() == 1 && faults[0].contains("teams.main.openid"), "{faults:?}");
}

/// Whoever looks for why nobody gets an answer finds it in the log, when it is asked for.
#[tokio::test]
async fn why_an_activity_is_not_taken_is_in_the_log() {
    let log = Log::listen();
    let mut scene = Scene::open().await;
    let service = scene.mock.service();
    let good = || Token::new(Which::First, &service, scene.world.clock.now());
    let stranger = Token::new(Which::Stranger, &service, scene.world.clock.now());
    let cases = [
        (String::new(), "", "its token is none of this kind"),
        (stranger.bearer(), "", "no key of the platform signed its token"),
        (good().with("aud", json!("00000000-1111-4222-8333-444444444444")).bearer(), "", "for another app_id"),
        (good().bearer(), "/channelId", "for another channel or service"),
        (good().bearer(), "/conversation/tenantId", "it is from another organisation"),
    ];
    for (bearer, part, words) in cases {
        let mut activity = scene.her.message("help");
        if let Some(part) = activity.pointer_mut(part).filter(|_| !part.is_empty()) {
            *part = json!("00000000-1111-4222-8333-444444444444");
        }
        let (status, _) = post(&scene.world, &bearer, activity.to_string().into_bytes()).await;
        assert_eq!(status, 401, "{words}");
        let logged = String::from_utf8_lossy(&log.take()).into_owned();
        assert!(logged.contains(words), "{words} is not in {logged}");
        assert!(!logged.contains("eyJ") && !logged.contains(ORGANISATION), "{logged}");
    }
}
