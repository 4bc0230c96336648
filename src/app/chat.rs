//! `ringback chat`: the demo's conversation in a terminal, with the messages it sends beside it.

use std::sync::Arc;

use anyhow::anyhow;
use data_encoding::HEXLOWER;
use tokio::io::{BufReader, stdin};

use crate::app::demo::Demo;
use crate::channels::console::{Console, Seat};
use crate::engine::event::Act;
use crate::model::peer::{Channel, Language, Peer};
use crate::policy::tenant::Tenant;
use crate::ports::clock::Entropy;
use crate::runtime::system::SystemEntropy;
use crate::senders::capture::{Capture, Message};
use crate::text::catalog::Catalog;

/// Talks to one tenant of the demo until the input ends or `until` is over.
pub async fn chat(
    demo: Demo,
    tenant: &Arc<Tenant>,
    language: &Language,
    until: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let console = demo.console.clone().ok_or_else(|| anyhow!("the demo was prepared without a terminal"))?;
    introduce(&console, &demo, tenant, language)?;
    let seat = Seat {
        peer: Peer {
            tenant: tenant.id.clone(),
            channel: Channel::Terminal,
            bot: "terminal".to_owned(),
            user: "demo".to_owned(),
        },
        session: HEXLOWER.encode(&SystemEntropy.draw()[..8]),
        language: Some(language.clone()),
        start: Some(Act::Start(None)),
    };
    let inbox = demo.runtime.inbox();
    let sent = show_sent(Arc::clone(&console), Arc::clone(&demo.sent), Arc::clone(&demo.catalog), language.clone());
    let showing = tokio::spawn(sent);
    let mut talked = Ok(());
    let talking = async {
        tokio::select! {
            result = console.run(&inbox, seat, BufReader::new(stdin())) => talked = result,
            () = until => {}
        }
    };
    demo.serve(talking).await;
    showing.abort();
    Ok(talked?)
}

/// Whom one can play, and what one needs to know of them.
fn introduce(console: &Console, demo: &Demo, tenant: &Tenant, language: &Language) -> std::io::Result<()> {
    let say = |key: &str, args: &[(&str, &str)]| demo.catalog.text(language, key, args);
    let mut lines = vec![say("terminal-people", &[])];
    for person in demo.people.tenants.get(&tenant.id.0).map(|cast| cast.people.as_slice()).unwrap_or_default() {
        let contacts = [person.mobile.as_deref(), person.mail.as_deref()];
        let contacts: Vec<&str> = contacts.into_iter().flatten().collect();
        lines.push(format!("{}  {}", person.user, contacts.join("  ")));
    }
    console.aside(&say("terminal-welcome", &[("tenant", &tenant.name)]), &lines.join("\n"))
}

/// Shows every text and mail as it leaves.
async fn show_sent(console: Arc<Console>, sent: Arc<Capture>, catalog: Arc<Catalog>, language: Language) {
    let mut arrivals = sent.arrivals();
    let mut shown = 0;
    while arrivals.changed().await.is_ok() {
        for captured in sent.all().iter().filter(|captured| captured.number > shown) {
            let (title, body) = match &captured.message {
                Message::Mail(mail) => {
                    let args = [("to", mail.to.as_str()), ("subject", mail.subject.as_str())];
                    (catalog.text(&language, "terminal-mail", &args), mail.text.clone())
                }
                Message::Text(text) => {
                    (catalog.text(&language, "terminal-text", &[("to", text.to.e164())]), text.text.clone())
                }
            };
            // Nobody reads a terminal that is gone.
            let _ = console.aside(&title, &body);
        }
        shown = *arrivals.borrow_and_update();
    }
}
