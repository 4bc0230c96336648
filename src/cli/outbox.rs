//! `ringback outbox`: what waits to be sent, and "try again". The running service is asked: nobody else may open the
//! store while it runs.

use std::time::Duration;

use anyhow::Context;
use reqwest::{Client, Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::admin::outbox::{Listing, Wish, proof};
use crate::cli::fault::{Exit, Fault};
use crate::cli::moment;
use crate::config::Config;
use crate::model::time::Timestamp;

/// For a service that is busy.
const LIMIT: Duration = Duration::from_secs(20);

/// The running service of a configuration.
pub struct Service<'a>(pub &'a Config);

pub async fn list(service: &Service<'_>, now: Timestamp, as_json: bool) -> anyhow::Result<Exit> {
    let listing: Listing = service.ask(Method::GET, "/outbox", None).await?;
    match as_json {
        true => println!("{}", serde_json::to_string_pretty(&listing).context("the listing as JSON")?),
        false => print!("{}", words(&listing, now)),
    }
    Ok(Exit::Ok)
}

pub async fn retry(service: &Service<'_>, id: Option<u64>) -> anyhow::Result<Exit> {
    let wish = serde_json::to_value(Wish { id }).context("the wish as JSON")?;
    let answer: Value = service.ask(Method::POST, "/outbox/retry", Some(wish)).await?;
    let n = answer["again"].as_u64().unwrap_or_default();
    if let (0, Some(id)) = (n, id) {
        let what = format!("no message {id} waits for a later try or was given up");
        return Err(Fault::new(Exit::Usage, what, "`ringback outbox list` shows the numbers").into());
    }
    println!(
        "{n} message(s) are tried again now. Codes that have expired and prompts of yesterday are not sent any more."
    );
    Ok(Exit::Ok)
}

impl Service<'_> {
    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<T> {
        let address = self.0.admin.ok_or_else(|| {
            let what = "the running service cannot be asked: the configuration has no section [admin]";
            Fault::new(Exit::Usage, what, "add `[admin]` to it and start the service again")
        })?;
        let client = Client::builder().no_proxy().timeout(LIMIT).build().context("an HTTP client")?;
        let request =
            client.request(method, format!("http://{address}{path}")).bearer_auth(proof(&self.0.keys.admin()));
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.map_err(|_| {
            let what = format!("the service does not answer at {address}");
            Fault::new(
                Exit::Unavailable,
                what,
                "start it with this configuration; its stores are open in one process only",
            )
        })?;
        understood(answer, &address.to_string()).await
    }
}

async fn understood<T: DeserializeOwned>(answer: Response, address: &str) -> anyhow::Result<T> {
    let (what, remedy) = match answer.status() {
        status if status.is_success() => return answer.json().await.context("the service's answer"),
        StatusCode::UNAUTHORIZED => (
            "the service does not accept this ring of keys".to_owned(),
            "use the configuration that it was started with",
        ),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("the service cannot read its outbox now".to_owned(), "look at its log and at /ready; try again")
        }
        status => (format!("{address} answered {status}"), "another program may listen there; look at [admin]"),
    };
    Err(Fault::new(Exit::Unavailable, what, remedy).into())
}

fn words(listing: &Listing, now: Timestamp) -> String {
    let mut lines = vec![format!("{} message(s) wait, {} given up.", listing.n_waiting, listing.dead.len())];
    if !listing.waiting.is_empty() {
        lines.push(format!("\n{:<20} {:<12} {:<9} {:>8} {:>6}  next try", "waiting", "kind", "lane", "age", "tries"));
    }
    for row in &listing.waiting {
        let next = match (row.on_its_way, row.next.checked_sub(now.0)) {
            (true, _) => "on its way".to_owned(),
            (false, Some(left)) if left > 0 => format!("in {}", age(left)),
            (false, _) => "now".to_owned(),
        };
        let waited = age(now.0.saturating_sub(row.since));
        lines.push(format!("{:<20} {:<12} {:<9} {waited:>8} {:>6}  {next}", row.id, row.kind, row.lane, row.attempts));
    }
    if !listing.dead.is_empty() {
        lines.push(format!("\n{:<20} {:<20} {:<12} message", "given up", "at", "institution"));
    }
    for dead in &listing.dead {
        let at = moment::written(Timestamp(dead.at));
        let tenant = dead.tenant.as_deref().unwrap_or("-");
        lines.push(format!("{:<20} {at:<20} {tenant:<12} {}", dead.id, dead.template));
    }
    lines.join("\n") + "\n"
}

/// `45 s`, `12 min`, `3 h`, `5 d`.
fn age(ms: u64) -> String {
    match ms / 1000 {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7_199 => format!("{} min", seconds / 60),
        seconds @ 7_200..=172_799 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::admin::outbox::{Dead, Waiting};

    #[test]
    fn what_waits_is_told_with_its_age_and_its_next_try() {
        let row = |id, since, next, on_its_way| Waiting {
            id,
            kind: "letters".to_owned(),
            lane: "3f2a90bc".to_owned(),
            since,
            next,
            attempts: 2,
            on_its_way,
        };
        let now = Timestamp(1_800_000_000_000);
        let ago = |seconds: u64| now.0 - seconds * 1000;
        let dead = Dead { id: 7, at: ago(60), tenant: Some("apu".to_owned()), template: "mail-code".to_owned() };
        let waiting =
            vec![row(1, ago(600), now.0 + 64_000, false), row(2, ago(5), ago(5), true), row(3, ago(5), ago(5), false)];
        let said = words(&Listing { n_waiting: 3, waiting, dead: vec![dead] }, now);
        for part in ["3 message(s) wait, 1 given up", "10 min      2  in 64 s", "on its way", "  now", "mail-code"] {
            assert!(said.contains(part), "no `{part}` in:\n{said}");
        }
    }
}
