//! `ringback chat`: the conversation in a terminal, over the demo's people.

use std::io::IsTerminal;

use clap::Args;

use crate::app::chat::chat;
use crate::app::demo::{Demo, PORT, Terminal};
use crate::channels::console::Style;
use crate::cli::demo::unavailable;
use crate::cli::fault::{Exit, Fault};
use crate::cli::signal;
use crate::model::peer::Language;
use crate::policy::tenant::Tenant;

/// Talk to the demo in this terminal. Texts and mails are shown beside the conversation; leave with Ctrl-D.
#[derive(Args)]
pub struct Chat {
    /// The institution: `apu`, `imu`, `office365` or `aps`.
    #[arg(long, default_value = "apu")]
    tenant: String,
    /// The language, by its tag; the institution's first one otherwise.
    #[arg(long)]
    language: Option<String>,
    /// The port for the private page; when it is taken, the next free one.
    #[arg(long, default_value_t = PORT)]
    port: u16,
}

pub fn run(wish: &Chat) -> anyhow::Result<Exit> {
    let runtime = signal::runtime()?;
    let exit = runtime.block_on(talk(wish));
    // A line that nobody typed must not keep the process.
    runtime.shutdown_background();
    exit
}

async fn talk(wish: &Chat) -> anyhow::Result<Exit> {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let terminal = Terminal { out: Box::new(std::io::stdout()), style: Style { colour } };
    let demo = Demo::prepare(wish.port, Some(terminal), &[]).await.map_err(|error| unavailable(&error))?;
    let Some(tenant) = demo.tenants.iter().find(|tenant| tenant.id.0 == wish.tenant).cloned() else {
        let known: Vec<&str> = demo.tenants.iter().map(|tenant| tenant.id.0.as_str()).collect();
        let what = format!("there is no institution `{}`", wish.tenant);
        return Err(Fault::new(Exit::Usage, what, format!("name one of {}", known.join(", "))).into());
    };
    let language = language(wish, &tenant)?;
    chat(demo, &tenant, &language, signal::stop()).await?;
    Ok(Exit::Ok)
}

fn language(wish: &Chat, tenant: &Tenant) -> anyhow::Result<Language> {
    let tags: Vec<&str> = tenant.languages.iter().map(Language::tag).collect();
    match &wish.language {
        None => Ok(tenant.languages[0].clone()),
        Some(tag) => tenant.languages.iter().find(|language| language.tag() == tag).cloned().ok_or_else(|| {
            let what = format!("{} does not speak `{tag}`", tenant.name);
            Fault::new(Exit::Usage, what, format!("name one of {}", tags.join(", "))).into()
        }),
    }
}
