//! Mails and text messages: words from the catalog, the same facts in HTML and in plain text.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::contacts::{EmailAddress, PhoneNumber};
use crate::model::ids::ChallengeId;
use crate::model::names::MessageKey;
use crate::model::peer::{Channel, Language};
use crate::model::purpose::Purpose;
use crate::model::secrets::Code;
use crate::model::time::Timestamp;
use crate::policy::tenant::Tenant;
use crate::ports::messenger::{Mail, TextMessage};
use crate::text::catalog::Catalog;
use crate::verify::challenge::CODE_LIFE;

/// Inline, because mail programs drop style sheets; read at arm's length on a telephone.
const BODY: &str = "margin:0;padding:24px 12px;background:#f4f5f7;color:#1f2933;\
                    font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const CARD: &str = "max-width:32rem;margin:0 auto;padding:24px;background:#ffffff;border-radius:12px";
const CODE: &str = "margin:20px 0;padding:14px;background:#f4f5f7;border-radius:8px;text-align:center;\
                    font:700 28px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px";
const SMALL: &str = "margin:24px 0 0;color:#52606d;font-size:13px";

/// A code on its way to a registered address.
pub struct CodeLetter<'a> {
    pub catalog: &'a Catalog,
    pub tenant: &'a Tenant,
    pub language: &'a Language,
    pub code: &'a Code,
    pub purpose: Option<Purpose>,
    pub channel: Channel,
    pub id: u64,
    pub challenge: ChallengeId,
}

/// What was done to an account, and the way back.
pub struct NoticeLetter<'a> {
    pub catalog: &'a Catalog,
    pub tenant: &'a Tenant,
    pub language: &'a Language,
    pub template: &'a MessageKey,
    /// Where it was done, if it was done by self-service.
    pub channel: Option<Channel>,
    pub done: Timestamp,
    /// The address that the "this was not me" button opens.
    pub not_me: String,
    pub id: u64,
}

/// A link to a private page, asked for on the telephone. Its short code is said there and stands nowhere else.
pub struct LinkLetter<'a> {
    pub catalog: &'a Catalog,
    pub tenant: &'a Tenant,
    pub language: &'a Language,
    pub link: String,
    pub minutes: u32,
    pub id: u64,
}

pub fn link_mail(letter: &LinkLetter<'_>, to: EmailAddress) -> Mail {
    let LinkLetter { catalog, tenant, language, link, minutes, id } = letter;
    let minutes = minutes.to_string();
    let args = [("tenant", tenant.name.as_str()), ("minutes", &minutes), ("link", link)];
    let subject = catalog.text(language, "mail-page-link-subject", &args);
    let words = catalog.text(language, "mail-page-link", &args);
    let button = catalog.text(language, "mail-page-link-button", &[]);
    let automatic = catalog.text(language, "mail-automatic", &[]);
    let text = format!("{words}\n\n{link}\n\n-- \n{}\n{automatic}\n", tenant.name);
    let shape = format!(
        "display:inline-block;padding:12px 20px;border-radius:8px;background:{};color:#ffffff;\
         text-decoration:none;font-weight:600",
        tenant.brand.accent
    );
    let body = html! {
        (paragraphs(&words))
        p style="margin:0 0 20px" { a href=(link) style=(shape) { (button) } }
        p style=(SMALL) { (automatic) }
    };
    let html = page(tenant, language, &subject, body);
    Mail { to, from_name: tenant.name.clone(), subject, text, html, id: *id }
}

pub fn link_text(letter: &LinkLetter<'_>, to: PhoneNumber) -> TextMessage {
    let minutes = letter.minutes.to_string();
    let args = [("tenant", letter.tenant.name.as_str()), ("minutes", &minutes), ("link", &letter.link)];
    let text = letter.catalog.short(letter.language, "mail-page-link", &args);
    TextMessage { to, text, id: letter.id, code: None }
}

pub fn code_mail(letter: &CodeLetter<'_>, to: EmailAddress) -> Mail {
    let CodeLetter { catalog, tenant, language, .. } = letter;
    let say = |key: &str, args: &[(&str, &str)]| catalog.text(language, key, args);
    with_code(letter, |args| {
        let subject = say("mail-code-subject", args);
        let words = say("mail-code", args);
        let automatic = say("mail-automatic", &[]);
        let text = format!("{words}\n\n-- \n{}\n{automatic}\n", tenant.name);
        let body = html! {
            (paragraphs(&words))
            p style=(CODE) { (letter.code.reveal()) }
            p style=(SMALL) { (automatic) }
        };
        let html = page(tenant, language, &subject, body);
        Mail { to, from_name: tenant.name.clone(), subject, text, html, id: letter.id }
    })
}

pub fn code_text(letter: &CodeLetter<'_>, to: PhoneNumber) -> TextMessage {
    let text = with_code(letter, |args| letter.catalog.short(letter.language, "mail-code", args));
    TextMessage { to, text, id: letter.id, code: Some(letter.challenge) }
}

pub fn notice_mail(letter: &NoticeLetter<'_>, to: EmailAddress) -> Mail {
    let NoticeLetter { catalog, tenant, language, .. } = letter;
    let say = |key: &str, args: &[(&str, &str)]| catalog.text(language, key, args);
    with_facts(letter, |args| {
        let subject = say(&format!("{}-subject", letter.template), args);
        let words = say(letter.template.as_str(), args);
        let (help, button) = (say("mail-not-me-help", args), say("mail-not-me", args));
        let (desk, automatic) = (say("mail-desk", args), say("mail-automatic", &[]));
        let text = format!("{words}\n\n{help}\n{}\n\n{desk}\n\n-- \n{}\n{automatic}\n", letter.not_me, tenant.name);
        let shape = format!(
            "display:inline-block;padding:12px 20px;border-radius:8px;background:{};color:#ffffff;\
             text-decoration:none;font-weight:600",
            tenant.brand.accent
        );
        let body = html! {
            (paragraphs(&words))
            p style="margin:20px 0 12px" { (help) }
            p style="margin:0 0 20px" { a href=(letter.not_me) style=(shape) { (button) } }
            p style="margin:0" { (desk) }
            p style=(SMALL) { (automatic) }
        };
        let html = page(tenant, language, &subject, body);
        Mail { to, from_name: tenant.name.clone(), subject, text, html, id: letter.id }
    })
}

pub fn notice_text(letter: &NoticeLetter<'_>, to: PhoneNumber) -> TextMessage {
    let text = with_facts(letter, |args| letter.catalog.short(letter.language, letter.template.as_str(), args));
    TextMessage { to, text, id: letter.id, code: None }
}

fn with_code<T>(letter: &CodeLetter<'_>, write: impl FnOnce(&[(&str, &str)]) -> T) -> T {
    let CodeLetter { catalog, language, .. } = letter;
    let purpose = match letter.purpose {
        Some(Purpose::ResetPassword) | None => "purpose-reset-password",
        Some(Purpose::UnlockAccount) => "purpose-unlock-account",
    };
    let purpose = catalog.text(language, purpose, &[]);
    let channel = channel(catalog, language, letter.channel);
    let minutes = (CODE_LIFE.0 / 60).to_string();
    write(&[
        ("tenant", &letter.tenant.name),
        ("code", letter.code.reveal()),
        ("purpose", &purpose),
        ("minutes", &minutes),
        ("channel", &channel),
    ])
}

fn with_facts<T>(letter: &NoticeLetter<'_>, write: impl FnOnce(&[(&str, &str)]) -> T) -> T {
    let time = letter.catalog.time(letter.language, letter.done, letter.tenant.local_time.minutes_ahead(letter.done));
    let channel = letter.channel.map(|it| channel(letter.catalog, letter.language, it)).unwrap_or_default();
    let desk = letter.tenant.desk.line();
    write(&[
        ("tenant", &letter.tenant.name),
        ("time", &time),
        ("channel", &channel),
        ("desk", &desk),
        ("link", &letter.not_me),
    ])
}

fn channel(catalog: &Catalog, language: &Language, channel: Channel) -> String {
    catalog.text(language, &format!("channel-{}", channel.name()), &[])
}

/// One paragraph a line, as the message has them.
fn paragraphs(words: &str) -> Markup {
    html! {
        @for line in words.lines().filter(|line| !line.trim().is_empty()) {
            p style="margin:0 0 12px" { (line) }
        }
    }
}

fn page(tenant: &Tenant, language: &Language, subject: &str, body: Markup) -> String {
    let rule =
        format!("height:4px;margin:-24px -24px 20px;background:{};border-radius:12px 12px 0 0", tenant.brand.accent);
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) dir="auto" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (subject) }
            }
            body style=(PreEscaped(BODY)) {
                div style=(CARD) {
                    div style=(rule) {}
                    p style="margin:0 0 16px;font-size:18px;font-weight:700" { (tenant.name) }
                    (body)
                }
            }
        }
    };
    markup.into_string()
}
