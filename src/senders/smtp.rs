//! Mail by SMTP, step by step, because only the step says what a failure means.

mod config;
mod message;

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Message;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, commands};

pub use crate::senders::smtp::config::{Security, SmtpConfig};

use crate::model::fault::Fault;
use crate::ports::messenger::{Mail, MailSender, SendError};

/// For each step.
const LIMIT: Duration = Duration::from_secs(10);

/// One mail server that takes mail for everybody.
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    from: lettre::Address,
}

/// What the server has of a mail when something goes wrong.
enum Failure {
    /// Nothing that it would deliver.
    Before(String),
    /// All of it perhaps.
    After(String),
    /// 4yz: later.
    Later(String),
    /// 5yz, or nothing that could be said to this server.
    Never(String),
}

impl Smtp {
    /// # Errors
    /// The first fault of the section; `SmtpConfig::faults` lists them all.
    pub fn new(config: &SmtpConfig) -> Result<Self, Fault> {
        if let Some(fault) = config.faults().into_iter().next() {
            return Err(fault);
        }
        Ok(Self {
            host: config.host.clone(),
            port: config.port(),
            security: config.security,
            tls: config.tls().map_err(|why| Fault::at("ca_file", why))?,
            credentials: config.credentials().map_err(|why| Fault::at("password_file", why))?,
            from: config.from().map_err(|why| Fault::at("from", why))?,
        })
    }

    async fn deliver(&self, message: &Message) -> Result<(), Failure> {
        let mut server = self.connect().await?;
        let envelope = message.envelope();
        let parameters = Vec::new();
        step(server.command(commands::Mail::new(envelope.from().cloned(), parameters))).await?;
        for to in envelope.to() {
            step(server.command(commands::Rcpt::new(to.clone(), Vec::new()))).await?;
        }
        step(server.command(commands::Data)).await?;
        step(server.message(&message.formatted())).await.map_err(|failure| match failure {
            Failure::Before(why) => Failure::After(why),
            other => other,
        })?;
        // It is delivered; a server that is rude about the farewell does not change that.
        let _ = tokio::time::timeout(Duration::from_secs(1), server.quit()).await;
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let name = ClientId::default();
        let from_the_start = match self.security {
            Security::Tls => self.tls.clone(),
            Security::StartTls | Security::Plain => None,
        };
        let address = (self.host.as_str(), self.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(address, Some(LIMIT), &name, from_the_start, None);
        let mut server = step(connecting).await?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            step(server.starttls(tls.clone(), &name)).await?;
        }
        if let Some(credentials) = &self.credentials {
            step(server.auth(&[Mechanism::Plain, Mechanism::Login], credentials)).await?;
        }
        Ok(server)
    }
}

#[async_trait]
impl MailSender for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let message = message::compose(mail, &self.from).map_err(|why| SendError::Dead { why })?;
        self.deliver(&message).await.map_err(|failure| match failure {
            Failure::Before(why) | Failure::Later(why) => SendError::Retry { why, after_seconds: None },
            Failure::After(why) => SendError::Unknown { why },
            Failure::Never(why) => SendError::Dead { why },
        })
    }
}

/// One exchange with the server. Servers quote addresses in their answers, so only the code is told.
async fn step<T>(exchange: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
    let error = match tokio::time::timeout(LIMIT, exchange).await {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(error)) => error,
        Err(_) => return Err(Failure::Before(format!("mail: no answer within {} s", LIMIT.as_secs()))),
    };
    let code = error.status().map(|code| format!("mail: answer {code}")).unwrap_or_default();
    Err(if error.is_transient() {
        Failure::Later(code)
    } else if error.is_permanent() {
        Failure::Never(code)
    } else if error.is_client() {
        Failure::Never(format!("mail: {error}"))
    } else {
        Failure::Before(format!("mail: {error}"))
    })
}
