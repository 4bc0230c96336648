//! What `$names` in a talk stand for.

use ringback::model::keypad;
use ringback::model::prompt::{Arg, Input};

use crate::support::world::World;
use crate::support::world::mailroom::{Letter, Said};

/// Replaces every `$name` of a text by its value in this run.
pub fn fill(world: &World, heard: &[Said], text: &str) -> String {
    let mut filled = text.to_owned();
    // Longer names first: `$sms_before` begins with `$sms`.
    for name in [
        "$phrase_digits",
        "$phone_end",
        "$name_keys",
        "$mail_keys",
        "$number",
        "$not_pair",
        "$pair",
        "$sms_before",
        "$wrong",
        "$mobile",
        "$shown",
        "$email",
        "$long",
        "$user",
        "$totp",
        "$mail",
        "$sms",
        "$old",
    ] {
        if filled.contains(name) {
            filled = filled.replace(name, &value(world, heard, name));
        }
    }
    assert!(!filled.contains('$') || text.contains("#$%"), "unknown name in `{text}`");
    filled
}

/// All codes that were sent, and so must not be seen in a chat.
pub fn codes(letters: &[Letter]) -> Vec<String> {
    letters.iter().filter_map(Letter::code).collect()
}

fn value(world: &World, heard: &[Said], name: &str) -> String {
    let person = || world.person.as_ref().expect("this talk has a person");
    let newest = |by: &str, back: usize| {
        let letters = world.letters();
        let codes: Vec<String> = letters.iter().filter(|letter| letter.by == by).filter_map(Letter::code).collect();
        codes.iter().rev().nth(back).cloned().unwrap_or_else(|| panic!("no code left as {by}"))
    };
    match name {
        "$user" => person().user.clone(),
        "$number" => person().number.clone().unwrap(),
        "$name_keys" => keypad::keys_of(keypad::local_part(&person().user)),
        "$mail_keys" => keypad::keys_of(keypad::local_part(person().mail.as_ref().unwrap())),
        "$phone_end" => {
            let mobile = person().mobile.clone().unwrap();
            mobile[mobile.len() - 4..].to_owned()
        }
        "$not_pair" if value(world, heard, "$pair") == "11" => "22".to_owned(),
        "$not_pair" => "11".to_owned(),
        "$pair" => {
            let pair = heard.iter().rev().find_map(|said| {
                said.prompt.args.iter().find_map(|(name, arg)| match arg {
                    Arg::Digits(pair) if name.as_str() == "pair" => Some(pair.clone()),
                    _ => None,
                })
            });
            pair.expect("a pair was shown")
        }
        "$phrase_digits" => figures(world, &spoken(world, heard, "voice-phrase-digits")),
        "$old" => person().password.clone(),
        "$mobile" => person().mobile.clone().unwrap().replace(' ', ""),
        "$email" => person().mail.clone().unwrap(),
        // One more than any tenant may allow, of every kind of character.
        "$long" => format!("{}x", "Long Kettle 7 !!".repeat(16)),
        "$sms" => newest("text", 0),
        "$sms_before" => newest("text", 1),
        "$mail" => newest("mail", 0),
        "$totp" => world.app_code().expect("this person has an authenticator"),
        "$shown" => {
            let shown = heard.iter().rev().find_map(|said| {
                // On a call the digits are read out beside the question.
                let read = said.prompt.args.iter().find_map(|(_, arg)| match arg {
                    Arg::Digits(digits) if said.prompt.message.as_str() == "voice-digits" => Some(digits.clone()),
                    _ => None,
                });
                read.or_else(|| Some(said.prompt.challenge.clone()?.digits))
            });
            shown.expect("a challenge was shown")
        }
        "$wrong" => wrong(world, heard),
        _ => unreachable!("every name of the list has a value"),
    }
}

/// Digits of the length that is asked for, and certainly not the right ones.
fn wrong(world: &World, heard: &[Said]) -> String {
    let asked = heard.iter().rev().find_map(|said| match said.prompt.input {
        Input::Digits(length) => Some(length),
        Input::Keys(keys) if keys.most > 1 => Some(Some(keys.most)),
        Input::Nothing | Input::Text | Input::Phone | Input::Email | Input::Choice | Input::Keys(_) => None,
    });
    let length = usize::from(asked.flatten().unwrap_or(6));
    let mut right = codes(&world.letters());
    right.extend(world.app_code());
    right.extend(heard.iter().filter_map(|said| Some(said.prompt.challenge.as_ref()?.digits.clone())));
    let candidates = ('0'..='9').map(|digit| digit.to_string().repeat(length));
    candidates.into_iter().find(|code| !right.contains(code)).expect("ten candidates are enough")
}

/// What was read out as the secret of a prompt.
fn spoken(world: &World, heard: &[Said], key: &str) -> String {
    let said = heard.iter().rev().find(|said| said.prompt.message.as_str() == key);
    let secret = said.expect("it was read out").prompt.args.iter().find_map(|(_, arg)| match arg {
        Arg::Vault(key) => world.running().runtime.inbox().secret(*key),
        _ => None,
    });
    secret.expect("it can still be heard")
}

/// Digits that were said as words.
fn figures(world: &World, spoken: &str) -> String {
    world.catalog.digits(&spoken.replace(',', " ")).expect("digits were said")
}

/// The temporary password of a prompt that reads it out.
pub fn phrase(world: &World, heard: &[Said]) -> String {
    let whole = spoken(world, heard, "voice-phrase-whole");
    let (words, digits) = whole.rsplit_once("; ").unwrap();
    let mut phrase = format!("{}-{}", words.replace("; ", "-"), figures(world, digits));
    if ringback::verify::words::capital(&world.tenant.password) {
        phrase[..1].make_ascii_uppercase();
    }
    phrase
}
