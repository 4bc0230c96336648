//! From a prompt to words, for one language and one surface.

mod spoken;

use fluent_bundle::{FluentArgs, FluentValue};

use crate::model::ids::VaultKey;
use crate::model::names::{ArgName, MessageKey};
use crate::model::peer::{Language, Surface};
use crate::model::prompt::{Arg, Choice, Prompt};
use crate::model::time::Timestamp;
use crate::text::catalog::{Catalog, Tongue};

/// A prompt may carry this number argument: the minutes by which the tenant's clock is ahead of UTC.
pub const UTC_OFFSET: &str = "utc_offset";

/// Messages inside messages end here; no prompt nests deeper than a list of rules.
const MAX_DEPTH: u8 = 4;
const LEFT_TO_RIGHT_ISOLATE: char = '\u{2066}';
const POP_ISOLATE: char = '\u{2069}';

/// A message in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rendered {
    pub text: String,
    /// Labels of the choices, in order.
    pub choices: Vec<String>,
}

/// Opens vault references while a message is shown; `None` when the secret is gone.
pub type OpenVault<'a> = &'a dyn Fn(VaultKey) -> Option<String>;

/// Which of a message's texts is wanted, and what may stand around its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Shown: the value, with isolation marks where direction may change.
    Shown,
    /// The value as it stands: mails, pages, tickets.
    Plain,
    /// `.short`, for text messages.
    Short,
    /// `.voice`, with digits, hints and addresses as they are read out.
    Spoken,
}

/// All that stays the same while one prompt is rendered.
struct Rendering<'a> {
    catalog: &'a Catalog,
    language: &'a Language,
    manner: Manner,
    vault: OpenVault<'a>,
    utc_offset: i64,
}

impl Catalog {
    /// Words for a prompt. Never fails: a missing message was refused when the catalog was checked.
    pub fn render(&self, language: &Language, surface: Surface, prompt: &Prompt, vault: OpenVault<'_>) -> Rendered {
        let manner = match surface {
            Surface::Chat | Surface::Group => Manner::Shown,
            Surface::Voice => Manner::Spoken,
        };
        let utc_offset = utc_offset(&prompt.args);
        let rendering = Rendering { catalog: self, language, manner, vault, utc_offset };
        let text = rendering.message(prompt.message.as_str(), &prompt.args, 0);
        Rendered { text, choices: prompt.choices.iter().map(|choice| rendering.choice(choice)).collect() }
    }

    /// A message with typed arguments as plain text: rules on a page, reasons in a mail.
    pub fn message(&self, language: &Language, key: &MessageKey, args: &[(ArgName, Arg)]) -> String {
        let utc_offset = utc_offset(args);
        let rendering = Rendering { catalog: self, language, manner: Manner::Plain, vault: &|_| None, utc_offset };
        rendering.message(key.as_str(), args, 0)
    }

    /// A message as plain text: pages, mails, tickets. Short whole numbers choose plural forms.
    pub fn text(&self, language: &Language, key: &str, args: &[(&str, &str)]) -> String {
        self.plain(language, key, args, Manner::Plain)
    }

    /// The `.short` words of a message, for a text message; its value where it has none.
    pub fn short(&self, language: &Language, key: &str, args: &[(&str, &str)]) -> String {
        self.plain(language, key, args, Manner::Short)
    }

    /// Day and time of day, `utc_offset` minutes ahead of UTC.
    pub fn time(&self, language: &Language, moment: Timestamp, utc_offset: i64) -> String {
        let local =
            i64::try_from(moment.unix_seconds()).unwrap_or(i64::MAX).saturating_add(utc_offset.saturating_mul(60));
        let Ok(local) = time::OffsetDateTime::from_unix_timestamp(local) else { return String::new() };
        let month = self.text(language, &format!("month-{}", u8::from(local.month())), &[]);
        let clock = format!("{:02}:{:02}", local.hour(), local.minute());
        let day = local.day().to_string();
        let key = if utc_offset == 0 { "time-utc" } else { "time-local" };
        self.text(language, key, &[("day", &day), ("month", &month), ("clock", &clock)])
    }

    /// The words of a message alone, without what its arguments would add.
    pub(crate) fn bare(&self, language: &Language, key: &MessageKey) -> String {
        let tongue = self.tongue(language);
        let names = self.messages(&tongue.tag).find(|message| message.key == key.as_str());
        let names: Vec<_> =
            names.into_iter().flat_map(|message| &message.args).map(|name| (name.as_str(), "")).collect();
        self.text(language, key.as_str(), &names)
    }

    fn plain(&self, language: &Language, key: &str, args: &[(&str, &str)], manner: Manner) -> String {
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            values.set((*name).to_owned(), plain_value(value));
        }
        self.format(self.tongue(language), key, manner, &values)
    }

    /// The text of a key in a tongue, else in the fallback, else the key itself.
    fn format(&self, tongue: &Tongue, key: &str, manner: Manner, args: &FluentArgs<'_>) -> String {
        for tongue in [tongue, self.fallback()] {
            let bundle = if manner == Manner::Shown { &tongue.shown } else { &tongue.plain };
            let Some(message) = bundle.get_message(key) else { continue };
            let own = match manner {
                Manner::Short => message.get_attribute("short"),
                Manner::Spoken => message.get_attribute("voice"),
                Manner::Shown | Manner::Plain => None,
            };
            let Some(pattern) = own.map(|attribute| attribute.value()).or(message.value()) else { continue };
            // Errors are missing arguments, which show as their own name; the lints find them before anybody reads it.
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(args), &mut errors);
            return if tongue.right_to_left { text.into_owned() } else { without_idle_marks(&text) };
        }
        key.to_owned()
    }
}

impl Rendering<'_> {
    /// A label; on the telephone with its key after it ("To unlock your account, press 1").
    fn choice(&self, choice: &Choice) -> String {
        let label = self.message(choice.label.as_str(), &choice.args, 0);
        match (self.manner, choice.voice_key) {
            (Manner::Spoken, Some(key)) => {
                let key = spoken::key(self.catalog, self.language, key);
                self.catalog.text(self.language, "voice-press", &[("label", &label), ("key", &key)])
            }
            _ => label,
        }
    }

    fn message(&self, key: &str, args: &[(ArgName, Arg)], depth: u8) -> String {
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            values.set(name.as_str().to_owned(), self.value(arg, depth));
        }
        self.catalog.format(self.catalog.tongue(self.language), key, self.manner, &values)
    }

    fn value(&self, arg: &Arg, depth: u8) -> FluentValue<'static> {
        let text = match arg {
            Arg::Number(number) => return FluentValue::from(*number),
            Arg::Text(text) => self.free_text(text),
            Arg::Digits(digits) => self.digits(digits),
            Arg::Message(_) | Arg::List(_) if depth >= MAX_DEPTH => String::new(),
            Arg::Message(key) => self.message(key.as_str(), &[], depth + 1),
            Arg::List(items) => {
                let lines: Vec<_> =
                    items.iter().map(|(key, args)| self.message(key.as_str(), args, depth + 1)).collect();
                self.list(&lines)
            }
            Arg::Time(moment) => self.catalog.time(self.language, *moment, self.utc_offset),
            Arg::Vault(key) => match (self.vault)(*key) {
                Some(secret) => secret,
                None => self.message("common-secret-gone", &[], MAX_DEPTH),
            },
        };
        FluentValue::from(text)
    }

    /// A value from outside: without characters that would change lines or direction around it.
    fn free_text(&self, text: &str) -> String {
        let text = clean(text);
        if self.manner == Manner::Spoken {
            return spoken::address(self.catalog, self.language, &text);
        }
        if self.manner == Manner::Shown && self.catalog.tongue(self.language).right_to_left && is_address(&text) {
            return format!("{LEFT_TO_RIGHT_ISOLATE}{text}{POP_ISOLATE}");
        }
        text
    }

    fn digits(&self, digits: &str) -> String {
        match self.manner {
            Manner::Spoken => spoken::digits(self.catalog, self.language, digits),
            Manner::Shown | Manner::Plain | Manner::Short => clean(digits),
        }
    }

    fn list(&self, lines: &[String]) -> String {
        match self.manner {
            Manner::Spoken => lines.join(" "),
            Manner::Shown | Manner::Plain | Manner::Short => {
                lines.iter().map(|line| format!("• {line}")).collect::<Vec<_>>().join("\n")
            }
        }
    }
}

fn utc_offset(args: &[(ArgName, Arg)]) -> i64 {
    let offset = args.iter().find(|(name, _)| name.as_str() == UTC_OFFSET);
    match offset {
        Some((_, Arg::Number(minutes))) => (*minutes).clamp(-24 * 60, 24 * 60),
        _ => 0,
    }
}

/// Short whole numbers become numbers, so that plural forms are chosen; a code keeps its leading zeros.
fn plain_value(text: &str) -> FluentValue<'static> {
    let counts = (1..=4).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'));
    match text.parse::<i64>() {
        Ok(number) if counts => FluentValue::from(number),
        _ => FluentValue::from(clean(text)),
    }
}

/// Drops control characters other than line ends, and marks that change the direction of what follows.
fn clean(text: &str) -> String {
    let directs = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| *c == '\n' || !c.is_control()).filter(|c| !directs(*c)).collect()
}

/// Masked hints, mail and web addresses read left to right in every language.
fn is_address(text: &str) -> bool {
    text.contains(['•', '@']) || text.starts_with("https://") || text.starts_with("http://")
}

/// In a text that is written left to right throughout, isolation marks do nothing but break links: they go.
fn without_idle_marks(text: &str) -> String {
    let right_to_left =
        |c: char| matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}');
    if text.chars().any(right_to_left) {
        return text.to_owned();
    }
    text.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}')).collect()
}
