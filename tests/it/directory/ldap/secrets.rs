//! What is logged on good and on bad days holds neither secrets nor names.

use std::io::Write;
use std::sync::{Arc, Mutex};

use ringback::directory::ldap::LdapDirectory;
use ringback::ports::directory::{Directory, SetOutcome, SetWish, UnlockOutcome};
use tracing_subscriber::fmt::MakeWriter;

use crate::directory::proxy::{EXTENDED, MODIFY, Mischief, Proxy, SEARCH};
use crate::directory::world::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn nothing_logged_tells_who_or_what() {
    let log = Log::default();
    let everything = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(everything);

    let world = OpenLdap::new();
    let proxy = Proxy::before(&world.slapd);
    let mut config = world.slapd.config();
    config.urls = vec![format!("ldaps://localhost:{}", proxy.port)];
    let directory = LdapDirectory::new(config, &tenant(), now()).unwrap();
    let ada = found(&directory, ADA).await;
    let (new, wish) = (secret("Evening-Tea-18"), SetWish { must_change: false });
    assert_eq!(directory.set_password(proof(&ada.id), &new, wish).await, SetOutcome::Done);
    // Done, but the mark that it must be changed gets lost on the way.
    proxy.does(MODIFY, Mischief::LostOnTheWay);
    let wish = SetWish { must_change: true };
    assert_eq!(
        directory.set_password(proof(&ada.id), &secret("Evening-Tea-19"), wish).await,
        SetOutcome::DoneButFirstSignIn
    );
    proxy.does(EXTENDED, Mischief::AnswerLost);
    assert_eq!(directory.set_password(proof(&ada.id), &secret("Evening-Tea-20"), wish).await, SetOutcome::Unknown);
    proxy.does(SEARCH, Mischief::LostOnTheWay);
    assert_eq!(directory.set_password(proof(&ada.id), &new, wish).await, SetOutcome::Unavailable);
    assert_eq!(directory.unlock(proof(&ada.id)).await, UnlockOutcome::Unavailable);

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for sentence in ["but not whether it must be changed", "asked to set a password", "asked to unlock"] {
        assert!(text.contains(sentence), "{sentence} is not in the log:\n{text}");
    }
    for secret in ["Evening-Tea", "service-Password", "ada", "Byron", "900118", &ada.id.0, "cn=ringback"] {
        assert!(!text.contains(secret), "{secret} is in the log:\n{text}");
    }
}
