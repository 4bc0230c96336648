//! Microsoft's own Agents Playground as the platform: a person writes and presses on its page, the real program answers,
//! and a real directory has the new password in the end.

mod process;
mod proxy;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use self::process::Playground;
use self::proxy::Proxy;
use super::mock::{APP, Mock, ORGANISATION, SECRET};
use super::signing::Which;
use crate::browser::stage::code_in;
use crate::browser::steps::NEW_PASSWORD;
use crate::operator::installation::{Installation, Service, ada};
use crate::support::chromium::Chromium;

/// Ten times what all of it takes on a quiet machine; only a fault waits so long.
const LONGEST: Duration = Duration::from_secs(300);
/// What the newest card says.
const NEWEST: &str = "[...document.querySelectorAll('.ac-adaptiveCard')].at(-1).innerText";
const PERSON: &str = "ada@student.uni.example";
const MAIL: &str = "ada.lovelace@mail.example";

/// The program with Teams, the playground before it, and a browser at its page.
struct Scene {
    installation: Installation,
    _service: Service,
    _mock: Arc<Mock>,
    proxy: Proxy,
    playground: Playground,
    browser: Chromium,
}

impl Scene {
    /// `key` signs what the playground sends.
    async fn open(key: Which) -> Self {
        let (installation, mock) = (Installation::new(), Mock::start().await);
        let secret = installation.path("teams");
        std::fs::write(&secret, SECRET).unwrap();
        let private = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
        std::fs::set_permissions(&secret, private).unwrap();
        let section = format!(
            "[teams.main]\ntenant = \"uni\"\napp_id = \"{APP}\"\norganisation = \"{ORGANISATION}\"\n\
             secret_file = \"{}\"\nlogin = \"{}\"\nopenid = \"{}/v1/.well-known/openidconfiguration\"\n\
             service_hosts = [\"localhost\"]\nservice = \"http://localhost/_connector\"\n",
            secret.display(),
            mock.base,
            mock.base
        );
        let service = tokio::task::block_in_place(|| installation.serve(&["uni"], &section));
        let proxy = Proxy::start(format!("{}/hooks/teams/main", service.origin), key).await;
        let playground = Playground::start(&proxy.endpoint).await;
        let browser = Chromium::start().await;
        browser.open(&playground.origin).await;
        browser.until("document.querySelector('[role=textbox][contenteditable=true]')").await;
        Self { installation, _service: service, _mock: mock, proxy, playground, browser }
    }

    async fn says(&self, text: &str) {
        self.browser.click("[role=textbox][contenteditable=true]").await;
        self.browser.keys(text).await;
        self.browser.click("[aria-label='Send Message']").await;
    }

    /// Returns when the newest card says this.
    async fn reads(&self, words: &str) {
        let newest = format!("{NEWEST}.includes({})", json!(words));
        tokio::select! {
            () = self.browser.until(&newest) => {}
            // Sooner than the browser loses patience, and with a word about what became of what was sent.
            why = self.refused() => panic!("`{words}` is never read: {why}\n{}", self.playground.log()),
        }
    }

    /// Returns when our web hook has refused something.
    async fn refused(&self) -> String {
        loop {
            let bad = self.proxy.passed().into_iter().find(|(_, status, _)| *status != 200);
            if let Some((kind, status, body)) = bad {
                return format!("the web hook answered {status} to a signed {kind}: {body}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Four digits that stand on the newest card.
    async fn digits(&self) -> String {
        let text = self.browser.eval(NEWEST).await;
        let mut words = text.as_str().unwrap().split(|c: char| !c.is_ascii_digit());
        words.find(|word| word.len() == 4).unwrap_or_else(|| panic!("no digits in {text}")).to_owned()
    }

    fn lets_in(&self, password: &str) -> bool {
        self.installation.slapd.lets_in(&ada().dn(), password)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_reset_in_microsofts_agents_playground() {
    let walk = async {
        let scene = Scene::open(Which::First).await;
        let browser = &scene.browser;
        assert!(scene.lets_in(ada().password));
        // The app was added, and says hello.
        scene.reads("What can I do for you?").await;
        browser.press("I forgot my password").await;
        scene.reads("Your user name looks like").await;
        scene.says(PERSON).await;
        // Texts are not configured, so there is one way to verify, and nobody is asked which.
        scene.reads("I need the whole").await;
        scene.says(MAIL).await;
        scene.reads("-digit code?").await;
        let mails = tokio::task::block_in_place(|| scene.installation.mail.wait_for(MAIL, 1));
        scene.says(&code_in(&mails[0].text)).await;
        scene.reads("On the page you'll be asked for this code").await;
        let digits = scene.digits().await;
        browser.picture("teams-playground-1-link").await;
        browser.press("Open the private page").await;
        browser.to_new_tab(2).await;
        browser.fill("#code", &digits).await;
        browser.press("Continue").await;
        browser.type_password(NEW_PASSWORD, NEW_PASSWORD).await;
        browser.press("Save new password").await;
        browser.until_says("Your password has been changed").await;
        assert!(scene.lets_in(NEW_PASSWORD) && !scene.lets_in(ada().password));
        browser.to_tab(0).await;
        scene.reads("Done: your password has been changed.").await;
        browser.picture("teams-playground-2-done").await;

        let passed = scene.proxy.passed();
        println!("{} activities of the playground were taken: {passed:?}", passed.len());
        assert!(passed.iter().any(|(kind, _, _)| kind == "invoke"), "buttons were pressed");
        let screen = browser.text().await;
        assert!(!screen.contains(NEW_PASSWORD) && !scene.playground.log().contains(NEW_PASSWORD));
        scene.browser.close().await;
    };
    tokio::time::timeout(LONGEST, walk).await.expect("a reset does not take as long");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_foreign_key_signed_is_answered_with_a_refusal_and_with_nothing_else() {
    let walk = async {
        let scene = Scene::open(Which::Stranger).await;
        let why = scene.refused().await;
        assert!(why.contains("answered 401"), "{why}");
        // Whoever built the app reads it in the playground, too.
        scene.says("reset").await;
        scene.browser.until("/message\\s+401/.test(document.body.innerText)").await;
        assert_eq!(scene.browser.eval("document.querySelectorAll('.ac-adaptiveCard').length").await, 0);
        // With the right key the same person is heard.
        scene.proxy.sign_with(Which::First);
        scene.says("reset").await;
        scene.browser.until_says("Your user name looks like").await;
        scene.browser.close().await;
    };
    tokio::time::timeout(LONGEST, walk).await.expect("a refusal does not take as long");
}
