//! A real browser for one test: chromedriver on a free port, Chromium without a window. A machine without them fails.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::Method;
use data_encoding::BASE64;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::wd::{TimeoutConfiguration, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything on a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// Browsers that run at once; each takes a core and 200 MB.
static ROOM: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(3);

pub struct Chromium {
    pub client: Client,
    driver: Child,
    _profile: TempDir,
    _place: tokio::sync::SemaphorePermit<'static>,
}

/// How a page is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
    pub dark: bool,
}

pub const DESKTOP: Look = Look { name: "desktop", width: 1280, height: 900, dark: false };
pub const DESKTOP_DARK: Look = Look { name: "desktop-dark", dark: true, ..DESKTOP };
pub const PHONE: Look = Look { name: "phone", width: 390, height: 844, dark: false };
pub const PHONE_DARK: Look = Look { name: "phone-dark", dark: true, ..PHONE };
/// The narrowest that WCAG 2.2 (1.4.10) asks for; also what 1280 pixels are at 400 % zoom.
pub const NARROW: Look = Look { name: "narrow", width: 320, height: 256, dark: false };

impl Chromium {
    pub async fn start() -> Self {
        let place = ROOM.acquire().await.unwrap();
        let (driver, port) = driver();
        let profile = tempfile::tempdir().unwrap();
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--lang=en".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let wishes = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments, "prefs": { "intl.accept_languages": "en" } },
        });
        let Value::Object(wishes) = wishes else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wishes)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("chromedriver starts Chromium");
        let patience = Some(PATIENCE);
        client.update_timeouts(TimeoutConfiguration::new(Some(Duration::from_secs(10)), patience, None)).await.unwrap();
        let browser = Self { client, driver, _profile: profile, _place: place };
        browser.look(DESKTOP).await;
        browser
    }

    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    pub async fn look(&self, look: Look) {
        let metrics = json!({ "width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if look.dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme },
                                            { "name": "prefers-reduced-motion", "value": "reduce" }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    pub async fn without_scripts(&self) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    }

    /// Waits until a script expression is true.
    pub async fn until(&self, what: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const look = () => {{ let holds = false; try {{ holds = Boolean({what}); }} catch {{ }}
               if (holds) done(true); else setTimeout(look, 50); }};
             look();"
        );
        let holds = async {
            // A page that is left meanwhile takes the script with it; the next page is asked again.
            while self.client.execute_async(&script, vec![]).await.is_err() {}
        };
        if tokio::time::timeout(PATIENCE, holds).await.is_err() {
            panic!("never came true: {what}\nthe page says:\n{}", self.text().await);
        }
    }

    pub async fn until_says(&self, words: &str) {
        self.until(&format!("document.body.innerText.includes({})", json!(words))).await;
    }

    /// The value of a script expression.
    pub async fn eval(&self, expression: &str) -> Value {
        self.client.execute(&format!("return ({expression});"), vec![]).await.unwrap()
    }

    pub async fn text(&self) -> String {
        self.eval("document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// An attribute of an element, once both are there; a page may just be changing.
    pub async fn attribute(&self, css: &str, name: &str) -> String {
        let found = async {
            loop {
                let Ok(element) = self.client.find(Locator::Css(css)).await else { continue };
                if let Ok(Some(value)) = element.attr(name).await {
                    return value;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("no {name} at {css}"))
    }

    pub async fn click(&self, css: &str) {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("{css}: {error}")).click().await.unwrap();
    }

    /// Clicks the button or link that has these words.
    pub async fn press(&self, words: &str) {
        let path = format!("//*[self::button or self::a][contains(normalize-space(.), {})]", json!(words));
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        found.unwrap_or_else(|error| panic!("no button {words}: {error}")).click().await.unwrap();
    }

    pub async fn fill(&self, css: &str, text: &str) {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        let field = found.unwrap_or_else(|error| panic!("{css}: {error}"));
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Keys to whatever has the focus.
    pub async fn keys(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Presses keys one after the other, each where the former ones have led.
    pub async fn type_through(&self, keys: &str) {
        let each = |value| [KeyAction::Down { value }, KeyAction::Up { value }];
        let sequence = keys.chars().flat_map(each).fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.client.perform_actions(sequence).await.unwrap();
    }

    /// Goes to the tab that was opened last, once there are so many.
    pub async fn to_new_tab(&self, tabs: usize) {
        let opened = async {
            loop {
                let windows = self.client.windows().await.unwrap();
                if windows.len() >= tabs {
                    return windows.into_iter().next_back().unwrap();
                }
            }
        };
        let window = tokio::time::timeout(PATIENCE, opened).await;
        let window = window.unwrap_or_else(|_| panic!("fewer than {tabs} tabs are open"));
        self.client.switch_to_window(window).await.unwrap();
    }

    pub async fn to_tab(&self, n: usize) {
        let windows = self.client.windows().await.unwrap();
        self.client.switch_to_window(windows[n].clone()).await.unwrap();
    }

    /// A picture of the whole page under `target/screenshots`.
    pub async fn picture(&self, name: &str) {
        self.shoot(name, true).await;
    }

    /// A picture of what is in view.
    pub async fn view(&self, name: &str, look: Look) {
        self.look(look).await;
        self.shoot(name, false).await;
    }

    async fn shoot(&self, name: &str, whole: bool) {
        let shot = self.devtools("Page.captureScreenshot", json!({ "captureBeyondViewport": whole })).await;
        let png = BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap();
        let folder = screenshots();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }

    /// The same page in several looks.
    pub async fn pictures(&self, name: &str, looks: &[Look]) {
        for look in looks {
            self.look(*look).await;
            self.picture(&format!("{name}-{}", look.name)).await;
        }
        self.look(DESKTOP).await;
    }

    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let command = DevTools(json!({ "cmd": command, "params": parameters }));
        self.client.issue_cmd(command).await.unwrap()
    }

    pub async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

pub fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots")
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The driver leads a process group of its own; a test that panicked leaves no browser behind.
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("kill").args(["-9", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.driver.wait();
    }
}

/// Chrome's own protocol through the driver.
struct DevTools(Value);

impl fmt::Debug for DevTools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DevTools({})", self.0["cmd"])
    }
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}

/// Starts chromedriver and reads the port that it chose. The driver takes a free IPv4 port and wants the same one of IPv6;
/// beside other drivers that sometimes fails and it gives up, so another is started.
fn driver() -> (Child, u16) {
    (0..10).find_map(|_| one_driver()).expect("chromedriver says its port")
}

fn one_driver() -> Option<(Child, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("chromedriver is installed (Debian: chromium-driver); `make test` does it");
    let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    for line in lines.map_while(Result::ok) {
        let port = line.split("on port ").nth(1).and_then(|rest| rest.trim_end_matches('.').parse().ok());
        if let Some(port) = port.filter(|port| *port > 0) {
            return Some((driver, port));
        }
    }
    let _ = driver.kill().and_then(|()| driver.wait());
    None
}
