//! Typed answers: text becomes a value once, and a code or contact is kept only in its keyed form.

use unicode_normalization::UnicodeNormalization;

use crate::engine::conversation::Slot;
use crate::engine::inbound::secret_like;
use crate::engine::turn::Turn;
use crate::flow::set::{Ask, SlotKind};
use crate::model::contacts::{Contact, EmailAddress, PhoneNumber};
use crate::model::keypad::{self, Keyed};
use crate::model::method::{Family, Method};
use crate::model::names::MessageKey;
use crate::model::peer::Surface;
use crate::verify::target;

/// Longest user name (RFC 5321 allows 254 for an address; directories fewer).
const MAX_NAME: usize = 256;
/// Longest number or name on the keys.
const MAX_KEYED: usize = 20;
/// Digits of a registered telephone that tell people with one name on the keys apart.
const END_DIGITS: usize = 4;

/// The answer of a leg whose tenant takes a plain key.
pub const POUND: &str = "#";

impl Turn<'_> {
    /// The value of a slot, or the message that asks again.
    pub fn slot_value(&self, ask: &Ask, said: &str) -> Result<Slot, MessageKey> {
        match self.slot_kind(ask) {
            SlotKind::AccountName => name(said).map(Slot::Name),
            SlotKind::StudentNumber if !self.on_call() => name(said).map(Slot::Name),
            SlotKind::StudentNumber => keyed(said, Keyed::Number),
            SlotKind::KeyedName => keyed(&keypad::keys_of(said), Keyed::Name),
            SlotKind::PhoneEnd => self.phone_end(ask, said),
            SlotKind::Phone => self.phone(said),
            SlotKind::Contact => self.contact(said),
            SlotKind::Digits => self.digits(said),
        }
    }

    fn contact(&self, said: &str) -> Result<Slot, MessageKey> {
        match self.conv.gate.as_ref().map(|gate| gate.factor.method.family()) {
            Some(Family::Mail) if self.on_call() => {
                let gate = self.conv.gate.as_ref().map_or([0; 16], |gate| gate.id.0);
                let keys = self.env.catalog.digits(said).filter(|keys| !keys.is_empty());
                let keys = keys.ok_or(MessageKey::of("common-not-a-name"))?;
                Ok(Slot::Tag(self.env.keys.code.tag(&[&gate, keys.as_bytes()])))
            }
            Some(Family::Mail) => {
                let mail = EmailAddress::parse(said).map_err(|bad| bad.message())?;
                Ok(self.target(&Contact::Email(mail)))
            }
            _ => self.phone(said),
        }
    }

    fn phone(&self, said: &str) -> Result<Slot, MessageKey> {
        let region = &self.env.tenant.region;
        let phone = match self.conv.surface {
            Surface::Voice => PhoneNumber::keyed(said, region),
            Surface::Chat | Surface::Group => PhoneNumber::parse(said, region),
        };
        Ok(self.target(&Contact::Phone(phone.map_err(|bad| bad.message())?)))
    }

    /// Joins the name that was keyed before, in the same slot.
    fn phone_end(&self, ask: &Ask, said: &str) -> Result<Slot, MessageKey> {
        let digits = self.env.catalog.digits(said).filter(|digits| digits.len() == END_DIGITS);
        let digits = digits.ok_or(MessageKey::of("common-not-the-end"))?;
        match self.conv.slots.get(&ask.slot) {
            Some(Slot::Keyed { keys, what, .. }) => {
                Ok(Slot::Keyed { keys: keys.clone(), what: *what, end: Some(digits) })
            }
            _ => Err(MessageKey::of("common-not-a-name")),
        }
    }

    fn target(&self, contact: &Contact) -> Slot {
        Slot::Target(target::of_contact(&self.conv.peer.tenant, contact, self.env.keys))
    }

    /// Digits are bound to what they answer at once: a challenge, a TOTP gate, a leg's pair.
    fn digits(&self, said: &str) -> Result<Slot, MessageKey> {
        if let Some(leg) = &self.conv.leg_of
            && said == POUND
        {
            return Ok(Slot::Tag(self.env.keys.code.tag(&[&leg.leg.0, POUND.as_bytes()])));
        }
        let digits = self.env.catalog.digits(said).ok_or(MessageKey::of("common-not-digits"))?;
        if let Some(leg) = &self.conv.leg_of {
            return Ok(Slot::Tag(self.env.keys.code.tag(&[&leg.leg.0, digits.as_bytes()])));
        }
        let Some(gate) = &self.conv.gate else { return Ok(Slot::Digits(digits)) };
        if digits.len() != usize::from(gate.code_digits) {
            return Err(MessageKey::of("common-not-digits"));
        }
        if gate.factor.method == Method::Totp {
            return Ok(Slot::Tag(self.env.keys.code.tag(&[&gate.id.0, digits.as_bytes()])));
        }
        match &gate.challenge {
            Some(challenge) => Ok(Slot::Code(challenge.typed(&digits, self.env.keys))),
            None => Err(MessageKey::of("common-not-digits")),
        }
    }
}

/// Digits for a name or number; a single one is a slip of the finger.
fn keyed(said: &str, what: Keyed) -> Result<Slot, MessageKey> {
    let sound = (2..=MAX_KEYED).contains(&said.len()) && said.bytes().all(|key| key.is_ascii_digit());
    if !sound {
        return Err(MessageKey::of("common-not-a-name"));
    }
    Ok(Slot::Keyed { keys: said.to_owned(), what, end: None })
}

/// A user name as typed, in composed form and ASCII lower case. Control and direction characters are refused: they
/// would make two names look like one.
fn name(said: &str) -> Result<String, MessageKey> {
    let name: String = said.trim().nfc().collect::<String>().to_ascii_lowercase();
    let hidden = |c: char| c.is_control() || c.is_whitespace() || is_directional(c);
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(hidden) {
        return Err(MessageKey::of("common-not-a-name"));
    }
    // A password typed by mistake is not kept, and not looked for in the directory. One that might be a name is.
    if secret_like(said) && !name.chars().all(is_of_names) {
        return Err(MessageKey::of("common-not-understood-secret"));
    }
    Ok(name)
}

/// What user names are made of: letters and digits of any script, and what directories allow between them.
fn is_of_names(c: char) -> bool {
    c.is_alphanumeric() || "@._-+'\\".contains(c)
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
