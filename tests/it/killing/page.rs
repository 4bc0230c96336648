//! What a page of the chat says: where the conversation is, and the fields and buttons of its forms.

/// How far a conversation has come; it never goes back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    Name,
    Number,
    Code,
    Page,
    Done,
    /// The answer to a set was lost with the process; what the desk can do is asked next, in a message of its own.
    Unclear,
    /// The end where self-service hands over to the desk.
    Left,
    /// The conversation came to its own end, which must be on record, and a new one greets.
    Over,
}

/// What each place says, in English; the newest of them on the page is where the conversation is.
const PLACES: [(Place, &str); 8] = [
    (Place::Name, "Your user name looks like"),
    (Place::Number, "I need the whole"),
    (Place::Code, "-digit code?"),
    (Place::Page, "action=\"/page/"),
    (Place::Done, "Done: your password has been changed."),
    (Place::Unclear, "whether your new password was saved"),
    (Place::Left, "This is how you reach"),
    (Place::Over, "What can I do for you?"),
];

/// Something outside was too slow, as on a busy machine it may be: people are asked to try again.
pub const AGAIN: &str = "Try again";
/// Where self-service ends.
pub const LEAVE: &str = "get in touch myself";
pub const RESEND: &str = "Send a new code";

pub fn place(body: &str) -> Option<Place> {
    let found = PLACES.iter().filter_map(|(place, words)| Some((body.rfind(words)?, *place)));
    found.max().map(|(_, place)| place)
}

/// The token of the open question's button with these words.
pub fn button(body: &str, words: &str) -> Option<String> {
    let buttons = body.split("<button").skip(1).map(|rest| rest.split("</button").next().unwrap_or(rest));
    let meant = buttons.filter(|button| button.contains(words)).last()?;
    Some(meant.split("value=\"").nth(1)?.split('"').next()?.to_owned())
}

/// The screen was lost with the process, and the question can be asked for again.
pub fn is_empty(body: &str) -> bool {
    body.contains("value=\"repeat\"")
}

pub fn field(body: &str, name: &str) -> String {
    let tag = body.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")));
    let tag = tag.unwrap_or_else(|| panic!("no field {name} in {body}"));
    tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
